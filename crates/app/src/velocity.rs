//! How often somebody may try in vain. Kept in this server's memory: it is for whoever tries one thing after the other, and
//! a restart that forgets them costs nobody anything.

use std::hash::Hash;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use steelyard_domain::{Span, Timestamp};

use crate::problem::{Code, Problem};

/// Kept at once; beyond it those whose time is over are forgotten, and then all.
const KEPT_MAX: usize = 65_536;

#[derive(Debug, Clone, Copy)]
struct Tally {
    since: Timestamp,
    misses: u32,
}

/// Misses of each, within a span that begins with the first of them.
#[derive(Debug)]
pub(crate) struct Velocity<K> {
    tallies: Mutex<FxHashMap<K, Tally>>,
    max: u32,
    within: Span,
}

impl<K: Eq + Hash> Velocity<K> {
    pub(crate) fn new(max: u32, within: Span) -> Self {
        Self { tallies: Mutex::default(), max, within }
    }

    /// # Errors
    /// `TOO_MANY`, until the span is over.
    pub(crate) fn check(&self, who: &K, now: Timestamp) -> Result<(), Problem> {
        let tallies = self.tallies.lock();
        let Some(tally) = tallies.get(who).filter(|tally| tally.misses >= self.max) else { return Ok(()) };
        let until = tally.since.after(self.within);
        if now >= until {
            return Ok(());
        }
        let seconds = (until.micros() - now.micros()) / 1_000_000 + 1;
        let (minutes, max) = (seconds.div_euclid(60) + 1, self.max);
        Err(Problem::new(Code::TooMany).said(
            format!("{max} tries in a row came to nothing, try again in {minutes} minutes"),
            format!("{max}번을 실패했어요. {minutes}분 뒤에 다시 해 주세요"),
        ))
    }

    /// Counts a try that came to nothing.
    pub(crate) fn miss(&self, who: K, now: Timestamp) {
        let mut tallies = self.tallies.lock();
        if tallies.len() >= KEPT_MAX {
            tallies.retain(|_, tally| now < tally.since.after(self.within));
            if tallies.len() >= KEPT_MAX {
                tallies.clear();
            }
        }
        let tally = tallies.entry(who).or_insert(Tally { since: now, misses: 0 });
        if now >= tally.since.after(self.within) {
            *tally = Tally { since: now, misses: 0 };
        }
        tally.misses += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_misses_too_often_waits_until_the_span_is_over_and_nobody_else_does() {
        let at = |seconds| Timestamp::from_micros(1_795_240_000_000_000).after(Span::from_secs(seconds));
        let velocity = Velocity::new(3, Span::from_minutes(10));
        for second in 0..3 {
            assert_eq!(velocity.check(&"kim", at(second)), Ok(()));
            velocity.miss("kim", at(second));
        }
        let refused = velocity.check(&"kim", at(3)).unwrap_err();
        assert_eq!((refused.code, refused.detail.contains("10 minutes")), (Code::TooMany, true), "{refused:?}");
        assert_eq!(velocity.check(&"lee", at(3)), Ok(()));
        assert!(velocity.check(&"kim", at(599)).is_err());
        assert_eq!(velocity.check(&"kim", at(600)), Ok(()));
        velocity.miss("kim", at(600));
        assert_eq!(velocity.check(&"kim", at(601)), Ok(()), "counted anew");
    }

    #[test]
    fn what_is_over_makes_room_and_misses_far_apart_add_up_to_nothing() {
        let at = |minutes| Timestamp::from_micros(0).after(Span::from_minutes(minutes));
        let velocity = Velocity::new(2, Span::from_minutes(10));
        for minute in 0..20 {
            velocity.miss(0, at(minute * 10));
            assert_eq!(velocity.check(&0, at(minute * 10)), Ok(()));
        }
        for who in 0..KEPT_MAX + 10 {
            velocity.miss(who, at(1_000));
        }
        assert!(velocity.tallies.lock().len() < KEPT_MAX);
    }
}
