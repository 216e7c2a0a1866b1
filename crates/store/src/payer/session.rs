//! Signed-in devices, each found by the hash of its token.

use steelyard_domain::{PayerId, Timestamp, payer::PayerSession};

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Bytes, Int, Uuid as UuidKind},
    idempotency::PURGE_MAX,
    record::RowWriterExt as _,
    table::{Table, fixed, key, mutable},
};

static SESSION: Table = Table::new(
    "payer_session",
    &[
        key("id", Bytes),
        fixed("payer_id", UuidKind),
        fixed("created_at", Int),
        fixed("expires_at", Int),
        mutable("revoked_at", Int),
    ],
);

impl Record for PayerSession {
    fn table() -> &'static Table {
        &SESSION
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.bytes(Some(&self.token_hash));
        row.id(self.payer.uuid());
        row.number(self.created_at.micros());
        row.number(self.expires_at.micros());
        row.int(self.revoked_at.map(Timestamp::micros));
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            token_hash: row.bytes()?.try_into().map_err(|_| row.corrupt("not 32 bytes"))?,
            payer: PayerId::from_uuid(row.uuid()?),
            created_at: Timestamp::from_micros(row.int()?),
            expires_at: Timestamp::from_micros(row.int()?),
            revoked_at: row.opt_int()?.map(Timestamp::from_micros),
        })
    }
}

/// The session of a token, ended ones included.
pub async fn session(reader: &Reader, token_hash: [u8; 32]) -> Result<Option<PayerSession>, StoreError> {
    let sql = format!("SELECT {} FROM payer_session WHERE id = $1", SESSION.column_list(""));
    reader.row(&sql, vec![Value::Bytes(token_hash.to_vec())], PayerSession::read).await
}

/// Ends a session; the answer is whether there was one to end.
pub async fn revoke_session(tx: &Tx<'_>, token_hash: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE payer_session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    let parameters = [Value::Bytes(token_hash.to_vec()), now.micros().into()];
    Ok(tx.execute(sql, &parameters).await? > 0)
}

/// Forgets sessions that expired before `before`, at most [`PURGE_MAX`] of them: ask again while it is that many.
pub async fn purge_sessions(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "
        DELETE FROM payer_session
        WHERE id IN (SELECT id FROM payer_session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[before.micros().into(), PURGE_MAX.into()]).await
}
