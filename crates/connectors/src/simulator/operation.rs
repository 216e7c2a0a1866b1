//! What the simulator can be asked to do with money.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    Authorize,
    Purchase,
    Capture,
    Void,
    Cancel,
    Refund,
}

impl Operation {
    pub const ALL: [Self; 6] = [Self::Authorize, Self::Purchase, Self::Capture, Self::Void, Self::Cancel, Self::Refund];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Purchase => "purchase",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == text)
    }

    /// The part of the protocol's path that names it: `/v1/{path}`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Authorize => "authorizations",
            Self::Purchase => "purchases",
            Self::Capture => "captures",
            Self::Void => "voids",
            Self::Cancel => "cancels",
            Self::Refund => "refunds",
        }
    }
}
