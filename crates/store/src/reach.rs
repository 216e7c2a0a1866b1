//! Whose time is over: everybody's by the clock on the wall, and in the test world of a merchant whose own clock is ahead.

use steelyard_domain::{MerchantId, Timestamp};

use crate::Value;

/// Which rows may be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    pub until: Timestamp,
    /// Only this merchant's, of its test world. Whoever moves a test clock makes nobody else's rows be looked at.
    pub test_of: Option<MerchantId>,
}

impl Reach {
    /// Of all merchants and both worlds.
    #[must_use]
    pub const fn all(until: Timestamp) -> Self {
        Self { until, test_of: None }
    }

    /// What a query adds to its `WHERE`. Its parameter is the last; `table` is as in `o.`.
    pub(crate) fn condition(self, table: &str, parameters: &mut Vec<Value>) -> String {
        let Some(merchant) = self.test_of else { return String::new() };
        parameters.push(merchant.uuid().into());
        format!("AND {table}merchant_id = ${} AND {table}mode = 'test'", parameters.len())
    }
}
