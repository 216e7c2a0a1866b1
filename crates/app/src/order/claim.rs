//! Orders that a browser claims. Anybody can read a publishable key off a page, and guess the name of an order that is
//! still to be made: a claim keeps that name from nobody but other browsers.

use steelyard_domain::{OrderId, Tenant, order::OrderStatus, payment::PaymentStatus};

use crate::{
    problem::Problem,
    request::NewOrder,
    workset::{Needs, Workset},
};

const REASON: &str = "claimed by a browser, made by the merchant's server";

/// The rows that a claim of this name takes with it, if it has to go.
pub(crate) fn need(workset: &Workset, tenant: Tenant, new: &NewOrder, needs: &mut Needs) {
    let found = workset.order_by_name(tenant, &new.merchant_order_id);
    if let Some(family) = found.and_then(|id| workset.family(tenant, id).ok())
        && family.order.is_claim
        && !new.is_claim
    {
        super::need_rest(family, needs);
    }
}

/// Gives up an order that a browser claimed and nobody pays, so that the merchant's server may make one of its name. One
/// that came to nothing by itself leaves its name as well: it would keep it for ever. The answer is whether it did.
pub(super) fn give_way(
    workset: &mut Workset,
    tenant: Tenant,
    existing: OrderId,
    new: &NewOrder,
) -> Result<bool, Problem> {
    let family = workset.family(tenant, existing)?;
    if new.is_claim || !family.order.is_claim {
        return Ok(false);
    }
    let is_idle = family.payment.as_ref().is_none_or(|payment| payment.status == PaymentStatus::Ready);
    match family.order.status {
        OrderStatus::Open if is_idle => super::give_up(workset, tenant, existing, REASON)?,
        OrderStatus::Expired | OrderStatus::Canceled if family.order.paid == 0 => {
            let now = workset.business_now(tenant)?;
            let order = &mut workset.family_mut(tenant, existing)?.order;
            order.updated_at = now;
            order.version += 1;
        }
        OrderStatus::Open
        | OrderStatus::Expired
        | OrderStatus::Canceled
        | OrderStatus::Paid
        | OrderStatus::PartiallyRefunded
        | OrderStatus::Refunded => return Ok(false),
    }
    workset.rename_order(tenant, existing, format!("claim-{existing}"))?;
    Ok(true)
}
