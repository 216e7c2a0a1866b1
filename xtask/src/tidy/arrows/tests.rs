use super::*;
use crate::workspace::parse_metadata;

/// One package with its dependencies, written `name` or `name:kind`.
fn findings(package: &str, dependencies: &[&str]) -> Vec<String> {
    let dependencies: Vec<String> = dependencies
        .iter()
        .map(|dependency| match dependency.split_once(':') {
            Some((name, kind)) => format!(r#"{{"name":"{name}","kind":"{kind}"}}"#),
            None => format!(r#"{{"name":"{dependency}","kind":null}}"#),
        })
        .collect();
    let json = format!(r#"{{"packages":[{{"name":"{package}","dependencies":[{}]}}]}}"#, dependencies.join(","));
    let metadata = parse_metadata(&json).unwrap();
    check(&metadata).into_iter().map(|finding| finding.message).collect()
}

#[test]
fn every_arrow_of_the_map_is_allowed() {
    for (from, allowed) in ARROWS {
        assert_eq!(findings(from, allowed), Vec::<String>::new(), "{from}");
    }
}

#[test]
fn every_arrow_that_is_not_on_the_map_is_forbidden() {
    let mut tried = 0;
    for (from, allowed) in ARROWS {
        for (to, _) in ARROWS {
            if from != to && !allowed.contains(&to) {
                let found = findings(from, &[to]);
                assert_eq!(found.len(), 1, "{from} → {to}");
                assert!(found[0].contains(&format!("{from} → {to}")), "{}", found[0]);
                tried += 1;
            }
        }
    }
    assert!(tried > ARROWS.len(), "the map forbids next to nothing");
}

#[test]
fn the_message_names_the_arrow_and_what_is_allowed() {
    assert_eq!(
        findings("steelyard-api", &["steelyard-store"]),
        ["forbidden arrow steelyard-api → steelyard-store; \
          steelyard-api may use steelyard-app, steelyard-domain"]
    );
    assert_eq!(
        findings("steelyard-domain", &["steelyard-store"]),
        ["forbidden arrow steelyard-domain → steelyard-store; \
          steelyard-domain may use none of ours"]
    );
}

#[test]
fn testkit_is_a_dependency_of_tests_only() {
    assert_eq!(findings("steelyard-app", &["steelyard-testkit:dev"]), Vec::<String>::new());
    let found = findings("steelyard-app", &["steelyard-testkit"]);
    assert!(found[0].contains("a dev-dependency"), "{}", found[0]);
}

#[test]
fn a_build_dependency_is_no_exception() {
    assert_eq!(findings("steelyard-bus", &["steelyard-store:build"]).len(), 1);
}

#[test]
fn the_domain_takes_no_runtime_no_database_and_no_clock() {
    assert_eq!(findings("steelyard-domain", &DOMAIN_USES), Vec::<String>::new());
    for outside in ["tokio", "futures-util", "rusqlite", "jiff", "rand"] {
        let found = findings("steelyard-domain", &[outside]);
        assert!(found[0].contains(&format!("steelyard-domain → {outside}")), "{}", found[0]);
    }
    assert_eq!(findings("steelyard-domain", &["proptest:dev"]), Vec::<String>::new());
    assert_eq!(findings("steelyard-store", &["tokio"]), Vec::<String>::new());
}

#[test]
fn a_crate_that_is_not_on_the_map_is_named() {
    let found = findings("steelyard-reports", &[]);
    assert!(found[0].contains("not on the map"), "{}", found[0]);
}
