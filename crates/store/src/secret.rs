//! Secrets that all instances on one database share, made once.

use crate::{Reader, StoreError, Tx};

/// Keeps `value` under `name` unless there is one; the answer is the one that stays.
pub async fn secret_or_insert(tx: &Tx<'_>, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let insert = "INSERT INTO server_secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(insert, &[name.into(), crate::Value::Bytes(value.to_vec())]).await?;
    let rows = tx.rows("SELECT value FROM server_secret WHERE name = $1", &[name.into()], |row| row.bytes()).await?;
    rows.into_iter().next().ok_or_else(|| StoreError::Statement { detail: format!("no secret named {name}") })
}

pub async fn secret(reader: &Reader, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    reader.row("SELECT value FROM server_secret WHERE name = $1", vec![name.into()], |row| row.bytes()).await
}
