//! `/v1/events`

use serde_json::Value;

use crate::world::{World, text};

/// Events take their places shortly after their commit: asks until `count` are there.
async fn events(world: &World, query: &str, count: usize) -> Value {
    loop {
        let page = world.get(&format!("/v1/events{query}")).await.data(200);
        if page["items"].as_array().unwrap().len() >= count {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_happened_is_told_newest_first_and_by_type() {
    let world = World::start().await;
    world.payment("order-1", 10_000).await;
    let page = events(&world, "", 4).await;
    let types: Vec<&str> = page["items"].as_array().unwrap().iter().map(|event| text(&event["type"])).collect();
    assert_eq!(types.len(), 4, "{types:?}");
    for kind in ["order.created", "payment.created", "payment.captured", "order.paid"] {
        assert!(types.contains(&kind), "{types:?}");
    }
    let positions: Vec<i64> =
        page["items"].as_array().unwrap().iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert!(positions.is_sorted_by(|newer, older| newer > older), "{positions:?}");

    let captured = events(&world, "?types=payment.captured", 1).await;
    assert_eq!(captured["items"].as_array().unwrap().len(), 1);
    assert_eq!(captured["items"][0]["data"]["status"], "captured");
    let two = events(&world, "?types=payment.captured,order.paid", 2).await;
    assert_eq!(two["items"].as_array().unwrap().len(), 2);
    world.get("/v1/events?types=payment.exploded").await.refused_for("INVALID_REQUEST", "types");
}
