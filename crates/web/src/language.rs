//! Which language a page speaks: what the address asks for, what its session was made with, what the browser
//! likes best, and Korean where nobody says anything.

use axum::http::{HeaderMap, header};
use steelyard_app::Language;

/// `asked` is `?lang=`, `session` the locale that a checkout session was made with. What is neither `ko` nor `en`
/// says nothing.
#[must_use]
pub fn choose(asked: Option<&str>, session: Option<&str>, headers: &HeaderMap) -> Language {
    asked.and_then(named).or_else(|| session.and_then(named)).or_else(|| preferred(headers)).unwrap_or(Language::Korean)
}

#[must_use]
pub fn named(tag: &str) -> Option<Language> {
    let primary = tag.trim().split('-').next().unwrap_or_default();
    if primary.eq_ignore_ascii_case("ko") {
        Some(Language::Korean)
    } else if primary.eq_ignore_ascii_case("en") {
        Some(Language::English)
    } else {
        None
    }
}

/// The tag of `<html lang>`.
#[must_use]
pub const fn tag(language: Language) -> &'static str {
    match language {
        Language::Korean => "ko",
        Language::English => "en",
    }
}

#[must_use]
pub const fn other(language: Language) -> Language {
    match language {
        Language::Korean => Language::English,
        Language::English => Language::Korean,
    }
}

/// Of those we speak, the one with the greatest weight; of two that are liked alike, the first.
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best = None;
    for range in header.split(',') {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        let Some(language) = named(name) else { continue };
        let weight = thousandths(parameters);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// What cannot be read counts as nothing.
fn thousandths(parameters: &str) -> u32 {
    let Some(quality) = parameters.trim().strip_prefix("q=") else { return 1_000 };
    let (whole, fraction) = quality.trim().split_once('.').unwrap_or((quality, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole.trim().parse::<u32>(), digits.parse::<u32>()) {
        (Ok(whole @ 0..=1), Ok(thousandths)) => (whole * 1_000 + thousandths).min(1_000),
        (_, _) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_goes_before_the_session_and_the_session_before_the_browser() {
        let (korean, english) = (Language::Korean, Language::English);
        for (asked, session, browser, language) in [
            (None, None, None, korean),
            (None, None, Some("ja"), korean),
            (None, None, Some("en-US,en;q=0.9,ko;q=0.8"), english),
            (None, None, Some("en;q=0.5, ko;q=0.75"), korean),
            (None, None, Some("en;q=0"), korean),
            (None, Some("auto"), Some("en"), english),
            (None, Some("ko"), Some("en"), korean),
            (Some("en"), Some("ko"), Some("ko"), english),
            (Some("en-GB"), None, None, english),
            (Some("fr"), Some("en"), Some("ko"), english),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(browser) = browser {
                headers.insert(header::ACCEPT_LANGUAGE, browser.parse().unwrap());
            }
            assert_eq!(choose(asked, session, &headers), language, "{asked:?} {session:?} {browser:?}");
        }
    }
}
