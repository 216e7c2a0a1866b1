//! What a buyer at the hosted checkout sees: one object from which the whole page follows, on the server and
//! in the browser alike.

use serde::Serialize;
use steelyard_domain::{
    Bank,
    method::CardSummary,
    order::{OrderLine, line::LineKind},
};
use utoipa::ToSchema;

use crate::problem::Language;

/// Everything the page of one checkout session shows.
///
/// A payer who never signed in may read it: nothing here is secret, and no number is whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutView {
    /// `cs_…`
    pub id: String,
    /// `test` or `live`
    pub mode: String,
    /// `pay`: paid here. `authenticate`: prepared here, and moved by the merchant's server.
    #[schema(example = "pay")]
    pub purpose: String,
    /// `ko`, `en` or `auto`
    pub locale: String,
    /// `open`, `authenticating`, `processing`, `unknown`, `waitingForDeposit`, `authenticated`, `paid`,
    /// `canceled` or `expired`
    #[schema(example = "open")]
    pub status: String,
    pub merchant: CheckoutMerchantView,
    pub order: CheckoutOrderView,
    /// The server's clock when this was made: the page counts from it, not from the buyer's own.
    pub now: String,
    pub created_at: String,
    pub expires_at: String,
    /// How often the session may still be made longer.
    pub extensions_left: u8,
    /// In the order in which they are offered: `app`, `card`, `transfer`, `virtualAccount`.
    pub methods: Vec<String>,
    /// Months; 0 is at once.
    pub installments: Vec<u8>,
    pub banks: Vec<CheckoutBankView>,
    /// Methods that cannot be used at the moment.
    pub unavailable: Vec<String>,
    /// Whether the payer confirms a number that this page shows.
    pub number_match: bool,
    /// Back to the shop without paying, with `code` (`USER_CANCELED`) and `order_id`; none if the shop gave no address.
    pub cancel_url: Option<String>,
    /// Where the buyer goes when this has ended, signed.
    pub result_url: Option<String>,
    pub payment: Option<CheckoutPaymentView>,
    /// `att_…`: once it is authenticated, for the merchant's server to confirm.
    pub payment_key: Option<String>,
    /// Why the last try did not work.
    pub failure: Option<CheckoutFailureView>,
    pub qr: Option<CheckoutQrView>,
    /// The card's bank asks the buyer something.
    pub challenge: Option<CheckoutChallengeView>,
    /// Grows with every change; a page keeps the greatest it has seen.
    pub version: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutMerchantView {
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutOrderView {
    /// `ord_…`
    pub id: String,
    pub merchant_order_id: String,
    pub name: String,
    /// Minor units.
    pub amount: i64,
    #[schema(example = "KRW")]
    pub currency: String,
    /// Contained in the amount.
    pub vat: i64,
    pub tax_free: i64,
    pub lines: Vec<CheckoutLineView>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutLineView {
    pub name: String,
    /// `product` or `shipping`
    pub kind: String,
    pub quantity: i64,
    /// Minor units.
    pub unit_price: i64,
    pub amount: i64,
}

/// A bank, named in the language of the page.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutBankView {
    #[schema(example = "kookmin")]
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutPaymentView {
    /// `pay_…`
    pub id: String,
    pub status: String,
    /// `card`, `transfer`, `virtualAccount` or `wallet`
    pub method: String,
    pub card: Option<CheckoutCardView>,
    pub transfer: Option<CheckoutTransferView>,
    pub account: Option<CheckoutAccountView>,
    pub approval_number: Option<String>,
    pub approved_at: Option<String>,
    pub unknown: Option<CheckoutUnknownView>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutCardView {
    pub brand: String,
    pub issuer: String,
    pub last4: String,
    pub installment_months: u8,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutTransferView {
    pub bank: String,
    pub bank_name: String,
    pub last4: String,
}

/// The account the buyer pays into.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutAccountView {
    pub bank: String,
    pub bank_name: String,
    pub number: String,
    pub holder: String,
    pub due_at: String,
}

/// A request whose outcome nobody knows yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutUnknownView {
    pub since: String,
    pub next_check_at: String,
    /// How often it has been asked about already.
    pub checks: u32,
}

/// A try that did not work, in words for the buyer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutFailureView {
    pub code: String,
    pub decline_code: Option<String>,
    /// What happened, a sentence.
    pub message: String,
    /// `no` or `unknown`
    pub money_moved: String,
    /// What to do, a sentence.
    pub next: String,
    pub retryable: bool,
}

/// The code a payer scans with a phone.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutQrView {
    /// An SVG element of our own making: no script, no style, no link in it.
    pub svg: String,
    pub url: String,
    /// Eight digits, for a phone without a camera.
    #[schema(example = "48271936")]
    pub short_code: String,
    /// What the payer finds again among three numbers.
    #[serde(rename = "match")]
    pub number: Option<u8>,
    pub expires_at: String,
    /// `waiting`, `scanned` or `confirming`
    pub state: String,
    /// Masked: `김*수`.
    pub payer: Option<String>,
}

/// Where the card's bank asks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutChallengeView {
    pub url: String,
}

impl CheckoutLineView {
    #[must_use]
    pub fn new(line: &OrderLine) -> Self {
        Self {
            name: line.name.clone(),
            kind: match line.kind {
                LineKind::Product => String::from("product"),
                LineKind::Shipping => String::from("shipping"),
            },
            quantity: line.quantity,
            unit_price: line.unit_price,
            amount: line.amount(),
        }
    }
}

impl CheckoutCardView {
    #[must_use]
    pub fn new(card: &CardSummary) -> Self {
        Self {
            brand: card.brand.clone(),
            issuer: card.issuer.clone(),
            last4: card.last4.clone(),
            installment_months: card.installment_months,
        }
    }
}

pub(crate) fn bank_name(bank: Bank, language: Language) -> String {
    match language {
        Language::English => bank.english().to_owned(),
        Language::Korean => bank.korean().to_owned(),
    }
}
