//! Products and stock.

use serde::Serialize;
use serde_json::value::RawValue;
use steelyard_domain::catalog::Product;
use steelyard_store::product::StockMovement;
use utoipa::ToSchema;

use super::metadata;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    /// `prd_…`
    pub id: String,
    pub sku: String,
    pub name: String,
    pub seller_id: Option<String>,
    /// Minor units, VAT included.
    pub price: i64,
    pub currency: &'static str,
    pub tax_free: bool,
    pub stock: StockView,
    pub created_at: String,
    pub updated_at: String,
    pub version: i64,
    #[schema(value_type = Object)]
    pub metadata: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockView {
    pub on_hand: i64,
    /// Promised to open orders.
    pub reserved: i64,
    pub available: i64,
    pub threshold: Option<i64>,
    pub low: bool,
}

impl ProductView {
    #[must_use]
    pub fn new(product: &Product) -> Self {
        Self {
            id: product.id.to_string(),
            sku: product.sku.clone(),
            name: product.name.clone(),
            seller_id: product.seller.map(|id| id.to_string()),
            price: product.price,
            currency: product.currency.code(),
            tax_free: product.tax_free,
            stock: StockView {
                on_hand: product.stock.on_hand,
                reserved: product.stock.reserved,
                available: product.stock.available(),
                threshold: product.stock.threshold,
                low: product.stock.low,
            },
            created_at: product.created_at.to_string(),
            updated_at: product.updated_at.to_string(),
            version: product.version,
            metadata: metadata(product.metadata.as_deref()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockMovementView {
    pub id: String,
    /// `sale`, `return` or `adjustment`
    pub kind: &'static str,
    pub delta: i64,
    pub order_id: Option<String>,
    pub reason: Option<String>,
    pub created_at: String,
}

impl StockMovementView {
    #[must_use]
    pub fn new(movement: &StockMovement) -> Self {
        Self {
            id: movement.id.to_string(),
            kind: movement.kind.as_str(),
            delta: movement.delta,
            order_id: movement.order.map(|id| id.to_string()),
            reason: movement.reason.clone(),
            created_at: movement.created_at.to_string(),
        }
    }
}
