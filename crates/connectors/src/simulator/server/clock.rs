//! The simulator's own time: card expiry, and how long a token is good.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use steelyard_domain::{Span, Timestamp};

/// Real time, moved ahead as far as it has been told. Clones are one clock.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the simulator is another party and has its own clock")]
    pub fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(micros).after(Span::from_micros(self.ahead_micros.load(Ordering::Relaxed)))
    }

    /// Moves this clock and all its clones ahead.
    pub fn advance(&self, span: Span) {
        self.ahead_micros.fetch_add(span.micros(), Ordering::Relaxed);
    }
}
