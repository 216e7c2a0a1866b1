//! `web-tests` in the target folder: a copy of the specs, with the npm packages beside it.
//!
//! Node looks for packages above the file that asks, so the specs must lie beside them; and a
//! source tree that grows `node_modules` is one that tools stumble over.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Programs;
use crate::error::XtaskError;
use crate::workspace;

const SOURCE: &str = "web/tests";
const LOCK: &str = "package-lock.json";
/// What a run leaves and the next one wants.
const KEPT: [&str; 2] = ["node_modules", "look"];
/// The lock file that `node_modules` was installed from.
const INSTALLED: &str = "node_modules/.installed-from";

#[derive(Debug)]
pub struct Place {
    pub folder: PathBuf,
    /// Two runs in one target folder would copy over each other's specs.
    _held: File,
}

impl Place {
    /// Waits for another run, then brings the copy up to date.
    pub fn take(root: &Path, binary: &Path) -> Result<Self, XtaskError> {
        let target = binary.parent().and_then(Path::parent).unwrap_or(root);
        let folder = target.join("web-tests");
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| XtaskError::Write { path, source }
        };
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
        let lock = target.join("web-tests.lock");
        let held = File::create(&lock).map_err(failed(&lock))?;
        if held.try_lock().is_err() {
            eprintln!("another run is in {}: waiting for it", folder.display());
            held.lock().map_err(failed(&lock))?;
        }
        empty(&folder)?;
        copy(&root.join(SOURCE), &folder)?;
        Ok(Self { folder, _held: held })
    }

    /// `npm ci`, unless what the lock file names is installed already.
    pub fn install(&self, programs: &Programs) -> Result<(), XtaskError> {
        let lock = self.folder.join(LOCK);
        let installed = self.folder.join(INSTALLED);
        let wanted = fs::read(&lock).map_err(|source| XtaskError::Read { path: lock, source })?;
        if fs::read(&installed).is_ok_and(|there| there == wanted) {
            return Ok(());
        }
        eprintln!("npm ci");
        let mut command = Command::new(&programs.npm);
        command.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        command.current_dir(&self.folder).stdin(Stdio::null());
        // The browser is the system's.
        command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        workspace::answer(&mut command)?;
        fs::write(&installed, wanted).map_err(|source| XtaskError::Write { path: installed, source })
    }
}

/// A spec that was removed must not run from its copy.
fn empty(folder: &Path) -> Result<(), XtaskError> {
    for (name, path) in entries(folder)? {
        if KEPT.contains(&name.as_str()) {
            continue;
        }
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|source| XtaskError::Write { path, source })?;
    }
    Ok(())
}

/// What an editor or npm may have left in the source stays there.
fn copy(from: &Path, to: &Path) -> Result<(), XtaskError> {
    fs::create_dir_all(to).map_err(|source| XtaskError::Write { path: to.to_path_buf(), source })?;
    for (name, path) in entries(from)? {
        let target = to.join(&name);
        if path.is_dir() {
            if name != "node_modules" {
                copy(&path, &target)?;
            }
        } else {
            fs::copy(&path, &target).map_err(|source| XtaskError::Write { path: target, source })?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, XtaskError> {
    let failed = |source| XtaskError::Read { path: folder.to_path_buf(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    Ok(found)
}
