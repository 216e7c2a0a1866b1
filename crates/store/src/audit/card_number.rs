//! Card numbers in the clear: there is none, anywhere a text is kept.
//!
//! Every text is read and judged here, page by page: a pattern of SQL finds candidates several times slower than
//! this finds card numbers.

use uuid::Uuid;

use super::{Check, FINDINGS_MAX, Question, shown};
use crate::{Reader, RowReader, StoreError, Value};

/// Where to look: the texts of one table, joined into one.
#[derive(Debug)]
pub(super) struct Texts {
    table: &'static str,
    prefix: &'static str,
    columns: &'static [&'static str],
}

const fn texts(table: &'static str, prefix: &'static str, columns: &'static [&'static str]) -> Texts {
    Texts { table, prefix, columns }
}

static EVENTS: Texts = texts("event", "evt", &["data"]);
static ANSWERS: Texts = texts("answer", "ans", &["body"]);
static KEYS: Texts = texts("idempotency", "idm", &["key"]);
static ATTEMPTS: Texts = texts("attempt", "att", &["message", "code", "authentication", "acquirer_transaction_id"]);
static PAYMENTS: Texts = texts("payment", "pay", &["failure_message", "failure_decline_code", "metadata"]);
static ORDERS: Texts = texts(
    "orders",
    "ord",
    &["merchant_order_id", "name", "buyer_name", "buyer_email", "buyer_phone", "cancel_reason", "metadata"],
);
static LINES: Texts = texts("order_line", "ord", &["name"]);
static REFUNDS: Texts = texts("refund", "ref", &["reason", "decline_code"]);
static PAYERS: Texts = texts("payer", "pyr", &["email", "name"]);
static VAULT: Texts = texts("vault_card", "crd", &["nickname", "brand", "issuer"]);
static CHECKOUTS: Texts = texts("checkout_session", "cs", &["success_url", "cancel_url", "metadata", "payer_label"]);
static PRODUCTS: Texts = texts("product", "prd", &["sku", "name", "metadata"]);

const fn check(name: &'static str, invariant: &'static str, texts: &'static Texts) -> Check {
    Check { name, invariant, question: Question::CardNumbers(texts) }
}

pub(super) const CHECKS: &[Check] = &[
    check("cardNumber.events", "No event holds a card number.", &EVENTS),
    check("cardNumber.answers", "No stored answer holds a card number.", &ANSWERS),
    check("cardNumber.keys", "No idempotency key holds a card number.", &KEYS),
    check("cardNumber.attempts", "No acquirer's answer on an attempt holds a card number.", &ATTEMPTS),
    check("cardNumber.payments", "No failure and no metadata of a payment holds a card number.", &PAYMENTS),
    check("cardNumber.orders", "No text of an order holds a card number.", &ORDERS),
    check("cardNumber.lines", "No name of an order line holds a card number.", &LINES),
    check("cardNumber.refunds", "No reason of a refund holds a card number.", &REFUNDS),
    check("cardNumber.payers", "No name and no e-mail of a payer holds a card number.", &PAYERS),
    check("cardNumber.vault", "No text beside a sealed card holds a card number.", &VAULT),
    check("cardNumber.checkouts", "No text of a checkout session holds a card number.", &CHECKOUTS),
    check("cardNumber.products", "No text of a product holds a card number.", &PRODUCTS),
];

/// Rows judged at a time. Their texts are let go of one by one.
const PAGE: usize = 10_000;

/// One row: the number and id it is placed by, and whether it holds a card number.
type Judged = (i64, Uuid, bool);

pub(super) async fn find(reader: &Reader, texts: &Texts) -> Result<Vec<String>, StoreError> {
    let place = place(texts.table, reader.is_postgres());
    let sql = page_of(texts, place);
    let mut after: Judged = (0, Uuid::nil(), false);
    let mut found = Vec::new();
    loop {
        let (number, id, _) = after;
        let parameters: Vec<Value> = match place {
            Place::Number(_) => vec![number.into()],
            Place::Id => vec![id.into()],
            Place::Position => vec![id.into(), number.into()],
        };
        let judge = |row: &mut RowReader<'_>| Ok((row.int()?, row.uuid()?, holds_card_number(&row.text()?)));
        let page: Vec<Judged> = reader.rows(&sql, parameters, judge).await?;
        let telling = page.iter().filter(|(_, _, holds)| *holds);
        found.extend(telling.map(|(_, id, _)| shown(texts.prefix, Some(*id), None)));
        match page.last() {
            Some(last) if page.len() == PAGE && found.len() < FINDINGS_MAX => after = *last,
            Some(_) | None => {
                found.truncate(FINDINGS_MAX);
                return Ok(found);
            }
        }
    }
}

