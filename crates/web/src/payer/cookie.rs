//! The cookie of a signed-in device.

use axum::http::{HeaderMap, HeaderValue, header};
use steelyard_domain::{Span, Timestamp};

const NAME: &str = "sy_payer";

/// The token that a browser sent.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, token)| token.to_owned())
}

/// Keeps `token` on the device until the session is over.
pub(super) fn keep(token: &str, now: Timestamp, expires_at: Timestamp, secure: bool) -> HeaderValue {
    let seconds = (expires_at.micros() - now.micros()) / Span::from_secs(1).micros();
    write(token, seconds.max(0), secure)
}

/// Forgets it.
pub(super) fn forget(secure: bool) -> HeaderValue {
    write("", 0, secure)
}

fn write(token: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{NAME}={token}; Path=/app; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    // Tokens are letters, digits, - and _: this is a header's value.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static("sy_payer=; Path=/app; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_among_other_cookies() {
        for (cookie, expected) in [
            ("sy_payer=abc-_1", Some("abc-_1")),
            ("a=b; sy_payer=abc; c=d", Some("abc")),
            ("not_sy_payer=abc", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            assert_eq!(token(&headers).as_deref(), expected, "{cookie}");
        }
    }

    #[test]
    fn a_cookie_is_for_our_pages_and_for_no_script() {
        let kept = keep("abc", Timestamp::from_micros(0), Timestamp::from_micros(60_000_000), true);
        assert_eq!(kept, "sy_payer=abc; Path=/app; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(forget(false), "sy_payer=; Path=/app; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
