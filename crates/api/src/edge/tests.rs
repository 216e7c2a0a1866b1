use axum::{
    body::{Body, to_bytes},
    http::StatusCode,
};
use steelyard_app::{App, Config};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_store::engine::Target;
use tower::{ServiceExt, service_fn};

use super::*;
use crate::Options;

async fn api(folder: &std::path::Path) -> Api {
    let target = Target::Sqlite(folder.join("steelyard.db"));
    let app = App::start(Config::new(target, vec![Connector::Stub(Stub)])).await.unwrap();
    Api::new(app, Options::new(recorder()))
}

async fn panics(_: Request) -> Result<Response, Infallible> {
    panic!("on purpose")
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_500_in_the_wrapper() {
    let folder = std::env::temp_dir().join(format!("steelyard-edge-{}", steelyard_app::clock::new_id()));
    std::fs::create_dir(&folder).unwrap();
    let api = api(&folder).await;
    let broken = service_fn(panics);
    let gate = GateLayer::new(&api, Terms::OPEN, "get", "/broken").layer(broken);
    let request = Request::builder().uri("/broken").body(Body::empty()).unwrap();
    let response = gate.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let request_id = response.headers()[REQUEST_ID].to_str().unwrap().to_owned();
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&body["code"], &body["requestId"]), (&"INTERNAL".into(), &request_id.into()));
    let _ = std::fs::remove_dir_all(folder);
}
