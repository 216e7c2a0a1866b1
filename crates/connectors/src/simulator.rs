//! The simulated acquirer that ships with Steelyard: reached over HTTP like a real one, with a book of its
//! own. Source: docs/CONNECTORS.md.

pub mod book_page;
mod client;
pub mod deposit;
pub mod instrument;
pub mod notice;
pub mod operation;
pub mod server;
mod wire;

pub use book_page::{BookAccount, BookEntry, BookPage, BookPageError, EntryState};
pub use client::Simulator;
pub use deposit::DepositError;
pub use instrument::InstrumentKind;
pub use notice::{Notice, NoticeError, NoticeKind};
pub use operation::Operation;
