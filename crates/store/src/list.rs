//! Lists with keyset paging and their sums.
//!
//! A page is read in the order of an index that the filter picks; the sums of whole Seoul days come from the
//! rollups, what a first and a last day have more or less than the span from the rows. What a text or a seller stands for is found first,
//! as orders: see [`scope`].

mod movement;
mod order;
mod payment;
mod query;
mod range;
mod scope;
pub mod search;

use steelyard_domain::{
    Currency, SellerId, Tenant, Timestamp,
    method::MethodType,
    order::{Order, OrderStatus},
    payment::{
        Payment, PaymentStatus,
        movement::{Movement, MovementKind, MovementStatus},
    },
};
use uuid::Uuid;

use self::scope::Scope;
use crate::{Reader, StoreError};

/// Where a page begins: behind this time and id, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: Uuid,
}

#[derive(Debug, Clone)]
pub struct PaymentFilter {
    pub tenant: Tenant,
    pub q: Option<String>,
    pub statuses: Vec<PaymentStatus>,
    pub methods: Vec<MethodType>,
    pub seller: Option<SellerId>,
    pub currency: Option<Currency>,
    /// By creation; `from` inclusive, `to` exclusive.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct MovementFilter {
    pub tenant: Tenant,
    pub q: Option<String>,
    pub kinds: Vec<MovementKind>,
    pub statuses: Vec<MovementStatus>,
    pub methods: Vec<MethodType>,
    pub seller: Option<SellerId>,
    pub currency: Option<Currency>,
    /// By occurrence; `from` inclusive, `to` exclusive.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct OrderFilter {
    pub tenant: Tenant,
    pub q: Option<String>,
    pub statuses: Vec<OrderStatus>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// Over the whole filtered set. Minor units of `currency`; `count` counts all currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentSummary {
    pub currency: Currency,
    pub count: i64,
    pub total_amount: i64,
    pub total_fee: i64,
    pub total_net_amount: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MovementSum {
    pub count: i64,
    pub amount: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovementSummary {
    pub currency: Currency,
    pub payment: MovementSum,
    pub cancel: MovementSum,
    pub refund: MovementSum,
    pub all: MovementSum,
}

/// One page of payments, newest first, and the sums of all that the filter leaves. What a text means is found out once
/// for both: it may be a reading through all texts.
pub async fn payments(
    reader: &Reader,
    filter: &PaymentFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<(Vec<Payment>, PaymentSummary), StoreError> {
    let scope = Scope::resolve(reader, filter.tenant, filter.q.as_deref(), filter.seller).await?;
    let summary = payment::summary(reader, filter, &scope).await?;
    Ok((payment::page(reader, filter, &scope, cursor, limit).await?, summary))
}

/// One page of movements, newest first, and the sums of all that the filter leaves. What a text means is found out once
/// for both: it may be a reading through all texts.
pub async fn movements(
    reader: &Reader,
    filter: &MovementFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<(Vec<Movement>, MovementSummary), StoreError> {
    let scope = Scope::resolve(reader, filter.tenant, filter.q.as_deref(), filter.seller).await?;
    let summary = movement::summary(reader, filter, &scope).await?;
    Ok((movement::page(reader, filter, &scope, cursor, limit).await?, summary))
}

/// One page of orders, newest first.
pub async fn orders(
    reader: &Reader,
    filter: &OrderFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Order>, StoreError> {
    order::page(reader, filter, cursor, limit).await
}
