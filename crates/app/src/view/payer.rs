//! Payers as their own app shows them. Nothing here is for merchants.

use serde::Serialize;
use steelyard_domain::{
    Timestamp,
    ledger::{Account, Layer},
    payer::Payer,
    vault::VaultCard,
};
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayerView {
    /// `pyr_…`
    pub id: String,
    pub name: String,
    pub email: String,
    /// `test` or `live`
    pub mode: &'static str,
    pub balance: BalanceView,
    /// Oldest first.
    pub cards: Vec<VaultCardView>,
    /// Null unless the PIN is locked.
    pub pin_locked_until: Option<String>,
}

/// What a payer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BalanceView {
    /// Minor units, never below zero.
    pub amount: i64,
    pub currency: &'static str,
}

impl BalanceView {
    #[must_use]
    pub const fn new(account: &Account) -> Self {
        Self { amount: account.balance(Layer::Posted), currency: account.key.currency.code() }
    }
}

/// A card that a payer keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VaultCardView {
    /// `crd_…`
    pub id: String,
    pub brand: String,
    pub issuer: String,
    pub last4: String,
    #[schema(example = "12/49")]
    pub expiry: String,
    pub nickname: Option<String>,
    pub expired: bool,
}

impl VaultCardView {
    #[must_use]
    pub fn new(card: &VaultCard, now: Timestamp) -> Self {
        Self {
            id: card.id.to_string(),
            brand: card.brand.clone(),
            issuer: card.issuer.clone(),
            last4: card.last4.clone(),
            expiry: card.expiry(),
            nickname: card.nickname.clone(),
            expired: card.is_expired(now),
        }
    }
}

impl PayerView {
    /// `now` is real time.
    #[must_use]
    pub fn new(payer: &Payer, balance: &Account, cards: &[VaultCard], now: Timestamp) -> Self {
        Self {
            id: payer.id.to_string(),
            name: payer.name.clone(),
            email: payer.email.clone(),
            mode: payer.mode.as_str(),
            balance: BalanceView::new(balance),
            cards: cards.iter().map(|card| VaultCardView::new(card, now)).collect(),
            pin_locked_until: payer.pin.locked(now).map(|until| until.to_string()),
        }
    }
}

/// A gift card has become balance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedeemedView {
    /// Minor units, what was added.
    pub amount: i64,
    pub currency: &'static str,
    pub payer: PayerView,
}

/// One line of a payer's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryItemView {
    pub id: String,
    /// `payment`, `cancel`, `refund`, `topUp` or `redemption`
    pub kind: &'static str,
    /// `done`, `pending` or `declined`
    pub status: &'static str,
    /// The merchant's name; null where there is none to name.
    pub merchant: Option<String>,
    /// The order's name; null where there is no order.
    pub title: Option<String>,
    /// Minor units: above zero into the balance or back to the payer, below zero out of it.
    pub amount: i64,
    pub currency: &'static str,
    /// `wallet`, `card`, `transfer`, `virtualAccount`, `giftCard` and so on.
    pub method: &'static str,
    pub occurred_at: String,
    /// `pay_…`
    pub payment_id: Option<String>,
}

/// A page of a payer's history, latest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryView {
    pub items: Vec<HistoryItemView>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
}
