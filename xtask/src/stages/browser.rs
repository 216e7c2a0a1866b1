//! The tests in a browser: Playwright drives Chromium against the binary that was just built.
//!
//! Node, Chromium and the npm packages are found or fetched like PostgreSQL. The source tree stays
//! as it is: see [`place`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::Outcome;
use super::services::in_ci;
use crate::closing::Counts;
use crate::error::XtaskError;
use crate::workspace;

pub mod modules;
pub mod place;
pub mod programs;

pub use place::Place;
pub use programs::Programs;

/// Written by the reporter that `playwright.config.mjs` names.
const REPORT: &str = "results.json";

/// What is wanted of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The specs: they fail or pass.
    Prove,
    /// Screenshots for a person to look at.
    Look,
}

/// Everything found and installed.
#[derive(Debug)]
pub struct Browser {
    programs: Programs,
    place: Place,
}

impl Browser {
    /// Finds what there is and fetches what is missing; `binary` is the `steelyard` to test.
    pub fn prepare(root: &Path, binary: &Path) -> Result<Self, XtaskError> {
        let programs = Programs::find_or_install()?;
        let place = Place::take(root, binary)?;
        place.install(&programs)?;
        Ok(Self { programs, place })
    }

    /// Runs Playwright on the specs whose paths contain one of `filters`, or on all.
    pub fn run(&self, binary: &Path, purpose: Purpose, filters: &[String]) -> Result<(Outcome, Counts), XtaskError> {
        let report = self.place.top.join(REPORT);
        if report.exists() {
            fs::remove_file(&report).map_err(|source| XtaskError::Write { path: report.clone(), source })?;
        }
        let mut command = Command::new(&self.programs.node);
        command.arg("node_modules/@playwright/test/cli.js").arg("test").arg("--pass-with-no-tests").args(filters);
        command.current_dir(&self.place.tests).stdin(Stdio::null());
        command.env("STEELYARD_BIN", binary);
        command.env("CHROMIUM", &self.programs.chromium).env("CHROMIUM_SHELL", &self.programs.shell);
        match purpose {
            Purpose::Prove => command.env_remove("STEELYARD_LOOK"),
            Purpose::Look => command.env("STEELYARD_LOOK", "1"),
        };
        let name = workspace::shown(&command);
        let status = command.status().map_err(|source| XtaskError::Run { command: name.clone(), source })?;
        let outcome = if status.success() { Outcome::Done } else { Outcome::Failed };
        // A run that ended before it could count has failed, and its own words are on the screen.
        let counts = fs::read_to_string(&report).ok().and_then(|json| counts(&json));
        match (outcome, counts) {
            (outcome, Some(counts)) => Ok((outcome, counts)),
            (Outcome::Failed, None) => Ok((Outcome::Failed, Counts::default())),
            (Outcome::Done | Outcome::Missing, None) => {
                Err(XtaskError::Failed { command: name, detail: "it left no report".to_owned() })
            }
        }
    }

    /// Where screenshots lie after [`Purpose::Look`].
    #[must_use]
    pub fn looks(&self) -> PathBuf {
        self.place.top.join("look")
    }
}

/// The stage: every spec, or those that `filters` name. In CI a missing browser is a failure.
pub fn stage(root: &Path, binary: &Path, unwanted: bool, filters: &[String]) -> (Outcome, Counts) {
    if unwanted {
        eprintln!("left out by --no-browser");
        return (Outcome::Missing, Counts::default());
    }
    let browser = match Browser::prepare(root, binary) {
        Ok(browser) => browser,
        Err(error) => {
            let notice = "Every test in a browser is SKIPPED. No screen is tested.";
            let rule = "=".repeat(notice.len());
            eprintln!("{rule}\n{notice}\n{rule}\n{error}");
            return (if in_ci() { Outcome::Failed } else { Outcome::Missing }, Counts::default());
        }
    };
    let modules = modules::run(&browser.programs, &browser.place, filters);
    let specs = browser.run(binary, Purpose::Prove, filters);
    together(modules, specs, filters)
}

type Ended = Result<(Outcome, Counts), XtaskError>;

/// Both have run, whatever became of the first.
fn together(modules: Ended, specs: Ended, filters: &[String]) -> (Outcome, Counts) {
    let mut outcome = Outcome::Done;
    let mut sum = Counts::default();
    for ended in [modules, specs] {
        match ended {
            Ok((ended, counts)) => {
                sum += counts;
                if ended != Outcome::Done {
                    outcome = ended;
                }
            }
            Err(error) => {
                eprintln!("{error}");
                outcome = Outcome::Failed;
            }
        }
    }
    if sum == Counts::default() {
        eprintln!("no test in a browser has a path that contains one of: {}", filters.join(", "));
        outcome = Outcome::Failed;
    }
    (outcome, sum)
}

#[derive(Deserialize)]
struct Report {
    stats: Stats,
}

/// In Playwright's words: as expected, not as expected, and only after a retry.
#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

/// The numbers of Playwright's report; a test that needed a second try has failed.
fn counts(json: &str) -> Option<Counts> {
    let Report { stats } = serde_json::from_str(json).ok()?;
    let failed = stats.unexpected.saturating_add(stats.flaky);
    Some(Counts { passed: stats.expected, failed, skipped: stats.skipped })
}

#[cfg(test)]
mod tests;
