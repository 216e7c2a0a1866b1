//! What an acquirer can be asked.

use steelyard_domain::{AccountNumber, Bank, Money, Timestamp, method::Card};

/// The longest name an account can bear, in characters.
pub const HOLDER_CHARS_MAX: usize = 40;

/// What is charged.
#[derive(Debug, Clone)]
pub enum Instrument {
    Card(Card),
    /// A token of the acquirer's, from an authentication that the buyer has passed.
    Authenticated(String),
    /// The payer's own account: the money is taken at once. Purchases only.
    Transfer {
        bank: Bank,
        account: AccountNumber,
    },
    /// An account that the acquirer issues for this purchase; it approves when the exact amount has been
    /// deposited, before `due_at`. `holder` is the name the account bears, at most
    /// [`HOLDER_CHARS_MAX`] characters of it. Purchases only.
    VirtualAccount {
        bank: Bank,
        holder: String,
        due_at: Timestamp,
    },
}

/// One request. `reference` is ours, unique, and on record before the request is sent; `original` is the
/// acquirer's own id of the transaction acted on.
#[derive(Debug, Clone)]
pub enum Request {
    /// Reserve an amount.
    Authorize { reference: String, amount: Money, instrument: Instrument, installment_months: u8 },
    /// Authorize and capture at once.
    Purchase { reference: String, amount: Money, instrument: Instrument, installment_months: u8 },
    /// Take `amount` of what was authorized; the rest is released.
    Capture { reference: String, original: String, amount: Money },
    /// Release an authorization that was not captured.
    Void { reference: String, original: String, amount: Money },
    /// Return money before the acquirer's cut-off.
    Cancel { reference: String, original: String, amount: Money },
    /// Return money after it.
    Refund { reference: String, original: String, amount: Money },
}

impl Request {
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            Self::Authorize { reference, .. }
            | Self::Purchase { reference, .. }
            | Self::Capture { reference, .. }
            | Self::Void { reference, .. }
            | Self::Cancel { reference, .. }
            | Self::Refund { reference, .. } => reference,
        }
    }

    #[must_use]
    pub fn amount(&self) -> Money {
        match self {
            Self::Authorize { amount, .. }
            | Self::Purchase { amount, .. }
            | Self::Capture { amount, .. }
            | Self::Void { amount, .. }
            | Self::Cancel { amount, .. }
            | Self::Refund { amount, .. } => *amount,
        }
    }
}

/// Asks that a card holder be authenticated for one amount; nothing is charged.
#[derive(Debug, Clone)]
pub struct Authentication {
    pub reference: String,
    pub amount: Money,
    pub card: Card,
    /// Where a challenge's page sends the buyer's browser afterwards: http or https, at most 2048 characters.
    pub return_url: Option<String>,
}
