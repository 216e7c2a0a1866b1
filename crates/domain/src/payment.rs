//! A payment is one object with all its attempts: what the merchant and the buyer see.

pub mod attempt;
pub mod movement;
pub mod refund;
pub mod resolution;
pub mod state;

pub use attempt::{Attempt, AttemptState, Operation};
pub use refund::{Refund, RefundKind, RefundState};
pub use state::{PaymentEvent, PaymentStatus};

use crate::{
    Currency, FeePolicyId, OrderId, PayerId, PaymentId, Span, Tenant, Timestamp,
    fee::{Fee, FeeTerms},
    ledger::posting::Funds,
    method::{AccountSummary, CardSummary, ConnectorName, MethodType, Tender},
    order::returns::Captured,
};

/// How long an authorization is kept before it is voided.
pub const AUTHORIZATION_LIFE: Span = Span::from_days(7);
/// How long an authentication waits for the merchant's confirm.
pub const AUTHENTICATION_LIFE: Span = Span::from_minutes(10);

/// Whether an approval takes the money at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureMode {
    Auto,
    Manual,
}

impl CaptureMode {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Manual => "manual",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Manual].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// Why the last attempt came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Ours: `PAYMENT_DECLINED`, `CONNECTOR_UNAVAILABLE`, `NET_CANCELED`.
    pub code: String,
    /// The acquirer's reason, as in `INSUFFICIENT_LIMIT`.
    pub decline_code: Option<String>,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub tenant: Tenant,
    pub order: OrderId,
    pub status: PaymentStatus,
    pub connector: ConnectorName,
    pub method: MethodType,
    pub card: Option<CardSummary>,
    /// Of a transfer or a virtual account.
    pub account: Option<AccountSummary>,
    /// Who approved it in the payer app, by balance or by a card kept there.
    pub payer: Option<PayerId>,
    pub capture_mode: CaptureMode,
    pub currency: Currency,
    /// Asked for, in minor units. Never changes.
    pub amount: i64,
    /// Captured, canceled and refunded so far.
    pub captured: i64,
    pub canceled: i64,
    pub refunded: i64,
    /// Asked back and not yet confirmed by the acquirer.
    pub in_flight: i64,
    /// The policy as it was when the payment was made.
    pub fee_policy: FeePolicyId,
    pub fee_terms: FeeTerms,
    /// On the amount; on what was captured once it is.
    pub fee: Fee,
    /// Given back with returns, those in flight included.
    pub fee_returned: Fee,
    pub approval_number: Option<String>,
    /// The acquirer's own id of the approval that counts.
    pub acquirer_transaction_id: Option<String>,
    pub failure: Option<Failure>,
    /// Pairs, as JSON.
    pub metadata: Option<String>,
    pub created_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub captured_at: Option<Timestamp>,
    /// Until when an authorization may be captured.
    pub authorized_until: Option<Timestamp>,
    pub updated_at: Timestamp,
    /// Grows by one with every change.
    pub version: i64,
}

impl Payment {
    /// What can still be given back: captured (or authorized) − canceled − refunded − in flight.
    #[must_use]
    pub const fn cancelable(&self) -> i64 {
        match self.status {
            PaymentStatus::Authorized => self.amount - self.in_flight,
            PaymentStatus::Captured | PaymentStatus::PartiallyCanceled | PaymentStatus::PartiallyRefunded => {
                self.captured - self.canceled - self.refunded - self.in_flight
            }
            PaymentStatus::Ready
            | PaymentStatus::InProgress
            | PaymentStatus::Unknown
            | PaymentStatus::WaitingForDeposit
            | PaymentStatus::Canceled
            | PaymentStatus::Refunded
            | PaymentStatus::Expired
            | PaymentStatus::Failed => 0,
        }
    }

    /// What was captured less what went back or is on its way.
    #[must_use]
    pub const fn kept(&self) -> i64 {
        self.captured - self.canceled - self.refunded
    }

    /// What reaches the sellers of it: kept, less the fee and VAT that remain.
    #[must_use]
    pub const fn net(&self) -> i64 {
        if self.captured == 0 {
            return match self.status {
                PaymentStatus::Authorized => self.amount - self.fee.amount - self.fee.vat,
                PaymentStatus::Ready
                | PaymentStatus::InProgress
                | PaymentStatus::Unknown
                | PaymentStatus::WaitingForDeposit
                | PaymentStatus::Captured
                | PaymentStatus::PartiallyCanceled
                | PaymentStatus::PartiallyRefunded
                | PaymentStatus::Canceled
                | PaymentStatus::Refunded
                | PaymentStatus::Expired
                | PaymentStatus::Failed => 0,
            };
        }
        self.kept() - (self.fee.amount - self.fee_returned.amount) - (self.fee.vat - self.fee_returned.vat)
    }

    /// Notes how the buyer pays this time.
    pub fn pay_by(&mut self, tender: &Tender, payer: Option<PayerId>) {
        self.method = tender.method();
        self.card = tender.card().cloned();
        self.account = tender.account().cloned();
        self.payer = payer;
    }

    /// Whose money pays it, which is who is debited in the ledger.
    #[must_use]
    pub const fn funds(&self) -> Funds {
        match (self.method, self.payer) {
            (MethodType::Wallet, Some(payer)) => Funds::Payer(payer),
            (MethodType::VirtualAccount, _) => Funds::Deposit,
            (
                MethodType::Card | MethodType::Transfer | MethodType::BillingKey | MethodType::App | MethodType::Wallet,
                _,
            ) => Funds::Acquirer(self.connector),
        }
    }

    /// The whole that returns are allocated against.
    #[must_use]
    pub const fn captured_whole(&self) -> Captured {
        Captured { amount: self.captured, fee: self.fee, terms: self.fee_terms }
    }

    /// Whether money given back at `now` is a cancel or a refund: the acquirer's cut-off is the Seoul
    /// midnight after the capture.
    #[must_use]
    pub fn return_kind(&self, now: Timestamp) -> RefundKind {
        let before_cut_off = self.captured_at.is_some_and(|captured| now < captured.seoul_day().next().start());
        if before_cut_off { RefundKind::Cancel } else { RefundKind::Refund }
    }
}
