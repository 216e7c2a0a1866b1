//! `Idempotency-Key`

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

use crate::world::{World, card, pay, text};

#[tokio::test]
async fn the_same_key_and_request_answer_the_same_and_charge_once() {
    let world = World::start().await;
    let ask = |key: &str| world.ask(Method::POST, "/v1/payments").idempotency(Some(key)).body(pay("order-1", 1_000));
    let first = ask("pay-1").send().await;
    let payment = first.data(201);
    assert_eq!(first.header("idempotent-replayed"), None);
    // Bare and quoted are the same key.
    for key in ["pay-1", "\"pay-1\""] {
        let again = ask(key).send().await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (201, Some("true")));
        assert_eq!(again.text, first.text);
        assert_ne!(again.header("request-id"), first.header("request-id"));
    }
    assert_eq!(payment["attempts"].as_array().unwrap().len(), 1);
    // Fields in another order are the same request; another amount is not.
    let reordered = format!(
        r#"{{"method":{},"buyer":{{"name":"김하늘"}},"amount":1000,"orderName":"아메리카노 외 1건","merchantOrderId":"order-1"}}"#,
        card("4242424242424242")
    );
    let again = ask("pay-1").bytes(reordered).send().await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = world.ask(Method::POST, "/v1/payments").idempotency(Some("pay-1")).body(pay("order-1", 999));
    other.send().await.refused(422, "IDEMPOTENCY_MISMATCH");
}

#[tokio::test]
async fn a_decline_is_replayed_too() {
    let world = World::with_simulator().await;
    let mut body = pay("order-1", 1_000);
    body["method"] = card("4000000000000002");
    let ask = || world.ask(Method::POST, "/v1/payments").idempotency(Some("pay-1")).body(body.clone());
    let first = ask().send().await;
    first.refused(402, "PAYMENT_DECLINED");
    let again = ask().send().await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (402, Some("true")));
    assert_eq!(again.text, first.text);
}

#[tokio::test]
async fn what_moves_money_needs_a_key_and_other_writes_take_one() {
    let world = World::start().await;
    let order = world.order("order-1").await;
    let (order, payment) = (text(&order["id"]), world.payment("order-2", 1_000).await);
    let payment = text(&payment["id"]);
    for (path, body) in [
        ("/v1/payments".to_owned(), pay("order-3", 1_000)),
        (format!("/v1/payments/{payment}/attempts"), json!({"method": card("4242424242424242")})),
        (format!("/v1/payments/{payment}/capture"), json!({})),
        (format!("/v1/payments/{payment}/cancel"), json!({"reason": "a"})),
        ("/v1/payments/confirm".to_owned(), json!({})),
        (format!("/v1/orders/{order}/cancel"), json!({"reason": "a"})),
        (format!("/v1/orders/{order}/refunds"), json!({"reason": "a"})),
    ] {
        let answer = world.ask(Method::POST, &path).idempotency(None).body(body).send().await;
        let refused = answer.refused(400, "IDEMPOTENCY_KEY_REQUIRED");
        assert_eq!(refused["error"]["param"], "Idempotency-Key", "{path}");
    }
    for (path, body) in [
        ("/v1/orders", json!({"merchantOrderId": "order-9", "lines": [{"name": "a", "quantity": 1, "unitPrice": 1}]})),
        ("/v1/products", json!({"sku": "a", "name": "a", "price": 1})),
        ("/v1/sellers", json!({"name": "a", "kind": "business"})),
        ("/v1/fee-policies", json!({"rate": "0.03"})),
        ("/v1/api-keys", json!({"kind": "publishable"})),
    ] {
        let ask = |key| world.ask(Method::POST, path).idempotency(key).body(body.clone()).send();
        let first = ask(Some("once")).await.data(201);
        let again = ask(Some("once")).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"), "{path}");
        assert_eq!(again.data(201)["id"], first["id"], "{path}");
    }
    world
        .ask(Method::POST, "/v1/sellers")
        .idempotency(None)
        .body(json!({"name": "b", "kind": "business"}))
        .send()
        .await
        .data(201);
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_refused() {
    let world = World::start().await;
    let longest = "k".repeat(255);
    let ask = |key: &str, order: &str| {
        world.ask(Method::POST, "/v1/payments").idempotency(Some(key)).body(pay(order, 1_000)).send()
    };
    ask(&longest, "order-longest").await.data(201);
    for key in ["", "\"\"", "two words", "\"open", &"k".repeat(256)] {
        ask(key, "order-1").await.refused_for("INVALID_REQUEST", "Idempotency-Key");
    }
    let twice = world.ask(Method::POST, "/v1/payments").idempotency(None).header("Idempotency-Key", "a");
    twice
        .header("Idempotency-Key", "b")
        .body(pay("order-1", 1_000))
        .send()
        .await
        .refused_for("INVALID_REQUEST", "Idempotency-Key");
}

#[tokio::test]
async fn a_key_belongs_to_its_tenant_and_its_address() {
    let world = World::start().await;
    for key in [&world.ours.test_secret_key, &world.ours.live_secret_key, &world.theirs.test_secret_key] {
        let ask = world.ask(Method::POST, "/v1/payments").key(key).idempotency(Some("same"));
        let answer = ask.body(pay("order-1", 1_000)).send().await;
        answer.data(201);
        assert_eq!(answer.header("idempotent-replayed"), None);
    }
}

#[tokio::test]
async fn a_refusal_before_anything_was_done_leaves_the_key_free() {
    let world = World::start().await;
    let ask = |body| world.ask(Method::POST, "/v1/orders").idempotency(Some("k")).body(body).send();
    let wrong =
        json!({"merchantOrderId": "a", "totalAmount": 2, "lines": [{"name": "a", "quantity": 1, "unitPrice": 1}]});
    ask(wrong).await.refused(422, "TOTAL_MISMATCH");
    let right = json!({"merchantOrderId": "a", "lines": [{"name": "a", "quantity": 1, "unitPrice": 1}]});
    ask(right).await.data(201);
}

#[tokio::test]
async fn many_at_once_with_one_key_charge_once() {
    let world = Arc::new(World::start().await);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let world = Arc::clone(&world);
        callers.spawn(async move {
            world.ask(Method::POST, "/v1/payments").idempotency(Some("same")).body(pay("order-1", 1_000)).send().await
        });
    }
    let answers = callers.join_all().await;
    let mut fresh = 0;
    for answer in &answers {
        match answer.status {
            201 => fresh += i32::from(answer.header("idempotent-replayed").is_none()),
            _ => {
                answer.refused(409, "REQUEST_IN_PROGRESS");
                assert_eq!(answer.header("retry-after"), Some("1"));
            }
        }
    }
    assert_eq!(fresh, 1);
    let page = world.get("/v1/transactions").await.data(200);
    assert_eq!(page["summary"]["payment"], json!({"count": 1, "amount": 1_000}));
}
