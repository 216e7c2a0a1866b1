//! The simulated acquirer, the card mock, and our side of their protocols, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod authentications;
mod book;
mod card_mock;
mod cards;
mod challenges;
mod faults;
mod follow_ups;
mod migration;
mod net_cancels;
mod notices;
mod raw_server;
mod repeats;
mod transfers;
mod transport;
mod virtual_accounts;
mod world;
