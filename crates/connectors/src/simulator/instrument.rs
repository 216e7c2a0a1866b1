//! What a payment of the book was made with.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InstrumentKind {
    Card,
    /// A card that was authenticated before.
    Token,
    Transfer,
    VirtualAccount,
}

impl InstrumentKind {
    pub const ALL: [Self; 4] = [Self::Card, Self::Token, Self::Transfer, Self::VirtualAccount];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Token => "token",
            Self::Transfer => "transfer",
            Self::VirtualAccount => "virtualAccount",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
