//! `/v1/checkout`, and what is paid with accounts instead of cards

use reqwest::Method;
use serde_json::{Value, json};
use steelyard_domain::limits::ORIGINS_MAX;

use crate::world::{World, pay, text};

const SESSIONS: &str = "/v1/checkout/sessions";
const SETTINGS: &str = "/v1/checkout/settings";

fn checkout(merchant_order_id: &str) -> Value {
    json!({
        "order": {
            "merchantOrderId": merchant_order_id,
            "lines": [{"name": "한라봉 5kg", "quantity": 1, "unitPrice": 36_000}],
            "shippingFee": 6_000,
        },
        "successUrl": "https://shop.example/done",
        "cancelUrl": "https://shop.example/cart",
    })
}

fn claim(merchant_order_id: &str) -> Value {
    json!({
        "merchantOrderId": merchant_order_id,
        "orderName": "한라봉 5kg",
        "amount": 36_000,
        "successUrl": "https://shop.example/done",
        "failUrl": "https://shop.example/fail",
    })
}

#[tokio::test]
async fn a_session_is_opened_shown_and_closed() {
    let world = World::start().await;
    let opened = world.post(SESSIONS, checkout("order-1")).await.data(201);
    assert_eq!(
        (&opened["status"], &opened["purpose"], &opened["mode"]),
        (&json!("open"), &json!("pay"), &json!("test"))
    );
    assert_eq!((&opened["amount"], &opened["extensions"]), (&json!(42_000), &json!(0)));
    assert_eq!(opened["methods"], json!(["app", "card", "transfer", "virtualAccount"]));
    let secret = text(&opened["clientSecret"]);
    assert!(secret.starts_with(&format!("{}_secret_", text(&opened["id"]))), "{secret}");
    assert!(text(&opened["url"]).ends_with(&format!("/c/{secret}")), "{opened}");
    let path = format!("{SESSIONS}/{}", text(&opened["id"]));
    assert_eq!(world.get(&path).await.data(200), opened);

    let closed = world.post(&format!("{path}/expire"), json!({})).await.data(200);
    assert_eq!((&closed["status"], &closed["id"]), (&json!("expired"), &opened["id"]));
    assert!(closed["clientSecret"].is_null(), "only who opens it is told");
    world.post(&format!("{path}/expire"), json!({})).await.refused(410, "CHECKOUT_EXPIRED");
    // The order is there still.
    let order = world.get(&format!("/v1/orders/{}", text(&opened["orderId"]))).await.data(200);
    assert_eq!(order["status"], "open");
    let again = world.post(SESSIONS, json!({"orderId": order["id"]})).await.data(201);
    assert_ne!(again["id"], opened["id"]);
    world.get(&format!("{SESSIONS}/cs_01j0000000e008000000000001")).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_session_that_is_asked_for_twice_is_one() {
    let world = World::start().await;
    let ask = |body| world.ask(Method::POST, SESSIONS).idempotency(Some("open-1")).body(body);
    let first = ask(checkout("order-1")).send().await;
    let second = ask(checkout("order-1")).send().await;
    assert_eq!(second.data(201), first.data(201));
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    ask(checkout("order-2")).send().await.refused(422, "IDEMPOTENCY_MISMATCH");
    let expire = format!("{SESSIONS}/{}/expire", text(&first.data(201)["id"]));
    let close = || world.ask(Method::POST, &expire).idempotency(Some("close-1")).body(json!({}));
    let closed = close().send().await.data(200);
    assert_eq!(close().send().await.data(200), closed);
}

#[tokio::test]
async fn every_field_of_a_session_is_refused_by_its_name() {
    let world = World::start().await;
    let with = |name: &str, value: Value| {
        let mut body = checkout("order-1");
        body[name] = value;
        body
    };
    let order = |pointer: &str, value: Value| {
        let mut body = checkout("order-1");
        *body.pointer_mut(&format!("/order/{pointer}")).unwrap() = value;
        body
    };
    let address = |length: usize| format!("https://shop.example/{}", "a".repeat(length));
    for (body, code, param) in [
        (with("successUrl", json!("shop.example")), "INVALID_REQUEST", "successUrl"),
        (with("successUrl", json!("javascript:alert(1)")), "INVALID_REQUEST", "successUrl"),
        (with("successUrl", json!("https://user@shop.example/")), "INVALID_REQUEST", "successUrl"),
        (with("successUrl", json!("https://shop.example/\u{201c}")), "INVALID_REQUEST", "successUrl"),
        (with("successUrl", json!(address(2_048))), "INVALID_REQUEST", "successUrl"),
        (with("cancelUrl", json!("ftp://shop.example")), "INVALID_REQUEST", "cancelUrl"),
        (with("failUrl", json!("https://shop.example/fail")), "INVALID_REQUEST", "failUrl"),
        (with("methods", json!([])), "INVALID_REQUEST", "methods"),
        (with("methods", json!(["card", "cash"])), "INVALID_REQUEST", "methods[1]"),
        (with("methods", json!(["card", "card"])), "INVALID_REQUEST", "methods[1]"),
        (with("methods", json!(["card", "app", "transfer", "virtualAccount", "card"])), "INVALID_REQUEST", "methods"),
        (with("locale", json!("de")), "INVALID_REQUEST", "locale"),
        (with("metadata", json!({"a": 1})), "INVALID_REQUEST", "metadata.a"),
        (with("amuont", json!(1)), "UNKNOWN_FIELD", "amuont"),
        (with("orderId", json!("order-1")), "INVALID_REQUEST", ""),
        (order("lines/0/quantity", json!(0)), "INVALID_REQUEST", "order.lines[0].quantity"),
        (order("merchantOrderId", json!("")), "INVALID_REQUEST", "order.merchantOrderId"),
        (json!({"orderId": "order-1"}), "INVALID_REQUEST", "orderId"),
    ] {
        let answer = world.post(SESSIONS, body).await;
        if param.is_empty() {
            answer.refused(400, code);
        } else {
            answer.refused_for(code, param);
        }
    }
    world.post(SESSIONS, json!({})).await.refused(400, "INVALID_REQUEST");
    let missing = json!({"orderId": "ord_01j0000000e008000000000001"});
    world.post(SESSIONS, missing).await.refused(404, "NOT_FOUND");
    let page = world.get("/v1/orders").await.data(200);
    assert_eq!(page["items"], json!([]), "what is refused leaves no order behind");
}

#[tokio::test]
async fn a_browser_opens_a_session_that_only_authenticates() {
    let world = World::start().await;
    let browser = |body: Value| world.ask(Method::POST, SESSIONS).key(&world.ours.test_publishable_key).body(body);
    let answer = browser(claim("order-1")).header("origin", "https://shop.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let opened = answer.data(201);
    assert_eq!((&opened["purpose"], &opened["methods"]), (&json!("authenticate"), &json!(["card"])));
    assert_eq!(opened["cancelUrl"], "https://shop.example/fail");

    for (name, param) in [("orderName", "orderName"), ("amount", "amount"), ("merchantOrderId", "merchantOrderId")] {
        let mut body = claim("order-2");
        body.as_object_mut().unwrap().remove(name);
        browser(body).send().await.refused_for("INVALID_REQUEST", param);
    }
    let mut body = claim("order-2");
    body["methods"] = json!(["transfer"]);
    browser(body).send().await.refused_for("INVALID_REQUEST", "methods[0]");
    // What a server may say, a browser may not.
    browser(checkout("order-2")).send().await.refused_for("INVALID_REQUEST", "merchantOrderId");
    let known = json!({"orderId": opened["orderId"]});
    browser(known).send().await.refused_for("INVALID_REQUEST", "merchantOrderId");
    // Anybody reads this key off a page: it must not tell what orders cost.
    let mut guess = claim("order-1");
    guess["amount"] = json!(1_000);
    let refused = browser(guess).send().await.refused(409, "AMOUNT_MISMATCH");
    assert!(!refused.to_string().contains("36000"), "{refused}");

    let id = text(&opened["id"]);
    let key = &world.ours.test_publishable_key;
    world.ask(Method::GET, &format!("{SESSIONS}/{id}")).key(key).send().await.refused(403, "KEY_NOT_ALLOWED");
    let expire = world.ask(Method::POST, &format!("{SESSIONS}/{id}/expire")).key(key).body(json!({}));
    expire.send().await.refused(403, "KEY_NOT_ALLOWED");
    world.ask(Method::GET, SETTINGS).key(key).send().await.refused(403, "KEY_NOT_ALLOWED");
    let settings = json!({"origins": [], "numberMatchFrom": null});
    world.ask(Method::PUT, SETTINGS).key(key).body(settings).send().await.refused(403, "KEY_NOT_ALLOWED");
}

#[tokio::test]
async fn a_session_is_its_merchants_and_its_modes() {
    let world = World::start().await;
    let opened = world.post(SESSIONS, checkout("order-1")).await.data(201);
    let path = format!("{SESSIONS}/{}", text(&opened["id"]));
    for key in [&world.theirs.test_secret_key, &world.ours.live_secret_key] {
        world.ask(Method::GET, &path).key(key).send().await.refused(404, "NOT_FOUND");
        let expire = world.ask(Method::POST, &format!("{path}/expire")).key(key).body(json!({}));
        expire.send().await.refused(404, "NOT_FOUND");
        let open = world.ask(Method::POST, SESSIONS).key(key).body(json!({"orderId": opened["orderId"]}));
        open.send().await.refused(404, "NOT_FOUND");
    }
    assert_eq!(world.get(&path).await.data(200)["status"], "open");
}

#[tokio::test]
async fn settings_are_replaced_as_a_whole_and_keep_their_secret() {
    let world = World::start().await;
    let untouched = world.get(SETTINGS).await.data(200);
    assert_eq!((&untouched["origins"], &untouched["numberMatchFrom"]), (&json!([]), &json!(0)));
    let secret = text(&untouched["returnSecret"]).to_owned();
    assert!(secret.starts_with("rsec_"), "{secret}");
    let put = |body: Value| world.ask(Method::PUT, SETTINGS).body(body);
    let new = json!({"origins": ["https://shop.example", "http://localhost:3000"], "numberMatchFrom": 100_000});
    let changed = put(new.clone()).send().await.data(200);
    assert_eq!((&changed["origins"], &changed["numberMatchFrom"]), (&new["origins"], &new["numberMatchFrom"]));
    assert_eq!(changed["returnSecret"], secret.as_str());
    assert_eq!(world.get(SETTINGS).await.data(200), changed);
    let never = put(json!({"origins": [], "numberMatchFrom": null})).send().await.data(200);
    assert_eq!((&never["origins"], &never["numberMatchFrom"]), (&json!([]), &Value::Null));
    for key in [&world.theirs.test_secret_key, &world.ours.live_secret_key] {
        let others = world.ask(Method::GET, SETTINGS).key(key).send().await.data(200);
        assert_eq!(others["numberMatchFrom"], 0);
        assert_ne!(others["returnSecret"], secret.as_str());
    }
    let many: Vec<String> = (0..=ORIGINS_MAX).map(|number| format!("https://shop{number}.example")).collect();
    for (body, param) in [
        (json!({"numberMatchFrom": 0}), "origins"),
        (json!({"origins": ["shop.example"], "numberMatchFrom": null}), "origins[0]"),
        (json!({"origins": ["https://a.example", "https://a.example/x"], "numberMatchFrom": 0}), "origins[1]"),
        (json!({"origins": ["https://a.example", "https://a.example"], "numberMatchFrom": 0}), "origins[1]"),
        (json!({"origins": many, "numberMatchFrom": 0}), "origins"),
        // Left out is not never: both are replaced.
        (json!({"origins": []}), "numberMatchFrom"),
        (json!({"origins": [], "numberMatchFrom": -1}), "numberMatchFrom"),
        (json!({"origins": [], "numberMatchFrom": 1_000_000_000_001_i64}), "numberMatchFrom"),
    ] {
        put(body).send().await.refused_for("INVALID_REQUEST", param);
    }
    put(json!({"origins": [], "matchFrom": 1})).send().await.refused_for("UNKNOWN_FIELD", "matchFrom");
    // Plain http is for tests.
    let live = json!({"origins": ["http://shop.example"], "numberMatchFrom": null});
    let live = world.ask(Method::PUT, SETTINGS).key(&world.ours.live_secret_key).body(live);
    live.send().await.refused_for("INVALID_REQUEST", "origins[0]");
}

fn by(method: Value) -> Value {
    let mut body = pay("order-1", 36_000);
    body["method"] = method;
    body
}

#[tokio::test]
async fn a_transfer_is_charged_by_a_server() {
    let world = World::with_simulator().await;
    let transfer = |number: &str| by(json!({"type": "transfer", "bank": "kookmin", "accountNumber": number}));
    world.post("/v1/payments", transfer("1101230002")).await.refused(402, "PAYMENT_DECLINED");
    let paid = world.post("/v1/payments", transfer("110-123-456789")).await;
    let payment = paid.data(201);
    assert_eq!((&payment["status"], &payment["method"]["type"]), (&json!("captured"), &json!("transfer")));
    assert!(!paid.text.contains("110123456789") && !paid.text.contains("110-123-456789"), "{}", paid.text);
    for (method, param) in [
        (json!({"type": "transfer", "bank": "kookmin"}), "method.accountNumber"),
        (json!({"type": "transfer", "accountNumber": "1101231111"}), "method.bank"),
        (json!({"type": "transfer", "bank": "piggy", "accountNumber": "1101231111"}), "method.bank"),
        (json!({"type": "transfer", "bank": "kookmin", "accountNumber": "12"}), "method.accountNumber"),
        (json!({"type": "virtualAccount"}), "method.bank"),
        (json!({"type": "virtualAccount", "bank": "shinhan", "dueAt": "tomorrow"}), "method.dueAt"),
        (json!({"type": "virtualAccount", "bank": "shinhan", "dueAt": "2020-01-01T00:00:00Z"}), "method.dueAt"),
    ] {
        world.post("/v1/payments", by(method)).await.refused_for("INVALID_REQUEST", param);
    }
}

#[tokio::test]
async fn an_account_is_issued_and_paid_into() {
    let world = World::with_simulator().await;
    let issued = world.post("/v1/payments", by(json!({"type": "virtualAccount", "bank": "shinhan"}))).await.data(201);
    assert_eq!((&issued["status"], &issued["method"]["type"]), (&json!("waitingForDeposit"), &json!("virtualAccount")));
    let number = text(&issued["method"]["account"]["number"]).to_owned();
    let path = format!("/v1/test/virtual-accounts/{number}/deposit");
    world.post(&path, json!({"amount": 35_999})).await.refused(409, "STATE_CONFLICT");
    world.post(&path, json!({"amount": 0})).await.refused_for("INVALID_REQUEST", "amount");
    world.post(&path, json!({"amuont": 1})).await.refused_for("UNKNOWN_FIELD", "amuont");
    let other = world.ask(Method::POST, &path).key(&world.theirs.test_secret_key).body(json!({}));
    other.send().await.refused(404, "NOT_FOUND");
    let live = world.ask(Method::POST, &path).key(&world.ours.live_secret_key).body(json!({}));
    live.send().await.refused(403, "TEST_MODE_ONLY");
    let paid = world.post(&path, json!({})).await.data(200);
    assert_eq!((&paid["id"], &paid["status"]), (&issued["id"], &json!("captured")));
    world.post(&path, json!({})).await.refused(409, "STATE_CONFLICT");
    let nowhere = "/v1/test/virtual-accounts/00000000000000/deposit";
    world.post(nowhere, json!({})).await.refused(404, "NOT_FOUND");
    let back = format!("/v1/payments/{}/cancel", text(&issued["id"]));
    let back = world.post(&back, json!({"reason": "단순 변심"})).await.data(200);
    assert_eq!(back["status"], "canceled");
}
