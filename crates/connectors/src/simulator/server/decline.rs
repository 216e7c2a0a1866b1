//! Why the simulator does not do what it was asked to.

use std::borrow::Cow;

/// A refusal: nothing moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decline {
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
}

impl Decline {
    pub(crate) const fn of(code: &'static str, message: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), message: Cow::Borrowed(message) }
    }

    /// A code that was told from outside.
    pub(crate) fn scripted(code: &str) -> Self {
        Self { code: Cow::Owned(code.to_owned()), message: Cow::Borrowed("declined by a scripted fault") }
    }
}
