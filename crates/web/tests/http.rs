//! Routes, headers and refusals, over a real application on an empty database.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{net::SocketAddr, path::PathBuf};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
    routing::{get, post},
};
use serde_json::Value;
use steelyard_app::{App, Clock, Config};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_store::engine::Target;
use steelyard_web::{
    ShopOptions, WebOptions,
    edge::{BODY_BYTES_MAX, Edge, REQUEST_ID},
    guarded, router,
};
use tower::ServiceExt as _;

struct Site {
    router: Router,
    folder: PathBuf,
}

impl Site {
    async fn open(options: WebOptions) -> Self {
        let folder = std::env::temp_dir().join(format!("steelyard-web-{}", steelyard_app::clock::new_id()));
        std::fs::create_dir(&folder).unwrap();
        let target = Target::Sqlite(folder.join("steelyard.db"));
        let app = App::start(Config::new(target, vec![Connector::Stub(Stub)])).await.unwrap();
        Self { router: router(app, options), folder }
    }

    async fn ask(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (StatusCode, HeaderMap, String) {
        ask(self.router.clone(), method, address, headers, body).await
    }

    async fn get(&self, address: &str) -> (StatusCode, HeaderMap, String) {
        self.ask("GET", address, &[("accept", "text/html")], "").await
    }

    fn close(self) {
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

async fn ask(
    router: Router,
    method: &str,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(address).header("host", "pay.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    request.extensions_mut().insert(ConnectInfo::<SocketAddr>(([192, 0, 2, 1], 1).into()));
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1_000_000).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_page_is_packed_for_a_browser_that_unpacks_it_and_what_a_script_fetches_is_not() {
    let site = Site::open(WebOptions::default()).await;
    let page = [("accept", "text/html")];
    let (_, plain, text) = site.ask("GET", "/app/", &page, "").await;
    assert!(plain.get(header::CONTENT_ENCODING).is_none() && plain[header::VARY] == "Accept-Encoding");
    for (accepts, is_packed) in [("gzip, br", true), ("br, gzip;q=0.5", true), ("br", false), ("gzip;q=0", false)] {
        let mut request = Request::get("/app/").header("host", "pay.example").header("accept-encoding", accepts);
        request = request.header("accept", "text/html");
        let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers().get(header::CONTENT_ENCODING).is_some_and(|sent| sent == "gzip"), is_packed);
        let bytes = to_bytes(response.into_body(), 1_000_000).await.unwrap();
        let mut unpacked = Vec::new();
        if is_packed {
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.as_ref()), &mut unpacked).unwrap();
            assert!(bytes.len() < unpacked.len(), "{} of {}", bytes.len(), unpacked.len());
        } else {
            unpacked.extend_from_slice(&bytes);
        }
        assert_eq!(String::from_utf8(unpacked).unwrap(), text, "{accepts}");
    }
    let (_, script, body) = site.ask("GET", "/c/cs_1_secret_2/state", &[("accept-encoding", "gzip")], "").await;
    assert!(script.get(header::CONTENT_ENCODING).is_none() && json(&body)["code"] == "NOT_FOUND");
    // The shop's page asks from its own origin, and must be able to read that too.
    assert_eq!(script[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    site.close();
}

#[tokio::test]
async fn a_secret_that_nobody_was_given_is_a_page_to_a_person_and_json_to_a_script() {
    let site = Site::open(WebOptions::default()).await;
    let (status, headers, page) = site.get("/c/cs_1_secret_2?lang=en").await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::NOT_FOUND, &"text/html; charset=utf-8".parse().unwrap())
    );
    let id = headers[REQUEST_ID].to_str().unwrap();
    assert!(page.contains("Go back to the shop and start the payment again."), "{page}");
    assert!(page.contains("There is no checkout at this address") && page.contains(id), "{page}");
    let (status, headers, body) = site.ask("GET", "/c/cs_1_secret_2/state", &[("accept-language", "ko")], "").await;
    let body = json(&body);
    assert_eq!((status.as_u16(), &body["code"], &body["error"]["outcome"]), (404, &"NOT_FOUND".into(), &"none".into()));
    assert_eq!(body["requestId"], headers[REQUEST_ID].to_str().unwrap());
    for address in ["/events", "/return?attempt=x", "/else", "/else/where"] {
        assert_eq!(site.get(&format!("/c/cs_1_secret_2{address}")).await.0, 404, "{address}");
    }
    site.close();
}

#[tokio::test]
async fn what_changes_something_in_the_app_comes_from_its_own_pages() {
    let site = Site::open(WebOptions::default()).await;
    let (own, foreign) = (("origin", "http://pay.example"), ("origin", "https://evil.example"));
    let from = |site: &'static str| ("sec-fetch-site", site);
    for (headers, expected) in [
        (vec![own], (401, "SIGN_IN_REQUIRED")),
        (vec![own, from("same-origin")], (401, "SIGN_IN_REQUIRED")),
        (vec![foreign], (403, "ORIGIN_NOT_ALLOWED")),
        (vec![foreign, from("same-origin")], (403, "ORIGIN_NOT_ALLOWED")),
        (vec![own, from("cross-site")], (403, "ORIGIN_NOT_ALLOWED")),
        (vec![from("same-site")], (403, "ORIGIN_NOT_ALLOWED")),
        (vec![("origin", "null")], (403, "ORIGIN_NOT_ALLOWED")),
    ] {
        for address in ["/app/api/confirm/cs_1/approve", "/app/api/top-ups"] {
            let headers = [headers.clone(), vec![("content-type", "application/json")]].concat();
            let (status, _, body) = site.ask("POST", address, &headers, "{}").await;
            assert_eq!((status.as_u16(), json(&body)["code"].as_str().unwrap()), expected, "{address} {headers:?}");
        }
    }
    site.close();
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_is_kept_by_nobody() {
    let site = Site::open(WebOptions::default()).await;
    for address in ["/c/cs_1", "/c/cs_1/state", "/app/", "/examples", "/q/!!"] {
        let (_, headers, _) = site.get(address).await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{address}: {policy}");
        assert!(policy.contains("base-uri 'none'; frame-ancestors 'none'"), "{address}: {policy}");
        assert!(!policy.contains("unsafe"), "{address}: {policy}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{address}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin");
        assert!(headers[REQUEST_ID].to_str().unwrap().starts_with("req_"));
    }
    site.close();
}

#[tokio::test]
async fn the_shells_load_files_that_have_the_trees_hash() {
    let shop = Some(ShopOptions {
        api: String::from("http://127.0.0.1:1"),
        secret_key: String::from("sk_test_1"),
        publishable_key: String::from("pk_test_1"),
    });
    let site = Site::open(WebOptions { shop, ..WebOptions::default() }).await;
    for (address, camera) in [("/app/", "camera=(self)"), ("/examples/", "camera=()")] {
        let (status, headers, page) = site.get(address).await;
        assert_eq!(status, 200, "{address}");
        assert!(headers["permissions-policy"].to_str().unwrap().starts_with(camera), "{address}");
        assert!(page.contains(&steelyard_web::assets::address("css/base.css")), "{page}");
    }
    let (status, headers, _) = site.get("/app").await;
    assert_eq!((status.as_u16(), &headers[header::LOCATION]), (308, &"/app/".parse().unwrap()));
    site.close();
}

#[tokio::test]
async fn a_scanned_code_leads_into_the_app() {
    let site = Site::open(WebOptions::default()).await;
    let (status, headers, _) = site.get("/q/k7Qm2x-Vb_9").await;
    assert_eq!((status.as_u16(), &headers[header::LOCATION]), (303, &"/app/#/q/k7Qm2x-Vb_9".parse().unwrap()));
    for token in ["a%20b", "%3Cscript%3E", &"a".repeat(65)] {
        assert_eq!(site.get(&format!("/q/{token}")).await.0, 404, "{token}");
    }
    site.close();
}

#[tokio::test]
async fn another_method_is_refused_in_words() {
    let site = Site::open(WebOptions::default()).await;
    let (status, headers, body) = site.ask("DELETE", "/c/cs_1", &[], "").await;
    assert_eq!((status.as_u16(), &json(&body)["code"]), (405, &"METHOD_NOT_ALLOWED".into()));
    assert!(headers.contains_key(REQUEST_ID));
    site.close();
}

#[tokio::test]
async fn who_posts_too_often_waits() {
    let site = Site::open(WebOptions { posts_per_second: Some(1), ..WebOptions::default() }).await;
    let mut refused = None;
    for _ in 0..30 {
        let (status, headers, body) = site.ask("POST", "/c/cs_1/attempts", &[JSON], "{}").await;
        if status == 429 {
            refused = Some((headers, body));
            break;
        }
        assert_eq!(status, 404);
    }
    let (headers, body) = refused.expect("nobody was refused");
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    let body = json(&body);
    assert_eq!(body["error"]["outcome"], "none");
    // Told to a buyer, who knows of no key and no header.
    assert_eq!(body["message"], "짧은 시간에 너무 많이 눌렀어요");
    assert_eq!(body["error"]["money"], "돈은 빠져나가지 않았어요.");
    assert_eq!(body["error"]["next"], "잠시 뒤 같은 버튼을 다시 눌러 주세요.");
    let form = [FORM, ("accept", "text/html")];
    let (status, _, page) = site.ask("POST", "/c/cs_1_secret_2/attempts?lang=en", &form, "").await;
    assert_eq!(status, 429);
    for told in ["Too many tries in a short time", "No money moved.", "Press the same button again in a moment."] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(page.contains("href=\"/c/cs_1_secret_2?lang=en\""), "the way back to the checkout: {page}");
    assert!(!page.contains("Retry-After") && !page.contains("this key"), "{page}");
    // Who asks an application's own address is told what its sender has to do.
    let (status, _, body) = site.ask("POST", "/app/api/top-ups", &[JSON, ("accept-language", "en")], "{}").await;
    assert_eq!(status, 429);
    assert!(json(&body)["message"].as_str().unwrap().contains("Retry-After"), "{body}");
    assert!(json(&body)["error"].get("next").is_none());
    // Reading is not posting.
    assert_eq!(site.ask("GET", "/c/cs_1/state", &[], "").await.0, 404);
    site.close();
}

async fn big(body: axum::body::Bytes) -> String {
    body.len().to_string()
}

fn broken() -> Router {
    let pages =
        Router::new().route("/panics", get(async || -> &'static str { panic!("on purpose") })).route("/big", post(big));
    guarded(pages, Edge::new(Clock::System, None, false))
}

#[tokio::test]
async fn a_panic_is_an_honest_page_and_honest_json() {
    let (status, headers, page) =
        ask(broken(), "GET", "/panics?lang=en", &[("accept", "text/html,*/*;q=0.8")], "").await;
    assert_eq!(status, 500);
    let id = headers[REQUEST_ID].to_str().unwrap();
    assert!(page.contains("Something went wrong on our side") && page.contains(id), "{page}");
    assert!(page.contains("href=\"/panics?lang=en\""), "{page}");
    let (status, _, body) = ask(broken(), "GET", "/panics", &[], "").await;
    assert_eq!((status.as_u16(), &json(&body)["code"]), (500, &"INTERNAL".into()));
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let fits = "a".repeat(BODY_BYTES_MAX);
    assert_eq!(ask(broken(), "POST", "/big", &[], &fits).await.0, 200);
    assert_eq!(ask(broken(), "POST", "/big", &[FORM], &(fits + "a")).await.0, 413);
}
