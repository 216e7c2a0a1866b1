//! Connections: how they are set up, and what a reader sees beside a writer.

use std::path::Path;

use futures_util::FutureExt as _;
use steelyard_domain::merchant::Merchant;
use steelyard_store::{
    Engine, Reader, Store, StoreError, Upkeep, Writer, engine::Target, engine::wal_bytes, merchant, sqlite,
};
use steelyard_testkit::{Database, Make, both_engines, database::Place, engines::block_on};

both_engines!(
    a_reader_changes_nothing,
    a_reader_sees_what_was_committed_and_a_snapshot_does_not,
    a_reader_dropped_in_a_snapshot_does_not_show_the_past_to_the_next,
    a_reader_is_waited_for_when_all_are_taken,
    a_store_knows_its_engine,
);

async fn merchants(reader: &Reader) -> usize {
    merchant::merchants(reader).await.unwrap().len()
}

async fn commit(database: &Database, merchant: &Merchant) {
    database.save(|script| script.insert(vec![merchant])).await.unwrap();
}

async fn a_reader_changes_nothing(database: &Database) {
    let mut make = Make::default();
    commit(database, &make.merchant()).await;
    let reader = database.reader().await;
    for sql in ["DELETE FROM merchant", "UPDATE merchant SET name = 'x'", "CREATE TABLE x (y BIGINT)"] {
        let refused = reader.rows(sql, Vec::new(), |_| Ok(())).await;
        assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{sql}: {refused:?}");
    }
    assert_eq!(merchants(&reader).await, 1);
}

async fn a_reader_sees_what_was_committed_and_a_snapshot_does_not(database: &Database) {
    let mut make = Make::default();
    let (present, past) = (database.reader().await, database.reader().await);
    past.begin_snapshot().await.unwrap();
    for number in 1..=3 {
        commit(database, &make.merchant()).await;
        assert_eq!((merchants(&present).await, merchants(&past).await), (number, 0));
    }
    past.end_snapshot().await.unwrap();
    assert_eq!(merchants(&past).await, 3);

    // What is not committed is seen by nobody else.
    let (writer, merchant) = (database.writer().await, make.merchant());
    writer.tx().begin().await.unwrap();
    let mut script = steelyard_store::Script::new(&writer.tx());
    script.insert(vec![&merchant]);
    script.run(&writer.tx()).await.unwrap();
    assert_eq!(merchants(&present).await, 3);
    writer.tx().rollback().await;
    assert_eq!(merchants(&present).await, 3);
}

async fn a_reader_dropped_in_a_snapshot_does_not_show_the_past_to_the_next(database: &Database) {
    let mut make = Make::default();
    let store = Store::open(database.target().clone(), 1).unwrap();
    let reader = store.reader().await.unwrap();
    reader.begin_snapshot().await.unwrap();
    assert_eq!(merchants(&reader).await, 0);
    drop(reader);
    commit(database, &make.merchant()).await;
    let next = store.reader().await.unwrap();
    assert_eq!(merchants(&next).await, 1);
    next.begin_snapshot().await.unwrap();
    next.end_snapshot().await.unwrap();
    drop(next);
    assert_eq!(merchants(&store.reader().await.unwrap()).await, 1);
}

async fn a_reader_is_waited_for_when_all_are_taken(database: &Database) {
    let store = Store::open(database.target().clone(), 2).unwrap();
    let (first, second) = (store.reader().await.unwrap(), store.reader().await.unwrap());
    assert!(store.reader().now_or_never().is_none());
    assert_eq!((merchants(&first).await, merchants(&second).await), (0, 0));
    drop(first);
    assert_eq!(merchants(&store.reader().await.unwrap()).await, 0);
}

async fn a_store_knows_its_engine(database: &Database) {
    let store = database.store();
    let reader = database.reader().await;
    assert_eq!(store.engine(), store.target().engine());
    assert_eq!(reader.is_postgres(), store.engine() == Engine::Postgres);
    let writer = database.writer().await;
    assert!(!writer.is_closed());
    let mut upkeep = Upkeep::new(0);
    upkeep.step(&writer).unwrap();
    upkeep.wait().unwrap();
}

/// Starts a log over that has grown past `bytes`, and no other.
fn tidy_up(writer: &Writer, bytes: u64) {
    let mut upkeep = Upkeep::new(bytes);
    upkeep.step(writer).unwrap();
    upkeep.wait().unwrap();
    upkeep.step(writer).unwrap();
}

fn path_of(database: &Database) -> &Path {
    match database.target() {
        Target::Sqlite(path) => path,
        Target::Postgres(_) => panic!("a file"),
    }
}

