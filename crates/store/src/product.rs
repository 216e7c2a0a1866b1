//! Products and the movements of their stock.

use steelyard_domain::{
    Currency, OrderId, ProductId, SellerId, StockMovementId, Tenant, Timestamp,
    catalog::Product,
    stock::{Stock, StockMovementKind},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Bool, Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static PRODUCT: Table = Table::with_natural_key(
    "product",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("sku", Text),
        mutable("name", Text),
        fixed("seller_id", UuidKind),
        mutable("price", Int),
        fixed("currency", Text),
        mutable("tax_free", Bool),
        mutable("on_hand", Int),
        mutable("reserved", Int),
        mutable("threshold", Int),
        mutable("low", Bool),
        mutable("metadata", Text),
        fixed("created_at", Int),
        mutable("updated_at", Int),
        version("version"),
    ],
);
static BY_ID: Lookup = Lookup::new(&PRODUCT, &[key("id", UuidKind)], Lock::ForUpdate);
static BY_SKU: Lookup =
    Lookup::new(&PRODUCT, &[key("merchant_id", UuidKind), key("mode", Text), key("sku", Text)], Lock::None);

const SELECT: &str = "
    SELECT id, merchant_id, mode, sku, name, seller_id, price, currency, tax_free, on_hand, reserved, threshold, low,
        metadata, created_at, updated_at, version
    FROM product";

impl Record for Product {
    fn table() -> &'static Table {
        &PRODUCT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(&self.sku);
        row.str(&self.name);
        row.uuid(self.seller.map(SellerId::uuid));
        row.number(self.price);
        row.str(self.currency.code());
        row.flag(self.tax_free);
        row.number(self.stock.on_hand);
        row.number(self.stock.reserved);
        row.int(self.stock.threshold);
        row.flag(self.stock.low);
        row.opt_str(self.metadata.as_deref());
        row.number(self.created_at.micros());
        row.number(self.updated_at.micros());
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: ProductId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            sku: row.text()?,
            name: row.text()?,
            seller: row.opt_uuid()?.map(SellerId::from_uuid),
            price: row.int()?,
            currency: row.parsed(Currency::parse)?,
            tax_free: row.bool()?,
            stock: Stock { on_hand: row.int()?, reserved: row.int()?, threshold: row.opt_int()?, low: row.bool()? },
            metadata: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
            updated_at: Timestamp::from_micros(row.int()?),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Locked in the order of their ids.
pub async fn products_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<Product>, StoreError> {
    tx.find(&BY_ID, ids).await
}

/// By the merchant's own key, not locked; each key is merchant, mode, sku.
pub async fn products_by_sku(tx: &Tx<'_>, keys: &[Vec<Value>]) -> Result<Vec<Product>, StoreError> {
    tx.find_by(&BY_SKU, keys).await
}

pub async fn product(reader: &Reader, tenant: Tenant, id: ProductId) -> Result<Option<Product>, StoreError> {
    let sql = format!("{SELECT} WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    let parameters = vec![id.uuid().into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, Product::read).await
}

/// One page of a tenant's products, newest first, after `cursor`; `low_only` keeps those that warn.
pub async fn products(
    reader: &Reader,
    tenant: Tenant,
    only_low: Option<bool>,
    cursor: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<Product>, StoreError> {
    let (created_at, id) = cursor.unwrap_or((i64::MAX, Uuid::max()));
    let low = match only_low {
        Some(true) => "AND low",
        Some(false) => "AND NOT low",
        None => "",
    };
    let sql = format!(
        "{SELECT} WHERE merchant_id = $1 AND mode = $2 {low} AND (created_at, id) < ($3, $4)
        ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    let tenant = (tenant.merchant.uuid(), tenant.mode.as_str());
    let parameters = vec![tenant.0.into(), tenant.1.into(), created_at.into(), id.into(), limit.into()];
    reader.rows(&sql, parameters, Product::read).await
}

/// One change of what is on hand. On hand is the sum of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMovement {
    pub id: StockMovementId,
    pub product: ProductId,
    pub kind: StockMovementKind,
    pub delta: i64,
    pub order: Option<OrderId>,
    pub reason: Option<String>,
    pub created_at: Timestamp,
}

static STOCK_MOVEMENT: Table = Table::new(
    "stock_movement",
    &[
        key("id", UuidKind),
        fixed("product_id", UuidKind),
        fixed("kind", Text),
        fixed("delta", Int),
        fixed("order_id", UuidKind),
        fixed("reason", Text),
        fixed("created_at", Int),
    ],
);

impl Record for StockMovement {
    fn table() -> &'static Table {
        &STOCK_MOVEMENT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        row.id(self.product.uuid());
        row.str(self.kind.as_str());
        row.number(self.delta);
        row.uuid(self.order.map(OrderId::uuid));
        row.opt_str(self.reason.as_deref());
        row.number(self.created_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: StockMovementId::from_uuid(row.uuid()?),
            product: ProductId::from_uuid(row.uuid()?),
            kind: row.parsed(StockMovementKind::parse)?,
            delta: row.int()?,
            order: row.opt_uuid()?.map(OrderId::from_uuid),
            reason: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
        })
    }
}

/// A product's movements, newest first.
pub async fn stock_movements(
    reader: &Reader,
    product: ProductId,
    cursor: Option<Uuid>,
    limit: i64,
) -> Result<Vec<StockMovement>, StoreError> {
    let sql = "
        SELECT id, product_id, kind, delta, order_id, reason, created_at
        FROM stock_movement
        WHERE product_id = $1 AND id < $2
        ORDER BY id DESC LIMIT $3";
    let parameters = vec![product.uuid().into(), cursor.unwrap_or(Uuid::max()).into(), limit.into()];
    reader.rows(sql, parameters, StockMovement::read).await
}
