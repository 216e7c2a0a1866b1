//! Orders and their lines.

use steelyard_domain::{
    CheckoutSessionId, Currency, OrderId, OrderLineId, PayerId, ProductId, SellerId, Tenant, Timestamp,
    order::{
        Order, OrderLine, OrderStatus, Reservation,
        line::{LineKind, Returned},
    },
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, Script, StoreError, Tx, Value,
    column::Kind::{Bool, Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    reach::Reach,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Statement, Table, fixed, key, mutable, version},
};

static ORDERS: Table = Table::with_natural_key(
    "orders",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("merchant_order_id", Text),
        fixed("name", Text),
        mutable("status", Text),
        mutable("reservation", Text),
        fixed("currency", Text),
        fixed("total", Int),
        fixed("tax_free", Int),
        mutable("paid", Int),
        mutable("returned", Int),
        fixed("buyer_name", Text),
        fixed("buyer_email", Text),
        fixed("buyer_phone", Text),
        mutable("cancel_reason", Text),
        mutable("checkout_session_id", UuidKind),
        fixed("top_up_payer_id", UuidKind),
        fixed("is_claim", Bool),
        fixed("metadata", Text),
        fixed("created_at", Int),
        mutable("expires_at", Int),
        mutable("updated_at", Int),
        version("version"),
    ],
);
static BY_ID: Lookup = Lookup::new(&ORDERS, &[key("id", UuidKind)], Lock::ForUpdate);
static BY_MERCHANT_ORDER_ID: Lookup = Lookup::new(
    &ORDERS,
    &[key("merchant_id", UuidKind), key("mode", Text), key("merchant_order_id", Text)],
    Lock::None,
);

pub(crate) const ORDER_COLUMNS: &str = "id, merchant_id, mode, merchant_order_id, name, status, reservation, currency,
    total, tax_free, paid, returned, buyer_name, buyer_email, buyer_phone, cancel_reason, checkout_session_id, top_up_payer_id,
    is_claim, metadata, created_at, expires_at, updated_at, version";

impl Record for Order {
    fn table() -> &'static Table {
        &ORDERS
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(&self.merchant_order_id);
        row.str(&self.name);
        row.str(self.status.as_str());
        row.str(self.reservation.as_str());
        row.str(self.currency.code());
        row.number(self.total);
        row.number(self.tax_free);
        row.number(self.paid);
        row.number(self.returned);
        row.opt_str(self.buyer_name.as_deref());
        row.opt_str(self.buyer_email.as_deref());
        row.opt_str(self.buyer_phone.as_deref());
        row.opt_str(self.cancel_reason.as_deref());
        row.uuid(self.checkout.map(CheckoutSessionId::uuid));
        row.uuid(self.top_up_of.map(PayerId::uuid));
        row.flag(self.is_claim);
        row.opt_str(self.metadata.as_deref());
        row.number(self.created_at.micros());
        row.number(self.expires_at.micros());
        row.number(self.updated_at.micros());
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: OrderId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            merchant_order_id: row.text()?,
            name: row.text()?,
            status: row.parsed(OrderStatus::parse)?,
            reservation: row.parsed(Reservation::parse)?,
            currency: row.parsed(Currency::parse)?,
            total: row.int()?,
            tax_free: row.int()?,
            paid: row.int()?,
            returned: row.int()?,
            buyer_name: row.opt_text()?,
            buyer_email: row.opt_text()?,
            buyer_phone: row.opt_text()?,
            cancel_reason: row.opt_text()?,
            checkout: row.opt_uuid()?.map(CheckoutSessionId::from_uuid),
            top_up_of: row.opt_uuid()?.map(PayerId::from_uuid),
            is_claim: row.bool()?,
            metadata: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
            expires_at: Timestamp::from_micros(row.int()?),
            updated_at: Timestamp::from_micros(row.int()?),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Locked in the order of their ids. Who holds an order holds its lines, payment, attempts and refunds.
pub async fn orders_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<Order>, StoreError> {
    tx.find(&BY_ID, ids).await
}

/// Gives orders other merchantOrderIds: claims make room. Only an order whose lock is held is renamed, before a new one of
/// its name is written. It is a statement of its own, so that no other change of an order touches its name's index.
pub fn rename_orders(script: &mut Script<'_>, names: &[(OrderId, String)]) {
    static RENAME: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();
    let statement = RENAME.get_or_init(|| Statement {
        sqlite: String::from("UPDATE orders SET merchant_order_id = ?2 WHERE id = ?1"),
        postgres: String::from(
            "UPDATE orders o SET merchant_order_id = n.name
            FROM UNNEST ($1::uuid[], $2::text[]) AS n (id, name)
            WHERE o.id = n.id",
        ),
    });
    let rows = names.iter().map(|(id, name)| vec![id.uuid().into(), name.as_str().into()]).collect();
    script.rows("orders", statement, &[UuidKind, Text], rows);
}

/// By the merchant's own key, not locked; each key is merchant, mode, merchantOrderId.
pub async fn orders_by_merchant_order_id(tx: &Tx<'_>, keys: &[Vec<Value>]) -> Result<Vec<Order>, StoreError> {
    tx.find_by(&BY_MERCHANT_ORDER_ID, keys).await
}

static ORDER_LINE: Table = Table::new(
    "order_line",
    &[
        key("order_id", UuidKind),
        key("position", Int),
        fixed("id", UuidKind),
        fixed("kind", Text),
        fixed("seller_id", UuidKind),
        fixed("product_id", UuidKind),
        fixed("name", Text),
        fixed("quantity", Int),
        fixed("unit_price", Int),
        fixed("tax_free", Bool),
        mutable("returned_quantity", Int),
        mutable("returned_amount", Int),
        mutable("returned_vat", Int),
        mutable("returned_fee", Int),
        mutable("returned_fee_vat", Int),
    ],
);
static LINES_OF_ORDER: Lookup = Lookup::new(&ORDER_LINE, &[key("order_id", UuidKind)], Lock::None);

impl Record for OrderLine {
    fn table() -> &'static Table {
        &ORDER_LINE
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.order.uuid());
        row.number(self.position);
        row.id(self.id.uuid());
        row.str(self.kind.as_str());
        row.id(self.seller.uuid());
        row.uuid(self.product.map(ProductId::uuid));
        row.str(&self.name);
        row.number(self.quantity);
        row.number(self.unit_price);
        row.flag(self.tax_free);
        row.number(self.returned.quantity);
        row.number(self.returned.amount);
        row.number(self.returned.vat);
        row.number(self.returned.fee);
        row.number(self.returned.fee_vat);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            order: OrderId::from_uuid(row.uuid()?),
            position: row.int()?,
            id: OrderLineId::from_uuid(row.uuid()?),
            kind: row.parsed(LineKind::parse)?,
            seller: SellerId::from_uuid(row.uuid()?),
            product: row.opt_uuid()?.map(ProductId::from_uuid),
            name: row.text()?,
            quantity: row.int()?,
            unit_price: row.int()?,
            tax_free: row.bool()?,
            returned: Returned {
                quantity: row.int()?,
                amount: row.int()?,
                vat: row.int()?,
                fee: row.int()?,
                fee_vat: row.int()?,
            },
        })
    }
}

