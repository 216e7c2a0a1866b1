//! Languages a person is answered in.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    Korean,
}

impl Language {
    /// The language of a tag such as `ko-KR`, if it is one of ours.
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ko") {
            Some(Self::Korean)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// As in `<html lang>` and `Accept-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::English => Self::Korean,
            Self::Korean => Self::English,
        }
    }

    /// Of those in an `Accept-Language` header that we speak, the one with the greatest weight (RFC 9110, 12.5.4); of
    /// two that are liked alike, the first.
    #[must_use]
    pub fn preferred(accepted: &str) -> Option<Self> {
        let mut best = None;
        for range in accepted.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let Some(language) = Self::named(tag) else { continue };
            let weight = thousandths(parameters);
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
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
    fn the_language_liked_best_of_ours_is_preferred() {
        let (korean, english) = (Some(Language::Korean), Some(Language::English));
        for (header, language) in [
            ("ko", korean),
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", korean),
            ("en-US,en;q=0.9,ko;q=0.8", english),
            ("en;q=0.5, ko;q=0.75", korean),
            ("ja, ko;q=0.1", korean),
            ("ja", None),
            ("*", None),
            ("", None),
            ("ko;q=0", None),
            ("ko;q=nonsense, en;q=0.1", english),
            ("KO", korean),
        ] {
            assert_eq!(Language::preferred(header), language, "{header}");
        }
    }

    #[test]
    fn a_language_is_named_by_its_tag() {
        for language in [Language::English, Language::Korean] {
            assert_eq!(Language::named(language.tag()), Some(language));
            assert_ne!(language.other(), language);
        }
        assert_eq!(Language::named("en-GB"), Some(Language::English));
        assert_eq!(Language::named("auto"), None);
    }
}
