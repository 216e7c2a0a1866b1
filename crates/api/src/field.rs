//! From wire values to domain values. Every function is told the field's name for the refusal.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use steelyard_domain::{
    Currency, Mode, Timestamp,
    id::IdError,
    limits::{
        AMOUNT_MAX, MERCHANT_ORDER_ID_CHARS_MAX, METADATA_KEY_CHARS_MAX, METADATA_PAIRS_MAX, METADATA_VALUE_CHARS_MAX,
        NAME_CHARS_MAX, REASON_CHARS_MAX,
    },
};

use crate::fault::{Fault, Rule};

/// The longest address that mail can carry.
const EMAIL_CHARS_MAX: usize = 254;
const URL_BYTES_MAX: usize = 2_048;
const PHONE_CHARS_MAX: usize = 30;

/// An amount that is paid: one or more minor units.
pub(crate) fn amount(name: &str, value: i64) -> Result<i64, Fault> {
    within(name, value, 1, AMOUNT_MAX)
}

/// A price or a part of one, which may be nothing.
pub(crate) fn price(name: &str, value: i64) -> Result<i64, Fault> {
    within(name, value, 0, AMOUNT_MAX)
}

pub(crate) fn within(name: &str, value: i64, min: i64, max: i64) -> Result<i64, Fault> {
    if (min..=max).contains(&value) { Ok(value) } else { Err(Fault::new(name, Rule::Range { min, max })) }
}

/// One to `max` characters, none of them a control character: those break logs, receipts and, as zero, a database.
pub(crate) fn text(name: &str, value: String, max: usize) -> Result<String, Fault> {
    // A character has four bytes at most, so most texts need no counting.
    let fits = !value.trim().is_empty() && (value.len() <= max || value.chars().count() <= max);
    if !fits {
        return Err(Fault::new(name, Rule::Characters { max }));
    }
    if value.chars().any(char::is_control) {
        return Err(Fault::new(name, Rule::ControlCharacter));
    }
    Ok(value)
}

pub(crate) fn named(name: &str, value: String) -> Result<String, Fault> {
    text(name, value, NAME_CHARS_MAX)
}

pub(crate) fn reason(value: String) -> Result<String, Fault> {
    text("reason", value, REASON_CHARS_MAX)
}

pub(crate) fn merchant_order_id(value: String) -> Result<String, Fault> {
    text("merchantOrderId", value, MERCHANT_ORDER_ID_CHARS_MAX)
}

/// Loosely: mail itself is the only check that counts. Somebody, an `@`, somewhere.
pub(crate) fn email(name: &str, value: String) -> Result<String, Fault> {
    let value = text(name, value, EMAIL_CHARS_MAX)?;
    let (local, domain) = value.split_once('@').unwrap_or_default();
    let fits = !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !value.contains(char::is_whitespace);
    if fits { Ok(value) } else { Err(Fault::new(name, Rule::Email)) }
}

/// The address of a page: `https`, or `http` in test mode.
pub(crate) fn url(name: &str, value: String, mode: Mode) -> Result<String, Fault> {
    let wrong = || Fault::new(name, Rule::Url);
    let rest = match (value.strip_prefix("https://"), value.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if mode == Mode::Test => rest,
        (None, Some(_) | None) => return Err(wrong()),
    };
    let visible = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
    let has_host = rest.split(['/', '?', '#']).next().is_some_and(|host| !host.is_empty() && !host.contains('@'));
    if visible && has_host && value.len() <= URL_BYTES_MAX { Ok(value) } else { Err(wrong()) }
}

pub(crate) fn phone(name: &str, value: String) -> Result<String, Fault> {
    let value = text(name, value, PHONE_CHARS_MAX)?;
    let shape = value.chars().all(|letter| letter.is_ascii_digit() || " +-()".contains(letter));
    let digits = value.chars().filter(char::is_ascii_digit).count();
    if shape && digits >= 3 { Ok(value) } else { Err(Fault::new(name, Rule::Phone)) }
}

/// The one of `all` that is called `value`.
pub(crate) fn choice<T: Copy>(
    name: &str,
    value: &str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<T, Fault> {
    all.iter()
        .copied()
        .find(|item| as_str(*item) == value)
        .ok_or_else(|| Fault::new(name, Rule::OneOf(all.iter().map(|item| as_str(*item)).collect())))
}

pub(crate) fn currency(name: &str, value: Option<&str>) -> Result<Option<Currency>, Fault> {
    value.map(|code| choice(name, code, &Currency::ALL, Currency::code)).transpose()
}

pub(crate) fn id<T>(name: &str, value: &str, parse: impl Fn(&str) -> Result<T, IdError>) -> Result<T, Fault> {
    parse(value).map_err(|error| Fault::new(name, Rule::Id(error.expected)))
}

/// A point in time: RFC 3339 with an offset.
pub(crate) fn time(name: &str, value: &str) -> Result<Timestamp, Fault> {
    let wrong = || Fault::new(name, Rule::Time);
    // jiff reads more than RFC 3339 allows; what is longer or has another shape is somebody's mistake.
    let shape = value.len() <= 40 && value.as_bytes().get(10).is_some_and(|letter| letter.eq_ignore_ascii_case(&b'T'));
    if !shape || value.contains('[') {
        return Err(wrong());
    }
    let time: jiff::Timestamp = value.parse().map_err(|_| wrong())?;
    Ok(Timestamp::from_micros(time.as_microsecond()))
}

/// As [`time`], out of a query, where a `+` that was not escaped arrives as a space.
pub(crate) fn time_in_query(name: &str, value: Option<&str>) -> Result<Option<Timestamp>, Fault> {
    value.map(|text| time(name, &text.replace(' ', "+"))).transpose()
}

/// `from` inclusive and `to` exclusive, in order.
pub(crate) fn time_range(
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Fault> {
    let (from, to) = (time_in_query("from", from)?, time_in_query("to", to)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Fault::new("to", Rule::TimeOrder));
    }
    Ok((from, to))
}

/// What a merchant attaches to an object: pairs of texts, in the order they were sent.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Metadata(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Metadata, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = fields.next_entry()? {
            pairs.push(pair);
        }
        Ok(Metadata(pairs))
    }
}

impl Metadata {
    /// The pairs as a JSON object.
    pub(crate) fn checked(self) -> Result<String, Fault> {
        if self.0.len() > METADATA_PAIRS_MAX {
            return Err(Fault::new("metadata", Rule::Items { min: 0, max: METADATA_PAIRS_MAX }));
        }
        let mut object = serde_json::Map::new();
        for (key, value) in self.0 {
            let key = text("metadata", key, METADATA_KEY_CHARS_MAX)?;
            if value.chars().count() > METADATA_VALUE_CHARS_MAX {
                return Err(Fault::new(format!("metadata.{key}"), Rule::Characters { max: METADATA_VALUE_CHARS_MAX }));
            }
            if value.contains('\0') {
                return Err(Fault::new(format!("metadata.{key}"), Rule::ControlCharacter));
            }
            object.insert(key, value.into());
        }
        Ok(serde_json::Value::Object(object).to_string())
    }
}

pub(crate) fn metadata(value: Option<Metadata>) -> Result<Option<String>, Fault> {
    value.map(Metadata::checked).transpose()
}

#[cfg(test)]
mod tests;
