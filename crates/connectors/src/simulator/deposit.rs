//! Deposits into virtual accounts: a tool of tests, since no bank stands behind the simulator.

use std::borrow::Cow;

use steelyard_domain::Money;
use thiserror::Error;

use super::wire;
use crate::exchange::Exchange;

/// Why a deposit did not take place, or why nobody can tell whether it did.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DepositError {
    #[error("no account has this number")]
    AccountNotFound,
    #[error("the account waits for another amount")]
    WrongAmount,
    #[error("the account has had its deposit")]
    AlreadyDeposited,
    #[error("the account has been closed")]
    AccountClosed,
    #[error("the account's due date has passed")]
    AccountExpired,
    #[error("the simulator cannot read this deposit: {message}")]
    Refused { message: String },
    /// Ask again: a deposit happens once.
    #[error("the simulator did not answer: {detail}")]
    Unanswered { detail: String },
}

impl DepositError {
    /// The refusals that have a code of their own on the wire.
    pub(crate) const CODED: [Self; 5] =
        [Self::AccountNotFound, Self::WrongAmount, Self::AlreadyDeposited, Self::AccountClosed, Self::AccountExpired];

    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::AccountNotFound => "ACCOUNT_NOT_FOUND",
            Self::WrongAmount => "WRONG_AMOUNT",
            Self::AlreadyDeposited => "ALREADY_DEPOSITED",
            Self::AccountClosed => "ACCOUNT_CLOSED",
            Self::AccountExpired => "ACCOUNT_EXPIRED",
            Self::Refused { .. } => "BAD_REQUEST",
            Self::Unanswered { .. } => "UNANSWERED",
        }
    }
}

pub(super) fn body(amount: Money) -> wire::Deposit<'static> {
    wire::Deposit { amount: amount.amount, currency: Some(Cow::Borrowed(amount.currency.code())), depositor: None }
}

/// What an exchange says about a deposit of `amount` into the account `number`.
pub(super) fn read(number: &str, amount: Money, exchange: Exchange) -> Result<(), DepositError> {
    let (status, body) = match exchange {
        Exchange::Answered { status, body } => (status, body),
        Exchange::NotSent { detail } | Exchange::Lost { detail } => return Err(DepositError::Unanswered { detail }),
    };
    if status.is_client_error() {
        let Ok(refused) = serde_json::from_slice::<wire::DepositRefused<'_>>(&body) else {
            return Err(DepositError::Unanswered { detail: format!("HTTP {status} without a refusal") });
        };
        let known = DepositError::CODED.into_iter().find(|error| error.code() == refused.code);
        return Err(known.unwrap_or_else(|| DepositError::Refused { message: refused.message.into_owned() }));
    }
    let deposited = serde_json::from_slice::<wire::Deposited>(&body).is_ok_and(|deposited| {
        deposited.number == number && deposited.amount == amount.amount && deposited.currency == amount.currency.code()
    });
    if status == reqwest::StatusCode::OK && deposited {
        return Ok(());
    }
    Err(DepositError::Unanswered { detail: format!("HTTP {status} without an answer about this deposit") })
}
