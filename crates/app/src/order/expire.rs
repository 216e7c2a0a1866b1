//! An order nobody paid in time: new attempts stop and its stock is free again. Expiry never races money.

use steelyard_domain::{
    OrderId, Tenant,
    order::{OrderEvent, OrderStatus},
    payment::{AttemptState, PaymentEvent, PaymentStatus},
};

use crate::{
    checkout,
    order::release,
    payment,
    pipeline::Command,
    problem::Problem,
    workset::{Needs, Workset},
};

/// Expires an order if its time is over and no payment keeps it.
pub struct ExpireOrder {
    pub tenant: Tenant,
    pub order: OrderId,
}

impl Command for ExpireOrder {
    type Answer = bool;

    fn name(&self) -> &'static str {
        "expireOrder"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Ok(family) = workset.family(self.tenant, self.order) {
            super::need_rest(family, needs);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<bool, Problem> {
        let now = workset.business_now(self.tenant)?;
        let family = workset.family(self.tenant, self.order)?;
        let kept = family.payment.as_ref().is_some_and(|payment| payment.status.holds_order());
        if family.order.status != OrderStatus::Open || family.order.expires_at > now || kept {
            return Ok(false);
        }
        let family = workset.family_mut(self.tenant, self.order)?;
        let mut payment_expired = false;
        if let Some(payment) = family.payment.as_mut().filter(|payment| payment.status == PaymentStatus::Ready) {
            payment::advance(payment, PaymentEvent::Expire, now)?;
            payment_expired = true;
            for attempt in family.attempts.iter_mut().filter(|attempt| attempt.state == AttemptState::Created) {
                payment::abandon(attempt)?;
            }
        }
        end_unpaid(workset, self.tenant, self.order)?;
        let family = workset.family(self.tenant, self.order)?.clone();
        if payment_expired {
            payment::emit(workset, &family, "payment.expired")?;
        }
        super::emit(workset, &family, "order.expired");
        Ok(true)
    }
}

/// An order's time is over: nothing is held for it any more, and nobody pays it. That it is told is left to whoever
/// has more to tell first.
pub(crate) fn end_unpaid(workset: &mut Workset, tenant: Tenant, order: OrderId) -> Result<(), Problem> {
    let now = workset.business_now(tenant)?;
    let family = workset.family_mut(tenant, order)?;
    family.order.status = family.order.status.apply(OrderEvent::Expire).map_err(Problem::of_state)?;
    family.order.updated_at = now;
    family.order.version += 1;
    release(workset, tenant, order)?;
    checkout::expire(workset, tenant, order)
}
