//! The card mock itself: a table of cards, and two questions about them.

mod cards;

use axum::{
    Json, Router,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use tokio::net::TcpListener;

use super::wire::{Approve, Refused, Validate, Verdict};
use crate::{listen::listen, simulator::server::Clock};
use cards::Refusal;

const REQUEST_BYTES_MAX: usize = 4 * 1024;

/// Serves the card mock until `shutdown` ends.
pub async fn serve(listener: TcpListener, clock: Clock, shutdown: impl Future<Output = ()> + Send) {
    let router = Router::new()
        .route(
            "/mock/card/validate",
            post({
                let clock = clock.clone();
                async move |body: Bytes| validate(&clock, &body)
            }),
        )
        .route("/mock/card/approve", post(async move |body: Bytes| approve(&clock, &body)))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX));
    listen(listener, router, shutdown).await;
}

fn validate(clock: &Clock, body: &[u8]) -> Response {
    let Ok(request) = serde_json::from_slice::<Validate<'_>>(body) else { return unreadable() };
    answer(&request.card_number, cards::validate(&request, clock.now()))
}

fn approve(clock: &Clock, body: &[u8]) -> Response {
    let Ok(request) = serde_json::from_slice::<Approve<'_>>(body) else { return unreadable() };
    if request.amount <= 0 {
        return unreadable();
    }
    answer(&request.card_number, cards::approve(&request.card_number, clock.now()))
}

fn answer(card_number: &str, verdict: Result<(), Refusal>) -> Response {
    match verdict {
        Ok(()) => Json(Verdict { card_number: card_number.into(), is_valid: true }).into_response(),
        Err(refusal) => {
            let status = match refusal {
                Refusal::NotFound => StatusCode::NOT_FOUND,
                Refusal::WrongExpiryDate
                | Refusal::WrongCvc
                | Refusal::WrongCardCompany
                | Refusal::NotValid
                | Refusal::Expired => StatusCode::BAD_REQUEST,
            };
            refused(status, refusal.code(), refusal.message())
        }
    }
}

fn unreadable() -> Response {
    refused(StatusCode::BAD_REQUEST, "BAD_REQUEST", "not this protocol")
}

fn refused(status: StatusCode, code: &'static str, message: &'static str) -> Response {
    (status, Json(Refused { code: code.into(), message: message.into() })).into_response()
}
