//! `/v1/test/clock/advance`

use reqwest::Method;
use serde_json::json;

use crate::world::{World, text};

#[tokio::test]
async fn the_test_worlds_clock_moves_and_orders_expire_by_it() {
    let world = World::start().await;
    let order = world.order("order-1").await;
    let moved = world.post("/v1/test/clock/advance", json!({"seconds": 3_600})).await.data(200);
    assert_eq!(moved["now"], "2026-11-21T04:26:40.000000Z");
    let moved = world.post("/v1/test/clock/advance", json!({"days": 1})).await.data(200);
    assert_eq!(moved["now"], "2026-11-22T04:26:40.000000Z");
    let pay = json!({"orderId": order["id"], "method": crate::world::card("4242424242424242")});
    world.post("/v1/payments", pay).await.refused(410, "ORDER_EXPIRED");
    let path = format!("/v1/orders/{}", text(&order["id"]));
    assert_eq!(world.get(&path).await.data(200)["status"], "expired");
}

#[tokio::test]
async fn a_move_that_is_repeated_under_its_key_is_made_once() {
    let world = World::start().await;
    let advance = |key| {
        let ask = world.ask(Method::POST, "/v1/test/clock/advance").idempotency(Some(key));
        ask.body(json!({"days": 1})).send()
    };
    for (key, now) in [("a", "2026-11-22"), ("a", "2026-11-22"), ("b", "2026-11-23")] {
        let moved = advance(key).await.data(200);
        assert!(text(&moved["now"]).starts_with(now), "{key}: {moved}");
    }
}

#[tokio::test]
async fn a_cancel_becomes_a_refund_after_the_cut_off() {
    let world = World::start().await;
    let payment = world.payment("order-1", 10_000).await;
    world.post("/v1/test/clock/advance", json!({"days": 1})).await.data(200);
    let path = format!("/v1/payments/{}/cancel", text(&payment["id"]));
    let refunded = world.post(&path, json!({"reason": "변심"})).await.data(200);
    assert_eq!((&refunded["status"], &refunded["refunds"][0]["kind"]), (&json!("refunded"), &json!("refund")));
}

#[tokio::test]
async fn only_test_keys_move_it() {
    let world = World::start().await;
    let ask = world.ask(Method::POST, "/v1/test/clock/advance").key(&world.ours.live_secret_key);
    ask.body(json!({"days": 1})).send().await.refused(403, "TEST_MODE_ONLY");
}
