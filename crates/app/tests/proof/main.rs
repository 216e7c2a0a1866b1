//! What the application promises about money, proven in process on both engines: races, lost answers,
//! a database that fails, poisoned batches.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod card_mock;
mod charges;
mod checkout;
mod checkout_accounts;
mod checkout_app;
mod checkout_crash;
mod checkout_second_door;
mod claims;
mod crash;
mod database;
mod deposits;
mod desk;
mod follow_ups;
mod late;
mod network;
mod payers;
mod races;
mod refused;
mod top_ups;
mod truth;
mod velocity;
mod world;
