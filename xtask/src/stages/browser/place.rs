//! `web-tests` in the target folder: a copy of the tests, with the npm packages beside it.
//!
//! Node looks for packages above the file that asks, so the tests must lie beside them; and a
//! source tree that grows `node_modules` is one that tools stumble over. The copy lies as deep as
//! the original, and what is tested stands where it stands there, so paths mean the same in both.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Programs;
use crate::error::XtaskError;
use crate::workspace;

const TESTS: &str = "web/tests";
/// What tests read of the source: seen through a link, never copied.
const SEEN: [&str; 2] = ["crates", "web/vendor"];
const LOCK: &str = "package-lock.json";
const PACKAGES: &str = "node_modules";
/// In `PACKAGES`: the lock file that they were installed from.
const INSTALLED: &str = ".installed-from";

#[derive(Debug)]
pub struct Place {
    /// Holds the copy, and what a run leaves.
    pub top: PathBuf,
    /// The copy of `web/tests`.
    pub tests: PathBuf,
    /// Two runs in one target folder would copy over each other's specs.
    _held: File,
}

impl Place {
    /// Waits for another run, then brings the copy up to date.
    pub fn take(root: &Path, binary: &Path) -> Result<Self, XtaskError> {
        let target = binary.parent().and_then(Path::parent).unwrap_or(root);
        let top = target.join("web-tests");
        let tests = top.join(TESTS);
        fs::create_dir_all(&tests).map_err(cannot_write(&tests))?;
        let lock = target.join("web-tests.lock");
        let held = File::create(&lock).map_err(cannot_write(&lock))?;
        if held.try_lock().is_err() {
            eprintln!("another run is in {}: waiting for it", top.display());
            held.lock().map_err(cannot_write(&lock))?;
        }
        for seen in SEEN {
            show(&root.join(seen), &top.join(seen))?;
        }
        empty(&tests)?;
        copy(&root.join(TESTS), &tests)?;
        Ok(Self { top, tests, _held: held })
    }

    /// `npm ci` beside every lock file, unless what it names is installed already.
    pub fn install(&self, programs: &Programs) -> Result<(), XtaskError> {
        for lock in self.files(|name| name == LOCK)? {
            let folder = lock.parent().unwrap_or(&self.tests);
            let installed = folder.join(PACKAGES).join(INSTALLED);
            let wanted = fs::read(&lock).map_err(|source| XtaskError::Read { path: lock.clone(), source })?;
            if fs::read(&installed).is_ok_and(|there| there == wanted) {
                continue;
            }
            eprintln!("npm ci, in {}", folder.display());
            let mut command = Command::new(&programs.npm);
            // No package of ours needs its scripts, and a script could do anything.
            command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
            command.current_dir(folder).stdin(Stdio::null());
            workspace::answer(&mut command)?;
            fs::write(&installed, wanted).map_err(cannot_write(&installed))?;
        }
        Ok(())
    }

    /// The files of the copy whose names are `wanted`, in order.
    pub fn files(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, XtaskError> {
        let mut found = Vec::new();
        let mut folders = vec![self.tests.clone()];
        while let Some(folder) = folders.pop() {
            for (name, path) in entries(&folder)? {
                if path.is_dir() {
                    if name != PACKAGES {
                        folders.push(path);
                    }
                } else if wanted(&name) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

fn cannot_write(path: &Path) -> impl Fn(io::Error) -> XtaskError + use<> {
    let path = path.to_path_buf();
    move |source| XtaskError::Write { path: path.clone(), source }
}

/// Another checkout may have had this target folder before.
fn show(there: &Path, here: &Path) -> Result<(), XtaskError> {
    if fs::read_link(here).is_ok_and(|shown| shown == there) {
        return Ok(());
    }
    if here.is_symlink() {
        fs::remove_file(here).map_err(cannot_write(here))?;
    }
    symlink(there, here).map_err(cannot_write(here))
}

/// A spec that was removed must not run from its copy; packages stay, at whatever depth.
fn empty(folder: &Path) -> Result<(), XtaskError> {
    for (name, path) in entries(folder)? {
        if name == PACKAGES {
            continue;
        }
        if path.is_dir() && !path.is_symlink() {
            empty(&path)?;
            if entries(&path)?.is_empty() {
                fs::remove_dir(&path).map_err(cannot_write(&path))?;
            }
        } else {
            fs::remove_file(&path).map_err(cannot_write(&path))?;
        }
    }
    Ok(())
}

/// What npm may have left in the source stays there.
fn copy(from: &Path, to: &Path) -> Result<(), XtaskError> {
    fs::create_dir_all(to).map_err(cannot_write(to))?;
    for (name, path) in entries(from)? {
        let target = to.join(&name);
        if path.is_dir() {
            if name != PACKAGES {
                copy(&path, &target)?;
            }
        } else {
            fs::copy(&path, &target).map_err(cannot_write(&target))?;
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
