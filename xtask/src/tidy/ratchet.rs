//! `xtask/ratchet.txt`: what is too long today, each with its length and a reason.
//!
//! An entry is exact, so whoever shortens a function lowers the number for good; and a number may
//! never rise from one version of the file to the next.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::{Finding, Tree};
use crate::workspace;

pub const PATH: &str = "xtask/ratchet.txt";

/// From `path` or `path::function` to the lines it may have.
pub type Debts = BTreeMap<String, usize>;

/// Reads `path::function lines # reason`, one a line; a line that starts with `#` is a remark.
pub fn read(tree: &Tree) -> (Debts, Vec<Finding>) {
    let text = tree.files.get(PATH).map(String::as_str).unwrap_or_default();
    parse(text)
}

fn parse(text: &str) -> (Debts, Vec<Finding>) {
    let mut debts = Debts::new();
    let mut findings = Vec::new();
    for (line, entry) in (1..).zip(text.lines().map(str::trim)) {
        if entry.is_empty() || entry.starts_with('#') {
            continue;
        }
        match parse_entry(entry) {
            Some((key, lines)) => {
                debts.insert(key, lines);
            }
            None => {
                let message = "an entry reads `path::function lines # reason`".to_owned();
                findings.push(Finding::at(PATH, line, message));
            }
        }
    }
    (debts, findings)
}

fn parse_entry(entry: &str) -> Option<(String, usize)> {
    let (debt, reason) = entry.split_once('#')?;
    if reason.trim().is_empty() {
        return None;
    }
    let mut words = debt.split_whitespace();
    let key = words.next()?.to_owned();
    let lines = words.next()?.parse().ok()?;
    match words.next() {
        Some(_) => None,
        None => Some((key, lines)),
    }
}

/// A number that rose since `previous`.
pub fn check_history(tree: &Tree, previous: Option<&str>) -> Vec<Finding> {
    let (before, _) = parse(previous.unwrap_or_default());
    let (now, _) = read(tree);
    let mut findings = Vec::new();
    for (key, lines) in &now {
        if let Some(owed) = before.get(key).filter(|owed| lines > *owed) {
            let message = format!("{key} was {owed} lines and is now allowed {lines}: the ratchet only goes down");
            findings.push(Finding::in_file(PATH, message));
        }
    }
    findings
}

/// The newest committed version that differs from the one at hand.
///
/// So an edit is compared with the last commit, and a committed edit with the version before it.
#[must_use]
pub fn previous(root: &Path, tree: &Tree) -> Option<String> {
    let now = tree.files.get(PATH)?;
    let commits = git(root, &["log", "--max-count=2", "--format=%H", "--", PATH])?;
    commits
        .lines()
        .filter_map(|commit| git(root, &["show", &format!("{commit}:{PATH}")]))
        .find(|version| version != now)
}

fn git(root: &Path, words: &[&str]) -> Option<String> {
    workspace::answer(Command::new("git").current_dir(root).args(words)).ok()
}

#[cfg(test)]
mod tests;
