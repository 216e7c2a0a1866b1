//! What all pages have in common: their language, their look, the frame around them, and where their files are.

use std::fmt::Write as _;

use serde::Deserialize;
use steelyard_app::Language;

use crate::assets;

/// By choice; without one the page follows the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How a shop shows the checkout inside its own page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embed {
    Overlay,
    Inline,
    Popup,
}

impl Embed {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overlay => "overlay",
            Self::Inline => "inline",
            Self::Popup => "popup",
        }
    }
}

/// What an address asks of its page. Anything else in it, and values that are none, say nothing: an address may come
/// from anywhere, and the page must show all the same.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Wish {
    pub lang: Option<String>,
    pub theme: Option<String>,
    pub embed: Option<String>,
    pub origin: Option<String>,
}

/// A page's frame.
#[derive(Debug, Clone)]
pub struct Frame {
    pub language: Language,
    pub theme: Option<Theme>,
    pub embed: Option<Embed>,
    /// The page that embeds this one, as it says itself.
    pub origin: Option<String>,
    /// Whether the language was asked for by the address: then links keep it.
    asked: bool,
}

impl Frame {
    #[must_use]
    pub fn new(wish: &Wish, language: Language) -> Self {
        let theme = [Theme::Light, Theme::Dark].into_iter().find(|theme| wish.theme.as_deref() == Some(theme.as_str()));
        let embeds = [Embed::Overlay, Embed::Inline, Embed::Popup];
        let embed = embeds.into_iter().find(|embed| wish.embed.as_deref() == Some(embed.as_str()));
        let origin = wish.origin.clone().filter(|origin| embed.is_some() && is_origin(origin));
        let asked = wish.lang.as_deref().and_then(Language::named).is_some();
        Self { language, theme, embed, origin, asked }
    }

    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.language.tag()
    }

    #[must_use]
    pub const fn other_lang(&self) -> &'static str {
        self.language.other().tag()
    }

    #[must_use]
    pub fn is_dark(&self) -> bool {
        self.theme == Some(Theme::Dark)
    }

    /// The address of a file.
    #[must_use]
    pub fn asset(&self, path: &str) -> String {
        assets::address(path)
    }

    /// What this page's address asks for, for links and forms that lead back to it: `?lang=en`, or nothing.
    #[must_use]
    pub fn query(&self) -> String {
        self.wishes(self.asked.then(|| self.lang()), self.theme)
    }

    #[must_use]
    pub fn with_other_language(&self) -> String {
        self.wishes(Some(self.other_lang()), self.theme)
    }

    #[must_use]
    pub fn with_theme(&self) -> String {
        let theme = if self.is_dark() { Theme::Light } else { Theme::Dark };
        self.wishes(self.asked.then(|| self.lang()), Some(theme))
    }

    fn wishes(&self, lang: Option<&str>, theme: Option<Theme>) -> String {
        let mut query = String::new();
        for (name, value) in self.pairs(lang, theme) {
            let sign = if query.is_empty() { '?' } else { '&' };
            let _ = write!(query, "{sign}{name}={}", escaped(value));
        }
        query
    }

    /// Names and values of what the address asks for.
    #[must_use]
    pub fn kept(&self) -> Vec<(&'static str, &str)> {
        self.pairs(self.asked.then(|| self.lang()), self.theme)
    }

    fn pairs<'a>(&'a self, lang: Option<&'a str>, theme: Option<Theme>) -> Vec<(&'static str, &'a str)> {
        let values = [
            ("lang", lang),
            ("theme", theme.map(Theme::as_str)),
            ("embed", self.embed.map(Embed::as_str)),
            ("origin", self.origin.as_deref()),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// `https://shop.example`, with a port or without: scheme and host, and nothing behind them.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']' | b'_');
    !host.is_empty() && host.len() <= 260 && host.bytes().all(fits)
}

/// Scheme and host of an address.
#[must_use]
pub fn origin_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let path = rest.strip_prefix(host)?;
    url.strip_suffix(path).filter(|origin| is_origin(origin))
}

/// Percent-encoded for a query's value.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(lang: &str, theme: &str, embed: &str, origin: &str) -> Wish {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Wish { lang: some(lang), theme: some(theme), embed: some(embed), origin: some(origin) }
    }

    #[test]
    fn links_keep_what_the_address_asked_for() {
        let frame = Frame::new(&wish("en", "dark", "overlay", "https://shop.example:8443"), Language::English);
        let rest = "&embed=overlay&origin=https%3A%2F%2Fshop.example%3A8443";
        assert_eq!(frame.query(), format!("?lang=en&theme=dark{rest}"));
        assert_eq!(frame.with_other_language(), format!("?lang=ko&theme=dark{rest}"));
        assert_eq!(frame.with_theme(), format!("?lang=en&theme=light{rest}"));
        let plain = Frame::new(&Wish::default(), Language::Korean);
        assert_eq!((plain.query().as_str(), plain.with_theme().as_str()), ("", "?theme=dark"));
        assert_eq!(plain.with_other_language(), "?lang=en");
    }

    #[test]
    fn what_is_no_wish_of_ours_says_nothing() {
        let frame = Frame::new(&wish("fr", "pink", "frame", "https://shop.example"), Language::Korean);
        assert_eq!((frame.theme, frame.embed, frame.origin.as_deref(), frame.query().as_str()), (None, None, None, ""));
    }

    #[test]
    fn an_address_has_its_origin() {
        for (url, origin) in [
            ("https://bank.example/3ds?id=1", Some("https://bank.example")),
            ("http://127.0.0.1:4000?a=/b", Some("http://127.0.0.1:4000")),
            ("https://bank.example#a", Some("https://bank.example")),
            ("https://bank.example", Some("https://bank.example")),
            ("https://user@bank.example/", None),
            ("/challenge", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(origin_of(url), origin, "{url}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host_alone() {
        for origin in ["https://shop.example", "http://localhost:3000", "http://[::1]:8080"] {
            assert!(is_origin(origin), "{origin}");
        }
        for other in [
            "",
            "*",
            "null",
            "https://",
            "https://a/b",
            "https://a?b",
            "javascript:alert(1)",
            "https://a b",
            "ftp://a",
            "https://a;x",
            "https://a'",
        ] {
            assert!(!is_origin(other), "{other}");
        }
    }
}
