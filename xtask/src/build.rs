//! Asks cargo for the binary, and where it put it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::error::XtaskError;
use crate::workspace;

/// The package, and the executable of it.
pub const BINARY: &str = "steelyard";

/// Builds what `selection` names, shows cargo's progress, and returns the binary's path.
pub fn binary(root: &Path, selection: &[&str]) -> Result<PathBuf, XtaskError> {
    let mut command = workspace::cargo(root);
    command.arg("build").args(selection).arg("--message-format=json-render-diagnostics");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let name = workspace::shown(&command);
    let failed = |source| XtaskError::Run { command: name.clone(), source };
    let mut child = command.spawn().map_err(failed)?;
    let mut messages = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut messages).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(XtaskError::Failed { command: name, detail: status.to_string() });
    }
    executable(&messages).ok_or(XtaskError::NoExecutable { name: BINARY })
}

/// The executable in cargo's messages that is the program itself and not its test harness.
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| message["target"]["name"] == BINARY && message["profile"]["test"] == false)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests;
