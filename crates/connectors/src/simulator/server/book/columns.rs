//! How the domain's words stand in columns. What cannot be read back means that the file is not our book.

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use steelyard_domain::{Bank, Currency};

use super::super::cards::Behavior;
use crate::simulator::{EntryState, InstrumentKind, Operation};

fn word<T>(value: ValueRef<'_>, parse: impl Fn(&str) -> Option<T>) -> FromSqlResult<T> {
    parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
}

impl FromSql for Operation {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        word(value, Self::parse)
    }
}

impl ToSql for Operation {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for EntryState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        word(value, Self::parse)
    }
}

impl ToSql for EntryState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for InstrumentKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        word(value, Self::parse)
    }
}

impl ToSql for InstrumentKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for Behavior {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        word(value, Self::parse)
    }
}

/// A currency in a column of its own.
pub(super) struct CurrencyColumn(pub(super) Currency);

impl FromSql for CurrencyColumn {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        word(value, Currency::parse).map(Self)
    }
}

/// A bank in a column of its own.
pub(super) struct BankColumn(pub(super) Bank);

impl FromSql for BankColumn {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        word(value, Bank::parse).map(Self)
    }
}
