//! Sums over a whole filtered list.

use serde::Serialize;
use steelyard_app::read::{MovementSum, MovementSummary, PaymentSummary};
use utoipa::ToSchema;

/// Amounts are of one currency, in minor units: captured, less what went back.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentSummaryView {
    #[schema(example = "KRW")]
    currency: &'static str,
    /// All payments of the filter, paid or not.
    count: i64,
    total_amount: i64,
    /// Fees and the VAT on them.
    total_fee: i64,
    total_net_amount: i64,
}

impl PaymentSummaryView {
    pub(crate) const fn new(summary: &PaymentSummary) -> Self {
        Self {
            currency: summary.currency.code(),
            count: summary.count,
            total_amount: summary.total_amount,
            total_fee: summary.total_fee,
            total_net_amount: summary.total_net_amount,
        }
    }
}

/// Amounts are of one currency, in minor units; those of cancels and refunds are negative.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovementSummaryView {
    #[schema(example = "KRW")]
    currency: &'static str,
    payment: MovementSumView,
    cancel: MovementSumView,
    refund: MovementSumView,
    all: MovementSumView,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovementSumView {
    count: i64,
    amount: i64,
}

impl MovementSummaryView {
    pub(crate) const fn new(summary: &MovementSummary) -> Self {
        Self {
            currency: summary.currency.code(),
            payment: MovementSumView::new(&summary.payment),
            cancel: MovementSumView::new(&summary.cancel),
            refund: MovementSumView::new(&summary.refund),
            all: MovementSumView::new(&summary.all),
        }
    }
}

impl MovementSumView {
    const fn new(sum: &MovementSum) -> Self {
        Self { count: sum.count, amount: sum.amount }
    }
}
