//! The shop's routes that need no API, and what they say when it is away.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{net::SocketAddr, path::PathBuf};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use futures_util::StreamExt as _;
use serde_json::Value;
use steelyard_app::{App, Clock, Config};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_domain::Mode;
use steelyard_store::engine::Target;
use steelyard_web::{ShopOptions, WebOptions, router};
use tower::ServiceExt as _;

const SECRET_KEY: &str = "sk_test_nobody_may_see_this";

struct Site {
    router: Router,
    folder: PathBuf,
}

impl Site {
    /// A shop whose API is where nobody listens.
    async fn open() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let shop = ShopOptions {
            api: format!("http://{free}"),
            secret_key: SECRET_KEY.to_owned(),
            publishable_key: "pk_test_1".to_owned(),
        };
        Self::with(WebOptions { shop: Some(shop), payer_mode: Mode::Test, ..WebOptions::default() }).await
    }

    async fn with(options: WebOptions) -> Self {
        let folder = std::env::temp_dir().join(format!("steelyard-shop-{}", steelyard_app::clock::new_id()));
        std::fs::create_dir(&folder).unwrap();
        let target = Target::Sqlite(folder.join("steelyard.db"));
        let mut config = Config::new(target, vec![Connector::Stub(Stub)]);
        config.clock = Clock::System;
        let app = App::start(config).await.unwrap();
        Self { router: router(app, options), folder }
    }

    async fn send(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(address).header("host", "shop.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>(([192, 0, 2, 1], 1).into()));
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn page(&self, address: &str) -> (StatusCode, HeaderMap, String) {
        let (parts, body) = self.send("GET", address, &[("accept", "text/html")], "").await.into_parts();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
    }

    async fn json(&self, method: &str, address: &str, headers: &[(&str, &str)], body: &str) -> (u16, HeaderMap, Value) {
        let (parts, body) = self.send(method, address, headers, body).await.into_parts();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        (parts.status.as_u16(), parts.headers, serde_json::from_slice(&body).unwrap_or_default())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn the_pages_speak_both_languages_and_may_frame_the_checkout() {
    let site = Site::open().await;
    for (address, status, script) in [
        ("/shop", 200, "products.mjs"),
        ("/shop/cart", 200, "cart.mjs"),
        // A page all the same, which says so: somebody may have kept the address too long.
        ("/shop/order/S-ABCDEFGHJK", 404, "order.mjs"),
        ("/shop/return?order=S-ABCDEFGHJK", 404, "order.mjs"),
        ("/shop/return", 404, "order.mjs"),
    ] {
        for (lang, name) in [("ko", "저울상회"), ("en", "Jeoul Store")] {
            let sign = if address.contains('?') { '&' } else { '?' };
            let (found, headers, page) = site.page(&format!("{address}{sign}lang={lang}&theme=dark")).await;
            assert_eq!(found.as_u16(), status, "{address}");
            assert!(page.contains(&format!("<html lang=\"{lang}\" data-theme=\"dark\">")), "{address}");
            assert!(page.contains(name) && page.contains(&format!("/shop/{script}")), "{address}");
            assert!(!page.contains("{{") && !page.contains("{%") && !page.contains(SECRET_KEY), "{address}");
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.ends_with("; frame-ancestors 'none'; frame-src 'self'"), "{address}: {policy}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{address}");
        }
    }
    for (address, there) in [("/shop/", "/shop"), ("/shop/cart/", "/shop/cart")] {
        let (status, headers, _) = site.page(address).await;
        assert_eq!((status, &headers[header::LOCATION]), (StatusCode::PERMANENT_REDIRECT, &there.parse().unwrap()));
    }
    assert_eq!(site.page("/shop/elsewhere").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_options_there_is_no_shop() {
    let site = Site::with(WebOptions::default()).await;
    assert_eq!(site.page("/shop").await.0, StatusCode::NOT_FOUND);
    assert_eq!(site.page("/shop/api/catalog").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_by_the_name_of_its_field() {
    let site = Site::open().await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (address, kind, body, status, code, param) in [
        ("orders", form, "items=1", 415, "UNSUPPORTED_MEDIA_TYPE", None),
        ("orders", JSON, "{", 400, "INVALID_JSON", None),
        ("orders", JSON, "{}", 400, "INVALID_REQUEST", Some("items")),
        ("orders", JSON, r#"{"items":[],"amount":1}"#, 400, "UNKNOWN_FIELD", Some("amount")),
        ("orders", JSON, r#"{"items":[{"sku":"cup","quantity":1,"price":1}]}"#, 400, "UNKNOWN_FIELD", Some("price")),
        ("orders", JSON, r#"{"items":[],"style":"loud"}"#, 400, "INVALID_REQUEST", Some("style")),
        ("orders", JSON, r#"{"items":[],"lang":"fr"}"#, 400, "INVALID_REQUEST", Some("lang")),
        ("confirm", JSON, r#"{"paymentKey":"","orderId":"a","items":[]}"#, 400, "INVALID_REQUEST", Some("paymentKey")),
        ("orders/S-ABCDEFGHJK/refund", JSON, "{}", 404, "NOT_FOUND", Some("number")),
        ("orders/S-ABCDEFGHJK/refund", form, "", 415, "UNSUPPORTED_MEDIA_TYPE", None),
    ] {
        let (found, _, answer) = site.json("POST", &format!("/shop/api/{address}"), &[kind], body).await;
        assert_eq!((found, answer["code"].as_str()), (status, Some(code)), "{address} {body}: {answer}");
        assert_eq!(answer["error"]["param"].as_str(), param, "{address} {body}: {answer}");
    }
    let (status, _, answer) = site.json("GET", "/shop/api/orders/S-ABCDEFGHJK", &[], "").await;
    assert_eq!((status, answer["code"].as_str()), (404, Some("NOT_FOUND")));
    assert_eq!(site.json("GET", "/shop/api/orders", &[], "").await.0, 405);
}

#[tokio::test]
async fn while_the_api_is_away_the_shop_says_to_come_again_and_its_log_says_why() {
    let site = Site::open().await;
    let (status, headers, answer) = site.json("GET", "/shop/api/catalog", &[], "").await;
    assert_eq!((status, answer["error"]["retryable"].as_bool()), (503, Some(true)), "{answer}");
    assert!(headers.contains_key(header::RETRY_AFTER));
    let cart = r#"{"items":[{"sku":"cup","quantity":1}],"style":"overlay"}"#;
    let (status, _, answer) = site.json("POST", "/shop/api/orders", &[JSON], cart).await;
    assert_eq!((status, answer["error"]["outcome"].as_str()), (503, Some("none")), "{answer}");

    let response = site.send("GET", "/shop/api/happening", &[], "").await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let mut told = String::new();
    while told.matches("event: call").count() < 6 {
        told.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    assert!(told.contains(r#""method":"GET","ms":"#) && told.contains("/v1/products"), "{told}");
    assert!(!told.contains(SECRET_KEY), "{told}");

    // Whoever comes again is told what came after.
    let last = told.rsplit("id: ").next().and_then(|rest| rest.split('\n').next()).unwrap();
    let earlier: i64 = last.parse::<i64>().unwrap() - 1;
    let headers = [("last-event-id", &*earlier.to_string())];
    let response = site.send("GET", "/shop/api/happening?after=1", &headers, "").await;
    let mut stream = response.into_body().into_data_stream();
    let mut told = String::new();
    while !told.contains("event: call") {
        told.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    assert!(told.contains(&format!("id: {last}\n")) && !told.contains(&format!("id: {earlier}\n")), "{told}");
}
