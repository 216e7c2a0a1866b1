//! The schema's versions.

use std::{collections::BTreeSet, thread};

use futures_util::future::join_all;
use steelyard_store::{Engine, Reader, StoreError, engine::Target, migrate};
use steelyard_testkit::{Database, both_engines, database::Place, engines::block_on};

both_engines!(applying_again_changes_nothing, a_database_of_a_newer_release_is_refused,);

fn versions(migrations: &[migrate::Migration]) -> Vec<(u32, &str)> {
    migrations.iter().map(|migration| (migration.version, migration.name.as_str())).collect()
}

async fn applying_again_changes_nothing(database: &Database) {
    let before = migrate::status(database.target()).await.unwrap();
    assert!(before.iter().all(|migration| migration.applied));
    assert!(before.is_sorted_by(|a, b| a.version < b.version));
    assert_eq!(migrate::apply(database.target()).await.unwrap(), before);
    assert_eq!(migrate::status(database.target()).await.unwrap(), before);
}

async fn a_database_of_a_newer_release_is_refused(database: &Database) {
    let known = migrate::status(database.target()).await.unwrap().last().unwrap().version;
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        VALUES (9999, 'of_tomorrow', '2099-01-01T00:00:00Z', '1')";
    database.sql(newer).await.unwrap();
    for refused in [migrate::apply(database.target()).await, migrate::status(database.target()).await] {
        let Err(StoreError::FromTheFuture { found, known: latest }) = refused else { panic!("{refused:?}") };
        assert_eq!((found, latest), (9_999, known));
    }
}

#[test]
fn the_status_of_a_file_that_is_not_there_makes_none() {
    let place = Place::sqlite();
    let Target::Sqlite(path) = &place.target else { panic!("a file") };
    let status = block_on(migrate::status(&place.target)).unwrap();
    assert!(!status.is_empty() && status.iter().all(|migration| !migration.applied));
    assert!(!path.exists());
    let applied = block_on(migrate::apply(&place.target)).unwrap();
    assert!(path.exists() && applied.iter().all(|migration| migration.applied));
}

#[test]
fn the_status_of_an_empty_database_on_postgres_is_that_nothing_is_applied() {
    block_on(async {
        let place = Place::postgres().await;
        let status = migrate::status(&place.target).await.unwrap();
        assert!(!status.is_empty() && status.iter().all(|migration| !migration.applied));
    });
}

#[test]
fn processes_that_start_at_once_migrate_once_on_sqlite() {
    let place = Place::sqlite();
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let target = place.target.clone();
            thread::spawn(move || block_on(migrate::apply(&target)))
        })
        .collect();
    for start in starts {
        let applied = start.join().unwrap().unwrap();
        assert!(applied.iter().all(|migration| migration.applied));
    }
}

#[test]
fn processes_that_start_at_once_migrate_once_on_postgres() {
    block_on(async {
        let place = Place::postgres().await;
        let starts = (0..4).map(async |_| migrate::apply(&place.target).await);
        for applied in join_all(starts).await {
            assert!(applied.unwrap().iter().all(|migration| migration.applied));
        }
    });
}

/// `table.column`, and whether it may be null.
type Columns = BTreeSet<(String, bool)>;

async fn columns(reader: &Reader, sql: &str) -> Columns {
    let found = reader.rows(sql, Vec::new(), |row| Ok((row.text()?, row.bool()?))).await.unwrap();
    found.into_iter().filter(|(name, _)| !name.starts_with("refinery_")).collect()
}

#[test]
fn both_engines_have_the_same_versions_tables_and_columns_as_postgres_has() {
    block_on(async {
        let (sqlite, postgres) = (Database::sqlite().await, Database::postgres().await);
        let known = [&sqlite, &postgres].map(|database| database.target());
        let (one, other) = (migrate::status(known[0]).await.unwrap(), migrate::status(known[1]).await.unwrap());
        assert_eq!(versions(&one), versions(&other));
        assert_ne!(migrate::fingerprint(known[0]), migrate::fingerprint(known[1]));

        let of_sqlite = "
            SELECT t.name || '.' || c.name, NOT c.\"notnull\" AND NOT c.pk
            FROM sqlite_schema t
            JOIN pragma_table_info(t.name) c
            WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite%'";
        let of_postgres = "
            SELECT (table_name || '.' || column_name)::text, is_nullable = 'YES'
            FROM information_schema.columns
            WHERE table_schema = 'public'";
        let mut on_sqlite = columns(&sqlite.reader().await, of_sqlite).await;
        let mut on_postgres = columns(&postgres.reader().await, of_postgres).await;
        for found in [&mut on_sqlite, &mut on_postgres] {
            // A view there: its columns are what they are.
            found.retain(|(name, _)| !name.starts_with("event_position."));
        }
        assert_eq!(on_sqlite.difference(&on_postgres).collect::<Vec<_>>(), Vec::<&(String, bool)>::new());
        assert_eq!(on_postgres.difference(&on_sqlite).collect::<Vec<_>>(), Vec::<&(String, bool)>::new());
        assert!(on_sqlite.len() > 200);
        assert_eq!((sqlite.engine(), postgres.engine()), (Engine::Sqlite, Engine::Postgres));
    });
}
