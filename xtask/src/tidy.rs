//! The rules of docs/STYLE.md that a machine can keep.
//!
//! Each rule reads a [`Tree`] held in memory and returns what breaks it, so a fixture is a few
//! lines of text and no folder on a disk.

use std::fmt;
use std::path::Path;

use crate::error::XtaskError;
use crate::workspace::{self, Metadata};

pub mod arrows;
pub mod map;
pub mod names;
pub mod places;
pub mod ratchet;
pub mod sizes;
pub mod specs;
pub mod suite;
pub mod syntax;
pub mod tree;
pub mod waiting;

pub use tree::Tree;

/// One broken rule, where it is broken and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: String,
    pub line: Option<usize>,
    pub message: String,
}

impl Finding {
    #[must_use]
    pub fn in_file(path: &str, message: String) -> Self {
        Self { path: path.to_owned(), line: None, message }
    }

    #[must_use]
    pub fn at(path: &str, line: usize, message: String) -> Self {
        Self { path: path.to_owned(), line: Some(line), message }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// What the rules know besides the files.
#[derive(Debug)]
pub struct Surroundings {
    pub metadata: Metadata,
    /// `xtask/ratchet.txt` as it was before its last change; none without a history.
    pub previous_ratchet: Option<String>,
    /// Words this checkout may not commit; see `places`.
    pub private_words: Vec<String>,
}

/// Every broken rule of the repository at `root`, by path and line.
pub fn run(root: &Path) -> Result<Vec<Finding>, XtaskError> {
    let tree = Tree::read(root)?;
    let surroundings = Surroundings {
        metadata: workspace::metadata(root)?,
        previous_ratchet: ratchet::previous(root, &tree),
        private_words: places::private_words(root),
    };
    Ok(check(&tree, &surroundings))
}

/// As [`run`], on what was already read.
#[must_use]
pub fn check(tree: &Tree, surroundings: &Surroundings) -> Vec<Finding> {
    let (sources, mut findings) = syntax::parse_all(tree);
    findings.extend(arrows::check(&surroundings.metadata));
    findings.extend(sizes::check(tree, &sources));
    findings.extend(ratchet::check_history(tree, surroundings.previous_ratchet.as_deref()));
    findings.extend(names::check(tree, &sources));
    findings.extend(map::check(tree));
    findings.extend(waiting::check(&sources));
    findings.extend(specs::check(tree));
    findings.extend(suite::check(&sources));
    findings.extend(places::check(tree, &surroundings.private_words));
    findings.sort();
    findings.dedup();
    findings
}
