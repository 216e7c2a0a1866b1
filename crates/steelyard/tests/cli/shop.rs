//! The demonstration's shop: a purchase through it from the cart to the refund, as a browser makes it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Folder, Server, client};

const DEMO: [&str; 6] = ["demo", "--json", "--payments", "20", "--listen", "127.0.0.1:0"];
/// For what takes milliseconds; only a failure waits so long.
const PATIENCE: Duration = Duration::from_secs(30);

async fn get(demo: &Server, path: &str) -> (u16, Value) {
    let response = client().get(demo.url(path)).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn post(demo: &Server, path: &str, body: &Value) -> (u16, Value) {
    let request = client().post(demo.url(path)).header("Idempotency-Key", format!("test-{}", path.len()));
    let response = request.header("Accept-Language", "ko").json(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Reads the shop's stream until all of `wanted` have come.
async fn watch(demo: &Server, wanted: &[&str]) -> String {
    let mut stream = client().get(demo.url("/shop/api/happening")).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut told = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&told).into_owned();
        if wanted.iter().all(|wanted| text.contains(wanted)) {
            return text;
        }
        let chunk = tokio::time::timeout(PATIENCE, stream.chunk()).await;
        let chunk = chunk.unwrap_or_else(|_| panic!("{wanted:?} never came: {text}"));
        told.extend_from_slice(&chunk.unwrap().unwrap_or_else(|| panic!("the stream ended: {text}")));
    }
}

/// With the test card whose every payment is approved.
async fn pay(demo: &Server, secret: &str) -> Value {
    let card = json!({ "method": "card", "number": "4242 4242 4242 4242", "expiry": "12/49" });
    let (status, view) = post(demo, &format!("/c/{secret}/attempts"), &card).await;
    assert_eq!(status, 200, "{view}");
    view["data"].clone()
}

fn said<'a>(demo: &'a Server, field: &str) -> &'a str {
    demo.said[field].as_str().unwrap()
}

