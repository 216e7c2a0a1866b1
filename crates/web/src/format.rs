//! Amounts and times as people read them. `assets/js/format.mjs` does the same in the browser; the examples in
//! `tests/format.json` hold both to it.

use jiff::{Timestamp, tz::TimeZone};
use steelyard_app::Language;
use steelyard_domain::Currency;

use crate::words::Words;

/// An amount and its unit, which is shown smaller: `("42,000", "원")`, `("₩42,000", "")`.
#[must_use]
pub fn parts(amount: i64, currency: &str, language: Language) -> (String, &'static str) {
    let known = Currency::parse(currency);
    let digits = known.map_or(0, Currency::exponent);
    let number = grouped(amount, digits);
    match (known, language) {
        (Some(Currency::Krw), Language::Korean) => (number, "원"),
        (Some(Currency::Krw), Language::English) => (signed("₩", number), ""),
        (Some(Currency::Usd), _) => (signed("US$", number), ""),
        (Some(Currency::Eur), _) => (signed("€", number), ""),
        (Some(Currency::Jpy), _) => (signed("¥", number), ""),
        (None, _) => (number, ""),
    }
}

/// An amount as one text.
#[must_use]
pub fn money(amount: i64, currency: &str, language: Language) -> String {
    let (number, unit) = parts(amount, currency, language);
    number + unit
}

/// As wide as a plus and as a digit, which a hyphen is not.
const MINUS: char = '−';

/// The sign stands before the currency's.
fn signed(symbol: &str, number: String) -> String {
    match number.strip_prefix(MINUS) {
        Some(absolute) => format!("{MINUS}{symbol}{absolute}"),
        None => format!("{symbol}{number}"),
    }
}

fn grouped(amount: i64, decimals: u32) -> String {
    let minor = 10_u64.saturating_pow(decimals);
    let absolute = amount.unsigned_abs();
    let whole = (absolute / minor).to_string();
    let mut text = String::new();
    text.extend((amount < 0).then_some(MINUS));
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals > 0 {
        let width = usize::try_from(decimals).unwrap_or(0);
        text.push_str(&format!(".{:0width$}", absolute % minor));
    }
    text
}

/// Minutes and seconds left: `8:12`; hours before them where there are any.
#[must_use]
pub fn left(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The same, spoken: `8분 12초`.
#[must_use]
pub fn spoken(seconds: i64, words: &Words) -> String {
    let seconds = seconds.max(0);
    let template = if seconds < 60 { words.spoken_seconds } else { words.spoken_minutes };
    fill(template, &[("m", &(seconds / 60).to_string()), ("s", &(seconds % 60).to_string())])
}

/// A code of eight digits in two groups: `4827-1936`.
#[must_use]
pub fn code(digits: &str) -> String {
    match digits.split_at_checked(4) {
        Some((first, last)) if !last.is_empty() => format!("{first}-{last}"),
        Some(_) | None => digits.to_owned(),
    }
}

/// Day and time in Seoul: `11월 22일 18:30`, `22 Nov, 18:30 KST`. What is no time stays as it is.
#[must_use]
pub fn moment(time: &str, language: Language) -> String {
    let Ok(time) = time.parse::<Timestamp>() else { return time.to_owned() };
    let zoned = time.to_zoned(TimeZone::fixed(jiff::tz::offset(9)));
    let (month, day, hour, minute) = (zoned.month(), zoned.day(), zoned.hour(), zoned.minute());
    match language {
        Language::Korean => format!("{month}월 {day}일 {hour:02}:{minute:02}"),
        Language::English => format!("{day} {}, {hour:02}:{minute:02} KST", zoned.strftime("%b")),
    }
}

/// Seconds from one time to another; `None` where one of them is none.
#[must_use]
pub fn seconds_between(from: &str, to: &str) -> Option<i64> {
    let (from, to) = (from.parse::<Timestamp>().ok()?, to.parse::<Timestamp>().ok()?);
    Some(to.as_second().saturating_sub(from.as_second()))
}

/// Puts values in the places of a sentence: `{amount} 결제하기`.
#[must_use]
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Examples {
        money: Vec<(i64, String, String, String)>,
        left: Vec<(i64, String)>,
        code: Vec<(String, String)>,
        moment: Vec<(String, String, String)>,
    }

    fn language(tag: &str) -> Language {
        steelyard_app::Language::named(tag).unwrap()
    }

    #[test]
    fn the_examples_that_the_browser_is_held_to_hold_here_too() {
        let examples: Examples = serde_json::from_str(include_str!("../tests/format.json")).unwrap();
        for (amount, currency, tag, text) in examples.money {
            assert_eq!(money(amount, &currency, language(&tag)), text);
        }
        for (seconds, text) in examples.left {
            assert_eq!(left(seconds), text);
        }
        for (digits, text) in examples.code {
            assert_eq!(code(&digits), text);
        }
        for (time, tag, text) in examples.moment {
            assert_eq!(moment(&time, language(&tag)), text);
        }
    }

    #[test]
    fn what_is_no_time_has_no_distance() {
        assert_eq!(seconds_between("2026-11-21T01:00:00Z", "2026-11-21T01:08:12.5Z"), Some(492));
        assert_eq!(seconds_between("2026-11-21T01:00:00Z", "soon"), None);
    }
}
