//! Merchants and what belongs to them: sellers, fee policies, API keys, the test clock.

mod api_key;
mod create;
mod fee_policy;
mod seller;
mod test_clock;

pub use create::{NewMerchant, NewMerchantKeys};
