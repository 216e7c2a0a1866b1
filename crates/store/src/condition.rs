//! How a database is doing: what it is, how it is set, and what waits in it.

use steelyard_domain::Timestamp;

use crate::{Reader, StoreError};

/// The engine's version, as it calls itself.
pub async fn version(reader: &Reader) -> Result<String, StoreError> {
    let sql = if reader.is_postgres() { "SELECT current_setting('server_version')" } else { "SELECT sqlite_version()" };
    one(reader.rows(sql, Vec::new(), |row| row.text()).await?)
}

/// The settings that durability rests on, by name.
///
/// On SQLite `synchronous` belongs to a connection, and the writer checks its own when it opens.
pub async fn durability(reader: &Reader) -> Result<Vec<(String, String)>, StoreError> {
    if !reader.is_postgres() {
        let mode = one(reader.rows("PRAGMA journal_mode", Vec::new(), |row| row.text()).await?)?;
        return Ok(vec![(String::from("journal_mode"), mode)]);
    }
    let sql = "
        SELECT name, setting
        FROM pg_settings
        WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')
        ORDER BY name";
    reader.rows(sql, Vec::new(), |row| Ok((row.text()?, row.text()?))).await
}

/// The database's own clock; `None` where it has none but ours.
pub async fn clock(reader: &Reader) -> Result<Option<Timestamp>, StoreError> {
    if !reader.is_postgres() {
        return Ok(None);
    }
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
    Ok(Some(Timestamp::from_micros(one(reader.rows(sql, Vec::new(), |row| row.int()).await?)?)))
}

/// How many secrets the servers on this database share.
pub async fn secrets(reader: &Reader) -> Result<i64, StoreError> {
    one(reader.rows("SELECT COUNT(*) FROM server_secret", Vec::new(), |row| row.int()).await?)
}

/// What waits to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Ledger transactions that are in no seal yet.
    pub unsealed: i64,
    /// Events without a place in commit order. On SQLite they are born with one.
    pub unpositioned: i64,
    /// Attempts whose outcome is asked about.
    pub open_attempts: i64,
    /// When the most overdue of them was, or is, to be looked at.
    pub next_check_at: Option<Timestamp>,
    /// When the oldest of them was sent.
    pub oldest_sent_at: Option<Timestamp>,
}

pub async fn backlog(reader: &Reader) -> Result<Backlog, StoreError> {
    let unsealed = "
        SELECT (SELECT COUNT(*) FROM ledger_transaction) - (SELECT COUNT(*) FROM ledger_seal)";
    let unsealed = one(reader.rows(unsealed, Vec::new(), |row| row.int()).await?)?;
    let unpositioned = if reader.is_postgres() {
        let sql = "SELECT (SELECT COUNT(*) FROM event) - (SELECT COUNT(*) FROM event_position)";
        one(reader.rows(sql, Vec::new(), |row| row.int()).await?)?
    } else {
        0
    };
    let open = "
        SELECT COUNT(*), MIN(next_check_at), MIN(sent_at)
        FROM attempt
        WHERE next_check_at IS NOT NULL";
    let open = reader.rows(open, Vec::new(), |row| Ok((row.int()?, row.opt_int()?, row.opt_int()?))).await?;
    let (open_attempts, next_check_at, oldest_sent_at) = one(open)?;
    Ok(Backlog {
        unsealed,
        unpositioned,
        open_attempts,
        next_check_at: next_check_at.map(Timestamp::from_micros),
        oldest_sent_at: oldest_sent_at.map(Timestamp::from_micros),
    })
}

fn one<T>(rows: Vec<T>) -> Result<T, StoreError> {
    rows.into_iter().next().ok_or_else(|| StoreError::Statement { detail: String::from("no row") })
}
