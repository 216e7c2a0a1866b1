//! `Accept-Language`: Korean or English, whichever the caller likes better.

use axum::http::{HeaderMap, header};
use steelyard_app::Language;

/// The best of the header's languages that is ours; English where there is none.
pub(super) fn of(headers: &HeaderMap) -> Language {
    let Some(header) = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
        return Language::default();
    };
    let mut best = (0, Language::default());
    for range in header.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let primary = tag.trim().split('-').next().unwrap_or_default();
        let language = if primary.eq_ignore_ascii_case("ko") {
            Language::Korean
        } else if primary.eq_ignore_ascii_case("en") {
            Language::English
        } else {
            continue;
        };
        let weight = weight(parameters);
        // Of two that are liked alike, the first counts.
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// Thousandths; what cannot be read counts as nothing.
fn weight(parameters: &str) -> u32 {
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
    fn the_language_liked_best_of_ours_is_spoken() {
        for (header, language) in [
            ("ko", Language::Korean),
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", Language::Korean),
            ("en-US,en;q=0.9,ko;q=0.8", Language::English),
            ("en;q=0.5, ko;q=0.75", Language::Korean),
            ("ja, ko;q=0.1", Language::Korean),
            ("ja", Language::English),
            ("*", Language::English),
            ("", Language::English),
            ("ko;q=0", Language::English),
            ("ko;q=nonsense, en;q=0.1", Language::English),
            ("KO", Language::Korean),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(of(&headers), language, "{header}");
        }
        assert_eq!(of(&HeaderMap::new()), Language::English);
    }
}
