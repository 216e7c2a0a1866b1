//! Every operation of the document × every kind of caller that may not.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World, card, pay, text};

/// One operation of the document that needs a key.
struct Operation {
    method: Method,
    template: String,
    scope: String,
    body: Option<Value>,
}

async fn operations(world: &World) -> Vec<Operation> {
    let document = world.get("/openapi.json").await.json();
    let mut operations = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schemes = operation["security"].as_array().unwrap();
            let Some(scheme) = schemes.first() else { continue };
            let scope = text(&scheme["bearer"][0]).to_owned();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let body = operation.get("requestBody").map(|body| example(&document, body));
            operations.push(Operation { method, template: template.clone(), scope, body });
        }
    }
    assert!(operations.len() >= 35, "{}", operations.len());
    operations
}

/// The example that the document gives for a body.
fn example(document: &Value, body: &Value) -> Value {
    let reference = text(&body["content"]["application/json"]["schema"]["$ref"]);
    let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
    schema.get("example").cloned().unwrap_or_else(|| json!({}))
}

impl Operation {
    async fn ask(&self, world: &World, path: &str, key: Option<&str>) -> Answer {
        let mut ask = world.ask(self.method.clone(), path);
        ask = match key {
            Some(key) => ask.key(key),
            None => ask.no_key(),
        };
        if let Some(body) = &self.body {
            ask = ask.body(body.clone());
        }
        ask.send().await
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }
}

/// Ids of objects of our test mode, by the first part of their path.
async fn our_ids(world: &World) -> BTreeMap<&'static str, String> {
    let payment = world.payment("order-1", 10_000).await;
    let product = world.post("/v1/products", json!({"sku": "a", "name": "a", "price": 1})).await.data(201);
    let checkout = json!({"orderId": world.order("order-2").await["id"]});
    let checkout = world.post("/v1/checkout/sessions", checkout).await.data(201);
    let keys = world.get("/v1/api-keys").await.data(200);
    let accounts = world.get("/v1/ledger/accounts").await.data(200);
    let transactions = world.get("/v1/ledger/transactions").await.data(200);
    let id = |value: &Value| text(value).to_owned();
    BTreeMap::from([
        ("/v1/orders/{id}", id(&payment["orderId"])),
        ("/v1/payments/{id}", id(&payment["id"])),
        ("/v1/checkout/sessions/{id}", id(&checkout["id"])),
        ("/v1/products/{id}", id(&product["id"])),
        ("/v1/sellers/{id}", world.ours.test_seller.to_string()),
        ("/v1/api-keys/{id}", id(&keys["items"][0]["id"])),
        ("/v1/ledger/accounts/{id}", id(&accounts["items"][0]["id"])),
        ("/v1/ledger/transactions/{id}", id(&transactions["items"][0]["id"])),
    ])
}

fn with_id(template: &str, ids: &BTreeMap<&'static str, String>) -> String {
    let found = ids.iter().find(|(prefix, _)| template.starts_with(*prefix));
    found.map_or_else(|| template.to_owned(), |(_, id)| template.replace("{id}", id))
}

#[tokio::test]
async fn without_a_good_key_nothing_is_told() {
    let world = World::start().await;
    let mut flipped = world.ours.test_secret_key.clone();
    let last = if flipped.ends_with('0') { "1" } else { "0" };
    flipped.replace_range(flipped.len() - 1.., last);
    let ids = our_ids(&world).await;
    for operation in operations(&world).await {
        let path = with_id(&operation.template, &ids);
        let answer = operation.ask(&world, &path, None).await;
        answer.refused(401, "MISSING_KEY");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"), "{}", operation.name());
        for bad in ["sk_test_", "nonsense", &flipped] {
            operation.ask(&world, &path, Some(bad)).await.refused(401, "INVALID_KEY");
        }
    }
}

#[tokio::test]
async fn a_publishable_key_may_only_authenticate_payments() {
    let world = World::start().await;
    let ids = our_ids(&world).await;
    for operation in operations(&world).await {
        let path = with_id(&operation.template, &ids);
        for key in [&world.ours.test_publishable_key, &world.ours.live_publishable_key] {
            let answer = operation.ask(&world, &path, Some(key)).await;
            if operation.scope == "payments:authenticate" {
                // A page names the order that a server made; the document's example makes one.
                let status = if operation.template == "/v1/checkout/sessions" { 400 } else { 201 };
                assert_eq!(answer.status, status, "{}: {}", operation.name(), answer.text);
            } else {
                let refused = answer.refused(403, "KEY_NOT_ALLOWED");
                assert!(text(&refused["message"]).contains(&operation.scope), "{}", operation.name());
            }
        }
    }
}

