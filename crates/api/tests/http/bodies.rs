//! What is wrong with a body is told by the path of its field.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, card, pay};

/// `value` put into `body` at `path`, as in `lines[0].quantity`.
fn with(mut body: Value, path: &str, value: Value) -> Value {
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(items) => items[name.parse::<usize>().unwrap()] = value,
        None => parent[name] = value,
    }
    body
}

fn order() -> Value {
    json!({
        "merchantOrderId": "order-1",
        "lines": [{"name": "a", "quantity": 1, "unitPrice": 10}, {"name": "b", "quantity": 1, "unitPrice": 10}],
        "buyer": {"name": "김하늘"},
        "metadata": {"channel": "app"},
    })
}

async fn refused(world: &World, method: Method, address: &str, body: Value, code: &str, param: &str) {
    world.ask(method, address).body(body).send().await.refused_for(code, param);
}

#[tokio::test]
async fn an_unknown_field_at_any_depth_is_refused_by_its_path() {
    let world = World::start().await;
    let payment = pay("order-1", 100);
    let orders = ["mechantOrderId", "lines[0].quantiy", "lines[1].price", "buyer.mail"];
    for path in orders {
        let body = with(order(), path, json!("x"));
        refused(&world, Method::POST, "/v1/orders", body, "UNKNOWN_FIELD", path).await;
    }
    for path in ["amout", "method.crad", "method.card.numbr", "buyer.adress", "method.card.expiry"] {
        let body = with(payment.clone(), path, json!("x"));
        refused(&world, Method::POST, "/v1/payments", body, "UNKNOWN_FIELD", path).await;
    }
    let id = |prefix: &str| format!("{prefix}_01j0000000e008000000000001");
    for (method, address, body) in [
        (Method::POST, format!("/v1/orders/{}/cancel", id("ord")), json!({"reason": "a"})),
        (Method::POST, format!("/v1/orders/{}/refunds", id("ord")), json!({"reason": "a"})),
        (Method::POST, format!("/v1/payments/{}/attempts", id("pay")), json!({"method": card("4242424242424242")})),
        (Method::POST, format!("/v1/payments/{}/capture", id("pay")), json!({})),
        (Method::POST, format!("/v1/payments/{}/cancel", id("pay")), json!({"reason": "a"})),
        (Method::POST, format!("/v1/payments/{}/fail", id("pay")), json!({})),
        (Method::POST, "/v1/payments/authenticate".to_owned(), payment.clone()),
        (Method::POST, "/v1/payments/confirm".to_owned(), json!({})),
        (Method::POST, "/v1/products".to_owned(), json!({})),
        (Method::PATCH, format!("/v1/products/{}", id("prd")), json!({})),
        (Method::POST, format!("/v1/products/{}/stock", id("prd")), json!({})),
        (Method::POST, "/v1/sellers".to_owned(), json!({})),
        (Method::POST, "/v1/fee-policies".to_owned(), json!({})),
        (Method::POST, "/v1/api-keys".to_owned(), json!({})),
        (Method::POST, format!("/v1/api-keys/{}/rotate", id("key")), json!({})),
        (Method::POST, "/v1/test/clock/advance".to_owned(), json!({})),
    ] {
        let body = with(body, "surprise", json!(1));
        refused(&world, method, &address, body, "UNKNOWN_FIELD", "surprise").await;
    }
    let account = json!({"name": "a", "kind": "business", "bankAccount": {"bank": "088", "acountNumber": "1"}});
    refused(&world, Method::POST, "/v1/sellers", account, "UNKNOWN_FIELD", "bankAccount.acountNumber").await;
    let lines = json!({"reason": "a", "lines": [{"orderLineId": "oli_1", "quantity": 1, "amount": 1}]});
    let address = format!("/v1/orders/{}/refunds", id("ord"));
    refused(&world, Method::POST, &address, lines, "UNKNOWN_FIELD", "lines[0].amount").await;
}

