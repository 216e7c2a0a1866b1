//! Objects as the API, events and stored answers show them. Built in the commit that changes them, so what
//! is stored and sent is what was decided.

mod catalog;
mod checkout;
mod decline;
mod gift_card;
mod ledger;
mod merchant;
mod order;
mod payer;
mod payment;
mod session;

pub use catalog::{ProductView, StockMovementView, StockView};
pub(crate) use checkout::bank_name;
pub use checkout::{
    CheckoutAccountView, CheckoutBankView, CheckoutCardView, CheckoutChallengeView, CheckoutFailureView,
    CheckoutLineView, CheckoutMerchantView, CheckoutOrderView, CheckoutPaymentView, CheckoutQrView,
    CheckoutTransferView, CheckoutUnknownView, CheckoutView,
};
pub(crate) use decline::failure_in_words;
pub use gift_card::{GiftCardView, GiftCardsView, IssuedGiftCardView, RedemptionView};
pub use ledger::{AccountView, EntryView, EventView, LedgerTransactionView};
pub use merchant::{ApiKeyView, BankAccountView, FeePolicyView, MerchantView, SellerView, WalletMoveView, WalletView};
pub use order::{BuyerView, OrderLineView, OrderView};
pub use payer::{
    BalanceView, HistoryItemView, HistoryView, PayerView, ReceiptMoveView, ReceiptView, RedeemedView, TopUpView,
    VaultCardView,
};
pub use payment::{
    AccountOfPaymentView, AttemptView, CardView, FailureView, FeeView, MethodView, MovementView, PaymentView,
    RefundPartView, RefundView, UnknownView,
};
use serde::Serialize;
use serde_json::value::RawValue;
pub use session::{CheckoutSessionView, CheckoutSettingsView, ConfirmView, OpenedCheckoutView};

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
