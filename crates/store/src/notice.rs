//! What acquirers told of their own accord.

use steelyard_domain::{Timestamp, method::ConnectorName};
use uuid::Uuid;

use crate::{StoreError, Tx};

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
