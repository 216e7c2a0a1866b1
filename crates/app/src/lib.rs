//! Does. One file per command; the commit pipeline; the workers. Only this crate opens transactions.
//!
//! A request reads like a receipt: decide (a command, committed), ask (a connector, outside of any
//! transaction), settle (a command, committed).

pub mod clock;
pub mod crash;
pub mod credential;
pub mod pipeline;
pub mod problem;
pub mod read;
pub mod request;
pub mod vault;
mod velocity;
pub mod view;
pub mod workset;

mod application;
mod catalog;
pub mod checkout;
mod gift_card;
mod hashing;
mod idempotency;
mod indexer;
mod janitor;
mod merchant;
mod notice;
mod order;
mod payer;
mod payment;
mod sealer;
mod teller;

pub use application::{App, Config, StartError};
pub use clock::Clock;
pub use idempotency::canonical_hash;
pub use merchant::{NewMerchant, NewMerchantKeys};
pub use notice::SignedNotice;
pub use payer::{SignedIn, TopUp, TopUpSource, Visitor};
pub use problem::{Code, Language, Outcome, Problem};
pub use sealer::{GENESIS, link};
