//! Postings of gift cards. Source: docs/LEDGER.md, "Postings".
//!
//! A gift card has no order. Its transactions carry the card's own id where others carry an order's: that place says
//! what a transaction belongs to, and all that is ever posted for a card belongs to the card. The column stays never
//! null and part of the seal, and the id cannot be taken for an order's, for no order has it.

use super::{
    AccountCode, AccountKey, AccountOwner, Layer, Posting, PostingKind, Side, SourceType, posting::PostingLine,
};
use crate::{
    OrderId, PayerId,
    gift_card::{GiftCard, GiftCardKind},
};

/// What merchants owe whoever holds their cards.
#[must_use]
pub const fn outstanding(card: &GiftCard) -> AccountKey {
    AccountKey::new(card.tenant, AccountCode::GiftCardOutstanding, AccountOwner::Merchant, card.currency)
}

/// What a card was made of: the merchant's expense, or the money its buyer paid.
#[must_use]
pub const fn source(card: &GiftCard) -> AccountKey {
    let code = match card.kind {
        GiftCardKind::Given => AccountCode::GiftCardExpense,
        GiftCardKind::Sold => AccountCode::Bank,
    };
    AccountKey::new(card.tenant, code, AccountOwner::Merchant, card.currency)
}

/// A card came into the world.
#[must_use]
pub fn issued(card: &GiftCard) -> Posting {
    posting(card, PostingKind::GiftCardIssued, source(card), outstanding(card))
}

/// A card became balance of `payer`.
#[must_use]
pub fn redeemed(card: &GiftCard, payer: PayerId) -> Posting {
    let balance = AccountKey::payer(card.tenant.mode, payer, card.currency);
    posting(card, PostingKind::GiftCardRedeemed, outstanding(card), balance)
}

/// A card's time is over. A given one cost nothing in the end. A sold one posts nothing: its buyer paid for it and
/// may ask for the money back, so it stays owed.
#[must_use]
pub fn expired(card: &GiftCard) -> Option<Posting> {
    match card.kind {
        GiftCardKind::Given => Some(posting(card, PostingKind::GiftCardExpired, outstanding(card), source(card))),
        GiftCardKind::Sold => None,
    }
}

fn posting(card: &GiftCard, kind: PostingKind, debit: AccountKey, credit: AccountKey) -> Posting {
    let line = |account, side| PostingLine { account, side, layer: Layer::Posted, amount: card.amount };
    Posting {
        tenant: card.tenant,
        kind,
        source_type: SourceType::GiftCard,
        source_id: card.id.uuid(),
        order: OrderId::from_uuid(card.id.uuid()),
        currency: card.currency,
        reverses: None,
        lines: vec![line(debit, Side::Debit), line(credit, Side::Credit)],
    }
}
