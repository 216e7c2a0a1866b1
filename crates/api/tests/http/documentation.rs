//! The OpenAPI document is the router's, and what is committed is the document.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, pay, text};

const SNAPSHOT: &str = "openapi.json";

#[tokio::test]
async fn the_committed_document_is_the_one_served() {
    let world = World::start().await;
    let answer = world.ask(Method::GET, "/openapi.json").no_key().send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let served = sorted(answer.json());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SNAPSHOT);
    if std::env::var_os("STEELYARD_UPDATE_OPENAPI").is_some() {
        fs::write(&path, format!("{served:#}\n")).unwrap();
    }
    let committed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap_or_default()).unwrap_or_default();
    let changed = first_difference("", &served, &committed);
    assert!(
        changed.is_none(),
        "the API's document changed, first at {}. Look whether merchants can live with it; then run \
         `STEELYARD_UPDATE_OPENAPI=1 cargo test -p steelyard-api --test http the_committed_document` and commit \
         crates/api/{SNAPSHOT}",
        changed.unwrap_or_default()
    );
}

/// Fields in the order of their names, whatever order the build's JSON library keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let by_name: BTreeMap<String, Value> =
                fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(by_name.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

/// The pointer to where two documents part.
fn first_difference(at: &str, one: &Value, other: &Value) -> Option<String> {
    if let (Value::Object(one), Value::Object(other)) = (one, other) {
        let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        return names.into_iter().find_map(|name| {
            let at = format!("{at}/{name}");
            match (one.get(name), other.get(name)) {
                (Some(one), Some(other)) => first_difference(&at, one, other),
                (_, _) => Some(at),
            }
        });
    }
    (one != other).then(|| if at.is_empty() { "its beginning".to_owned() } else { at.to_owned() })
}

#[tokio::test]
async fn every_operation_of_the_document_is_served_and_no_other_method_is() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    for (template, item) in paths {
        let documented: BTreeSet<String> = item.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect();
        let path = template.replace("{id}", "x").replace("{file}", "swagger-ui.css").replace("{number}", "x");
        let path = path.replace("{connector}", "simulator");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = world.ask(method.clone(), &path).no_key().send().await;
            let served = answer.status != 405;
            assert_eq!(served, documented.contains(method.as_str()), "{method} {template}: {}", answer.status);
            assert!(!served || answer.status != 404, "{method} {template}");
        }
    }
}

#[tokio::test]
async fn the_document_is_whole() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    assert!(text(&document["openapi"]).starts_with("3.1"));
    let mut ids = BTreeSet::new();
    let tags: Vec<&str> = document["tags"].as_array().unwrap().iter().map(|tag| text(&tag["name"])).collect();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(ids.insert(text(&operation["operationId"]).to_owned()), "{name}");
            assert!(tags.contains(&text(&operation["tags"][0])), "{name}");
            assert!(operation["summary"].is_string(), "{name}");
            let responses = operation["responses"].as_object().unwrap();
            let has = |status: &str| responses.contains_key(status);
            assert!(responses.keys().any(|status| status.starts_with('2') || status.starts_with('3')), "{name}");
            assert!(["400", "431", "500"].iter().all(|status| has(status)), "{name}");
            if !operation["security"].as_array().unwrap().is_empty() {
                assert!(["401", "403", "429", "503"].iter().all(|status| has(status)), "{name}");
            }
            assert_eq!(path.contains('{'), has("404") && path.contains('{'), "{name}");
            if operation.get("requestBody").is_some() {
                assert!(["408", "413", "415"].iter().all(|status| has(status)), "{name}");
            }
        }
    }
    // Nothing is referred to that is not there.
    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    for reference in &references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    assert!(references.len() > 30);
}

