//! Which database, and connections to it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use crate::{
    Reader, StoreError, Tx,
    postgres::{self, PostgresConnection},
    reader::{PostgresLease, SqliteReaders},
    sqlite,
};

/// How long a question waits while all readers are taken.
const READER_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Target {
    Sqlite(PathBuf),
    Postgres(Box<tokio_postgres::Config>),
}

impl Target {
    /// `postgres://…`, `postgresql://…`, `sqlite:PATH`, or a path.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(Box::new(postgres::parse(url)?)));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
        if path.contains("://") {
            return Err(StoreError::Configuration {
                detail: String::from("DATABASE_URL starts with postgres:// or sqlite:"),
            });
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }

    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

/// Readers, and the way to writers. The schema is the caller's to have migrated.
#[derive(Clone)]
pub struct Store {
    target: Target,
    readers: Readers,
}

#[derive(Clone)]
enum Readers {
    Sqlite(SqliteReaders),
    Postgres(Pool),
}

impl Store {
    /// Opens a database to be read by `readers` at a time.
    pub fn open(target: Target, readers: usize) -> Result<Self, StoreError> {
        let readers = match &target {
            Target::Sqlite(path) => Readers::Sqlite(SqliteReaders::start(path, readers)?),
            Target::Postgres(config) => {
                let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
                let manager = Manager::from_config(postgres::for_reading(config), NoTls, recycling);
                let pool = Pool::builder(manager).max_size(readers);
                let pool = pool.wait_timeout(Some(READER_PATIENCE)).runtime(Runtime::Tokio1).build();
                Readers::Postgres(pool.map_err(|error| StoreError::Configuration { detail: error.to_string() })?)
            }
        };
        Ok(Self { target, readers })
    }

    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.target.engine()
    }

    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// A connection to read with, waited for a while if all are taken.
    pub async fn reader(&self) -> Result<Reader, StoreError> {
        match &self.readers {
            Readers::Sqlite(readers) => {
                let lease = tokio::time::timeout(READER_PATIENCE, readers.lease()).await;
                let taken = |_| StoreError::Unavailable { detail: String::from("no reader was free in time") };
                Ok(Reader::Sqlite(lease.map_err(taken)??))
            }
            Readers::Postgres(pool) => {
                let client = pool.get().await;
                let client = client.map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
                Ok(Reader::Postgres(PostgresLease::new(client)))
            }
        }
    }

    /// A connection to write with, for the thread this is called on.
    pub async fn writer(&self) -> Result<Writer, StoreError> {
        Writer::connect(&self.target).await
    }
}

/// The one connection of a lane.
pub enum Writer {
    Sqlite { connection: rusqlite::Connection, path: PathBuf },
    Postgres(PostgresConnection),
}

impl Writer {
    pub async fn connect(target: &Target) -> Result<Self, StoreError> {
        match target {
            Target::Sqlite(path) => Ok(Self::Sqlite { connection: sqlite::open_writer(path)?, path: path.clone() }),
            Target::Postgres(config) => Ok(Self::Postgres(PostgresConnection::connect(config).await?)),
        }
    }

    #[must_use]
    pub const fn tx(&self) -> Tx<'_> {
        match self {
            Self::Sqlite { connection, .. } => Tx::Sqlite(connection),
            Self::Postgres(connection) => Tx::Postgres(connection),
        }
    }

    /// Whether the connection is lost and another must be made.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite { .. } => false,
            Self::Postgres(connection) => connection.is_closed(),
        }
    }
}

/// The size of the file of a database's write-ahead log; 0 if there is none.
#[must_use]
pub fn wal_bytes(path: &Path) -> u64 {
    std::fs::metadata(sqlite::wal_path(path)).map_or(0, |metadata| metadata.len())
}
