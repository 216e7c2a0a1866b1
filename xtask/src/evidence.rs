//! `cargo xtask evidence`: runs again what docs/evidence was measured with.
//!
//! A document of evidence holds its commands in fenced blocks opened by three backticks and
//! `sh evidence`. Every line is one `steelyard …` command; a line that ends in `\` goes on, and
//! `#` begins a remark. A command that names `STEELYARD_TEST_POSTGRES` gets a PostgreSQL that
//! syncs every commit.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::build;
use crate::database::{self, Cluster, Durability};
use crate::error::XtaskError;
use crate::stages::services::POSTGRES_URL;

const FOLDER: &str = "docs/evidence";

/// Explains the folder; it measures nothing.
const INDEX: &str = "README.md";

#[derive(Debug)]
struct Document {
    name: String,
    commands: Vec<String>,
}

/// Runs the commands of every document whose name contains `name`, and shows what they print.
pub fn run(root: &Path, name: Option<&str>) -> Result<(), XtaskError> {
    let documents = documents(root, name.unwrap_or_default())?;
    let binary = build::binary(root, &["--release", "--package", build::BINARY])?;
    let path = search_path(&binary);
    let wants_postgres =
        documents.iter().flat_map(|document| &document.commands).any(|line| line.contains(POSTGRES_URL));
    let cluster =
        if wants_postgres { Some(Cluster::start(&database::find_or_install()?, Durability::Synced)?) } else { None };
    for document in &documents {
        println!("\n## {}", document.name);
        for line in &document.commands {
            println!("\n$ {line}");
            let mut command = Command::new("sh");
            command.args(["-c", line]).current_dir(root).env("PATH", &path);
            command.envs(cluster.iter().map(|cluster| (POSTGRES_URL, cluster.url.as_str())));
            execute(&mut command, line)?;
        }
    }
    Ok(())
}

fn execute(command: &mut Command, line: &str) -> Result<(), XtaskError> {
    let status = command.status().map_err(|source| XtaskError::Run { command: line.to_owned(), source })?;
    if status.success() {
        Ok(())
    } else {
        Err(XtaskError::Failed { command: line.to_owned(), detail: status.to_string() })
    }
}

/// The binary just built is the `steelyard` of the commands.
fn search_path(binary: &Path) -> OsString {
    let folder = binary.parent().unwrap_or(binary).to_path_buf();
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = [folder].into_iter().chain(env::split_paths(&rest));
    env::join_paths(folders).unwrap_or(rest)
}

fn documents(root: &Path, name: &str) -> Result<Vec<Document>, XtaskError> {
    let folder = root.join(FOLDER);
    let failed = |source| XtaskError::Read { path: folder.clone(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let file = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if file.ends_with(".md") && file != INDEX && file.contains(name) {
            names.push(file);
        }
    }
    if names.is_empty() {
        return Err(XtaskError::NoSuchEvidence { name: name.to_owned() });
    }
    names.sort();
    let mut documents = Vec::new();
    for file in names {
        let path = folder.join(&file);
        let text = fs::read_to_string(&path).map_err(|source| XtaskError::Read { path, source })?;
        let commands = commands(&file, &text)?;
        documents.push(Document { name: file, commands });
    }
    Ok(documents)
}

/// The commands of one document; it must have some, and each must be ours.
fn commands(document: &str, text: &str) -> Result<Vec<String>, XtaskError> {
    let mut commands = Vec::new();
    let mut inside = false;
    let mut begun = String::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("```") {
            inside = !inside && line == "```sh evidence";
            continue;
        }
        if !inside || line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.strip_suffix('\\') {
            Some(part) => begun.push_str(part),
            None => {
                begun.push_str(line);
                commands.push(std::mem::take(&mut begun));
            }
        }
    }
    if commands.is_empty() {
        return Err(XtaskError::NoEvidence { document: document.to_owned() });
    }
    match commands.iter().find(|command| !is_ours(command)) {
        Some(command) => Err(XtaskError::NotOurCommand { document: document.to_owned(), command: command.clone() }),
        None => Ok(commands),
    }
}

/// `steelyard …`, after settings such as `DATABASE_URL=…`.
fn is_ours(command: &str) -> bool {
    let is_setting = |word: &&str| word.split_once('=').is_some_and(|(name, _)| is_variable(name));
    command.split_whitespace().find(|word| !is_setting(word)) == Some(build::BINARY)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

#[cfg(test)]
mod tests;
