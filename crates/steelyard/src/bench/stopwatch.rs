//! The one place of the bench that reads a clock.

use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[must_use]
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "durations are what is measured")]
        Self(Instant::now())
    }

    #[must_use]
    pub fn elapsed(&self) -> Duration {
        #[expect(clippy::disallowed_methods, reason = "durations are what is measured")]
        self.0.elapsed()
    }

    /// The instant `after` its start, for a timer.
    #[must_use]
    pub fn at(&self, after: Duration) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.0 + after)
    }
}
