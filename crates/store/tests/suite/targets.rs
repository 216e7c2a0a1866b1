//! How a database is named.

use std::path::{Path, PathBuf};

use steelyard_store::{
    Engine, StoreError,
    engine::{Target, wal_bytes},
    sqlite,
};

#[test]
fn a_path_is_a_sqlite_file_with_or_without_saying_so() {
    for (text, path) in [
        ("steelyard.db", "steelyard.db"),
        ("sqlite:steelyard.db", "steelyard.db"),
        ("sqlite:///var/lib/steelyard.db", "/var/lib/steelyard.db"),
        ("sqlite:/var/lib/steelyard.db", "/var/lib/steelyard.db"),
        ("./a b.db", "./a b.db"),
    ] {
        let target = Target::parse(text).unwrap();
        assert_eq!(target.engine(), Engine::Sqlite);
        assert!(matches!(&target, Target::Sqlite(found) if found == Path::new(path)), "{text}: {target:?}");
    }
}

#[test]
fn a_postgres_address_is_read_with_its_parts() {
    for text in ["postgres://ana:secret@db.example:6543/shop", "postgresql://ana:secret@db.example:6543/shop"] {
        let target = Target::parse(text).unwrap();
        assert_eq!(target.engine(), Engine::Postgres);
        let Target::Postgres(config) = target else { panic!("{text} is PostgreSQL") };
        assert_eq!((config.get_user(), config.get_dbname()), (Some("ana"), Some("shop")));
        assert_eq!((config.get_password(), config.get_ports()), (Some(&b"secret"[..]), &[6543][..]));
        assert_eq!(config.get_application_name(), Some("steelyard"));
        assert!(config.get_connect_timeout().is_some());
    }
}

#[test]
fn another_kind_of_address_is_refused_without_repeating_it() {
    for text in ["mysql://root:secret@db/shop", "https://secret.example", "postgres://ana:secret@db:port/shop"] {
        let refused = Target::parse(text);
        let Err(StoreError::Configuration { detail }) = refused else { panic!("{text}: {refused:?}") };
        assert!(detail.contains("DATABASE_URL") && !detail.contains("secret"), "{detail}");
    }
}

#[test]
fn engines_have_names() {
    assert_eq!([Engine::Sqlite, Engine::Postgres].map(Engine::as_str), ["sqlite", "postgres"]);
}

#[test]
fn the_log_lies_beside_the_file() {
    assert_eq!(sqlite::wal_path(Path::new("data/steelyard.db")), PathBuf::from("data/steelyard.db-wal"));
    assert_eq!(wal_bytes(Path::new("no/such/file.db")), 0);
}
