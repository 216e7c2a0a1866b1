//! The simulator's book as the rest of Steelyard may read it, to compare it with its own.

use steelyard_domain::{Bank, Money, Timestamp};
use thiserror::Error;

use super::{InstrumentKind, Operation};

/// What became of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EntryState {
    Approved,
    /// A virtual account that waits for its deposit: nothing is captured. The deposit approves it.
    Issued,
    Declined,
    /// Net-cancelled.
    Undone,
    /// An authorization that was released before it was captured.
    Voided,
}

impl EntryState {
    pub const ALL: [Self; 5] = [Self::Approved, Self::Issued, Self::Declined, Self::Undone, Self::Voided];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Issued => "issued",
            Self::Declined => "declined",
            Self::Undone => "undone",
            Self::Voided => "voided",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One transaction of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    /// Grows with every transaction; pages follow it.
    pub sequence: i64,
    /// Ours.
    pub reference: String,
    pub operation: Operation,
    pub state: EntryState,
    pub amount: Money,
    /// Of an authorization or purchase: how much of it has been taken.
    pub captured: Money,
    /// Of an authorization or purchase: how much of what was taken has gone back.
    pub returned: Money,
    /// None when declined.
    pub acquirer_transaction_id: Option<String>,
    /// Of a capture, void, cancel or refund: the reference of the payment it acted on.
    pub original_reference: Option<String>,
    pub decline_code: Option<String>,
    /// Of an authorization or purchase.
    pub instrument: Option<InstrumentKind>,
    /// Of a transfer or a virtual account.
    pub bank: Option<Bank>,
    /// Of a virtual account that was issued.
    pub account: Option<BookAccount>,
}

/// The account that was issued for a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookAccount {
    pub number: String,
    pub holder: String,
    pub due_at: Timestamp,
    pub deposited_at: Option<Timestamp>,
    pub depositor: Option<String>,
}

/// Transactions in the order they were booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPage {
    pub entries: Vec<BookEntry>,
    /// Ask again after this; `None` when this was the last page.
    pub next: Option<i64>,
}

/// Why there is no page.
#[derive(Debug, Error)]
pub enum BookPageError {
    #[error("the simulator did not answer: {detail}")]
    Unanswered { detail: String },
    #[error("the simulator answered {status}, which is not a page of its book: {detail}")]
    NotAPage { status: u16, detail: String },
}
