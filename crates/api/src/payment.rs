//! `/v1/payments`

mod body;
mod method;

pub(crate) use body::NothingBody;
use body::{AuthenticateBody, CancelPaymentBody, CaptureBody, ConfirmBody, PayAgainBody, PaymentBody};
use serde::Deserialize;
use steelyard_app::{
    Code,
    read::{Expand, PaymentDetail, PaymentFilter},
    request::PaymentTarget,
    view::PaymentView,
};
use steelyard_domain::{PaymentId, SellerId, merchant::Scope, method::MethodType, payment::PaymentStatus};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    fault::Fault,
    field,
    idempotency::Keyed,
    order::RETURN_CODES,
    page::SummedPageView,
    query::{self, Many},
    summary::PaymentSummaryView,
};

const LIST: &str = "payments";

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let write = |keyed, codes| Terms::write(Scope::PaymentsWrite, keyed).codes(codes);
    let give_back = Terms::write(Scope::RefundsWrite, Keyed::Required).codes(&RETURN_CODES);
    endpoints
        .add(write(Keyed::Required, &PAY_CODES), routes!(create_payment))
        .add(Terms::read(Scope::PaymentsRead), routes!(list_payments))
        .add(Terms::read(Scope::PaymentsRead), routes!(get_payment))
        .add(write(Keyed::Required, &PAY_CODES), routes!(create_attempt))
        .add(write(Keyed::Required, &CAPTURE_CODES), routes!(capture_payment))
        .add(give_back, routes!(cancel_payment))
        .add(write(Keyed::Optional, &[Code::StateConflict]), routes!(fail_payment))
        .add(
            Terms::write(Scope::PaymentsAuthenticate, Keyed::No).codes(&PAY_CODES).browsers_too(),
            routes!(authenticate_payment),
        )
        .add(write(Keyed::Required, &CONFIRM_CODES), routes!(confirm_payment))
}

const PAY_CODES: [Code; 19] = [
    Code::PaymentDeclined,
    Code::MerchantSuspended,
    Code::NotFound,
    Code::PaymentInProgress,
    Code::AlreadyPaid,
    Code::OrderNotOpen,
    Code::AmountMismatch,
    Code::StateConflict,
    Code::OrderExpired,
    Code::MethodNotAvailable,
    Code::InvalidCard,
    Code::NoFeePolicy,
    Code::NetNegative,
    Code::CurrencyMismatch,
    Code::NotSupportedByConnector,
    Code::TooMany,
    Code::ConnectorUnavailable,
    Code::Overloaded,
    Code::OutcomeUnknown,
];

const CONFIRM_CODES: [Code; 13] = [
    Code::PaymentDeclined,
    Code::MerchantSuspended,
    Code::NotFound,
    Code::PaymentInProgress,
    Code::AlreadyPaid,
    Code::OrderNotOpen,
    Code::AmountMismatch,
    Code::StateConflict,
    Code::OrderExpired,
    Code::AuthenticationExpired,
    Code::CurrencyMismatch,
    Code::ConnectorUnavailable,
    Code::OutcomeUnknown,
];

const CAPTURE_CODES: [Code; 6] = [
    Code::CaptureDeclined,
    Code::PaymentInProgress,
    Code::StateConflict,
    Code::ExceedsAuthorized,
    Code::NetNegative,
    Code::ConnectorUnavailable,
];

/// Pay
///
/// For an order that is there (`orderId`), or one made now of one line (`merchantOrderId`, `orderName`, `amount`).
/// After a decline the same order may be paid again, with a new `Idempotency-Key`.
#[utoipa::path(post, path = "/v1/payments", tag = "Payments", operation_id = "createPayment",
    request_body = PaymentBody,
    responses(
        (status = 201, description = "Captured, or authorized where `capture` is `manual`", body = Answer<PaymentView>),
        (status = 202, description = "The acquirer's answer is not known yet: `unknown` is set. The payment settles \
            by itself; get it later", body = Answer<PaymentView>),
    ))]
