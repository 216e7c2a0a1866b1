//! One transaction, on either engine.
//!
//! Shared borrows throughout: statements on one connection may be under way together, and PostgreSQL then
//! gets them in one round trip. A `Tx` lives on its lane's own thread.

use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::{
    Record, RowReader, StoreError, Value,
    column::{Kind, storable},
    postgres::PostgresConnection,
    table::{Lookup, Statement},
};

#[derive(Clone, Copy)]
pub enum Tx<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c PostgresConnection),
}

impl Tx<'_> {
    /// SQLite takes its one write lock here, so that nothing read later can change under us.
    pub async fn begin(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch("BEGIN IMMEDIATE")?),
            Self::Postgres(connection) => Ok(connection.client().batch_execute("BEGIN").await?),
        }
    }

    /// # Errors
    /// [`StoreError::Ambiguous`] if the connection or the disk failed while it was under way. A disk that is full
    /// is not: SQLite has rolled back by then.
    pub async fn commit(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch("COMMIT").map_err(failed_commit),
            Self::Postgres(connection) => {
                let committed = connection.client().batch_execute("COMMIT").await;
                committed.map_err(|error| ambiguous(error.into()))
            }
        }
    }

    /// Undoes what was done since [`Tx::begin`]. On a broken connection there is nothing left to undo.
    pub async fn rollback(&self) {
        match self {
            Self::Sqlite(connection) => {
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
            }
            Self::Postgres(connection) => {
                let _ = connection.client().batch_execute("ROLLBACK").await;
            }
        }
    }

    /// The rows whose single lookup column is one of `keys`. Duplicates in `keys` are the caller's to avoid.
    pub async fn find<R: Record>(&self, lookup: &'static Lookup, keys: &[Uuid]) -> Result<Vec<R>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let statement = lookup.statement();
        match self {
            Self::Sqlite(connection) => {
                let mut prepared = connection.prepare_cached(&statement.sqlite)?;
                let mut found = Vec::with_capacity(keys.len());
                for key in keys {
                    let mut rows = prepared.query([key.as_bytes().as_slice()])?;
                    while let Some(row) = rows.next()? {
                        found.push(R::read(&mut RowReader::sqlite(row))?);
                    }
                }
                Ok(found)
            }
            Self::Postgres(connection) => {
                let prepared = connection.statement(&statement.postgres).await?;
                let rows = connection.client().query(&prepared, &[&keys]).await?;
                rows.iter().map(|row| R::read(&mut RowReader::postgres(row))).collect()
            }
        }
    }

    /// The rows found by several columns; each key has a value for each of them.
    pub async fn find_by<R: Record>(&self, lookup: &'static Lookup, keys: &[Vec<Value>]) -> Result<Vec<R>, StoreError> {
        let kinds: Vec<Kind> = lookup.by.iter().map(|column| column.kind).collect();
        self.each(lookup.statement(), &kinds, keys, R::read).await
    }

    /// Runs a query for many keys: once a key on SQLite, with arrays on PostgreSQL.
    pub async fn each<T>(
        &self,
        statement: &'static Statement,
        kinds: &[Kind],
        keys: &[Vec<Value>],
        read: impl Fn(&mut RowReader<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Self::Sqlite(connection) => {
                let mut prepared = connection.prepare_cached(&statement.sqlite)?;
                let mut found = Vec::with_capacity(keys.len());
                for key in keys {
                    let mut rows = prepared.query(rusqlite::params_from_iter(key))?;
                    while let Some(row) = rows.next()? {
                        found.push(read(&mut RowReader::sqlite(row))?);
                    }
                }
                Ok(found)
            }
            Self::Postgres(connection) => {
                let prepared = connection.statement(&statement.postgres).await?;
                let arrays: Vec<Box<dyn ToSql + Sync>> = kinds
                    .iter()
                    .enumerate()
                    .map(|(index, kind)| array(*kind, keys.iter().map(|key| &key[index])))
                    .collect();
                let parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| &**array).collect();
                let rows = connection.client().query(&prepared, &parameters).await?;
                rows.iter().map(|row| read(&mut RowReader::postgres(row))).collect()
            }
        }
    }

    /// Runs one query with plain parameters. `sql` has `$n`; SQLite is given `?n`.
    pub async fn rows<T>(
        &self,
        sql: &'static str,
        parameters: &[Value],
        read: impl Fn(&mut RowReader<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(connection) => crate::sqlite::rows(connection, sql, parameters, read),
            Self::Postgres(connection) => {
                let prepared = connection.statement(sql).await?;
                let parameters: Vec<&(dyn ToSql + Sync)> =
                    parameters.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
                let rows = connection.client().query(&prepared, &parameters).await?;
                rows.iter().map(|row| read(&mut RowReader::postgres(row))).collect()
            }
        }
    }

    /// Runs one statement that changes rows; the answer is how many.
    pub async fn execute(&self, sql: &'static str, parameters: &[Value]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                let mut prepared = connection.prepare_cached(&crate::sqlite::numbered(sql))?;
                let changed = prepared.execute(rusqlite::params_from_iter(parameters))?;
                Ok(u64::try_from(changed).unwrap_or(u64::MAX))
            }
            Self::Postgres(connection) => {
                let prepared = connection.statement(sql).await?;
                let parameters: Vec<&(dyn ToSql + Sync)> =
                    parameters.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
                Ok(connection.client().execute(&prepared, &parameters).await?)
            }
        }
    }
}

