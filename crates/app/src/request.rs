//! What the application can be asked to do: parsed, typed, and checked as far as no row is needed.

mod payer;

use std::sync::Arc;

pub use payer::{NewGiftCards, NewPayer, NewVaultCard, Secret, SignIn};
use steelyard_domain::{
    AccountNumber, ApiKeyId, AttemptId, Bank, OrderId, OrderLineId, PayerId, PaymentId, ProductId, Rate, SellerId,
    Span, Tenant, Timestamp,
    checkout::{CheckoutMethod, Locale, Purpose},
    fee::RefundFee,
    merchant::{ApiKey, KeyKind, Scope},
    method::{Card, MethodType},
    money::Currency,
    payment::CaptureMode,
    seller::SellerKind,
};

use crate::problem::Language;

/// Who asks, and how they are answered.
#[derive(Debug, Clone)]
pub struct Call {
    pub tenant: Tenant,
    /// The credential of whoever asks; `None` for work of our own.
    pub key: Option<Arc<ApiKey>>,
    /// `req_…`
    pub request_id: String,
    pub language: Language,
    pub idempotency: Option<Claim>,
}

impl Call {
    /// Whether it comes with a key that anybody can read off a page.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.kind == KeyKind::Publishable)
    }
}

/// An `Idempotency-Key` and the request it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub key: String,
    /// SHA-256 of path and canonical body, card numbers reduced to bin and last four.
    pub request_hash: Vec<u8>,
}

/// The answer to a call: status and whole body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    /// Whether it was stored by an earlier request with the same key.
    pub replayed: bool,
}

#[derive(Debug, Clone)]
pub struct NewOrder {
    pub merchant_order_id: String,
    /// `None` is made of the lines: `아메리카노 외 1건`.
    pub name: Option<String>,
    pub currency: Currency,
    pub lines: Vec<NewLine>,
    pub shipping_fee: i64,
    pub buyer: Buyer,
    /// Checked against the sum of the lines.
    pub total: Option<i64>,
    /// JSON.
    pub metadata: Option<String>,
    /// Whose balance the money goes to, instead of to sellers.
    pub top_up_of: Option<PayerId>,
    /// Whether a browser claims it, with a key that anybody can read off a page.
    pub is_claim: bool,
}

/// What a checkout session is for.
#[derive(Debug, Clone)]
pub enum NewCheckoutOrder {
    Known(OrderId),
    Inline(Box<NewOrder>),
}

#[derive(Debug, Clone)]
pub struct NewCheckout {
    pub order: NewCheckoutOrder,
    pub purpose: Purpose,
    pub methods: Vec<CheckoutMethod>,
    pub locale: Locale,
    pub success_url: Option<String>,
    pub cancel_url: Option<String>,
    /// JSON.
    pub metadata: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewCheckoutSettings {
    pub origins: Vec<String>,
    /// `None`: the payer app never asks for the number.
    pub match_from: Option<i64>,
}

#[derive(Debug, Clone, Default)]
pub struct Buyer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewLine {
    pub product: Option<ProductId>,
    pub seller: Option<SellerId>,
    /// May be left out for a product, as may the price and whether it is tax free.
    pub name: Option<String>,
    pub quantity: i64,
    pub unit_price: Option<i64>,
    pub tax_free: Option<bool>,
}

/// What a payment is for.
#[derive(Debug, Clone)]
pub enum PaymentTarget {
    Order(OrderId),
    /// Another attempt of a payment that is there.
    Payment(PaymentId),
    /// The merchant's own order id: an order that is there, or one made of this single line.
    Inline {
        merchant_order_id: String,
        order_name: String,
        amount: i64,
        buyer: Buyer,
    },
}

#[derive(Debug, Clone)]
pub struct NewPayment {
    pub target: PaymentTarget,
    /// Checked against the order's total.
    pub amount: Option<i64>,
    pub currency: Option<Currency>,
    pub capture: CaptureMode,
    pub method: NewMethod,
    pub installment_months: u8,
    /// JSON.
    pub metadata: Option<String>,
}

/// How a buyer pays, as a merchant's server says it.
#[derive(Debug, Clone)]
pub enum NewMethod {
    Card(Card),
    Transfer {
        bank: Bank,
        account: AccountNumber,
    },
    /// `due_at`: until when it has to be paid; a day where it is left out.
    VirtualAccount {
        bank: Bank,
        due_at: Option<Timestamp>,
    },
}

/// The second door: the client authenticates, the server confirms.
#[derive(Debug, Clone)]
pub struct Authentication {
    pub merchant_order_id: String,
    pub order_name: String,
    pub amount: i64,
    pub currency: Currency,
    pub card: Card,
    pub installment_months: u8,
    pub buyer: Buyer,
}

#[derive(Debug, Clone)]
pub struct Confirmation {
    /// The attempt that was authenticated: `paymentKey`.
    pub attempt: AttemptId,
    pub merchant_order_id: String,
    pub amount: i64,
    pub currency: Currency,
}

/// What is to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnOf {
    Everything,
    Amount(i64),
    Lines(Vec<(OrderLineId, i64)>),
}

#[derive(Debug, Clone)]
pub struct NewReturn {
    pub of: ReturnOf,
    pub reason: String,
    /// Whether returned units go back on sale. An amount names no units and restocks nothing.
    pub restock: bool,
    /// Refuse unless exactly this much can be returned now.
    pub expected: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct NewSeller {
    pub name: String,
    pub kind: SellerKind,
    pub withholding: bool,
    pub bank: Option<String>,
    pub account_number: Option<String>,
    pub account_holder: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewFeePolicy {
    pub rate: Rate,
    pub fixed: i64,
    /// `None` is now.
    pub effective_from: Option<Timestamp>,
    pub method: Option<MethodType>,
    pub refund_fee: RefundFee,
}

#[derive(Debug, Clone)]
pub struct NewProduct {
    pub sku: String,
    pub name: String,
    pub price: i64,
    pub currency: Currency,
    pub tax_free: bool,
    pub seller: Option<SellerId>,
    pub on_hand: i64,
    pub threshold: Option<i64>,
    /// JSON.
    pub metadata: Option<String>,
}

/// What of a product changes; `None` stays. `threshold: Some(None)` stops the warning.
#[derive(Debug, Clone, Default)]
pub struct ProductChange {
    pub name: Option<String>,
    pub price: Option<i64>,
    pub tax_free: Option<bool>,
    pub threshold: Option<Option<i64>>,
    /// JSON.
    pub metadata: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockChange {
    Delta(i64),
    Set(i64),
}

#[derive(Debug, Clone)]
pub struct NewApiKey {
    pub kind: KeyKind,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Timestamp>,
    /// Requests a second; `None` is the default limit of the configuration.
    pub rate_limit: Option<i64>,
}

/// The old key stays good for `overlap`.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    pub key: ApiKeyId,
    pub overlap: Span,
}
