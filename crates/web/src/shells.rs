//! Pages whose scripts say the rest: the payer app and the examples. Their JSON has routes of its own.

use askama::Template;
use axum::{
    Extension, Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use steelyard_app::{Code, Problem};

use crate::{
    Web, answer,
    answer::Refusal,
    edge::{Exchange, Policy},
    page::Frame,
    words::Words,
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
    frame: &'a Frame,
    words: &'static Words,
}

async fn payer(Extension(exchange): Extension<Exchange>) -> Answered {
    let frame = Frame::new(&exchange.wish, exchange.language);
    let html = Payer { frame: &frame, words: Words::of(exchange.language) }.render()?;
    Ok(answer::page(StatusCode::OK, html, Policy::payer()))
}

#[derive(Template)]
#[template(path = "examples.html")]
struct Examples<'a> {
    frame: &'a Frame,
    words: &'static Words,
}

async fn examples(Extension(exchange): Extension<Exchange>) -> Answered {
    let frame = Frame::new(&exchange.wish, exchange.language);
    let html = Examples { frame: &frame, words: Words::of(exchange.language) }.render()?;
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
