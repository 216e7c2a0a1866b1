//! Which language a page speaks: what the address asks for, what its session was made with, what the browser
//! likes best, and Korean where nobody says anything.

use axum::http::{HeaderMap, header};
use steelyard_app::Language;

/// `asked` is `?lang=`, `session` the locale that a checkout session was made with. What is neither `ko` nor `en`
/// says nothing.
#[must_use]
pub fn choose(asked: Option<&str>, session: Option<&str>, headers: &HeaderMap) -> Language {
    let browser = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::preferred);
    let named = |tag: Option<&str>| tag.and_then(Language::named);
    named(asked).or_else(|| named(session)).or_else(browser).unwrap_or(Language::Korean)
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
