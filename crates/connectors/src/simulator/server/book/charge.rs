//! Authorizations and purchases.

use rusqlite::Connection;
use steelyard_domain::{Money, Timestamp};
use uuid::Uuid;

use super::{
    Book, BookError, Recorded, authentication,
    entry::{self, Content, NewEntry},
};
use crate::simulator::{
    Operation,
    server::{cards::CardEnds, decline::Decline},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChargeOperation {
    Authorize,
    Purchase,
}

impl ChargeOperation {
    const fn operation(self) -> Operation {
        match self {
            Self::Authorize => Operation::Authorize,
            Self::Purchase => Operation::Purchase,
        }
    }

    /// How much of `amount` is taken at once.
    const fn captured(self, amount: Money) -> i64 {
        match self {
            Self::Authorize => 0,
            Self::Purchase => amount.amount,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum ChargedBy {
    /// None if its number is no card number.
    Card(Option<CardEnds>),
    Token(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) operation: ChargeOperation,
    pub(crate) reference: String,
    pub(crate) amount: Money,
    pub(crate) by: ChargedBy,
    pub(crate) installment_months: u8,
    pub(crate) recurring: bool,
    /// Why it must be declined, if the card or a fault says so.
    pub(crate) decline: Option<Decline>,
    pub(crate) id: Uuid,
    pub(crate) now: Timestamp,
}

impl Book {
    pub(crate) async fn charge(&self, charge: Charge) -> Result<Recorded, BookError> {
        self.write(move |connection| record(connection, &charge)).await
    }
}

fn record(connection: &Connection, charge: &Charge) -> rusqlite::Result<Recorded> {
    let (card, token) = match &charge.by {
        ChargedBy::Card(ends) => (ends.clone(), None),
        ChargedBy::Token(token) => (authentication::card_of(connection, token)?, Some(token.clone())),
    };
    let content = Content {
        operation: charge.operation.operation(),
        amount: charge.amount,
        original: None,
        card,
        token: token.clone(),
        installment_months: charge.installment_months,
        recurring: charge.recurring,
    };
    if let Some(answer) = entry::replay(connection, &charge.reference, &content)? {
        return Ok(answer);
    }
    let usable = match token {
        Some(token) => authentication::redeem(connection, &token, charge.amount, &charge.reference, charge.now)?,
        None => Ok(()),
    };
    let verdict = usable.and_then(|()| charge.decline.clone().map_or(Ok(()), Err));
    let captured_amount = if verdict.is_ok() { charge.operation.captured(charge.amount) } else { 0 };
    let entry = NewEntry {
        reference: &charge.reference,
        content,
        verdict,
        payment_sequence: None,
        captured_amount,
        id: charge.id,
        now: charge.now,
    };
    entry::add(connection, entry)
}
