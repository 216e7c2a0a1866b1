//! Virtual accounts: an account number was issued, and the buyer pays into it until its due date, or does not.
//!
//! That a deposit came is believed from the acquirer alone, who is asked: a notice only says when to ask.

use std::borrow::Cow;

use steelyard_connectors::{Approval, Inquiry, Instrument, NetCancel, request::HOLDER_CHARS_MAX};
use steelyard_domain::{
    Span, Timestamp,
    method::{AccountSummary, MethodType, Tender},
    order::{OrderEvent, OrderStatus},
    payment::{
        AttemptState, Payment, PaymentEvent, PaymentStatus, attempt::AttemptEvent, resolution::ResolutionStep,
    },
};

use super::{
    Charge, Heard, advance,
    charge::{self, Subject},
    settle, step,
};
use crate::{
    checkout,
    order::{self, release},
    pipeline::Command,
    problem::{Code, Problem},
    workset::{Needs, Workset},
};

/// Between two looks at an account of which nobody has said anything: a notice may get lost.
pub(crate) const LOOK_EVERY: Span = Span::from_minutes(5);

/// How long an account waits for its deposit: where nobody says, and at most.
const LIFE: Span = Span::from_hours(24);
const LIFE_MAX: Span = Span::from_days(30);

/// A charge with the end of its wait for a deposit, if it is to wait for one.
pub(super) fn dated(charge: &Charge, now: Timestamp) -> Result<Cow<'_, Charge>, Problem> {
    let Tender::VirtualAccount(account) = &charge.tender else { return Ok(Cow::Borrowed(charge)) };
    let due_at = account.due_at.unwrap_or_else(|| now.after(LIFE));
    if due_at <= now || due_at > now.after(LIFE_MAX) {
        let (english, korean) = ("dueAt lies within the next 30 days", "dueAt은 지금부터 30일 안이어야 해요");
        return Err(Problem::new(Code::InvalidRequest).said(english, korean).param("method.dueAt"));
    }
    let tender = Tender::VirtualAccount(AccountSummary { due_at: Some(due_at), ..account.clone() });
    Ok(Cow::Owned(Charge { tender, ..charge.clone() }))
}

/// The account that is to be issued for a payment, if one is.
pub(super) fn to_be_issued(payment: &Payment, merchant: &str) -> Option<Box<Instrument>> {
    let account = payment.account.as_ref().filter(|_| payment.method == MethodType::VirtualAccount)?;
    let (bank, due_at) = (account.bank, account.due_at?);
    Some(Box::new(Instrument::VirtualAccount { bank, holder: holder(merchant), due_at }))
}

/// Whom an account names: as much of the merchant's name as fits.
fn holder(merchant: &str) -> String {
    let fits: String = merchant.trim().chars().take(HOLDER_CHARS_MAX).collect();
    fits.trim_end().to_owned()
}

/// What is to be done now about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    /// Deposited, closed, or looked at again in its time.
    Nothing,
    /// Its time is over: it must be closed at the acquirer, who gives back what came in the meantime.
    CloseNow,
}

/// Puts on record what was heard of an account that waits for its deposit.
pub struct SettleDeposit {
    pub subject: Subject,
    pub heard: Heard,
}

impl Command for SettleDeposit {
    type Answer = Deposit;

