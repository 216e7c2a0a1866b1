//! Gift cards, for their issuer.

use steelyard_domain::{Tenant, gift_card::GiftCard};
use steelyard_store::gift_card::gift_cards;
use uuid::Uuid;

use super::{Page, PageKey, page, unavailable};
use crate::{App, problem::Problem, view::GiftCardView};

impl App {
    /// One page of a tenant's gift cards, newest first, without codes.
    pub async fn gift_cards(
        &self,
        tenant: Tenant,
        cursor: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Page<GiftCardView>, Problem> {
        let rows = gift_cards(&self.reader().await?, tenant, cursor, limit + 1).await.map_err(unavailable)?;
        let key = |row: &GiftCard| PageKey { at: row.issued_at.micros(), id: row.id.uuid() };
        Ok(page(rows, limit, key, |row| GiftCardView::new(&row)))
    }
}
