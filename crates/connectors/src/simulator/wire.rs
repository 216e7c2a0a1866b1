//! The simulator's protocol, the same for both ends. Source: docs/CONNECTORS.md, "The simulator's protocol".

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{EntryState, Operation};

/// A card as a buyer typed it. Has no `Debug`: it must not be shown.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CardData<'a> {
    pub number: Cow<'a, str>,
    pub expiry_month: u8,
    pub expiry_year: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvc: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_prefix: Option<Cow<'a, str>>,
}

/// An authorization or a purchase: of a card or of a token, never of both.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Charge<'a> {
    pub reference: Cow<'a, str>,
    pub amount: i64,
    pub currency: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardData<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Cow<'a, str>>,
    #[serde(default)]
    pub installment_months: u8,
    /// A renewal that the buyer is not present for.
    #[serde(default)]
    pub recurring: bool,
}

/// A capture, void, cancel or refund.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FollowUp<'a> {
    pub reference: Cow<'a, str>,
    pub amount: i64,
    pub currency: Cow<'a, str>,
    /// The simulator's id of the payment acted on, or of its capture.
    pub original: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NetCancel<'a> {
    pub reference: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Authentication<'a> {
    pub reference: Cow<'a, str>,
    pub amount: i64,
    pub currency: Cow<'a, str>,
    pub card: CardData<'a>,
}

/// Every answer of the protocol. The HTTP status says the same: 200, 402 and 422 declined, 404 not found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Answer {
    Approved {
        reference: String,
        acquirer_transaction_id: String,
        approval_number: String,
        amount: i64,
        currency: String,
    },
    Declined {
        /// Absent only if the request could not be read.
        reference: Option<String>,
        code: String,
        message: String,
    },
    Undone {
        reference: String,
    },
    NotFound {
        reference: String,
    },
    Authenticated {
        reference: String,
        token: String,
    },
    Challenge {
        reference: String,
        token: String,
        url: String,
    },
}

/// A page of the book.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Page {
    pub entries: Vec<Entry>,
    pub next: Option<i64>,
}

/// One transaction of the book. Amounts share the entry's currency.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Entry {
    pub sequence: i64,
    pub reference: String,
    pub operation: Operation,
    pub state: EntryState,
    pub amount: i64,
    pub currency: String,
    pub captured_amount: i64,
    pub returned_amount: i64,
    pub acquirer_transaction_id: Option<String>,
    pub original_reference: Option<String>,
    pub decline_code: Option<String>,
}