    fn name(&self) -> &'static str {
        "settleDeposit"
    }

    fn needs(&self, needs: &mut Needs) {
        settle::need(self.subject, None, needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        settle::need_of_order(self.subject, workset, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Deposit, Problem> {
        let now = workset.business_now(self.subject.tenant)?;
        let family = workset.family(self.subject.tenant, self.subject.order)?;
        let attempt = family.attempt(self.subject.attempt)?;
        let payment = family.payment()?;
        if payment.status != PaymentStatus::WaitingForDeposit || attempt.state != AttemptState::Approved {
            return Ok(Deposit::Nothing);
        }
        let is_over = payment.account.as_ref().and_then(|account| account.due_at).is_some_and(|due| due <= now);
        let is_closing = attempt.resolution.step == ResolutionStep::NetCancel;
        match &self.heard {
            Heard::Inquiry(Inquiry::Undone) | Heard::NetCancel(NetCancel::Confirmed) => {
                close(workset, self.subject)?;
            }
            // Whoever decided to close it may be at the acquirer: a deposit believed now would be given back there.
            Heard::Inquiry(Inquiry::Approved(_) | Inquiry::Issued(_)) if is_closing => return Ok(Deposit::CloseNow),
            Heard::Inquiry(Inquiry::Approved(approval)) if charge::matches(family, attempt.id, approval) => {
                charge::deposited(workset, self.subject, approval)?;
            }
            Heard::Inquiry(Inquiry::Issued(_)) if is_over => {
                self.decide_to_close(workset)?;
                return Ok(Deposit::CloseNow);
            }
            Heard::Inquiry(Inquiry::Approved(approval)) => {
                metrics::counter!("steelyard_contradicting_answers_total", "connector" => attempt.connector.as_str())
                    .increment(1);
                let detail = format!("{} deposited, which is not what was asked", approval.amount);
                self.look_again(workset, &detail, is_over)?;
            }
            Heard::Inquiry(
                Inquiry::Issued(_) | Inquiry::Declined { .. } | Inquiry::NotFound | Inquiry::Unanswered { .. },
            )
            | Heard::NetCancel(NetCancel::Unanswered { .. }) => self.look_again(workset, "no deposit yet", is_over)?,
        }
        Ok(Deposit::Nothing)
    }
}

impl SettleDeposit {
    /// On record before the acquirer is told, so that no deposit counts that it then gives back. A server that dies
    /// in between leaves it to the next.
    fn decide_to_close(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.now;
        let attempt = workset.family_mut(self.subject.tenant, self.subject.order)?.attempt_mut(self.subject.attempt)?;
        attempt.resolution.step = ResolutionStep::NetCancel;
        attempt.next_check_at = Some(now);
        attempt.version += 1;
        Ok(())
    }

    /// Its end is tried at once and then, like everything else that was in vain, in its time.
    fn look_again(&self, workset: &mut Workset, detail: &str, is_over: bool) -> Result<(), Problem> {
        let next = workset.now.after(LOOK_EVERY);
        let attempt = workset.family_mut(self.subject.tenant, self.subject.order)?.attempt_mut(self.subject.attempt)?;
        attempt.next_check_at = Some(next);
        attempt.resolution.checks += i64::from(is_over);
        attempt.message = Some(detail.to_owned());
        attempt.version += 1;
        Ok(())
    }
}

/// Nobody paid in, and nobody can any more: payment and order are over.
fn close(workset: &mut Workset, subject: Subject) -> Result<(), Problem> {
    let (tenant, order) = (subject.tenant, subject.order);
    let now = workset.business_now(tenant)?;
    let family = workset.family_mut(tenant, order)?;
    step(family.attempt_mut(subject.attempt)?, AttemptEvent::NetCancel)?;
    advance(family.payment_mut()?, PaymentEvent::Expire, now)?;
    let mut order_expired = false;
    if family.order.status == OrderStatus::Open {
        family.order.status = family.order.status.apply(OrderEvent::Expire).map_err(Problem::of_state)?;
        family.order.updated_at = now;
        family.order.version += 1;
        order_expired = true;
    }
    if order_expired {
        release(workset, tenant, order)?;
        checkout::expire(workset, tenant, order)?;
    }
    let family = workset.family(tenant, order)?.clone();
    super::emit(workset, &family, "payment.expired")?;
    if order_expired {
        order::emit(workset, &family, "order.expired");
    }
    Ok(())
}

/// An account whose issue was never heard of, and which has been paid into: both on record now.
pub(super) fn found_deposited(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let now = workset.business_now(subject.tenant)?;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, AttemptEvent::Approve)?;
    attempt.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    let payment = family.payment_mut()?;
    payment.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    payment.failure = None;
    advance(payment, PaymentEvent::AwaitDeposit, now)?;
    charge::deposited(workset, subject, approval)
}
