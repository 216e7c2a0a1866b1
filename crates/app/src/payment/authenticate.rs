//! The second door: a browser authenticates the buyer, and nothing moves until the merchant's server confirms.

use std::sync::Arc;

use steelyard_connectors::answer::AuthenticationAnswer;
use steelyard_domain::{
    AttemptId, CheckoutSessionId, OrderId, Span, Tenant,
    payment::{AUTHENTICATION_LIFE, Attempt, AttemptState, Failure},
};

use super::{
    Connectors,
    intent::NewAttempt,
    start::{Charge, check_authentications, operation_of, payable},
};
use crate::{
    checkout::{CHALLENGED, Gate, check_door},
    clock::new_id,
    pipeline::Command,
    problem::{Code, Problem},
    request::Call,
    workset::{Needs, Workset},
};

/// After this long without an answer, an authentication that a page asked for keeps no other from being asked for.
pub(crate) const AUTHENTICATION_PATIENCE: Span = Span::from_secs(15);

/// `POST /v1/payments/authenticate`: payment and attempt on record, waiting.
pub struct StartAuthentication {
    pub call: Call,
    pub charge: Charge,
    pub gate: Gate,
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
        self.gate.needs(needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        self.charge.order.needs_of_claim(workset, self.call.tenant, needs);
        if let Some(session) = self.door(workset) {
            needs.checkout(session);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Waiting, Problem> {
        let tenant = self.call.tenant;
        if let Some(refused) = self.gate.pass(workset, tenant)? {
            return Err(refused);
        }
        if let Some(session) = self.door(workset) {
            check_door(workset, &self.call, session)?;
        }
        let payable = payable(workset, tenant, &self.charge, &self.connectors);
        let (order, payment) = payable.map_err(|problem| untold(problem, &self.call))?;
        let (now, business_now) = (workset.now, workset.business_now(tenant)?);
        let family = workset.family_mut(tenant, order)?;
        let payment_id = Some(payment.to_string());
        check_authentications(family).map_err(|problem| Problem { payment_id, ..problem })?;
        let asks_again = |attempt: &&Attempt| {
            attempt.state == AttemptState::Created
                && attempt.answered_at.is_none()
                && attempt.created_at.after(AUTHENTICATION_PATIENCE) > now
        };
        if matches!(self.gate, Gate::Page { .. }) && family.attempts.iter().any(|attempt| asks_again(&attempt)) {
            // Pressed twice: the first is at the acquirer.
            return Err(Problem::new(Code::PaymentInProgress));
        }
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
        there.failure = None;
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

impl StartAuthentication {
    /// The page on which the order is paid already, for whom has no other business with it.
    fn door(&self, workset: &Workset) -> Option<CheckoutSessionId> {
        let family = self.charge.order.find(workset, self.call.tenant).ok()?;
        family.order.checkout.filter(|_| self.call.is_public())
    }
}

/// A key that anybody can read off a page must not ask for the totals of orders one by one.
pub(crate) fn untold(problem: Problem, call: &Call) -> Problem {
    if call.is_public() && problem.code == Code::AmountMismatch {
        return problem.said("not the order's total", "주문 합계와 달라요");
    }
    problem
}

/// Keeps the acquirer's token, or lets go of an attempt that was refused one.
pub struct KeepAuthentication {
    tenant: Tenant,
    order: OrderId,
    attempt: AttemptId,
    token: Option<String>,
    code: String,
    message: Option<String>,
    /// Why there is no token.
    failure: Option<Failure>,
}

impl KeepAuthentication {
    pub(crate) fn of(tenant: Tenant, waiting: &Waiting, answer: AuthenticationAnswer) -> Self {
        let (token, code, message, failure) = match answer {
            AuthenticationAnswer::Authenticated { token } => (Some(token), String::from("AUTHENTICATED"), None, None),
            AuthenticationAnswer::Challenge { token, url } => (Some(token), CHALLENGED.to_owned(), Some(url), None),
            AuthenticationAnswer::Declined { code, message } => {
                let failure = Failure {
                    code: Code::PaymentDeclined.facts().name.to_owned(),
                    decline_code: Some(code.clone()),
                    message: message.clone(),
                };
                (None, code, Some(message), Some(failure))
            }
            AuthenticationAnswer::Failed { detail } => {
                let failure = Failure {
                    code: Code::ConnectorUnavailable.facts().name.to_owned(),
                    decline_code: None,
                    message: detail.clone(),
                };
                (None, String::from("NO_ANSWER"), Some(detail), Some(failure))
            }
        };
        let (order, attempt) = (waiting.order, waiting.attempt);
        Self { tenant, order, attempt, token, code, message, failure }
    }
}

/// The buyer came back from the card's bank; whether they passed there, the acquirer says when it is charged.
pub struct PassChallenge {
    pub tenant: Tenant,
    pub order: OrderId,
    pub attempt: AttemptId,
}

impl Command for PassChallenge {
    type Answer = ();

    fn name(&self) -> &'static str {
        "passChallenge"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.business_now(self.tenant)?;
        let family = workset.family_mut(self.tenant, self.order)?;
        let attempt = family.attempt_mut(self.attempt)?;
        if attempt.state == AttemptState::Created && attempt.code.as_deref() == Some(CHALLENGED) {
            attempt.code = Some(String::from("AUTHENTICATED"));
            attempt.message = None;
            attempt.version += 1;
            // Open pages learn by the payment's version that there is something new to show.
            super::touch(family.payment_mut()?, now);
        }
        Ok(())
    }
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
        let (now, business_now) = (workset.now, workset.business_now(self.tenant)?);
        let family = workset.family_mut(self.tenant, self.order)?;
        let attempt = family.attempt_mut(self.attempt)?;
        if attempt.state != AttemptState::Created {
            return Ok(());
        }
        attempt.answered_at = Some(now);
        attempt.code = Some(self.code.clone());
        attempt.message.clone_from(&self.message);
        match &self.token {
            Some(token) => {
                attempt.authentication = Some(token.clone());
                attempt.version += 1;
            }
            None => super::abandon(attempt)?,
        }
        let payment = family.payment_mut()?;
        if self.failure.is_some() {
            payment.failure.clone_from(&self.failure);
        }
        super::touch(payment, business_now);
        Ok(())
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
        let (now, business_now) = (workset.now, workset.business_now(self.tenant)?);
        let family = workset.family_mut(self.tenant, self.order)?;
        let attempt = family.attempt_mut(self.attempt)?;
        if attempt.state == AttemptState::Created && attempt.next_check_at.is_some_and(|at| at <= now) {
            super::abandon(attempt)?;
            super::touch(family.payment_mut()?, business_now);
        }
        Ok(())
    }
}
