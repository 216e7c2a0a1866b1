use std::io;
use std::path::PathBuf;

/// Why a task could not do its work. A rule that is broken is not one of these: see `tidy::Finding`.
#[derive(Debug, thiserror::Error)]
pub enum XtaskError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error("cannot run `{command}`: {source}")]
    Run { command: String, source: io::Error },

    #[error("`{command}` failed: {detail}")]
    Failed { command: String, detail: String },

    #[error("cargo answered something this reader does not know: {source}")]
    CargoAnswer { source: serde_json::Error },

    #[error("cargo built the workspace and named no executable `{name}`")]
    NoExecutable { name: &'static str },

    #[error("{document} has a command that is not `steelyard …`: {command}")]
    NotOurCommand { document: String, command: String },

    #[error("{document} holds no ```sh evidence block, so nothing in it can be repeated")]
    NoEvidence { document: String },

    #[error("no document in docs/evidence matches `{name}`")]
    NoSuchEvidence { name: String },

    #[error("`{command}`: {reason}")]
    Vendor { command: String, reason: String },

    #[error("PostgreSQL did not start: {detail}")]
    Postgres { detail: String },

    #[error("PostgreSQL {at_least} or later is missing: {detail}")]
    PostgresMissing { at_least: u32, detail: String },

    #[error("{name} is missing: {detail}")]
    ProgramMissing { name: &'static str, detail: String },
}
