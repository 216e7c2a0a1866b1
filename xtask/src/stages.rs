//! `cargo xtask test`: one command that checks and tests everything on a fresh machine.
//!
//! Each stage runs whatever became of the one before it, so one run names all that is wrong. What
//! a later stage needs (Redis) is found or started like PostgreSQL in [`services`] and handed to the
//! tests through [`Environment`]; the tests in a browser have a stage of their own, [`browser`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::closing::Counts;
use crate::database::Cluster;
use crate::tidy;
use crate::workspace;

pub mod browser;
pub mod services;
pub mod tests_run;

/// What a person asked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub long: bool,
    pub no_postgres: bool,
    pub no_browser: bool,
    /// Parts of test names; with any, only those tests run and no check does.
    pub filters: Vec<String>,
}

impl Wish {
    /// `browser`, and parts of the names of specs: only the tests in a browser are wanted.
    fn only_browser(&self) -> Option<&[String]> {
        let (first, specs) = self.filters.split_first()?;
        (first == BROWSER).then_some(specs)
    }
}

/// The stage's name, and the word that asks for it alone.
const BROWSER: &str = "browser";

/// What the tests are told through environment variables.
#[derive(Debug, Default)]
pub struct Environment {
    pub variables: Vec<(&'static str, OsString)>,
    /// Parts of the names of tests that lack what they need here.
    pub left_out: Vec<&'static str>,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Not a failure, yet something was not tested; the stage has said what.
    Missing,
    Failed,
}

/// The whole run, as it goes.
#[derive(Debug, Default)]
struct Run {
    stages: Vec<Stage>,
    counts: Counts,
}

impl Run {
    #[expect(clippy::disallowed_methods, reason = "a stage's duration is shown to a person; nothing is decided by it")]
    fn stage<T>(&mut self, name: &'static str, work: impl FnOnce() -> (Outcome, T)) -> T {
        eprintln!("\n── {name}");
        let start = Instant::now();
        let (outcome, value) = work();
        self.stages.push(Stage { name, took: start.elapsed(), outcome });
        value
    }

    /// A stage whose runner names no failed test has failed all the same, and counts as one.
    fn tests(&mut self, name: &'static str, work: impl FnOnce() -> (Outcome, Counts)) {
        let counts = self.stage(name, work);
        self.counts += counts;
    }

    /// What needs the binary: it is there.
    fn with_binary(&mut self, root: &Path, wish: &Wish, binary: PathBuf) {
        let mut environment = Environment::default();
        if wish.long {
            environment.variables.push(("STEELYARD_TEST_LONG", "1".into()));
        }
        environment.variables.push(("STEELYARD_BIN", binary.clone().into_os_string()));
        let cluster: Option<Cluster> =
            self.stage("PostgreSQL", || services::postgres(wish.no_postgres, &mut environment));
        self.tests("tests", || tests_run::tests(root, wish, &environment));
        if wish.filters.is_empty() {
            self.tests("documentation tests", || tests_run::documentation(root, &environment));
            self.tests(BROWSER, || browser::stage(root, &binary, wish.no_browser, &[]));
        }
        // Stopped before the closing line, so that this line means that all is over.
        drop(cluster);
    }

    fn close(mut self) -> bool {
        eprintln!();
        for stage in &self.stages {
            let word = match stage.outcome {
                Outcome::Done => "ok",
                Outcome::Missing => "MISSING",
                Outcome::Failed => "FAILED",
            };
            eprintln!("{:>10}  {:<28} {:.1?}", word, stage.name, stage.took);
        }
        let failed_stages = self.stages.iter().filter(|stage| stage.outcome == Outcome::Failed);
        let good = failed_stages.clone().count() == 0 && self.counts.failed == 0;
        if !good && self.counts.failed == 0 {
            // The closing line never reads like a success when the exit code is a failure.
            let failed = u64::try_from(failed_stages.count()).unwrap_or(u64::MAX);
            self.counts.failed = failed.max(1);
        }
        println!("{}", self.counts);
        good
    }
}

/// Runs every stage; true if all is well. The last line of standard output holds the numbers.
#[must_use]
pub fn run(root: &Path, wish: &Wish) -> bool {
    let mut run = Run::default();
    if let Some(specs) = wish.only_browser() {
        let binary = run.stage("build", || tests_run::program(root));
        if let Some(binary) = binary {
            run.tests(BROWSER, || browser::stage(root, &binary, wish.no_browser, specs));
        }
        return run.close();
    }
    if wish.filters.is_empty() {
        run.stage("format", || (command(workspace::cargo(root).args(["fmt", "--check"])), ()));
        run.stage("tidy", || (tidied(root), ()));
        run.stage("clippy", || {
            let words = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
            (command(workspace::cargo(root).args(words)), ())
        });
    }
    let binary = run.stage("build", || tests_run::everything(root));
    if let Some(binary) = binary {
        run.with_binary(root, wish, binary);
    }
    run.close()
}

fn tidied(root: &Path) -> Outcome {
    match tidy::run(root) {
        Ok(findings) if findings.is_empty() => Outcome::Done,
        Ok(findings) => {
            for finding in findings {
                eprintln!("{finding}");
            }
            Outcome::Failed
        }
        Err(error) => {
            eprintln!("{error}");
            Outcome::Failed
        }
    }
}

fn command(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Outcome::Done,
        Ok(_) => Outcome::Failed,
        Err(error) => {
            eprintln!("cannot run `{}`: {error}", workspace::shown(command));
            Outcome::Failed
        }
    }
}

#[cfg(test)]
mod tests;
