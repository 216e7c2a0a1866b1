//! Payments, attempts, refunds and payment transactions.

use serde::Serialize;
use serde_json::value::RawValue;
use steelyard_domain::{
    Timestamp,
    method::{AccountSummary, MethodType},
    order::Order,
    payment::{Attempt, AttemptState, Payment, Refund, RefundState, movement::Movement},
};
use utoipa::ToSchema;

use super::metadata;

/// A payment with all its attempts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    /// `pay_…`
    pub id: String,
    #[schema(example = "captured")]
    pub status: &'static str,
    pub merchant_id: String,
    /// `test` or `live`
    pub mode: &'static str,
    pub order_id: String,
    pub merchant_order_id: String,
    pub order_name: String,
    /// Minor units.
    pub amount: i64,
    #[schema(example = "KRW")]
    pub currency: &'static str,
    pub captured_amount: i64,
    pub canceled_amount: i64,
    pub refunded_amount: i64,
    /// What can still be given back.
    pub cancelable_amount: i64,
    /// `auto` or `manual`
    pub capture: &'static str,
    pub method: MethodView,
    pub fee: FeeView,
    /// What the sellers keep: captured, less what went back, less fee and fee VAT.
    pub net_amount: i64,
    pub approval_number: Option<String>,
    pub connector: &'static str,
    pub attempts: Vec<AttemptView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refunds: Option<Vec<RefundView>>,
    /// Set while the outcome of a request to the acquirer is not known.
    pub unknown: Option<UnknownView>,
    pub failure: Option<FailureView>,
    pub created_at: String,
    pub approved_at: Option<String>,
    pub captured_at: Option<String>,
    /// Until when an authorization may be captured.
    pub authorized_until: Option<String>,
    pub version: i64,
    #[schema(value_type = Object)]
    pub metadata: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MethodView {
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<CardView>,
    /// Of a transfer, the account that pays; of a virtual account, where the buyer has to pay in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountOfPaymentView>,
    /// `pyr_…`: who approved it in the payer app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_id: Option<String>,
}

/// A bank account that a payment is made from or into.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountOfPaymentView {
    #[schema(example = "kookmin")]
    pub bank: &'static str,
    /// Of a virtual account; null until it is issued.
    pub number: Option<String>,
    /// Of an account that pays: the last four digits.
    pub last4: Option<String>,
    pub holder: Option<String>,
    /// Until when a virtual account takes its deposit.
    pub due_at: Option<String>,
}