fn failed_commit(error: rusqlite::Error) -> StoreError {
    let full = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull);
    if full { error.into() } else { ambiguous(error.into()) }
}

/// What a failure means that came while COMMIT was under way.
fn ambiguous(error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable { detail } => StoreError::Ambiguous { detail },
        StoreError::Conflict { .. }
        | StoreError::Rejected { .. }
        | StoreError::Ambiguous { .. }
        | StoreError::Statement { .. }
        | StoreError::Corrupt { .. }
        | StoreError::FromTheFuture { .. }
        | StoreError::Migration { .. }
        | StoreError::Configuration { .. } => error,
    }
}

fn array<'a>(kind: Kind, values: impl Iterator<Item = &'a Value>) -> Box<dyn ToSql + Sync> {
    match kind {
        Kind::Uuid => Box::new(
            values.map(|value| if let Value::Uuid(uuid) = value { Some(*uuid) } else { None }).collect::<Vec<_>>(),
        ),
        Kind::Int => Box::new(
            values.map(|value| if let Value::Int(int) = value { Some(*int) } else { None }).collect::<Vec<_>>(),
        ),
        Kind::Text => Box::new(
            values
                .map(|value| if let Value::Text(text) = value { Some(storable(text).into_owned()) } else { None })
                .collect::<Vec<_>>(),
        ),
        Kind::Bytes => Box::new(
            values
                .map(|value| if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None })
                .collect::<Vec<_>>(),
        ),
        Kind::Bool => Box::new(
            values.map(|value| if let Value::Bool(bool) = value { Some(*bool) } else { None }).collect::<Vec<_>>(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn a_full_disk_at_commit_kept_nothing_and_another_failure_of_the_disk_may_have() {
        let fails_with = |code| failed_commit(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(fails_with(ffi::SQLITE_FULL), StoreError::Unavailable { .. }));
        for code in [ffi::SQLITE_IOERR, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE] {
            assert!(matches!(fails_with(code), StoreError::Ambiguous { .. }));
        }
        assert!(matches!(fails_with(ffi::SQLITE_BUSY), StoreError::Conflict { .. }));
        assert!(matches!(fails_with(ffi::SQLITE_CONSTRAINT_FOREIGNKEY), StoreError::Rejected { .. }));
    }
}
