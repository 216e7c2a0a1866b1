//! Attempts as an acquirer's book is compared with them.

use steelyard_domain::{
    AttemptId, Currency, PaymentId, Timestamp,
    method::ConnectorName,
    payment::{AttemptState, Operation},
};
use uuid::Uuid;

use crate::{Reader, RowReader, StoreError};

/// An attempt, and where the money of its payment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedAttempt {
    pub id: AttemptId,
    pub payment: PaymentId,
    pub operation: Operation,
    pub state: AttemptState,
    pub currency: Currency,
    pub amount: i64,
    pub sent_at: Option<Timestamp>,
    /// When it is asked about again; `None` once it is over.
    pub next_check_at: Option<Timestamp>,
    /// Of the payment.
    pub captured: i64,
    /// Of the payment: canceled and refunded.
    pub returned: i64,
}

fn read(row: &mut RowReader<'_>) -> Result<ComparedAttempt, StoreError> {
    Ok(ComparedAttempt {
        id: AttemptId::from_uuid(row.uuid()?),
        payment: PaymentId::from_uuid(row.uuid()?),
        operation: row.parsed(Operation::parse)?,
        state: row.parsed(AttemptState::parse)?,
        currency: row.parsed(Currency::parse)?,
        amount: row.int()?,
        sent_at: row.opt_int()?.map(Timestamp::from_micros),
        next_check_at: row.opt_int()?.map(Timestamp::from_micros),
        captured: row.int()?,
        returned: row.int()?,
    })
}

/// A page of a connector's attempts by id, after `after`.
pub async fn compared_attempts(
    reader: &Reader,
    connector: ConnectorName,
    after: Option<AttemptId>,
    limit: i64,
) -> Result<Vec<ComparedAttempt>, StoreError> {
    let sql = "
        SELECT a.id, a.payment_id, a.operation, a.state, a.currency, a.amount, a.sent_at, a.next_check_at,
            p.captured, p.canceled + p.refunded
        FROM attempt a
        JOIN payment p ON p.id = a.payment_id
        WHERE a.connector = $1 AND a.id > $2
        ORDER BY a.id
        LIMIT $3";
    let after = after.map_or(Uuid::nil(), AttemptId::uuid);
    reader.rows(sql, vec![connector.as_str().into(), after.into(), limit.into()], read).await
}
