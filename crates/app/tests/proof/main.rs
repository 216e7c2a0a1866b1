//! What the application promises about money, proven in process on both engines: races, lost answers,
//! a database that fails, poisoned batches.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod card_mock;
mod charges;
mod crash;
mod database;
mod follow_ups;
mod late;
mod payers;
mod races;
mod refused;
mod truth;
mod world;
