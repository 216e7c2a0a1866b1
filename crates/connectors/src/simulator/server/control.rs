//! What is not part of the acquirer's protocol: the faults, and the book as the truth to compare with.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    Acquirer,
    book::PAGE_ENTRIES_MAX,
    faults::{Fault, Shown},
    reply,
};

const PAGE_ENTRIES_DEFAULT: u32 = 100;

type Shared = State<Arc<Acquirer>>;

#[derive(Serialize)]
struct Refused {
    message: String,
}

fn refused(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(Refused { message: message.to_owned() })).into_response()
}

pub(super) async fn arm(State(acquirer): Shared, body: Bytes) -> Response {
    let fault: Fault = match serde_json::from_slice(&body) {
        Ok(fault) => fault,
        // No card number belongs here, so what is wrong may be said in full.
        Err(error) => return refused(&error.to_string()),
    };
    match acquirer.faults.arm(fault) {
        Ok(shown) => (StatusCode::CREATED, Json(shown)).into_response(),
        Err(why) => refused(why),
    }
}

#[derive(Serialize)]
struct Listed {
    faults: Vec<Shown>,
}

pub(super) async fn list(State(acquirer): Shared) -> Response {
    Json(Listed { faults: acquirer.faults.list() }).into_response()
}

pub(super) async fn clear(State(acquirer): Shared, Path(id): Path<u64>) -> StatusCode {
    if acquirer.faults.clear(id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

pub(super) async fn clear_all(State(acquirer): Shared) -> StatusCode {
    acquirer.faults.clear_all();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    #[serde(default)]
    after: i64,
    limit: Option<u32>,
}

pub(super) async fn book_page(State(acquirer): Shared, Query(query): Query<PageQuery>) -> Response {
    let limit = query.limit.unwrap_or(PAGE_ENTRIES_DEFAULT);
    if limit == 0 || limit > PAGE_ENTRIES_MAX {
        return refused("limit is 1 to 1000");
    }
    match acquirer.book.page(query.after, limit).await {
        Ok(page) => Json(page).into_response(),
        Err(error) => reply::book_failed(&error),
    }
}
