//! Pages, cursors and filters, of every list alike.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, ids, text};

/// Every list with pages, and how it gets rows.
const LISTS: [&str; 8] = [
    "/v1/orders",
    "/v1/payments",
    "/v1/transactions",
    "/v1/products",
    "/v1/sellers",
    "/v1/ledger/accounts",
    "/v1/ledger/transactions",
    "/v1/events",
];

async fn fill(world: &World) -> String {
    for number in 0..5 {
        world.payment(&format!("order-{number}"), 1_000).await;
        world.post("/v1/sellers", json!({"name": format!("s{number}"), "kind": "business"})).await.data(201);
        let product = json!({"sku": format!("p{number}"), "name": "p", "price": 1, "onHand": 1});
        world.post("/v1/products", product).await.data(201);
    }
    let product = json!({"sku": "moved", "name": "p", "price": 1});
    let product = world.post("/v1/products", product).await.data(201);
    let stock = format!("/v1/products/{}/stock", text(&product["id"]));
    for number in 1..=5 {
        world.post(&stock, json!({"delta": number, "reason": "입고"})).await.data(200);
    }
    // Events take their places shortly after their commit.
    while ids(&world.get("/v1/events?limit=100").await.data(200)).len() < 20 {
        tokio::task::yield_now().await;
    }
    format!("{stock}-movements")
}

async fn pages(world: &World, list: &str, limit: usize) -> Vec<Value> {
    let mut pages = vec![world.get(&format!("{list}?limit={limit}")).await.data(200)];
    while let Some(cursor) = pages.last().and_then(|page: &Value| page["nextCursor"].as_str()) {
        let next = world.get(&format!("{list}?limit={limit}&cursor={cursor}")).await.data(200);
        pages.push(next);
        assert!(pages.len() < 100, "{list} does not end");
    }
    pages
}

#[tokio::test]
async fn the_pages_of_every_list_are_the_list_and_stable_under_inserts() {
    let world = World::start().await;
    let movements = fill(&world).await;
    for list in LISTS.iter().copied().chain([movements.as_str()]) {
        let whole = ids(&world.get(&format!("{list}?limit=100")).await.data(200));
        assert!(whole.len() >= 3, "{list}: {whole:?}");
        let pages = pages(&world, list, 2).await;
        let in_pages: Vec<String> = pages.iter().flat_map(ids).collect();
        assert_eq!(in_pages, whole, "{list}");
        for (index, page) in pages.iter().enumerate() {
            let last = index + 1 == pages.len();
            assert_eq!(page["hasNext"], json!(!last), "{list}");
            assert_eq!(page["nextCursor"].is_null(), last, "{list}");
            assert!(last || ids(page).len() == 2, "{list}");
        }
    }
    // A payment made between two pages belongs before the first, so the second is as it was.
    let first = world.get("/v1/payments?limit=2").await.data(200);
    let second = format!("/v1/payments?limit=2&cursor={}", text(&first["nextCursor"]));
    let before = ids(&world.get(&second).await.data(200));
    world.payment("order-new", 1_000).await;
    assert_eq!(ids(&world.get(&second).await.data(200)), before);
}

#[tokio::test]
async fn a_cursor_that_was_not_issued_for_this_list_and_tenant_is_refused() {
    let world = World::start().await;
    let movements = fill(&world).await;
    let cursor =
        async |list: &str| text(&world.get(&format!("{list}?limit=1")).await.data(200)["nextCursor"]).to_owned();
    let of_orders = cursor("/v1/orders").await;
    let of_payments = cursor("/v1/payments").await;
    for list in LISTS.iter().copied().chain([movements.as_str()]) {
        let foreign = if list == "/v1/orders" { &of_payments } else { &of_orders };
        for bad in ["x", "AAAA", &"A".repeat(54), foreign] {
            let refused = world.get(&format!("{list}?cursor={bad}")).await.refused(400, "INVALID_CURSOR");
            assert_eq!(refused["error"]["param"], "cursor", "{list}");
        }
    }
    let path = format!("/v1/orders?cursor={of_orders}");
    world.get(&path).await.data(200);
    for key in [&world.theirs.test_secret_key, &world.ours.live_secret_key] {
        world.ask(Method::GET, &path).key(key).send().await.refused(400, "INVALID_CURSOR");
    }
    // `INVALID_CURSOR`, not an error of the server, for one that was tampered with.
    let mut tampered = of_orders.clone();
    tampered.replace_range(0..1, if tampered.starts_with('A') { "B" } else { "A" });
    world.get(&format!("/v1/orders?cursor={tampered}")).await.refused(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn a_limit_is_1_to_100_and_a_filter_that_is_none_is_refused_by_name() {
    let world = World::start().await;
    let product = world.post("/v1/products", json!({"sku": "a", "name": "p", "price": 1})).await.data(201);
    let movements = format!("/v1/products/{}/stock-movements", text(&product["id"]));
    let wallet = format!("/v1/sellers/{}/wallet", world.ours.test_seller);
    for list in LISTS.iter().copied().chain([movements.as_str(), wallet.as_str()]) {
        for limit in ["0", "101", "-1", "ten", "1.0", "9999999999999999999"] {
            world.get(&format!("{list}?limit={limit}")).await.refused_for("INVALID_REQUEST", "limit");
        }
        for limit in ["1", "100"] {
            world.get(&format!("{list}?limit={limit}")).await.data(200);
        }
        world.get(&format!("{list}?page=2")).await.refused_for("UNKNOWN_FIELD", "page");
        world.get(&format!("{list}?limit=1&limit=2")).await.refused_for("INVALID_REQUEST", "limit");
    }
    for (query, param) in [
        ("/v1/orders?status=opened", "status"),
        ("/v1/orders?status=open,paied", "status"),
        ("/v1/orders?from=2026-11-21", "from"),
        ("/v1/orders?to=2026-11-21T00:00:00", "to"),
        ("/v1/orders?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z", "to"),
        ("/v1/payments?status=done", "status"),
        ("/v1/payments?method=cash", "method"),
        ("/v1/payments?sellerId=me", "sellerId"),
        ("/v1/payments?currency=won", "currency"),
        ("/v1/payments?from=yesterday", "from"),
        ("/v1/transactions?kind=sale", "kind"),
        ("/v1/transactions?status=captured", "status"),
        ("/v1/transactions?method=cash", "method"),
        ("/v1/transactions?to=1795240000", "to"),
        ("/v1/products?low=yes", "low"),
        ("/v1/ledger/accounts?code=cash", "code"),
        ("/v1/ledger/accounts?at=now", "at"),
        ("/v1/ledger/accounts?sellerId=x", "sellerId"),
        ("/v1/ledger/transactions?payment=x", "payment"),
        ("/v1/ledger/transactions?refund=x", "refund"),
        ("/v1/ledger/transactions?at=2026", "at"),
        ("/v1/events?types=everything", "types"),
    ] {
        world.get(query).await.refused_for("INVALID_REQUEST", param);
    }
    let both = "payment=pay_01j0000000e008000000000001&refund=ref_01j0000000e008000000000001";
    world.get(&format!("/v1/ledger/transactions?{both}")).await.refused_for("INVALID_REQUEST", "refund");
    let long = "x".repeat(101);
    world.get(&format!("/v1/payments?q={long}")).await.refused_for("INVALID_REQUEST", "q");
    world.get("/v1/payments?q=%00").await.refused_for("INVALID_REQUEST", "q");
}
