//! Where the repository is, and what cargo says about it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::error::XtaskError;

/// The part of `cargo metadata` that the rules read.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    pub kind: Option<DependencyKind>,
}

/// Cargo writes a normal dependency as `null`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum DependencyKind {
    Dev,
    Build,
}

/// The repository's top: the folder that holds `xtask/`.
#[must_use]
pub fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
    let folder = PathBuf::from(manifest);
    folder.parent().map_or(folder.clone(), Path::to_path_buf)
}

/// The cargo that started us, so that one toolchain does everything.
#[must_use]
pub fn cargo(root: &Path) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// Only the workspace's own packages: this needs neither a network nor a lock file.
pub fn metadata(root: &Path) -> Result<Metadata, XtaskError> {
    let mut command = cargo(root);
    command.args(["metadata", "--format-version", "1", "--no-deps"]);
    parse_metadata(&answer(&mut command)?)
}

pub fn parse_metadata(json: &str) -> Result<Metadata, XtaskError> {
    serde_json::from_str(json).map_err(|source| XtaskError::CargoAnswer { source })
}

/// What a command printed, or why it printed nothing useful.
pub fn answer(command: &mut Command) -> Result<String, XtaskError> {
    let name = shown(command);
    let output = command.output().map_err(|source| XtaskError::Run { command: name.clone(), source })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(XtaskError::Failed { command: name, detail })
    }
}

/// A command as a person would type it.
#[must_use]
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let mut words = vec![name.into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
