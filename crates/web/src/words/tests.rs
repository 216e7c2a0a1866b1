use std::{collections::BTreeSet, fs, path::Path};

use super::*;

type Rows = &'static [(&'static str, &'static str, &'static str)];

const TABLES: [Rows; 3] = [Words::ALL, Script::ALL, Refusals::ALL];

fn places(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn is_hangul(character: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&character)
}

#[test]
fn both_languages_say_something_and_with_the_same_places() {
    for (key, korean, english) in TABLES.into_iter().flatten() {
        assert!(!korean.trim().is_empty() && !english.trim().is_empty(), "{key}");
        assert_eq!(places(korean), places(english), "{key}");
        let foreign = english.chars().any(is_hangul);
        assert!(!foreign || *key == "other_language", "{key}: {english}");
    }
}

fn files(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, text);
        } else if let Ok(file) = fs::read_to_string(&path) {
            text.push_str(&file);
        }
    }
}

fn text_of(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
    }
    text
}

#[test]
fn every_sentence_of_the_pages_is_used() {
    let text = text_of(&["templates", "src"]);
    for (key, _, _) in Words::ALL.iter().chain(Refusals::ALL) {
        assert!(text.contains(&format!("words.{key}")), "nobody says {key}");
    }
}

fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(1);
        name + &head.to_uppercase() + tail
    })
}

#[test]
fn every_sentence_a_script_says_is_there_and_every_one_there_is_said() {
    let text = text_of(&["assets/js"]);
    let known: BTreeSet<String> = Script::ALL.iter().map(|(key, _, _)| camel(key)).collect();
    let said: BTreeSet<String> = text
        .split("words.")
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect())
        .collect();
    assert_eq!(said, known);
}

#[test]
fn no_text_of_a_page_is_written_into_its_template() {
    // The shells of the payer app, the shop and the examples hold both languages themselves.
    let names = ["checkout.html", "layout.html", "problem.html", "returned.html"];
    let read =
        |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(name)).unwrap();
    let text = text_of(&["templates/checkout"]) + &names.map(read).concat();
    let loose: Vec<&str> = text.lines().filter(|line| line.chars().any(is_hangul)).collect();
    assert!(loose.is_empty(), "{loose:?}");
}

#[test]
fn json_in_a_page_cannot_leave_its_element() {
    let text = json(&serde_json::json!({ "name": "</script><!-- & \u{2028}" }));
    assert_eq!(text, r#"{"name":"\u003c/script\u003e\u003c!-- \u0026 \u2028"}"#);
    let back: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(back["name"], "</script><!-- & \u{2028}");
}
