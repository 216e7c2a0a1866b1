//! Objects as the API, events and stored answers show them. Built in the commit that changes them, so what
//! is stored and sent is what was decided.

mod catalog;
mod gift_card;
mod ledger;
mod merchant;
mod order;
mod payer;
mod payment;

pub use catalog::{ProductView, StockMovementView, StockView};
pub use gift_card::{GiftCardView, GiftCardsView, IssuedGiftCardView, RedemptionView};
pub use ledger::{AccountView, EntryView, EventView, LedgerTransactionView};
pub use merchant::{ApiKeyView, BankAccountView, FeePolicyView, MerchantView, SellerView, WalletMoveView, WalletView};
pub use order::{BuyerView, OrderLineView, OrderView};
pub use payer::{BalanceView, HistoryItemView, HistoryView, PayerView, RedeemedView, VaultCardView};
pub use payment::{
    AttemptView, CardView, FailureView, FeeView, MethodView, MovementView, PaymentView, RefundPartView, RefundView,
    UnknownView,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// The pairs a merchant attached, as they were sent.
pub(crate) fn metadata(stored: Option<&str>) -> Box<RawValue> {
    let raw = RawValue::from_string(stored.unwrap_or("{}").to_owned());
    raw.unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// An object as JSON. Views hold only strings, numbers and booleans: serialization cannot fail.
#[must_use]
pub fn to_json(view: &impl Serialize) -> String {
    serde_json::to_string(view).unwrap_or_default()
}
