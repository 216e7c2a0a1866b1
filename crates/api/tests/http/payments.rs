//! `/v1/payments` and `/v1/transactions`

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use steelyard_domain::{limits::AUTHENTICATIONS_MAX, method::ConnectorName};

use crate::world::{Setup, World, card, pay, text};

#[tokio::test]
async fn a_payment_is_made_in_one_request_and_shown_with_what_is_asked_for() {
    let world = World::start().await;
    let mut body = pay("order-1", 10_000);
    body["metadata"] = json!({"channel": "app"});
    let payment = world.post("/v1/payments", body).await.data(201);
    assert_eq!((&payment["status"], &payment["capturedAmount"]), (&json!("captured"), &json!(10_000)));
    assert_eq!(payment["fee"], json!({"rate": "0.03", "fixed": 0, "amount": 300, "vat": 30}));
    assert_eq!(payment["netAmount"], 9_670);
    assert_eq!(payment["method"]["card"]["last4"], "4242");
    assert_eq!(payment["method"]["card"]["bin"], "424242");
    assert_eq!(payment["attempts"][0]["state"], "approved");
    assert_eq!(payment["metadata"], json!({"channel": "app"}));

    let path = format!("/v1/payments/{}", text(&payment["id"]));
    let plain = world.get(&path).await.data(200);
    assert_eq!(plain, payment);
    for query in ["expand[]=refunds&expand[]=ledger", "expand=refunds,ledger", "expand%5B%5D=attempts,refunds,ledger"] {
        let shown = world.get(&format!("{path}?{query}")).await.data(200);
        assert_eq!(shown["refunds"], json!([]), "{query}");
        let entries = shown["ledger"][0]["entries"].as_array().unwrap();
        assert!(entries.len() >= 2, "{query}");
    }
    world.get(&format!("{path}?expand[]=everything")).await.refused_for("INVALID_REQUEST", "expand");
}

#[tokio::test]
async fn an_authorization_is_captured_in_part_and_another_is_released() {
    let world = World::start().await;
    let manual = |name: &str| {
        let mut body = pay(name, 10_000);
        body["capture"] = json!("manual");
        body
    };
    let payment = world.post("/v1/payments", manual("order-1")).await.data(201);
    assert_eq!((&payment["status"], &payment["capturedAmount"]), (&json!("authorized"), &json!(0)));
    let path = format!("/v1/payments/{}", text(&payment["id"]));
    world.post(&format!("{path}/capture"), json!({"amount": 10_001})).await.refused(422, "EXCEEDS_AUTHORIZED");
    let captured = world.post(&format!("{path}/capture"), json!({"amount": 6_000})).await.data(200);
    assert_eq!((&captured["status"], &captured["capturedAmount"]), (&json!("captured"), &json!(6_000)));

    let payment = world.post("/v1/payments", manual("order-2")).await.data(201);
    let path = format!("/v1/payments/{}/cancel", text(&payment["id"]));
    let released = world.post(&path, json!({"reason": "품절"})).await.data(200);
    assert_eq!((&released["status"], &released["canceledAmount"]), (&json!("canceled"), &json!(0)));
}

#[tokio::test]
async fn the_whole_authorization_is_captured_without_a_body() {
    let world = World::start().await;
    let mut body = pay("order-1", 10_000);
    body["capture"] = json!("manual");
    let payment = world.post("/v1/payments", body).await.data(201);
    let path = format!("/v1/payments/{}/capture", text(&payment["id"]));
    let captured = world.ask(Method::POST, &path).send().await.data(200);
    assert_eq!(captured["capturedAmount"], 10_000);
}

#[tokio::test]
async fn a_captured_payment_is_canceled_in_part_and_then_whole() {
    let world = World::start().await;
    let payment = world.payment("order-1", 10_000).await;
    let path = format!("/v1/payments/{}/cancel", text(&payment["id"]));
    let part = json!({"amount": 4_000, "reason": "부분 취소", "expectedCancelable": 10_000});
    let part = world.post(&path, part).await.data(200);
    assert_eq!((&part["status"], &part["cancelableAmount"]), (&json!("partiallyCanceled"), &json!(6_000)));
    assert_eq!(part["refunds"][0]["amount"], 4_000);
    let stale = json!({"reason": "전부", "expectedCancelable": 10_000});
    world.post(&path, stale).await.refused(409, "EXPECTED_AMOUNT_DIFFERS");
    let rest = world.post(&path, json!({"reason": "전부"})).await.data(200);
    assert_eq!((&rest["status"], &rest["canceledAmount"]), (&json!("canceled"), &json!(10_000)));
    let nothing_left = world.post(&path, json!({"reason": "또"})).await;
    assert!([409, 422].contains(&nothing_left.status), "{}", nothing_left.text);
}

