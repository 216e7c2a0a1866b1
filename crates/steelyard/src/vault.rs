//! The keys of the vault: where they come from, and `steelyard vault rotate`.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use serde_json::json;
use steelyard_app::{App, Clock, vault::VaultKeys};
use steelyard_store::engine::Target;

use crate::{config::Config, doctor::Finding, output::Failed, serve::announce};

const ABOUT: &str = "vault";
const FILE: &str = "vault.key";
const HOW: &str = "set vault_keys (STEELYARD_VAULT_KEYS) to 1:KEY, with KEY from `openssl rand -base64 32`; \
    all servers of a database have the same, and without it the cards cannot be read again: keep a copy apart";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Seal every card anew that is not under the newest key.
    Rotate,
}

pub async fn run(config: &Config, command: &Command) -> Result<ExitCode, Failed> {
    match command {
        Command::Rotate => rotate(config).await,
    }
}

async fn rotate(config: &Config) -> Result<ExitCode, Failed> {
    let target = config.target()?;
    let keys = keys_to_seal(config, &target)?.ok_or_else(|| Failed(format!("there are no vault keys: {HOW}")))?;
    let current = keys.current();
    let mut app = steelyard_app::Config::new(target, Vec::new());
    app.clock = Clock::System;
    app.workers = false;
    app.vault = Some(keys);
    let app = App::start(app).await?;
    let resealed = app.reseal_vault().await;
    app.stop().await;
    let (resealed, failed) = resealed.map_err(|problem| Failed(problem.detail))?;
    announce(&json!({ "keyVersion": current, "resealed": resealed, "unreadable": failed }));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The keys that are set, or on SQLite those of a file beside the database, which is made if it is not there.
/// PostgreSQL may have several servers, and a file of one of them would lock the others out: there is none then.
pub fn keys_to_seal(config: &Config, target: &Target) -> Result<Option<VaultKeys>, Failed> {
    if let Some(keys) = keys_of_setting(config)? {
        return Ok(Some(keys));
    }
    let Some(file) = file_beside(target) else { return Ok(None) };
    let failed = |error: io::Error| Failed(format!("{}: {error}", file.display()));
    if !file.exists() {
        make(&file).map_err(failed)?;
        tracing::info!(file = %file.display(), "made a key for the vault; keep a copy apart from the database");
    }
    read(&file).map(Some)
}

fn keys_of_setting(config: &Config) -> Result<Option<VaultKeys>, Failed> {
    let Some(text) = &config.settings.vault_keys else { return Ok(None) };
    let keys = VaultKeys::parse(text.expose());
    keys.map(Some).map_err(|error| Failed(format!("vault_keys: {error}")))
}

fn file_beside(target: &Target) -> Option<PathBuf> {
    match target {
        Target::Sqlite(path) => Some(path.with_file_name(FILE)),
        Target::Postgres(_) => None,
    }
}

fn read(file: &Path) -> Result<VaultKeys, Failed> {
    let text = fs::read_to_string(file).map_err(|error| Failed(format!("{}: {error}", file.display())))?;
    VaultKeys::parse(text.trim()).map_err(|error| Failed(format!("{}: {error}", file.display())))
}

/// Makes the file whole or not at all, readable by its owner alone. Of two processes that make it at once the first
/// one's key stays.
fn make(file: &Path) -> io::Result<()> {
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut opened| {
        opened.write_all(VaultKeys::generate().text().as_bytes())?;
        opened.write_all(b"\n")?;
        opened.sync_all()
    });
    let linked = written.and_then(|()| fs::hard_link(&draft, file));
    let removed = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => removed,
        Err(error) => Err(error),
        Ok(()) => removed,
    }
}

/// What `steelyard doctor` says of the keys. Changes nothing.
pub fn look(config: &Config) -> Finding {
    let versions = |keys: &VaultKeys| {
        let all: Vec<String> = keys.versions().map(|version| version.to_string()).collect();
        format!("keys of version {}; {} seals", all.join(", "), keys.current())
    };
    match keys_of_setting(config) {
        Ok(Some(keys)) => return Finding::ok(ABOUT, versions(&keys)),
        Err(error) => return Finding::bad(ABOUT, error.to_string(), HOW),
        Ok(None) => {}
    }
    let Some(file) = config.target().ok().as_ref().and_then(file_beside) else {
        return Finding::note(ABOUT, "no keys: payers cannot keep cards", HOW);
    };
    if !file.exists() {
        return Finding::note(ABOUT, format!("{} does not exist", file.display()), "the first start makes it");
    }
    match read(&file) {
        Err(error) => Finding::bad(ABOUT, error.to_string(), "bring the file back from a copy: cards need its keys"),
        Ok(_) if is_open_to_others(&file) => {
            let found = format!("{} can be read by others than its owner", file.display());
            Finding::bad(ABOUT, found, format!("chmod 600 {}", file.display()))
        }
        Ok(keys) => Finding::ok(ABOUT, format!("{} in {}", versions(&keys), file.display())),
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
const fn is_open_to_others(_file: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        let folder = std::env::temp_dir().join(format!("steelyard-vault-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(FILE);
        make(&file).unwrap();
        let first = read(&file).unwrap().text();
        assert!(!is_open_to_others(&file));
        make(&file).unwrap();
        assert_eq!(read(&file).unwrap().text(), first);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::write(&file, "no key").unwrap();
        assert!(read(&file).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
