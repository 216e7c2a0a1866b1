//! Orders.

use steelyard_domain::{OrderId, Tenant, order::Order};
use steelyard_store::{
    list,
    order::{lines, order},
    payment::{payment_of_order, payments_by_order},
};

use super::{Cursor, OrderFilter, Page, PageKey, missing, page, unavailable};
use crate::{App, problem::Problem, view::OrderView};

impl App {
    pub async fn order(&self, tenant: Tenant, id: OrderId) -> Result<OrderView, Problem> {
        let reader = self.reader().await?;
        let order = order(&reader, tenant, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let lines = lines(&reader, &[id]).await.map_err(unavailable)?;
        let payment = payment_of_order(&reader, id).await.map_err(unavailable)?;
        Ok(OrderView::new(&order, &lines, payment.as_ref()))
    }

    pub async fn orders(
        &self,
        filter: &OrderFilter,
        cursor: Option<Cursor>,
        limit: i64,
    ) -> Result<Page<OrderView>, Problem> {
        let reader = self.reader().await?;
        let rows = list::orders(&reader, filter, cursor, limit + 1).await.map_err(unavailable)?;
        let ids: Vec<OrderId> = rows.iter().map(|order| order.id).collect();
        let lines = lines(&reader, &ids).await.map_err(unavailable)?;
        let payments = payments_by_order(&reader, &ids).await.map_err(unavailable)?;
        let key = |order: &Order| PageKey { at: order.created_at.micros(), id: order.id.uuid() };
        Ok(page(rows, limit, key, |order| {
            let own: Vec<_> = lines.iter().filter(|line| line.order == order.id).cloned().collect();
            OrderView::new(&order, &own, payments.iter().find(|payment| payment.order == order.id))
        }))
    }
}
