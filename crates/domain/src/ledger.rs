//! The ledger: accounts, balanced transactions, entries that are never changed.

pub mod account;
pub mod gift_card;
pub mod posting;
pub mod seal;

pub use account::{Account, AccountCode, AccountKey, AccountOwner};
pub use posting::{Entry, Layer, LedgerTransaction, Posting, PostingKind, Side, SourceType};
