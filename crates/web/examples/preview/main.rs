//! The checkout's page in every state, without a database: for screenshots, for axe, and for whoever changes the look.
//!
//!     cargo run -p steelyard-web --example preview [-- 127.0.0.1:8900]
//!
//! `/gallery` links to all states; `?lang=en` and `?theme=dark` work everywhere.

mod views;

use std::{error::Error, fmt::Write as _};

use axum::{
    Json, Router,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
    routing::{get, post},
};
use steelyard_app::{Clock, Language, view::CheckoutView};
use steelyard_web::{
    answer, assets,
    checkout::{self, BankPage, Surroundings},
    edge::{Edge, Policy},
    guarded, language,
    page::{Frame, Wish},
};
use tokio::net::TcpListener;

const LISTEN: &str = "127.0.0.1:8900";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listen = std::env::args().nth(1).unwrap_or_else(|| LISTEN.to_owned());
    let pages = Router::new()
        .route("/gallery", get(gallery))
        .route("/c/{case}", get(show))
        .route("/c/{case}/state", get(state))
        .route("/c/{case}/attempts", post(state))
        .route("/c/{case}/extend", post(state))
        .route("/c/{case}/test/deposit", post(state))
        .route("/returned", get(returned));
    let router = guarded(pages, Edge::new(Clock::System, None, false)).merge(assets::routes()).merge(issuer());
    let listener = TcpListener::bind(&listen).await?;
    println!("http://{}/gallery", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

/// Stands for the issuer's page, with a policy that lets it be framed.
fn issuer() -> Router {
    let page =
        "<!doctype html><html lang=\"ko\"><title>Issuer</title><main><h1>Issuer</h1><p>3-D Secure</p></main></html>";
    Router::new().route("/challenge", get(move || async move { Html(page) }))
}

async fn gallery(Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let language = language::choose(wish.lang.as_deref(), None, &headers);
    let frame = Frame::new(&wish, language);
    let mut list = String::new();
    for (name, _) in views::CASES {
        let _ = write!(list, "<li><a href=\"/c/{name}{}\">{name}</a></li>", frame.query());
    }
    let html = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Gallery</title><link rel=\"icon\" href=\"{}\"><link rel=\"stylesheet\" href=\"{}\"><link rel=\"stylesheet\" href=\"{}\">\
         <main class=\"only\"><h1>Gallery</h1><p><a href=\"{}\">{}</a> · <a href=\"{}\">theme</a></p><ul>{list}</ul></main></html>",
        frame.lang(),
        frame.asset("img/mark.svg"),
        frame.asset("css/tokens.css"),
        frame.asset("css/base.css"),
        frame.with_other_language(),
        frame.other_lang(),
        frame.with_theme(),
    );
    answer::page(StatusCode::OK, html, Policy::shop())
}

fn find(case: &str, language: Language) -> Option<CheckoutView> {
    let language = match language {
        Language::Korean => views::Language::Korean,
        Language::English => views::Language::English,
    };
    views::CASES.iter().find(|(name, _)| *name == case).map(|(_, view)| view(language))
}

async fn show(Path(case): Path<String>, Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let language = language::choose(wish.lang.as_deref(), None, &headers);
    let Some(view) = find(&case, language) else { return StatusCode::NOT_FOUND.into_response() };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let surroundings = Surroundings {
        frame: Frame::new(&wish, language),
        secret: case,
        key: "11111111-1111-4111-8111-111111111111".to_owned(),
        listener: None,
        escape: checkout::escape(agent, "https://pay.example/c/cs_1"),
        bank: BankPage::Framed,
        alert: None,
    };
    match checkout::render(&view, &surroundings) {
        Ok(html) => answer::page(StatusCode::OK, html, Policy::checkout([], [])),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn state(Path(case): Path<String>, Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let language = language::choose(wish.lang.as_deref(), None, &headers);
    match find(&case, language) {
        Some(view) => {
            Json(serde_json::json!({ "code": "OK", "data": view, "requestId": "req_preview" })).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn returned(Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let language = language::choose(wish.lang.as_deref(), None, &headers);
    match checkout::returned(&Frame::new(&wish, language), "/gallery") {
        Ok(html) => answer::page(StatusCode::OK, html, Policy::checkout([], [])),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
