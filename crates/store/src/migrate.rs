//! The schema's versions: embedded, applied at start under a lock, and never older than the database.

use std::{fs::File, path::Path};

use refinery::Runner;

use crate::{StoreError, engine::Target, postgres, sqlite};

mod embedded_sqlite {
    refinery::embed_migrations!("migrations/sqlite");
}

mod embedded_postgres {
    refinery::embed_migrations!("migrations/postgres");
}

/// Any number, the same in every release: who holds it migrates, the others wait.
const ADVISORY_LOCK: i64 = 0x5354_4545_4C59;

/// One version of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    pub version: u32,
    pub name: String,
    pub applied: bool,
}

fn runner(target: &Target) -> Runner {
    match target {
        Target::Sqlite(_) => embedded_sqlite::migrations::runner(),
        Target::Postgres(_) => embedded_postgres::migrations::runner(),
    }
}

fn failed(error: &refinery::Error) -> StoreError {
    StoreError::Migration { detail: error.to_string() }
}

/// Every migration this release knows, and whether the database has it.
///
/// # Errors
/// [`StoreError::FromTheFuture`] if the database has one that this release does not know.
pub async fn status(target: &Target) -> Result<Vec<Migration>, StoreError> {
    let applied = match target {
        Target::Sqlite(path) => {
            if !path.exists() {
                Vec::new()
            } else {
                applied_sqlite(&sqlite::open_reader(path)?)?
            }
        }
        Target::Postgres(config) => {
            let connection = postgres::PostgresConnection::connect(config).await?;
            applied_postgres(connection.client()).await?
        }
    };
    let known = runner(target);
    check_future(&applied, known.get_migrations())?;
    Ok(known
        .get_migrations()
        .iter()
        .map(|migration| Migration {
            version: version(migration),
            name: migration.name().to_owned(),
            applied: applied.contains(&version(migration)),
        })
        .collect())
}

/// Applies what is missing. Two processes that start at once apply it once.
pub async fn apply(target: &Target) -> Result<Vec<Migration>, StoreError> {
    match target {
        Target::Sqlite(path) => {
            // Before the file is even opened: the change to a write-ahead log does not wait for another process,
            // it fails.
            let _lock = lock_beside(path)?;
            let mut connection = sqlite::open_writer(path)?;
            check_future(&applied_sqlite(&connection)?, runner(target).get_migrations())?;
            runner(target).run(&mut connection).map_err(|error| failed(&error))?;
            // Here, and not below: the connection is closed and its log copied back while the lock is held.
            drop(connection);
            return status(target).await;
        }
        Target::Postgres(config) => {
            let (mut client, connection) = config.connect(tokio_postgres::NoTls).await?;
            let driver = tokio::spawn(connection);
            client.execute("SELECT pg_advisory_lock($1)", &[&ADVISORY_LOCK]).await?;
            check_future(&applied_postgres(&client).await?, runner(target).get_migrations())?;
            let run = runner(target).run_async(&mut client).await;
            client.execute("SELECT pg_advisory_unlock($1)", &[&ADVISORY_LOCK]).await?;
            run.map_err(|error| failed(&error))?;
            drop(client);
            let _ = driver.await;
        }
    }
    status(target).await
}

/// The lock of a file of its own, held by the system until this process lets go of it or dies.
fn lock_beside(path: &Path) -> Result<File, StoreError> {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".migrate-lock");
    let io = |error: std::io::Error| StoreError::Unavailable { detail: error.to_string() };
    let lock = File::create(&lock_path).map_err(io)?;
    lock.lock().map_err(io)?;
    Ok(lock)
}

/// A number that differs as soon as any migration of this release does.
#[must_use]
pub fn fingerprint(target: &Target) -> u64 {
    let runner = runner(target);
    let checksums = runner.get_migrations().iter().map(refinery::Migration::checksum);
    checksums.fold(0, |all: u64, one| all.rotate_left(7) ^ one)
}

fn version(migration: &refinery::Migration) -> u32 {
    u32::try_from(migration.version()).unwrap_or(u32::MAX)
}

fn check_future(applied: &[u32], known: &[refinery::Migration]) -> Result<(), StoreError> {
    let latest = known.iter().map(version).max().unwrap_or(0);
    let found = applied.iter().copied().max().unwrap_or(0);
    if found > latest { Err(StoreError::FromTheFuture { found, known: latest }) } else { Ok(()) }
}

fn applied_sqlite(connection: &rusqlite::Connection) -> Result<Vec<u32>, StoreError> {
    let exists = "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    let exists: i64 = connection.query_row(exists, [], |row| row.get(0))?;
    if exists == 0 {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("SELECT version FROM refinery_schema_history")?;
    let versions = statement.query_map([], |row| row.get::<_, u32>(0))?;
    Ok(versions.collect::<Result<_, _>>()?)
}

async fn applied_postgres(client: &tokio_postgres::Client) -> Result<Vec<u32>, StoreError> {
    let exists = client.query_one("SELECT to_regclass('refinery_schema_history') IS NOT NULL", &[]).await?;
    if !exists.get::<_, bool>(0) {
        return Ok(Vec::new());
    }
    let rows = client.query("SELECT version::bigint FROM refinery_schema_history", &[]).await?;
    rows.iter()
        .map(|row| {
            let version: i64 = row.get(0);
            u32::try_from(version).map_err(|error| StoreError::Migration { detail: error.to_string() })
        })
        .collect()
}
