//! Answers: pages, the wrapper around an object, and refusals, which are a page to a person and JSON to a script.

use std::time::Duration;

use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use steelyard_app::{
    Code, Outcome, Problem,
    problem::{Telling, success_body},
    view::to_json,
};

use crate::{
    edge::{Exchange, Policy},
    page::Frame,
    words::{self, Told, Words},
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
        let page = if exchange.wants_page { self.page(exchange).ok() } else { None };
        let (kind, body) = match page {
            Some(page) => ("text/html; charset=utf-8", page),
            None => ("application/json", self.json(exchange)),
        };
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Response::from_parts(parts, Body::from(body))
    }

    /// Who only looked has moved nothing, whatever kept them from seeing.
    fn moved(&self, exchange: &Exchange) -> Outcome {
        if exchange.is_read && !self.after_money { Outcome::None } else { self.problem.outcome() }
    }

    fn told(&self, exchange: &Exchange) -> Told {
        words::told(&self.problem, self.moved(exchange), exchange.language)
    }

    /// At the checkout the page's script shows it to a buyer; elsewhere it is for who wrote the request.
    fn json(&self, exchange: &Exchange) -> String {
        if exchange.checkout().is_none() {
            return self.problem.body(exchange.language, &exchange.request_id);
        }
        let Told { title, money, next } = self.told(exchange);
        let telling = Telling { message: title, money: Some(money), next: Some(next) };
        self.problem.in_words(&telling, &exchange.request_id)
    }

    fn page(&self, exchange: &Exchange) -> Result<String, askama::Error> {
        let words = Words::of(exchange.language);
        let frame = Frame::new(&exchange.wish, exchange.language);
        let unknown = self.moved(exchange) == Outcome::Unknown;
        let sentence = || self.problem.sentence(exchange.language);
        let (title, message, next) = match (self.problem.status(), exchange.checkout()) {
            (_, Some(_)) => {
                let Told { title, next, .. } = self.told(exchange);
                (title, String::new(), next)
            }
            (404, None) => (words.nowhere_title, String::new(), words.nowhere_next),
            (500.., None) => (words.broken_title, sentence(), words.broken_next),
            (_, None) => (words.refused_title, sentence(), words.refused_next),
        };
        let page = ProblemPage {
            words,
            title,
            message,
            unknown,
            money: self.told(exchange).money,
            next,
            request_id: &exchange.request_id,
            again: self.again(exchange, &frame, words),
            frame: &frame,
        };
        page.render()
    }

    /// What is to be pressed: the same address, where it only showed something; the checkout, where a form led away from it.
    fn again(&self, exchange: &Exchange, frame: &Frame, words: &'static Words) -> Option<(String, &'static str)> {
        let status = self.problem.status();
        if exchange.is_read {
            let only_showed = !self.after_money && status >= 500;
            return only_showed.then(|| (exchange.address.clone(), words.try_again));
        }
        let secret = exchange.checkout().filter(|_| status != 404)?;
        Some((format!("/c/{secret}{}", frame.query()), words.look_again))
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
    /// An address, and what its link says.
    again: Option<(String, &'static str)>,
}
