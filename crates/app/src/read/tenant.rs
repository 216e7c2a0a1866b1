//! Sellers, wallets, products, policies, keys, events.

use steelyard_domain::{
    Currency, ProductId, SellerId, Tenant,
    ledger::{Account, AccountCode, AccountKey, AccountOwner},
};
use steelyard_store::{
    event::{Window, events, newest_position},
    ledger::{account, posted_entries},
    merchant::{api_keys, fee_policies, merchant},
    product::{product, products, stock_movements},
    seller::{seller, sellers},
};
use uuid::Uuid;

use super::{Page, PageKey, missing, page, unavailable};
use crate::{
    App,
    problem::Problem,
    view::{
        ApiKeyView, EventView, FeePolicyView, MerchantView, ProductView, SellerView, StockMovementView, WalletView,
    },
};

impl App {
    pub async fn merchant(&self, tenant: Tenant) -> Result<MerchantView, Problem> {
        let found = merchant(&self.reader().await?, tenant.merchant).await.map_err(unavailable)?;
        found.map(|found| MerchantView::new(&found)).ok_or_else(|| missing(tenant.merchant))
    }

    pub async fn seller(&self, tenant: Tenant, id: SellerId) -> Result<SellerView, Problem> {
        let found = seller(&self.reader().await?, tenant, id).await.map_err(unavailable)?;
        found.map(|found| SellerView::new(&found)).ok_or_else(|| missing(id))
    }

    pub async fn sellers(
        &self,
        tenant: Tenant,
        cursor: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Page<SellerView>, Problem> {
        let rows = sellers(&self.reader().await?, tenant, cursor, limit + 1).await.map_err(unavailable)?;
        let key = |row: &steelyard_domain::seller::Seller| PageKey { at: row.created_at.micros(), id: row.id.uuid() };
        Ok(page(rows, limit, key, |row| SellerView::new(&row)))
    }

    /// A seller's wallet in one currency, with its latest `moves`.
    pub async fn wallet(
        &self,
        tenant: Tenant,
        id: SellerId,
        currency: Currency,
        moves: i64,
    ) -> Result<WalletView, Problem> {
        let reader = self.reader().await?;
        let seller = seller(&reader, tenant, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let owner = AccountOwner::Seller(id);
        let key = AccountKey::new(tenant, AccountCode::SellerPayable, owner, currency);
        let account = account(&reader, key.id()).await.map_err(unavailable)?.unwrap_or_else(|| Account::open(key));
        let entries = posted_entries(&reader, account.id, None, moves).await.map_err(unavailable)?;
        Ok(WalletView::new(&seller, &account, &entries))
    }

    pub async fn product(&self, tenant: Tenant, id: ProductId) -> Result<ProductView, Problem> {
        let found = product(&self.reader().await?, tenant, id).await.map_err(unavailable)?;
        found.map(|found| ProductView::new(&found)).ok_or_else(|| missing(id))
    }

    pub async fn products(
        &self,
        tenant: Tenant,
        only_low: Option<bool>,
        cursor: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Page<ProductView>, Problem> {
        let rows = products(&self.reader().await?, tenant, only_low, cursor, limit + 1).await.map_err(unavailable)?;
        let key = |row: &steelyard_domain::catalog::Product| PageKey { at: row.created_at.micros(), id: row.id.uuid() };
        Ok(page(rows, limit, key, |row| ProductView::new(&row)))
    }

    pub async fn stock_movements(
        &self,
        tenant: Tenant,
        id: ProductId,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<Page<StockMovementView>, Problem> {
        let reader = self.reader().await?;
        product(&reader, tenant, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let rows = stock_movements(&reader, id, cursor, limit + 1).await.map_err(unavailable)?;
        let key = |row: &steelyard_store::product::StockMovement| PageKey { at: 0, id: row.id.uuid() };
        Ok(page(rows, limit, key, |row| StockMovementView::new(&row)))
    }

    pub async fn fee_policies(&self, tenant: Tenant) -> Result<Vec<FeePolicyView>, Problem> {
        let rows = fee_policies(&self.reader().await?, tenant).await.map_err(unavailable)?;
        Ok(rows.iter().map(FeePolicyView::new).collect())
    }

    pub async fn api_keys(&self, tenant: Tenant) -> Result<Vec<ApiKeyView>, Problem> {
        let rows = api_keys(&self.reader().await?, tenant).await.map_err(unavailable)?;
        Ok(rows.iter().map(|key| ApiKeyView::new(key, None)).collect())
    }

    /// A tenant's events, newest first, below position `before`.
    pub async fn events(
        &self,
        tenant: Tenant,
        types: &[String],
        before: Option<i64>,
        limit: i64,
    ) -> Result<Page<EventView>, Problem> {
        let window = Window::Before(before.unwrap_or(i64::MAX));
        let rows = events(&self.reader().await?, tenant, types, window, limit + 1).await.map_err(unavailable)?;
        let key = |row: &(i64, steelyard_store::event::EventRecord)| PageKey { at: row.0, id: Uuid::nil() };
        Ok(page(rows, limit, key, |(position, event)| EventView::new(position, event)))
    }

    /// A tenant's events, oldest first, above position `after`.
    pub async fn events_after(
        &self,
        tenant: Tenant,
        types: &[String],
        after: i64,
        limit: i64,
    ) -> Result<Vec<EventView>, Problem> {
        let rows = events(&self.reader().await?, tenant, types, Window::After(after), limit).await;
        let rows = rows.map_err(unavailable)?;
        Ok(rows.into_iter().map(|(position, event)| EventView::new(position, event)).collect())
    }

    /// The position of the newest event of all.
    pub async fn newest_position(&self) -> Result<i64, Problem> {
        newest_position(&self.reader().await?).await.map_err(unavailable)
    }
}
