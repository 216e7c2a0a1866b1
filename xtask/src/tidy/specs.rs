//! Tests of what browsers run: they wait for what is to be seen, and all of them run.

use super::syntax::line_allows;
use super::{Finding, Tree};

const FOLDERS: [&str; 6] = [
    "web/tests/specs/",
    "web/tests/pages/",
    "web/tests/fixtures/",
    "web/tests/screens/",
    "web/tests/payer-unit/",
    "web/tests/sdk/",
];

/// What a line may not hold, and why.
const BANNED: [(&str, &str); 7] = [
    ("waitForTimeout(", "waits for time to pass: wait for what is to be seen"),
    ("setTimeout(", "waits for time to pass: wait for what is to be seen"),
    ("timers/promises", "waits for time to pass: wait for what is to be seen"),
    ("networkidle", "waits for time to pass, half a second of it: wait for what is to be seen"),
    (".only(", "leaves every other test out"),
    (".skip(", "a test that does not run tests nothing: repair it, or list its file in pending.mjs"),
    (".fixme(", "a test that does not run tests nothing: repair it, or list its file in pending.mjs"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.files {
        if !FOLDERS.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            if line_allows(line) {
                continue;
            }
            // `test.setTimeout(` says how long a test may take.
            let line = line.replace("test.setTimeout(", "");
            for (banned, why) in BANNED {
                if line.contains(banned) {
                    let banned = banned.trim_end_matches('(');
                    findings.push(Finding::at(path, number, format!("`{banned}` {why}")));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
