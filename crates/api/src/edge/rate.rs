//! Requests a second, by key.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    NotUntil, Quota, RateLimiter,
    clock::{Clock as GovernorClock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use parking_lot::RwLock;
use steelyard_app::Clock;
use steelyard_domain::{ApiKeyId, merchant::ApiKey};

/// Keys remembered at once. Beyond it all are forgotten, which gives each of them one burst more than its due.
const KEYS_MAX: usize = 65_536;

/// The application's clock, so that a test can stand still; a step of the system's time does not count.
#[derive(Clone)]
struct Ticks(Clock);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(u64::try_from(self.0.ticks().micros()).unwrap_or(0).saturating_mul(1_000))
    }
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>;

/// How long to wait, and the limit that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) limit: u32,
    pub(crate) wait: Duration,
}

pub(crate) struct Rates {
    clock: Clock,
    /// For keys without a limit of their own.
    default: Option<NonZeroU32>,
    buckets: RwLock<HashMap<ApiKeyId, Arc<Bucket>>>,
}

impl Rates {
    pub(crate) fn new(clock: Clock, default: Option<u32>) -> Self {
        Self { clock, default: default.and_then(NonZeroU32::new), buckets: RwLock::default() }
    }

    /// The limit of `key`. One that no `u32` holds (the largest `i64`, by convention) is none at all.
    fn limit(&self, key: &ApiKey) -> Option<NonZeroU32> {
        match key.rate_limit {
            Some(own) => u32::try_from(own).ok().and_then(NonZeroU32::new),
            None => self.default,
        }
    }

    /// Counts one request of `key`.
    pub(crate) fn take(&self, key: &ApiKey) -> Result<(), Exceeded> {
        let Some(limit) = self.limit(key) else { return Ok(()) };
        self.bucket(key.id, limit).check().map_err(|refused| self.exceeded(limit, &refused))
    }

    /// Takes what is left of a key's second. One command that the database refuses makes its whole batch run again
    /// in halves: who sends such a one has to wait.
    pub(crate) fn exhaust(&self, key: &ApiKey) {
        let Some(limit) = self.limit(key) else { return };
        let bucket = self.bucket(key.id, limit);
        // Not more often than it holds: it fills while it is emptied.
        for _ in 0..limit.get() {
            if bucket.check().is_err() {
                return;
            }
        }
    }

    fn exceeded(&self, limit: NonZeroU32, refused: &NotUntil<Nanos>) -> Exceeded {
        let now = Ticks(self.clock.clone()).now();
        Exceeded { limit: limit.get(), wait: refused.earliest_possible().duration_since(now).into() }
    }

    /// A second's worth may come at once.
    fn bucket(&self, key: ApiKeyId, limit: NonZeroU32) -> Arc<Bucket> {
        if let Some(bucket) = self.buckets.read().get(&key) {
            return Arc::clone(bucket);
        }
        let mut buckets = self.buckets.write();
        if buckets.len() >= KEYS_MAX {
            buckets.clear();
        }
        let fresh = || Arc::new(RateLimiter::direct_with_clock(Quota::per_second(limit), Ticks(self.clock.clone())));
        Arc::clone(buckets.entry(key).or_insert_with(fresh))
    }
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{MerchantId, Mode, Span, Tenant, Timestamp, merchant::KeyKind};
    use uuid::Uuid;

    use super::*;

    fn key(id: u128, rate_limit: Option<i64>) -> ApiKey {
        let tenant = Tenant { merchant: MerchantId::from_uuid(Uuid::nil()), mode: Mode::Test };
        ApiKey {
            id: ApiKeyId::from_uuid(Uuid::from_u128(id)),
            tenant,
            kind: KeyKind::Secret,
            scopes: Vec::new(),
            hash: Vec::new(),
            hint: String::new(),
            api_version: String::new(),
            rate_limit,
            created_at: Timestamp::from_micros(0),
            expires_at: None,
            revoked_at: None,
            rotated_to: None,
        }
    }

    fn taken(rates: &Rates, key: &ApiKey, requests: u32) -> u32 {
        let taken = (0..requests).filter(|_| rates.take(key).is_ok()).count();
        u32::try_from(taken).unwrap()
    }

    #[test]
    fn a_key_may_spend_its_second_at_once_and_then_waits_for_the_next() {
        let clock = Clock::manual(Timestamp::from_micros(1_795_240_000_000_000));
        let rates = Rates::new(clock.clone(), Some(10));
        let one = key(1, None);
        assert_eq!(taken(&rates, &one, 12), 10);
        assert_eq!(rates.take(&one), Err(Exceeded { limit: 10, wait: Duration::from_millis(100) }));
        clock.advance(Span::from_millis(100));
        assert_eq!(taken(&rates, &one, 3), 1);
        // Another key has its own.
        assert_eq!(taken(&rates, &key(2, None), 12), 10);
    }

    #[test]
    fn a_key_that_is_exhausted_waits_and_others_do_not() {
        let clock = Clock::manual(Timestamp::from_micros(1_795_240_000_000_000));
        let rates = Rates::new(clock.clone(), Some(10));
        let one = key(1, None);
        assert_eq!(taken(&rates, &one, 2), 2);
        rates.exhaust(&one);
        assert_eq!(taken(&rates, &one, 1), 0);
        assert_eq!(taken(&rates, &key(2, None), 10), 10);
        clock.advance(Span::from_millis(100));
        assert_eq!(taken(&rates, &one, 2), 1);
        // A key without a limit has none to lose.
        rates.exhaust(&key(3, Some(i64::MAX)));
        assert_eq!(taken(&rates, &key(3, Some(i64::MAX)), 100), 100);
    }

    #[test]
    fn a_keys_own_limit_goes_before_the_default_and_the_largest_is_none() {
        let rates = Rates::new(Clock::manual(Timestamp::from_micros(1_795_240_000_000_000)), Some(10));
        assert_eq!(taken(&rates, &key(1, Some(3)), 12), 3);
        assert_eq!(taken(&rates, &key(2, Some(20)), 30), 20);
        assert_eq!(taken(&rates, &key(3, Some(i64::MAX)), 1_000), 1_000);
        let open = Rates::new(Clock::System, None);
        assert_eq!(taken(&open, &key(1, None), 1_000), 1_000);
        assert_eq!(taken(&open, &key(2, Some(3)), 3), 3);
    }
}