async fn create_payment(mut ask: Write) -> Answered {
    let (mode, now) = (ask.tenant().mode, ask.now());
    let payment = ask.read(|body: PaymentBody| body.parsed(mode, now))?;
    ask.run(|app, call| async move { app.create_payment(call, payment).await }).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PaymentQuery {
    /// Words of the buyer's name, order name, line names or `merchantOrderId`, or an id.
    #[param(max_length = 100)]
    q: Option<String>,
    /// One or more, separated by commas: `ready`, `inProgress`, `unknown`, `waitingForDeposit`, `authorized`,
    /// `captured`, `partiallyCanceled`, `canceled`, `partiallyRefunded`, `refunded`, `expired`, `failed`.
    #[param(value_type = Option<String>, example = "captured,partiallyRefunded")]
    status: Option<Many>,
    /// One or more: `card`, `transfer`, `virtualAccount`, `wallet`, `billingKey`, `app`.
    #[param(value_type = Option<String>, example = "card")]
    method: Option<Many>,
    /// `sel_…`: payments with a line of this seller.
    seller_id: Option<String>,
    /// ISO 4217.
    #[param(example = "KRW")]
    currency: Option<String>,
    /// Made at or after; RFC 3339 with an offset.
    #[param(example = "2026-11-21T00:00:00+09:00")]
    from: Option<String>,
    /// Made before.
    to: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List payments
///
/// `summary` is over all payments of the filter: `count` of all of them, amounts of what was captured less what
/// went back.
#[utoipa::path(get, path = "/v1/payments", tag = "Payments", operation_id = "listPayments", params(PaymentQuery),
    responses((status = 200, description = "Payments, newest first",
        body = Answer<SummedPageView<PaymentView, PaymentSummaryView>>)))]
async fn list_payments(ask: Read) -> Answered {
    let query: PaymentQuery = ask.query()?;
    let (from, to) = field::time_range(query.from.as_deref(), query.to.as_deref())?;
    let filter = PaymentFilter {
        tenant: ask.tenant(),
        q: query::search(query.q)?,
        statuses: query.status.unwrap_or_default().choices("status", &PaymentStatus::ALL, PaymentStatus::as_str)?,
        methods: query.method.unwrap_or_default().choices("method", &MethodType::ALL, MethodType::as_str)?,
        seller: query.seller_id.map(|id| field::id("sellerId", &id, SellerId::parse)).transpose()?,
        currency: field::currency("currency", query.currency.as_deref())?,
        from,
        to,
    };
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor_in_time(LIST, query.cursor.as_deref()).await?;
    let (page, summary) = ask.app().payments(&filter, cursor, limit).await?;
    ask.summed_page(LIST, page, PaymentSummaryView::new(&summary)).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExpandQuery {
    /// What to show along with the payment: `attempts` (always there), `refunds`, `ledger`.
    #[param(rename = "expand[]", value_type = Option<Vec<String>>)]
    expand: Option<Many>,
}

/// Parts of a payment that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Attempts,
    Refunds,
    Ledger,
}

impl Part {
    const ALL: [Self; 3] = [Self::Attempts, Self::Refunds, Self::Ledger];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Refunds => "refunds",
            Self::Ledger => "ledger",
        }
    }
}

/// Get a payment
#[utoipa::path(get, path = "/v1/payments/{id}", tag = "Payments", operation_id = "getPayment",
    params(("id" = String, Path, description = "`pay_…`"), ExpandQuery),
    responses((status = 200, description = "The payment", body = Answer<PaymentDetail>)))]
async fn get_payment(Id(payment): Id<PaymentId>, ask: Read) -> Answered {
    let query: ExpandQuery = ask.query()?;
    let parts = query.expand.unwrap_or_default().choices("expand", &Part::ALL, Part::as_str)?;
    let expand = Expand { refunds: parts.contains(&Part::Refunds), ledger: parts.contains(&Part::Ledger) };
    let payment = ask.app().payment(ask.tenant(), payment, expand).await?;
    ask.answer(&payment)
}

/// Pay again
///
/// Another attempt of a payment that was declined, by its id.
#[utoipa::path(post, path = "/v1/payments/{id}/attempts", tag = "Payments", operation_id = "createAttempt",
    params(("id" = String, Path, description = "`pay_…`")), request_body = PayAgainBody,
    responses(
        (status = 201, description = "The payment", body = Answer<PaymentView>),
        (status = 202, description = "The acquirer's answer is not known yet", body = Answer<PaymentView>),
    ))]
