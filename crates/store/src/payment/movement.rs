//! Movements: payment transactions as the merchant sees them.

use steelyard_domain::{
    Currency, MovementId, OrderId, PaymentId, RefundId, Timestamp,
    method::MethodType,
    payment::movement::{Movement, MovementKind, MovementStatus},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    record::RowWriterExt as _,
    table::{Statement, Table, fixed, key, mutable},
};

static MOVEMENT: Table = Table::new(
    "movement",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("order_id", UuidKind),
        fixed("payment_id", UuidKind),
        fixed("refund_id", UuidKind),
        fixed("kind", Text),
        mutable("status", Text),
        fixed("method", Text),
        fixed("currency", Text),
        fixed("amount", Int),
        fixed("occurred_at", Int),
    ],
);

impl Record for Movement {
    fn table() -> &'static Table {
        &MOVEMENT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.id(self.order.uuid());
        row.id(self.payment.uuid());
        row.uuid(self.refund.map(RefundId::uuid));
        row.str(self.kind.as_str());
        row.str(self.status.as_str());
        row.str(self.method.as_str());
        row.str(self.currency.code());
        row.number(self.amount);
        row.number(self.occurred_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: MovementId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            order: OrderId::from_uuid(row.uuid()?),
            payment: PaymentId::from_uuid(row.uuid()?),
            refund: row.opt_uuid()?.map(RefundId::from_uuid),
            kind: row.parsed(MovementKind::parse)?,
            status: row.parsed(MovementStatus::parse)?,
            method: row.parsed(MethodType::parse)?,
            currency: row.parsed(Currency::parse)?,
            amount: row.int()?,
            occurred_at: Timestamp::from_micros(row.int()?),
        })
    }
}

/// The movements of the payments of orders whose locks are held: those of refunds still pending.
pub async fn movements_of_orders(tx: &Tx<'_>, payments: &[Uuid]) -> Result<Vec<Movement>, StoreError> {
    static STATEMENT: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();
    let statement = STATEMENT.get_or_init(|| {
        let columns = MOVEMENT.column_list("");
        Statement {
            sqlite: format!("SELECT {columns} FROM movement WHERE payment_id = ?1 AND status = 'pending'"),
            postgres: format!(
                "SELECT {columns} FROM movement WHERE payment_id = ANY ($1::uuid[]) AND status = 'pending'"
            ),
        }
    });
    let keys: Vec<Vec<crate::Value>> = payments.iter().map(|id| vec![crate::Value::Uuid(*id)]).collect();
    tx.each(statement, &[UuidKind], &keys, Movement::read).await
}

/// What moved for a payment, oldest first.
pub async fn movements_of_payment(reader: &Reader, payment: PaymentId) -> Result<Vec<Movement>, StoreError> {
    let columns = MOVEMENT.column_list("");
    let sql = format!("SELECT {columns} FROM movement WHERE payment_id = $1 ORDER BY occurred_at, id");
    reader.rows(&sql, vec![payment.uuid().into()], Movement::read).await
}
