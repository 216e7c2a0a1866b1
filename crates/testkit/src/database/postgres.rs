//! Databases on a PostgreSQL server, copied from a template that is migrated once a server.

use std::{env, thread};

use steelyard_store::{engine::Target, migrate, postgres};
use tokio_postgres::{Client, Config, NoTls};

use crate::engines::block_on;

/// The address of a server on which databases may be made.
const VARIABLE: &str = "STEELYARD_TEST_POSTGRES";
/// Any number: who holds it makes the template, the others wait.
const ADVISORY_LOCK: i64 = 0x5354_4545_4C54;

/// A database that is dropped when this is.
pub struct Named {
    server: Box<Config>,
    config: Box<Config>,
    name: String,
}

impl Named {
    /// One without a schema.
    pub async fn empty() -> Self {
        Self::create("template0").await
    }

    /// One with the schema of this release.
    pub async fn migrated() -> Self {
        let template = template(&server()).await;
        Self::create(&template).await
    }

    async fn create(template: &str) -> Self {
        let server = server();
        let name = format!("steelyard_test_{}", super::unique());
        run(&connect(&server).await, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let mut config = server.clone();
        config.dbname(&name);
        Self { server: Box::new(server), config: Box::new(config), name }
    }

    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        // The runtime of the test may be this very thread's, so the farewell has its own.
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = thread::spawn(move || {
            block_on(async {
                if let Ok((client, connection)) = server.connect(NoTls).await {
                    tokio::spawn(connection);
                    let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

fn server() -> Config {
    let url = env::var(VARIABLE).unwrap_or_default();
    assert!(!url.is_empty(), "{VARIABLE} is not set: `cargo xtask test` starts a server and sets it");
    postgres::parse(&url).expect("the address of the server can be read")
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("the server answers");
    tokio::spawn(connection);
    client
}

async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// The name of a migrated database, made now if this is the first test of this schema on the server.
async fn template(server: &Config) -> String {
    let name = format!("steelyard_template_{:016x}", migrate::fingerprint(&Target::Postgres(Box::new(server.clone()))));
    let client = connect(server).await;
    let exists = "SELECT 1 FROM pg_database WHERE datname = $1";
    if client.query_opt(exists, &[&name]).await.expect("the server answers").is_some() {
        return name;
    }
    client.execute("SELECT pg_advisory_lock($1)", &[&ADVISORY_LOCK]).await.expect("the lock is granted");
    if client.query_opt(exists, &[&name]).await.expect("the server answers").is_none() {
        // It gets its name when it is whole: whoever died in the middle left none behind.
        let unfinished = format!("{name}_unfinished");
        run(&client, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
        run(&client, &format!("CREATE DATABASE {unfinished} TEMPLATE template0")).await;
        let mut config = server.clone();
        config.dbname(&unfinished);
        migrate::apply(&Target::Postgres(Box::new(config))).await.expect("the migrations apply");
        // No connection may be open to a database that is renamed or copied.
        run(&client, &format!("ALTER DATABASE {unfinished} WITH ALLOW_CONNECTIONS false")).await;
        let leave = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        client.execute(leave, &[&unfinished]).await.expect("the server answers");
        run(&client, &format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    client.execute("SELECT pg_advisory_unlock($1)", &[&ADVISORY_LOCK]).await.expect("the lock is returned");
    name
}
