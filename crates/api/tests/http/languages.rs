//! Korean and English.

use reqwest::Method;
use serde_json::json;

use crate::world::World;

fn is_korean(text: &str) -> bool {
    text.chars().any(|letter| ('가'..='힣').contains(&letter))
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
