//! Ids of the form of `UUIDv7` that are the same in every run.

use steelyard_domain::Timestamp;
use uuid::Uuid;

/// Counts: an id made later sorts later, within a millisecond too.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: u16,
    made: u64,
}

impl Ids {
    /// Generators with different seeds, below 4 096, never make the same id.
    #[must_use]
    pub const fn new(seed: u16) -> Self {
        Self { seed: seed & 0x0fff, made: 0 }
    }

    /// The next id, of an object made at `at`.
    pub fn next(&mut self, at: Timestamp) -> Uuid {
        self.made += 1;
        let millis = u128::try_from(at.micros().div_euclid(1_000)).unwrap_or(0) & 0xffff_ffff_ffff;
        let version_and_seed = 0x7000 | u128::from(self.seed);
        let variant_and_count = (0b10 << 62) | u128::from(self.made);
        Uuid::from_u128((millis << 80) | (version_and_seed << 64) | variant_and_count)
    }
}

impl Default for Ids {
    fn default() -> Self {
        Self::new(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    #[test]
    fn ids_are_of_version_seven_sort_as_they_were_made_and_repeat() {
        let (mut ids, mut again) = (Ids::new(7), Ids::new(7));
        let made: Vec<Uuid> = (0..100).map(|_| ids.next(Clock::START)).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(made.iter().all(|id| id.get_version_num() == 7 && *id == again.next(Clock::START)));
        assert_ne!(Ids::new(8).next(Clock::START), made[0]);
        let later = ids.next(Clock::START.after(steelyard_domain::Span::from_millis(1)));
        assert!(made.iter().all(|id| *id < later));
    }
}
