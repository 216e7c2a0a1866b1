//! Paying from a payer's balance, and giving it back there: nobody outside is asked, so one commit does all of it.

use steelyard_connectors::Approval;
use steelyard_domain::{
    AttemptId, Currency, Mode, Money, OrderId, PayerId, Tenant,
    ledger::{
        AccountKey,
        posting::{Funds, Scene},
    },
    limits::BALANCE_MAX,
};

use super::{
    charge::{self, Subject},
    give_back,
    intent::Intent,
    settle::{self, AnswerAs, Voice},
};
use crate::{
    order,
    problem::{Code, Problem},
    request::{Call, Reply},
    workset::{Needs, Workset},
};

/// The rows that paying an order from a balance touches.
pub(super) fn need(workset: &Workset, tenant: Tenant, order: OrderId, payer: Option<PayerId>, needs: &mut Needs) {
    let (Ok(family), Some(payer)) = (workset.family(tenant, order), payer) else { return };
    order::need_rest(family, needs);
    let scene = Scene {
        tenant,
        funds: Funds::Payer(payer),
        beneficiary: family.beneficiary(),
        currency: family.order.currency,
        order,
    };
    charge::need_accounts_of(&scene, family, needs);
}

/// Whether so much more may be added to a payer's balance, beside what is on its way there. What comes back to one was
/// theirs, and is not asked. The refusal does not say how much would fit: the issuer of a gift card hears it too, and the
/// balance is not theirs to know. The limit is one of won: in another currency nothing may be added.
///
/// # Errors
/// `BALANCE_LIMIT`
pub(crate) fn check_room(workset: &Workset, mode: Mode, payer: PayerId, added: Money) -> Result<(), Problem> {
    let balance = workset.balance(&AccountKey::payer(mode, payer, added.currency));
    let room = BALANCE_MAX - balance - workset.topping_up(payer, added.currency);
    if added.currency != Currency::Krw || added.amount > room {
        return Err(Problem::new(Code::BalanceLimit));
    }
    Ok(())
}

/// Takes the amount of a payment that is in progress.
pub(super) fn pay(workset: &mut Workset, call: &Call, intent: &Intent) -> Result<Reply, Problem> {
    let family = workset.family(intent.tenant, intent.order)?;
    let payer = family.payment()?.payer.ok_or_else(|| Problem::new(Code::NotFound).detail("payerId"))?;
    let balance = workset.balance(&AccountKey::payer(intent.tenant.mode, payer, intent.amount.currency));
    if balance < intent.amount.amount {
        let missing = intent.amount.amount - balance;
        return Err(Problem::new(Code::InsufficientBalance).detail(missing.to_string()));
    }
    let subject = Subject { tenant: intent.tenant, order: intent.order, attempt: intent.attempt };
    charge::approved(workset, subject, &approval(intent))?;
    answer(workset, subject, AnswerAs::Payment, call)
}

/// Gives back what was promised of a payment from a balance.
pub(super) fn give_back(
    workset: &mut Workset,
    call: &Call,
    answer_as: AnswerAs,
    intent: &Intent,
) -> Result<Reply, Problem> {
    let subject = Subject { tenant: intent.tenant, order: intent.order, attempt: intent.attempt };
    give_back::refund_approved(workset, subject, &approval(intent))?;
    answer(workset, subject, answer_as, call)
}

fn answer(workset: &Workset, subject: Subject, answer_as: AnswerAs, call: &Call) -> Result<Reply, Problem> {
    let family = workset.family(subject.tenant, subject.order)?;
    let voice = Voice { answer_as, language: call.language, request_id: call.request_id.clone() };
    settle::reply(workset, family, family.attempt(subject.attempt)?, &voice)
}

fn approval(intent: &Intent) -> Approval {
    Approval {
        acquirer_transaction_id: intent.attempt.to_string(),
        approval_number: approval_number(intent.attempt),
        amount: intent.amount,
    }
}

/// Eight digits, as on a receipt: of the part of the id that is random.
fn approval_number(attempt: AttemptId) -> String {
    format!("{:08}", attempt.uuid().as_u64_pair().1 % 100_000_000)
}
