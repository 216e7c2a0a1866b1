//! Reading beside the writer: a few connections of their own, taken one question at a time or, for a
//! consistent picture, kept for many.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_postgres::types::ToSql;

use crate::{RowReader, StoreError, Value, sqlite};

type Job = Box<dyn FnOnce(&rusqlite::Connection) + Send>;

/// SQLite readers: each a thread with a connection.
#[derive(Clone)]
pub struct SqliteReaders {
    idle: Arc<parking_lot::Mutex<Vec<mpsc::UnboundedSender<Job>>>>,
    free: Arc<Semaphore>,
}

impl SqliteReaders {
    pub fn start(path: &Path, count: usize) -> Result<Self, StoreError> {
        let mut idle = Vec::with_capacity(count);
        for number in 0..count {
            let connection = sqlite::open_reader(path)?;
            // Bounded by construction: a reader is leased to one caller, who waits for each answer.
            let (jobs, mut inbox) = mpsc::unbounded_channel::<Job>();
            thread::Builder::new()
                .name(format!("reader-{number}"))
                .spawn(move || {
                    while let Some(job) = inbox.blocking_recv() {
                        job(&connection);
                    }
                })
                .map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
            idle.push(jobs);
        }
        Ok(Self { idle: Arc::new(parking_lot::Mutex::new(idle)), free: Arc::new(Semaphore::new(count)) })
    }

    pub async fn lease(&self) -> Result<SqliteLease, StoreError> {
        let gone = |_| StoreError::Unavailable { detail: String::from("the readers have stopped") };
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(gone)?;
        let jobs = self.idle.lock().pop();
        let jobs = jobs.ok_or_else(|| StoreError::Unavailable { detail: String::from("no reader is idle") })?;
        Ok(SqliteLease { jobs: Some(jobs), readers: self.clone(), _permit: permit })
    }
}

/// One reader, until dropped.
pub struct SqliteLease {
    jobs: Option<mpsc::UnboundedSender<Job>>,
    readers: SqliteReaders,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl SqliteLease {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Unavailable { detail: String::from("a reader has stopped") };
        let (answer, outcome) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(Box::new(move |connection| {
            // Whoever asked may have gone away; then nobody wants the answer.
            let _ = answer.send(work(connection));
        }))
        .map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

impl Drop for SqliteLease {
    fn drop(&mut self) {
        if let Some(jobs) = self.jobs.take() {
            let _ = jobs.send(Box::new(|connection| {
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
            }));
            self.readers.idle.lock().push(jobs);
        }
    }
}

/// A connection to read with. Never to decide about money: that is done on locked rows in a commit.
pub enum Reader {
    Sqlite(SqliteLease),
    Postgres(PostgresLease),
}

/// One connection of the pool, until dropped.
pub struct PostgresLease {
    client: Option<deadpool_postgres::Object>,
    in_snapshot: AtomicBool,
}

impl PostgresLease {
    pub(crate) const fn new(client: deadpool_postgres::Object) -> Self {
        Self { client: Some(client), in_snapshot: AtomicBool::new(false) }
    }

    fn client(&self) -> Result<&deadpool_postgres::Object, StoreError> {
        let gone = || StoreError::Unavailable { detail: String::from("the reader is gone") };
        self.client.as_ref().ok_or_else(gone)
    }
}

impl Drop for PostgresLease {
    fn drop(&mut self) {
        // Still in a snapshot, the connection would show its next user the past: it leaves the pool.
        if self.in_snapshot.load(Ordering::Relaxed)
            && let Some(client) = self.client.take()
        {
            drop(deadpool_postgres::Object::take(client));
        }
    }
}

impl Reader {
    /// Runs one query. `sql` has `$n`; SQLite is given `?n`.
    pub async fn rows<T: Send + 'static>(
        &self,
        sql: &str,
        parameters: Vec<Value>,
        read: fn(&mut RowReader<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(lease) => {
                let sql = sql.to_owned();
                lease.run(move |connection| sqlite::rows(connection, &sql, &parameters, read)).await
            }
            Self::Postgres(lease) => {
                let client = lease.client()?;
                let prepared = client.prepare_cached(sql).await?;
                let parameters: Vec<&(dyn ToSql + Sync)> =
                    parameters.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
                let rows = client.query(&prepared, &parameters).await?;
                rows.iter().map(|row| read(&mut RowReader::postgres(row))).collect()
            }
        }
    }

    /// The first row, if there is one.
    pub async fn row<T: Send + 'static>(
        &self,
        sql: &str,
        parameters: Vec<Value>,
        read: fn(&mut RowReader<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, parameters, read).await?.into_iter().next())
    }

    /// From here on every query sees one and the same state, until the reader is dropped.
    pub async fn begin_snapshot(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lease) => {
                // The snapshot is taken by the first read.
                lease
                    .run(|connection| {
                        connection.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")?;
                        Ok(())
                    })
                    .await
            }
            Self::Postgres(lease) => {
                lease.in_snapshot.store(true, Ordering::Relaxed);
                // Who asks many questions of one state asks about all of it, which may take its time. The
                // snapshot is taken by the first read, so there is one.
                let begin = "
                    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                    SET LOCAL statement_timeout = 0;
                    SELECT 1";
                Ok(lease.client()?.batch_execute(begin).await?)
            }
        }
    }

    /// Lets go of a snapshot.
    pub async fn end_snapshot(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lease) => {
                lease
                    .run(|connection| {
                        connection.execute_batch("ROLLBACK")?;
                        Ok(())
                    })
                    .await
            }
            Self::Postgres(lease) => {
                lease.client()?.batch_execute("ROLLBACK").await?;
                lease.in_snapshot.store(false, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        match self {
            Self::Postgres(_) => true,
            Self::Sqlite(_) => false,
        }
    }
}
