use super::*;

#[test]
fn every_code_has_one_name_a_truthful_status_and_both_languages() {
    let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.facts().name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        let facts = code.facts();
        assert!((400..=599).contains(&facts.status), "{}", facts.name);
        assert_eq!(facts.english.contains("{detail}"), facts.korean.contains("{detail}"), "{}", facts.name);
        assert!(facts.korean.chars().any(|letter| ('가'..='힣').contains(&letter)), "{}", facts.name);
    }
}

#[test]
fn a_problem_is_told_in_the_callers_language_with_the_numbers() {
    let problem = Problem::new(Code::OutOfStock).detail("3 asked for, 1 available").param("lines[0].quantity");
    let body: serde_json::Value = serde_json::from_str(&problem.body(Language::English, "req_1")).unwrap();
    assert_eq!(body["code"], "OUT_OF_STOCK");
    assert_eq!(body["message"], "Not enough stock: 3 asked for, 1 available");
    assert_eq!(body["data"], serde_json::Value::Null);
    assert_eq!(body["requestId"], "req_1");
    assert_eq!(body["error"]["type"], "businessRule");
    assert_eq!(body["error"]["param"], "lines[0].quantity");
    assert_eq!(body["error"]["outcome"], "none");
    assert_eq!(body["error"]["retryable"], false);
    assert!(body["error"].get("next").is_none() && body["error"].get("money").is_none());
    let telling = Telling { message: "Sold out", money: Some("No money moved."), next: Some("Order again.") };
    let told: serde_json::Value = serde_json::from_str(&problem.in_words(&telling, "req_1")).unwrap();
    assert_eq!((&told["code"], &told["message"]), (&body["code"], &"Sold out".into()));
    assert_eq!((&told["error"]["money"], &told["error"]["next"]), (&"No money moved.".into(), &"Order again.".into()));
    assert_eq!(
        (&told["error"]["param"], &told["error"]["outcome"]),
        (&body["error"]["param"], &body["error"]["outcome"])
    );
    assert!(problem.body(Language::Korean, "req_1").contains("재고가 부족해요"));
}
