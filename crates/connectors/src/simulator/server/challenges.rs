//! The page on which a buyer passes or fails 3-D Secure: two buttons, and the way back.

mod page;

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{
    Acquirer,
    book::{Challenge, Challenged, Outcome},
    language::Language,
    reply,
};
use page::Note;

const STYLE: &str = include_str!("challenges/style.css");

/// Any checkout may show this page in a frame, and the answer to its form leads to any checkout.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors *; \
                      form-action *";

/// Who knows the address of a challenge may decide it: the next page is not told.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::VARY, "accept-language"),
];

pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (headers, STYLE).into_response()
}

pub(super) async fn show(
    State(acquirer): State<Arc<Acquirer>>,
    Path(challenge): Path<String>,
    headers: HeaderMap,
) -> Response {
    let now = acquirer.settings.clock.now();
    match acquirer.book.challenged(challenge, now).await {
        Ok(challenge) => shown(Language::of(&headers), &challenge),
        Err(error) => reply::book_failed(&error),
    }
}

/// Takes what the page's form sends.
pub(super) async fn decide(
    State(acquirer): State<Arc<Acquirer>>,
    Path(challenge): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let language = Language::of(&headers);
    let outcome = match body.as_ref() {
        b"decision=pass" => Outcome::Pass,
        b"decision=fail" => Outcome::Fail,
        _ => return document(StatusCode::BAD_REQUEST, page::note(language, Note::Undecided, None)),
    };
    let now = acquirer.settings.clock.now();
    let challenge = match acquirer.book.decide_challenge(challenge, outcome, now).await {
        Ok(challenge) => challenge,
        Err(error) => return reply::book_failed(&error),
    };
    match (&challenge.standing, &challenge.return_url) {
        (Challenged::Passed | Challenged::Failed, Some(url)) => (HEADERS, Redirect::to(url)).into_response(),
        (
            Challenged::Pending { .. }
            | Challenged::Passed
            | Challenged::Failed
            | Challenged::Expired
            | Challenged::NotFound,
            _,
        ) => shown(language, &challenge),
    }
}

fn shown(language: Language, challenge: &Challenge) -> Response {
    let (status, note) = match &challenge.standing {
        Challenged::Pending { amount, last4 } => {
            return document(StatusCode::OK, page::question(language, *amount, last4));
        }
        Challenged::Passed => (StatusCode::OK, Note::Passed),
        Challenged::Failed => (StatusCode::OK, Note::Failed),
        Challenged::Expired => (StatusCode::GONE, Note::Expired),
        Challenged::NotFound => (StatusCode::NOT_FOUND, Note::NotFound),
    };
    document(status, page::note(language, note, challenge.return_url.as_deref()))
}

fn document(status: StatusCode, html: String) -> Response {
    (status, HEADERS, Html(html)).into_response()
}
