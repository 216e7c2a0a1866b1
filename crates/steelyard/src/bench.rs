//! `steelyard bench`: measures the product over HTTP, on both engines, in one run.
//!
//! The server under test is the real one, in this process; its callers share the machine with it. What is compared
//! runs in turns, with the cost of a flush measured beside every round.

mod approve;
mod backlog;
mod caller;
mod conditions;
mod figure;
mod footprint;
mod growth;
mod load;
mod place;
mod probe;
mod rig;
mod shop;
mod stopwatch;
mod table;
mod verdict;

use std::{num::NonZeroU32, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use steelyard_store::engine::Engine;

use self::place::Places;
use crate::{config::Config, output::Failed};

/// The server tests use, too.
const TEST_SERVER: &str = "STEELYARD_TEST_POSTGRES";

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Payments a second: in batches, one by one, and beside an empty handler.
    Approve(approve::Arguments),
    /// Payments and lists at 10 000 and at 1 000 000 payments.
    Growth(growth::Arguments),
    /// Memory at many connections, and the time until a server is ready.
    Footprint(footprint::Arguments),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engines {
    Sqlite,
    Postgres,
    Both,
}

/// Options of all of them.
#[derive(Debug, Clone, Args)]
struct Shared {
    /// PostgreSQL is the server of --database-url, `DATABASE_URL` or `STEELYARD_TEST_POSTGRES`, on which databases
    /// are made and dropped.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    engine: Engines,
    /// How long one round takes.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "2")]
    seconds: Duration,
    /// Rounds of each cell; what is compared takes turns.
    #[arg(long, value_name = "N", default_value = "3")]
    rounds: NonZeroU32,
    /// Where SQLite's files are made and removed; the data folder if it is left out.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Writes all figures of all rounds.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("{text} is not a number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

impl Shared {
    fn write_json(&self, report: &impl Serialize) -> Result<(), Failed> {
        let Some(path) = &self.json else { return Ok(()) };
        std::fs::write(path, serde_json::to_vec_pretty(report)?)?;
        eprintln!("all figures: {}", path.display());
        Ok(())
    }
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    let shared = match &arguments.what {
        What::Approve(arguments) => &arguments.shared,
        What::Growth(arguments) => &arguments.shared,
        What::Footprint(arguments) => &arguments.shared,
    };
    // A server in a process of its own stands in another folder.
    let folder = std::path::absolute(shared.folder.as_deref().unwrap_or(&config.settings.data))?;
    let places = Places::new(&folder, server(config))?;
    let engines = engines(shared.engine, &places)?;
    // What was made is removed, also when this is interrupted.
    let ended = tokio::select! {
        ended = measure(&arguments.what, &places, &engines) => ended,
        _ = tokio::signal::ctrl_c() => Err(Failed(String::from("interrupted"))),
    };
    places.remove().await;
    ended
}

async fn measure(what: &What, places: &Places, engines: &[Engine]) -> Result<ExitCode, Failed> {
    match what {
        What::Approve(arguments) => approve::run(arguments, places, engines, &rig::options()).await,
        What::Growth(arguments) => growth::run(arguments, places, engines, &rig::options()).await,
        What::Footprint(arguments) => footprint::run(arguments, places, engines).await,
    }
}

/// The PostgreSQL server that was named, wherever.
fn server(config: &Config) -> Option<String> {
    let named = config.settings.database_url.clone().filter(|url| url.starts_with("postgres"));
    named.or_else(|| std::env::var(TEST_SERVER).ok().filter(|url| !url.is_empty()))
}

fn engines(wanted: Engines, places: &Places) -> Result<Vec<Engine>, Failed> {
    let there = places.server().is_some();
    match wanted {
        Engines::Sqlite => Ok(vec![Engine::Sqlite]),
        Engines::Postgres if there => Ok(vec![Engine::Postgres]),
        Engines::Both if there => Ok(vec![Engine::Sqlite, Engine::Postgres]),
        Engines::Postgres => {
            Err(Failed(format!("PostgreSQL is named by --database-url, DATABASE_URL or {TEST_SERVER}")))
        }
        Engines::Both => {
            eprintln!("steelyard: NO POSTGRESQL IS NAMED (--database-url, DATABASE_URL, {TEST_SERVER}): SQLITE ALONE");
            Ok(vec![Engine::Sqlite])
        }
    }
}
