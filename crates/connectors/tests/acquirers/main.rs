//! The simulated acquirer, the card mock, and our side of their protocols, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod authentications;
mod book;
mod card_mock;
mod cards;
mod faults;
mod follow_ups;
mod net_cancels;
mod raw_server;
mod repeats;
mod transport;
mod world;
