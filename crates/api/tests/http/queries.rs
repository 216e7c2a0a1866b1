//! A name in a query that nobody reads is refused, wherever it stands.

use reqwest::Method;
use serde_json::json;

use crate::world::{Answer, World, ids, text};

/// An id of the right form, that nothing has.
fn with_id(template: &str) -> String {
    let kind = match template.split('/').nth(2).unwrap() {
        "orders" => "ord",
        "payments" => "pay",
        "products" => "prd",
        "sellers" => "sel",
        "payers" => "pyr",
        "api-keys" => "key",
        "checkout" => "cs",
        "ledger" if template.contains("/accounts/") => "acc",
        _ => "txn",
    };
    template.replace("{id}", &format!("{kind}_01j0000000e008000000000001")).replace("{number}", "110123456789")
}

#[tokio::test]
async fn no_operation_that_needs_a_key_overlooks_a_name_that_it_does_not_know() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    let mut asked = 0;
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"].as_array().unwrap().is_empty() {
                continue;
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = with_id(template);
            let with =
                async |query: &str| -> Answer { world.ask(method.clone(), &format!("{path}{query}")).send().await };
            with("?nonsense=1").await.refused_for("UNKNOWN_FIELD", "nonsense");
            // Nothing was said with it, as in a form that was left empty.
            for query in ["", "?", "?nonsense="] {
                let answer = with(query).await;
                assert!(!answer.text.contains("UNKNOWN_FIELD"), "{method} {path}{query}: {}", answer.text);
            }
            asked += 1;
        }
    }
    assert!(asked >= 35, "{asked}");
}

#[tokio::test]
async fn a_write_with_a_query_does_nothing_and_leaves_its_key_free() {
    let world = World::start().await;
    let product = json!({"sku": "a", "name": "p", "price": 1});
    let write = |path: &str| world.ask(Method::POST, path).idempotency(Some("once")).body(product.clone()).send();
    write("/v1/products?dryRun=true").await.refused_for("UNKNOWN_FIELD", "dryRun");
    assert!(ids(&world.get("/v1/products").await.data(200)).is_empty());
    assert_eq!(text(&write("/v1/products").await.data(201)["sku"]), "a");
}
