//! What payers are bringing in and has not arrived.

use std::sync::OnceLock;

use steelyard_domain::{Currency, OrderId, PayerId};
use uuid::Uuid;

use crate::{RowReader, StoreError, Tx, Value, column::Kind::Uuid as UuidKind, table::Statement};

/// A top-up that was asked for and whose outcome is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopUpUnderWay {
    pub payer: PayerId,
    pub order: OrderId,
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
}

/// The top-ups of payers that are under way. Whoever decides on them holds the payers' locks.
pub async fn top_ups_under_way(tx: &Tx<'_>, payers: &[Uuid]) -> Result<Vec<TopUpUnderWay>, StoreError> {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    let statement = STATEMENT.get_or_init(|| {
        let sql = |payers: &str| {
            format!(
                "SELECT o.top_up_payer_id, o.id, p.currency, p.amount
                FROM orders o
                JOIN payment p ON p.order_id = o.id
                WHERE o.top_up_payer_id {payers} AND p.status IN ('inProgress', 'unknown')"
            )
        };
        Statement { sqlite: sql("= ?1"), postgres: sql("= ANY ($1::uuid[])") }
    });
    let keys: Vec<Vec<Value>> = payers.iter().map(|id| vec![Value::Uuid(*id)]).collect();
    tx.each(statement, &[UuidKind], &keys, read).await
}

fn read(row: &mut RowReader<'_>) -> Result<TopUpUnderWay, StoreError> {
    Ok(TopUpUnderWay {
        payer: PayerId::from_uuid(row.uuid()?),
        order: OrderId::from_uuid(row.uuid()?),
        currency: row.parsed(Currency::parse)?,
        amount: row.int()?,
    })
}
