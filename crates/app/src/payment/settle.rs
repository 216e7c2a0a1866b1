//! Settling: what the acquirer said (or failed to say) is put on record, with the answer to the caller.

use std::sync::Arc;

use steelyard_connectors::Answer;
use steelyard_domain::{
    IdempotencyId, Money, Timestamp,
    method::MethodType,
    payment::{Attempt, AttemptState, Operation, RefundState, attempt::AttemptEvent, resolution::ResolutionStep},
};

use super::{
    capture,
    charge::{self, Ended, Subject},
    deposit, give_back,
    intent::Pace,
};
use crate::{
    idempotency, order,
    pipeline::Command,
    problem::{Code, Language, Problem, success_body},
    request::Reply,
    view::{OrderView, PaymentView, RefundView, to_json},
    workset::{Family, Needs, Workset},
};

/// What the caller wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerAs {
    Payment,
    Refund,
    Order,
}

impl AnswerAs {
    /// By the operation a key was used for.
    pub(super) fn of_operation(operation: &str) -> Self {
        match operation {
            super::flow::REFUND_ORDER => Self::Refund,
            order::CANCEL => Self::Order,
            _ => Self::Payment,
        }
    }
}

/// How the caller is answered.
#[derive(Debug, Clone)]
pub struct Voice {
    pub answer_as: AnswerAs,
    pub language: Language,
    pub request_id: String,
}

/// Puts the outcome of a request on record.
pub struct Settle {
    pub subject: Subject,
    /// What was asked.
    pub operation: Operation,
    pub answer: Answer,
    pub idempotency: Option<IdempotencyId>,
    pub voice: Voice,
    pub pace: Arc<Pace>,
}

impl Command for Settle {
    /// What the caller is told. `Err` where nothing was sent: the key is free again.
    type Answer = Result<Reply, Box<Problem>>;

