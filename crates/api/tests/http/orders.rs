//! `/v1/orders`

use serde_json::json;

use crate::world::{World, pay, text};

#[tokio::test]
async fn an_order_is_made_found_and_canceled() {
    let world = World::start().await;
    let body = json!({
        "merchantOrderId": "order-1",
        "currency": "KRW",
        "lines": [
            {"name": "아메리카노", "quantity": 2, "unitPrice": 4500},
            {"name": "책", "quantity": 1, "unitPrice": 15000, "taxFree": true},
        ],
        "shippingFee": 3000,
        "buyer": {"name": "김하늘", "email": "buyer@example.com", "phone": "010-1234-5678"},
        "totalAmount": 27000,
        "metadata": {"channel": "app"},
    });
    let order = world.post("/v1/orders", body).await.data(201);
    assert_eq!(order["status"], "open");
    assert_eq!(order["totalAmount"], 27_000);
    assert_eq!(order["taxFreeAmount"], 15_000);
    assert_eq!(order["lines"].as_array().unwrap().len(), 3);
    assert_eq!(order["lines"][2]["kind"], "shipping");
    assert_eq!(order["metadata"], json!({"channel": "app"}));
    assert_eq!(order["buyer"]["phone"], "010-1234-5678");

    let path = format!("/v1/orders/{}", text(&order["id"]));
    assert_eq!(world.get(&path).await.data(200), order);

    let canceled = world.post(&format!("{path}/cancel"), json!({"reason": "고객 변심"})).await.data(200);
    assert_eq!((&canceled["status"], &canceled["cancelReason"]), (&json!("canceled"), &json!("고객 변심")));
    assert_eq!(world.get(&path).await.data(200)["status"], "canceled");
}

#[tokio::test]
async fn a_refund_of_what_is_only_authorized_voids_it_whole_and_answers_the_payment() {
    let world = World::start().await;
    let mut body = pay("order-1", 5_000);
    body["capture"] = json!("manual");
    let payment = world.post("/v1/payments", body).await.data(201);
    let path = format!("/v1/orders/{}/refunds", text(&payment["orderId"]));
    let part = json!({"amount": 1_000, "reason": "부분"});
    world.post(&path, part).await.refused(409, "STATE_CONFLICT");
    let voided = world.post(&path, json!({"reason": "전부"})).await.data(201);
    assert_eq!((&voided["id"], &voided["status"]), (&payment["id"], &json!("canceled")));
}

#[tokio::test]
async fn a_merchant_order_id_is_used_once_and_a_wrong_total_is_told() {
    let world = World::start().await;
    world.order("order-1").await;
    let again = json!({"merchantOrderId": "order-1", "lines": [{"name": "a", "quantity": 1, "unitPrice": 1}]});
    let refused = world.post("/v1/orders", again).await.refused(409, "ORDER_EXISTS");
    assert_eq!(refused["error"]["param"], "merchantOrderId");
    let wrong = json!({"merchantOrderId": "order-2", "totalAmount": 2,
        "lines": [{"name": "a", "quantity": 1, "unitPrice": 1}]});
    let refused = world.post("/v1/orders", wrong).await.refused(422, "TOTAL_MISMATCH");
    assert_eq!(refused["error"]["param"], "totalAmount");
}

#[tokio::test]
async fn an_order_promises_stock_and_its_cancel_frees_it() {
    let world = World::start().await;
    let product = json!({"sku": "bean", "name": "원두", "price": 9000, "onHand": 2});
    let product = world.post("/v1/products", product).await.data(201);
    let id = text(&product["id"]);
    let lines = json!([{"productId": id, "quantity": 2}]);
    let order = world.post("/v1/orders", json!({"merchantOrderId": "o-1", "lines": lines})).await.data(201);
    assert_eq!((&order["totalAmount"], &order["lines"][0]["name"]), (&json!(18_000), &json!("원두")));
    let stock = world.get(&format!("/v1/products/{id}")).await.data(200)["stock"].clone();
    assert_eq!((&stock["reserved"], &stock["available"]), (&json!(2), &json!(0)));

    let refused = world.post("/v1/orders", json!({"merchantOrderId": "o-2", "lines": lines})).await;
    refused.refused(422, "OUT_OF_STOCK");

    let cancel = format!("/v1/orders/{}/cancel", text(&order["id"]));
    world.post(&cancel, json!({"reason": "변심"})).await.data(200);
    assert_eq!(world.get(&format!("/v1/products/{id}")).await.data(200)["stock"]["available"], 2);
}

