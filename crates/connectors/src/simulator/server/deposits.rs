//! The endpoint at which a test pays into a virtual account, as a buyer does at their bank.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use steelyard_domain::Currency;

use super::{
    super::{DepositError, wire},
    Acquirer,
    book::{Deposit, Deposited},
    reply,
};

const DEPOSITOR_CHARS_MAX: usize = 40;

pub(super) async fn deposit(
    State(acquirer): State<Arc<Acquirer>>,
    Path(number): Path<String>,
    body: Bytes,
) -> Response {
    let deposit = match read(&acquirer, number, &body) {
        Ok(deposit) => deposit,
        Err(refusal) => return refused(&refusal),
    };
    let number = deposit.number.clone();
    // In a task of its own: a deposit that took place is announced, whether or not the caller still listens.
    let effect = tokio::spawn(async move {
        let deposited = acquirer.book.deposit(deposit).await;
        if let Ok(Ok(deposited)) = &deposited {
            acquirer.announce(deposited);
        }
        deposited
    });
    match effect.await {
        Ok(Ok(Ok(deposited))) => done(number, deposited),
        Ok(Ok(Err(refusal))) => refused(&refusal),
        Ok(Err(error)) => reply::book_failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn read(acquirer: &Acquirer, number: String, body: &[u8]) -> Result<Deposit, DepositError> {
    let refuse = |message: &str| DepositError::Refused { message: message.to_owned() };
    // No card number belongs here, so what is wrong may be said in full.
    let request: wire::Deposit<'_> = serde_json::from_slice(body).map_err(|error| refuse(&error.to_string()))?;
    if request.amount <= 0 {
        return Err(refuse("amount is positive"));
    }
    let currency = match request.currency.as_deref() {
        Some(code) => Some(Currency::parse(code).ok_or_else(|| refuse("currency is KRW, USD, JPY or EUR"))?),
        None => None,
    };
    let depositor = request.depositor.map(Cow::into_owned);
    let is_name = |name: &String| {
        !name.trim().is_empty() && name.chars().count() <= DEPOSITOR_CHARS_MAX && !name.chars().any(char::is_control)
    };
    if !depositor.as_ref().is_none_or(is_name) {
        return Err(refuse("depositor is a name of 1 to 40 characters"));
    }
    Ok(Deposit { number, amount: request.amount, currency, depositor, now: acquirer.settings.clock.now() })
}

fn done(number: String, deposited: Deposited) -> Response {
    Json(wire::Deposited {
        number,
        reference: deposited.reference,
        acquirer_transaction_id: deposited.acquirer_transaction_id,
        amount: deposited.amount.amount,
        currency: deposited.amount.currency.code().to_owned(),
    })
    .into_response()
}

fn refused(refusal: &DepositError) -> Response {
    let status = match refusal {
        DepositError::AccountNotFound => StatusCode::NOT_FOUND,
        DepositError::WrongAmount => StatusCode::UNPROCESSABLE_ENTITY,
        DepositError::AlreadyDeposited => StatusCode::CONFLICT,
        DepositError::AccountClosed | DepositError::AccountExpired => StatusCode::GONE,
        DepositError::Refused { .. } => StatusCode::BAD_REQUEST,
        DepositError::Unanswered { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let message = match refusal {
        DepositError::Refused { message } => message.clone(),
        DepositError::AccountNotFound
        | DepositError::WrongAmount
        | DepositError::AlreadyDeposited
        | DepositError::AccountClosed
        | DepositError::AccountExpired
        | DepositError::Unanswered { .. } => refusal.to_string(),
    };
    let body = wire::DepositRefused { code: Cow::Borrowed(refusal.code()), message: Cow::Owned(message) };
    (status, Json(body)).into_response()
}
