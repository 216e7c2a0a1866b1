//! `/c/{secret}`: a checkout session's page, its state, and what a buyer can do there. No cookie: who has the secret
//! is the buyer.

mod body;
mod events;
mod in_app;
mod page;
mod tender;

use axum::{
    Router,
    extract::{FromRequestParts, Path, Query, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::map_response,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use body::Sent;
pub(crate) use body::{missing, of_json, read as read_body};
pub(crate) use events::{BUFFERING, LIFE, RETRY, pings, stopped};
pub use in_app::{Escape, escape};
pub use page::{Alert, BankPage, Stage, Surroundings, render, returned};
use serde::Deserialize;
use steelyard_app::{
    Code, Language, Problem,
    checkout::{BrowserCall, Visit},
    view::CheckoutView,
};
use steelyard_domain::AttemptId;
use tender::AttemptBody;
pub(crate) use tender::{expiry, of_card, wrong};

use crate::{
    Web, answer,
    answer::Refusal,
    edge::{Exchange, Policy},
    language,
    page::{Frame, origin_of},
};

const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

type Answered = Result<Response, Refusal>;

/// With the picture of the code, which is no business of the application's.
fn drawn(mut view: CheckoutView) -> CheckoutView {
    if let Some(qr) = &mut view.qr {
        qr.svg = crate::qr::svg(&qr.url);
    }
    view
}

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{secret}", get(show))
        .route("/c/{secret}/state", get(state).layer(map_response(open_to_all)))
        .route("/c/{secret}/events", get(events::stream))
        .route("/c/{secret}/attempts", post(attempt))
        .route("/c/{secret}/extend", post(extend))
        .route("/c/{secret}/return", get(come_back))
        .route("/c/{secret}/test/deposit", post(deposit))
        .route("/c/{secret}/{*rest}", get(async || Refusal::from(Problem::new(Code::NotFound))))
}

/// A request at the checkout, whose session is known.
pub(crate) struct Desk {
    web: Web,
    visit: Visit,
    secret: String,
    exchange: Exchange,
    headers: HeaderMap,
}

impl FromRequestParts<Web> for Desk {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        let unknown = |_| Problem::new(Code::NotFound);
        let Path(secret) = Path::<String>::from_request_parts(parts, web).await.map_err(unknown)?;
        let exchange = parts.extensions.get::<Exchange>().cloned();
        let mut exchange = exchange.ok_or_else(|| Problem::new(Code::Internal))?;
        let headers = parts.headers.clone();
        let visit = web.app().checkout_visit(&secret, &web.base_url(&headers)).await?;
        exchange.language = language::choose(exchange.wish.lang.as_deref(), Some(visit.locale.as_str()), &headers);
        Ok(Self { web: web.clone(), visit, secret, exchange, headers })
    }
}

impl Desk {
    const fn language(&self) -> Language {
        self.exchange.language
    }

    async fn view(&self) -> Result<CheckoutView, Problem> {
        self.web.app().checkout_view(&self.visit, self.language()).await.map(drawn)
    }

    fn call(&self) -> BrowserCall {
        let request_id = self.exchange.request_id.clone();
        BrowserCall { language: self.language(), request_id }
    }

    fn policy(&self) -> Policy {
        let challenges = &self.web.options().challenge_origins;
        Policy::checkout(self.visit.origins.iter().map(String::as_str), challenges.iter().map(String::as_str))
    }

    /// Whether our policy lets the bank's page be shown in ours, and a form lead to it.
    fn may_frame(&self, view: &CheckoutView) -> bool {
        let bank = view.challenge.as_ref().and_then(|challenge| origin_of(&challenge.url));
        let known = |bank: &str| self.web.options().challenge_origins.iter().any(|origin| origin == bank);
        bank.is_none_or(|bank| known(bank) || bank == self.web.base_url(&self.headers))
    }

    fn frame(&self) -> Frame {
        Frame::new(&self.exchange.wish, self.language())
    }

    /// Back to the page, as its address was.
    fn address(&self) -> String {
        format!("/c/{}{}", self.secret, self.frame().query())
    }

    fn page(&self, status: StatusCode, view: &CheckoutView, alert: Option<Alert>) -> Answered {
        let frame = self.frame();
        let base = self.web.base_url(&self.headers);
        let agent = self.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        // Only pages that the shop has registered hear of anything, and our own shops.
        let may_listen = |origin: &&String| **origin == base || self.visit.origins.contains(*origin);
        let surroundings = Surroundings {
            listener: frame.origin.as_ref().filter(may_listen).cloned(),
            escape: escape(agent, &format!("{base}{}", self.address())).filter(|_| frame.embed.is_none()),
            frame,
            secret: self.secret.clone(),
            key: steelyard_app::clock::new_id().to_string(),
            bank: if self.may_frame(view) { BankPage::Framed } else { BankPage::Whole },
            alert,
        };
        Ok(answer::page(status, render(view, &surroundings)?, self.policy()))
    }

