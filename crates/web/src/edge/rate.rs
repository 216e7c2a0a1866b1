//! Posts a second, by address.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as GovernorClock, Reference as _},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::keyed::DashMapStateStore,
};
use steelyard_app::Clock;

/// Addresses remembered before those that have their full due again are forgotten.
const ADDRESSES_MAX: usize = 65_536;
/// Seconds' worth that may come at once: behind one address there may be an office.
const BURST_SECONDS: u32 = 6;

/// The application's clock, so that a test can stand still.
#[derive(Clone)]
struct Ticks(Clock);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(u64::try_from(self.0.ticks().micros()).unwrap_or(0).saturating_mul(1_000))
    }
}

type Buckets = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, Ticks, NoOpMiddleware<Nanos>>;

pub(super) struct Rates {
    clock: Ticks,
    buckets: Option<Buckets>,
}

impl Rates {
    pub(super) fn new(clock: Clock, per_second: Option<u32>) -> Self {
        let clock = Ticks(clock);
        let quota = |limit: NonZeroU32| {
            Quota::per_second(limit)
                .allow_burst(limit.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1)))
        };
        let make = |limit| RateLimiter::new(quota(limit), DashMapStateStore::default(), clock.clone());
        Self { buckets: per_second.and_then(NonZeroU32::new).map(make), clock }
    }

    /// Counts one post, or says how long to wait.
    pub(super) fn take(&self, sender: IpAddr) -> Result<(), Duration> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        if buckets.len() > ADDRESSES_MAX {
            buckets.retain_recent();
        }
        buckets
            .check_key(&sender)
            .map_err(|refused| refused.earliest_possible().duration_since(self.clock.now()).into())
    }
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{Span, Timestamp};

    use super::*;

    #[test]
    fn an_address_may_spend_some_seconds_at_once_and_then_waits() {
        let clock = Clock::manual(Timestamp::from_micros(1_795_240_000_000_000));
        let rates = Rates::new(clock.clone(), Some(5));
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!((0..40).filter(|_| rates.take(one).is_ok()).count(), 30);
        assert_eq!(rates.take(one), Err(Duration::from_millis(200)));
        assert_eq!(rates.take(other), Ok(()));
        clock.advance(Span::from_millis(200));
        assert_eq!((rates.take(one), rates.take(one).is_err()), (Ok(()), true));
    }

    #[test]
    fn no_limit_is_none() {
        let rates = Rates::new(Clock::System, None);
        assert!((0..1_000).all(|_| rates.take(IpAddr::from([192, 0, 2, 1])).is_ok()));
    }
}
