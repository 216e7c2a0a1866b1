//! The repository speaks of itself alone: it names nobody's home and no build machine.

use std::fs;
use std::path::Path;

use super::syntax::line_allows;
use super::{Finding, Tree};

/// Folders at the top of a file system where people and build machines keep checkouts. They are
/// written without their slashes, so that this file does not name one either.
const CHECKOUT_ROOTS: [&str; 6] = ["home", "Users", "root", "work", "workspace", "builds"];

/// Words that only this checkout must keep out, one a line: names of hosts, mirrors, people.
const PRIVATE_WORDS_PATH: &str = ".git/info/private-words";

pub fn check(tree: &Tree, private_words: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.files {
        for (number, line) in (1..).zip(text.lines()) {
            if line_allows(line) {
                continue;
            }
            if let Some(place) = place_named(line) {
                let message = format!("names `{place}`, a place on one machine: use a relative path");
                findings.push(Finding::at(path, number, message));
            }
            if private_words.iter().any(|word| line.contains(word.as_str())) {
                // The word itself stays out of logs as well.
                let message = format!("holds a word listed in {PRIVATE_WORDS_PATH}");
                findings.push(Finding::at(path, number, message));
            }
        }
    }
    findings
}

/// An absolute path below one of the roots; `crates/work/` and `https://host/work/` are none.
fn place_named(line: &str) -> Option<String> {
    CHECKOUT_ROOTS.into_iter().map(|root| format!("/{root}/")).find(|place| {
        line.match_indices(place.as_str()).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default();
            before.ends_with("file://") || !before.ends_with(is_part_of_a_path)
        })
    })
}

fn is_part_of_a_path(character: char) -> bool {
    character.is_alphanumeric() || "._-/~*}>)]$%@+".contains(character)
}

#[must_use]
pub fn private_words(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join(PRIVATE_WORDS_PATH)).unwrap_or_default();
    text.lines().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
