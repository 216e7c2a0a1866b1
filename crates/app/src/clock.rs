//! The one place below the binary where time and randomness come in.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use steelyard_domain::{Span, Timestamp};
use uuid::Uuid;

/// Real time, or a time that a test moves.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.micros())))
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the clock")]
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Self::Manual(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Time that never goes back, since some moment: for how long something lasts, never for when it was. A manual
    /// clock's own time.
    #[must_use]
    pub fn ticks(&self) -> Span {
        match self {
            Self::System => {
                static FIRST: OnceLock<Instant> = OnceLock::new();
                let now = moment();
                let since = now.saturating_duration_since(*FIRST.get_or_init(|| now));
                Span::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Self::Manual(_) => Span::from_micros(self.now().micros()),
        }
    }

    /// Moves a manual clock; the system's own cannot be.
    pub fn advance(&self, by: Span) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(by.micros(), Ordering::SeqCst);
        }
    }
}

/// A moment of this machine's own, for how long something took. No test moves it, and no step of the system's time.
#[must_use]
pub fn moment() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is where moments come from")]
    Instant::now()
}

/// A new `UUIDv7`: ids made later sort later, whoever makes them.
#[must_use]
pub fn new_id() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
    Uuid::now_v7()
}

/// Bytes from the operating system's generator.
///
/// # Panics
/// If the operating system has no randomness to give: nothing that needs it may go on then.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
