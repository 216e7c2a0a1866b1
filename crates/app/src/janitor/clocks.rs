//! Every merchant's own time, at one look.

use steelyard_domain::{Mode, Timestamp, merchant::Merchant};
use steelyard_store::{Reader, merchant::merchants_ahead, reach::Reach};

use crate::{problem::Problem, read::unavailable};

/// The time on the wall, and the merchants whose test clocks are ahead of it.
pub(crate) struct Clocks {
    now: Timestamp,
    ahead: Vec<Merchant>,
}

impl Clocks {
    /// # Errors
    /// `databaseUnavailable`.
    pub(crate) async fn look(reader: &Reader, now: Timestamp) -> Result<Self, Problem> {
        let ahead = merchants_ahead(reader).await.map_err(unavailable)?;
        Ok(Self { now, ahead })
    }

    /// What is over by everybody's clock, and then by each that is ahead.
    pub(crate) fn reaches(&self) -> impl Iterator<Item = Reach> + use<'_> {
        let ahead = self
            .ahead
            .iter()
            .map(|merchant| Reach { until: merchant.clock(Mode::Test, self.now), test_of: Some(merchant.id) });
        std::iter::once(Reach::all(self.now)).chain(ahead)
    }
}
