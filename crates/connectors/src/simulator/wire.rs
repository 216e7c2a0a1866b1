//! The simulator's protocol, the same for both ends. Source: docs/CONNECTORS.md, "The simulator's protocol".

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use steelyard_domain::Timestamp;

use super::{EntryState, InstrumentKind, NoticeKind, Operation};

/// A point in time: RFC 3339 on the wire, in UTC when we write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Rfc3339)
    }
}

struct Rfc3339;

impl Visitor<'_> for Rfc3339 {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of RFC 3339")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
        let time: jiff::Timestamp = text.parse().map_err(|_| E::custom("not a time of RFC 3339"))?;
        Ok(Time(Timestamp::from_micros(time.as_microsecond())))
    }
}

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

/// The payer's own account. Has no `Debug`: its number must not be shown.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TransferData<'a> {
    pub bank: Cow<'a, str>,
    pub account_number: Cow<'a, str>,
}

/// What an account is issued for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VirtualAccountData<'a> {
    pub bank: Cow<'a, str>,
    pub holder: Cow<'a, str>,
    pub due_at: Time,
}

/// An authorization or a purchase, of exactly one instrument: a card or a token; a purchase also of a transfer
/// or by a virtual account.
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferData<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_account: Option<VirtualAccountData<'a>>,
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
    /// Where the challenge's page leads afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<Cow<'a, str>>,
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
    /// An account that waits for a deposit.
    Issued {
        reference: String,
        acquirer_transaction_id: String,
        bank: String,
        number: String,
        holder: String,
        due_at: Time,
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

/// A deposit into a virtual account.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Deposit<'a> {
    pub amount: i64,
    /// Absent: the currency of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Cow<'a, str>>,
    /// Whose name the bank's statement bears; absent: nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depositor: Option<Cow<'a, str>>,
}

/// A deposit that took place, 200.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Deposited {
    pub number: String,
    pub reference: String,
    pub acquirer_transaction_id: String,
    pub amount: i64,
    pub currency: String,
}

/// A deposit that did not, 4xx.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DepositRefused<'a> {
    pub code: Cow<'a, str>,
    pub message: Cow<'a, str>,
}

/// What the simulator sends of its own accord, signed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Notice {
    pub reference: String,
    pub acquirer_transaction_id: String,
    pub kind: NoticeKind,
    pub amount: i64,
    pub currency: String,
    pub occurred_at: Time,
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
    /// Of an authorization or purchase.
    pub instrument: Option<InstrumentKind>,
    /// Of a transfer or a virtual account.
    pub bank: Option<String>,
    /// Of a virtual account that was issued.
    pub account: Option<EntryAccount>,
}

/// The account that was issued for a purchase.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EntryAccount {
    pub number: String,
    pub holder: String,
    pub due_at: Time,
    pub deposited_at: Option<Time>,
    pub depositor: Option<String>,
}