#[tokio::test]
async fn a_purchase_goes_from_the_cart_to_the_refund_and_the_books_hold() {
    let folder = Folder::new();
    let demo = Server::start(folder.command(&DEMO));
    assert_eq!(said(&demo, "shopUrl"), demo.url("/shop"));
    assert_eq!(demo.said["payers"][0]["email"], "haneul@example.com");

    let (status, catalog) = get(&demo, "/shop/api/catalog").await;
    assert_eq!((status, &catalog["data"]["publishableKey"]), (200, &demo.said["publishableKey"]));
    let skus: Vec<&str> =
        catalog["data"]["products"].as_array().unwrap().iter().map(|one| one["sku"].as_str().unwrap()).collect();
    assert_eq!(skus, ["hallabong", "tangerine", "barley", "cup", "sesame", "book"]);

    let cart =
        json!({ "items": [{"sku": "hallabong", "quantity": 1}, {"sku": "book", "quantity": 2}], "style": "redirect" });
    let (status, made) = post(&demo, "/shop/api/orders", &cart).await;
    let order = &made["data"];
    assert_eq!((status, &order["amount"], &order["status"]), (201, &json!(68_000), &json!("open")), "{made}");
    let (number, secret) = (order["number"].as_str().unwrap(), order["clientSecret"].as_str().unwrap());
    assert_eq!(order["url"], demo.url(&format!("/c/{secret}")));
    let page = format!("/shop/api/orders/{number}");
    assert_eq!(get(&demo, &page).await.1["data"]["status"], "open");
    let (status, early) = post(&demo, &format!("{page}/refund"), &json!({})).await;
    assert_eq!((status, &early["code"]), (409, &json!("STATE_CONFLICT")), "{early}");

    let view = pay(&demo, secret).await;
    assert_eq!(view["status"], "paid", "{view}");
    assert!(view["resultUrl"].as_str().unwrap().starts_with(&demo.url("/shop/return?order=S-")), "{view}");
    // Heard by the shop itself, which then asks; what it asked is what its page is told.
    let told = watch(&demo, &["order.paid", r#"{"sku":"hallabong","stock":23,"price":36000,"low":false}"#]).await;
    let paid = get(&demo, &page).await.1["data"].clone();
    assert_eq!((&paid["status"], &paid["confirmedBy"]), (&json!("paid"), &json!("server")), "{paid}");
    assert_eq!((&paid["payment"]["method"], &paid["payment"]["card"]["last4"]), (&json!("card"), &json!("4242")));
    assert_eq!((&paid["payment"]["card"]["brand"], &paid["payment"]["card"]["issuer"]), (&json!("Visa"), &Value::Null));
    assert!(paid["receiptAt"].is_string() && paid["paymentId"].is_string(), "{paid}");
    // Everybody reads that log: it opens nothing.
    for hidden in [said(&demo, "secretKey"), secret, number] {
        assert!(!told.contains(hidden), "{told}");
    }
    assert!(told.contains("/v1/checkout/sessions") && told.contains(&format!("shop-{}…", &number[..5])), "{told}");

    for _ in 0..2 {
        let (status, refunded) = post(&demo, &format!("{page}/refund"), &json!({})).await;
        assert_eq!((status, &refunded["data"]["status"]), (200, &json!("refunded")), "{refunded}");
    }
    let told = watch(&demo, &[r#"{"sku":"hallabong","stock":24,"price":36000,"low":false}"#]).await;
    assert!(told.contains(r#""status":"succeeded""#), "{told}");
    let payment = format!("/v1/payments/{}?expand=refunds", paid["paymentId"].as_str().unwrap());
    let request = client().get(demo.url(&payment)).bearer_auth(said(&demo, "secretKey"));
    let payment: Value = request.send().await.unwrap().json().await.unwrap();
    let refunds = payment["data"]["refunds"].as_array().unwrap();
    assert_eq!((refunds.len(), &payment["data"]["cancelableAmount"]), (1, &json!(0)), "{payment}");

    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean, "{report:#}");
    assert!(demo.stop().0);
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean, "{report:#}");
}

#[tokio::test]
async fn the_shop_believes_no_browser() {
    let folder = Folder::new();
    let demo = Server::start(folder.command(&DEMO));
    let order = |sku: &str, quantity: i64| json!({ "items": [{ "sku": sku, "quantity": quantity }] });
    let (status, refused) = post(&demo, "/shop/api/orders", &order("cup", 13)).await;
    assert_eq!((status, &refused["code"]), (409, &json!("OUT_OF_STOCK")), "{refused}");
    assert_eq!(refused["message"], "도자기 잔: 12개만 남았어요.");
    for (body, param) in [(order("gold", 1), "items[0].sku"), (order("cup", 0), "items[0].quantity")] {
        let (status, refused) = post(&demo, "/shop/api/orders", &body).await;
        assert_eq!((status, &refused["error"]["param"]), (400, &json!(param)), "{refused}");
    }
    assert_eq!(get(&demo, "/shop/api/orders/S-AAAAAAAAAA").await.0, 404);

    // The second door: the browser says what it costs, and the shop what it costs indeed.
    let claim = json!({ "merchantOrderId": "door-b", "orderName": "잔", "amount": 18_000, "successUrl": demo.url("/examples/"),
        "failUrl": demo.url("/examples/") });
    let request = client().post(demo.url("/v1/checkout/sessions")).bearer_auth(said(&demo, "publishableKey"));
    let opened: Value = request.json(&claim).send().await.unwrap().json().await.unwrap();
    let view = pay(&demo, opened["data"]["clientSecret"].as_str().unwrap_or_else(|| panic!("{opened}"))).await;
    assert_eq!(view["status"], "authenticated", "{view}");
    let confirm = |quantity: i64| {
        json!({ "paymentKey": view["paymentKey"], "orderId": "door-b",
            "items": [{ "sku": "cup", "quantity": quantity }] })
    };
    let (status, refused) = post(&demo, "/shop/api/confirm", &confirm(2)).await;
    assert_eq!((status, &refused["code"]), (409, &json!("AMOUNT_MISMATCH")), "{refused}");
    let (status, confirmed) = post(&demo, "/shop/api/confirm", &confirm(1)).await;
    assert_eq!((status, &confirmed["data"]["status"]), (200, &json!("paid")), "{confirmed}");
    assert_eq!(confirmed["data"]["number"], "door-b");
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean, "{report:#}");
}

#[tokio::test]
async fn a_new_price_reaches_every_shelf_by_itself() {
    let folder = Folder::new();
    let demo = Server::start(folder.command(&DEMO));
    let (_, catalog) = get(&demo, "/shop/api/catalog").await;
    let cup = &catalog["data"]["products"][3];
    let path = format!("/v1/products/{}", cup["id"].as_str().unwrap());
    let request = client().patch(demo.url(&path)).bearer_auth(said(&demo, "secretKey"));
    let changed = request.json(&json!({ "price": 19_000 })).send().await.unwrap();
    assert_eq!(changed.status(), 200);
    watch(&demo, &["product.priceChanged", r#"{"sku":"cup","stock":12,"price":19000,"low":false}"#]).await;
    let (status, made) = post(&demo, "/shop/api/orders", &json!({ "items": [{"sku": "cup", "quantity": 1}] })).await;
    assert_eq!((status, &made["data"]["amount"]), (201, &json!(19_000)), "{made}");
}