#[test]
fn a_sqlite_writer_syncs_every_commit_to_a_log() {
    block_on(async {
        let database = Database::sqlite().await;
        let Writer::Sqlite { connection, .. } = database.writer().await else { panic!("a file") };
        for (pragma, expected) in [("synchronous", 2), ("foreign_keys", 1), ("wal_autocheckpoint", 0)] {
            let found: i64 = connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0)).unwrap();
            assert_eq!(found, expected, "{pragma}");
        }
        let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    });
}

#[test]
fn a_sqlite_database_that_cannot_keep_a_log_is_refused() {
    let refused = sqlite::open_writer(Path::new(":memory:"));
    assert!(matches!(refused, Err(StoreError::Configuration { .. })), "{:?}", refused.err());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::sqlite();
    let Target::Sqlite(path) = &place.target else { panic!("a file") };
    let text = "a letter to a friend\n".repeat(100);
    std::fs::write(path, &text).unwrap();
    for refused in [sqlite::open_writer(path).err(), sqlite::open_reader(path).err()] {
        // Opening alone may not look at the file; the first statement does.
        assert!(matches!(refused, None | Some(StoreError::Configuration { .. })), "{refused:?}");
    }
    assert!(sqlite::open_writer(path).is_err());
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn a_folder_that_is_not_there_is_named_as_unavailable() {
    let refused = sqlite::open_writer(Path::new("no/such/folder/steelyard.db"));
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{:?}", refused.err());
}

#[test]
fn the_log_of_a_sqlite_database_starts_over_once_it_has_grown() {
    block_on(async {
        let database = Database::sqlite().await;
        let writer = database.writer().await;
        let Writer::Sqlite { connection, .. } = &writer else { panic!("a file") };
        let fill = || connection.execute_batch("UPDATE t SET a = randomblob(100000)").unwrap();
        connection.execute_batch("CREATE TABLE t (a BLOB); INSERT INTO t VALUES (1)").unwrap();
        fill();
        let grown = sqlite::log_bytes(connection).unwrap();
        assert!(grown > 100_000 && wal_bytes(path_of(&database)) >= grown);

        tidy_up(&writer, grown);
        assert_eq!(sqlite::log_bytes(connection).unwrap(), grown, "not more than it may be");
        connection.execute_batch("INSERT INTO t VALUES (2)").unwrap();
        assert!(sqlite::log_bytes(connection).unwrap() > grown, "so it goes on");
        tidy_up(&writer, grown);
        connection.execute_batch("INSERT INTO t VALUES (3)").unwrap();
        let small = sqlite::log_bytes(connection).unwrap();
        assert!(0 < small && small < 100_000, "it has started over");
        // The file keeps its length, and that alone must not start it over again and again.
        assert!(wal_bytes(path_of(&database)) >= grown);
        tidy_up(&writer, 100_000);
        connection.execute_batch("INSERT INTO t VALUES (4)").unwrap();
        assert!(sqlite::log_bytes(connection).unwrap() > small);
    });
}

#[test]
fn a_log_that_a_reader_still_needs_is_left_and_commits_go_on() {
    block_on(async {
        let database = Database::sqlite().await;
        let mut make = Make::default();
        commit(&database, &make.merchant()).await;
        let reader = database.reader().await;
        reader.begin_snapshot().await.unwrap();
        commit(&database, &make.merchant()).await;
        let writer = database.writer().await;
        let Writer::Sqlite { connection, .. } = &writer else { panic!("a file") };
        let bytes = || sqlite::log_bytes(connection).unwrap();
        let before = bytes();
        tidy_up(&writer, 0);
        commit(&database, &make.merchant()).await;
        assert!(bytes() > before);
        assert_eq!(merchants(&reader).await, 1);
        reader.end_snapshot().await.unwrap();
        tidy_up(&writer, 0);
        commit(&database, &make.merchant()).await;
        assert!(bytes() < before);
        assert_eq!(merchants(&reader).await, 4);
    });
}

#[test]
fn a_reader_on_postgres_is_set_up_to_read() {
    block_on(async {
        let database = Database::postgres().await;
        let reader = database.reader().await;
        for (setting, expected) in [
            ("default_transaction_read_only", "on"),
            ("jit", "off"),
            ("plan_cache_mode", "force_custom_plan"),
            ("statement_timeout", "30s"),
            ("application_name", "steelyard"),
        ] {
            let sql = "SELECT current_setting($1)";
            let found = reader.row(sql, vec![setting.into()], |row| row.text()).await.unwrap();
            assert_eq!(found.as_deref(), Some(expected), "{setting}");
        }
    });
}
