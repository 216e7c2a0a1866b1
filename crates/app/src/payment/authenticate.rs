//! The second door: a browser authenticates the buyer, and nothing moves until the merchant's server confirms.

use std::sync::Arc;

use steelyard_domain::{
    AttemptId, OrderId, Tenant,
    merchant::KeyKind,
    payment::{AUTHENTICATION_LIFE, AttemptState},
};

use super::{
    Connectors,
    intent::NewAttempt,
    start::{Charge, operation_of, payable},
};
use crate::{
    clock::new_id,
    pipeline::Command,
    problem::{Code, Problem},
    request::Call,
    workset::{Needs, Workset},
};

/// `POST /v1/payments/authenticate`: payment and attempt on record, waiting.
pub struct StartAuthentication {
    pub call: Call,
    pub charge: Charge,
    pub connectors: Arc<Connectors>,
}

/// The attempt whose id is the payment key.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    pub order: OrderId,
    pub attempt: AttemptId,
    pub connector: steelyard_domain::method::ConnectorName,
    pub amount: steelyard_domain::Money,
    pub payment: steelyard_domain::PaymentId,
    pub expires_at: steelyard_domain::Timestamp,
}

impl Command for StartAuthentication {
    type Answer = Waiting;

    fn name(&self) -> &'static str {
        "startAuthentication"
    }

    fn needs(&self, needs: &mut Needs) {
        self.charge.order.needs(self.call.tenant, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Waiting, Problem> {
        let tenant = self.call.tenant;
        let payable = payable(workset, tenant, &self.charge, &self.connectors);
        let (order, payment) = payable.map_err(|problem| untold(problem, &self.call))?;
        let (now, business_now) = (workset.now, workset.business_now(tenant)?);
        let family = workset.family_mut(tenant, order)?;
        for attempt in family.attempts.iter_mut().filter(|attempt| attempt.state == AttemptState::Created) {
            super::abandon(attempt)?;
        }
        let there = family.payment_mut()?;
        let is_new = there.version == 0;
        super::touch(there, business_now);
        let attempt = NewAttempt {
            id: AttemptId::from_uuid(new_id()),
            tenant,
            order,
            payment,
            refund: None,
            connector: there.connector,
            operation: operation_of(there.capture_mode),
            currency: there.currency,
            amount: there.amount,
            idempotency: None,
        };
        let mut attempt = attempt.created(now);
        let expires_at = now.after(AUTHENTICATION_LIFE);
        attempt.next_check_at = Some(expires_at);
        let waiting = Waiting {
            order,
            attempt: attempt.id,
            connector: attempt.connector,
            amount: steelyard_domain::Money::new(attempt.amount, attempt.currency),
            payment,
            expires_at,
        };
        family.attempts.push(attempt);
        if is_new {
            let family = family.clone();
            super::emit(workset, &family, "payment.created")?;
        }
        Ok(waiting)
    }
}

/// A key that anybody can read off a page must not ask for the totals of orders one by one.
fn untold(problem: Problem, call: &Call) -> Problem {
    let is_public = call.key.as_ref().is_some_and(|key| key.kind == KeyKind::Publishable);
    if is_public && problem.code == Code::AmountMismatch {
        return problem.said("not the order's total", "주문 합계와 달라요");
    }
    problem
}

/// Keeps the acquirer's token, or lets go of an attempt that was refused one.
pub struct KeepAuthentication {
    pub tenant: Tenant,
    pub order: OrderId,
    pub attempt: AttemptId,
    pub token: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
}

impl Command for KeepAuthentication {
    type Answer = ();

    fn name(&self) -> &'static str {
        "keepAuthentication"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.now;
        let attempt = workset.family_mut(self.tenant, self.order)?.attempt_mut(self.attempt)?;
        if attempt.state != AttemptState::Created {
            return Ok(());
        }
        attempt.answered_at = Some(now);
        attempt.code.clone_from(&self.code);
        attempt.message.clone_from(&self.message);
        match &self.token {
            Some(token) => {
                attempt.authentication = Some(token.clone());
                attempt.version += 1;
                Ok(())
            }
            None => super::abandon(attempt),
        }
    }
}

/// Lets go of an authentication that nobody confirmed in time. Nothing was charged.
pub struct AbandonAttempt {
    pub tenant: Tenant,
    pub order: OrderId,
    pub attempt: AttemptId,
}

impl Command for AbandonAttempt {
    type Answer = ();

    fn name(&self) -> &'static str {
        "abandonAttempt"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.now;
        let attempt = workset.family_mut(self.tenant, self.order)?.attempt_mut(self.attempt)?;
        if attempt.state == AttemptState::Created && attempt.next_check_at.is_some_and(|at| at <= now) {
            super::abandon(attempt)?;
        }
        Ok(())
    }
}
