//! Tests of single modules, without a server: `node --test` on every `*.test.mjs`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Outcome, Place, Programs};
use crate::closing::Counts;
use crate::error::XtaskError;
use crate::workspace;

const ENDING: &str = ".test.mjs";
/// In the words of the Test Anything Protocol.
const REPORT: &str = "modules.tap";

/// Runs the tests whose paths contain one of `filters`, or all; with none there is nothing to do.
pub fn run(programs: &Programs, place: &Place, filters: &[String]) -> Result<(Outcome, Counts), XtaskError> {
    let wanted = |path: &PathBuf| {
        let path = path.to_string_lossy();
        filters.is_empty() || filters.iter().any(|filter| path.contains(filter.as_str()))
    };
    let files: Vec<PathBuf> = place.files(|name| name.ends_with(ENDING))?.into_iter().filter(wanted).collect();
    if files.is_empty() {
        return Ok((Outcome::Done, Counts::default()));
    }
    let report = place.top.join(REPORT);
    let mut command = Command::new(&programs.node);
    command.args(["--test", "--test-reporter=spec", "--test-reporter-destination=stderr", "--test-reporter=tap"]);
    command.arg(format!("--test-reporter-destination={}", report.display())).args(&files);
    command.current_dir(&place.tests).stdin(Stdio::null()).env("CHROMIUM", &programs.shell);
    let name = "node --test".to_owned();
    let status = command.status().map_err(|source| XtaskError::Run { command: name.clone(), source })?;
    let said = fs::read_to_string(&report).map_err(|source| XtaskError::Read { path: report, source })?;
    let counts = counts(&said);
    let outcome = if status.success() { Outcome::Done } else { Outcome::Failed };
    match counts {
        Some(counts) => Ok((outcome, counts)),
        None => Err(XtaskError::Failed { command: workspace::shown(&command), detail: "it left no report".to_owned() }),
    }
}

/// The closing lines: `# pass 3`, `# fail 0`, `# cancelled 0`, `# skipped 1`, `# todo 0`.
pub(super) fn counts(tap: &str) -> Option<Counts> {
    let number = |word: &str| {
        let prefix = format!("# {word} ");
        tap.lines().rev().find_map(|line| line.strip_prefix(&prefix)?.trim().parse::<u64>().ok())
    };
    Some(Counts {
        passed: number("pass")?,
        failed: number("fail")?.saturating_add(number("cancelled")?),
        // What is yet to be done tests nothing either.
        skipped: number("skipped")?.saturating_add(number("todo")?),
    })
}
