use super::*;
use crate::tidy::Tree;
use crate::tidy::syntax::parse_all;

/// The store's files and one suite.
fn findings(store: &[(&str, &str)], suite: &str) -> Vec<String> {
    let mut files = store.to_vec();
    files.push(("crates/store/tests/engines.rs", suite));
    let tree = Tree::of(&files);
    let (sources, broken) = parse_all(&tree);
    assert_eq!(broken, [], "the fixture must parse");
    check(&sources).into_iter().map(|finding| finding.to_string()).collect()
}

const INSERT: (&str, &str) = ("crates/store/src/refund.rs", "pub async fn insert(tx: &mut Tx<'_>, refund: &Refund) {}");

#[test]
fn a_function_that_the_suite_calls_is_covered() {
    for suite in [
        "fn a() { refund::insert(tx, refund); }",
        "use steelyard_store::refund::insert;",
        "both_engines! { refund::insert }",
    ] {
        assert_eq!(findings(&[INSERT], suite), Vec::<String>::new(), "{suite}");
    }
}

#[test]
fn a_function_that_the_suite_does_not_name_is_found() {
    for suite in ["", "// refund::insert", "fn a() { let text = \"refund::insert\"; }"] {
        assert_eq!(
            findings(&[INSERT], suite),
            ["crates/store/src/refund.rs:1: `refund::insert` is named nowhere in \
              crates/store/tests/: run it on both engines"],
            "{suite}"
        );
    }
}

#[test]
fn every_handle_counts_however_it_is_passed() {
    for argument in ["tx: Tx", "tx: &mut crate::Tx<'_>", "reader: &Reader", "at: &Snapshot<'_>"] {
        let text = format!("pub fn load({argument}) {{}}");
        assert_eq!(findings(&[("crates/store/src/order.rs", &text)], "").len(), 1, "{argument}");
    }
    let method = "impl Workset { pub async fn load(&mut self, tx: &mut Tx) {} }";
    assert_eq!(findings(&[("crates/store/src/order.rs", method)], "").len(), 1);
}

#[test]
fn what_has_no_handle_or_is_not_public_is_free() {
    for text in [
        "pub fn parse(row: &Row) {}",
        "fn load(tx: &mut Tx) {}",
        "pub(crate) fn load(tx: &mut Tx) {}",
        "impl Tx { pub async fn commit(self) {} }",
    ] {
        let found = findings(&[("crates/store/src/order.rs", text)], "");
        assert_eq!(found, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_name_that_two_modules_use_counts_only_with_its_module() {
    let order = ("crates/store/src/order.rs", "pub fn insert(tx: &mut Tx) {}");
    let one = findings(&[INSERT, order], "fn a() { order::insert(tx); }");
    assert_eq!(one.len(), 1);
    assert!(one[0].contains("`refund::insert`"), "{}", one[0]);
    for suite in [
        "fn a() { order::insert(tx); refund::insert(tx); }",
        "use steelyard_store::{order::{self, insert}, refund::{insert as insert_refund}};",
    ] {
        assert_eq!(findings(&[INSERT, order], suite), Vec::<String>::new(), "{suite}");
    }
}
