//! Reads requests. What is wrong is said without repeating any of it: it may be a card number.

use axum::http::StatusCode;
use serde::de::Deserialize;
use steelyard_domain::{Currency, Money};

use super::{decline::Decline, reply::Reply};

const REFERENCE_CHARS_MAX: usize = 128;

pub(super) fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("not this protocol at line {} column {}", error.line(), error.column());
        let decline = Decline { code: "BAD_REQUEST".into(), message: message.into() };
        Reply::declined(StatusCode::BAD_REQUEST, None, decline)
    })
}

pub(super) fn reference(text: &str) -> Result<String, Reply> {
    if text.is_empty() || text.len() > REFERENCE_CHARS_MAX {
        let decline = Decline::of("INVALID_REFERENCE", "a reference has 1 to 128 characters");
        return Err(Reply::declined(StatusCode::BAD_REQUEST, None, decline));
    }
    Ok(text.to_owned())
}

pub(super) fn money(reference: &str, amount: i64, currency: &str) -> Result<Money, Reply> {
    let refuse = |decline| Reply::declined(StatusCode::BAD_REQUEST, Some(reference), decline);
    let currency =
        Currency::parse(currency).ok_or_else(|| refuse(Decline::of("INVALID_CURRENCY", "KRW, USD, JPY or EUR")))?;
    if amount <= 0 {
        return Err(refuse(Decline::of("INVALID_AMOUNT", "an amount is positive")));
    }
    Ok(Money::new(amount, currency))
}
