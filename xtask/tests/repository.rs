//! The rules, on this repository: so that `cargo test` keeps them and not only CI.

use xtask::{tidy, workspace};

#[test]
fn the_repository_is_tidy() {
    let findings = tidy::run(&workspace::root()).expect("the rules could read the repository");
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{} broken rules:\n{}", shown.len(), shown.join("\n"));
}
