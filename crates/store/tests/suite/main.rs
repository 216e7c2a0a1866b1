//! Every function of the store, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod append_only;
mod checkout;
mod commit_marker;
mod condition;
mod connections;
mod constraints;
mod event;
mod failures;
mod gift_card;
mod idempotency;
mod ledger;
mod locks;
mod merchant;
mod migrations;
mod movement;
mod notice;
mod order;
mod payer;
mod payer_history;
mod payment;
mod product;
mod refund;
mod rollup;
mod seal;
mod secret;
mod seller;
mod statements;
mod targets;
