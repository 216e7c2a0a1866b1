//! Browser libraries become files of the repository: npm and fonttools run here and never in the build.

use std::path::Path;
use std::process::Command;

use crate::error::XtaskError;

const VENDOR: &str = "web/vendor";
const WORK: &str = "target/vendor";
const SCRIPT: &str = "xtask/src/vendor/refresh.sh";

/// Makes the files of `web/vendor` again and says their sums, which belong into VENDOR.toml.
///
/// # Errors
/// npm, python3, a package or the network is missing.
pub fn run(root: &Path) -> Result<(), XtaskError> {
    sh(root, &[SCRIPT, WORK, VENDOR])?;
    sh(root, &["-c", &format!("cd {VENDOR} && sha256sum *.mjs fonts/*")])?;
    println!("`cargo test -p steelyard-web vendored` compares them with {VENDOR}/VENDOR.toml");
    Ok(())
}

fn sh(root: &Path, arguments: &[&str]) -> Result<(), XtaskError> {
    let command = format!("sh {}", arguments.join(" "));
    let status = Command::new("sh").args(arguments).current_dir(root).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(XtaskError::Vendor { command, reason: status.to_string() }),
        Err(error) => Err(XtaskError::Vendor { command, reason: error.to_string() }),
    }
}
