//! `/app/api`: what the payer app asks for. A cookie says who asks, which only pages of ours can make a browser send.

mod account;
mod body;
mod confirm;
mod cookie;

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use steelyard_app::{App, Code, Language, Problem, Visitor};

use crate::{Web, answer::Refusal, edge::Exchange};

pub(super) type Answered = Result<Response, Refusal>;

pub(crate) fn routes(web: &Web) -> Router<Web> {
    let api = Router::new()
        .route("/sign-up", post(account::sign_up))
        .route("/sign-in", post(account::sign_in))
        .route("/sign-out", post(account::sign_out))
        .route("/me", get(account::me))
        .route("/banks", get(account::banks))
        .route("/cards", post(account::add_card))
        .route("/cards/{id}", delete(account::remove_card))
        .route("/top-ups", post(account::top_up))
        .route("/redeem", post(account::redeem))
        .route("/history", get(account::history))
        .route("/payments/{id}", get(account::receipt))
        .route("/qr/resolve", post(confirm::resolve))
        .route("/confirm/{id}", get(confirm::show))
        .route("/confirm/{id}/touch", post(confirm::touch))
        .route("/confirm/{id}/leave", post(confirm::leave))
        .route("/confirm/{id}/approve", post(confirm::approve))
        .route("/{*rest}", get(async || Refusal::from(Problem::new(Code::NotFound))))
        .layer(middleware::from_fn_with_state(web.clone(), from_our_pages));
    Router::new().nest("/app/api", api)
}

/// What changes something comes from a page of ours. The cookie is `SameSite=Strict` already; this does not rely on it.
async fn from_our_pages(State(web): State<Web>, request: Request, next: Next) -> Response {
    let is_ours = request.method().is_safe() || comes_from(&web, request.headers());
    if is_ours {
        return next.run(request).await;
    }
    let origin = request.headers().get("origin").and_then(|origin| origin.to_str().ok()).unwrap_or("null");
    let problem = Problem::new(Code::OriginNotAllowed).detail(origin);
    Refusal::from(problem).into_response()
}

fn comes_from(web: &Web, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) if site != "same-origin" => false,
        (_, Some(origin)) => origin == web.base_url(headers),
        // A browser that says neither is none that a page could have made ask.
        (Some(_) | None, None) => true,
    }
}

/// A payer who is signed in, and how they are spoken to.
pub(super) struct SignedIn {
    pub(super) app: App,
    pub(super) visitor: Visitor,
    pub(super) exchange: Exchange,
}

impl SignedIn {
    pub(super) const fn language(&self) -> Language {
        self.exchange.language
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        let exchange = Extension::<Exchange>::from_request_parts(parts, web).await;
        let Extension(exchange) = exchange.map_err(|_| Problem::new(Code::Internal))?;
        let nobody = || Problem::new(Code::SignInRequired);
        let token = cookie::token(&parts.headers).ok_or_else(nobody)?;
        let visitor = web.app().payer_of_session(&token).await?.ok_or_else(nobody)?;
        Ok(Self { app: web.app().clone(), visitor, exchange })
    }
}

/// In a task of its own: a phone that loses its connection cannot stop it half-way.
pub(super) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a payer's request ended without an answer");
        Err(Problem::new(Code::Internal))
    })
}