fn collect_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "$ref" {
                    into.insert(text(value).to_owned());
                }
                collect_references(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Shown only where they were asked for, or once.
const SOMETIMES: [&str; 3] = ["refunds", "ledger", "key"];

#[track_caller]
fn shows_what_is_documented(document: &Value, schema: &str, object: &Value) {
    let properties = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
    let always = |name: &&String| !SOMETIMES.contains(&name.as_str());
    let documented: BTreeSet<&String> = properties.keys().filter(always).collect();
    let shown: BTreeSet<&String> = object.as_object().unwrap().keys().filter(always).collect();
    assert_eq!(shown, documented, "{schema}");
}

#[tokio::test]
async fn an_answer_has_the_fields_that_the_document_says() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    let payment = world.payment("order-1", 1_000).await;
    let id = text(&payment["id"]);
    let cancel = format!("/v1/payments/{id}/cancel");
    let canceled = world.post(&cancel, json!({"amount": 1, "reason": "a"})).await.data(200);
    let authenticated = world.post("/v1/payments/authenticate", pay("order-2", 1_000)).await.data(201);
    let advanced = world.post("/v1/test/clock/advance", json!({"seconds": 1})).await.data(200);
    let product = json!({"sku": "a", "name": "a", "price": 1, "onHand": 1});
    let product = world.post("/v1/products", product).await.data(201);
    let first = async |path: &str| world.get(path).await.data(200)["items"][0].clone();
    let wallet = world.get(&format!("/v1/sellers/{}/wallet", world.ours.test_seller)).await.data(200);
    let page = world.get("/v1/payments").await.data(200);
    let movements = world.get("/v1/transactions").await.data(200);
    let movement_of_stock = format!("/v1/products/{}/stock-movements", text(&product["id"]));
    let transaction = first("/v1/ledger/transactions").await;
    for (schema, object) in [
        ("PaymentView", &payment),
        ("CardView", &payment["method"]["card"]),
        ("AttemptView", &payment["attempts"][0]),
        ("RefundView", &canceled["refunds"][0]),
        ("RefundPartView", &canceled["refunds"][0]["lines"][0]),
        ("AuthenticationView", &authenticated),
        ("TestClockView", &advanced),
        ("OrderView", &first("/v1/orders").await),
        ("OrderLineView", &first("/v1/orders").await["lines"][0]),
        ("MovementView", &movements["items"][0]),
        ("MovementSummaryView", &movements["summary"]),
        ("PaymentSummaryView", &page["summary"]),
        ("ProductView", &product),
        ("StockMovementView", &first(&movement_of_stock).await),
        ("SellerView", &first("/v1/sellers").await),
        ("WalletView", &wallet),
        ("WalletMoveView", &wallet["moves"][0]),
        ("FeePolicyView", &first("/v1/fee-policies").await),
        ("ApiKeyView", &first("/v1/api-keys").await),
        ("AccountView", &first("/v1/ledger/accounts").await),
        ("LedgerTransactionView", &transaction),
        ("EntryView", &transaction["entries"][0]),
    ] {
        shows_what_is_documented(&document, schema, object);
    }
    let refused = world.get("/v1/nothing").await.refused(404, "NOT_FOUND");
    shows_what_is_documented(&document, "RefusedAnswer", &refused);
}

#[tokio::test]
async fn swagger_ui_is_served_from_here_and_other_names_lead_to_it() {
    let world = World::start().await;
    let ask = |path: &str| world.ask(Method::GET, path).no_key().send();
    for (path, to) in [("/docs", "/docs/"), ("/swagger-ui.html", "/docs"), ("/swagger-ui/index.html", "/docs")] {
        let answer = ask(path).await;
        assert_eq!((answer.status, answer.header("location")), (307, Some(to)), "{path}");
    }
    let index = ask("/docs/").await;
    assert!(index.header("content-type").unwrap().starts_with("text/html"));
    assert!(
        index.text.contains("swagger-ui-bundle.js") && !index.text.contains("http://") && !index.text.contains("//cdn")
    );
    let initializer = ask("/docs/swagger-initializer.js").await;
    assert!(initializer.text.contains("/openapi.json") && !initializer.text.contains("petstore"));
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"] {
        let answer = ask(&format!("/docs/{file}")).await;
        assert_eq!((answer.status, answer.header("x-content-type-options")), (200, Some("nosniff")), "{file}");
    }
    for path in ["/docs/nothing.js", "/docs/..%2fCargo.toml"] {
        ask(path).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn the_page_that_problems_point_to_has_them_all() {
    let world = World::start().await;
    let page = world.ask(Method::GET, "/docs/errors").no_key().send().await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let refused = world.get("/v1/nothing").await.refused(404, "NOT_FOUND");
    let anchor = text(&refused["error"]["docUrl"]).strip_prefix("/docs/errors#").unwrap().to_owned();
    assert!(page.text.contains(&format!("id=\"{anchor}\"")));
    for code in steelyard_app::Code::ALL {
        assert!(page.text.contains(&format!("id=\"{}\"", code.facts().name)), "{}", code.facts().name);
    }
    assert!(!page.text.contains("<script"));
}

#[tokio::test]
async fn what_can_be_chosen_is_named_and_nothing_is_described_twice() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    let mut named = 0;
    for (_, schema) in schemas.as_object().unwrap() {
        for (_, field) in schema["properties"].as_object().into_iter().flatten() {
            named += usize::from(field["enum"].is_array() || field["items"]["enum"].is_array());
        }
    }
    assert_eq!(named, 44, "the fields with choices, each of which has its row in documentation/schemas.rs");
    assert_eq!(schemas["Answer_PaymentView"]["properties"]["data"]["$ref"], "#/components/schemas/PaymentView");
    let page = &schemas["Answer_PageView_OrderView"]["properties"]["data"]["properties"];
    assert_eq!(page["items"]["items"]["$ref"], "#/components/schemas/OrderView");
    let capture = &document["paths"]["/v1/payments/{id}/capture"]["post"]["requestBody"];
    assert_eq!(
        (&capture["required"], &capture["content"]["application/json"]["schema"]["$ref"]),
        (&json!(false), &json!("#/components/schemas/CaptureBody"))
    );
}
