//! A map that names what is gone misleads: every path a document names must exist.

use super::{Finding, Tree};

const MAP: &str = "docs/ARCHITECTURE.md";
const ALSO_CHECKED: [&str; 3] = ["README.md", "CONTRIBUTING.md", "docs/STYLE.md"];

/// What a path in backticks begins with; anything else in backticks is code.
const PATH_STARTS: [&str; 6] = ["crates/", "docs/", "xtask/", "web/", "deploy/", ".ci/"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !tree.files.contains_key(MAP) {
        findings.push(Finding::in_file(MAP, "is missing: the repository needs its map".to_owned()));
    }
    for document in [MAP].into_iter().chain(ALSO_CHECKED) {
        let text = tree.files.get(document).map(String::as_str).unwrap_or_default();
        for (line, path) in paths(text) {
            if !tree.holds(&path) {
                let message = format!("names `{path}`, which does not exist");
                findings.push(Finding::at(document, line, message));
            }
        }
    }
    findings
}

/// Paths in backticks outside fenced blocks, with their lines; of a pattern, the part before it.
fn paths(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let quoted = line.split('`').skip(1).step_by(2);
            let named = quoted.filter(|code| PATH_STARTS.iter().any(|start| code.starts_with(start)));
            found.extend(named.filter_map(fixed_part).map(|path| (number, path)));
        }
    }
    found
}

fn fixed_part(code: &str) -> Option<String> {
    let path = code.split_whitespace().next()?;
    let is_pattern = |part: &&str| part.contains(['*', '{', '<', '…', ':']);
    let fixed: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty()).take_while(|part| !is_pattern(part)).collect();
    (!fixed.is_empty()).then(|| fixed.join("/"))
}

#[cfg(test)]
mod tests;
