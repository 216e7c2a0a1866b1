//! The marker rows of committed batches.

use steelyard_domain::Timestamp;
use uuid::Uuid;

use crate::{Script, StoreError, Tx, column::Kind, table::Statement};

/// Marks the batch as committed, in its own commit.
pub fn mark(script: &mut Script<'_>, batch: Uuid, now: Timestamp) {
    static STATEMENT: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();
    let statement = STATEMENT.get_or_init(|| Statement {
        sqlite: String::from("INSERT INTO commit_marker (batch_id, committed_at) VALUES (?1, ?2)"),
        postgres: String::from(
            "INSERT INTO commit_marker (batch_id, committed_at) SELECT * FROM UNNEST($1::uuid[], $2::bigint[])",
        ),
    });
    script.rows("commit_marker", statement, &[Kind::Uuid, Kind::Int], vec![vec![batch.into(), now.micros().into()]]);
}

/// Whether a batch was committed: asked on a new connection after the old one was lost at COMMIT, within a transaction
/// that is rolled back. The marker is written once more, because that waits for a server that is still about to commit,
/// where a question would not; rolled back, because the next who asks must not take it for the batch's own.
pub async fn is_marked(tx: &Tx<'_>, batch: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO commit_marker (batch_id, committed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, &[batch.into(), now.micros().into()]).await? == 0)
}

/// Rows forgotten at a time: commits wait for it.
pub const PURGE_MAX: i64 = 10_000;

/// Forgets markers older than `before`, at most [`PURGE_MAX`] of them: ask again while it is that many. Nobody
/// looks for them any more.
pub async fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "
        DELETE FROM commit_marker
        WHERE batch_id IN (
            SELECT batch_id
            FROM commit_marker
            WHERE committed_at < $1
            ORDER BY committed_at
            LIMIT $2)";
    tx.execute(sql, &[before.micros().into(), PURGE_MAX.into()]).await
}
