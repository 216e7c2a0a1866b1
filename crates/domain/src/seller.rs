//! A seller receives money through a merchant. Every merchant has a default one in each mode.

use crate::{SellerId, Tenant, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SellerKind {
    Business,
    Individual,
}

impl SellerKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Individual => "individual",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Business, Self::Individual].into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    pub id: SellerId,
    pub tenant: Tenant,
    pub name: String,
    pub kind: SellerKind,
    /// Whether income tax is withheld from payouts (individuals only).
    pub withholding: bool,
    pub bank: Option<String>,
    pub account_number: Option<String>,
    pub account_holder: Option<String>,
    pub is_default: bool,
    pub created_at: Timestamp,
}