#[tokio::test]
async fn a_paid_order_is_given_back_by_line_by_amount_and_whole() {
    let world = World::start().await;
    let order = world.order("order-1").await;
    let (id, line) = (text(&order["id"]), text(&order["lines"][0]["id"]));
    let pay = json!({"orderId": id, "method": crate::world::card("4242424242424242")});
    let payment = world.post("/v1/payments", pay).await.data(201);
    assert_eq!((&payment["amount"], &payment["status"]), (&json!(10_000), &json!("captured")));
    let refunds = format!("/v1/orders/{id}/refunds");

    let by_line =
        json!({"lines": [{"orderLineId": line, "quantity": 1}], "reason": "불량", "expectedRefundable": 10_000});
    let refund = world.post(&refunds, by_line).await.data(201);
    assert_eq!((&refund["amount"], &refund["kind"]), (&json!(2_000), &json!("cancel")));
    assert_eq!((&refund["status"], &refund["lines"][0]["quantity"]), (&json!("succeeded"), &json!(1)));

    let stale = json!({"amount": 1_000, "reason": "할인", "expectedRefundable": 10_000});
    world.post(&refunds, stale).await.refused(409, "EXPECTED_AMOUNT_DIFFERS");
    let by_amount = json!({"amount": 1_000, "reason": "할인", "expectedRefundable": 8_000});
    assert_eq!(world.post(&refunds, by_amount).await.data(201)["amount"], 1_000);

    let too_much = json!({"amount": 7_001, "reason": "할인"});
    world.post(&refunds, too_much).await.refused(422, "EXCEEDS_REFUNDABLE");

    assert_eq!(world.post(&refunds, json!({"reason": "전부"})).await.data(201)["amount"], 7_000);
    let order = world.get(&format!("/v1/orders/{id}")).await.data(200);
    assert_eq!((&order["status"], &order["returnedAmount"]), (&json!("canceled"), &json!(10_000)));
}

#[tokio::test]
async fn canceling_a_paid_order_returns_the_money() {
    let world = World::start().await;
    let order = world.order("order-1").await;
    let id = text(&order["id"]);
    let pay = json!({"orderId": id, "method": crate::world::card("4242424242424242")});
    world.post("/v1/payments", pay).await.data(201);
    let canceled = world.post(&format!("/v1/orders/{id}/cancel"), json!({"reason": "변심"})).await.data(200);
    assert_eq!((&canceled["status"], &canceled["returnedAmount"]), (&json!("canceled"), &json!(10_000)));
}

#[tokio::test]
async fn orders_are_listed_and_filtered() {
    let world = World::start().await;
    let open = world.order("order-open").await;
    let canceled = world.order("order-canceled").await;
    let cancel = format!("/v1/orders/{}/cancel", text(&canceled["id"]));
    world.post(&cancel, json!({"reason": "변심"})).await.data(200);
    for (query, expected) in [
        ("", vec!["order-canceled", "order-open"]),
        ("status=open", vec!["order-open"]),
        ("status=open,canceled", vec!["order-canceled", "order-open"]),
        ("status=paid", vec![]),
        ("q=order-open", vec!["order-open"]),
        ("from=2026-11-22T00:00:00%2B09:00", vec![]),
        ("from=2026-11-21T00:00:00+09:00&to=2026-11-22T00:00:00+09:00", vec!["order-canceled", "order-open"]),
    ] {
        let page = world.get(&format!("/v1/orders?{query}")).await.data(200);
        let found: Vec<&str> =
            page["items"].as_array().unwrap().iter().map(|order| text(&order["merchantOrderId"])).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!((&page["hasNext"], &page["nextCursor"]), (&json!(false), &json!(null)), "{query}");
    }
    assert_eq!(open["status"], "open");
}
