//! `cargo xtask look`: every screen, in every width, theme and language, as pictures for a person.

use std::path::Path;

use crate::build;
use crate::closing::Counts;
use crate::error::XtaskError;
use crate::stages::Outcome;
use crate::stages::browser::{Browser, Purpose};

/// Takes the pictures of the screens whose names contain one of `screens`, or of all; true if all were taken.
pub fn run(root: &Path, screens: &[String]) -> Result<bool, XtaskError> {
    let binary = build::binary(root, &["--package", build::BINARY])?;
    let browser = Browser::prepare(root, &binary)?;
    // Playwright's filters are paths; a screen is a test's name.
    let named = if screens.is_empty() { Vec::new() } else { vec![format!("--grep={}", screens.join("|"))] };
    let (outcome, counts) = browser.run(&binary, Purpose::Look, &named)?;
    if counts == Counts::default() && outcome == Outcome::Done {
        eprintln!("no screen has a name that contains one of: {}", screens.join(", "));
        return Ok(false);
    }
    println!("pictures of {} screens in {}", counts.passed, browser.looks().display());
    Ok(outcome == Outcome::Done)
}