/// By what a table is paged: by what its rows lie in the order of.
#[derive(Clone, Copy)]
enum Place {
    Number(&'static str),
    Id,
    /// By order and position: lines have no order of their own.
    Position,
}

fn place(table: &str, is_postgres: bool) -> Place {
    match table {
        "event" => Place::Number("seq"),
        "order_line" => Place::Position,
        // Its ids are hashes: in their order every row would be a page of the file away from the last.
        "idempotency" if !is_postgres => Place::Number("rowid"),
        _ => Place::Id,
    }
}

/// A page behind `$1` (and `$2`): number, id, text.
fn page_of(texts: &Texts, place: Place) -> String {
    let columns: Vec<String> = texts.columns.iter().map(|column| format!("COALESCE({column}, '')")).collect();
    let text = columns.join(" || ' | ' || ");
    let (number, id, behind, order) = match place {
        Place::Number(number) => (number, "id", format!("{number} > $1"), number),
        Place::Id => ("CAST(0 AS BIGINT)", "id", String::from("id > $1"), "id"),
        Place::Position => {
            ("position", "order_id", String::from("(order_id, position) > ($1, $2)"), "order_id, position")
        }
    };
    let table = texts.table;
    format!("SELECT {number}, {id}, {text} FROM {table} WHERE {behind} ORDER BY {order} LIMIT {PAGE}")
}

/// Whether a text holds what can only be meant as a card number: alone between other signs, of an issuer's
/// prefix and length, and with the right check digit.
fn holds_card_number(text: &str) -> bool {
    if !has_many_digits(text) {
        return false;
    }
    // A run is what stands between letters, ids and other signs; a digit run inside an id is part of a word.
    let words = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_' || sign == '-' || sign == ' '));
    words.flat_map(runs).any(|digits| is_card_number(&digits))
}

/// Whether fourteen digits stand in a row, spaces and hyphens aside: most texts end here.
fn has_many_digits(text: &str) -> bool {
    let mut digits = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b' ' | b'-' => {}
            _ => digits = 0,
        }
        if digits == 14 {
            return true;
        }
    }
    false
}

/// The digits of each word of only digits, and of neighbouring words that are grouped as on a card.
fn runs(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split([' ', '-']).collect();
    let is_digits = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut runs: Vec<String> = words.iter().filter(|word| is_digits(word)).map(|word| (*word).to_owned()).collect();
    for grouping in [[4, 4, 4, 4].as_slice(), &[4, 6, 5], &[4, 6, 4]] {
        for group in words.windows(grouping.len()) {
            if group.iter().zip(grouping).all(|(word, length)| is_digits(word) && word.len() == *length) {
                runs.push(group.concat());
            }
        }
    }
    runs
}

fn is_card_number(digits: &str) -> bool {
    (14..=19).contains(&digits.len()) && has_issuer(digits) && passes_luhn(digits)
}

/// Prefixes and lengths that issuers use. Dates, counts of microseconds and most order numbers begin
/// otherwise: with 20, with 1, with 0. Source: ISO/IEC 7812; 9 is for cards of one country, as in Korea.
fn has_issuer(digits: &str) -> bool {
    let prefix: u32 = digits.get(..4).and_then(|prefix| prefix.parse().ok()).unwrap_or(0);
    match digits.len() {
        14 => matches!(prefix, 3000..=3059 | 3600..=3699 | 3800..=3999),
        15 => matches!(prefix, 3400..=3499 | 3700..=3799),
        16 => matches!(
            prefix,
            2221..=2720 | 3528..=3589 | 4000..=4999 | 5100..=5599 | 6011 | 6200..=6299 | 6440..=6599 | 9000..=9999
        ),
        17 | 18 => matches!(prefix, 6200..=6299),
        19 => matches!(prefix, 4000..=4999 | 6011 | 6200..=6299 | 6440..=6599),
        _ => false,
    }
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(byte, weight)| {
            let value = u32::from(byte - b'0') * weight;
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_however_they_are_written() {
        for text in [
            "4242424242424242",
            r#"{"card":"4242424242424242"}"#,
            "declined 5555555555554444.",
            "4242 4242 4242 4242",
            "카드 4242-4242-4242-4242 입니다",
            "378282246310005",
            "3782 822463 10005",
            "30569309025904",
            "3569990010030442",
            "6200000000000005",
            "merchant 1 4242 4242 4242 4242 2",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn ids_times_and_other_numbers_are_no_card_numbers() {
        for text in [
            // The check digit is wrong.
            "4242424242424241",
            // Bin and last four.
            r#"{"bin":"42424242","last4":"4242"}"#,
            // Dates and times, as order numbers too.
            "2026-11-21T07:48:18.000000Z",
            "20261121074818123",
            "1795230000000000",
            // Phone and account numbers.
            "010-1234-5678",
            "110-123-456789",
            // Digits within an id.
            "pay_01j4242424242424242abcdefg",
            "sim_4242424242424242",
            "01904242-4242-4242-4242-424242424242",
            "A-4242-4242",
            "42424242424242424242",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn one_wrong_digit_is_always_noticed() {
        let number = "4242424242424242";
        for place in 0..number.len() {
            for digit in '0'..='9' {
                let mut changed: Vec<char> = number.chars().collect();
                changed[place] = digit;
                let changed: String = changed.into_iter().collect();
                assert_eq!(passes_luhn(&changed), changed == number);
            }
        }
    }
}
