//! The page on which a buyer passes or fails 3-D Secure: two buttons.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use steelyard_domain::Money;

use super::{
    Acquirer,
    book::{BookError, Challenged, Outcome},
    reply,
};

pub(super) async fn show(State(acquirer): State<Arc<Acquirer>>, Path(challenge): Path<String>) -> Response {
    let now = acquirer.settings.clock.now();
    page(acquirer.book.challenged(challenge, now).await)
}

/// Takes what the page's form sends.
pub(super) async fn decide(
    State(acquirer): State<Arc<Acquirer>>,
    Path(challenge): Path<String>,
    body: Bytes,
) -> Response {
    let outcome = match body.as_ref() {
        b"decision=pass" => Outcome::Pass,
        b"decision=fail" => Outcome::Fail,
        _ => return (StatusCode::BAD_REQUEST, Html(note("Neither passed nor failed"))).into_response(),
    };
    let now = acquirer.settings.clock.now();
    page(acquirer.book.decide_challenge(challenge, outcome, now).await)
}

fn page(challenged: Result<Challenged, BookError>) -> Response {
    let (status, html) = match challenged {
        Ok(Challenged::Pending { amount, last4 }) => (StatusCode::OK, form(amount, &last4)),
        Ok(Challenged::Passed) => (StatusCode::OK, note("Passed. You may close this page.")),
        Ok(Challenged::Failed) => (StatusCode::OK, note("Failed. You may close this page.")),
        Ok(Challenged::Expired) => (StatusCode::GONE, note("This page has expired.")),
        Ok(Challenged::NotFound) => (StatusCode::NOT_FOUND, note("There is no such page.")),
        Err(error) => return reply::book_failed(&error),
    };
    (status, Html(html)).into_response()
}

/// Nothing in here comes from outside but an amount and four digits, so nothing needs escaping.
fn form(amount: Money, last4: &str) -> String {
    document(&format!(
        "<h1>Confirm your payment</h1>\n\
         <p>Card ending in {last4}, {amount}.</p>\n\
         <form method=\"post\">\n\
         <button name=\"decision\" value=\"pass\">Pass</button>\n\
         <button name=\"decision\" value=\"fail\">Fail</button>\n\
         </form>"
    ))
}

fn note(text: &str) -> String {
    document(&format!("<h1>{text}</h1>"))
}

fn document(body: &str) -> String {
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Simulated 3-D Secure</title>\n\
         {body}\n\
         </html>\n"
    )
}
