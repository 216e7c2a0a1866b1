//! Remembers. The SQL, the migrations, and one [`Tx`] over SQLite and PostgreSQL.
//!
//! Writes are set-based: one statement a table, many rows. What the two engines say alike is written once;
//! where they differ, [`table`] derives both statements from one list of columns.

pub mod column;
pub mod engine;
pub mod error;
pub mod migrate;
pub mod postgres;
pub mod reach;
pub mod reader;
pub mod record;
pub mod script;
pub mod sqlite;
pub mod table;
pub mod tx;
pub mod upkeep;

pub mod audit;
pub mod checkout;
pub mod commit_marker;
pub mod condition;
pub mod event;
pub mod gift_card;
pub mod idempotency;
pub mod ledger;
pub mod list;
pub mod merchant;
pub mod notice;
pub mod order;
pub mod payer;
pub mod payment;
pub mod product;
pub mod rollup;
pub mod secret;
pub mod seller;
pub mod visibility;

pub use column::Value;
pub use engine::{Engine, Store, Writer};
pub use error::StoreError;
pub use reader::Reader;
pub use record::{Record, RowReader, RowWriter};
pub use script::Script;
pub use tx::Tx;
pub use upkeep::Upkeep;
