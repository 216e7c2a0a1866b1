//! Answers: pages, the wrapper around an object, and refusals, which are a page to a person and JSON to a script.

use std::time::Duration;

use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use steelyard_app::{Code, Outcome, Problem, problem::success_body, view::to_json};

use crate::{
    edge::{Exchange, Policy},
    page::Frame,
    words::Words,
};

/// What was wrong. The edge puts it into words, which knows the language and what the browser wants.
#[derive(Debug, Clone)]
pub struct Refusal {
    problem: Problem,
    wait: Option<Duration>,
    /// Whether something may have been charged before, whatever the method of the request.
    after_money: bool,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, wait: None, after_money: false }
    }
}

impl From<askama::Error> for Refusal {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a template could not be filled");
        Problem::new(Code::Internal).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        refusal.into_response()
    }
}

impl Refusal {
    /// Of an address that only looks like a read: something may have been charged before this went wrong.
    pub(crate) fn after_money(mut self) -> Self {
        self.after_money = true;
        self
    }

    /// When to come again.
    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// The whole answer. `carrier` may bring a policy and headers along.
    pub(crate) fn answer(self, exchange: &Exchange, carrier: Response) -> Response {
        let (mut parts, _) = carrier.into_parts();
        parts.status = StatusCode::from_u16(self.problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait = self.wait.map(|wait| wait.as_secs().saturating_add(1));
        let wait = wait.or_else(|| (parts.status == StatusCode::SERVICE_UNAVAILABLE).then_some(2));
        if let Some(seconds) = wait {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let page = if exchange.wants_page {
            problem_page(&self.problem, exchange, exchange.is_read && !self.after_money).ok()
        } else {
            None
        };
        let (kind, body) = match page {
            Some(page) => ("text/html; charset=utf-8", page),
            None => ("application/json", self.problem.body(exchange.language, &exchange.request_id)),
        };
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Response::from_parts(parts, Body::from(body))
    }
}

/// An object, wrapped.
pub fn data(exchange: &Exchange, data: &impl Serialize) -> Response {
    let body = success_body(&to_json(data), exchange.language, &exchange.request_id);
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A page with its policy.
pub fn page(status: StatusCode, html: String, policy: Policy) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.extensions_mut().insert(policy);
    response
}

/// The sentence of a refusal, without the rest of its body.
#[must_use]
pub fn sentence(problem: &Problem, language: steelyard_app::Language) -> String {
    let body: serde_json::Value = serde_json::from_str(&problem.body(language, "")).unwrap_or_default();
    body["message"].as_str().unwrap_or_default().to_owned()
}

/// Whether money may have moved.
#[must_use]
pub fn is_uncertain(problem: &Problem) -> bool {
    match problem.outcome.unwrap_or(problem.code.facts().outcome) {
        Outcome::None => false,
        Outcome::Unknown | Outcome::Done => true,
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: &'a Frame,
    words: &'static Words,
    title: &'static str,
    message: String,
    unknown: bool,
    money: &'static str,
    next: &'static str,
    request_id: &'a str,
    again: Option<&'a str>,
}

fn problem_page(problem: &Problem, exchange: &Exchange, is_read: bool) -> Result<String, askama::Error> {
    let words = Words::of(exchange.language);
    let of_checkout = exchange.address.starts_with("/c/");
    let (title, next, message) = match (problem.status(), of_checkout) {
        (404, true) => (words.missing_title, words.missing_next, String::new()),
        (404, false) => (words.nowhere_title, words.nowhere_next, String::new()),
        (500.., _) => (words.broken_title, words.broken_next, sentence(problem, exchange.language)),
        (_, _) => (words.refused_title, words.refused_next, sentence(problem, exchange.language)),
    };
    let unknown = is_uncertain(problem) && !is_read;
    let page = ProblemPage {
        frame: &Frame::new(&exchange.wish, exchange.language),
        words,
        title,
        message,
        unknown,
        money: if unknown { words.maybe_money } else { words.no_money },
        next,
        request_id: &exchange.request_id,
        // A form is not posted again by a link; its page is one step back.
        again: Some(exchange.address.as_str()).filter(|_| is_read && problem.status() >= 500),
    };
    page.render()
}