#[tokio::test]
async fn a_value_of_the_wrong_type_or_out_of_range_is_refused_by_its_path() {
    let world = World::start().await;
    for (path, values) in [
        ("merchantOrderId", vec![json!(1), json!(null), json!(""), json!("x".repeat(65)), json!("a\u{0}b")]),
        ("lines", vec![json!({}), json!([]), json!(null)]),
        ("lines[0]", vec![json!(1), json!([])]),
        ("lines[1].quantity", vec![json!("1"), json!(0), json!(-1), json!(1.5), json!(1_000_001), json!(null)]),
        ("lines[0].unitPrice", vec![json!("10"), json!(-1), json!(1.0), json!(1_000_000_000_001_i64)]),
        ("lines[0].name", vec![json!(1), json!(""), json!("가".repeat(101))]),
        ("lines[0].productId", vec![json!("prd_1"), json!("ord_01j0000000e008000000000001")]),
        ("lines[0].sellerId", vec![json!("sel_1")]),
        ("lines[0].taxFree", vec![json!("true"), json!(1)]),
        ("buyer", vec![json!("김하늘"), json!([])]),
        ("buyer.email", vec![json!("nobody"), json!(1)]),
        ("buyer.phone", vec![json!("call me")]),
        ("currency", vec![json!("krw"), json!("XXX"), json!(1)]),
        ("shippingFee", vec![json!(-1), json!("0")]),
        ("totalAmount", vec![json!(0), json!("20"), json!(20.0)]),
        ("metadata", vec![json!("x"), json!([])]),
        ("metadata.channel", vec![json!(1), json!(null), json!({}), json!("x".repeat(501))]),
    ] {
        for value in values {
            let body = with(order(), path, value);
            refused(&world, Method::POST, "/v1/orders", body, "INVALID_REQUEST", path).await;
        }
    }
    let many: serde_json::Map<String, Value> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    refused(&world, Method::POST, "/v1/orders", with(order(), "metadata", json!(many)), "INVALID_REQUEST", "metadata")
        .await;
    let most: serde_json::Map<String, Value> = (0..50).map(|n| (format!("k{n}"), json!("v"))).collect();
    world.post("/v1/orders", with(order(), "metadata", json!(most))).await.data(201);
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let world = World::start().await;
    for (address, body, param) in [
        ("/v1/orders", json!({}), "merchantOrderId"),
        ("/v1/orders", json!({"merchantOrderId": "a"}), "lines"),
        ("/v1/orders", json!({"merchantOrderId": "a", "lines": [{}]}), "lines[0].quantity"),
        ("/v1/orders", json!({"merchantOrderId": "a", "lines": [{"quantity": 1, "unitPrice": 1}]}), "lines[0].name"),
        ("/v1/orders", json!({"merchantOrderId": "a", "lines": [{"quantity": 1, "name": "a"}]}), "lines[0].unitPrice"),
        ("/v1/payments", json!({"merchantOrderId": "a", "orderName": "b", "amount": 1}), "method"),
        ("/v1/payments", json!({"method": card("4242424242424242")}), "merchantOrderId"),
        ("/v1/payments", json!({"merchantOrderId": "a", "method": card("4242424242424242")}), "orderName"),
        (
            "/v1/payments",
            json!({"merchantOrderId": "a", "orderName": "b", "method": card("4242424242424242")}),
            "amount",
        ),
        ("/v1/payments", with(pay("a", 1), "method", json!({"type": "card"})), "method.card"),
        ("/v1/payments", with(pay("a", 1), "method.card", json!({})), "method.card.number"),
        ("/v1/payments/confirm", json!({"merchantOrderId": "a", "amount": 1}), "paymentKey"),
        ("/v1/products", json!({"sku": "a", "name": "b"}), "price"),
        ("/v1/sellers", json!({"kind": "business"}), "name"),
        ("/v1/fee-policies", json!({}), "rate"),
        ("/v1/api-keys", json!({"kind": "restricted"}), "scopes"),
        ("/v1/api-keys/key_01j0000000e008000000000001/rotate", json!({}), "overlap"),
        ("/v1/test/clock/advance", json!({}), "seconds"),
        ("/v1/orders/ord_01j0000000e008000000000001/cancel", json!({}), "reason"),
        ("/v1/products/prd_01j0000000e008000000000001/stock", json!({"reason": "a"}), "delta"),
    ] {
        refused(&world, Method::POST, address, body, "INVALID_REQUEST", param).await;
    }
}

