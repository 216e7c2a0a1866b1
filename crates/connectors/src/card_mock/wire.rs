//! The card mock's protocol, the same for both ends. It repeats card numbers: nothing here has `Debug`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Validate<'a> {
    pub card_number: Cow<'a, str>,
    /// `MM/YY`.
    pub expiry_date: Cow<'a, str>,
    pub cvc: Cow<'a, str>,
    pub card_company: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Approve<'a> {
    pub card_number: Cow<'a, str>,
    /// Won.
    pub amount: i64,
}

/// The answer to either, if it is yes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Verdict<'a> {
    pub card_number: Cow<'a, str>,
    pub is_valid: bool,
}

/// The answer to either, if it is no.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Refused<'a> {
    pub code: Cow<'a, str>,
    pub message: Cow<'a, str>,
}
