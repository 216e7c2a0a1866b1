//! The promises about money, proven on the binary itself: killed, aborted at named points, terminated under
//! load, and two at once on one database. A journal is kept outside of all of it.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod crash;
mod disk;
mod drain;
mod journal;
mod kill;
mod load;
mod process;
mod races;
#[path = "../../../app/tests/proof/truth.rs"]
mod truth;
mod unknown;
mod world;
