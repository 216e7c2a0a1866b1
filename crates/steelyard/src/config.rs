//! Configuration: defaults, then a file, then the environment, then flags. Reference: docs/OPERATIONS.md.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use serde::Deserialize;
use steelyard_store::engine::Target;

use crate::output::Failed;

/// Options every subcommand takes.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Arguments {
    /// A TOML file with any of the settings below; `steelyard.toml` is read if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// `postgres://…` or `sqlite:PATH`; otherwise SQLite in the data folder.
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where SQLite files and the simulated acquirer's book lie.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The simulated acquirer to use; with SQLite one is started if none is named.
    #[arg(long, global = true, value_name = "URL")]
    pub acquirer_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// A setting that no log or message shows.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

impl Hidden {
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Every setting there is, with its default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub database_url: Option<String>,
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub acquirer_url: Option<String>,
    /// Where buyers' browsers reach this server, as in `https://pay.example`; without it, as whoever asks has found it.
    pub public_url: Option<String>,
    /// Whether a proxy of yours stands before this server and says in `X-Forwarded-For` and `X-Forwarded-Proto` whom it
    /// speaks for.
    pub behind_proxy: bool,
    /// What an acquirer that is not ours signs its notices with.
    pub notice_secret: Option<String>,
    /// A card company that knows only validate and approve.
    pub card_mock_url: Option<String>,
    /// Connections to read with.
    pub readers: usize,
    /// Requests a second for a key without a limit of its own; 0 is none.
    pub rate_limit: u32,
    pub connections: usize,
    /// A caller waits this long for the acquirer.
    pub patience_ms: u64,
    /// When an unknown outcome is asked about, in milliseconds since the sending, then hourly.
    pub ladder_ms: Vec<i64>,
    /// How long requests under way may still take at a shutdown.
    pub drain_ms: u64,
    /// What payers' cards are sealed with: `1:<base64 of 32 bytes>,2:…`. The highest version seals.
    pub vault_keys: Option<Hidden>,
    /// As in `info` or `steelyard_app=debug,warn`.
    pub log: String,
    pub log_format: LogFormat,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database_url: None,
            data: PathBuf::from("steelyard-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            acquirer_url: None,
            public_url: None,
            behind_proxy: false,
            notice_secret: None,
            card_mock_url: None,
            readers: 4,
            rate_limit: 200,
            connections: 8_192,
            patience_ms: 10_000,
            ladder_ms: vec![5_000, 15_000, 45_000, 120_000, 600_000, 3_600_000],
            drain_ms: 20_000,
            vault_keys: None,
            log: String::from("info,refinery_core=warn"),
            log_format: LogFormat::Text,
        }
    }
}

/// The settings, and what follows from them.
#[derive(Debug, Clone)]
pub struct Config {
    pub settings: Settings,
    pub log: String,
    pub log_format: LogFormat,
    /// Whether a database was named, rather than the folder's own.
    pub database_named: bool,
}

impl Config {
    pub fn load(arguments: &Arguments) -> Result<Self, Failed> {
        let mut settings = config::Config::builder();
        match &arguments.config {
            Some(file) => settings = settings.add_source(config::File::from(file.as_path())),
            None => {
                let there = config::File::from(Path::new("steelyard.toml")).required(false);
                settings = settings.add_source(there);
            }
        }
        let environment = config::Environment::with_prefix("STEELYARD").prefix_separator("_").try_parsing(true);
        let environment = environment.list_separator(",").with_list_parse_key("ladder_ms");
        settings = settings.add_source(environment.source(Some(known_variables())));
        let mut settings: Settings = settings.build()?.try_deserialize()?;
        settings.database_url =
            arguments.database_url.clone().or(database_from_environment()?).or(settings.database_url);
        settings.acquirer_url =
            arguments.acquirer_url.clone().or_else(|| variable("ACQUIRER_URL")).or(settings.acquirer_url);
        if let Some(data) = &arguments.data {
            settings.data.clone_from(data);
        }
        for (name, value) in [("readers", settings.readers), ("connections", settings.connections)] {
            if value == 0 {
                return Err(Failed(format!("{name} must be at least 1")));
            }
        }
        if let Some(url) = &mut settings.public_url {
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(Failed(format!("public_url must begin with https:// or http://: {url}")));
            }
            while url.ends_with('/') {
                url.pop();
            }
        }
        if !settings.ladder_ms.is_sorted() {
            return Err(Failed(String::from("ladder_ms must ascend")));
        }
        let database_named = settings.database_url.is_some();
        Ok(Self { log: settings.log.clone(), log_format: settings.log_format, settings, database_named })
    }

    /// The database: the one named, or a file in the data folder.
    pub fn target(&self) -> Result<Target, Failed> {
        match &self.settings.database_url {
            Some(url) => Ok(Target::parse(url)?),
            None => Ok(Target::Sqlite(self.settings.data.join("steelyard.db"))),
        }
    }

    /// The same for who may make it: the data folder is there then, if the database lies in it.
    pub fn target_to_write(&self) -> Result<Target, Failed> {
        if self.settings.database_url.is_none() {
            std::fs::create_dir_all(&self.settings.data)
                .map_err(|error| Failed(format!("{}: {error}", self.settings.data.display())))?;
        }
        self.target()
    }

    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_millis(self.settings.patience_ms)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Variables of ours that are settings; the others are for tests and tools.
fn known_variables() -> config::Map<String, String> {
    const NAMES: [&str; 17] = [
        "data",
        "listen",
        "public_url",
        "behind_proxy",
        "notice_secret",
        "card_mock_url",
        "readers",
        "rate_limit",
        "connections",
        "patience_ms",
        "ladder_ms",
        "drain_ms",
        "vault_keys",
        "log",
        "log_format",
        "database_url",
        "acquirer_url",
    ];
    let upper = |name: &str| format!("STEELYARD_{}", name.to_uppercase());
    NAMES.iter().filter_map(|name| variable(&upper(name)).map(|value| (upper(name), value))).collect()
}

/// `DATABASE_URL`, or the parts that integrators name: `DB_HOST DB_PORT DB_NAME DB_USERNAME DB_PASSWORD`.
fn database_from_environment() -> Result<Option<String>, Failed> {
    if let Some(url) = variable("DATABASE_URL") {
        return Ok(Some(url));
    }
    let Some(host) = variable("DB_HOST") else { return Ok(None) };
    let part = |name: &str, default: &str| variable(name).unwrap_or_else(|| default.to_owned());
    let user = part("DB_USERNAME", "postgres");
    let password = variable("DB_PASSWORD").map(|password| format!(":{}", escape(&password))).unwrap_or_default();
    let port = part("DB_PORT", "5432");
    if port.parse::<u16>().is_err() {
        return Err(Failed(format!("DB_PORT is not a port: {port}")));
    }
    let (user, name) = (escape(&user), escape(&part("DB_NAME", "steelyard")));
    Ok(Some(format!("postgres://{user}{password}@{host}:{port}/{name}")))
}

/// Percent-encodes what an address could be broken by.
fn escape(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_password_cannot_break_the_address() {
        assert_eq!(escape("p@ss/w:rd%"), "p%40ss%2Fw%3Ard%25");
    }
}