#[tokio::test]
async fn a_restricted_key_may_what_its_scopes_say_and_no_more() {
    let world = World::start().await;
    let operations = operations(&world).await;
    let scopes: std::collections::BTreeSet<&str> =
        operations.iter().map(|operation| operation.scope.as_str()).collect();
    let ids = our_ids(&world).await;
    for scope in &scopes {
        let others: Vec<&&str> = scopes.iter().filter(|other| *other != scope).collect();
        let with_only = world.post("/v1/api-keys", json!({"kind": "restricted", "scopes": [scope]})).await.data(201);
        let without = world.post("/v1/api-keys", json!({"kind": "restricted", "scopes": others})).await.data(201);
        let (with_only, without) = (text(&with_only["key"]), text(&without["key"]));
        for operation in operations.iter().filter(|operation| operation.scope == **scope) {
            let path = with_id(&operation.template, &ids);
            let refused = operation.ask(&world, &path, Some(without)).await.refused(403, "KEY_NOT_ALLOWED");
            assert!(text(&refused["message"]).contains(scope), "{}", operation.name());
            // Revoking is tried on a key that is not there, so that the keys of this test stay.
            let path = if operation.method == Method::DELETE {
                operation.template.replace("{id}", "key_01j0000000e008000000000001")
            } else {
                path
            };
            let allowed = operation.ask(&world, &path, Some(with_only)).await;
            assert!(![401, 500].contains(&allowed.status), "{}: {}", operation.name(), allowed.text);
            // A key that may make keys may still not make every one; that is for `api_keys` to say.
            let lacks = allowed.status == 403 && text(&allowed.json()["message"]).contains(scope);
            assert!(!lacks, "{}: {}", operation.name(), allowed.text);
        }
    }
}

#[tokio::test]
async fn what_belongs_to_another_tenant_or_mode_is_not_there() {
    let world = World::start().await;
    let ids = our_ids(&world).await;
    let strangers = [&world.theirs.test_secret_key, &world.theirs.live_secret_key, &world.ours.live_secret_key];
    let mut tried = 0;
    // Payers are the platform's and no tenant's: gift_cards.rs asks about them.
    let of_tenants =
        |operation: &Operation| operation.template.contains("{id}") && !operation.template.starts_with("/v1/payers/");
    for operation in operations(&world).await.into_iter().filter(of_tenants) {
        let path = with_id(&operation.template, &ids);
        assert!(!path.contains("{id}"), "no object for {}", operation.name());
        for key in strangers {
            operation.ask(&world, &path, Some(key)).await.refused(404, "NOT_FOUND");
            tried += 1;
        }
        for nothing in ["x", "pay_", "mer_01j0000000e008000000000001", "%00", "%FF", "..%2f"] {
            let path = operation.template.replace("{id}", nothing);
            operation.ask(&world, &path, Some(&world.ours.test_secret_key)).await.refused(404, "NOT_FOUND");
        }
    }
    assert!(tried >= 45, "{tried}");
    // Nothing of ours was changed by any of that.
    let payment = world.get(&with_id("/v1/payments/{id}", &ids)).await.data(200);
    assert_eq!((&payment["status"], &payment["version"]), (&json!("captured"), &payment["version"]));
    assert_eq!(payment["cancelableAmount"], 10_000);
}

#[tokio::test]
async fn ids_of_another_tenant_inside_a_request_are_not_there_either() {
    let world = World::start().await;
    let ours = our_ids(&world).await;
    let order = world.order("order-open").await;
    let (product, seller) = (&ours["/v1/products/{id}"], &ours["/v1/sellers/{id}"]);
    let line = |extra: Value| {
        let mut line = json!({"quantity": 1, "name": "a", "unitPrice": 1_000});
        line.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"merchantOrderId": "theirs", "lines": [line]})
    };
    let theirs =
        |path: &str, body: Value| world.ask(Method::POST, path).key(&world.theirs.test_secret_key).body(body).send();
    theirs("/v1/orders", line(json!({"productId": product}))).await.refused(404, "NOT_FOUND");
    theirs("/v1/orders", line(json!({"sellerId": seller}))).await.refused(404, "NOT_FOUND");
    let body = json!({"sku": "b", "name": "b", "price": 1, "sellerId": seller});
    theirs("/v1/products", body).await.refused(404, "NOT_FOUND");
    let pay_ours = json!({"orderId": order["id"], "method": card("4242424242424242")});
    theirs("/v1/payments", pay_ours).await.refused(404, "NOT_FOUND");

    let authenticated = world.ask(Method::POST, "/v1/payments/authenticate").key(&world.ours.test_publishable_key);
    let authenticated = authenticated.body(pay("order-3", 1_000)).send().await.data(201);
    let confirm = json!({"paymentKey": authenticated["paymentKey"], "merchantOrderId": "order-3", "amount": 1_000});
    theirs("/v1/payments/confirm", confirm).await.refused(404, "NOT_FOUND");

    // A line of our order in a refund of theirs.
    let paid = theirs("/v1/payments", pay("order-1", 10_000)).await.data(201);
    let refund = json!({"lines": [{"orderLineId": order["lines"][0]["id"], "quantity": 1}], "reason": "a"});
    let refund = theirs(&format!("/v1/orders/{}/refunds", text(&paid["orderId"])), refund).await;
    refund.refused_for("INVALID_REQUEST", "lines");

    // Filters by our ids find nothing of theirs or ours.
    let payment = &ours["/v1/payments/{id}"];
    for path in [
        format!("/v1/payments?sellerId={seller}"),
        format!("/v1/payments?q={payment}"),
        format!("/v1/transactions?sellerId={seller}"),
        format!("/v1/ledger/accounts?sellerId={seller}"),
        format!("/v1/ledger/transactions?payment={payment}"),
    ] {
        let page = world.ask(Method::GET, &path).key(&world.theirs.test_secret_key).send().await.data(200);
        assert_eq!(page["items"], json!([]), "{path}");
    }
}
