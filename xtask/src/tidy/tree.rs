//! The repository's files, read once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::XtaskError;
use crate::workspace;

/// Never part of the source, with or without git to say so.
const SKIPPED_FOLDERS: [&str; 4] = [".git", "target", "node_modules", "steelyard-data"];

/// Paths are relative to the repository and written with `/`. A file that is not text is empty.
#[derive(Debug, Default)]
pub struct Tree {
    pub files: BTreeMap<String, String>,
}

impl Tree {
    /// What git tracks or would track; without git (a tarball), every file but build output.
    pub fn read(root: &Path) -> Result<Self, XtaskError> {
        let mut paths = match listed_by_git(root) {
            Some(paths) => paths,
            None => {
                let mut found = Vec::new();
                walk(root, "", &mut found)?;
                found
            }
        };
        paths.retain(|path| root.join(path).is_file());
        let mut files = BTreeMap::new();
        for path in paths {
            let at = root.join(&path);
            let bytes = fs::read(&at).map_err(|source| XtaskError::Read { path: at, source })?;
            files.insert(path, String::from_utf8(bytes).unwrap_or_default());
        }
        Ok(Self { files })
    }

    /// A file, or a folder that holds one.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(&folder))
    }

    /// Rust that people write here: neither vendored nor generated.
    pub fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .filter(|(path, text)| path.ends_with(".rs") && !is_foreign(path, text))
    }
}

/// Vendored and generated text has its own authors and its own rules.
#[must_use]
pub fn is_foreign(path: &str, text: &str) -> bool {
    let folder_says_so = path.split('/').any(|part| part == "vendor" || part == "generated");
    let first_line = text.lines().next().unwrap_or_default();
    folder_says_so || first_line.starts_with("// @generated")
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        // Git would look upwards and list the files of somebody else's repository.
        return None;
    }
    let mut command = Command::new("git");
    command.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = workspace::answer(&mut command).ok()?;
    Some(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn walk(root: &Path, folder: &str, found: &mut Vec<String>) -> Result<(), XtaskError> {
    let at = root.join(folder);
    let failed = |source| XtaskError::Read { path: at.clone(), source };
    for entry in fs::read_dir(&at).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_file() {
            found.push(path);
        } else if kind.is_dir() && !SKIPPED_FOLDERS.contains(&name.as_str()) {
            walk(root, &path, found)?;
        }
    }
    Ok(())
}

#[cfg(test)]
impl Tree {
    /// A fixture.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self { files: files.iter().map(owned).collect() }
    }
}
