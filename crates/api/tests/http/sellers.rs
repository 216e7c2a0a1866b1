//! `/v1/sellers` and `/v1/fee-policies`

use serde_json::json;

use crate::world::{World, card, ids, text};

#[tokio::test]
async fn a_seller_is_made_listed_and_has_a_wallet() {
    let world = World::start().await;
    let body = json!({"name": "하늘 농장", "kind": "individual", "withholding": true,
        "bankAccount": {"bank": "088", "accountNumber": "110-123-456789", "holder": "김하늘"}});
    let seller = world.post("/v1/sellers", body).await.data(201);
    assert_eq!((&seller["kind"], &seller["withholding"]), (&json!("individual"), &json!(true)));
    assert!(text(&seller["bankAccount"]["accountNumber"]).ends_with("6789"));
    assert!(!text(&seller["bankAccount"]["accountNumber"]).contains("110"));
    let id = text(&seller["id"]);
    assert_eq!(world.get(&format!("/v1/sellers/{id}")).await.data(200), seller);
    let all = ids(&world.get("/v1/sellers").await.data(200));
    assert!(all.contains(&id.to_owned()) && all.contains(&world.ours.test_seller.to_string()), "{all:?}");

    let wallet = world.get(&format!("/v1/sellers/{id}/wallet")).await.data(200);
    assert_eq!((&wallet["payable"], &wallet["moves"]), (&json!(0), &json!([])));
    let order = json!({"merchantOrderId": "o-1",
        "lines": [{"name": "사과", "quantity": 1, "unitPrice": 10_000, "sellerId": id}]});
    let order = world.post("/v1/orders", order).await.data(201);
    let pay = json!({"orderId": order["id"], "method": card("4242424242424242")});
    world.post("/v1/payments", pay).await.data(201);
    let wallet = world.get(&format!("/v1/sellers/{id}/wallet?limit=1")).await.data(200);
    assert_eq!((&wallet["payable"], &wallet["pendingPayout"]), (&json!(9_670), &json!(0)));
    assert_eq!(wallet["moves"].as_array().unwrap().len(), 1);

    let order = json!({"merchantOrderId": "o-2", "currency": "USD",
        "lines": [{"name": "apple", "quantity": 1, "unitPrice": 1_000, "sellerId": id}]});
    let order = world.post("/v1/orders", order).await.data(201);
    let pay = json!({"orderId": order["id"], "method": card("4242424242424242")});
    world.post("/v1/payments", pay).await.data(201);
    for (query, currency, payable) in [("", "KRW", 9_670), ("?currency=USD", "USD", 967), ("?currency=JPY", "JPY", 0)] {
        let wallet = world.get(&format!("/v1/sellers/{id}/wallet{query}")).await.data(200);
        assert_eq!((&wallet["currency"], &wallet["payable"]), (&json!(currency), &json!(payable)), "{query}");
    }
}

#[tokio::test]
async fn a_fee_policy_takes_effect_for_the_payments_after_it() {
    let world = World::start().await;
    let body = json!({"rate": "0.0235", "fixedFee": 100, "effectiveFrom": "2026-11-21T00:00:00+09:00",
        "method": "card", "refundFee": "keep"});
    let policy = world.post("/v1/fee-policies", body).await.data(201);
    assert_eq!((&policy["rate"], &policy["fixedFee"]), (&json!("0.0235"), &json!(100)));
    assert_eq!((&policy["method"], &policy["refundFee"]), (&json!("card"), &json!("keep")));
    assert_eq!(policy["effectiveFrom"], "2026-11-20T15:00:00.000000Z");
    let all = world.get("/v1/fee-policies").await.data(200);
    assert_eq!(ids(&all).len(), 2);
    assert_eq!((&all["hasNext"], &all["nextCursor"]), (&json!(false), &json!(null)));
    let payment = world.payment("order-1", 10_000).await;
    assert_eq!(payment["fee"]["amount"], 335);
}
