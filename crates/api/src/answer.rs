//! Answers: the wrapper around an object, and refusals.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use steelyard_app::{Code, Problem, problem::success_body, request::Reply, view::to_json};
use utoipa::ToSchema;

use crate::{
    edge::{Exceeded, Exchange},
    fault::Fault,
    idempotency::IDEMPOTENT_REPLAYED,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const RATE_REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RATE_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// What was wrong. It is put into words where the caller's language and the request's id are known: by the
/// edge, which finds it among the response's extensions.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Box<Refused>);

#[derive(Debug, Clone)]
struct Refused {
    cause: Cause,
    /// When to come again.
    wait: Option<Exceeded>,
    /// The rest of the request cannot be relied on or will not be read.
    closes: bool,
}

#[derive(Debug, Clone)]
enum Cause {
    Problem(Problem),
    Fault(Fault),
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        Self(Box::new(Refused { cause, wait: None, closes: false }))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::from(Cause::Problem(problem))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::from(Cause::Fault(fault))
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Self {
        let mut refusal = Self::from(Problem::new(Code::RateLimited));
        refusal.0.wait = Some(exceeded);
        refusal
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

impl Refusal {
    /// Closes the connection behind the answer.
    pub(crate) fn closing(mut self) -> Self {
        self.0.closes = true;
        self
    }

    /// The whole answer. `carrier` may bring headers along, as `Allow` does.
    pub(crate) fn answer(self, exchange: &Exchange, carrier: Response) -> Response {
        let Refused { cause, wait, closes } = *self.0;
        let problem = match cause {
            Cause::Problem(problem) => problem,
            Cause::Fault(fault) => fault.problem(exchange.language),
        };
        let (mut parts, _) = carrier.into_parts();
        parts.status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = &mut parts.headers;
        headers.insert(header::CONTENT_TYPE, JSON);
        headers.insert(header::CACHE_CONTROL, NO_STORE);
        if parts.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"steelyard\""));
        }
        if parts.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, spread(exchange.request_id()));
        }
        // A key's requests have a wait of their own, below; for a merchant's streams nobody knows.
        if matches!(problem.code, Code::RequestInProgress | Code::RateLimited) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(Exceeded { limit, wait }) = wait {
            let seconds = HeaderValue::from(whole_seconds(wait));
            headers.insert(header::RETRY_AFTER, seconds.clone());
            headers.insert(RATE_LIMIT, HeaderValue::from(limit));
            headers.insert(RATE_REMAINING, HeaderValue::from_static("0"));
            headers.insert(RATE_RESET, seconds);
        }
        if closes {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Response::from_parts(parts, Body::from(problem.body(exchange.language, exchange.request_id())))
    }
}

/// At least one: a caller that comes again at once is refused again.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX).max(1)
}

/// One to three seconds, spread by the request's id: callers that were refused together do not return together.
fn spread(request_id: &str) -> HeaderValue {
    let last = request_id.bytes().last().unwrap_or_default();
    HeaderValue::from(1 + u16::from(last % 3))
}

/// A stored or fresh answer of the application, whose body is whole.
pub(crate) fn reply(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, reply.body);
    if reply.replayed {
        response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// An object, wrapped.
pub(crate) fn data(exchange: &Exchange, data: &impl Serialize) -> Response {
    let body = success_body(&to_json(data), exchange.language, exchange.request_id());
    json(StatusCode::OK, body)
}

/// An object just made, wrapped.
pub(crate) fn created(exchange: &Exchange, data: &impl Serialize) -> Response {
    let body = success_body(&to_json(data), exchange.language, exchange.request_id());
    json(StatusCode::CREATED, body)
}

pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// What every success looks like.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `success_body` writes")]
pub(crate) struct Answer<T> {
    #[schema(example = "OK")]
    code: String,
    #[schema(example = "OK")]
    message: String,
    data: T,
    #[schema(example = "req_01j0000000e008000000000001")]
    request_id: String,
}

/// What every refusal looks like.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `Problem::body` writes")]
pub(crate) struct RefusedAnswer {
    /// Stable; all of them are at /docs/errors.
    #[schema(example = "INVALID_REQUEST")]
    code: String,
    /// In the language of `Accept-Language`: `ko` or `en`.
    #[schema(example = "The request is not valid: amount must lie between 1 and 1000000000000")]
    message: String,
    /// Always null.
    #[schema(value_type = Option<Object>)]
    data: Option<()>,
    error: RefusedDetail,
    #[schema(example = "req_01j0000000e008000000000001")]
    request_id: String,
}

#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefusedError)]
#[expect(dead_code, reason = "describes what `Problem::body` writes")]
pub(crate) struct RefusedDetail {
    #[serde(rename = "type")]
    #[schema(example = "invalidRequest")]
    kind: String,
    /// The field it is about, by its path.
    #[schema(example = "amount", nullable = false)]
    param: Option<String>,
    /// The acquirer's reason, where it declined.
    #[schema(nullable = false)]
    decline_code: Option<String>,
    /// There as soon as a payment exists.
    #[schema(nullable = false)]
    payment_id: Option<String>,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// Whether money moved: `none`, `unknown` or `done`.
    #[schema(example = "none")]
    outcome: String,
    #[schema(example = "/docs/errors#INVALID_REQUEST")]
    doc_url: String,
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;
    use crate::endpoint::Terms;

    fn answered(refusal: Refusal) -> Response {
        let exchange = Exchange::open(&HeaderMap::new(), Terms::OPEN);
        refusal.answer(&exchange, Response::new(Body::empty()))
    }

    #[test]
    fn what_is_ours_says_when_to_come_again_and_not_to_all_the_same() {
        let mut waits = std::collections::BTreeSet::new();
        for _ in 0..200 {
            for code in [Code::Overloaded, Code::DatabaseUnavailable, Code::ConnectorUnavailable, Code::OutcomeUnknown]
            {
                let response = answered(Problem::new(code).into());
                assert_eq!(response.status(), 503);
                waits.insert(response.headers()[header::RETRY_AFTER].to_str().unwrap().to_owned());
            }
        }
        assert_eq!(waits.into_iter().collect::<Vec<_>>(), ["1", "2", "3"]);
        let theirs = answered(Problem::new(Code::NotFound).into());
        assert!(!theirs.headers().contains_key(header::RETRY_AFTER));
        assert!(!theirs.headers().contains_key(header::CONNECTION));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_and_never_none() {
        for (millis, seconds) in [(0, 1), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (90_000, 90)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds);
        }
    }
}
