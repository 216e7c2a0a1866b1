//! Reading: what is shown, never what is decided on.

mod gift_card;
mod ledger;
mod order;
mod payer;
mod payment;
mod tenant;

pub use payment::{Expand, PaymentDetail};
use serde::Serialize;
use steelyard_store::StoreError;
pub use steelyard_store::list::{
    Cursor, MovementFilter, MovementSum, MovementSummary, OrderFilter, PaymentFilter, PaymentSummary,
};
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// Where the next page begins: behind this time (or number) and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    pub at: i64,
    pub id: Uuid,
}

#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip)]
    pub next: Option<PageKey>,
}

/// Cuts what was read one row too far, to see whether there is more.
fn page<R, T>(mut rows: Vec<R>, limit: i64, key: impl Fn(&R) -> PageKey, view: impl FnMut(R) -> T) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(key);
    Page { items: rows.into_iter().map(view).collect(), next }
}

/// What a failed read is to a caller.
pub(crate) fn unavailable(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable { .. } | StoreError::Ambiguous { .. } | StoreError::Conflict { .. } => {
            tracing::warn!(%error, "a read failed");
            Problem::new(Code::DatabaseUnavailable)
        }
        StoreError::Rejected { .. }
        | StoreError::Statement { .. }
        | StoreError::Corrupt { .. }
        | StoreError::FromTheFuture { .. }
        | StoreError::Migration { .. }
        | StoreError::Configuration { .. } => {
            tracing::error!(%error, "a read failed: a defect");
            Problem { outcome: Some(crate::Outcome::None), ..Problem::new(Code::Internal) }
        }
    }
}

pub(crate) fn missing(id: impl std::fmt::Display) -> Problem {
    Problem::new(Code::NotFound).detail(id.to_string())
}
