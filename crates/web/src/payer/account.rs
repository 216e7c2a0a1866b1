//! Who a payer is and what they have: signing up and in, cards, money in, history.

use axum::{
    Extension,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use steelyard_app::{
    Code, Language, Problem, SignedIn as Session, TopUp, TopUpSource,
    request::{NewPayer, NewVaultCard, Secret, SignIn},
};
use steelyard_domain::{Bank, PaymentId, VaultCardId, gift_card::GiftCode};

use super::{
    Answered, SignedIn,
    body::{CardBody, RedeemBody, SignInBody, SignUpBody, Source, TopUpBody, mode, pin},
    cookie, whole,
};
use crate::{
    Web, answer,
    checkout::{read_body, wrong},
    edge::Exchange,
};

/// Rows of a page of history.
const HISTORY_PAGE: i64 = 20;
/// Characters of an `Idempotency-Key`.
const KEY_CHARS_MAX: usize = 255;

fn signed_in(web: &Web, exchange: &Exchange, headers: &HeaderMap, session: &Session) -> Response {
    let mut response = answer::data(exchange, &session.payer);
    let secure = web.base_url(headers).starts_with("https://");
    let now = web.app().clock().now();
    let cookie = cookie::keep(session.token.expose(), now, session.expires_at, secure);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

pub(super) async fn sign_up(
    State(web): State<Web>,
    Extension(exchange): Extension<Exchange>,
    request: Request,
) -> Answered {
    let headers = request.headers().clone();
    let body: SignUpBody = read_body(request).await?;
    let new = NewPayer {
        mode: mode(&body.mode)?,
        email: body.email,
        name: body.name,
        password: Secret::new(body.password),
        pin: Secret::new(body.pin),
    };
    let session = web.app().sign_up(new).await?;
    Ok(signed_in(&web, &exchange, &headers, &session))
}

pub(super) async fn sign_in(
    State(web): State<Web>,
    Extension(exchange): Extension<Exchange>,
    request: Request,
) -> Answered {
    let headers = request.headers().clone();
    let body: SignInBody = read_body(request).await?;
    let sign_in = SignIn { mode: mode(&body.mode)?, email: body.email, password: Secret::new(body.password) };
    let session = web.app().sign_in(sign_in).await?;
    Ok(signed_in(&web, &exchange, &headers, &session))
}

#[derive(Serialize)]
struct Nothing {}

pub(super) async fn sign_out(
    State(web): State<Web>,
    Extension(exchange): Extension<Exchange>,
    headers: HeaderMap,
) -> Answered {
    if let Some(token) = cookie::token(&headers) {
        web.app().sign_out(&token).await?;
    }
    let mut response = answer::data(&exchange, &Nothing {});
    let secure = web.base_url(&headers).starts_with("https://");
    response.headers_mut().insert(header::SET_COOKIE, cookie::forget(secure));
    Ok(response)
}

pub(super) async fn me(payer: SignedIn) -> Answered {
    let view = payer.app.payer_view(payer.visitor.payer).await?;
    Ok(answer::data(&payer.exchange, &view))
}

#[derive(Serialize)]
struct BankView {
    code: &'static str,
    name: &'static str,
}

pub(super) async fn banks(Extension(exchange): Extension<Exchange>) -> Answered {
    let name = |bank: Bank| match exchange.language {
        Language::English => bank.english(),
        Language::Korean => bank.korean(),
    };
    let banks: Vec<BankView> =
        Bank::ALL.into_iter().map(|bank| BankView { code: bank.code(), name: name(bank) }).collect();
    Ok(answer::data(&exchange, &banks))
}

pub(super) async fn add_card(payer: SignedIn, request: Request) -> Answered {
    let body: CardBody = read_body(request).await?;
    let (card, nickname) = body.parsed(payer.visitor.mode, payer.app.clock().now())?;
    let view = payer.app.add_card(payer.visitor.payer, NewVaultCard { card, nickname }).await?;
    Ok(answer::data(&payer.exchange, &view))
}

pub(super) async fn remove_card(payer: SignedIn, Path(id): Path<String>) -> Answered {
    let card = VaultCardId::parse(&id).map_err(|_| Problem::new(Code::NotFound).detail("card"))?;
    let view = payer.app.remove_card(payer.visitor.payer, card).await?;
    Ok(answer::data(&payer.exchange, &view))
}

/// The key of what moves money.
pub(super) fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = key.map(|key| key.trim().trim_matches('"')).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| Problem::new(Code::IdempotencyKeyRequired).param("Idempotency-Key"))?;
    if key.len() > KEY_CHARS_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let (english, korean) = ("the key has 1 to 255 visible characters", "키는 보이는 문자 1~255자예요");
        return Err(wrong("Idempotency-Key", english, korean));
    }
    Ok(key.to_owned())
}

pub(super) async fn top_up(payer: SignedIn, request: Request) -> Answered {
    let key = key(request.headers())?;
    let body: TopUpBody = read_body(request).await?;
    let source = body.source.parsed()?.refuse_balance()?;
    let (app, visitor, language) = (payer.app.clone(), payer.visitor, payer.language());
    app.check_pin(visitor.payer, pin(body.pin)).await?;
    let amount = body.amount;
    let view = whole(async move {
        let source = match source {
            Source::Card { id, .. } => TopUpSource::Card(app.open_card(visitor.payer, id).await?.1),
            Source::Transfer { bank, account } => Source::transfer(bank, account),
            Source::Balance => return Err(Problem::new(Code::Internal)),
        };
        app.top_up(TopUp { payer: visitor.payer, mode: visitor.mode, amount, source, key }, language).await
    });
    Ok(answer::data(&payer.exchange, &view.await?))
}

pub(super) async fn redeem(payer: SignedIn, request: Request) -> Answered {
    let body: RedeemBody = read_body(request).await?;
    let unknown = || Problem::new(Code::GiftCardUnknown).param("code");
    let code = GiftCode::parse(&body.code).ok_or_else(unknown)?;
    let view = payer.app.redeem(payer.visitor.payer, &code).await?;
    Ok(answer::data(&payer.exchange, &view))
}

#[derive(Deserialize)]
pub(super) struct HistoryQuery {
    cursor: Option<String>,
}

pub(super) async fn history(payer: SignedIn, Query(query): Query<HistoryQuery>) -> Answered {
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let view = payer.app.history(payer.visitor.payer, cursor, HISTORY_PAGE, payer.language()).await?;
    Ok(answer::data(&payer.exchange, &view))
}

pub(super) async fn receipt(payer: SignedIn, Path(id): Path<String>) -> Answered {
    let id = PaymentId::parse(&id).map_err(|_| Problem::new(Code::NotFound).detail("payment"))?;
    let view = payer.app.receipt(payer.visitor.payer, id, payer.language()).await?;
    Ok(answer::data(&payer.exchange, &view))
}
