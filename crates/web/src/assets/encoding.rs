//! `Accept-Encoding`: the smallest form that the browser takes.

use axum::http::{HeaderMap, header};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// Brotli before gzip, whatever the browser's own order: both cost it nothing, and ours are made already.
    #[must_use]
    pub fn best(headers: &HeaderMap) -> Self {
        [Self::Brotli, Self::Gzip].into_iter().find(|encoding| encoding.is_accepted(headers)).unwrap_or(Self::Identity)
    }

    #[must_use]
    pub fn is_accepted(self, headers: &HeaderMap) -> bool {
        let Some(name) = self.name() else { return true };
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        lines.flat_map(|line| line.split(',')).any(|offer| {
            let (coding, quality) = offer.split_once(';').unwrap_or((offer, ""));
            coding.trim().eq_ignore_ascii_case(name) && !is_refused(quality)
        })
    }

    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// A tag names bytes, and the forms differ.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
            Self::Identity => "",
        }
    }
}

/// `q=0`, in any of its spellings.
fn is_refused(quality: &str) -> bool {
    let value = quality.trim().strip_prefix("q=").unwrap_or("1").trim();
    !value.is_empty() && value.chars().all(|character| matches!(character, '0' | '.'))
}