#[tokio::test]
async fn a_decline_is_402_with_its_reason_and_the_payment_is_paid_with_another_card() {
    let world = World::with_simulator().await;
    let mut body = pay("order-1", 10_000);
    body["method"] = card("4000000000009995");
    let declined = world.post("/v1/payments", body).await.refused(402, "PAYMENT_DECLINED");
    let error = &declined["error"];
    assert_eq!((&error["declineCode"], &error["outcome"]), (&json!("INSUFFICIENT_LIMIT"), &json!("none")));
    assert_eq!(error["retryable"], true);
    let id = text(&error["paymentId"]);
    let payment = world.get(&format!("/v1/payments/{id}")).await.data(200);
    assert_eq!(
        (&payment["status"], &payment["failure"]["declineCode"]),
        (&json!("ready"), &json!("INSUFFICIENT_LIMIT"))
    );

    let attempts = format!("/v1/payments/{id}/attempts");
    let paid = world.post(&attempts, json!({"method": card("4242424242424242")})).await.data(201);
    assert_eq!((&paid["status"], &paid["id"]), (&json!("captured"), &json!(id)));
    assert_eq!(paid["attempts"].as_array().unwrap().len(), 2);
    let again = world.post(&attempts, json!({"method": card("4242424242424242")})).await;
    let refused = again.refused(409, "ALREADY_PAID");
    assert_eq!((&refused["error"]["outcome"], &refused["error"]["paymentId"]), (&json!("done"), &json!(id)));
}

#[tokio::test]
async fn an_outcome_that_is_not_known_yet_is_202_and_says_when_it_is_looked_at_again() {
    let patience = Some(Duration::from_millis(50));
    let world = World::with(Setup { connector: ConnectorName::Simulator, patience, ..Setup::default() }).await;
    let mut body = pay("order-1", 10_000);
    body["method"] = card("4000000000005134");
    let ask = || world.ask(Method::POST, "/v1/payments").idempotency(Some("pay-1")).body(body.clone());
    let first = ask().send().await;
    let payment = first.data(202);
    assert_eq!(payment["status"], "unknown");
    assert!(payment["unknown"]["nextCheckAt"].is_string() && payment["unknown"]["step"] == "inquire", "{payment}");
    let again = ask().send().await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (202, Some("true")));
    assert_eq!(again.text, first.text);
    let other = world.post("/v1/payments", pay("order-1", 10_000)).await.refused(409, "PAYMENT_IN_PROGRESS");
    assert_eq!((&other["error"]["outcome"], &other["error"]["paymentId"]), (&json!("unknown"), &payment["id"]));
}

#[tokio::test]
async fn a_payment_that_nobody_tries_again_is_given_up() {
    let world = World::with_simulator().await;
    let mut body = pay("order-1", 10_000);
    body["method"] = card("4000000000000002");
    let declined = world.post("/v1/payments", body).await.refused(402, "PAYMENT_DECLINED");
    let path = format!("/v1/payments/{}", text(&declined["error"]["paymentId"]));
    let failed = world.ask(Method::POST, &format!("{path}/fail")).send().await.data(200);
    assert_eq!(failed["status"], "failed");
    let attempt = json!({"method": card("4242424242424242")});
    world.post(&format!("{path}/attempts"), attempt).await.refused(409, "STATE_CONFLICT");
}

#[tokio::test]
async fn a_key_that_anybody_can_read_neither_learns_totals_nor_piles_up_attempts() {
    let world = World::start().await;
    world.order("order-1").await;
    let authenticate = |key: &str, amount: i64| {
        world.ask(Method::POST, "/v1/payments/authenticate").key(key).body(pay("order-1", amount)).send()
    };
    let (public, secret) = (&world.ours.test_publishable_key, &world.ours.test_secret_key);
    let total = authenticate(secret, 1).await.refused(409, "AMOUNT_MISMATCH");
    let told: Vec<&str> = text(&total["message"]).split(|sign: char| !sign.is_ascii_digit()).collect();
    let total: i64 = told.iter().filter_map(|number| number.parse().ok()).max().unwrap();
    assert!(total > 1, "whoever holds the secret key is told the total: {told:?}");
    let untold = authenticate(public, 1).await.refused(409, "AMOUNT_MISMATCH");
    assert!(!text(&untold["message"]).contains(&total.to_string()), "{untold}");
    for _ in 0..AUTHENTICATIONS_MAX {
        authenticate(public, total).await.data(201);
    }
    let refused = authenticate(public, total).await.refused(422, "TOO_MANY");
    assert!(text(&refused["error"]["paymentId"]).starts_with("pay_"), "{refused}");
}

