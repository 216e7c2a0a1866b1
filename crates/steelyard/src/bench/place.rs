//! Databases of the bench: each of its own, gone afterwards.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
};

use steelyard_store::{
    Writer,
    engine::{Engine, Target},
};

use crate::output::Failed;

/// A database that is there for one run.
#[derive(Debug, Clone)]
pub struct Place {
    pub url: String,
    pub target: Target,
}

/// Where they are made, and what is to be removed.
pub struct Places {
    pub folder: PathBuf,
    server: Option<String>,
    made: RefCell<Vec<String>>,
}

impl Places {
    /// SQLite files go into a new folder in `parent`; PostgreSQL databases to `server`.
    pub fn new(parent: &Path, server: Option<String>) -> Result<Self, Failed> {
        let folder = parent.join(format!("bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| Failed(format!("{}: {error}", folder.display())))?;
        Ok(Self { folder, server, made: RefCell::default() })
    }

    /// The address of the PostgreSQL server, if there is one.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// An empty database.
    pub async fn make(&self, engine: Engine, name: &str) -> Result<Place, Failed> {
        let url = match engine {
            Engine::Sqlite => {
                let folder = self.folder.join(name);
                std::fs::create_dir_all(&folder)?;
                format!("sqlite:{}", folder.join("steelyard.db").display())
            }
            Engine::Postgres => {
                let server = self.server.as_deref().ok_or_else(|| Failed(String::from("there is no PostgreSQL")))?;
                let database = format!("steelyard_bench_{}_{name}", std::process::id());
                statement(server, &format!("CREATE DATABASE {database} TEMPLATE template0")).await?;
                self.made.borrow_mut().push(database.clone());
                with_database(server, &database)?
            }
        };
        Ok(Place { target: Target::parse(&url)?, url })
    }

    /// Removes everything; what cannot be removed is named.
    pub async fn remove(self) {
        for database in self.made.take() {
            let Some(server) = &self.server else { break };
            if let Err(error) = statement(server, &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await {
                eprintln!("steelyard: {database} is still there: {error}");
            }
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("steelyard: {} is still there: {error}", self.folder.display());
        }
    }
}

/// Runs a statement on a connection of its own.
pub async fn statement(url: &str, sql: &str) -> Result<(), Failed> {
    match Writer::connect(&Target::parse(url)?).await? {
        Writer::Postgres(connection) => {
            connection.client().batch_execute(sql).await?;
            Ok(())
        }
        Writer::Sqlite { connection, .. } => {
            connection.execute_batch(sql)?;
            Ok(())
        }
    }
}

/// The same server, another database.
fn with_database(url: &str, database: &str) -> Result<String, Failed> {
    let strange = || Failed(String::from("the PostgreSQL address has no host: postgres://user@host:port/database"));
    let (scheme, rest) = url.split_once("://").ok_or_else(strange)?;
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, format!("?{query}")),
        None => (rest, String::new()),
    };
    let host = rest.split('/').next().filter(|host| !host.is_empty()).ok_or_else(strange)?;
    Ok(format!("{scheme}://{host}/{database}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_on_the_same_server() {
        for (url, named) in [
            ("postgres://u:p@h:1/a", "postgres://u:p@h:1/b"),
            ("postgres://u@h", "postgres://u@h/b"),
            ("postgresql://h/a?sslmode=disable", "postgresql://h/b?sslmode=disable"),
        ] {
            assert_eq!(with_database(url, "b").unwrap(), named);
        }
        assert!(with_database("postgres:///a", "b").is_err());
    }
}
