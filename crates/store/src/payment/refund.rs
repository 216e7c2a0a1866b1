//! Refund objects and their parts.

use steelyard_domain::{
    AttemptId, Currency, IdempotencyId, OrderId, OrderLineId, PaymentId, RefundId, SellerId, Timestamp,
    fee::Fee,
    order::returns::ReturnPart,
    payment::{Refund, RefundKind, RefundState},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Bool, Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    order::marks,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static REFUND: Table = Table::new(
    "refund",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("order_id", UuidKind),
        fixed("payment_id", UuidKind),
        fixed("attempt_id", UuidKind),
        fixed("kind", Text),
        mutable("state", Text),
        fixed("currency", Text),
        fixed("amount", Int),
        fixed("tax_free", Int),
        fixed("vat", Int),
        fixed("fee", Int),
        fixed("fee_vat", Int),
        fixed("restock", Bool),
        fixed("reason", Text),
        mutable("decline_code", Text),
        fixed("idempotency_id", UuidKind),
        fixed("created_at", Int),
        mutable("completed_at", Int),
        version("version"),
    ],
);
static OF_ORDER: Lookup = Lookup::new(&REFUND, &[key("order_id", UuidKind)], Lock::None);

impl Record for Refund {
    fn table() -> &'static Table {
        &REFUND
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.id(self.order.uuid());
        row.id(self.payment.uuid());
        row.id(self.attempt.uuid());
        row.str(self.kind.as_str());
        row.str(self.state.as_str());
        row.str(self.currency.code());
        row.number(self.amount);
        row.number(self.tax_free);
        row.number(self.vat);
        row.number(self.fee.amount);
        row.number(self.fee.vat);
        row.flag(self.restock);
        row.str(&self.reason);
        row.opt_str(self.decline_code.as_deref());
        row.uuid(self.idempotency.map(IdempotencyId::uuid));
        row.number(self.created_at.micros());
        row.int(self.completed_at.map(Timestamp::micros));
        row.number(self.version);
    }

    /// Its parts lie in a table of their own: see [`PartOfRefund`].
    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: RefundId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            order: OrderId::from_uuid(row.uuid()?),
            payment: PaymentId::from_uuid(row.uuid()?),
            attempt: AttemptId::from_uuid(row.uuid()?),
            kind: row.parsed(RefundKind::parse)?,
            state: row.parsed(RefundState::parse)?,
            currency: row.parsed(Currency::parse)?,
            amount: row.int()?,
            tax_free: row.int()?,
            vat: row.int()?,
            fee: Fee { amount: row.int()?, vat: row.int()? },
            restock: row.bool()?,
            reason: row.text()?,
            parts: Vec::new(),
            decline_code: row.opt_text()?,
            idempotency: row.opt_uuid()?.map(IdempotencyId::from_uuid),
            created_at: Timestamp::from_micros(row.int()?),
            completed_at: row.opt_int()?.map(Timestamp::from_micros),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// One line's part of a refund, with the refund it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartOfRefund {
    pub refund: RefundId,
    pub order: OrderId,
    pub part: ReturnPart,
}

static REFUND_PART: Table = Table::new(
    "refund_part",
    &[
        key("refund_id", UuidKind),
        key("order_line_id", UuidKind),
        fixed("order_id", UuidKind),
        fixed("seller_id", UuidKind),
        fixed("quantity", Int),
        fixed("amount", Int),
        fixed("tax_free", Int),
        fixed("vat", Int),
        fixed("fee", Int),
        fixed("fee_vat", Int),
    ],
);
static PARTS_OF_ORDER: Lookup = Lookup::new(&REFUND_PART, &[key("order_id", UuidKind)], Lock::None);

impl Record for PartOfRefund {
    fn table() -> &'static Table {
        &REFUND_PART
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.refund.uuid());
        row.id(self.part.line.uuid());
        row.id(self.order.uuid());
        row.id(self.part.seller.uuid());
        row.number(self.part.quantity);
        row.number(self.part.amount);
        row.number(self.part.tax_free);
        row.number(self.part.vat);
        row.number(self.part.fee);
        row.number(self.part.fee_vat);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        let (refund, line) = (RefundId::from_uuid(row.uuid()?), OrderLineId::from_uuid(row.uuid()?));
        let order = OrderId::from_uuid(row.uuid()?);
        let part = ReturnPart {
            line,
            seller: SellerId::from_uuid(row.uuid()?),
            quantity: row.int()?,
            amount: row.int()?,
            tax_free: row.int()?,
            vat: row.int()?,
            fee: row.int()?,
            fee_vat: row.int()?,
        };
        Ok(Self { refund, order, part })
    }
}

/// The refunds of orders whose locks are held, without their parts, in no order.
pub async fn refunds_of_orders(tx: &Tx<'_>, orders: &[Uuid]) -> Result<Vec<Refund>, StoreError> {
    tx.find(&OF_ORDER, orders).await
}

/// The parts of all refunds of orders whose locks are held.
pub async fn parts_of_orders(tx: &Tx<'_>, orders: &[Uuid]) -> Result<Vec<PartOfRefund>, StoreError> {
    tx.find(&PARTS_OF_ORDER, orders).await
}

/// The refunds of some orders, oldest first, without their parts.
pub async fn refunds(reader: &Reader, orders: &[OrderId]) -> Result<Vec<Refund>, StoreError> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(orders.iter().map(|order| order.uuid()));
    let sql = format!("SELECT {} FROM refund WHERE order_id IN ({marks}) ORDER BY id", REFUND.column_list(""));
    reader.rows(&sql, parameters, Refund::read).await
}

/// The parts of all refunds of some orders.
pub async fn refund_parts(reader: &Reader, orders: &[OrderId]) -> Result<Vec<PartOfRefund>, StoreError> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(orders.iter().map(|order| order.uuid()));
    let sql = format!(
        "SELECT {} FROM refund_part WHERE order_id IN ({marks}) ORDER BY refund_id, order_line_id",
        REFUND_PART.column_list("")
    );
    reader.rows(&sql, parameters, PartOfRefund::read).await
}
