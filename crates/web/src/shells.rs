//! Pages whose scripts say the rest: the payer app and the examples. Their JSON has routes of its own.

use askama::Template;
use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use steelyard_app::{Code, Problem};

use crate::{
    Web, answer,
    answer::Refusal,
    assets,
    edge::{Exchange, Policy},
    page::{Frame, Theme},
};

/// Characters of a QR code's token at most.
const TOKEN_CHARS_MAX: usize = 64;

type Answered = Result<Response, Refusal>;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/app", get(async || Redirect::permanent("/app/")))
        .route("/app/", get(payer))
        .route("/q/{token}", get(scanned))
        .route("/examples", get(async || Redirect::permanent("/examples/")))
        .route("/examples/", get(examples))
}

#[derive(Template)]
#[template(path = "payer.html")]
struct Payer<'a> {
    lang: &'a str,
    theme: &'a str,
    assets: String,
    config: String,
}

async fn payer(State(web): State<Web>, Extension(exchange): Extension<Exchange>, headers: HeaderMap) -> Answered {
    let frame = Frame::new(&exchange.wish, exchange.language);
    let base = web.base_url(&headers);
    let host = base.split_once("://").map_or(base.as_str(), |(_, host)| host);
    // What is ours in a code that the camera reads, and who may look around.
    let config = serde_json::json!({ "hosts": [host], "mode": web.options().payer_mode.as_str(),
        "demo": web.options().demo_payers });
    let theme = frame.theme.map_or("", Theme::as_str);
    let payer = Payer { lang: frame.lang(), theme, assets: assets::root(), config: in_script(&config) };
    let html = payer.render()?;
    Ok(answer::page(StatusCode::OK, html, Policy::payer()))
}

/// JSON that can stand in a script element: no `<` can end it.
pub(crate) fn in_script(json: &serde_json::Value) -> String {
    json.to_string().replace('<', "\\u003c")
}

#[derive(Template)]
#[template(path = "examples.html")]
struct Examples<'a> {
    lang: &'a str,
    theme: &'a str,
    assets: String,
    config: String,
}

async fn examples(State(web): State<Web>, Extension(exchange): Extension<Exchange>) -> Answered {
    let frame = Frame::new(&exchange.wish, exchange.language);
    let theme = frame.theme.map_or("", Theme::as_str);
    let key = web.options().shop.as_ref().map(|shop| shop.publishable_key.clone());
    let config = in_script(&serde_json::json!({ "publishableKey": key, "shop": "/shop" }));
    let html = Examples { lang: frame.lang(), theme, assets: assets::root(), config }.render()?;
    Ok(answer::page(StatusCode::OK, html, Policy::shop()))
}

/// Where a phone's camera leads: the app reads the token behind the `#`, which no server's log has.
async fn scanned(Path(token): Path<String>) -> Answered {
    let is_token = (1..=TOKEN_CHARS_MAX).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !is_token {
        return Err(Problem::new(Code::NotFound).into());
    }
    Ok(Redirect::to(&format!("/app/#/q/{token}")).into_response())
}
