//! Products as a merchant sells them.

use crate::{ProductId, SellerId, Tenant, Timestamp, money::Currency, stock::Stock};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: ProductId,
    pub tenant: Tenant,
    /// The merchant's own key; unique per merchant and mode.
    pub sku: String,
    pub name: String,
    /// Whose product; `None` is the merchant's default seller.
    pub seller: Option<SellerId>,
    /// Minor units, VAT included.
    pub price: i64,
    pub currency: Currency,
    pub tax_free: bool,
    pub stock: Stock,
    /// Pairs, as JSON.
    pub metadata: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Grows by one with every change.
    pub version: i64,
}