    /// To a script the view; to a form the page, or the issuer's where it asks something.
    fn moved(&self, sent: Sent, view: &CheckoutView) -> Response {
        match sent {
            Sent::Json => answer::data(&self.exchange, view),
            Sent::Form => {
                // In a shop's frame the page stays around the bank's, which may refuse to be in one: it knows the way out.
                let leads_on = self.may_frame(view) && self.frame().embed.is_none();
                let challenge = view.challenge.as_ref().filter(|_| leads_on);
                let challenge = challenge.map(|challenge| challenge.url.clone());
                let mut response = Redirect::to(&challenge.unwrap_or_else(|| self.address())).into_response();
                response.extensions_mut().insert(self.policy());
                response
            }
        }
    }

    /// A form that was refused is shown again with the reason; a script gets the reason alone.
    async fn refused(&self, sent: Sent, problem: Problem) -> Answered {
        match sent {
            Sent::Json => Err(problem.into()),
            Sent::Form => {
                let view = self.view().await?;
                let alert = Alert::of(&problem, self.language());
                let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
                self.page(status, &view, Some(alert))
            }
        }
    }

    async fn answer(&self, sent: Sent, outcome: Result<CheckoutView, Problem>) -> Answered {
        match outcome.map(drawn) {
            Ok(view) => Ok(self.moved(sent, &view)),
            Err(problem) => self.refused(sent, problem).await,
        }
    }
}

async fn show(desk: Desk) -> Answered {
    let view = desk.view().await?;
    desk.page(StatusCode::OK, &view, None)
}

/// The page a buyer returns to is the shop's, and its script asks from there; refusals it must be able to read, too.
async fn open_to_all(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn state(desk: Desk) -> Answered {
    let view = desk.view().await?;
    Ok(answer::data(&desk.exchange, &view))
}

async fn attempt(desk: Desk, request: Request) -> Answered {
    let sent = Sent::of(request.headers());
    let body: AttemptBody = match body::read(request).await {
        Ok(body) => body,
        Err(problem) => return desk.refused(sent, problem).await,
    };
    let now = desk.web.app().clock().now();
    let tender = match body.tender(&desk.headers, desk.visit.mode, now) {
        Ok(tender) => tender,
        Err(problem) => return desk.refused(sent, problem).await,
    };
    let outcome = desk.web.app().checkout_pay(&desk.visit, tender, desk.call()).await;
    desk.answer(sent, outcome).await
}

async fn extend(desk: Desk) -> Answered {
    let outcome = desk.web.app().checkout_extend(&desk.visit, desk.language()).await;
    desk.answer(Sent::of(&desk.headers), outcome).await
}

async fn deposit(desk: Desk) -> Answered {
    let outcome = desk.web.app().checkout_test_deposit(&desk.visit, desk.language()).await;
    desk.answer(Sent::of(&desk.headers), outcome).await
}

#[derive(Deserialize)]
struct Return {
    attempt: String,
}

/// Where the issuer leads the buyer back to. What came of it is the session's to show: a decline, or a step that was
/// taken already, is no error of this address.
async fn come_back(desk: Desk, query: Result<Query<Return>, axum::extract::rejection::QueryRejection>) -> Answered {
    let attempt = query.ok().and_then(|Query(Return { attempt })| AttemptId::parse(&attempt).ok());
    let attempt = attempt.ok_or_else(|| Problem::new(Code::NotFound).detail("attempt").param("attempt"))?;
    let outcome = desk.web.app().checkout_return(&desk.visit, attempt, desk.call()).await;
    if let Err(problem) = outcome.as_ref().map_err(Clone::clone)
        && (problem.status() >= 500 || problem.code == Code::NotFound)
    {
        // Seen in the bank's frame too, which the policy of other refusals would leave empty.
        let mut response = Refusal::from(problem).after_money().into_response();
        response.extensions_mut().insert(desk.policy());
        return Ok(response);
    }
    if desk.headers.get(FETCH_DEST).is_some_and(|dest| dest == "iframe") {
        let html = returned(&desk.frame(), &desk.address())?;
        return Ok(answer::page(StatusCode::OK, html, desk.policy()));
    }
    Ok(Redirect::to(&desk.address()).into_response())
}
