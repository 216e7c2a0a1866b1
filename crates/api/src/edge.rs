//! The life of a request around its handler: who asks, in which language, whether they may, how it is answered
//! and measured. One layer, made once for each endpoint.

mod admission;
mod browser;
mod language;
mod measure;
mod rate;

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

pub(crate) use admission::{Pass, VERSION};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
pub(crate) use browser::preflight;
use futures_util::FutureExt;
use measure::Measure;
pub use measure::recorder;
pub(crate) use rate::{Exceeded, Rates};
use steelyard_app::{Code, Language, Problem};
use steelyard_domain::{RequestId, id::write_suffix, merchant::ApiKey};
use tower::{Layer, Service};

use crate::{
    Api,
    answer::Refusal,
    endpoint::{Callers, Terms},
};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// What is known of a request before its body is read.
#[derive(Clone)]
pub(crate) struct Exchange {
    /// `req_…`, as a header because it is one in every answer.
    request_id: HeaderValue,
    pub(crate) language: Language,
    /// The key it was admitted with; `None` where anyone may ask.
    pub(crate) key: Option<Arc<ApiKey>>,
    pub(crate) terms: Terms,
}

impl Exchange {
    pub(crate) fn open(headers: &HeaderMap, terms: Terms) -> Self {
        let mut text = String::with_capacity(30);
        text.push_str(RequestId::PREFIX);
        text.push('_');
        write_suffix(steelyard_app::clock::new_id(), &mut text);
        // Letters and digits: this is a header's value.
        let request_id = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("req_"));
        Self { request_id, language: language::of(headers), key: None, terms }
    }

    pub(crate) fn request_id(&self) -> &str {
        self.request_id.to_str().unwrap_or_default()
    }
}

/// Puts a [`Gate`] before an endpoint.
#[derive(Clone)]
pub(crate) struct GateLayer {
    door: Arc<Door>,
}

/// One endpoint, seen from outside.
pub(crate) struct Door {
    api: Api,
    terms: Terms,
    measure: Measure,
}

impl GateLayer {
    /// `route` and `method` are labels of the metrics.
    pub(crate) fn new(api: &Api, terms: Terms, method: &'static str, route: &str) -> Self {
        let measure = Measure::new(method, route);
        Self { door: Arc::new(Door { api: api.clone(), terms, measure }) }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { inner, door: Arc::clone(&self.door) }
    }
}

#[derive(Clone)]
pub(crate) struct Gate<S> {
    inner: S,
    door: Arc<Door>,
}

impl<S> Service<Request> for Gate<S>
where
    S: Service<Request, Error = Infallible> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let waiting = self.inner.clone();
        // The clone that was polled ready is the one to call.
        let inner = std::mem::replace(&mut self.inner, waiting);
        let door = Arc::clone(&self.door);
        Box::pin(async move { Ok(door.pass(inner, request).await) })
    }
}

/// The ticket in a query, which is made of letters that nobody escapes.
fn ticket(query: Option<&str>) -> Option<&str> {
    query?.split('&').find_map(|pair| pair.strip_prefix("ticket="))
}

impl Door {
    async fn pass<S>(&self, mut inner: S, mut request: Request) -> Response
    where
        S: Service<Request, Error = Infallible>,
        S::Response: IntoResponse,
    {
        #[expect(clippy::disallowed_methods, reason = "a duration is measured, nothing is decided by it")]
        let started = Instant::now();
        let mut exchange = Exchange::open(request.headers(), self.terms);
        let ill_framed = request.extensions().get().copied();
        let writes = !request.method().is_safe();
        let ticket = self.terms.tickets.then(|| ticket(request.uri().query())).flatten().map(str::to_owned);
        let admitted = self.api.admit(&mut exchange, request.headers(), ticket.as_deref(), ill_framed).await;
        let mut response = match admitted {
            Ok(()) => {
                request.extensions_mut().insert(exchange.clone());
                // Without this a panic would close the connection and leave the caller without an answer.
                match AssertUnwindSafe(inner.call(request)).catch_unwind().await {
                    Ok(Ok(response)) => response.into_response(),
                    Err(_) => {
                        tracing::error!(request_id = exchange.request_id(), "a handler panicked");
                        Refusal::from(Problem::new(Code::Internal)).into_response()
                    }
                }
            }
            Err(refusal) => refusal.into_response(),
        };
        if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
            response = refusal.answer(&exchange, response);
        }
        let status = response.status();
        if status.as_u16() == 500 {
            tracing::error!(request_id = exchange.request_id(), "answered 500");
            // A read that fails costs nobody else anything.
            if let Some(key) = exchange.key.as_ref().filter(|_| writes) {
                self.api.rates().exhaust(key);
            }
        }
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, exchange.request_id);
        if self.terms.callers == Callers::Browsers {
            browser::allow(headers);
        }
        #[expect(clippy::disallowed_methods, reason = "a duration is measured, nothing is decided by it")]
        let took = started.elapsed();
        self.measure.record(status.as_u16(), took, &self.api);
        response
    }
}

#[cfg(test)]
mod tests;
