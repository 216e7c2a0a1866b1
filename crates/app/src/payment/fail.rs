//! The merchant says that no more attempts are wanted.

use steelyard_domain::{
    OrderId,
    payment::{AttemptState, PaymentEvent},
};

use super::advance;
use crate::{
    checkout,
    idempotency::{self, Claimed},
    order,
    pipeline::Command,
    problem::Problem,
    request::{Call, Reply},
    workset::{Needs, Workset},
};

const OPERATION: &str = "POST /v1/payments/{id}/fail";

/// `POST /v1/payments/{id}/fail`
pub struct FailPayment {
    pub call: Call,
    pub order: OrderId,
}

impl Command for FailPayment {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "failPayment"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.order(self.order);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Ok(family) = workset.family(self.call.tenant, self.order) {
            order::need_rest(family, needs);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let now = workset.business_now(tenant)?;
        let family = workset.family_mut(tenant, self.order)?;
        let payment = family.payment_mut()?;
        advance(payment, PaymentEvent::Fail, now)?;
        let id = payment.id;
        for attempt in family.attempts.iter_mut().filter(|attempt| attempt.state == AttemptState::Created) {
            super::abandon(attempt)?;
        }
        let family = family.clone();
        super::emit(workset, &family, "payment.failed")?;
        checkout::expire(workset, tenant, self.order)?;
        let reply = super::settle::payment_reply(&family, 200, self.call.language, &self.call.request_id)?;
        idempotency::finish(workset, &self.call, OPERATION, key, id.uuid(), &reply);
        Ok(reply)
    }
}
