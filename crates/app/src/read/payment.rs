//! Payments and payment transactions.

use serde::Serialize;
use steelyard_domain::{
    OrderId, PaymentId, Tenant,
    payment::{Attempt, Payment, Refund},
};
use steelyard_store::{
    Reader,
    ledger::{accounts_of, entries, transactions_of},
    list,
    order::orders_by_ids,
    payment::{attempts, payment, refund_parts, refunds},
};
use uuid::Uuid;

use super::{
    Cursor, MovementFilter, MovementSummary, Page, PageKey, PaymentFilter, PaymentSummary, missing, page, unavailable,
};
use crate::{
    App,
    problem::Problem,
    view::{LedgerTransactionView, MovementView, PaymentView},
};

/// What else is shown with a payment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expand {
    pub refunds: bool,
    pub ledger: bool,
}

/// A payment, and what was asked for with it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaymentDetail {
    #[serde(flatten)]
    pub payment: PaymentView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Vec<LedgerTransactionView>>,
}

impl App {
    pub async fn payment(&self, tenant: Tenant, id: PaymentId, expand: Expand) -> Result<PaymentDetail, Problem> {
        let reader = self.reader().await?;
        let found = payment(&reader, tenant, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let orders = orders_by_ids(&reader, &[found.order]).await.map_err(unavailable)?;
        let order = orders.first().ok_or_else(|| missing(found.order))?;
        let attempts = attempts(&reader, &[found.order]).await.map_err(unavailable)?;
        let refunds =
            if expand.refunds || expand.ledger { refunds_of(&reader, found.order).await? } else { Vec::new() };
        let shown = expand.refunds.then_some(refunds.as_slice());
        let view = PaymentView::new(order, &found, &attempts, shown);
        let ledger = if expand.ledger { Some(ledger_of(&reader, &found, &attempts, &refunds).await?) } else { None };
        Ok(PaymentDetail { payment: view, ledger })
    }

    /// One page of payments, newest first, and the sums of the whole filter.
    pub async fn payments(
        &self,
        filter: &PaymentFilter,
        cursor: Option<Cursor>,
        limit: i64,
    ) -> Result<(Page<PaymentView>, PaymentSummary), Problem> {
        let reader = self.reader().await?;
        let (rows, summary) = list::payments(&reader, filter, cursor, limit + 1).await.map_err(unavailable)?;
        let ids: Vec<OrderId> = rows.iter().map(|payment| payment.order).collect();
        let orders = orders_by_ids(&reader, &ids).await.map_err(unavailable)?;
        let attempts = attempts(&reader, &ids).await.map_err(unavailable)?;
        let key = |payment: &Payment| PageKey { at: payment.created_at.micros(), id: payment.id.uuid() };
        let page = page(rows, limit, key, |payment| {
            let order = orders.iter().find(|order| order.id == payment.order)?;
            let own: Vec<Attempt> = attempts.iter().filter(|attempt| attempt.order == payment.order).cloned().collect();
            Some(PaymentView::new(order, &payment, &own, None))
        });
        Ok((Page { items: page.items.into_iter().flatten().collect(), next: page.next }, summary))
    }

    /// One page of payment transactions, newest first, and the sums of the whole filter.
    pub async fn movements(
        &self,
        filter: &MovementFilter,
        cursor: Option<Cursor>,
        limit: i64,
    ) -> Result<(Page<MovementView>, MovementSummary), Problem> {
        let reader = self.reader().await?;
        let (rows, summary) = list::movements(&reader, filter, cursor, limit + 1).await.map_err(unavailable)?;
        let orders: Vec<OrderId> = rows.iter().map(|movement| movement.order).collect();
        let payments: Vec<PaymentId> = rows.iter().map(|movement| movement.payment).collect();
        let orders = orders_by_ids(&reader, &orders).await.map_err(unavailable)?;
        let payments = steelyard_store::payment::payments(&reader, &payments).await.map_err(unavailable)?;
        let key = |movement: &steelyard_domain::payment::movement::Movement| PageKey {
            at: movement.occurred_at.micros(),
            id: movement.id.uuid(),
        };
        let page = page(rows, limit, key, |movement| {
            let order = orders.iter().find(|order| order.id == movement.order)?;
            let payment = payments.iter().find(|payment| payment.id == movement.payment)?;
            Some(MovementView::new(&movement, order, payment))
        });
        Ok((Page { items: page.items.into_iter().flatten().collect(), next: page.next }, summary))
    }
}

async fn refunds_of(reader: &Reader, order: OrderId) -> Result<Vec<Refund>, Problem> {
    let mut refunds = refunds(reader, &[order]).await.map_err(unavailable)?;
    for part in refund_parts(reader, &[order]).await.map_err(unavailable)? {
        if let Some(refund) = refunds.iter_mut().find(|refund| refund.id == part.refund) {
            refund.parts.push(part.part);
        }
    }
    Ok(refunds)
}

async fn ledger_of(
    reader: &Reader,
    payment: &Payment,
    attempts: &[Attempt],
    refunds: &[Refund],
) -> Result<Vec<LedgerTransactionView>, Problem> {
    let mut sources: Vec<Uuid> = vec![payment.id.uuid()];
    sources.extend(attempts.iter().map(|attempt| attempt.id.uuid()));
    sources.extend(refunds.iter().map(|refund| refund.id.uuid()));
    let transactions = transactions_of(reader, &sources).await.map_err(unavailable)?;
    let ids: Vec<_> = transactions.iter().map(|transaction| transaction.id).collect();
    let entries = entries(reader, &ids).await.map_err(unavailable)?;
    let accounts: Vec<_> = entries.iter().map(|entry| entry.account).collect();
    let accounts = accounts_of(reader, &accounts).await.map_err(unavailable)?;
    Ok(transactions.iter().map(|transaction| LedgerTransactionView::new(transaction, &entries, &accounts)).collect())
}
