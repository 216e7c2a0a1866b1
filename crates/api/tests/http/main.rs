//! The API over real HTTP on loopback: an application on a SQLite database of its own, and an acquirer that
//! answers at once.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod api_keys;
mod bodies;
mod callbacks;
mod catalog;
mod checkout;
mod documentation;
mod edge;
mod events;
mod gift_cards;
mod idempotency;
mod keys_and_tenants;
mod languages;
mod ledger;
mod lists;
mod orders;
mod payments;
mod queries;
mod sellers;
mod test_clock;
mod tickets;
mod wire;
mod world;
