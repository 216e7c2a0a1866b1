//! What a charge comes to: approved, declined, not sent, unknown, net-cancelled, or approved too late.

use steelyard_connectors::{Approval, Issued};
use steelyard_domain::{
    AttemptId, MovementId, OrderId, Tenant, Timestamp,
    ledger::{AccountCode, AccountKey, AccountOwner, PostingKind, posting},
    method::AccountSummary,
    order::{OrderEvent, OrderStatus},
    payment::{
        AUTHORIZATION_LIFE, Attempt, AttemptState, Failure, Operation, PaymentEvent, PaymentStatus,
        attempt::AttemptEvent,
        movement::{Movement, MovementKind, MovementStatus},
        resolution::{Resolution, ResolutionStep},
    },
};

use super::{advance, step};
use crate::{
    checkout,
    clock::new_id,
    order,
    problem::{Code, Problem},
    workset::{Family, Needs, Workset},
};

/// Which attempt of which order.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub tenant: Tenant,
    pub order: OrderId,
    pub attempt: AttemptId,
}

/// The accounts a charge posts to.
pub fn need_accounts(family: &Family, needs: &mut Needs) {
    if let Ok(scene) = family.scene() {
        need_accounts_of(&scene, family, needs);
    }
}

/// The same of a charge whose payment is not yet as it will be.
pub fn need_accounts_of(scene: &posting::Scene, family: &Family, needs: &mut Needs) {
    needs.account(&scene.source());
    needs.account(&scene.paid_back_from());
    for code in [AccountCode::FeeIncome, AccountCode::FeeVatPayable] {
        needs.account(&AccountKey::new(scene.tenant, code, AccountOwner::Merchant, scene.currency));
    }
    for seller in family.sellers() {
        needs.account(&scene.destination(seller));
    }
}

/// Where a late approval of this attempt waits.
pub fn need_suspense(attempt: &Attempt, needs: &mut Needs) {
    let (tenant, currency) = (attempt.tenant, attempt.currency);
    needs.account(&posting::suspense_account(tenant.mode, currency));
    let acquirer = AccountOwner::Connector(attempt.connector);
    needs.account(&AccountKey::new(tenant, AccountCode::AcquirerReceivable, acquirer, currency));
}

/// Whether a charge is over without effect, so that an approval of it would come too late.
#[must_use]
pub const fn is_over(attempt: &Attempt) -> bool {
    attempt.operation.charges()
        && match attempt.state {
            AttemptState::Declined | AttemptState::NetCanceled => true,
            AttemptState::Created
            | AttemptState::Sent
            | AttemptState::Abandoned
            | AttemptState::Approved
            | AttemptState::NotSent
            | AttemptState::Unknown => false,
        }
}

/// Whether an approval says what was asked for.
pub fn matches(family: &Family, attempt: AttemptId, approval: &Approval) -> bool {
    family
        .attempt(attempt)
        .is_ok_and(|attempt| approval.amount.amount == attempt.amount && approval.amount.currency == attempt.currency)
}

/// A payment that was unknown is known again: said before what it turned out to be.
fn tell_resolved(workset: &mut Workset, subject: Subject, was: PaymentStatus, now: Timestamp) -> Result<(), Problem> {
    if was != PaymentStatus::Unknown {
        return Ok(());
    }
    let family = workset.family(subject.tenant, subject.order)?.clone();
    super::emit(workset, &family, "payment.resolved")?;
    super::touch(workset.family_mut(subject.tenant, subject.order)?.payment_mut()?, now);
    Ok(())
}

/// The acquirer approved what was asked.
pub fn approved(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, AttemptEvent::Approve)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(String::from("APPROVED"));
    attempt.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    attempt.approval_number = Some(approval.approval_number.clone());
    let operation = attempt.operation;
    let payment = family.payment_mut()?;
    let was = payment.status;
    payment.approval_number = Some(approval.approval_number.clone());
    payment.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    payment.approved_at = Some(business_now);
    payment.failure = None;
    if operation == Operation::Authorize {
        advance(payment, PaymentEvent::Authorize, business_now)?;
        payment.authorized_until = Some(business_now.after(AUTHORIZATION_LIFE));
        tell_resolved(workset, subject, was, business_now)?;
        return hold(workset, subject);
    }
    let amount = payment.amount;
    tell_captured(workset, subject, was, amount, &[])
}

/// An authorization: the capture's entries, pending.
fn hold(workset: &mut Workset, subject: Subject) -> Result<(), Problem> {
    let family = workset.family(subject.tenant, subject.order)?.clone();
    let payment = family.payment()?;
    let whole = steelyard_domain::order::returns::Captured {
        amount: payment.amount,
        fee: payment.fee,
        terms: payment.fee_terms,
    };
    let shares = family.seller_shares(&whole)?;
    workset.post(&posting::authorized(family.scene()?, payment.id.uuid(), &shares))?;
    super::emit(workset, &family, "payment.authorized")
}

