//! The life of a request around its handler: its id and language, how often its sender may post, what its answer's
//! headers forbid the browser, and how a refusal or a panic is told.

mod address;
mod policy;
mod rate;
mod shrink;

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt as _;
pub use policy::Policy;
use rate::Rates;
use steelyard_app::{Clock, Code, Language, Problem};
use steelyard_domain::{RequestId, id::write_suffix};

use crate::{answer::Refusal, assets::Encoding, language, page::Wish};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
/// A form or a body of JSON with everything a buyer could type is a fraction of this.
pub const BODY_BYTES_MAX: usize = 65_536;

/// What is known of a request before its handler is asked.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// `req_…`
    pub request_id: String,
    /// Without regard to any session.
    pub language: Language,
    /// Whether a person waits for a page, and not a script for JSON.
    pub wants_page: bool,
    /// Path and query, to try again.
    pub address: String,
    pub is_read: bool,
    pub wish: Wish,
}

impl Exchange {
    fn open(request: &Request) -> Self {
        let mut request_id = String::with_capacity(30);
        request_id.push_str(RequestId::PREFIX);
        request_id.push('_');
        write_suffix(steelyard_app::clock::new_id(), &mut request_id);
        let wish = axum::extract::Query::<Wish>::try_from_uri(request.uri()).map(|wish| wish.0).unwrap_or_default();
        Self {
            request_id,
            language: language::choose(wish.lang.as_deref(), None, request.headers()),
            wants_page: wants_page(request.headers()),
            address: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            is_read: request.method().is_safe(),
            wish,
        }
    }
}

impl Exchange {
    /// The secret in the address, at the checkout.
    #[must_use]
    pub fn checkout(&self) -> Option<&str> {
        self.address.strip_prefix("/c/")?.split(['/', '?']).next()
    }
}

/// A browser that goes somewhere says that it wants HTML; a script's `fetch` does not.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// What the layer needs.
#[derive(Clone)]
pub struct Edge(Arc<Inner>);

struct Inner {
    rates: Rates,
    behind_proxy: bool,
}

impl Edge {
    /// `posts_per_second` is for one address; `None` is no limit. Behind a proxy, addresses are what the proxy says.
    #[must_use]
    pub fn new(clock: Clock, posts_per_second: Option<u32>, behind_proxy: bool) -> Self {
        Self(Arc::new(Inner { rates: Rates::new(clock, posts_per_second), behind_proxy }))
    }
}

/// The layer, for `axum::middleware::from_fn_with_state`.
pub async fn guard(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let exchange = Exchange::open(&request);
    let accepts_gzip = Encoding::Gzip.is_accepted(request.headers());
    let mut response = match admit(&edge, &request) {
        Ok(()) => {
            request.extensions_mut().insert(exchange.clone());
            // Without this a panic would close the connection and leave the buyer without a word.
            AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
                tracing::error!(request_id = exchange.request_id, "a handler panicked");
                Refusal::from(Problem::new(Code::Internal)).into()
            })
        }
        Err(refusal) => refusal.into(),
    };
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        response = refusal.answer(&exchange, response);
    }
    if response.status().as_u16() == 500 {
        tracing::error!(request_id = exchange.request_id, "answered 500");
    }
    let policy = response.extensions_mut().remove::<Policy>().unwrap_or_default();
    let headers = response.headers_mut();
    policy.write(headers);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::try_from(&exchange.request_id) {
        headers.insert(REQUEST_ID, value);
    }
    shrink::shrink(accepts_gzip, response).await
}

fn admit(edge: &Edge, request: &Request) -> Result<(), Refusal> {
    if request.method() != Method::POST {
        return Ok(());
    }
    let sender = address::of(request, edge.0.behind_proxy);
    edge.0.rates.take(sender).map_err(|wait| Refusal::from(Problem::new(Code::RateLimited)).after(wait))
}
