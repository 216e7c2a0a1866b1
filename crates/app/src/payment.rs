//! Payments: decide (an intent, committed), ask (a connector), settle (the outcome, committed).

mod authenticate;
mod balance;
mod capture;
mod charge;
mod charged_order;
mod deposit;
mod fail;
mod flow;
mod give_back;
mod intent;
mod resolve;
mod settle;
mod start;
#[cfg(test)]
mod tests;

pub(crate) use authenticate::{
    AUTHENTICATION_PATIENCE, AbandonAttempt, KeepAuthentication, PassChallenge, StartAuthentication, untold,
};
pub(crate) use balance::check_room;
pub(crate) use charge::Subject;
pub(crate) use charged_order::ChargedOrder;
pub(crate) use deposit::{Deposit, SettleDeposit, is_asked_about};
pub use flow::Timing;
pub(crate) use flow::{own_request_id, own_voice, payment_voice as voice};
pub(crate) use give_back::StartVoidOfExpired;
pub(crate) use intent::{Connectors, Pace, Started};
pub(crate) use resolve::{Heard, Resolve, Resolved};
pub(crate) use start::{Charge, StartCharge, StartConfirmed};
use steelyard_domain::{
    Timestamp,
    payment::{Attempt, AttemptState, Payment, PaymentEvent, attempt::AttemptEvent},
};

use crate::{
    problem::Problem,
    view::{PaymentView, RefundView, to_json},
    workset::{Family, Workset},
};

/// Moves a payment along its machine.
pub(crate) fn advance(payment: &mut Payment, event: PaymentEvent, now: Timestamp) -> Result<(), Problem> {
    let status = payment.status.apply(event);
    payment.status = status.map_err(|error| {
        let problem = Problem::of_state(error);
        Problem { payment_id: Some(payment.id.to_string()), ..problem }
    })?;
    touch(payment, now);
    Ok(())
}

/// Notes that a payment has changed.
pub(crate) fn touch(payment: &mut Payment, now: Timestamp) {
    payment.updated_at = payment.updated_at.max(now);
    payment.version += 1;
}

/// Moves an attempt along its machine. What is over is not looked at again.
pub(crate) fn step(attempt: &mut Attempt, event: AttemptEvent) -> Result<(), Problem> {
    let state = attempt.state.apply(event);
    attempt.state = state.map_err(Problem::of_state)?;
    if !attempt.state.is_open() && attempt.state != AttemptState::Created {
        attempt.next_check_at = None;
    }
    attempt.version += 1;
    Ok(())
}

/// An authentication that will not be charged.
pub(crate) fn abandon(attempt: &mut Attempt) -> Result<(), Problem> {
    attempt.authentication = None;
    step(attempt, AttemptEvent::Abandon)
}

/// Records an event about a payment as it is now.
pub(crate) fn emit(workset: &mut Workset, family: &Family, kind: &str) -> Result<(), Problem> {
    let payment = family.payment()?;
    let data = to_json(&PaymentView::new(&family.order, payment, &family.attempts, None));
    workset.emit(payment.tenant, kind, payment.id.to_string(), payment.version, data);
    Ok(())
}

/// Records an event about a refund as it is now.
pub(crate) fn emit_refund(workset: &mut Workset, family: &Family, index: usize, kind: &str) {
    let refund = &family.refunds[index];
    let data = to_json(&RefundView::new(refund, &family.attempts));
    workset.emit(refund.tenant, kind, refund.id.to_string(), refund.version, data);
}
