//! Orders.

mod cancel;
mod claim;
mod create;
mod expire;
mod stock;

pub(crate) use cancel::{CancelOpenOrder, Canceled, OPERATION as CANCEL, give_up};
pub(crate) use claim::need as need_claim;
pub(crate) use create::{build, is_same, needs_of};
pub(crate) use expire::{ExpireOrder, end_unpaid};
pub(crate) use stock::{consume, need_rest, release, restock};

use crate::{
    view::{OrderView, to_json},
    workset::{Family, Workset},
};

/// Records an event about an order as it is now.
pub(crate) fn emit(workset: &mut Workset, family: &Family, kind: &str) {
    let data = to_json(&OrderView::new(&family.order, &family.lines, family.payment.as_ref()));
    let order = &family.order;
    workset.emit(order.tenant, kind, order.id.to_string(), order.version, data);
}
