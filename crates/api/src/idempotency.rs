//! The `Idempotency-Key` header: a quoted string, as the IETF's draft has it, or the bare text.

use axum::http::{HeaderMap, HeaderName};
use steelyard_domain::limits::IDEMPOTENCY_KEY_CHARS_MAX;

use crate::fault::{Fault, Rule};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(crate) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Whether an endpoint takes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyed {
    /// Repeating the request does no harm by itself.
    No,
    Optional,
    /// It moves money.
    Required,
}

/// The key of a request, unquoted.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let wrong = || Fault::new("Idempotency-Key", Rule::KeyForm);
    if values.next().is_some() {
        return Err(wrong());
    }
    let text = value.to_str().map_err(|_| wrong())?.trim();
    let key = match text.strip_prefix('"') {
        Some(rest) => unquote(rest),
        None => bare(text),
    };
    let key = key.filter(|key| (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len())).ok_or_else(wrong)?;
    Ok(Some(key))
}

fn bare(text: &str) -> Option<String> {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then(|| text.to_owned())
}

/// The rest of a structured-field string, up to its closing quote and nothing behind it.
fn unquote(rest: &str) -> Option<String> {
    let mut key = String::with_capacity(rest.len());
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return letters.next().is_none().then_some(key),
            '\\' => key.push(letters.next().filter(|letter| matches!(letter, '"' | '\\'))?),
            letter if letter == ' ' || letter.is_ascii_graphic() => key.push(letter),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(values: &[&str]) -> Result<Option<String>, Fault> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        key(&headers)
    }

    #[test]
    fn a_key_is_the_same_with_and_without_quotes() {
        assert_eq!(read(&[]), Ok(None));
        let longest = "k".repeat(255);
        for (text, key) in [
            ("order-1", "order-1"),
            ("\"order-1\"", "order-1"),
            ("\"a b\"", "a b"),
            (r#""a\"\\b""#, r#"a"\b"#),
            (longest.as_str(), longest.as_str()),
        ] {
            assert_eq!(read(&[text]), Ok(Some(key.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_key_that_cannot_be_read_is_refused_and_not_guessed() {
        let (long, quoted) = ("k".repeat(256), format!("\"{}\"", "k".repeat(256)));
        for text in ["", "\"\"", "a b", "\"a", "a\"", "\"a\"b", r#""a\b""#, "키", long.as_str(), quoted.as_str()] {
            assert_eq!(read(&[text]), Err(Fault::new("Idempotency-Key", Rule::KeyForm)), "{text}");
        }
        assert!(read(&["a", "b"]).is_err());
    }
}
