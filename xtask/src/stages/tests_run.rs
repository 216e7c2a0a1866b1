//! Builds the tests and the binary together, then runs them.

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Environment, Outcome, Wish};
use crate::build;
use crate::closing::{Counts, Runner};
use crate::workspace;

/// One build of everything, so that the binary and the tests share every dependency; with the
/// path of the binary.
pub fn everything(root: &Path) -> (Outcome, Option<PathBuf>) {
    built(root, &["--workspace", "--bins", "--tests"])
}

/// The binary alone, for stages that need nothing else.
pub fn program(root: &Path) -> (Outcome, Option<PathBuf>) {
    built(root, &["--package", build::BINARY])
}

fn built(root: &Path, selection: &[&str]) -> (Outcome, Option<PathBuf>) {
    match build::binary(root, selection) {
        Ok(binary) => (Outcome::Done, Some(binary)),
        Err(error) => {
            eprintln!("{error}");
            (Outcome::Failed, None)
        }
    }
}

/// Every test of the workspace: by cargo-nextest where it is installed, else by `cargo test`.
pub fn tests(root: &Path, wish: &Wish, environment: &Environment) -> (Outcome, Counts) {
    let has_nextest = workspace::answer(workspace::cargo(root).args(["nextest", "--version"])).is_ok();
    let (runner, mut command) = if has_nextest {
        (Runner::Nextest, nextest(root, wish, environment))
    } else {
        (Runner::Libtest, libtest(root, wish, environment))
    };
    counted(runner, command.envs(environment.variables.iter().cloned()))
}

/// nextest does not run these.
pub fn documentation(root: &Path, environment: &Environment) -> (Outcome, Counts) {
    let mut command = workspace::cargo(root);
    command.args(["test", "--workspace", "--doc", "--no-fail-fast"]);
    counted(Runner::Libtest, command.envs(environment.variables.iter().cloned()))
}

fn nextest(root: &Path, wish: &Wish, environment: &Environment) -> Command {
    let mut command = workspace::cargo(root);
    command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    command.args(["--config-file", "xtask/nextest.toml"]);
    command.args(["--profile", if wish.long { "long" } else { "default" }]);
    if !environment.left_out.is_empty() {
        let names: Vec<String> = environment.left_out.iter().map(|name| format!("test({name})")).collect();
        command.arg("--filterset").arg(format!("not ({})", names.join(" | ")));
    }
    command.args(&wish.filters);
    command
}

fn libtest(root: &Path, wish: &Wish, environment: &Environment) -> Command {
    let mut command = workspace::cargo(root);
    command.args(["test", "--workspace", "--bins", "--lib", "--tests", "--no-fail-fast", "--"]);
    for name in &environment.left_out {
        command.args(["--skip", name]);
    }
    command.args(&wish.filters);
    command
}

/// Runs a test runner, shows what it says, and adds up its closing lines.
fn counted(runner: Runner, command: &mut Command) -> (Outcome, Counts) {
    match run_counted(runner, command) {
        Ok((outcome, counts)) => (outcome, counts),
        Err(error) => {
            eprintln!("cannot run `{}`: {error}", workspace::shown(command));
            (Outcome::Failed, Counts::default())
        }
    }
}

fn run_counted(runner: Runner, command: &mut Command) -> io::Result<(Outcome, Counts)> {
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stdin(Stdio::null());
    // Each runner closes on another stream; the other one passes through untouched.
    let mut child = match runner {
        Runner::Nextest => command.stderr(Stdio::piped()).spawn()?,
        Runner::Libtest => command.stdout(Stdio::piped()).spawn()?,
    };
    let counts = match runner {
        Runner::Nextest => child.stderr.take().map(|stream| read_counts(runner, stream)),
        Runner::Libtest => child.stdout.take().map(|stream| read_counts(runner, stream)),
    };
    let status = child.wait()?;
    let outcome = if status.success() { Outcome::Done } else { Outcome::Failed };
    Ok((outcome, counts.transpose()?.unwrap_or_default()))
}

fn read_counts(runner: Runner, stream: impl Read) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut shown = io::stderr().lock();
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    // By bytes: a test may print what is not UTF-8.
    while lines.read_until(b'\n', &mut line)? > 0 {
        shown.write_all(&line)?;
        if let Some(closing) = runner.counts(&String::from_utf8_lossy(&line)) {
            counts += closing;
        }
        line.clear();
    }
    Ok(counts)
}
