use serde::Deserialize;
use steelyard_app::Language;

use super::*;
use crate::fault::Kind;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Outer {
    name: String,
    amount: Option<i64>,
    #[serde(default)]
    lines: Vec<Inner>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inner {
    unit_price: i64,
    free: Option<bool>,
}

fn outcome(text: &str) -> Result<Outer, (String, Rule)> {
    parse(text.as_bytes()).and_then(read).map_err(|fault: Fault| {
        let path = fault.problem(Language::English).param.unwrap_or_default();
        (path, fault.rule().clone())
    })
}

#[test]
fn what_is_as_it_should_be_is_read_and_null_is_absent() {
    let read = outcome(r#"{"name":"a","amount":null,"lines":[{"unitPrice":5,"free":true}]}"#);
    let lines = vec![Inner { unit_price: 5, free: Some(true) }];
    assert_eq!(read, Ok(Outer { name: "a".to_owned(), amount: None, lines }));
}

#[test]
fn a_refusal_names_the_field_by_its_path_and_the_rule() {
    for (text, path, rule) in [
        (r#"{"name":"a","nam":"b"}"#, "nam", Rule::Unknown),
        (r#"{"name":"a","lines":[{"unitPrice":1},{"unitPrice":1,"fre":true}]}"#, "lines[1].fre", Rule::Unknown),
        ("{}", "name", Rule::Missing),
        (r#"{"name":"a","lines":[{}]}"#, "lines[0].unitPrice", Rule::Missing),
        (r#"{"name":1}"#, "name", Rule::Type(Kind::Text)),
        (r#"{"name":null}"#, "name", Rule::Type(Kind::Text)),
        (r#"{"name":"a","amount":"5"}"#, "amount", Rule::Type(Kind::Integer)),
        (r#"{"name":"a","amount":5.0}"#, "amount", Rule::Type(Kind::Integer)),
        (r#"{"name":"a","amount":1e3}"#, "amount", Rule::Type(Kind::Integer)),
        (r#"{"name":"a","amount":9223372036854775808}"#, "amount", Rule::Type(Kind::Integer)),
        (r#"{"name":"a","lines":{}}"#, "lines", Rule::Type(Kind::List)),
        (r#"{"name":"a","lines":[1]}"#, "lines[0]", Rule::Type(Kind::Object)),
        (r#"{"name":"a","lines":[{"unitPrice":1,"free":1}]}"#, "lines[0].free", Rule::Type(Kind::Boolean)),
        ("[]", "", Rule::Type(Kind::Object)),
        ("null", "", Rule::Type(Kind::Object)),
        ("{\n\"name\":}", "", Rule::NotJson { line: 2, column: 8 }),
        (r#"{"name":"a""#, "", Rule::NotJson { line: 1, column: 11 }),
        (r#"{"name":"a"} x"#, "", Rule::NotJson { line: 1, column: 14 }),
    ] {
        assert_eq!(outcome(text), Err((path.to_owned(), rule)), "{text}");
    }
}

#[test]
fn a_field_named_twice_is_refused_at_any_depth() {
    for text in [r#"{"name":"a","name":"b"}"#, r#"{"name":"a","lines":[{"unitPrice":1,"unitPrice":2}]}"#] {
        let (_, rule) = outcome(text).unwrap_err();
        assert!(matches!(rule, Rule::NamedTwice { .. }), "{text}: {rule:?}");
    }
}

#[test]
fn a_refusal_does_not_repeat_the_value() {
    let fault = parse(br#"{"name":4242424242424242}"#).and_then(read::<Outer>).unwrap_err();
    for language in [Language::English, Language::Korean] {
        assert!(!fault.problem(language).body(language, "req").contains("4242"));
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = "[".repeat(1_000);
    assert!(matches!(parse(deep.as_bytes()).unwrap_err().rule(), Rule::NotJson { .. }));
}
