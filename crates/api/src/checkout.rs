//! `/v1/checkout`: sessions, and what a merchant settles for them.

mod body;

use body::{CheckoutBody, SettingsBody};
use steelyard_app::{
    Code,
    view::{CheckoutSessionView, CheckoutSettingsView, OpenedCheckoutView},
};
use steelyard_domain::{CheckoutSessionId, merchant::Scope};
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    idempotency::Keyed,
    payment::NothingBody,
};

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let create = Terms::write(Scope::PaymentsAuthenticate, Keyed::Optional).codes(&CREATE_CODES).browsers_too();
    let expire = Terms::write(Scope::CheckoutWrite, Keyed::Optional);
    endpoints
        .add(create, routes!(create_session))
        .add(Terms::read(Scope::CheckoutRead), routes!(get_session))
        .add(expire.codes(&[Code::AlreadyPaid, Code::CheckoutExpired]), routes!(expire_session))
        .add(Terms::read(Scope::CheckoutRead), routes!(get_settings))
        .add(Terms::write(Scope::CheckoutWrite, Keyed::Optional), routes!(put_settings))
}

const CREATE_CODES: [Code; 14] = [
    Code::KeyNotAllowed,
    Code::OriginNotAllowed,
    Code::NotFound,
    Code::AlreadyPaid,
    Code::PaymentInProgress,
    Code::OrderNotOpen,
    Code::OrderExists,
    Code::AmountMismatch,
    Code::StateConflict,
    Code::OrderExpired,
    Code::OutOfStock,
    Code::TotalMismatch,
    Code::CurrencyMismatch,
    Code::TooMany,
];

/// Open a checkout
///
/// With a secret key: for an order that is there (`orderId`) or made now (`order`); the buyer pays on the hosted page.
/// With a publishable key, from a browser: `merchantOrderId`, `orderName` and `amount` are a claim; the buyer is
/// authenticated on the hosted page, and nothing moves until your server confirms. An order has one open session: a new
/// one closes the last.
#[utoipa::path(post, path = "/v1/checkout/sessions", tag = "Checkout", operation_id = "createCheckoutSession",
    request_body = CheckoutBody,
    responses((status = 201, description = "The session, with the client secret and the page's address",
        body = Answer<OpenedCheckoutView>)))]
async fn create_session(mut ask: Write) -> Answered {
    let (mode, may_charge, url) = (ask.tenant().mode, ask.allows(Scope::CheckoutWrite), ask.public_url().to_owned());
    let new = ask.read(|body: CheckoutBody| body.parsed(mode, may_charge))?;
    ask.run(|app, call| async move { app.create_checkout(call, new, url).await }).await
}

/// Get a checkout session
#[utoipa::path(get, path = "/v1/checkout/sessions/{id}", tag = "Checkout", operation_id = "getCheckoutSession",
    params(("id" = String, Path, description = "`cs_…`")),
    responses((status = 200, description = "The session", body = Answer<OpenedCheckoutView>)))]
async fn get_session(Id(session): Id<CheckoutSessionId>, ask: Read) -> Answered {
    let session = ask.app().checkout(ask.tenant(), session, ask.public_url()).await?;
    ask.answer(&session)
}

/// Close a checkout session
///
/// The order stays open, and so does a payment that is on its way.
#[utoipa::path(post, path = "/v1/checkout/sessions/{id}/expire", tag = "Checkout",
    operation_id = "expireCheckoutSession", request_body = NothingBody,
    params(("id" = String, Path, description = "`cs_…`")),
    responses((status = 200, description = "The session, `expired`", body = Answer<CheckoutSessionView>)))]
async fn expire_session(Id(session): Id<CheckoutSessionId>, mut ask: Write) -> Answered {
    ask.read(|_: NothingBody| Ok(()))?;
    ask.run(move |app, call| async move { app.expire_checkout(call, session).await }).await
}

/// Get the checkout settings
#[utoipa::path(get, path = "/v1/checkout/settings", tag = "Checkout", operation_id = "getCheckoutSettings",
    responses((status = 200, description = "The settings", body = Answer<CheckoutSettingsView>)))]
async fn get_settings(ask: Read) -> Answered {
    let settings = ask.app().checkout_settings(ask.tenant()).await?;
    ask.answer(&settings)
}

/// Change the checkout settings
///
/// Both values are replaced. Sessions that are open keep the number matching they were made with.
#[utoipa::path(put, path = "/v1/checkout/settings", tag = "Checkout", operation_id = "changeCheckoutSettings",
    request_body = SettingsBody,
    responses((status = 200, description = "The settings", body = Answer<CheckoutSettingsView>)))]
async fn put_settings(mut ask: Write) -> Answered {
    let mode = ask.tenant().mode;
    let new = ask.read(|body: SettingsBody| body.parsed(mode))?;
    ask.run(|app, call| async move { app.change_checkout_settings(call, new).await }).await
}
