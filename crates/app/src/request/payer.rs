//! What payers ask for, and what merchants ask for about them.

use std::fmt;

use steelyard_domain::{Currency, Mode, Timestamp, gift_card::GiftCardKind, method::Card};
use zeroize::Zeroizing;

/// A password or PIN as it was typed. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[derive(Debug, Clone)]
pub struct NewPayer {
    pub mode: Mode,
    pub email: String,
    pub name: String,
    pub password: Secret,
    pub pin: Secret,
}

#[derive(Debug, Clone)]
pub struct SignIn {
    pub mode: Mode,
    pub email: String,
    pub password: Secret,
}

/// A card to be kept. What proves its holder is looked at by nobody and kept nowhere.
#[derive(Debug, Clone)]
pub struct NewVaultCard {
    pub card: Card,
    pub nickname: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewGiftCards {
    /// 1 to [`steelyard_domain::limits::GIFT_CARDS_ISSUED_MAX`].
    pub count: usize,
    /// Of each. Minor units, more than zero.
    pub amount: i64,
    pub currency: Currency,
    pub kind: GiftCardKind,
    /// `None` is never.
    pub expires_at: Option<Timestamp>,
}
