//! Speaks HTML to people: the hosted checkout, the payer app, the example shops, and what their pages load.
//!
//! A page is a pure function of a view of the application's: no handler knows more than how to ask for one.

pub mod answer;
pub mod assets;
pub mod checkout;
pub mod edge;
pub mod format;
pub mod language;
pub mod page;
pub mod qr;
pub mod words;

mod payer;
mod shells;
mod shop;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, http::HeaderMap, http::header, middleware};
use edge::{BODY_BYTES_MAX, Edge};
use serde::Serialize;
use steelyard_app::{App, Code, Problem};
use steelyard_domain::Mode;
use tokio::sync::{Semaphore, watch};

/// Streams of changes that are open at once. Beyond it a page asks every few seconds instead, and says so.
const STREAMS_MAX: usize = 4_096;

/// What the binary decides about the pages.
#[derive(Debug, Clone)]
pub struct WebOptions {
    /// Where buyers reach this server, as `https://pay.example`; without it, whatever address they came by.
    pub public_url: Option<String>,
    /// Where issuers ask card holders: the acquirers' origins.
    pub challenge_origins: Vec<String>,
    /// In which world the payer app begins: the test world where a demonstration runs.
    pub payer_mode: Mode,
    /// Payers that the app shows to whoever wants to look around.
    pub demo_payers: Vec<DemoPayer>,
    /// The example shop; without one there is none.
    pub shop: Option<ShopOptions>,
    /// Forms from one address; `None` is no limit.
    pub posts_per_second: Option<u32>,
    /// Whether a proxy of ours stands before this server and says in headers who it speaks for.
    pub behind_proxy: bool,
    /// Becomes true when the server is told to stop: answers that would never end by themselves end then.
    pub closing: Option<watch::Receiver<bool>>,
}

/// A payer of a demonstration: test mode only, so nothing of it is a secret.
#[derive(Debug, Clone, Serialize)]
pub struct DemoPayer {
    pub name: String,
    pub email: String,
    pub password: String,
    pub pin: String,
    pub mode: &'static str,
}

/// Whose shop it is, and with which keys it asks.
#[derive(Clone)]
pub struct ShopOptions {
    /// Where the API is, as `http://127.0.0.1:8080`: the shop's client speaks no TLS.
    pub api: String,
    pub secret_key: String,
    pub publishable_key: String,
}

impl std::fmt::Debug for ShopOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShopOptions").field("api", &self.api).finish_non_exhaustive()
    }
}

impl Default for WebOptions {
    fn default() -> Self {
        Self {
            public_url: None,
            challenge_origins: Vec::new(),
            payer_mode: Mode::Live,
            demo_payers: Vec::new(),
            shop: None,
            posts_per_second: Some(10),
            behind_proxy: false,
            closing: None,
        }
    }
}

/// What every handler can reach.
#[derive(Clone)]
struct Web(Arc<Inner>);

struct Inner {
    app: App,
    options: WebOptions,
    streams: Arc<Semaphore>,
}

impl Web {
    fn app(&self) -> &App {
        &self.0.app
    }

    fn options(&self) -> &WebOptions {
        &self.0.options
    }

    /// `https://pay.example`, without a slash at its end.
    fn base_url(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.0.options.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let told = text("x-forwarded-proto").filter(|_| self.0.options.behind_proxy);
        let scheme = if told == Some("https") { "https" } else { "http" };
        format!("{scheme}://{}", text(header::HOST.as_str()).unwrap_or("localhost"))
    }
}

/// The pages of `app`, with what they load. It has no fallback: what is no page's address is the API's to answer. With
/// a shop it has to be made within a runtime.
pub fn router(app: App, options: WebOptions) -> Router {
    let edge = Edge::new(app.clock().clone(), options.posts_per_second, options.behind_proxy);
    let web = Web(Arc::new(Inner { app, options, streams: Arc::new(Semaphore::new(STREAMS_MAX)) }));
    let mut pages = checkout::routes().merge(shells::routes()).merge(payer::routes(&web)).with_state(web.clone());
    if let Some(options) = &web.options().shop {
        pages = pages.merge(shop::routes(web.clone(), options));
    }
    guarded(pages, edge).merge(assets::routes())
}

/// Puts the layer around pages: headers, limits, words for refusals.
pub fn guarded(pages: Router, edge: Edge) -> Router {
    pages
        .method_not_allowed_fallback(async || answer::Refusal::from(Problem::new(Code::MethodNotAllowed)))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(edge, edge::guard))
}
