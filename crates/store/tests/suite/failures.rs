//! What goes wrong with a database, sorted by what to do about it.

use steelyard_store::{Engine, Store, StoreError, Writer, commit_marker, engine::Target, merchant, sqlite};
use steelyard_testkit::{
    Clock, Database, Make, both_engines,
    cut::{self, Cut},
    engines::block_on,
};
use uuid::Uuid;

both_engines!(a_failed_transaction_leaves_a_connection_that_can_begin_again);

async fn a_failed_transaction_leaves_a_connection_that_can_begin_again(database: &Database) {
    let mut make = Make::default();
    let writer = database.writer().await;
    writer.tx().rollback().await;
    writer.tx().begin().await.unwrap();
    let refused = writer.tx().execute("INSERT INTO merchant (id) VALUES ($1)", &[make.id().into()]).await;
    assert!(matches!(refused, Err(StoreError::Rejected { .. })), "{refused:?}");
    writer.tx().rollback().await;
    writer.tx().begin().await.unwrap();
    commit_marker_row(&writer, make.id()).await;
    writer.tx().commit().await.unwrap();
    assert_eq!(database.numbers("SELECT COUNT(*) FROM commit_marker").await, [1]);
}

async fn commit_marker_row(writer: &Writer, batch: Uuid) {
    let mut script = steelyard_store::Script::new(&writer.tx());
    commit_marker::mark(&mut script, batch, Make::default().now());
    script.run(&writer.tx()).await.unwrap();
}

/// Ends the server's side of a writer's connection.
async fn disconnect(database: &Database, writer: &Writer) {
    let pid = "SELECT CAST(pg_backend_pid() AS BIGINT)";
    let pid = writer.tx().rows(pid, &[], |row| row.int()).await.unwrap()[0];
    terminate(database, pid).await;
}

/// Ends a server's process and waits until it has.
async fn terminate(database: &Database, pid: i64) {
    let ended = "SELECT CAST(pg_terminate_backend(CAST($1 AS INT8)::INT4, 60000) AS INT)::INT8";
    let ended = database.look(async |tx| tx.rows(ended, &[pid.into()], |row| row.int()).await).await;
    assert_eq!(ended, [1]);
}

#[test]
fn a_connection_lost_before_commit_is_unavailable_and_another_can_be_made_on_postgres() {
    block_on(async {
        let database = Database::postgres().await;
        let mut make = Make::default();
        let writer = database.writer().await;
        writer.tx().begin().await.unwrap();
        commit_marker_row(&writer, make.id()).await;
        disconnect(&database, &writer).await;
        let lost = writer.tx().rows("SELECT 1", &[], |_| Ok(())).await;
        assert!(matches!(lost, Err(StoreError::Unavailable { .. })), "{lost:?}");
        // The second time there is no farewell of the server's left to be read.
        let lost = writer.tx().rows("SELECT 1", &[], |_| Ok(())).await;
        assert!(matches!(lost, Err(StoreError::Unavailable { .. })), "{lost:?}");
        assert!(writer.is_closed());
        writer.tx().rollback().await;
        let next = database.writer().await;
        next.tx().begin().await.unwrap();
        commit_marker_row(&next, make.id()).await;
        next.tx().commit().await.unwrap();
        assert_eq!(database.numbers("SELECT COUNT(*) FROM commit_marker").await, [1]);
    });
}

#[test]
fn a_connection_lost_at_commit_is_ambiguous_and_the_marker_tells_on_postgres() {
    block_on(async {
        let database = Database::postgres().await;
        let Target::Postgres(config) = database.target() else { panic!("a server") };
        let mut make = Make::default();
        for (cut, took_place) in [(Cut::Request, false), (Cut::Answer, true)] {
            let way = cut::at_commit(config, cut).await;
            let writer = Writer::connect(&Target::Postgres(Box::new(way))).await.unwrap();
            let batch = make.id();
            writer.tx().begin().await.unwrap();
            commit_marker_row(&writer, batch).await;
            let lost = writer.tx().commit().await;
            assert!(matches!(lost, Err(StoreError::Ambiguous { .. })), "{cut:?}: {lost:?}");
            assert!(writer.is_closed());
            let marked = database.look(async |tx| commit_marker::is_marked(tx, batch, Clock::START).await).await;
            assert_eq!(marked, took_place, "{cut:?}");
        }
    });
}

#[test]
fn a_reader_whose_connection_is_lost_is_replaced_on_postgres() {
    block_on(async {
        let database = Database::postgres().await;
        let store = Store::open(database.target().clone(), 1).unwrap();
        let reader = store.reader().await.unwrap();
        let pid = "SELECT CAST(pg_backend_pid() AS BIGINT)";
        let pid = reader.rows(pid, Vec::new(), |row| row.int()).await.unwrap()[0];
        terminate(&database, pid).await;
        let lost = merchant::merchants(&reader).await;
        assert!(matches!(lost, Err(StoreError::Unavailable { .. })), "{lost:?}");
        drop(reader);
        // The pool may hand it out once more before it has noticed.
        loop {
            match merchant::merchants(&store.reader().await.unwrap()).await {
                Ok(found) => break assert!(found.is_empty()),
                Err(error) => assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}"),
            }
        }
    });
}

