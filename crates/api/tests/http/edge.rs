//! What every request has in common: credentials, versions, addresses, media types, limits, metrics.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use reqwest::Method;
use serde_json::json;
use steelyard_api::{Options, recorder};
use steelyard_domain::Span;

use crate::world::{Setup, World, pay, text};

/// `user:` in Base64, as Basic wants it.
fn basic(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::from("Basic ");
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let letter = LETTERS[usize::try_from((bits >> (18 - 6 * position)) & 63).unwrap()];
            encoded.push(if position <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    encoded
}

#[tokio::test]
async fn a_key_comes_as_bearer_or_as_the_user_name_of_basic() {
    let world = World::start().await;
    let key = &world.ours.test_secret_key;
    let with = |value: String| {
        let ask = world.ask(Method::GET, "/v1/orders").no_key();
        async move { ask.header("Authorization", &value).send().await }
    };
    for good in [
        format!("Bearer {key}"),
        format!("bearer  {key}"),
        basic(&format!("{key}:")),
        basic(&format!("{key}:any")),
        basic(key),
    ] {
        with(good.clone()).await.data(200);
    }
    for bad in [key.clone(), format!("Token {key}"), "Bearer".to_owned(), "Basic !".to_owned(), basic(":sk_test_x")] {
        with(bad.clone()).await.refused(401, "INVALID_KEY");
    }
    let twice = world.ask(Method::GET, "/v1/orders").header("Authorization", &format!("Bearer {key}"));
    twice.header("Authorization", "Bearer x").send().await.refused(401, "INVALID_KEY");
}

#[tokio::test]
async fn only_the_version_there_is_is_spoken() {
    let world = World::start().await;
    let with = |version: &str| world.ask(Method::GET, "/v1/orders").header("Steelyard-Version", version).send();
    with("2026-11-01").await.data(200);
    for version in ["2025-01-01", "latest", "", "2026-11-01 "] {
        let answer = with(version).await;
        // A header's value loses the spaces around it on the way.
        if version.trim() == "2026-11-01" {
            answer.data(200);
        } else {
            let refused = answer.refused(400, "UNSUPPORTED_VERSION");
            assert_eq!(refused["error"]["param"], "Steelyard-Version", "{version}");
        }
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_refused_in_the_wrapper() {
    let world = World::start().await;
    for path in
        ["/", "/v1", "/v1/", "/v1/order", "/v1/orders/", "/v2/orders", "/v1/payments/pay_1/refunds", "/favicon.ico"]
    {
        world.ask(Method::GET, path).no_key().send().await.refused(404, "NOT_FOUND");
    }
    for (method, path, allow) in [
        (Method::PUT, "/v1/orders", "GET,HEAD,POST"),
        (Method::DELETE, "/v1/payments/pay_01j0000000e008000000000001", "GET,HEAD"),
        (Method::POST, "/health/live", "GET,HEAD"),
    ] {
        let answer = world.ask(method, path).no_key().send().await;
        answer.refused(405, "METHOD_NOT_ALLOWED");
        let mut methods: Vec<&str> = answer.header("allow").unwrap().split(',').collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allow, "{path}");
    }
}

#[tokio::test]
async fn bodies_are_json_and_not_too_large() {
    let world = World::start().await;
    let ask = || world.ask(Method::POST, "/v1/sellers");
    let body = json!({"name": "a", "kind": "business"}).to_string();
    for media in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        ask().header("Content-Type", media).bytes(body.clone()).send().await.data(201);
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        ask().header("Content-Type", media).bytes(body.clone()).send().await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let padded = |bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
    ask().bytes(padded(1_048_576)).send().await.data(201);
    ask().bytes(padded(1_048_577)).send().await.refused(413, "BODY_TOO_LARGE");
}

#[tokio::test]
async fn headers_have_limits() {
    let world = World::start().await;
    let long = "x".repeat(16_384);
    let refused = world.ask(Method::GET, "/v1/orders").header("X-Long", &long).send().await;
    refused.refused(431, "HEADERS_TOO_LARGE");
    let mut many = world.ask(Method::GET, "/v1/orders");
    for _ in 0..64 {
        many = many.header("X-Many", "x");
    }
    many.send().await.refused(431, "HEADERS_TOO_LARGE");
    let mut some = world.ask(Method::GET, "/v1/orders").header("X-Long", &"x".repeat(8_192));
    for _ in 0..40 {
        some = some.header("X-Many", "x");
    }
    some.send().await.data(200);
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits_and_others_do_not() {
    let options = Options { requests_per_second: Some(5), ..Options::new(recorder()) };
    let world = World::with(Setup { options, ..Setup::default() }).await;
    for _ in 0..5 {
        world.get("/v1/orders").await.data(200);
    }
    let answer = world.get("/v1/orders").await;
    let refused = answer.refused(429, "RATE_LIMITED");
    assert_eq!((&refused["error"]["outcome"], &refused["error"]["retryable"]), (&json!("none"), &json!(true)));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("ratelimit-limit"), Some("5"));
    assert_eq!(answer.header("ratelimit-remaining"), Some("0"));
    assert_eq!(answer.header("ratelimit-reset"), Some("1"));
    world.ask(Method::GET, "/v1/orders").key(&world.theirs.test_secret_key).send().await.data(200);
    world.clock.advance(Span::from_secs(1));
    world.get("/v1/orders").await.data(200);
    // A refused payment leaves its key free.
    for _ in 0..4 {
        world.get("/v1/orders").await.data(200);
    }
    let ask = || world.ask(Method::POST, "/v1/payments").idempotency(Some("k")).body(pay("order-1", 1_000)).send();
    ask().await.refused(429, "RATE_LIMITED");
    world.clock.advance(Span::from_secs(1));
    let paid = ask().await;
    paid.data(201);
    assert_eq!(paid.header("idempotent-replayed"), None);
}

#[tokio::test]
async fn a_keys_own_limit_goes_before_the_default() {
    let options = Options { requests_per_second: Some(1_000), ..Options::new(recorder()) };
    let world = World::with(Setup { options, ..Setup::default() }).await;
    let key = world.post("/v1/api-keys", json!({"kind": "secret", "rateLimit": 2})).await.data(201);
    let ask = || world.ask(Method::GET, "/v1/orders").key(text(&key["key"])).send();
    ask().await.data(200);
    ask().await.data(200);
    assert_eq!(ask().await.refused(429, "RATE_LIMITED")["code"], "RATE_LIMITED");
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let world = World::start().await;
    let mut seen = std::collections::BTreeSet::new();
    for path in
        ["/v1/orders", "/v1/nothing", "/health/live", "/metrics", "/openapi.json", "/docs", "/docs/", "/docs/errors"]
    {
        for key in [true, false] {
            let ask = world.ask(Method::GET, path);
            let answer = if key { ask } else { ask.no_key() }.send().await;
            let id = answer.header("request-id").unwrap_or_else(|| panic!("{path}")).to_owned();
            assert!(steelyard_domain::RequestId::parse(&id).is_ok(), "{id}");
            assert!(seen.insert(id), "{path}");
        }
    }
}

#[tokio::test]
async fn health_and_metrics_answer_under_both_names() {
    let world = World::start().await;
    let ask = |path: &str| world.ask(Method::GET, path).no_key().send();
    assert_eq!(ask("/health/live").await.data(200), json!({"status": "UP"}));
    assert_eq!(ask("/health/ready").await.data(200), json!({"status": "UP"}));
    let actuator = ask("/actuator/health").await;
    assert_eq!((actuator.status, actuator.json()), (200, json!({"status": "UP"})));

    world.payment("order-1", 1_000).await;
    world.get("/v1/payments/pay_01j0000000e008000000000001").await.refused(404, "NOT_FOUND");
    for path in ["/metrics", "/actuator/prometheus"] {
        let answer = ask(path).await;
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"), "{path}");
        for line in [
            r#"steelyard_http_requests_total{method="post",route="/v1/payments",status="201"}"#,
            r#"steelyard_http_requests_total{method="get",route="/v1/payments/{id}",status="404"}"#,
            r#"steelyard_http_request_seconds_bucket{method="post",route="/v1/payments",le="0.01"}"#,
        ] {
            assert!(answer.text.contains(line), "{path} lacks {line}");
        }
        // Routes, not addresses: those would make a series for every payment.
        assert!(!answer.text.contains("pay_01j0000000e008000000000001"));
    }
}

#[tokio::test]
async fn answers_with_data_are_not_stored_by_anyone_between() {
    let world = World::start().await;
    for path in ["/v1/orders", "/v1/nothing"] {
        assert_eq!(world.get(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
}

/// Keeps all that is logged on this thread.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn card_data_and_keys_are_in_no_log_and_no_answer() {
    let kept = Kept::default();
    let writer = kept.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // Everything of this test runs on this thread, but for the database.
    let guard = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    let world = World::with_simulator().await;
    let mut said = String::new();
    let numbers = ["4000000000000002", "4242424242424242", "4000123456789017", "4000123456789010"];
    for (place, number) in numbers.into_iter().enumerate() {
        let mut body = pay(&format!("order-{place}"), 1_000);
        body["method"]["card"]["number"] = json!(number);
        body["method"]["card"]["cvc"] = json!("739");
        body["method"]["card"]["birthDate"] = json!("870314");
        for body in [body.to_string(), body.to_string().replace("\"amount\"", "\"amuont\""), body.to_string() + "x"] {
            said += &world.ask(Method::POST, "/v1/payments").bytes(body).send().await.text;
        }
    }
    drop(guard);
    let logged = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(!logged.is_empty(), "nothing was logged at all");
    for secret in ["00000000002", "24242424242", "0123456789", "739\"", "870314", &world.ours.test_secret_key] {
        assert!(!logged.contains(secret), "a log holds {secret}");
        assert!(!said.contains(secret), "an answer holds {secret}");
    }
}
