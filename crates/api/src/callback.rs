//! `/callbacks/{connector}`: what acquirers tell of their own accord, and the tool that makes the simulated one do so.

use axum::{
    body::to_bytes,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use steelyard_app::{Code, Problem, SignedNotice, view::PaymentView};
use steelyard_domain::{Mode, merchant::Scope, method::ConnectorName};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    Api,
    answer::{Answer, Refusal},
    ask::{Answered, Number, Write},
    endpoint::{Endpoints, Terms},
    fault::shortened,
    field,
    idempotency::Keyed,
};

/// Bytes of a notice.
const NOTICE_BYTES_MAX: usize = 16_384;

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let codes = &[Code::TestModeOnly, Code::NotFound, Code::StateConflict, Code::NotSupportedByConnector];
    let deposit = Terms::write(Scope::TestWrite, Keyed::No).codes(codes);
    endpoints
        .add(
            Terms::OPEN.codes(&[Code::InvalidSignature, Code::NotFound, Code::BodyTooLarge, Code::RequestTimeout]),
            routes!(take_notice),
        )
        .add(deposit, routes!(test_deposit))
}

/// Take a notice
///
/// For acquirers. What a notice says is not believed: the acquirer is asked.
#[utoipa::path(post, path = "/callbacks/{connector}", tag = "Callbacks", operation_id = "takeNotice",
    params(("connector" = String, Path, description = "`simulator`")),
    responses((status = 204, description = "Taken")))]
async fn take_notice(
    State(api): State<Api>,
    Path(connector): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let unknown = || Problem::new(Code::NotFound).detail(shortened(&connector));
    let name = ConnectorName::parse(&connector).ok_or_else(unknown)?;
    let too_large = |_| Problem::new(Code::BodyTooLarge).detail(NOTICE_BYTES_MAX.to_string());
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let body = tokio::time::timeout(api.options().body_timeout, to_bytes(body, NOTICE_BYTES_MAX)).await;
    let body = body.map_err(|_| Problem::new(Code::RequestTimeout))?.map_err(too_large)?;
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let notice = SignedNotice {
        connector: name,
        signature: header("simulator-signature"),
        timestamp: header("simulator-timestamp"),
        body: body.to_vec(),
    };
    api.app().take_notice(notice).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({}))]
struct DepositBody {
    /// Minor units; what the payment asks for where it is left out.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    amount: Option<i64>,
}

/// Deposit to a virtual account
///
/// As if a buyer had paid into it. Test keys only.
#[utoipa::path(post, path = "/v1/test/virtual-accounts/{number}/deposit", tag = "Test",
    operation_id = "depositToVirtualAccount", request_body = DepositBody,
    params(("number" = String, Path, description = "The number that was issued")),
    responses((status = 200, description = "The payment, captured", body = Answer<PaymentView>)))]
async fn test_deposit(Number(number): Number, mut ask: Write) -> Answered {
    if ask.tenant().mode != Mode::Test {
        return Err(Problem::new(Code::TestModeOnly).into());
    }
    let amount = ask.read(|body: DepositBody| body.amount.map(|amount| field::amount("amount", amount)).transpose())?;
    ask.run(move |app, call| async move { app.test_deposit(call, &number, amount).await }).await
}
