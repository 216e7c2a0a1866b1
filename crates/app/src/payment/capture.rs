//! Capturing an authorization, whole or in part. What is not captured is released with it.

use std::sync::Arc;

use steelyard_connectors::Approval;
use steelyard_domain::{
    AttemptId, OrderId,
    order::returns::Captured,
    payment::{AttemptState, Operation, PaymentStatus, attempt::AttemptEvent},
};

use super::{
    charge::{self, Subject},
    intent::{Intent, NewAttempt, Pace, Started},
    step,
};
use crate::{
    clock::new_id,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem},
    request::Call,
    workset::{Needs, Workset},
};

pub(crate) const OPERATION: &str = "POST /v1/payments/{id}/capture";

/// `POST /v1/payments/{id}/capture`
pub struct StartCapture {
    pub call: Call,
    pub order: OrderId,
    /// `None` is all of it.
    pub amount: Option<i64>,
    pub pace: Arc<Pace>,
}

impl Command for StartCapture {
    type Answer = Started;

    fn name(&self) -> &'static str {
        "startCapture"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.order(self.order);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Started, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(Started::Done(reply)),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let began = workset.began;
        let (now, business_now) = (workset.now, workset.business_now(tenant)?);
        let family = workset.family_mut(tenant, self.order)?;
        let open = family.open_attempt(&[Operation::Capture, Operation::Void]).is_some();
        let room = super::start::check_attempts(family, &[Operation::Capture]);
        let payment = family.payment_mut()?;
        let id = payment.id;
        let refuse = |problem: Problem| Problem { payment_id: Some(id.to_string()), ..problem };
        if payment.status != PaymentStatus::Authorized {
            let status = payment.status.as_str();
            let english = format!("the payment is {status}, not authorized");
            let korean = format!("결제 상태는 {status}, 승인된 상태가 아니에요");
            return Err(refuse(Problem::new(Code::StateConflict).said(english, korean)));
        }
        if open {
            return Err(refuse(Problem::new(Code::PaymentInProgress)));
        }
        room.map_err(refuse)?;
        if payment.authorized_until.is_some_and(|until| until <= business_now) {
            return Err(refuse(
                Problem::new(Code::StateConflict).said("the authorization's time is over", "승인 유효 기간이 지났어요"),
            ));
        }
        let amount = self.amount.unwrap_or(payment.amount);
        if amount > payment.amount {
            let english = format!("{amount} asked for, {} authorized", payment.amount);
            let korean = format!("요청 {amount}, 승인 {}", payment.amount);
            return Err(refuse(Problem::new(Code::ExceedsAuthorized).said(english, korean).param("amount")));
        }
        payment.fee_terms.fee(amount).map_err(|error| refuse(super::start::fee_problem(error)))?;
        super::touch(payment, business_now);
        let attempt = NewAttempt {
            id: AttemptId::from_uuid(new_id()),
            tenant,
            order: self.order,
            payment: id,
            refund: None,
            connector: payment.connector,
            operation: Operation::Capture,
            currency: payment.currency,
            amount,
            idempotency: key,
        };
        let attempt = attempt.sent(now, &self.pace);
        let intent = Intent::follow_up(&attempt, payment.acquirer_transaction_id.clone(), began);
        family.attempts.push(attempt);
        idempotency::start(workset, &self.call, OPERATION, key, id.uuid());
        Ok(Started::Ask(intent))
    }
}

/// The acquirer captured it.
pub fn approved(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let now = workset.now;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, AttemptEvent::Approve)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(String::from("APPROVED"));
    attempt.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    attempt.approval_number = Some(approval.approval_number.clone());
    let amount = attempt.amount;
    let family = workset.family(subject.tenant, subject.order)?;
    let payment = family.payment()?;
    let authorized = Captured { amount: payment.amount, fee: payment.fee, terms: payment.fee_terms };
    let (held, was) = (family.seller_shares(&authorized)?, payment.status);
    charge::tell_captured(workset, subject, was, amount, &held)
}

/// The acquirer refused it, or it never left: the authorization stands.
pub fn ended(
    workset: &mut Workset,
    subject: Subject,
    event: AttemptEvent,
    code: &str,
    message: &str,
) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, event)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(code.to_owned());
    attempt.message = Some(message.to_owned());
    if attempt.operation == Operation::Void && family.order.cancel_reason.take().is_some() {
        // The order was to go with its authorization, which stands.
        family.order.version += 1;
    }
    super::touch(family.payment_mut()?, business_now);
    Ok(())
}

/// No answer that can be believed: it is asked about again at `next_check_at`. The payment stays as it is.
pub fn lost(
    workset: &mut Workset,
    subject: Subject,
    detail: &str,
    next_check_at: steelyard_domain::Timestamp,
) -> Result<(), Problem> {
    let business_now = workset.business_now(subject.tenant)?;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    if attempt.state == AttemptState::Sent {
        step(attempt, AttemptEvent::LoseAnswer)?;
    } else {
        attempt.version += 1;
    }
    attempt.code = Some(String::from("NO_ANSWER"));
    attempt.message = Some(detail.to_owned());
    attempt.next_check_at = Some(next_check_at);
    super::touch(family.payment_mut()?, business_now);
    Ok(())
}
