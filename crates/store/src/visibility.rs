//! Which rows drawn from a sequence can still turn up late, and who may append to the chains.

use crate::{StoreError, Tx};

/// Any number, the same in every release: who holds it appends positions and seals.
const LEADER_LOCK: i64 = 0x5354_4545_4C5A;

/// Whether this transaction may append: its first question. On SQLite the writer is the only one there is.
///
/// From here on the transaction sees one state, so that its horizon and the rows it reads belong together. What
/// another leader appended in the same moment may be missing in it; then a unique key makes this a conflict.
pub async fn try_lead(tx: &Tx<'_>) -> Result<bool, StoreError> {
    match tx {
        Tx::Sqlite(_) => Ok(true),
        Tx::Postgres(_) => {
            tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", &[]).await?;
            // The first pass after a start looks through all there is.
            tx.execute("SET LOCAL statement_timeout = 0", &[]).await?;
            let sql = "SELECT pg_try_advisory_xact_lock($1)";
            let rows = tx.rows(sql, &[LEADER_LOCK.into()], |row| row.bool()).await?;
            Ok(rows.into_iter().next().unwrap_or(false))
        }
    }
}

/// Transactions below `oldest_open` have ended, and what they wrote is visible; none at or above `next` had begun
/// when the rows that are visible were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    pub oldest_open: i64,
    pub next: i64,
}

/// The horizon of a transaction that leads. On SQLite nothing is ever open beside the writer.
pub async fn horizon(tx: &Tx<'_>) -> Result<Horizon, StoreError> {
    match tx {
        Tx::Sqlite(_) => Ok(Horizon { oldest_open: 1, next: 1 }),
        Tx::Postgres(_) => {
            // The end of a snapshot is the last transaction that ended, and others may have begun behind it: a
            // number of our own, drawn now, lies above all of them.
            let sql = "
                SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                    pg_current_xact_id()::text::bigint";
            let read = |row: &mut crate::RowReader<'_>| Ok(Horizon { oldest_open: row.int()?, next: row.int()? });
            let rows = tx.rows(sql, &[], read).await?;
            rows.into_iter().next().ok_or_else(|| StoreError::Statement { detail: String::from("no snapshot") })
        }
    }
}