async fn create_attempt(Id(payment): Id<PaymentId>, mut ask: Write) -> Answered {
    let (mode, now) = (ask.tenant().mode, ask.now());
    let payment = ask.read(|body: PayAgainBody| body.parsed(PaymentTarget::Payment(payment), mode, now))?;
    ask.run(|app, call| async move { app.create_payment(call, payment).await }).await
}

/// Capture
///
/// Takes an authorized amount, or a part of it: the rest is released.
#[utoipa::path(post, path = "/v1/payments/{id}/capture", tag = "Payments", operation_id = "capturePayment",
    params(("id" = String, Path, description = "`pay_…`")), request_body = Option<CaptureBody>,
    responses(
        (status = 200, description = "The payment", body = Answer<PaymentView>),
        (status = 202, description = "The acquirer's answer is not known yet", body = Answer<PaymentView>),
    ))]
async fn capture_payment(Id(payment): Id<PaymentId>, mut ask: Write) -> Answered {
    let amount = ask.read(CaptureBody::parsed)?;
    ask.run(|app, call| async move { app.capture_payment(call, payment, amount).await }).await
}

/// Cancel a payment
///
/// Releases an authorization, or gives captured money back, all or a part: a cancel before the acquirer's cut-off, a
/// refund after it.
#[utoipa::path(post, path = "/v1/payments/{id}/cancel", tag = "Payments", operation_id = "cancelPayment",
    params(("id" = String, Path, description = "`pay_…`")), request_body = CancelPaymentBody,
    responses(
        (status = 200, description = "The payment with its refunds", body = Answer<PaymentView>),
        (status = 202, description = "Whether the money went back is not known yet", body = Answer<PaymentView>),
    ))]
async fn cancel_payment(Id(payment): Id<PaymentId>, mut ask: Write) -> Answered {
    let what = ask.read(CancelPaymentBody::parsed)?;
    ask.run(|app, call| async move { app.cancel_payment(call, payment, what).await }).await
}

/// Give a payment up
///
/// No further attempts are wanted. Only a payment that waits for one can be given up.
#[utoipa::path(post, path = "/v1/payments/{id}/fail", tag = "Payments", operation_id = "failPayment",
    params(("id" = String, Path, description = "`pay_…`")), request_body = Option<NothingBody>,
    responses((status = 200, description = "The payment", body = Answer<PaymentView>)))]
async fn fail_payment(Id(payment): Id<PaymentId>, mut ask: Write) -> Answered {
    let NothingBody {} = ask.read(Ok::<NothingBody, Fault>)?;
    ask.run(|app, call| async move { app.fail_payment(call, payment).await }).await
}

/// What a browser takes back to the merchant's server.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the application answers")]
struct AuthenticationView {
    /// Good for one confirm, for 10 minutes.
    #[schema(pattern = "^att_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    payment_key: String,
    payment_id: String,
    /// Where the buyer proves who they are, if the card wants that.
    challenge_url: Option<String>,
    expires_at: String,
}

/// Authenticate a payment
///
/// From a browser, with a publishable key. Nothing moves until your server confirms. Repeating it makes a new
/// `paymentKey`; only the latest is good.
#[utoipa::path(post, path = "/v1/payments/authenticate", tag = "Payments", operation_id = "authenticatePayment",
    request_body = AuthenticateBody,
    responses((status = 201, description = "The key to confirm with", body = Answer<AuthenticationView>)))]
async fn authenticate_payment(mut ask: Write) -> Answered {
    let (mode, now) = (ask.tenant().mode, ask.now());
    let authentication = ask.read(|body: AuthenticateBody| body.parsed(mode, now))?;
    ask.run(|app, call| async move { app.authenticate_payment(call, authentication).await }).await
}

/// Confirm a payment
///
/// From your server. Where `amount` or `merchantOrderId` are not those that were authenticated, nothing is charged.
#[utoipa::path(post, path = "/v1/payments/confirm", tag = "Payments", operation_id = "confirmPayment",
    request_body = ConfirmBody,
    responses(
        (status = 201, description = "The payment, captured", body = Answer<PaymentView>),
        (status = 202, description = "The acquirer's answer is not known yet", body = Answer<PaymentView>),
    ))]
async fn confirm_payment(mut ask: Write) -> Answered {
    let confirmation = ask.read(ConfirmBody::parsed)?;
    ask.run(|app, call| async move { app.confirm_payment(call, confirmation).await }).await
}
