use super::*;

fn findings(document: &str, text: &str) -> Vec<String> {
    let tree = Tree::of(&[(MAP, "the map"), (document, text), ("crates/store/src/lib.rs", ""), ("docs/API.md", "")]);
    check(&tree).into_iter().map(|finding| finding.to_string()).collect()
}

#[test]
fn a_path_that_exists_may_be_named() {
    let text = "`crates/store`, `crates/store/`, `crates/store/src/lib.rs`, `docs/API.md`\n\
                `crates/*/tests`, `crates/store/src/<part>.rs` and `let x = 1 / 2`";
    assert_eq!(findings(MAP, text), Vec::<String>::new());
}

#[test]
fn a_path_that_is_gone_may_not() {
    assert_eq!(
        findings(MAP, "first\nsee `crates/store/src/gone.rs` and `docs/GONE.md`"),
        [
            "docs/ARCHITECTURE.md:2: names `crates/store/src/gone.rs`, which does not exist",
            "docs/ARCHITECTURE.md:2: names `docs/GONE.md`, which does not exist",
        ]
    );
    assert_eq!(findings(MAP, "`crates/gone/*/tests`").len(), 1);
    assert_eq!(findings("README.md", "`xtask/src/gone.rs`").len(), 1);
}

#[test]
fn the_start_of_a_name_is_not_the_name() {
    assert_eq!(findings(MAP, "`crates/sto`").len(), 1);
}

#[test]
fn fenced_blocks_are_examples() {
    assert_eq!(findings(MAP, "```\n`crates/gone`\n```\n"), Vec::<String>::new());
    assert_eq!(findings(MAP, "```\n```\n`crates/gone`\n").len(), 1);
}

#[test]
fn a_repository_without_its_map_is_not_tidy() {
    let found = check(&Tree::of(&[("README.md", "")]));
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("is missing"), "{}", found[0]);
}
