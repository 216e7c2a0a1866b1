//! What of a call may be shown to whoever looks at the shop: little, and no secret.
//!
//! Everybody who visits the shop sees the same log. So whoever reads it must not learn what opens another buyer's
//! checkout, what an order's page is called, or who the buyer is.

use serde_json::{Map, Value};

use super::number;

const TEXT_CHARS_MAX: usize = 96;
const ITEMS_MAX: usize = 8;
const FIELDS_MAX: usize = 40;
const DEPTH_MAX: usize = 5;
const BYTES_MAX: usize = 3_000;
const SECRET: &str = "_secret_";
/// Fields of people and of what proves something.
const HIDDEN: [&str; 6] = ["buyer", "returnSecret", "signature", "secretKey", "buyerName", "email"];

/// The same, smaller: as deep as it fits.
pub(super) fn shortened(value: &Value) -> Value {
    for depth in (1..=DEPTH_MAX).rev() {
        let small = at_depth(value, depth);
        if small.to_string().len() <= BYTES_MAX {
            return small;
        }
    }
    Value::from("…")
}

fn at_depth(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(long) => text(long).into(),
        Value::Array(items) if depth > 0 => {
            let mut few: Vec<Value> = items.iter().take(ITEMS_MAX).map(|item| at_depth(item, depth - 1)).collect();
            if items.len() > ITEMS_MAX {
                few.push("…".into());
            }
            few.into()
        }
        Value::Object(fields) if depth > 0 => {
            let shown = fields.iter().filter(|(_, value)| !value.is_null()).take(FIELDS_MAX);
            let small = shown.map(|(name, value)| {
                let value = if HIDDEN.contains(&name.as_str()) { "…".into() } else { at_depth(value, depth - 1) };
                (name.clone(), value)
            });
            Value::Object(small.collect::<Map<String, Value>>())
        }
        Value::Array(_) | Value::Object(_) => "…".into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A text without secrets and order numbers, of a readable length.
pub(super) fn text(text: &str) -> String {
    let hidden = number::hidden(&without_secret(text));
    match hidden.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &hidden[..end]),
        None => hidden,
    }
}

/// `cs_…_secret_…` in place of every client secret.
fn without_secret(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(SECRET) {
        let start = before.rfind(|letter: char| !is_of_secret(letter)).map_or(0, |at| at + 1);
        out.push_str(&before[..start]);
        out.push_str("cs_…_secret_…");
        rest = after.trim_start_matches(is_of_secret);
    }
    out.push_str(rest);
    out
}

const fn is_of_secret(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_secret_no_number_and_nobody_is_shown() {
        let answer = json!({
            "clientSecret": "cs_01_secret_abc-D_e",
            "url": "http://127.0.0.1:1/c/cs_01_secret_abc-D_e?lang=ko",
            "merchantOrderId": "S-ABCDEFGHJK",
            "successUrl": "http://127.0.0.1:1/shop/return?order=S-ABCDEFGHJK&lang=ko",
            "buyer": { "name": "김하늘" },
            "expiresAt": null,
        });
        let expected = json!({
            "clientSecret": "cs_…_secret_…",
            "url": "http://127.0.0.1:1/c/cs_…_secret_…?lang=ko",
            "merchantOrderId": "S-ABC…",
            "successUrl": "http://127.0.0.1:1/shop/return?order=S-ABC…&lang=ko",
            "buyer": "…",
        });
        assert_eq!(shortened(&answer), expected);
    }

    #[test]
    fn what_is_large_becomes_small() {
        let long = json!({ "items": vec![json!({ "text": "가".repeat(500) }); 100], "deep": {"a": {"b": {"c": [1]}}} });
        assert!(shortened(&long).to_string().len() <= BYTES_MAX);
        assert_eq!(shortened(&json!([1, 2])), json!([1, 2]));
        assert_eq!(text(&"가".repeat(200)).chars().count(), TEXT_CHARS_MAX + 1);
    }
}
