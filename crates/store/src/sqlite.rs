//! Connections to SQLite: one writer, a few readers, WAL, `synchronous=FULL`.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use crate::{RowReader, StoreError, Value};

/// How long a writer waits for another process's commit.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long starting the log over waits for readers: one may be in the middle of a long report, and commits
/// must not wait for it.
const RESTART_PATIENCE: Duration = Duration::from_millis(20);
/// Before each page in the log.
const FRAME_HEADER_BYTES: i64 = 24;
const STATEMENTS_CACHED: usize = 256;
const WRITER_CACHE_KIB: i64 = 48 * 1024;
const READER_CACHE_KIB: i64 = 8 * 1024;

/// Opens the database to write, making it if need be.
///
/// # Errors
/// [`StoreError::Configuration`] if the file cannot be put into WAL with `synchronous=FULL`: the pragmas'
/// answers are read, because a failed one leaves weaker settings behind without an error.
pub fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    configure(&connection, WRITER_CACHE_KIB)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Configuration {
            detail: format!("{} cannot use write-ahead logging (journal mode {mode})", path.display()),
        });
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0")?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if synchronous != 2 {
        return Err(StoreError::Configuration {
            detail: format!("{} does not sync every commit (synchronous {synchronous})", path.display()),
        });
    }
    Ok(connection)
}

/// Opens the database to read only.
pub fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection, READER_CACHE_KIB)?;
    Ok(connection)
}

fn configure(connection: &Connection, cache_kib: i64) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.execute_batch(&format!("PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY"))?;
    Ok(())
}

/// Where the write-ahead log of a database lies.
#[must_use]
pub fn wal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Copies the log back into the database as far as readers allow, without keeping a writer waiting; answers how
/// many of its pages have been copied since it last started over.
pub fn checkpoint_passive(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(2))?)
}

/// Copies the rest back, so that the log starts over; not now if a reader is still in the middle of it.
/// Called by the writer, between commits.
pub fn checkpoint_restart(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(RESTART_PATIENCE)?;
    let restarted = connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()));
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(restarted?)
}

/// What the log holds since it last started over. Its file is larger: it keeps the length it once had.
pub fn log_bytes(connection: &Connection) -> Result<u64, StoreError> {
    let frames: i64 = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1))?;
    let page_bytes: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    Ok(u64::try_from(frames.saturating_mul(page_bytes + FRAME_HEADER_BYTES)).unwrap_or(0))
}

/// SQLite numbers `$n` by first appearance; `?n` means what we mean.
#[must_use]
pub fn numbered(sql: &str) -> Cow<'_, str> {
    if sql.contains('$') { Cow::Owned(sql.replace('$', "?")) } else { Cow::Borrowed(sql) }
}

pub(crate) fn rows<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[Value],
    read: impl Fn(&mut RowReader<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut prepared = connection.prepare_cached(&numbered(sql))?;
    let mut rows = prepared.query(rusqlite::params_from_iter(parameters))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&mut RowReader::sqlite(row))?);
    }
    Ok(found)
}