    fn name(&self) -> &'static str {
        "settle"
    }

    fn needs(&self, needs: &mut Needs) {
        if self.operation.charges() {
            need_of_charge(self.subject, self.idempotency, needs);
        } else {
            need(self.subject, self.idempotency, needs);
        }
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        need_of_order(self.subject, workset, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Self::Answer, Problem> {
        let attempt = workset.family(self.subject.tenant, self.subject.order)?.attempt(self.subject.attempt)?.clone();
        if attempt.state.is_open() {
            apply(workset, self.subject, &attempt, &self.answer, &self.pace)?;
        } else {
            self.too_late(workset, &attempt)?;
        }
        let family = workset.family(self.subject.tenant, self.subject.order)?;
        let attempt = family.attempt(self.subject.attempt)?;
        if attempt.state == AttemptState::NotSent {
            let payment_id = Some(attempt.payment.to_string());
            if let Some(id) = self.idempotency {
                workset.release_key(id);
            }
            return Ok(Err(Box::new(Problem { payment_id, ..Problem::new(Code::ConnectorUnavailable) })));
        }
        let reply = reply(workset, family, attempt, &self.voice)?;
        idempotency::complete(workset, self.idempotency, &reply);
        Ok(Ok(reply))
    }
}

impl Settle {
    /// An answer about an attempt that is settled.
    fn too_late(&self, workset: &mut Workset, attempt: &Attempt) -> Result<(), Problem> {
        match &self.answer {
            Answer::Approved(approval) if charge::is_over(attempt) => charge::late(workset, self.subject, approval),
            Answer::Issued(_) if charge::is_over(attempt) => charge::issued_late(workset, self.subject),
            Answer::Approved(_) if attempt.state != AttemptState::Approved => {
                // A return that was proven not to have arrived has arrived after all: a person must look.
                tracing::error!(attempt = %attempt.id, "the acquirer approved what is settled as not done");
                metrics::counter!("steelyard_contradicting_answers_total", "connector" => attempt.connector.as_str())
                    .increment(1);
                Ok(())
            }
            Answer::Approved(_)
            | Answer::Issued(_)
            | Answer::Declined { .. }
            | Answer::NotSent { .. }
            | Answer::Unknown { .. } => Ok(()),
        }
    }
}

/// The rows an attempt's outcome touches.
pub(super) fn need(subject: Subject, key: Option<IdempotencyId>, needs: &mut Needs) {
    needs.order_with_refunds(subject.order);
    need_of_charge(subject, key, needs);
}

/// The same of a charge: no refund has a part in it.
fn need_of_charge(subject: Subject, key: Option<IdempotencyId>, needs: &mut Needs) {
    needs.merchant(subject.tenant.merchant);
    needs.order(subject.order);
    if let Some(key) = key {
        needs.idempotency(key);
    }
}

pub(super) fn need_of_order(subject: Subject, workset: &Workset, needs: &mut Needs) {
    let Ok(family) = workset.family(subject.tenant, subject.order) else { return };
    let Ok(attempt) = family.attempt(subject.attempt) else { return };
    order::need_rest(family, needs);
    give_back::need_accounts(family, needs);
    if let Some(refund) = attempt.refund {
        needs.postings_of(refund.uuid());
    }
    if charge::is_over(attempt) {
        charge::need_suspense(attempt, needs);
        needs.postings_of(attempt.id.uuid());
    }
}

/// Applies an answer to an attempt that is open.
pub(super) fn apply(
    workset: &mut Workset,
    subject: Subject,
    attempt: &Attempt,
    answer: &Answer,
    pace: &Pace,
) -> Result<(), Problem> {
    let next = pace.ladder.next(attempt.sent_at.unwrap_or(workset.now), workset.now);
    match answer {
        Answer::Approved(approval) => {
            if attempt.operation.charges() && attempt.resolution.step == ResolutionStep::NetCancel {
                // Undoing it is under way, and may have taken effect: an approval now is one too late.
                return doubt(workset, subject, attempt, "approved while it was being undone", next);
            }
            let family = workset.family(subject.tenant, subject.order)?;
            if !charge::matches(family, subject.attempt, approval) {
                let detail = format!("the acquirer answered {}, not what was asked", approval.amount);
                return doubt(workset, subject, attempt, &detail, next);
            }
            match attempt.operation {
                Operation::Authorize | Operation::Purchase => charge::approved(workset, subject, approval),
                Operation::Capture => capture::approved(workset, subject, approval),
                Operation::Void => give_back::void_approved(workset, subject, approval),
                Operation::Cancel | Operation::Refund => give_back::refund_approved(workset, subject, approval),
            }
        }
        Answer::Issued(issued) => {
            let asked = Money::new(attempt.amount, attempt.currency);
            let method = workset.family(subject.tenant, subject.order)?.payment()?.method;
            if attempt.operation != Operation::Purchase
                || method != MethodType::VirtualAccount
                || issued.amount != asked
            {
                let detail = format!("an account was issued for {}, which was not asked for", issued.amount);
                return doubt(workset, subject, attempt, &detail, next);
            }
            if attempt.resolution.step == ResolutionStep::NetCancel {
                return doubt(workset, subject, attempt, "issued while it was being undone", next);
            }
            charge::issued(workset, subject, issued, workset.now.after(deposit::LOOK_EVERY))
        }
        Answer::Declined { code, message } => ended(workset, subject, attempt, AttemptEvent::Decline, code, message),
        // Once its answer was lost, nothing proves any more that a request did not leave.
        Answer::NotSent { detail } if attempt.state == AttemptState::Sent => {
            ended(workset, subject, attempt, AttemptEvent::FailToSend, "NOT_SENT", detail)
        }
        Answer::NotSent { detail } | Answer::Unknown { detail } => {
            lost(workset, subject, attempt, detail, attempt.resolution.step, next)
        }
    }
}

/// An answer that contradicts the request is not believed: a charge is undone, anything else asked about.
fn doubt(
    workset: &mut Workset,
    subject: Subject,
    attempt: &Attempt,
    detail: &str,
    next: Timestamp,
) -> Result<(), Problem> {
    metrics::counter!("steelyard_contradicting_answers_total", "connector" => attempt.connector.as_str()).increment(1);
    let now = workset.now;
    if attempt.operation.charges() {
        lost(workset, subject, attempt, detail, ResolutionStep::NetCancel, now)
    } else {
        lost(workset, subject, attempt, detail, ResolutionStep::Inquire, next)
    }
}

fn ended(
    workset: &mut Workset,
    subject: Subject,
    attempt: &Attempt,
    event: AttemptEvent,
    code: &str,
    message: &str,
) -> Result<(), Problem> {
    match attempt.operation {
        Operation::Authorize | Operation::Purchase => {
            let why = if event == AttemptEvent::FailToSend {
                Ended::NotSent { detail: message.to_owned() }
            } else {
                Ended::Declined { code: code.to_owned(), message: message.to_owned() }
            };
            charge::ended(workset, subject, &why)
        }
        Operation::Capture | Operation::Void => capture::ended(workset, subject, event, code, message),
        Operation::Cancel | Operation::Refund => give_back::refund_ended(workset, subject, event, code, message),
    }
}

pub(super) fn lost(
    workset: &mut Workset,
    subject: Subject,
    attempt: &Attempt,
    detail: &str,
    step: ResolutionStep,
    next: Timestamp,
) -> Result<(), Problem> {
    match attempt.operation {
        Operation::Authorize | Operation::Purchase => charge::lost(workset, subject, detail, step, next),
        Operation::Capture | Operation::Void => capture::lost(workset, subject, detail, next),
        Operation::Cancel | Operation::Refund => give_back::refund_lost(workset, subject, detail, next),
    }
}

/// The answer to whoever asked for this attempt, by what became of it.
pub(super) fn reply(workset: &Workset, family: &Family, attempt: &Attempt, voice: &Voice) -> Result<Reply, Problem> {
    let charge = attempt.operation.charges();
    let done = match (charge, voice.answer_as) {
        (true, _) | (false, AnswerAs::Refund) => 201,
        (false, AnswerAs::Payment | AnswerAs::Order) => 200,
    };
    match attempt.state {
        AttemptState::Approved => success(workset, family, attempt, voice, done),
        AttemptState::Created | AttemptState::Sent | AttemptState::Unknown => {
            success(workset, family, attempt, voice, 202)
        }
        AttemptState::Declined | AttemptState::Abandoned | AttemptState::NotSent | AttemptState::NetCanceled => {
            let code = match attempt.operation {
                Operation::Authorize | Operation::Purchase => Code::PaymentDeclined,
                Operation::Capture => Code::CaptureDeclined,
                Operation::Void | Operation::Cancel | Operation::Refund => Code::RefundDeclined,
            };
            let decline_code = attempt.code.clone().unwrap_or_default();
            let problem = Problem {
                decline_code: Some(decline_code.clone()),
                payment_id: Some(attempt.payment.to_string()),
                ..Problem::new(code).detail(decline_code)
            };
            let body = problem.body(voice.language, &voice.request_id);
            Ok(Reply { status: problem.status(), body, replayed: false })
        }
    }
}

fn success(
    workset: &Workset,
    family: &Family,
    attempt: &Attempt,
    voice: &Voice,
    status: u16,
) -> Result<Reply, Problem> {
    let data = match voice.answer_as {
        AnswerAs::Order => to_json(&OrderView::new(&family.order, &family.lines, family.payment.as_ref())),
        AnswerAs::Refund => {
            let refund = family.refunds.iter().find(|refund| refund.attempt == attempt.id);
            match refund {
                Some(refund) => to_json(&RefundView::new(refund, &family.attempts)),
                // A void returns no captured money, so there is no refund to show: the payment says it.
                None => to_json(&PaymentView::new(&family.order, family.payment()?, &family.attempts, None)),
            }
        }
        AnswerAs::Payment if attempt.operation.charges() => {
            let payment = family.payment()?;
            // The event about it says the same, and was just written.
            let told = workset.told(&payment.id.to_string(), payment.version).map(str::to_owned);
            told.unwrap_or_else(|| to_json(&PaymentView::new(&family.order, payment, &family.attempts, None)))
        }
        AnswerAs::Payment => return payment_reply(family, status, voice.language, &voice.request_id),
    };
    Ok(Reply { status, body: success_body(&data, voice.language, &voice.request_id), replayed: false })
}

/// A payment with its refunds.
pub(super) fn payment_reply(
    family: &Family,
    status: u16,
    language: Language,
    request_id: &str,
) -> Result<Reply, Problem> {
    let refunds: Vec<_> =
        family.refunds.iter().filter(|refund| refund.state != RefundState::Requested).cloned().collect();
    let data = to_json(&PaymentView::new(&family.order, family.payment()?, &family.attempts, Some(&refunds)));
    Ok(Reply { status, body: success_body(&data, language, request_id), replayed: false })
}
