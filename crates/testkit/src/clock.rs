//! A clock that stands still until a test moves it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use steelyard_domain::{Span, Timestamp};

/// Copies of a clock show the same time.
#[derive(Debug, Clone)]
pub struct Clock {
    micros: Arc<AtomicI64>,
}

impl Clock {
    /// 2026-11-21, a Saturday, at noon in Seoul.
    pub const START: Timestamp = Timestamp::from_micros(1_795_230_000_000_000);

    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self { micros: Arc::new(AtomicI64::new(at.micros())) }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }

    /// Shows `at` from now on, earlier or later.
    pub fn set(&self, at: Timestamp) {
        self.micros.store(at.micros(), Ordering::SeqCst);
    }

    /// Goes on by `by`; the answer is the new time.
    pub fn advance(&self, by: Span) -> Timestamp {
        let before = self.micros.fetch_add(by.micros(), Ordering::SeqCst);
        Timestamp::from_micros(before).after(by)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::at(Self::START)
    }
}