#[test]
fn a_server_that_is_not_there_is_unavailable_on_postgres() {
    block_on(async {
        // A port that was free a moment ago.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let target = Target::parse(&format!("postgres://nobody@127.0.0.1:{free}/nothing")).unwrap();
        let refused = Writer::connect(&target).await.err();
        assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
        let refused = Store::open(target, 1).unwrap().reader().await.err();
        assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
    });
}

#[test]
fn a_database_that_is_not_there_is_a_matter_of_configuration_on_postgres() {
    block_on(async {
        let database = Database::postgres().await;
        let Target::Postgres(config) = database.target() else { panic!("a server") };
        let mut missing = config.clone();
        missing.dbname("no_such_database");
        let refused = Writer::connect(&Target::Postgres(missing)).await.err();
        assert!(matches!(refused, Some(StoreError::Configuration { .. })), "{refused:?}");
    });
}

#[test]
fn errors_are_sorted_by_what_to_do_about_them_on_postgres() {
    block_on(async {
        let database = Database::postgres().await;
        for (code, expected) in [
            ("40001", "conflict"),
            ("40P01", "conflict"),
            ("55P03", "conflict"),
            ("23505", "conflict"),
            ("23514", "rejected"),
            ("23503", "rejected"),
            ("23502", "rejected"),
            ("53100", "unavailable"),
            ("53300", "unavailable"),
            ("57014", "unavailable"),
            ("57P01", "unavailable"),
            ("57P03", "unavailable"),
            ("58030", "unavailable"),
            ("25006", "unavailable"),
            ("42601", "statement"),
            ("22003", "statement"),
            ("25P02", "statement"),
        ] {
            let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{code}'; END $$");
            let sorted = match database.sql(&raise).await {
                Err(StoreError::Conflict { .. }) => "conflict",
                Err(StoreError::Rejected { .. }) => "rejected",
                Err(StoreError::Unavailable { .. }) => "unavailable",
                Err(StoreError::Statement { .. }) => "statement",
                other => panic!("{code}: {other:?}"),
            };
            assert_eq!(sorted, expected, "{code}");
        }
    });
}

#[test]
fn a_server_that_only_reads_is_unavailable_for_writing_on_postgres() {
    block_on(async {
        let database = Database::postgres().await;
        let read_only = "BEGIN READ ONLY; DELETE FROM commit_marker";
        let refused = database.sql(read_only).await;
        assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    });
}

#[test]
fn a_full_disk_is_unavailable_reads_go_on_and_it_recovers_on_sqlite() {
    block_on(async {
        let database = Database::sqlite().await;
        assert_eq!(database.engine(), Engine::Sqlite);
        let mut make = Make::default();
        let writer = database.writer().await;
        let Writer::Sqlite { connection, .. } = &writer else { panic!("a file") };
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        connection.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
        writer.tx().begin().await.unwrap();
        let mut failure = None;
        // Each of these is some 40 bytes; the free space of the pages there are is used up at last.
        while failure.is_none() {
            let mark = "INSERT INTO commit_marker (batch_id, committed_at) VALUES ($1, 0)";
            failure = writer.tx().execute(mark, &[make.id().into()]).await.err();
        }
        assert!(matches!(failure, Some(StoreError::Unavailable { .. })), "{failure:?}");
        writer.tx().rollback().await;
        assert_eq!(database.numbers("SELECT COUNT(*) FROM commit_marker").await, [0]);
        connection.execute_batch("PRAGMA max_page_count = 1000000").unwrap();
        writer.tx().begin().await.unwrap();
        commit_marker_row(&writer, make.id()).await;
        writer.tx().commit().await.unwrap();
    });
}

#[test]
fn a_second_writer_that_does_not_get_its_turn_is_a_conflict_on_sqlite() {
    block_on(async {
        let database = Database::sqlite().await;
        let (first, second) = (database.writer().await, database.writer().await);
        let Writer::Sqlite { connection, .. } = &second else { panic!("a file") };
        connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        first.tx().begin().await.unwrap();
        let refused = second.tx().begin().await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        first.tx().commit().await.unwrap();
        second.tx().begin().await.unwrap();
        second.tx().rollback().await;
        let Target::Sqlite(path) = database.target() else { panic!("a file") };
        let reading = sqlite::open_reader(path).unwrap();
        let refused = reading.execute("DELETE FROM merchant", []).map_err(StoreError::from);
        assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    });
}
