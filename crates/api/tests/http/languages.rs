//! Korean and English.

use reqwest::Method;
use serde_json::json;

use crate::world::{World, pay, text};

fn is_korean(text: &str) -> bool {
    text.chars().any(|letter| ('가'..='힣').contains(&letter))
}

/// Words of English in a message: not ids, not names of fields, and not values of theirs.
fn english_words(message: &str) -> Vec<&str> {
    let words = message.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|letter| letter.is_ascii_lowercase());
    let names = ["captured", "authorized", "ready", "lines", "amount", "totalAmount", "card", "quantity"];
    words.filter(is_word).filter(|word| !names.contains(word)).collect()
}

#[tokio::test]
async fn a_korean_refusal_explains_itself_in_korean() {
    let world = World::start().await;
    let product = json!({"sku": "SKU-1", "name": "원두", "price": 1_000, "onHand": 3});
    let product = world.post("/v1/products", product).await.data(201);
    let line = |quantity: i64| json!([{"productId": product["id"], "quantity": quantity}]);
    let payment = world.payment("order-1", 10_000).await;
    let paid = format!("/v1/payments/{}", text(&payment["id"]));
    let stock = format!("/v1/products/{}/stock", text(&product["id"]));
    let mut pay = pay("order-2", 10_000);
    pay["installmentMonths"] = json!(3);
    for (path, body, code) in [
        (format!("{paid}/capture"), json!({}), "STATE_CONFLICT"),
        (format!("{paid}/cancel"), json!({"amount": 10_001, "reason": "r"}), "EXCEEDS_REFUNDABLE"),
        (format!("{paid}/cancel"), json!({"reason": "r", "expectedCancelable": 1}), "EXPECTED_AMOUNT_DIFFERS"),
        ("/v1/payments".to_owned(), pay, "INVALID_REQUEST"),
        ("/v1/orders".to_owned(), json!({"merchantOrderId": "a", "lines": line(4)}), "OUT_OF_STOCK"),
        (
            "/v1/orders".to_owned(),
            json!({"merchantOrderId": "b", "lines": line(1), "totalAmount": 5}),
            "TOTAL_MISMATCH",
        ),
        (stock, json!({"delta": -4, "reason": "r"}), "STOCK_BELOW_RESERVED"),
        ("/v1/test/clock/advance".to_owned(), json!({"days": 3_655}), "TOO_MANY"),
    ] {
        let ask = || world.ask(Method::POST, &path).body(body.clone());
        let korean = ask().header("Accept-Language", "ko").send().await.json();
        assert_eq!(korean["code"], code, "{path}: {korean}");
        let message = text(&korean["message"]);
        assert!(is_korean(message) && english_words(message).is_empty(), "{code}: {message}");
        let english = ask().header("Accept-Language", "en").send().await.json();
        assert!(!is_korean(&text(&english["message"]).replace("원두", "")), "{english}");
    }
}

#[tokio::test]
async fn messages_follow_accept_language_for_successes_and_refusals() {
    let world = World::start().await;
    let cases: [(Method, &str, Option<serde_json::Value>); 6] = [
        (Method::GET, "/v1/orders", None),
        (Method::GET, "/v1/nothing", None),
        (Method::PUT, "/v1/orders", None),
        (Method::POST, "/v1/orders", Some(json!({"merchantOrderId": 1}))),
        (Method::POST, "/v1/payments", Some(json!({"amount": "1"}))),
        (Method::GET, "/v1/payments/pay_01j0000000e008000000000001", None),
    ];
    for (method, path, body) in cases {
        for (language, korean) in [
            (Some("ko"), true),
            (Some("ko-KR,ko;q=0.9,en;q=0.8"), true),
            (Some("en"), false),
            (Some("ja"), false),
            (None, false),
        ] {
            let mut ask = world.ask(method.clone(), path);
            if let Some(language) = language {
                ask = ask.header("Accept-Language", language);
            }
            if let Some(body) = &body {
                ask = ask.body(body.clone());
            }
            let answer = ask.send().await;
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert_eq!(is_korean(&message), korean, "{method} {path} {language:?}: {message}");
        }
    }
    let korean = world.ask(Method::POST, "/v1/orders").header("Accept-Language", "ko");
    let answer = korean.body(json!({"merchantOrderId": "a", "lines": []})).send().await;
    assert_eq!(answer.json()["message"], "요청이 올바르지 않아요: lines: 1개 이상 100개 이하여야 해요");
}