/// Money was taken: `amount` of it. `held` are the pending shares to be reversed.
pub fn tell_captured(
    workset: &mut Workset,
    subject: Subject,
    was: PaymentStatus,
    amount: i64,
    held: &[posting::SellerShare],
) -> Result<(), Problem> {
    let now = workset.business_now(subject.tenant)?;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let payment = family.payment_mut()?;
    let fee = payment.fee_terms.fee(amount).map_err(super::start::fee_problem)?;
    advance(payment, PaymentEvent::Capture, now)?;
    payment.captured = amount;
    payment.captured_at = Some(now);
    payment.authorized_until = None;
    payment.fee = fee;
    let movement = Movement {
        id: MovementId::from_uuid(new_id()),
        tenant: subject.tenant,
        order: subject.order,
        payment: payment.id,
        refund: None,
        kind: MovementKind::Payment,
        status: MovementStatus::Done,
        method: payment.method,
        currency: payment.currency,
        amount,
        occurred_at: now,
    };
    family.movements.push(movement);
    let status = family.order.status.apply(OrderEvent::Pay);
    family.order.status = status.map_err(Problem::of_state)?;
    family.order.paid = amount;
    family.order.updated_at = now;
    family.order.version += 1;
    order::consume(workset, subject.tenant, subject.order)?;
    checkout::complete(workset, subject.tenant, subject.order)?;
    tell_resolved(workset, subject, was, now)?;

    let family = workset.family(subject.tenant, subject.order)?.clone();
    let payment = family.payment()?;
    let shares = family.seller_shares(&payment.captured_whole())?;
    workset.post(&posting::captured(family.scene()?, payment.id.uuid(), &shares, held))?;
    super::emit(workset, &family, "payment.captured")?;
    order::emit(workset, &family, "order.paid");
    Ok(())
}

/// An account number was issued for the buyer to pay into. `next_check_at`: when it is asked whether they did.
pub fn issued(
    workset: &mut Workset,
    subject: Subject,
    issued: &Issued,
    next_check_at: Timestamp,
) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, AttemptEvent::Approve)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(String::from("ISSUED"));
    // From here on it is the deposit that is looked for.
    attempt.resolution = Resolution::START;
    attempt.acquirer_transaction_id = Some(issued.acquirer_transaction_id.clone());
    attempt.next_check_at = Some(next_check_at);
    let payment = family.payment_mut()?;
    let was = payment.status;
    payment.acquirer_transaction_id = Some(issued.acquirer_transaction_id.clone());
    payment.failure = None;
    payment.account = Some(AccountSummary {
        bank: issued.bank,
        number: issued.number.clone(),
        holder: Some(issued.holder.clone()),
        due_at: Some(issued.due_at),
    });
    advance(payment, PaymentEvent::AwaitDeposit, business_now)?;
    tell_resolved(workset, subject, was, business_now)?;
    let family = workset.family(subject.tenant, subject.order)?.clone();
    super::emit(workset, &family, "payment.waitingForDeposit")
}

/// The buyer paid into the account that was issued.
pub fn deposited(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(String::from("APPROVED"));
    attempt.approval_number = Some(approval.approval_number.clone());
    attempt.next_check_at = None;
    attempt.version += 1;
    let payment = family.payment_mut()?;
    payment.approval_number = Some(approval.approval_number.clone());
    payment.approved_at = Some(business_now);
    let (id, amount) = (payment.id.uuid(), payment.amount);
    let scene = family.scene()?;
    workset.post(&posting::deposited(scene, id, amount))?;
    tell_captured(workset, subject, PaymentStatus::WaitingForDeposit, amount, &[])
}

/// Why an attempt ended without effect.
#[derive(Debug, Clone)]
pub enum Ended {
    Declined { code: String, message: String },
    NotSent { detail: String },
    NetCanceled,
}

/// The attempt came to nothing: the payment can be tried again.
pub fn ended(workset: &mut Workset, subject: Subject, ended: &Ended) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    let (event, code, message, failure) = match ended {
        Ended::Declined { code, message } => (
            AttemptEvent::Decline,
            code.clone(),
            message.clone(),
            Failure {
                code: Code::PaymentDeclined.facts().name.to_owned(),
                decline_code: Some(code.clone()),
                message: message.clone(),
            },
        ),
        Ended::NotSent { detail } => (
            AttemptEvent::FailToSend,
            String::from("NOT_SENT"),
            detail.clone(),
            Failure {
                code: Code::ConnectorUnavailable.facts().name.to_owned(),
                decline_code: None,
                message: String::from("the acquirer could not be reached; nothing was sent"),
            },
        ),
        Ended::NetCanceled => (
            AttemptEvent::NetCancel,
            String::from("NET_CANCELED"),
            String::from("undone because its outcome was not known in time"),
            Failure {
                code: String::from("NET_CANCELED"),
                decline_code: None,
                message: String::from("the outcome was not known in time, so the charge was undone"),
            },
        ),
    };
    step(attempt, event)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(code);
    attempt.message = Some(message);
    let payment = family.payment_mut()?;
    let was = payment.status;
    advance(payment, PaymentEvent::AttemptEnded, business_now)?;
    payment.failure = Some(failure);
    tell_resolved(workset, subject, was, business_now)?;
    let family = workset.family(subject.tenant, subject.order)?.clone();
    match ended {
        // Resolved as undone: said already, and nobody declined anything.
        Ended::NetCanceled if was == PaymentStatus::Unknown => Ok(()),
        Ended::NetCanceled | Ended::Declined { .. } | Ended::NotSent { .. } => {
            super::emit(workset, &family, "payment.declined")
        }
    }
}

