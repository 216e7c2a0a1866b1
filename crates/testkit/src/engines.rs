//! One test, two engines.

use crate::Database;

/// Makes two tests of each function named: `name::sqlite` and `name::postgres`.
///
/// The function is `async fn name(database: &Database)`. Tests with `postgres` in their names are left out
/// where there is no server.
///
/// ```
/// # use steelyard_testkit::{Database, both_engines};
/// both_engines!(a_new_database_is_empty);
///
/// async fn a_new_database_is_empty(database: &Database) {
///     assert!(steelyard_store::merchant::merchants(&database.reader().await).await.unwrap().is_empty());
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::engines::on_sqlite(async |database| super::$name(database).await);
            }

            #[test]
            fn postgres() {
                $crate::engines::on_postgres(async |database| super::$name(database).await);
            }
        }
    )+};
}

/// Runs a test on a SQLite file of its own.
pub fn on_sqlite(test: impl AsyncFnOnce(&Database)) {
    block_on(async {
        let database = Database::sqlite().await;
        test(&database).await;
    });
}

/// Runs a test on a PostgreSQL database of its own.
pub fn on_postgres(test: impl AsyncFnOnce(&Database)) {
    block_on(async {
        let database = Database::postgres().await;
        test(&database).await;
    });
}

/// Runs to the end on this thread: a transaction belongs to one.
///
/// # Panics
/// If there is no runtime to be had.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(future)
}
