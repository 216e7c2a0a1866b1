//! Under which conditions figures came about. Without them they mean nothing.

use std::{fs, thread};

use serde::Serialize;
use steelyard_store::{
    Store,
    engine::{Engine, Target},
};

use super::{
    place::{Place, Places},
    probe::{self, Flush},
};
use crate::output::Failed;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conditions {
    pub version: &'static str,
    pub optimized: bool,
    pub cores: usize,
    pub kernel: String,
    /// Of the minute before.
    pub load: String,
    pub flush: Flush,
    pub sqlite: Option<String>,
    pub postgres: Option<String>,
}

impl Conditions {
    pub async fn find(places: &Places, engines: &[Engine]) -> Result<Self, Failed> {
        let (mut sqlite, mut postgres) = (None, None);
        for engine in engines {
            match engine {
                Engine::Sqlite => sqlite = Some(sqlite_version(places).await?),
                Engine::Postgres => postgres = Some(postgres_version(places.server().unwrap_or_default()).await?),
            }
        }
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            optimized: !cfg!(debug_assertions),
            cores: thread::available_parallelism().map_or(0, usize::from),
            kernel: first_words("/proc/sys/kernel/osrelease", 1),
            load: load(),
            flush: probe::probe(&places.folder).await?,
            sqlite,
            postgres,
        })
    }

    pub fn print(&self) {
        println!(
            "steelyard {} ({}), {} cores, Linux {}, load {} before, callers and server on the same cores",
            self.version,
            if self.optimized { "release" } else { "debug: these figures say nothing" },
            self.cores,
            self.kernel,
            self.load,
        );
        println!("fdatasync of 8 KiB: p50 {} µs, p99 {} µs", self.flush.p50_micros, self.flush.p99_micros);
        for engine in [&self.sqlite, &self.postgres].into_iter().flatten() {
            println!("{engine}");
        }
    }
}

/// Runnable processes, averaged over a minute.
pub fn load() -> String {
    first_words("/proc/loadavg", 1)
}

fn first_words(path: &str, words: usize) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().take(words).collect::<Vec<_>>().join(" ")
}

async fn sqlite_version(places: &Places) -> Result<String, Failed> {
    let Place { target, .. } = places.make(Engine::Sqlite, "version").await?;
    // A writer makes the file that a reader opens.
    drop(steelyard_store::Writer::connect(&target).await?);
    let version = ask(&target, "SELECT sqlite_version()").await?;
    Ok(format!("SQLite {version}, write-ahead log, synchronous=FULL"))
}

async fn postgres_version(server: &str) -> Result<String, Failed> {
    let target = Target::parse(server)?;
    let mut text = format!("PostgreSQL {}", ask(&target, "SELECT current_setting('server_version')").await?);
    for setting in ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers"] {
        let value = ask(&target, &format!("SELECT current_setting('{setting}')")).await?;
        text.push_str(&format!(", {setting}={value}"));
        if setting == "fsync" && value != "on" {
            eprintln!("steelyard: this PostgreSQL does not flush its commits (fsync={value}): its figures say nothing");
        }
    }
    Ok(text)
}

/// One text out of a database.
pub async fn ask(target: &Target, sql: &str) -> Result<String, Failed> {
    let store = Store::open(target.clone(), 1)?;
    let found = store.reader().await?.row(sql, Vec::new(), |row| row.text()).await?;
    found.ok_or_else(|| Failed(format!("no answer to {sql}")))
}
