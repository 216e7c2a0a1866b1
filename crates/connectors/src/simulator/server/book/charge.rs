//! Authorizations and purchases.

use rusqlite::Connection;
use steelyard_domain::{Bank, Money, Timestamp};
use uuid::Uuid;

use super::{
    Book, BookError, Recorded, authentication,
    content::{Content, Instrument},
    entry::{self, NewEntry, Yes},
};
use crate::simulator::{
    Operation,
    server::{accounts::Wanted, cards::CardEnds, decline::Decline},
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
    Transfer {
        bank: Bank,
        last4: String,
    },
    VirtualAccount(Wanted),
}

impl ChargedBy {
    fn instrument(&self, connection: &Connection) -> rusqlite::Result<Instrument> {
        Ok(match self {
            Self::Card(ends) => Instrument::Card(ends.clone()),
            Self::Token(token) => {
                Instrument::Token { token: token.clone(), card: authentication::card_of(connection, token)? }
            }
            Self::Transfer { bank, last4 } => Instrument::Transfer { bank: *bank, last4: last4.clone() },
            Self::VirtualAccount(wanted) => Instrument::VirtualAccount(wanted.clone()),
        })
    }
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
    let content = Content {
        operation: charge.operation.operation(),
        amount: charge.amount,
        original: None,
        instrument: Some(charge.by.instrument(connection)?),
        installment_months: charge.installment_months,
        recurring: charge.recurring,
    };
    if let Some(answer) = entry::replay(connection, &charge.reference, &content)? {
        return Ok(answer);
    }
    let (usable, yes) = match &charge.by {
        ChargedBy::Card(_) | ChargedBy::Transfer { .. } => (Ok(()), Yes::Approve),
        ChargedBy::Token(token) => {
            let (amount, reference) = (charge.amount, &charge.reference);
            (authentication::redeem(connection, token, amount, reference, charge.now)?, Yes::Approve)
        }
        ChargedBy::VirtualAccount(wanted) => (Ok(()), Yes::Issue(wanted.clone())),
    };
    let captured = match yes {
        Yes::Approve => charge.operation.captured(charge.amount),
        Yes::Issue(_) => 0,
    };
    let verdict = usable.and_then(|()| charge.decline.clone().map_or(Ok(yes), Err));
    let captured_amount = if verdict.is_ok() { captured } else { 0 };
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
