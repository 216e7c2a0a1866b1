//! Everything that must be the same for a request to be the same request, and how it stands in columns.

use rusqlite::{Row, types::FromSqlError};
use steelyard_domain::{Bank, Money};

use super::columns::{BankColumn, CurrencyColumn};
use crate::simulator::{
    InstrumentKind, Operation,
    server::{accounts::Wanted, cards::CardEnds},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) operation: Operation,
    pub(super) amount: Money,
    /// How a capture, void, cancel or refund named the payment that it acts on.
    pub(super) original: Option<String>,
    /// What an authorization or purchase was made with.
    pub(super) instrument: Option<Instrument>,
    pub(super) installment_months: u8,
    pub(super) recurring: bool,
}

/// An instrument, as far as the book remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Instrument {
    /// None if its number is no card number.
    Card(Option<CardEnds>),
    /// With the card behind it, unless no authentication gave this token.
    Token {
        token: String,
        card: Option<CardEnds>,
    },
    Transfer {
        bank: Bank,
        last4: String,
    },
    VirtualAccount(Wanted),
}

impl Instrument {
    pub(super) const fn kind(&self) -> InstrumentKind {
        match self {
            Self::Card(_) => InstrumentKind::Card,
            Self::Token { .. } => InstrumentKind::Token,
            Self::Transfer { .. } => InstrumentKind::Transfer,
            Self::VirtualAccount(_) => InstrumentKind::VirtualAccount,
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Option<Self>> {
        let Some(kind) = row.get("instrument")? else { return Ok(None) };
        let last4: Option<String> = row.get("last4")?;
        Ok(Some(match kind {
            InstrumentKind::Card => Self::Card(card(row, last4)?),
            InstrumentKind::Token => Self::Token { token: row.get("token")?, card: card(row, last4)? },
            InstrumentKind::Transfer => {
                let last4 = last4.ok_or(FromSqlError::InvalidType)?;
                Self::Transfer { bank: bank(row)?, last4 }
            }
            InstrumentKind::VirtualAccount => {
                let due_at = steelyard_domain::Timestamp::from_micros(row.get("due_at")?);
                Self::VirtualAccount(Wanted { bank: bank(row)?, holder: row.get("holder")?, due_at })
            }
        }))
    }
}

fn card(row: &Row<'_>, last4: Option<String>) -> rusqlite::Result<Option<CardEnds>> {
    let bin: Option<String> = row.get("bin")?;
    Ok(bin.zip(last4).map(|(bin, last4)| CardEnds { bin, last4 }))
}

fn bank(row: &Row<'_>) -> rusqlite::Result<Bank> {
    let BankColumn(bank) = row.get("bank")?;
    Ok(bank)
}

impl Content {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let CurrencyColumn(currency) = row.get("currency")?;
        Ok(Self {
            operation: row.get("operation")?,
            amount: Money::new(row.get("amount")?, currency),
            original: row.get("original")?,
            instrument: Instrument::read(row)?,
            installment_months: row.get("installment_months")?,
            recurring: row.get("recurring")?,
        })
    }

    /// What it was made with, one value to a column.
    pub(super) fn columns(&self) -> InstrumentColumns<'_> {
        let Some(instrument) = &self.instrument else { return InstrumentColumns::default() };
        let kind = Some(instrument.kind());
        match instrument {
            Instrument::Card(card) => InstrumentColumns { kind, ..InstrumentColumns::of_card(card.as_ref()) },
            Instrument::Token { token, card } => {
                InstrumentColumns { kind, token: Some(token), ..InstrumentColumns::of_card(card.as_ref()) }
            }
            Instrument::Transfer { bank, last4 } => {
                InstrumentColumns { kind, bank: Some(bank.code()), last4: Some(last4), ..InstrumentColumns::default() }
            }
            Instrument::VirtualAccount(wanted) => InstrumentColumns {
                kind,
                bank: Some(wanted.bank.code()),
                holder: Some(&wanted.holder),
                due_at: Some(wanted.due_at.micros()),
                ..InstrumentColumns::default()
            },
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct InstrumentColumns<'a> {
    pub(super) kind: Option<InstrumentKind>,
    pub(super) bin: Option<&'a str>,
    pub(super) last4: Option<&'a str>,
    pub(super) token: Option<&'a str>,
    pub(super) bank: Option<&'static str>,
    pub(super) holder: Option<&'a str>,
    pub(super) due_at: Option<i64>,
}

impl<'a> InstrumentColumns<'a> {
    fn of_card(card: Option<&'a CardEnds>) -> Self {
        let (bin, last4) = (card.map(|card| card.bin.as_str()), card.map(|card| card.last4.as_str()));
        Self { bin, last4, ..Self::default() }
    }
}