#[tokio::test]
async fn fields_that_contradict_each_other_and_choices_that_are_none_are_refused() {
    let world = World::start().await;
    let order_id = "ord_01j0000000e008000000000001";
    let key = "/v1/api-keys/key_01j0000000e008000000000001/rotate";
    let stock = "/v1/products/prd_01j0000000e008000000000001/stock";
    let refunds = format!("/v1/orders/{order_id}/refunds");
    let line = json!([{"orderLineId": "oli_01j0000000e008000000000001", "quantity": 1}]);
    let twice = json!([line[0], line[0]]);
    for (address, body, param) in [
        ("/v1/payments", with(pay("a", 1), "orderId", json!(order_id)), "merchantOrderId"),
        ("/v1/payments", with(pay("a", 1), "capture", json!("later")), "capture"),
        ("/v1/payments", with(pay("a", 1), "method.type", json!("cash")), "method.type"),
        ("/v1/payments", with(pay("a", 1), "installmentMonths", json!(1)), "installmentMonths"),
        ("/v1/payments", with(pay("a", 1), "installmentMonths", json!(37)), "installmentMonths"),
        ("/v1/payments", with(pay("a", 1), "amount", json!(0)), "amount"),
        ("/v1/payments", with(pay("a", 1), "amount", json!("1")), "amount"),
        ("/v1/payments", with(pay("a", 1), "amount", json!(1.0)), "amount"),
        ("/v1/payments/confirm", json!({"paymentKey": "x", "merchantOrderId": "a", "amount": 1}), "paymentKey"),
        (stock, json!({"delta": 1, "set": 1, "reason": "a"}), "set"),
        (stock, json!({"delta": 0, "reason": "a"}), "delta"),
        (stock, json!({"set": -1, "reason": "a"}), "set"),
        (stock, json!({"delta": 1, "reason": ""}), "reason"),
        (refunds.as_str(), json!({"lines": line, "amount": 1, "reason": "a"}), "amount"),
        (refunds.as_str(), json!({"lines": [], "reason": "a"}), "lines"),
        (refunds.as_str(), json!({"lines": twice, "reason": "a"}), "lines[1].orderLineId"),
        (key, json!({"overlap": "2h"}), "overlap"),
        (key, json!({"overlap": "now", "overlapSeconds": 1}), "overlapSeconds"),
        (key, json!({"overlapSeconds": 604_801}), "overlapSeconds"),
        ("/v1/api-keys", json!({"kind": "root"}), "kind"),
        ("/v1/api-keys", json!({"kind": "secret", "scopes": ["orders:read"]}), "scopes"),
        ("/v1/api-keys", json!({"kind": "restricted", "scopes": []}), "scopes"),
        ("/v1/api-keys", json!({"kind": "restricted", "scopes": ["orders:read", "orders:red"]}), "scopes[1]"),
        ("/v1/api-keys", json!({"kind": "secret", "expiresAt": "2020-01-01T00:00:00Z"}), "expiresAt"),
        ("/v1/api-keys", json!({"kind": "secret", "expiresAt": "2030-01-01"}), "expiresAt"),
        ("/v1/api-keys", json!({"kind": "secret", "rateLimit": 0}), "rateLimit"),
        ("/v1/sellers", json!({"name": "a", "kind": "person"}), "kind"),
        ("/v1/sellers", json!({"name": "a", "kind": "business", "withholding": true}), "withholding"),
        ("/v1/fee-policies", json!({"rate": "3%"}), "rate"),
        ("/v1/fee-policies", json!({"rate": "0.0000001"}), "rate"),
        ("/v1/fee-policies", json!({"rate": 0.03}), "rate"),
        ("/v1/fee-policies", json!({"rate": "0.03", "fixedFee": -1}), "fixedFee"),
        ("/v1/fee-policies", json!({"rate": "0.03", "method": "cash"}), "method"),
        ("/v1/fee-policies", json!({"rate": "0.03", "refundFee": "never"}), "refundFee"),
        ("/v1/fee-policies", json!({"rate": "0.03", "effectiveFrom": "2026-12-01T00:00:00"}), "effectiveFrom"),
        ("/v1/products", json!({"sku": "a", "name": "b", "price": -1}), "price"),
        ("/v1/products", json!({"sku": "a", "name": "b", "price": 1, "threshold": -1}), "threshold"),
        ("/v1/test/clock/advance", json!({"seconds": 1, "days": 1}), "days"),
        ("/v1/test/clock/advance", json!({"seconds": 0}), "seconds"),
        ("/v1/test/clock/advance", json!({"days": 3_661}), "days"),
    ] {
        refused(&world, Method::POST, address, body, "INVALID_REQUEST", param).await;
    }
}

