//! Payers as their own app shows them. Nothing here is for merchants.

use serde::Serialize;
use steelyard_domain::{
    MovementId, Timestamp,
    ledger::{Account, Layer},
    method::MethodType,
    order::{Order, OrderLine},
    payer::Payer,
    payment::{Payment, movement::Movement},
    vault::VaultCard,
};
use steelyard_store::payer::PayerMove;
use utoipa::ToSchema;

use super::{CheckoutCardView, CheckoutFailureView, CheckoutLineView, CheckoutTransferView, bank_name};
use crate::problem::Language;

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
    pub kind: String,
    /// `done`, `pending` or `declined`
    pub status: String,
    /// The merchant's name; null where there is none to name.
    pub merchant: Option<String>,
    /// The order's name; null where there is no order.
    pub title: Option<String>,
    /// Minor units: above zero into the balance or back to the payer, below zero out of it.
    pub amount: i64,
    pub currency: &'static str,
    /// `wallet`, `card`, `transfer`, `virtualAccount`, `giftCard` and so on.
    pub method: String,
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

impl HistoryItemView {
    #[must_use]
    pub fn new(row: PayerMove) -> Self {
        Self {
            id: MovementId::from_uuid(row.id).to_string(),
            kind: row.kind,
            status: row.status,
            merchant: Some(row.merchant_name),
            title: row.title,
            amount: row.amount,
            currency: row.currency.code(),
            method: row.method,
            occurred_at: row.occurred_at.to_string(),
            payment_id: row.payment.map(|id| id.to_string()),
        }
    }
}

/// What a payer keeps of a payment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
    pub payment_id: String,
    pub merchant: String,
    pub order_name: String,
    pub lines: Vec<CheckoutLineView>,
    /// Minor units.
    pub amount: i64,
    pub vat: i64,
    pub currency: &'static str,
    /// `wallet`, `card` or `transfer`
    pub method: &'static str,
    pub card: Option<CheckoutCardView>,
    pub transfer: Option<CheckoutTransferView>,
    pub approval_number: Option<String>,
    pub status: &'static str,
    pub approved_at: Option<String>,
    pub canceled_amount: i64,
    pub refunded_amount: i64,
    pub movements: Vec<ReceiptMoveView>,
}

/// One movement of a receipt.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptMoveView {
    /// `payment`, `cancel` or `refund`
    pub kind: &'static str,
    pub status: &'static str,
    /// Minor units; below zero what came back.
    pub amount: i64,
    pub occurred_at: String,
}

impl ReceiptView {
    #[must_use]
    pub fn new(
        merchant: String,
        order: &Order,
        lines: &[OrderLine],
        payment: &Payment,
        moved: &[Movement],
        language: Language,
    ) -> Self {
        let account = payment.account.as_ref().filter(|_| payment.method == MethodType::Transfer);
        Self {
            payment_id: payment.id.to_string(),
            merchant,
            order_name: order.name.clone(),
            lines: lines.iter().map(CheckoutLineView::new).collect(),
            amount: payment.amount,
            vat: steelyard_domain::tax::vat_included(order.total, order.tax_free).unwrap_or_default(),
            currency: payment.currency.code(),
            method: payment.method.as_str(),
            card: payment.card.as_ref().map(CheckoutCardView::new),
            transfer: account.map(|account| CheckoutTransferView {
                bank: account.bank.code().to_owned(),
                bank_name: bank_name(account.bank, language),
                last4: account.number.clone(),
            }),
            approval_number: payment.approval_number.clone(),
            status: payment.status.as_str(),
            approved_at: payment.approved_at.map(|at| at.to_string()),
            canceled_amount: payment.canceled,
            refunded_amount: payment.refunded,
            movements: moved
                .iter()
                .map(|movement| ReceiptMoveView {
                    kind: movement.kind.as_str(),
                    status: movement.status.as_str(),
                    amount: movement.amount,
                    occurred_at: movement.occurred_at.to_string(),
                })
                .collect(),
        }
    }
}

/// What came of a top-up.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TopUpView {
    /// `done`, `declined` or `unknown`
    pub status: &'static str,
    /// Minor units.
    pub amount: i64,
    pub currency: &'static str,
    pub failure: Option<CheckoutFailureView>,
    pub payer: PayerView,
}
