//! Gift cards as their issuer sees them. Who redeemed one is the payer's own affair.

use serde::Serialize;
use steelyard_domain::{PayerId, gift_card::GiftCard};
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GiftCardView {
    /// `gft_…`
    pub id: String,
    /// `sold` or `given`
    pub kind: &'static str,
    /// `issued`, `redeemed` or `expired`
    pub status: &'static str,
    /// Minor units.
    pub amount: i64,
    pub currency: &'static str,
    pub issued_at: String,
    /// Null is never.
    pub expires_at: Option<String>,
    pub redeemed_at: Option<String>,
}

impl GiftCardView {
    #[must_use]
    pub fn new(card: &GiftCard) -> Self {
        Self {
            id: card.id.to_string(),
            kind: card.kind.as_str(),
            status: card.state.as_str(),
            amount: card.amount,
            currency: card.currency.code(),
            issued_at: card.issued_at.to_string(),
            expires_at: card.expires_at.map(|at| at.to_string()),
            redeemed_at: card.redeemed_at.map(|at| at.to_string()),
        }
    }
}

/// A gift card just made, with its code.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedGiftCardView {
    #[serde(flatten)]
    pub card: GiftCardView,
    /// Shown once: null when the same request is asked again.
    #[schema(example = "7K2M-9QXA-4ZTB-01HE")]
    pub code: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GiftCardsView {
    pub items: Vec<IssuedGiftCardView>,
}

/// A gift card has become a payer's balance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedemptionView {
    /// `pyr_…`
    pub payer_id: String,
    /// Minor units, what was added.
    pub amount: i64,
    pub currency: &'static str,
    pub gift_card: GiftCardView,
}

impl RedemptionView {
    #[must_use]
    pub fn new(payer: PayerId, card: &GiftCard) -> Self {
        Self {
            payer_id: payer.to_string(),
            amount: card.amount,
            currency: card.currency.code(),
            gift_card: GiftCardView::new(card),
        }
    }
}
