//! A PostgreSQL of our own: found or installed, started in a temporary folder, gone afterwards.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::error::XtaskError;
use crate::packages::{self, Wanted};
use crate::workspace;

/// The oldest major version that the store supports.
const MAJOR_MIN: u32 = 15;

/// Another process may take the free port between our look and the server's start.
const START_TRIES_MAX: u32 = 3;

/// Runs the server for as long as its standard input stays open; see the file itself.
const KEEPER: &str = include_str!("database/keeper.sh");

const PACKAGE: Wanted = Wanted {
    name: "PostgreSQL",
    sets: &[&["postgresql-15"], &["postgresql"]],
    by_hand: "install it (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; macOS: \
              brew install postgresql@17) or pass --no-postgres",
};

/// Where packages and people put the server's programs, besides `PATH`; `*` is a version.
const FOLDERS: [&str; 7] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/bin",
    "/usr/local/pgsql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// Whether a committed transaction must reach the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// For tests of behaviour: the data is deleted in a minute.
    None,
    /// For measurements: every commit waits for the disk, as in production.
    Synced,
}

impl Durability {
    fn settings(self) -> &'static str {
        match self {
            Self::None => "-c fsync=off -c full_page_writes=off",
            Self::Synced => "-c fsync=on -c synchronous_commit=on",
        }
    }
}

/// A running server. Dropping it, or dying in any way, stops the server and deletes its data.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    /// Open for as long as the server is wanted.
    wanted: Option<ChildStdin>,
    pub url: String,
}

impl Cluster {
    pub fn start(programs: &Path, durability: Durability) -> Result<Self, XtaskError> {
        let account = account()?;
        let mut tries = 1;
        loop {
            let port = free_port().map_err(|error| not_started(&error.to_string()))?;
            match start_keeper(programs, account, port, durability) {
                Ok(cluster) => return Ok(cluster),
                Err(error) if tries == START_TRIES_MAX => return Err(error),
                Err(_) => tries += 1,
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.wanted.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("PostgreSQL's keeper could not be awaited: {error}");
        }
    }
}

/// The account that runs the server, where our own may not: PostgreSQL refuses root.
fn account() -> Result<Option<&'static str>, XtaskError> {
    if !packages::is_root() {
        return Ok(None);
    }
    let known = |name: &&str| workspace::answer(Command::new("id").arg("-u").arg(name)).is_ok();
    let name = ["postgres", "nobody"].into_iter().find(known);
    match name {
        Some(name) => Ok(Some(name)),
        None => Err(not_started("it refuses root, and there is no account `postgres` or `nobody`")),
    }
}

fn start_keeper(
    programs: &Path,
    account: Option<&str>,
    port: u16,
    durability: Durability,
) -> Result<Cluster, XtaskError> {
    let mut command = keeper_command(account);
    command.args(["-c", KEEPER, "keeper"]).arg(programs).arg(port.to_string());
    command.arg(durability.settings());
    // Our own folder may be closed to the other account.
    command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C is for us; the keeper follows once we are gone.
        command.process_group(0);
    }
    let name = programs.display().to_string();
    let mut keeper =
        command.spawn().map_err(|source| XtaskError::Run { command: format!("{name}/postgres"), source })?;
    let wanted = keeper.stdin.take();
    let mut said = String::new();
    if let Some(stdout) = keeper.stdout.take() {
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        // Up to the first `ready`, or to the end of a keeper that failed.
        for line in lines.by_ref() {
            if line == "ready" {
                let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
                return Ok(Cluster { keeper, wanted, url });
            }
            said.push_str(&line);
            said.push('\n');
        }
    }
    drop(wanted);
    if let Err(error) = keeper.wait() {
        said.push_str(&error.to_string());
    }
    Err(not_started(said.trim()))
}

fn keeper_command(account: Option<&str>) -> Command {
    match account {
        None => Command::new("sh"),
        Some(name) => {
            let mut command = Command::new("runuser");
            command.args(["-u", name, "--", "sh"]);
            command
        }
    }
}

fn not_started(detail: &str) -> XtaskError {
    XtaskError::Postgres { detail: detail.to_owned() }
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// The folder with PostgreSQL's programs; installs the package where that is possible.
pub fn find_or_install() -> Result<PathBuf, XtaskError> {
    if let Some(folder) = find() {
        return Ok(folder);
    }
    let missing = |detail: String| XtaskError::PostgresMissing { at_least: MAJOR_MIN, detail };
    packages::install(&PACKAGE).map_err(missing)?;
    find().ok_or_else(|| missing("the package was installed, and no such version is where packages put it".to_owned()))
}

/// The first folder that holds all the programs, in a version we support.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let in_path = env::split_paths(&path).collect::<Vec<_>>();
    let elsewhere = FOLDERS.into_iter().flat_map(expand);
    in_path.into_iter().chain(elsewhere).find(|folder| is_complete(folder))
}

fn is_complete(folder: &Path) -> bool {
    let holds = |program: &str| folder.join(program).is_file();
    holds("initdb") && holds("pg_ctl") && holds("postgres") && {
        let version = workspace::answer(Command::new(folder.join("postgres")).arg("--version"));
        version.ok().and_then(|text| major_version(&text)).is_some_and(|major| major >= MAJOR_MIN)
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-1)` is 15; `18beta1` is 18.
fn major_version(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL) ")?.1;
    let end = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    version.get(..end)?.parse().ok()
}

/// Replaces the one part with a `*` by what is on the disk, the newest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (folder, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.strip_prefix(prefix)?.split('.').next()?.parse().ok()?;
            Some((version, PathBuf::from(format!("{folder}/{name}{after}"))))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests;
