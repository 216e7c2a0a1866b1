//! Every merchant's own time, at one look.

use std::collections::HashMap;

use steelyard_domain::{MerchantId, Tenant, Timestamp, merchant::Merchant};
use steelyard_store::{Reader, merchant::merchants_ahead};

use crate::{problem::Problem, read::unavailable};

/// A test clock may be ahead: rows are looked for up to the furthest, and each is judged by its own.
pub(crate) struct Clocks {
    now: Timestamp,
    /// Of all others it is now.
    ahead: HashMap<MerchantId, Merchant>,
}

impl Clocks {
    /// # Errors
    /// `databaseUnavailable`.
    pub(crate) async fn look(reader: &Reader, now: Timestamp) -> Result<Self, Problem> {
        let ahead = merchants_ahead(reader).await.map_err(unavailable)?;
        Ok(Self { now, ahead: ahead.into_iter().map(|merchant| (merchant.id, merchant)).collect() })
    }

    /// The time of the clock that is furthest ahead.
    pub(crate) fn horizon(&self) -> Timestamp {
        let ahead = self.ahead.values().map(|merchant| merchant.test_clock_ahead).max();
        ahead.map_or(self.now, |ahead| self.now.after(ahead))
    }

    pub(crate) fn of(&self, tenant: Tenant) -> Timestamp {
        self.ahead.get(&tenant.merchant).map_or(self.now, |merchant| merchant.clock(tenant.mode, self.now))
    }
}
