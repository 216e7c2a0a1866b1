//! `Accept-Language`: Korean or English, whichever the caller likes better.

use axum::http::{HeaderMap, header};
use steelyard_app::Language;

/// The best of the header's languages that is ours; English where there is none.
pub(super) fn of(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.and_then(Language::preferred).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_answered_in_english_unless_it_likes_korean_better() {
        for (header, language) in
            [("ko", Language::Korean), ("en-US,en;q=0.9,ko;q=0.8", Language::English), ("ja", Language::English)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(of(&headers), language, "{header}");
        }
        assert_eq!(of(&HeaderMap::new()), Language::English);
    }
}
