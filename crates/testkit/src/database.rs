//! Databases for tests: each of its own, migrated, gone when dropped.

mod postgres;
mod sqlite;

use steelyard_store::{Engine, Reader, Script, Store, StoreError, Tx, Writer, engine::Target, migrate};

/// Readers of one test at a time.
const READERS: usize = 4;

/// A database of one test. Everything here panics where it cannot go on: a test has nobody to tell.
pub struct Database {
    store: Store,
    _remains: Remains,
}

/// What is removed when the database is dropped.
pub(crate) enum Remains {
    Folder { _folder: sqlite::Folder },
    Server { _database: postgres::Named },
}

/// A place for a database that does not exist or has no schema yet.
pub struct Place {
    pub target: Target,
    remains: Remains,
}

impl Place {
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = sqlite::Folder::new();
        let target = Target::Sqlite(folder.path().join("steelyard.db"));
        Self { target, remains: Remains::Folder { _folder: folder } }
    }

    pub async fn postgres() -> Self {
        let database = postgres::Named::empty().await;
        let target = Target::Postgres(Box::new(database.config().clone()));
        Self { target, remains: Remains::Server { _database: database } }
    }

    /// The database that is there by now.
    #[must_use]
    pub fn open(self) -> Database {
        let store = Store::open(self.target, READERS).expect("the database opens");
        Database { store, _remains: self.remains }
    }
}

impl Database {
    /// A file in a folder of its own.
    pub async fn sqlite() -> Self {
        let place = Place::sqlite();
        migrate::apply(&place.target).await.expect("the migrations apply");
        place.open()
    }

    /// A database of its own on the server named by `STEELYARD_TEST_POSTGRES`, copied from a migrated one.
    pub async fn postgres() -> Self {
        let database = postgres::Named::migrated().await;
        let target = Target::Postgres(Box::new(database.config().clone()));
        Place { target, remains: Remains::Server { _database: database } }.open()
    }

    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.store.engine()
    }

    #[must_use]
    pub const fn target(&self) -> &Target {
        self.store.target()
    }

    pub async fn reader(&self) -> Reader {
        self.store.reader().await.expect("a reader connects")
    }

    pub async fn writer(&self) -> Writer {
        self.store.writer().await.expect("a writer connects")
    }

    /// Runs `work` in a transaction of a connection of its own; an error rolls back.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let writer = self.writer().await;
        let tx = writer.tx();
        tx.begin().await?;
        match work(&tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Writes what `fill` puts into a script, in a commit of its own.
    pub async fn save<'a>(&self, fill: impl FnOnce(&mut Script<'a>)) -> Result<(), StoreError> {
        self.write(async |tx| {
            let mut script = Script::new(tx);
            fill(&mut script);
            script.run(tx).await
        })
        .await
    }

    /// Runs `work` in a transaction that is rolled back.
    pub async fn look<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T, StoreError>) -> T {
        let writer = self.writer().await;
        let tx = writer.tx();
        tx.begin().await.expect("a transaction begins");
        let result = work(&tx).await;
        tx.rollback().await;
        result.expect("the work succeeds")
    }

    /// Runs statements as they stand, on a connection of its own.
    pub async fn sql(&self, statements: &str) -> Result<(), StoreError> {
        match self.writer().await {
            Writer::Sqlite { connection, .. } => Ok(connection.execute_batch(statements)?),
            Writer::Postgres(connection) => Ok(connection.client().batch_execute(statements).await?),
        }
    }

    /// What a query answers in its first column.
    pub async fn numbers(&self, query: &str) -> Vec<i64> {
        let rows = self.reader().await.rows(query, Vec::new(), |row| row.int()).await;
        rows.expect("the query runs")
    }
}

/// Letters and digits that no other test has.
fn unique() -> String {
    let mut bytes = [0; 8];
    #[expect(clippy::disallowed_methods, reason = "tests that run at once must not share a database")]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
