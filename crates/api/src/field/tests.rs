use super::*;

#[test]
fn a_time_needs_an_offset_and_the_form_of_rfc_3339() {
    for (text, micros) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T09:00:00+09:00", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31T23:59:59.5-00:30", 1_799_500_000),
    ] {
        assert_eq!(time("at", text), Ok(Timestamp::from_micros(micros)), "{text}");
    }
    for text in [
        "",
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-01-01 00:00:00Z",
        "1970-01-01T00:00:00+09:00[Asia/Seoul]",
        "1970-13-01T00:00:00Z",
        "yesterday",
        "1795240000",
    ] {
        assert_eq!(time("at", text), Err(Fault::new("at", Rule::Time)), "{text}");
    }
}

#[test]
fn a_plus_that_a_query_turned_into_a_space_is_still_an_offset() {
    let seoul = time_in_query("from", Some("1970-01-01T09:00:00 09:00"));
    assert_eq!(seoul, Ok(Some(Timestamp::from_micros(0))));
    assert_eq!(time_in_query("from", None), Ok(None));
}

#[test]
fn a_range_of_time_runs_forward() {
    let (early, late) = ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    assert!(time_range(Some(early), Some(late)).is_ok());
    assert!(time_range(Some(early), Some(early)).is_ok());
    assert_eq!(time_range(Some(late), Some(early)), Err(Fault::new("to", Rule::TimeOrder)));
}

#[test]
fn a_text_is_counted_in_characters_and_holds_no_control_characters() {
    assert!(text("name", "가".repeat(100), 100).is_ok());
    for (value, rule) in [
        (String::new(), Rule::Characters { max: 100 }),
        ("  ".to_owned(), Rule::Characters { max: 100 }),
        ("가".repeat(101), Rule::Characters { max: 100 }),
        ("a\0b".to_owned(), Rule::ControlCharacter),
        ("a\nb".to_owned(), Rule::ControlCharacter),
    ] {
        assert_eq!(text("name", value, 100), Err(Fault::new("name", rule)));
    }
}

#[test]
fn an_amount_is_at_least_one_and_a_price_may_be_nothing() {
    assert_eq!((amount("amount", 1), price("unitPrice", 0)), (Ok(1), Ok(0)));
    let range = |min| Rule::Range { min, max: AMOUNT_MAX };
    for value in [0, -1, AMOUNT_MAX + 1] {
        assert_eq!(amount("amount", value), Err(Fault::new("amount", range(1))));
    }
    assert_eq!(price("unitPrice", -1), Err(Fault::new("unitPrice", range(0))));
}

#[test]
fn metadata_is_at_most_fifty_pairs_of_short_texts() {
    let pairs = |count: usize| Metadata((0..count).map(|n| (format!("k{n}"), "v".to_owned())).collect());
    assert!(pairs(50).checked().is_ok());
    assert_eq!(pairs(51).checked(), Err(Fault::new("metadata", Rule::Items { min: 0, max: 50 })));
    let one = |key: &str, value: &str| Metadata(vec![(key.to_owned(), value.to_owned())]);
    assert_eq!(one("channel", "app").checked(), Ok(r#"{"channel":"app"}"#.to_owned()));
    assert_eq!(one("empty", "").checked(), Ok(r#"{"empty":""}"#.to_owned()));
    assert!(one(&"k".repeat(41), "v").checked().is_err());
    assert!(one("k", &"v".repeat(501)).checked().is_err());
    assert!(one("k", "\0").checked().is_err());
}

#[test]
fn contact_data_is_checked_loosely() {
    for good in ["a@b", "buyer+tag@example.co.kr"] {
        assert!(email("email", good.to_owned()).is_ok(), "{good}");
    }
    for bad in ["a", "@b", "a@", "a@b@c", "a b@c"] {
        assert_eq!(email("email", bad.to_owned()), Err(Fault::new("email", Rule::Email)), "{bad}");
    }
    for good in ["010-1234-5678", "+82 (10) 1234 5678", "114"] {
        assert!(phone("phone", good.to_owned()).is_ok(), "{good}");
    }
    for bad in ["call me", "--", "010-1234-567x"] {
        assert_eq!(phone("phone", bad.to_owned()), Err(Fault::new("phone", Rule::Phone)), "{bad}");
    }
}
