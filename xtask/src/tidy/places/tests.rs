use super::*;

fn findings(line: &str, private_words: &[&str]) -> Vec<String> {
    let tree = Tree::of(&[("docs/a.md", line)]);
    let words: Vec<String> = private_words.iter().map(|word| (*word).to_owned()).collect();
    check(&tree, &words).into_iter().map(|finding| finding.to_string()).collect()
}

/// Written in parts: this file is checked as well.
fn below(root: &str) -> String {
    format!("/{root}/main/crates")
}

#[test]
fn a_place_on_one_machine_is_found() {
    for root in CHECKOUT_ROOTS {
        let place = below(root);
        for line in [
            place.clone(),
            format!("see `{place}`"),
            format!("path={place}"),
            format!("\"{place}\""),
            format!("file://{place}"),
            format!("COPY {place} ."),
        ] {
            let found = findings(&line, &[]);
            assert_eq!(found.len(), 1, "{line}");
            assert!(found[0].starts_with("docs/a.md:1: names"), "{}", found[0]);
        }
    }
}

#[test]
fn a_relative_path_and_an_address_are_no_places() {
    for line in [
        "crates/work/src".to_owned(),
        format!("https://example.com{}", below("home")),
        format!("..{}", below("work")),
        format!("$HOME{}", below("work")),
        "/v1/orders and /usr/lib/postgresql".to_owned(),
        "homework / builds / root".to_owned(),
    ] {
        assert_eq!(findings(&line, &[]), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn a_reason_on_the_line_allows_a_place() {
    let line = format!("VOLUME {} # tidy-allow: inside the image", below("home"));
    assert_eq!(findings(&line, &[]), Vec::<String>::new());
}

#[test]
fn a_private_word_is_found_and_not_repeated() {
    assert_eq!(findings("the host is nightjar.example", &[]), Vec::<String>::new());
    let found = findings("the host is nightjar.example", &["nightjar"]);
    assert_eq!(found.len(), 1);
    assert!(!found[0].contains("nightjar"), "{}", found[0]);
}