/// No answer that can be believed. `step_next`: what is tried when it is looked at, at `next_check_at`.
pub fn lost(
    workset: &mut Workset,
    subject: Subject,
    detail: &str,
    step_next: ResolutionStep,
    next_check_at: Timestamp,
) -> Result<(), Problem> {
    let now = workset.business_now(subject.tenant)?;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    if attempt.state == AttemptState::Sent {
        step(attempt, AttemptEvent::LoseAnswer)?;
    } else {
        attempt.version += 1;
    }
    attempt.code = Some(String::from("NO_ANSWER"));
    attempt.message = Some(detail.to_owned());
    attempt.resolution.step = step_next;
    attempt.next_check_at = Some(next_check_at);
    let payment = family.payment_mut()?;
    if payment.status == PaymentStatus::InProgress {
        advance(payment, PaymentEvent::LoseAnswer, now)?;
        let family = family.clone();
        return super::emit(workset, &family, "payment.unknown");
    }
    Ok(())
}

/// The scene of an attempt's own postings: its connector, whatever the payment was tried with later.
fn scene_of(family: &Family, attempt: AttemptId) -> Result<posting::Scene, Problem> {
    let funds = posting::Funds::Acquirer(family.attempt(attempt)?.connector);
    Ok(posting::Scene { funds, ..family.scene()? })
}

/// An approval of an attempt that is over: money nobody wants, held in suspense until it is undone again. It is
/// posted over what was asked for: an acquirer that contradicts the request is believed in nothing else either.
pub fn late(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let now = workset.now;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    undo_again(attempt, now, format!("approved late as {}; being undone", approval.acquirer_transaction_id));
    let amount = attempt.amount;
    let family = family.clone();
    let id = subject.attempt.uuid();
    if workset.posted_for(id).iter().any(|posted| posted.kind == PostingKind::LateApproval) {
        return Ok(());
    }
    workset.post(&posting::late_approval(scene_of(&family, subject.attempt)?, id, amount))?;
    metrics::counter!("steelyard_late_approvals_total").increment(1);
    Ok(())
}

/// An account that was issued for an attempt that is over: nobody is told its number, and it is closed again. No money
/// has moved, so nothing is posted.
pub fn issued_late(workset: &mut Workset, subject: Subject) -> Result<(), Problem> {
    let now = workset.now;
    let attempt = workset.family_mut(subject.tenant, subject.order)?.attempt_mut(subject.attempt)?;
    undo_again(attempt, now, String::from("an account was issued late; being closed"));
    Ok(())
}

fn undo_again(attempt: &mut Attempt, now: Timestamp, why: String) {
    attempt.next_check_at = Some(now);
    attempt.resolution.step = ResolutionStep::NetCancel;
    attempt.message = Some(why);
    attempt.version += 1;
}

/// What was heard of too late has been undone.
pub fn late_undone(workset: &mut Workset, subject: Subject) -> Result<(), Problem> {
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    attempt.next_check_at = None;
    attempt.message = Some(String::from("heard of too late, and undone"));
    attempt.version += 1;
    let amount = attempt.amount;
    let family = family.clone();
    let id = subject.attempt.uuid();
    let posted = workset.posted_for(id);
    let undone = posted.iter().any(|posted| posted.kind == PostingKind::LateApprovalUndone);
    let found = posted.iter().find(|posted| posted.kind == PostingKind::LateApproval).map(|posted| posted.id);
    match found.filter(|_| !undone) {
        Some(found) => {
            workset.post(&posting::late_approval_undone(scene_of(&family, subject.attempt)?, id, amount, found))?;
            Ok(())
        }
        None => Ok(()),
    }
}

/// Whether the order still wants the money of this attempt.
pub fn is_wanted(family: &Family) -> bool {
    let waits = family
        .payment
        .as_ref()
        .is_some_and(|payment| matches!(payment.status, PaymentStatus::InProgress | PaymentStatus::Unknown));
    family.order.status == OrderStatus::Open && waits
}
