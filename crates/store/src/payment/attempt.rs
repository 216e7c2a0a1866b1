//! Attempts.

use steelyard_domain::{
    AttemptId, Currency, IdempotencyId, OrderId, PaymentId, RefundId, Tenant, Timestamp,
    method::ConnectorName,
    payment::{
        Attempt, AttemptState, Operation,
        resolution::{Resolution, ResolutionStep},
    },
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    order::marks,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static ATTEMPT: Table = Table::new(
    "attempt",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("order_id", UuidKind),
        fixed("payment_id", UuidKind),
        fixed("refund_id", UuidKind),
        fixed("connector", Text),
        fixed("operation", Text),
        mutable("state", Text),
        fixed("currency", Text),
        fixed("amount", Int),
        mutable("authentication", Text),
        mutable("acquirer_transaction_id", Text),
        mutable("approval_number", Text),
        mutable("code", Text),
        mutable("message", Text),
        fixed("created_at", Int),
        mutable("sent_at", Int),
        mutable("answered_at", Int),
        mutable("resolution_step", Text),
        mutable("checks", Int),
        mutable("not_found", Int),
        mutable("next_check_at", Int),
        mutable("idempotency_id", UuidKind),
        version("version"),
    ],
);
static OF_ORDER: Lookup = Lookup::new(&ATTEMPT, &[key("order_id", UuidKind)], Lock::None);

impl Record for Attempt {
    fn table() -> &'static Table {
        &ATTEMPT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.id(self.order.uuid());
        row.id(self.payment.uuid());
        row.uuid(self.refund.map(RefundId::uuid));
        row.str(self.connector.as_str());
        row.str(self.operation.as_str());
        row.str(self.state.as_str());
        row.str(self.currency.code());
        row.number(self.amount);
        row.opt_str(self.authentication.as_deref());
        row.opt_str(self.acquirer_transaction_id.as_deref());
        row.opt_str(self.approval_number.as_deref());
        row.opt_str(self.code.as_deref());
        row.opt_str(self.message.as_deref());
        row.number(self.created_at.micros());
        row.int(self.sent_at.map(Timestamp::micros));
        row.int(self.answered_at.map(Timestamp::micros));
        row.str(self.resolution.step.as_str());
        row.number(self.resolution.checks);
        row.number(self.resolution.not_found);
        row.int(self.next_check_at.map(Timestamp::micros));
        row.uuid(self.idempotency.map(IdempotencyId::uuid));
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: AttemptId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            order: OrderId::from_uuid(row.uuid()?),
            payment: PaymentId::from_uuid(row.uuid()?),
            refund: row.opt_uuid()?.map(RefundId::from_uuid),
            connector: row.parsed(ConnectorName::parse)?,
            operation: row.parsed(Operation::parse)?,
            state: row.parsed(AttemptState::parse)?,
            currency: row.parsed(Currency::parse)?,
            amount: row.int()?,
            authentication: row.opt_text()?,
            acquirer_transaction_id: row.opt_text()?,
            approval_number: row.opt_text()?,
            code: row.opt_text()?,
            message: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
            sent_at: row.opt_int()?.map(Timestamp::from_micros),
            answered_at: row.opt_int()?.map(Timestamp::from_micros),
            resolution: Resolution {
                step: row.parsed(ResolutionStep::parse)?,
                checks: row.int()?,
                not_found: row.int()?,
            },
            next_check_at: row.opt_int()?.map(Timestamp::from_micros),
            idempotency: row.opt_uuid()?.map(IdempotencyId::from_uuid),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// The attempts of orders whose locks are held, in no order.
pub async fn attempts_of_orders(tx: &Tx<'_>, orders: &[Uuid]) -> Result<Vec<Attempt>, StoreError> {
    tx.find(&OF_ORDER, orders).await
}

/// The attempts of some orders, oldest first.
pub async fn attempts(reader: &Reader, orders: &[OrderId]) -> Result<Vec<Attempt>, StoreError> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(orders.iter().map(|order| order.uuid()));
    let sql = format!("SELECT {} FROM attempt WHERE order_id IN ({marks}) ORDER BY id", ATTEMPT.column_list(""));
    reader.rows(&sql, parameters, Attempt::read).await
}

/// Attempts whose next check is due at `now`, the most overdue first: those that are open, or to be undone again.
pub async fn due_attempts(reader: &Reader, now: Timestamp, limit: i64) -> Result<Vec<Attempt>, StoreError> {
    let sql = format!(
        "SELECT {} FROM attempt WHERE next_check_at IS NOT NULL AND next_check_at <= $1 AND state <> 'approved'
        ORDER BY next_check_at LIMIT $2",
        ATTEMPT.column_list("")
    );
    reader.rows(&sql, vec![now.micros().into(), limit.into()], Attempt::read).await
}

/// The same of accounts that were issued and wait for their deposit: however many there are, they have a queue of
/// their own.
pub async fn due_deposits(reader: &Reader, now: Timestamp, limit: i64) -> Result<Vec<Attempt>, StoreError> {
    let sql = format!(
        "SELECT {} FROM attempt WHERE next_check_at IS NOT NULL AND next_check_at <= $1 AND state = 'approved'
        ORDER BY next_check_at LIMIT $2",
        ATTEMPT.column_list("")
    );
    reader.rows(&sql, vec![now.micros().into(), limit.into()], Attempt::read).await
}

/// To which order and payment an attempt belongs: immutable links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLink {
    pub order: OrderId,
    pub payment: PaymentId,
    pub tenant: Tenant,
}

pub async fn attempt_link(reader: &Reader, id: AttemptId) -> Result<Option<AttemptLink>, StoreError> {
    let sql = "SELECT order_id, payment_id, merchant_id, mode FROM attempt WHERE id = $1";
    reader
        .row(sql, vec![id.uuid().into()], |row| {
            Ok(AttemptLink {
                order: OrderId::from_uuid(row.uuid()?),
                payment: PaymentId::from_uuid(row.uuid()?),
                tenant: read_tenant(row)?,
            })
        })
        .await
}
