//! The demonstration's own folder: emptied at every start, and therefore never somebody else's.

use std::{
    fs::{File, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::{
    config::{Config, Settings},
    output::Failed,
};

const DEFAULT: &str = "steelyard-demo";
const MARKER: &str = ".steelyard-demo";
/// What a demonstration leaves behind, and all that is ever removed.
const OURS: [&str; 3] = ["steelyard.db", "acquirer.db", "vault.key"];

/// The folder, held: a second demonstration in it is refused as long as this lives.
pub struct Folder {
    pub path: PathBuf,
    _held: File,
}

impl Folder {
    /// The folder named by `--data`, or `./steelyard-demo`.
    #[must_use]
    pub fn of(config: &Config) -> PathBuf {
        if config.settings.data == Settings::default().data {
            PathBuf::from(DEFAULT)
        } else {
            config.settings.data.clone()
        }
    }

    /// Makes the folder, or empties the one that an earlier demonstration has left.
    ///
    /// # Errors
    /// If it holds anything else, or another demonstration is running in it.
    pub fn take(path: PathBuf) -> Result<Self, Failed> {
        let failed = |error: std::io::Error| Failed(format!("{}: {error}", path.display()));
        std::fs::create_dir_all(&path).map_err(failed)?;
        let marker = path.join(MARKER);
        if !marker.exists() && std::fs::read_dir(&path).map_err(failed)?.next().is_some() {
            return Err(Failed(format!(
                "{} is not empty and no demonstration made it: nothing in it is touched. \
                 Name another folder with --data, or an empty one",
                path.display()
            )));
        }
        let held = OpenOptions::new().create(true).truncate(false).write(true).open(&marker).map_err(failed)?;
        if held.try_lock().is_err() {
            return Err(Failed(format!("another demonstration is running in {}", path.display())));
        }
        empty(&path)?;
        Ok(Self { path, _held: held })
    }

    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("steelyard.db")
    }

    #[must_use]
    pub fn book(&self) -> PathBuf {
        self.path.join("acquirer.db")
    }
}

/// Removes the databases of an earlier demonstration with everything SQLite and the servers keep beside them.
fn empty(path: &Path) -> Result<(), Failed> {
    for name in OURS {
        refuse_if_served(&path.join(name))?;
        for beside in ["", "-wal", "-shm", "-journal", ".serve-lock", ".migrate-lock"] {
            let file = path.join(format!("{name}{beside}"));
            match std::fs::remove_file(&file) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Failed(format!("{}: {error}", file.display()))),
            }
        }
    }
    Ok(())
}

/// `steelyard serve` may have been started on what a demonstration left.
fn refuse_if_served(database: &Path) -> Result<(), Failed> {
    let mut name = database.as_os_str().to_owned();
    name.push(".serve-lock");
    match File::open(&name) {
        Ok(lock) if lock.try_lock().is_err() => Err(Failed(format!("a server is running on {}", database.display()))),
        Ok(_) | Err(_) => Ok(()),
    }
}
