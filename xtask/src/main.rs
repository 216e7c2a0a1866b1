use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::error::XtaskError;
use xtask::stages::{self, Wish};
use xtask::{evidence, look, tidy, vendor, workspace};

/// Tidies and tests this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Checks the rules of docs/STYLE.md that a machine can keep
    Tidy,
    /// Checks the format, the lints and the rules, then runs every test
    Test {
        /// Also the tests that take minutes
        #[arg(long)]
        long: bool,
        /// Leave out the tests on PostgreSQL
        #[arg(long)]
        no_postgres: bool,
        /// Leave out the tests in a browser
        #[arg(long)]
        no_browser: bool,
        /// Only tests whose names contain one of these; no other check runs. `browser` first means only the tests
        /// in a browser, and the words after it are parts of their files' names
        filters: Vec<String>,
    },
    /// Takes screenshots of every screen for a person to look at
    Look {
        /// Only screens whose names contain one of these
        screens: Vec<String>,
    },
    /// Runs again the commands that docs/evidence was measured with
    Evidence {
        /// Only documents whose names contain this
        name: Option<String>,
    },
    /// Makes the browser libraries in web/vendor again; needs npm, python3 and a network
    Vendor,
}

fn main() -> ExitCode {
    let root = workspace::root();
    let good = match Arguments::parse().task {
        Task::Tidy => tidied(&root),
        Task::Test { long, no_postgres, no_browser, filters } => {
            stages::run(&root, &Wish { long, no_postgres, no_browser, filters })
        }
        Task::Look { screens } => match look::run(&root, &screens) {
            Ok(good) => good,
            Err(error) => done(Err(error)),
        },
        Task::Evidence { name } => done(evidence::run(&root, name.as_deref())),
        Task::Vendor => done(vendor::run(&root)),
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn done(result: Result<(), XtaskError>) -> bool {
    match result {
        Ok(()) => true,
        Err(error) => {
            eprintln!("{error}");
            false
        }
    }
}

fn tidied(root: &std::path::Path) -> bool {
    match tidy::run(root) {
        Ok(findings) => {
            for finding in &findings {
                println!("{finding}");
            }
            match findings.len() {
                0 => println!("tidy"),
                1 => println!("1 rule is broken"),
                many => println!("{many} rules are broken"),
            }
            findings.is_empty()
        }
        Err(error) => {
            eprintln!("{error}");
            false
        }
    }
}
