//! Virtual accounts: an account number was issued, and the buyer pays into it until its due date, or does not.
//!
//! That a deposit came is believed from the acquirer alone, who is asked: a notice only says when to ask.

use std::{borrow::Cow, sync::Arc};

use steelyard_connectors::{Approval, Inquiry, Instrument, NetCancel, request::HOLDER_CHARS_MAX};
use steelyard_domain::{
    Span, Timestamp,
    method::{AccountSummary, MethodType, Tender},
    order::OrderStatus,
    payment::{
        Attempt, AttemptState, Payment, PaymentEvent, PaymentStatus, attempt::AttemptEvent, resolution::ResolutionStep,
    },
};

use super::{
    Charge, Heard, Pace, advance,
    charge::{self, Subject},
    settle, step,
};
use crate::{
    order,
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

/// Whether the acquirer is asked about an account before it is told to close it. Not where that is decided; but of
/// one that is over it is asked whether something came all the same.
pub(crate) const fn is_asked_about(attempt: &Attempt) -> bool {
    match attempt.resolution.step {
        ResolutionStep::Inquire => true,
        ResolutionStep::NetCancel => charge::is_over(attempt),
    }
}

/// What is to be done now about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    /// Deposited, closed, or looked at again in its time.
    Nothing,
    /// It must be closed at the acquirer, who gives back what came in the meantime.
    CloseNow,
}

/// Puts on record what was heard of an account that waits for its deposit.
pub struct SettleDeposit {
    pub subject: Subject,
    pub heard: Heard,
    pub pace: Arc<Pace>,
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
        if charge::is_over(attempt) {
            return self.after_the_end(workset);
        }
        let payment = family.payment()?;
        if payment.status != PaymentStatus::WaitingForDeposit || attempt.state != AttemptState::Approved {
            return Ok(Deposit::Nothing);
        }
        let is_due = payment.account.as_ref().and_then(|account| account.due_at).is_some_and(|due| due <= now);
        let is_closing = attempt.resolution.step == ResolutionStep::NetCancel;
        match &self.heard {
            Heard::Inquiry(Inquiry::Undone) | Heard::NetCancel(NetCancel::Confirmed) => {
                close(workset, self.subject)?;
                Ok(Deposit::Nothing)
            }
            // Silence decides nothing, whatever the date.
            Heard::Inquiry(Inquiry::Unanswered { detail }) | Heard::NetCancel(NetCancel::Unanswered { detail }) => {
                self.unanswered(workset, detail, is_due)
            }
            // Whoever decided to close it may be at the acquirer: a deposit believed now would be given back there.
            Heard::Inquiry(
                Inquiry::Approved(_) | Inquiry::Issued(_) | Inquiry::Declined { .. } | Inquiry::NotFound,
            ) if is_closing => Ok(Deposit::CloseNow),
            Heard::Inquiry(Inquiry::Approved(approval)) if charge::matches(family, attempt.id, approval) => {
                charge::deposited(workset, self.subject, approval)?;
                Ok(Deposit::Nothing)
            }
            Heard::Inquiry(Inquiry::Approved(approval)) => {
                metrics::counter!("steelyard_contradicting_answers_total", "connector" => attempt.connector.as_str())
                    .increment(1);
                let found = format!("{} deposited, which is not what was asked", approval.amount);
                if is_due {
                    // There is money there: that it goes back is the acquirer's to confirm, by the net cancel.
                    self.decide_to_close(workset, format!("{found}; it goes back"))
                } else {
                    self.look_again(workset, found)
                }
            }
            Heard::Inquiry(Inquiry::Issued(_) | Inquiry::Declined { .. } | Inquiry::NotFound) if is_due => {
                self.decide_to_close(workset, String::from("no deposit by the due date"))
            }
            Heard::Inquiry(Inquiry::Issued(_) | Inquiry::Declined { .. } | Inquiry::NotFound) => {
                self.look_again(workset, String::from("no deposit yet"))
            }
        }
    }
}

