//! The halves of what the lists answer, for tests of one of them.

use steelyard_domain::payment::{Payment, movement::Movement};
use steelyard_store::{
    Reader, StoreError,
    list::{self, Cursor, MovementFilter, MovementSummary, PaymentFilter, PaymentSummary},
};

pub async fn payments(
    reader: &Reader,
    filter: &PaymentFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    list::payments(reader, filter, cursor, limit).await.map(|(page, _)| page)
}

pub async fn movements(
    reader: &Reader,
    filter: &MovementFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    list::movements(reader, filter, cursor, limit).await.map(|(page, _)| page)
}

pub async fn payment_summary(reader: &Reader, filter: &PaymentFilter) -> Result<PaymentSummary, StoreError> {
    list::payments(reader, filter, None, 1).await.map(|(_, summary)| summary)
}

pub async fn movement_summary(reader: &Reader, filter: &MovementFilter) -> Result<MovementSummary, StoreError> {
    list::movements(reader, filter, None, 1).await.map(|(_, summary)| summary)
}