/// The lines of orders, in no order: sort them by position.
pub async fn lines_of_orders(tx: &Tx<'_>, orders: &[Uuid]) -> Result<Vec<OrderLine>, StoreError> {
    tx.find(&LINES_OF_ORDER, orders).await
}

pub async fn order(reader: &Reader, tenant: Tenant, id: OrderId) -> Result<Option<Order>, StoreError> {
    let sql = format!("SELECT {ORDER_COLUMNS} FROM orders WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    let parameters = vec![id.uuid().into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, Order::read).await
}

pub async fn order_by_merchant_order_id(
    reader: &Reader,
    tenant: Tenant,
    merchant_order_id: &str,
) -> Result<Option<Order>, StoreError> {
    let sql =
        format!("SELECT {ORDER_COLUMNS} FROM orders WHERE merchant_id = $1 AND mode = $2 AND merchant_order_id = $3");
    let parameters = vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into(), merchant_order_id.into()];
    reader.row(&sql, parameters, Order::read).await
}

/// The lines of some orders, by order and position.
pub async fn lines(reader: &Reader, orders: &[OrderId]) -> Result<Vec<OrderLine>, StoreError> {
    let columns = ORDER_LINE.column_list("");
    let (marks, parameters) = marks(orders.iter().map(|order| order.uuid()));
    let sql = format!("SELECT {columns} FROM order_line WHERE order_id IN ({marks}) ORDER BY order_id, position");
    if parameters.is_empty() {
        return Ok(Vec::new());
    }
    reader.rows(&sql, parameters, OrderLine::read).await
}

/// `$1, $2, …` and the values for it.
///
/// The last one is repeated up to a power of two: a connection keeps what it has prepared, and so keeps one
/// statement for each power and not one for each number.
pub(crate) fn marks(ids: impl Iterator<Item = Uuid>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = ids.map(Value::Uuid).collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    let marks: Vec<String> = (1..=values.len()).map(|number| format!("${number}")).collect();
    (marks.join(", "), values)
}

/// An open order whose time may be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOrder {
    pub id: OrderId,
    pub tenant: Tenant,
    pub expires_at: Timestamp,
}

/// Open orders that are over as far as `reach` and whose payment, if any, does not keep them, the earliest first.
pub async fn expiring_orders(
    reader: &Reader,
    reach: Reach,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<OpenOrder>, StoreError> {
    let (expires_at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let mut parameters = vec![reach.until.micros().into(), expires_at.into(), id.into(), limit.into()];
    let whose = reach.condition("o.", &mut parameters);
    let sql = format!(
        "
        SELECT o.id, o.merchant_id, o.mode, o.expires_at
        FROM orders o
        WHERE o.status = 'open' AND o.expires_at <= $1 AND (o.expires_at, o.id) > ($2, $3)
            AND NOT EXISTS (
                SELECT 1 FROM payment p
                WHERE p.order_id = o.id
                    AND p.status IN ('inProgress', 'unknown', 'authorized', 'waitingForDeposit'))
            {whose}
        ORDER BY o.expires_at, o.id
        LIMIT $4"
    );
    reader
        .rows(&sql, parameters, |row| {
            Ok(OpenOrder {
                id: OrderId::from_uuid(row.uuid()?),
                tenant: read_tenant(row)?,
                expires_at: Timestamp::from_micros(row.int()?),
            })
        })
        .await
}

/// Orders by id, in no order.
pub async fn orders_by_ids(reader: &Reader, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(ids.iter().map(|id| id.uuid()));
    reader.rows(&format!("SELECT {ORDER_COLUMNS} FROM orders WHERE id IN ({marks})"), parameters, Order::read).await
}