impl SettleDeposit {
    fn attempt<'w>(&self, workset: &'w mut Workset) -> Result<&'w mut Attempt, Problem> {
        workset.family_mut(self.subject.tenant, self.subject.order)?.attempt_mut(self.subject.attempt)
    }

    /// On record before the acquirer is told, so that no deposit counts that it then gives back. A server that dies
    /// in between leaves it to the next.
    fn decide_to_close(&self, workset: &mut Workset, why: String) -> Result<Deposit, Problem> {
        let now = workset.now;
        let attempt = self.attempt(workset)?;
        attempt.resolution.step = ResolutionStep::NetCancel;
        attempt.next_check_at = Some(now);
        attempt.message = Some(why);
        attempt.version += 1;
        Ok(Deposit::CloseNow)
    }

    fn look_again(&self, workset: &mut Workset, found: String) -> Result<Deposit, Problem> {
        let next = workset.now.after(LOOK_EVERY);
        let attempt = self.attempt(workset)?;
        attempt.next_check_at = Some(next);
        attempt.message = Some(found);
        attempt.version += 1;
        Ok(Deposit::Nothing)
    }

    /// Asked in vain: who does not answer is asked ever more rarely. The end of an account is tried at once and then,
    /// like everything else that was in vain, in its time.
    fn unanswered(&self, workset: &mut Workset, detail: &str, is_due: bool) -> Result<Deposit, Problem> {
        let now = workset.now;
        let attempt = self.attempt(workset)?;
        attempt.next_check_at = Some(self.pace.ladder.next(attempt.sent_at.unwrap_or(attempt.created_at), now));
        attempt.resolution.checks += i64::from(is_due);
        match attempt.resolution.step {
            ResolutionStep::Inquire => attempt.message = Some(detail.to_owned()),
            // Why it is being closed is not forgotten over that.
            ResolutionStep::NetCancel => {}
        }
        attempt.version += 1;
        Ok(Deposit::Nothing)
    }

    /// What comes into an account after its end is undone once more, like every approval that is heard of too late.
    fn after_the_end(&self, workset: &mut Workset) -> Result<Deposit, Problem> {
        let is_being_undone = self.attempt(workset)?.next_check_at.is_some();
        match &self.heard {
            Heard::Inquiry(Inquiry::Approved(approval)) => {
                charge::late(workset, self.subject, approval)?;
                Ok(Deposit::CloseNow)
            }
            Heard::Inquiry(Inquiry::Issued(_)) => {
                charge::issued_late(workset, self.subject)?;
                Ok(Deposit::CloseNow)
            }
            Heard::NetCancel(NetCancel::Confirmed) if is_being_undone => {
                charge::late_undone(workset, self.subject)?;
                Ok(Deposit::Nothing)
            }
            // If it is not undone by now, the janitor sees to it.
            Heard::NetCancel(NetCancel::Confirmed | NetCancel::Unanswered { .. })
            | Heard::Inquiry(
                Inquiry::Undone | Inquiry::Declined { .. } | Inquiry::NotFound | Inquiry::Unanswered { .. },
            ) => Ok(Deposit::Nothing),
        }
    }
}

/// Nothing counts that was paid in, and nobody can pay in any more: payment and order are over.
fn close(workset: &mut Workset, subject: Subject) -> Result<(), Problem> {
    let (tenant, order) = (subject.tenant, subject.order);
    let now = workset.business_now(tenant)?;
    let family = workset.family_mut(tenant, order)?;
    step(family.attempt_mut(subject.attempt)?, AttemptEvent::NetCancel)?;
    advance(family.payment_mut()?, PaymentEvent::Expire, now)?;
    let ends_order = family.order.status == OrderStatus::Open;
    if ends_order {
        order::end_unpaid(workset, tenant, order)?;
    }
    let family = workset.family(tenant, order)?.clone();
    super::emit(workset, &family, "payment.expired")?;
    if ends_order {
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
