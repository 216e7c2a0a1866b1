//! Giving up an order that nothing was paid for. What was paid is returned first: see the payment's cancel.

use steelyard_domain::{
    OrderId,
    order::OrderEvent,
    payment::{AttemptState, PaymentEvent, PaymentStatus},
};

use crate::{
    checkout,
    idempotency::{self, Claimed},
    order::release,
    payment,
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, Reply},
    view::{OrderView, to_json},
    workset::{Needs, Workset},
};

pub(crate) const OPERATION: &str = "POST /v1/orders/{id}/cancel";

/// `POST /v1/orders/{id}/cancel`, for an order without money.
pub struct CancelOpenOrder {
    pub call: Call,
    pub order: OrderId,
    pub reason: String,
}

/// Either it is done, or money must go back first.
pub enum Canceled {
    Done(Reply),
    MoneyFirst,
}

impl Command for CancelOpenOrder {
    type Answer = Canceled;

    fn name(&self) -> &'static str {
        "cancelOpenOrder"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.order(self.order);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Ok(family) = workset.family(self.call.tenant, self.order) {
            super::need_rest(family, needs);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Canceled, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(Canceled::Done(reply)),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let family = workset.family(tenant, self.order)?;
        if let Some(payment) = &family.payment {
            match payment.status {
                PaymentStatus::Ready | PaymentStatus::Canceled | PaymentStatus::Failed | PaymentStatus::Expired => {}
                PaymentStatus::InProgress | PaymentStatus::Unknown | PaymentStatus::WaitingForDeposit => {
                    let id = payment.id.to_string();
                    return Err(Problem { payment_id: Some(id), ..Problem::new(Code::PaymentInProgress) });
                }
                PaymentStatus::Authorized
                | PaymentStatus::Captured
                | PaymentStatus::PartiallyCanceled
                | PaymentStatus::PartiallyRefunded
                | PaymentStatus::Refunded => return Ok(Canceled::MoneyFirst),
            }
        }
        give_up(workset, tenant, self.order, &self.reason)?;
        let family = workset.family(tenant, self.order)?;
        let data = to_json(&OrderView::new(&family.order, &family.lines, family.payment.as_ref()));
        let reply = Reply {
            status: 200,
            body: success_body(&data, self.call.language, &self.call.request_id),
            replayed: false,
        };
        idempotency::finish(workset, &self.call, OPERATION, key, self.order.uuid(), &reply);
        Ok(Canceled::Done(reply))
    }
}

/// Cancels an open order: its stock is free again, its payment can no more be paid.
pub(crate) fn give_up(
    workset: &mut Workset,
    tenant: steelyard_domain::Tenant,
    order: OrderId,
    reason: &str,
) -> Result<(), Problem> {
    let now = workset.business_now(tenant)?;
    let family = workset.family_mut(tenant, order)?;
    let status = family.order.status.apply(OrderEvent::Cancel);
    family.order.status = status.map_err(Problem::of_state)?;
    family.order.cancel_reason = Some(reason.to_owned());
    family.order.updated_at = now;
    family.order.version += 1;
    let mut payment_canceled = false;
    if let Some(payment) = family.payment.as_mut().filter(|payment| payment.status == PaymentStatus::Ready) {
        payment::advance(payment, PaymentEvent::Abandon, now)?;
        payment_canceled = true;
        for attempt in family.attempts.iter_mut().filter(|attempt| attempt.state == AttemptState::Created) {
            payment::abandon(attempt)?;
        }
    }
    release(workset, tenant, order)?;
    checkout::expire(workset, tenant, order)?;
    let family = workset.family(tenant, order)?.clone();
    if payment_canceled {
        payment::emit(workset, &family, "payment.canceled")?;
    }
    super::emit(workset, &family, "order.canceled");
    Ok(())
}
