//! Checkout sessions as their merchants see them.

use serde::Serialize;
use serde_json::value::RawValue;
use steelyard_domain::{
    checkout::{CheckoutSession, CheckoutSettings},
    order::Order,
};
use utoipa::ToSchema;

use super::metadata;

/// One order's door to its buyer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutSessionView {
    /// `cs_…`
    pub id: String,
    /// `open`, `completed` or `expired`
    #[schema(example = "open")]
    pub status: &'static str,
    /// `pay`, or `authenticate` where the merchant's server confirms.
    pub purpose: &'static str,
    /// `test` or `live`
    pub mode: &'static str,
    pub order_id: String,
    pub merchant_order_id: String,
    /// Minor units.
    pub amount: i64,
    #[schema(example = "KRW")]
    pub currency: &'static str,
    /// `app`, `card`, `transfer`, `virtualAccount`
    pub methods: Vec<&'static str>,
    /// `ko`, `en` or `auto`
    pub locale: &'static str,
    pub success_url: Option<String>,
    pub cancel_url: Option<String>,
    /// How often the buyer asked for more time.
    pub extensions: i64,
    pub created_at: String,
    /// When the order, and with it the session, is over.
    pub expires_at: String,
    /// When a buyer first saw it.
    pub opened_at: Option<String>,
    pub completed_at: Option<String>,
    pub version: i64,
    #[schema(value_type = Object)]
    pub metadata: Box<RawValue>,
}

impl CheckoutSessionView {
    #[must_use]
    pub fn new(session: &CheckoutSession, order: &Order) -> Self {
        Self {
            id: session.id.to_string(),
            status: session.status.as_str(),
            purpose: session.purpose.as_str(),
            mode: session.tenant.mode.as_str(),
            order_id: session.order.to_string(),
            merchant_order_id: order.merchant_order_id.clone(),
            amount: order.total,
            currency: order.currency.code(),
            methods: session.methods.iter().map(|method| method.as_str()).collect(),
            locale: session.locale.as_str(),
            success_url: session.success_url.clone(),
            cancel_url: session.cancel_url.clone(),
            extensions: session.extensions,
            created_at: session.created_at.to_string(),
            expires_at: order.expires_at.to_string(),
            opened_at: session.opened_at.map(|at| at.to_string()),
            completed_at: session.completed_at.map(|at| at.to_string()),
            version: session.version,
            metadata: metadata(session.metadata.as_deref()),
        }
    }
}

/// A session with what opens it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenedCheckoutView {
    #[serde(flatten)]
    pub session: CheckoutSessionView,
    /// For the buyer's browser, and for nobody else: whoever holds it sees the session and may pay it. Null in answers
    /// as the database keeps them, and nowhere else.
    #[schema(value_type = String)]
    pub client_secret: Option<String>,
    /// The hosted page.
    #[schema(value_type = String)]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutSettingsView {
    /// Pages of these origins may frame a checkout.
    pub origins: Vec<String>,
    /// From this amount on, in minor units, a payer finds the number on the screen; `null` never.
    pub number_match_from: Option<i64>,
    /// With it, and with HMAC-SHA256 over `payment_id.order_id`, what a buyer's browser brings back is checked.
    #[schema(value_type = String)]
    pub return_secret: Option<String>,
}

impl CheckoutSettingsView {
    #[must_use]
    pub fn new(settings: &CheckoutSettings, return_secret: Option<String>) -> Self {
        Self { origins: settings.origins.clone(), number_match_from: settings.match_from, return_secret }
    }
}

/// What a payer is asked to approve, in the payer app.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmView {
    /// `cs_…`
    pub id: String,
    pub mode: &'static str,
    /// `review`, `processing`, `unknown`, `paid`, `declined`, `expired` or `taken`
    pub status: &'static str,
    pub merchant: super::CheckoutMerchantView,
    /// Minor units.
    pub amount: i64,
    pub currency: &'static str,
    pub order_name: String,
    pub lines: Vec<super::CheckoutLineView>,
    /// One of them is on the other screen; `null` where the merchant does not ask.
    #[serde(rename = "match")]
    pub numbers: Option<[i64; 3]>,
    pub expires_at: String,
    pub now: String,
    /// Grows with every change of what is shown.
    pub version: i64,
    pub balance: super::BalanceView,
    pub installments: Vec<u8>,
    pub payment: Option<super::CheckoutPaymentView>,
    pub failure: Option<super::CheckoutFailureView>,
}