#[tokio::test]
async fn a_browser_authenticates_and_the_server_confirms() {
    let world = World::start().await;
    let authenticate = |name: &str| {
        let mut body = pay(name, 4_500);
        body["orderName"] = json!("아메리카노");
        world.ask(Method::POST, "/v1/payments/authenticate").key(&world.ours.test_publishable_key).body(body)
    };
    let answer = authenticate("order-1").header("Origin", "https://shop.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let authenticated = answer.data(201);
    let key = text(&authenticated["paymentKey"]);
    assert!(authenticated["expiresAt"].is_string());

    let confirm = |amount: i64, name: &str| json!({"paymentKey": key, "merchantOrderId": name, "amount": amount});
    world.post("/v1/payments/confirm", confirm(45, "order-1")).await.refused(409, "AMOUNT_MISMATCH");
    let mut in_dollars = confirm(4_500, "order-1");
    in_dollars["currency"] = json!("USD");
    world.post("/v1/payments/confirm", in_dollars).await.refused(422, "CURRENCY_MISMATCH");
    let paid = world.post("/v1/payments/confirm", confirm(4_500, "order-1")).await.data(201);
    assert_eq!((&paid["status"], &paid["capturedAmount"]), (&json!("captured"), &json!(4_500)));

    let unknown =
        json!({"paymentKey": "att_01j0000000e008000000000001", "merchantOrderId": "order-1", "amount": 4_500});
    world.post("/v1/payments/confirm", unknown).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_browser_may_ask_before_it_authenticates() {
    let world = World::start().await;
    let ask = world.ask(Method::OPTIONS, "/v1/payments/authenticate").no_key();
    let answer = ask.header("Origin", "https://shop.example").send().await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("Authorization"));
    // Nowhere else.
    let elsewhere = world.ask(Method::OPTIONS, "/v1/payments").no_key().send().await;
    assert_eq!((elsewhere.status, elsewhere.header("access-control-allow-origin")), (405, None));
}

#[tokio::test]
async fn payments_are_found_filtered_and_summed() {
    let world = World::start().await;
    let first = world.payment("order-first", 10_000).await;
    let second = world.payment("order-second", 20_000).await;
    let cancel = format!("/v1/payments/{}/cancel", text(&second["id"]));
    world.post(&cancel, json!({"amount": 5_000, "reason": "부분"})).await.data(200);

    let page = world.get("/v1/payments").await.data(200);
    assert_eq!(crate::world::ids(&page), [text(&second["id"]), text(&first["id"])]);
    let summary = &page["summary"];
    assert_eq!((&summary["count"], &summary["totalAmount"]), (&json!(2), &json!(25_000)), "{summary}");
    let (fee, net) = (summary["totalFee"].as_i64().unwrap(), summary["totalNetAmount"].as_i64().unwrap());
    assert_eq!(fee + net, 25_000, "{summary}");

    let seller = world.ours.test_seller.to_string();
    for (query, count) in [
        ("status=captured", 1),
        ("status=captured,partiallyCanceled", 2),
        ("method=card", 2),
        ("method=wallet", 0),
        ("q=order-first", 1),
        ("q=%EA%B9%80%ED%95%98%EB%8A%98", 2),
        ("currency=KRW", 2),
        ("currency=USD", 0),
        ("from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z", 2),
        ("to=2026-11-21T00:00:00Z", 0),
        (&format!("sellerId={seller}"), 2),
        (&format!("sellerId={}", world.theirs.test_seller), 0),
        (&format!("q={}", text(&first["id"])), 1),
    ] {
        let page = world.get(&format!("/v1/payments?{query}")).await.data(200);
        assert_eq!(crate::world::ids(&page).len(), count, "{query}");
        assert_eq!(page["summary"]["count"], count, "{query}");
    }
}

#[tokio::test]
async fn every_movement_of_money_is_one_row_and_summed_by_kind() {
    let world = World::start().await;
    let payment = world.payment("order-1", 10_000).await;
    let id = text(&payment["id"]);
    world.post(&format!("/v1/payments/{id}/cancel"), json!({"amount": 3_000, "reason": "부분"})).await.data(200);
    let page = world.get("/v1/transactions").await.data(200);
    let rows = page["items"].as_array().unwrap();
    let mut moved: Vec<(&str, i64)> =
        rows.iter().map(|row| (text(&row["kind"]), row["amount"].as_i64().unwrap())).collect();
    moved.sort_unstable();
    assert_eq!(moved, [("cancel", -3_000), ("payment", 10_000)]);
    assert!(rows.iter().all(|row| row["paymentId"] == id && row["buyerName"] == "김하늘"));
    let sums = &page["summary"];
    assert_eq!(sums["payment"], json!({"count": 1, "amount": 10_000}));
    assert_eq!(sums["cancel"], json!({"count": 1, "amount": -3_000}));
    assert_eq!(sums["refund"], json!({"count": 0, "amount": 0}));
    assert_eq!(sums["all"], json!({"count": 2, "amount": 7_000}));
    for (query, count) in [
        ("kind=cancel", 1),
        ("kind=cancel,payment", 2),
        ("kind=refund", 0),
        ("status=done", 2),
        ("status=declined", 0),
        ("method=card&currency=KRW", 2),
        ("from=2026-11-21T00:00:00Z", 2),
    ] {
        let page = world.get(&format!("/v1/transactions?{query}")).await.data(200);
        assert_eq!(crate::world::ids(&page).len(), count, "{query}");
    }
}