#[tokio::test]
async fn card_data_is_422_by_its_field_and_never_repeated() {
    let world = World::start().await;
    for (path, value) in [
        ("method.card.number", json!("4242424242424241")),
        ("method.card.number", json!("4242")),
        ("method.card.expiryMonth", json!(13)),
        ("method.card.expiryYear", json!(2025)),
        ("method.card.expiryYear", json!("2x")),
        ("method.card.cvc", json!("12")),
        ("method.card.birthDate", json!("19900101")),
        ("method.card.passwordPrefix", json!("1")),
    ] {
        let body = with(pay("order-1", 100), path, value);
        refused(&world, Method::POST, "/v1/payments", body, "INVALID_CARD", path).await;
    }
    let as_number = with(pay("order-1", 100), "method.card.number", json!(4_242_424_242_424_242_i64));
    let answer = world.post("/v1/payments", as_number).await;
    answer.refused_for("INVALID_REQUEST", "method.card.number");
    assert!(!answer.text.contains("4242"), "{}", answer.text);
    let wrong = with(pay("order-1", 100), "method.card.number", json!("4000 1234 5678 9010"));
    assert!(!world.post("/v1/payments", wrong).await.text.contains("1234"));
    // The repeated numbers are for test mode.
    let repeated = || with(pay("order-1", 100), "method", card("1111111111111111"));
    let live = world.ask(Method::POST, "/v1/payments").key(&world.ours.live_secret_key).body(repeated());
    live.send().await.refused_for("INVALID_CARD", "method.card.number");
    world.post("/v1/payments", repeated()).await.data(201);
}

#[tokio::test]
async fn a_method_that_a_server_cannot_charge_is_not_available() {
    let world = World::start().await;
    for method in [
        json!({"type": "wallet", "payerId": "pyr_1"}),
        json!({"type": "billingKey", "billingKeyId": "bk_1"}),
        json!({"type": "app"}),
    ] {
        let body = with(pay("order-1", 100), "method", method);
        refused(&world, Method::POST, "/v1/payments", body, "METHOD_NOT_AVAILABLE", "method.type").await;
    }
    for (method, code, param) in [
        (json!({"type": "transfer", "bank": "shinhan"}), "INVALID_REQUEST", "method.accountNumber"),
        (json!({"type": "virtualAccount", "bank": "088"}), "INVALID_REQUEST", "method.bank"),
        (
            json!({"type": "card", "card": card("4242424242424242")["card"], "bank": "088"}),
            "UNKNOWN_FIELD",
            "method.bank",
        ),
    ] {
        refused(&world, Method::POST, "/v1/payments", with(pay("a", 1), "method", method), code, param).await;
    }
}

#[tokio::test]
async fn what_is_not_json_or_names_a_field_twice_is_refused() {
    let world = World::start().await;
    let raw = |text: &str| world.ask(Method::POST, "/v1/orders").bytes(text.to_owned());
    for text in ["{", "", "[", "{'a':1}", "{\"a\":1,}", "NaN", "\u{feff}{}"] {
        let answer = raw(text).send().await;
        if text.is_empty() {
            // No body is an empty object, which lacks what is required.
            answer.refused_for("INVALID_REQUEST", "merchantOrderId");
        } else {
            answer.refused(400, "INVALID_JSON");
        }
    }
    raw(r#"{"merchantOrderId":"a","merchantOrderId":"b"}"#).send().await.refused(400, "INVALID_JSON");
    for text in ["[]", "1", "\"a\"", "null"] {
        raw(text).send().await.refused(400, "INVALID_REQUEST");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    raw(&deep).send().await.refused(400, "INVALID_JSON");
    world.ask(Method::POST, "/v1/orders").bytes([b'"', 0xff, b'"']).send().await.refused(400, "INVALID_JSON");
}