impl AccountOfPaymentView {
    fn new(method: MethodType, account: &AccountSummary) -> Self {
        let number = Some(account.number.clone()).filter(|number| !number.is_empty());
        let issued = method == MethodType::VirtualAccount;
        Self {
            bank: account.bank.code(),
            number: number.clone().filter(|_| issued),
            last4: number.filter(|_| !issued),
            holder: account.holder.clone(),
            due_at: time(account.due_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardView {
    pub brand: String,
    pub issuer: String,
    pub bin: String,
    pub last4: String,
    pub installment_months: u8,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeeView {
    #[schema(example = "0.03")]
    pub rate: String,
    pub fixed: i64,
    /// What remains of it after returns.
    pub amount: i64,
    pub vat: i64,
}

/// One request to the acquirer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    pub id: String,
    pub operation: &'static str,
    pub connector: &'static str,
    /// Ours, at the acquirer.
    pub reference: String,
    pub state: &'static str,
    pub amount: i64,
    pub sent_at: Option<String>,
    pub answered_at: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnknownView {
    pub since: String,
    pub next_check_at: Option<String>,
    /// `inquire` or `netCancel`
    pub step: &'static str,
    pub checks: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    pub code: String,
    pub decline_code: Option<String>,
    pub message: String,
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl PaymentView {
    /// `refunds`: shown where the caller asks for them or just made one.
    #[must_use]
    pub fn new(order: &Order, payment: &Payment, attempts: &[Attempt], refunds: Option<&[Refund]>) -> Self {
        let own = attempts.iter().filter(|attempt| attempt.payment == payment.id);
        let remaining = |whole: i64, returned: i64| whole - returned;
        Self {
            id: payment.id.to_string(),
            status: payment.status.as_str(),
            merchant_id: payment.tenant.merchant.to_string(),
            mode: payment.tenant.mode.as_str(),
            order_id: payment.order.to_string(),
            merchant_order_id: order.merchant_order_id.clone(),
            order_name: order.name.clone(),
            amount: payment.amount,
            currency: payment.currency.code(),
            captured_amount: payment.captured,
            canceled_amount: payment.canceled,
            refunded_amount: payment.refunded,
            cancelable_amount: payment.cancelable(),
            capture: payment.capture_mode.as_str(),
            method: MethodView {
                kind: payment.method.as_str(),
                card: payment.card.as_ref().map(|card| CardView {
                    brand: card.brand.clone(),
                    issuer: card.issuer.clone(),
                    bin: card.bin.clone(),
                    last4: card.last4.clone(),
                    installment_months: card.installment_months,
                }),
                account: payment.account.as_ref().map(|account| AccountOfPaymentView::new(payment.method, account)),
                payer_id: payment.payer.map(|payer| payer.to_string()),
            },
            fee: FeeView {
                rate: payment.fee_terms.rate.to_string(),
                fixed: payment.fee_terms.fixed,
                amount: remaining(payment.fee.amount, payment.fee_returned.amount),
                vat: remaining(payment.fee.vat, payment.fee_returned.vat),
            },
            net_amount: payment.net(),
            approval_number: payment.approval_number.clone(),
            connector: payment.connector.as_str(),
            unknown: attempts
                .iter()
                .rfind(|attempt| attempt.state == AttemptState::Unknown && !attempt.operation.gives_back())
                .map(UnknownView::new),
            attempts: own.map(AttemptView::new).collect(),
            refunds: refunds.map(|refunds| refunds.iter().map(|refund| RefundView::new(refund, attempts)).collect()),
            failure: payment.failure.as_ref().map(|failure| FailureView {
                code: failure.code.clone(),
                decline_code: failure.decline_code.clone(),
                message: failure.message.clone(),
            }),
            created_at: payment.created_at.to_string(),
            approved_at: time(payment.approved_at),
            captured_at: time(payment.captured_at),
            authorized_until: time(payment.authorized_until),
            version: payment.version,
            metadata: metadata(payment.metadata.as_deref()),
        }
    }
}

impl UnknownView {
    #[must_use]
    pub fn new(attempt: &Attempt) -> Self {
        Self {
            since: attempt.sent_at.unwrap_or(attempt.created_at).to_string(),
            next_check_at: time(attempt.next_check_at),
            step: attempt.resolution.step.as_str(),
            checks: attempt.resolution.checks,
        }
    }
}

impl AttemptView {
    #[must_use]
    pub fn new(attempt: &Attempt) -> Self {
        Self {
            id: attempt.id.to_string(),
            operation: attempt.operation.as_str(),
            connector: attempt.connector.as_str(),
            reference: attempt.reference(),
            state: attempt.state.as_str(),
            amount: attempt.amount,
            sent_at: time(attempt.sent_at),
            answered_at: time(attempt.answered_at),
            code: attempt.code.clone(),
            message: attempt.message.clone(),
        }
    }
}

/// A cancel or refund, in flight or done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundView {
    /// `ref_…`
    pub id: String,
    /// `cancel` before the acquirer's cut-off, `refund` after it.
    pub kind: &'static str,
    /// `sent`, `succeeded`, `declined` or `unknown`
    pub status: &'static str,
    pub payment_id: String,
    pub order_id: String,
    pub amount: i64,
    pub currency: &'static str,
    pub tax_free_amount: i64,
    pub vat: i64,
    pub fee_returned: i64,
    pub fee_vat_returned: i64,
    pub restock: bool,
    pub reason: String,
    pub lines: Vec<RefundPartView>,
    pub decline_code: Option<String>,
    pub unknown: Option<UnknownView>,
    pub created_at: String,
    pub completed_at: Option<String>,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundPartView {
    pub order_line_id: String,
    pub seller_id: String,
    pub quantity: i64,
    pub amount: i64,
    pub tax_free_amount: i64,
    pub vat: i64,
    pub fee_returned: i64,
    pub fee_vat_returned: i64,
    /// What the seller gives back.
    pub seller_share: i64,
}

impl RefundView {
    #[must_use]
    pub fn new(refund: &Refund, attempts: &[Attempt]) -> Self {
        let attempt = attempts.iter().find(|attempt| attempt.id == refund.attempt);
        Self {
            id: refund.id.to_string(),
            kind: refund.kind.as_str(),
            status: refund.state.as_str(),
            payment_id: refund.payment.to_string(),
            order_id: refund.order.to_string(),
            amount: refund.amount,
            currency: refund.currency.code(),
            tax_free_amount: refund.tax_free,
            vat: refund.vat,
            fee_returned: refund.fee.amount,
            fee_vat_returned: refund.fee.vat,
            restock: refund.restock,
            reason: refund.reason.clone(),
            lines: refund
                .parts
                .iter()
                .map(|part| RefundPartView {
                    order_line_id: part.line.to_string(),
                    seller_id: part.seller.to_string(),
                    quantity: part.quantity,
                    amount: part.amount,
                    tax_free_amount: part.tax_free,
                    vat: part.vat,
                    fee_returned: part.fee,
                    fee_vat_returned: part.fee_vat,
                    seller_share: part.seller_share(),
                })
                .collect(),
            decline_code: refund.decline_code.clone(),
            unknown: attempt.filter(|_| refund.state == RefundState::Unknown).map(UnknownView::new),
            created_at: refund.created_at.to_string(),
            completed_at: time(refund.completed_at),
            version: refund.version,
        }
    }
}

/// One movement of money: 결제, 취소 or 환불.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovementView {
    /// `mov_…`
    pub id: String,
    /// `payment`, `cancel` or `refund`
    pub kind: &'static str,
    pub payment_id: String,
    pub order_id: String,
    pub refund_id: Option<String>,
    /// Negative for cancel and refund.
    pub amount: i64,
    pub currency: &'static str,
    /// `done`, `pending` or `declined`
    pub status: &'static str,
    pub occurred_at: String,
    pub method: &'static str,
    pub merchant_order_id: String,
    pub order_name: String,
    pub buyer_name: Option<String>,
    pub payment_status: &'static str,
    pub card: Option<CardView>,
}

impl MovementView {
    #[must_use]
    pub fn new(movement: &Movement, order: &Order, payment: &Payment) -> Self {
        Self {
            id: movement.id.to_string(),
            kind: movement.kind.as_str(),
            payment_id: movement.payment.to_string(),
            order_id: movement.order.to_string(),
            refund_id: movement.refund.map(|id| id.to_string()),
            amount: movement.amount,
            currency: movement.currency.code(),
            status: movement.status.as_str(),
            occurred_at: movement.occurred_at.to_string(),
            method: movement.method.as_str(),
            merchant_order_id: order.merchant_order_id.clone(),
            order_name: order.name.clone(),
            buyer_name: order.buyer_name.clone(),
            payment_status: payment.status.as_str(),
            card: payment.card.as_ref().map(|card| CardView {
                brand: card.brand.clone(),
                issuer: card.issuer.clone(),
                bin: card.bin.clone(),
                last4: card.last4.clone(),
                installment_months: card.installment_months,
            }),
        }
    }
}
