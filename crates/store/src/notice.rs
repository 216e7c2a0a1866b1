//! What acquirers told of their own accord.

use steelyard_domain::{Timestamp, method::ConnectorName};
use uuid::Uuid;

use crate::{StoreError, Tx, idempotency::PURGE_MAX};

/// Notes a notice. `false` if it has come before.
pub async fn note_notice(
    tx: &Tx<'_>,
    id: Uuid,
    connector: ConnectorName,
    reference: &str,
    received_at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "
        INSERT INTO notice (id, connector, reference, received_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    let parameters = [id.into(), connector.as_str().into(), reference.into(), received_at.micros().into()];
    Ok(tx.execute(sql, &parameters).await? == 1)
}

/// Forgets notices that came before `before`, at most [`PURGE_MAX`] of them: ask again while it is that many. One that
/// comes once more is noted anew, and asked about as it would have been anyway.
pub async fn purge_notices(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "
        DELETE FROM notice
        WHERE id IN (SELECT id FROM notice WHERE received_at < $1 ORDER BY received_at LIMIT $2)";
    tx.execute(sql, &[before.micros().into(), PURGE_MAX.into()]).await
}
