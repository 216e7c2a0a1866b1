//! The language of a page: what the buyer's browser prefers, Korean if it does not say.

use axum::http::{HeaderMap, header};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Korean,
    English,
}

impl Language {
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    /// By `Accept-Language`: the one of the two with the greater weight, the earlier of equals.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut best = (Self::Korean, 0);
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let language = match tag.trim().split('-').next().unwrap_or("").to_ascii_lowercase().as_str() {
                "ko" => Self::Korean,
                "en" => Self::English,
                _ => continue,
            };
            let weight = thousandths(weight);
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }
}

/// `q=0.8` as 800; whatever is no weight counts as none given.
fn thousandths(weight: &str) -> u32 {
    let Some((whole, fraction)) = weight.trim().strip_prefix("q=").and_then(|text| text.split_once('.')) else {
        return if weight.trim() == "q=0" { 0 } else { 1_000 };
    };
    if whole != "0" {
        return 1_000;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_speaks_the_language_that_is_preferred() {
        for (accepted, language) in [
            ("", Language::Korean),
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", Language::Korean),
            ("en-US,en;q=0.9,ko;q=0.8", Language::English),
            ("EN", Language::English),
            ("fr-FR, en;q=0.5", Language::English),
            ("fr-FR,de;q=0.5", Language::Korean),
            ("en;q=0.3,ko;q=0.35", Language::Korean),
            ("en;q=0,fr", Language::Korean),
            ("ko;q=1.0,en;q=1.0", Language::Korean),
            ("english", Language::Korean),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers), language, "{accepted}");
        }
        assert_eq!(Language::of(&HeaderMap::new()), Language::Korean);
    }
}
