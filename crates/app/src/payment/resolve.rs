//! Resolving what was left open: an inquiry's finding, or a confirmed net cancel, is put on record.

use std::sync::Arc;

use steelyard_connectors::{Answer, Approval, Inquiry, NetCancel};
use steelyard_domain::{
    IdempotencyId, Span, Timestamp,
    method::MethodType,
    payment::{
        Attempt, AttemptState,
        resolution::{
            ChargeVerdict, Finding, FollowUpVerdict, Resolution, ResolutionStep, judge_charge, judge_follow_up,
        },
    },
};

use super::{
    charge::{self, Ended, Subject},
    deposit,
    intent::Pace,
    settle::{self, AnswerAs, Voice},
};
use crate::{
    idempotency,
    pipeline::Command,
    problem::{Code, Language, Problem},
    workset::{Needs, Workset},
};

/// What was heard.
#[derive(Debug, Clone)]
pub enum Heard {
    Inquiry(Inquiry),
    NetCancel(NetCancel),
}

/// Puts on record what was heard of an open attempt.
pub struct Resolve {
    pub subject: Subject,
    pub heard: Heard,
    /// The attempt's version when it was asked about, and when that was.
    pub seen: i64,
    pub asked_at: Timestamp,
    pub idempotency: Option<IdempotencyId>,
    /// How long after its sending a request may still take effect at this connector.
    pub delay_max: Span,
    /// For the answer of a caller whose server died, if it left a key behind.
    pub request_id: String,
    pub pace: Arc<Pace>,
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// Over, or looked at again in its time.
    Nothing,
    /// The charge must be undone, without waiting.
    NetCancelNow,
}

impl Command for Resolve {
    type Answer = Resolved;

    fn name(&self) -> &'static str {
        "resolve"
    }

    fn needs(&self, needs: &mut Needs) {
        settle::need(self.subject, self.idempotency, needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        settle::need_of_order(self.subject, workset, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Resolved, Problem> {
        let attempt = workset.family(self.subject.tenant, self.subject.order)?.attempt(self.subject.attempt)?.clone();
        if charge::is_over(&attempt) && attempt.next_check_at.is_some() {
            return self.late(workset, &attempt);
        }
        if !attempt.state.is_open() {
            return Ok(Resolved::Nothing);
        }
        if attempt.version != self.seen && matches!(self.heard, Heard::Inquiry(Inquiry::NotFound)) {
            // Another instance asked at the same time: two who do not find it at once have looked once.
            return Ok(Resolved::Nothing);
        }
        let next = match &self.heard {
            Heard::Inquiry(inquiry) if attempt.operation.charges() => self.judge_charge(workset, &attempt, inquiry)?,
            Heard::Inquiry(inquiry) => self.judge_follow_up(workset, &attempt, inquiry)?,
            Heard::NetCancel(NetCancel::Confirmed) => {
                // The machine knows no way from sent to net-cancelled: the answer was lost first.
                if attempt.state == AttemptState::Sent {
                    self.keep_waiting(workset, &attempt, "net-cancelled", attempt.resolution)?;
                }
                charge::ended(workset, self.subject, &Ended::NetCanceled)?;
                Resolved::Nothing
            }
            Heard::NetCancel(NetCancel::Unanswered { detail }) => {
                let resolution = Resolution {
                    step: ResolutionStep::NetCancel,
                    checks: attempt.resolution.checks + 1,
                    ..attempt.resolution
                };
                self.keep_waiting(workset, &attempt, detail, resolution)?;
                Resolved::Nothing
            }
        };
        self.complete_key(workset)?;
        Ok(next)
    }
}

impl Resolve {
    fn judge_charge(&self, workset: &mut Workset, attempt: &Attempt, inquiry: &Inquiry) -> Result<Resolved, Problem> {
        let family = workset.family(self.subject.tenant, self.subject.order)?;
        let (finding, detail) = finding(inquiry);
        let wanted = charge::is_wanted(family)
            && match inquiry {
                Inquiry::Approved(approval) => charge::matches(family, attempt.id, approval),
                Inquiry::Issued(_)
                | Inquiry::Declined { .. }
                | Inquiry::Undone
                | Inquiry::NotFound
                | Inquiry::Unanswered { .. } => true,
            };
        let mut resolution = attempt.resolution;
        let sent_at = attempt.sent_at.unwrap_or(attempt.created_at);
        let verdict = judge_charge(&mut resolution, finding, sent_at, self.asked_at, self.delay_max, wanted);
        match (verdict, inquiry) {
            (ChargeVerdict::Keep, Inquiry::Approved(approval)) => {
                self.keep(workset, attempt, approval)?;
                Ok(Resolved::Nothing)
            }
            (ChargeVerdict::Keep, Inquiry::Issued(issued)) => {
                self.apply(workset, attempt, &Answer::Issued(issued.clone()))?;
                Ok(Resolved::Nothing)
            }
            (ChargeVerdict::Declined, Inquiry::Declined { code, message }) => {
                let answer = Answer::Declined { code: code.clone(), message: message.clone() };
                self.apply(workset, attempt, &answer)?;
                Ok(Resolved::Nothing)
            }
            (ChargeVerdict::NetCanceled, _) => {
                if attempt.state == AttemptState::Sent {
                    self.keep_waiting(workset, attempt, "undone at the acquirer", resolution)?;
                }
                charge::ended(workset, self.subject, &Ended::NetCanceled)?;
                Ok(Resolved::Nothing)
            }
            (ChargeVerdict::NetCancel, _) => {
                self.keep_waiting(workset, attempt, &detail, resolution)?;
                Ok(Resolved::NetCancelNow)
            }
            (ChargeVerdict::Wait | ChargeVerdict::Keep | ChargeVerdict::Declined, _) => {
                self.keep_waiting(workset, attempt, &detail, resolution)?;
                Ok(Resolved::Nothing)
            }
        }
    }

    fn judge_follow_up(
        &self,
        workset: &mut Workset,
        attempt: &Attempt,
        inquiry: &Inquiry,
    ) -> Result<Resolved, Problem> {
        let (finding, detail) = finding(inquiry);
        let mut resolution = attempt.resolution;
        // It may have left as late as this; a charge's late effect is undone, but this would be done twice.
        let left_at = Pace::leaves_until(attempt.sent_at.unwrap_or(attempt.created_at));
        let verdict = judge_follow_up(&mut resolution, finding, left_at, self.asked_at, self.delay_max);
        match (verdict, inquiry) {
            (FollowUpVerdict::Succeeded, Inquiry::Approved(approval)) if self.agrees(workset, attempt, approval)? => {
                self.apply(workset, attempt, &Answer::Approved(approval.clone()))?;
            }
            (FollowUpVerdict::Declined, _) => {
                let (code, message) = match inquiry {
                    Inquiry::Declined { code, message } => (code.clone(), message.clone()),
                    Inquiry::Approved(_)
                    | Inquiry::Issued(_)
                    | Inquiry::Undone
                    | Inquiry::NotFound
                    | Inquiry::Unanswered { .. } => {
                        (String::from("NOT_REACHED"), String::from("it never reached the acquirer; nothing moved"))
                    }
                };
                self.apply(workset, attempt, &Answer::Declined { code, message })?;
            }
            (FollowUpVerdict::Wait | FollowUpVerdict::Succeeded, _) => {
                self.keep_waiting(workset, attempt, &detail, resolution)?;
            }
        }
        Ok(Resolved::Nothing)
    }

    /// A charge was found approved. Of a virtual account that nobody knew to be issued, this means that it has been
    /// paid into already.
    fn keep(&self, workset: &mut Workset, attempt: &Attempt, approval: &Approval) -> Result<(), Problem> {
        let method = workset.family(self.subject.tenant, self.subject.order)?.payment()?.method;
        if method != MethodType::VirtualAccount {
            return self.apply(workset, attempt, &Answer::Approved(approval.clone()));
        }
        deposit::found_deposited(workset, self.subject, approval)
    }

    fn agrees(&self, workset: &Workset, attempt: &Attempt, approval: &Approval) -> Result<bool, Problem> {
        let family = workset.family(self.subject.tenant, self.subject.order)?;
        Ok(charge::matches(family, attempt.id, approval))
    }

    fn apply(&self, workset: &mut Workset, attempt: &Attempt, answer: &Answer) -> Result<(), Problem> {
        settle::apply(workset, self.subject, attempt, answer, &self.pace)
    }

    fn keep_waiting(
        &self,
        workset: &mut Workset,
        attempt: &Attempt,
        detail: &str,
        resolution: Resolution,
    ) -> Result<(), Problem> {
        let sent_at = attempt.sent_at.unwrap_or(attempt.created_at);
        let next = self.pace.ladder.next(sent_at, workset.now);
        let family = workset.family_mut(self.subject.tenant, self.subject.order)?;
        family.attempt_mut(attempt.id)?.resolution = resolution;
        settle::lost(workset, self.subject, attempt, detail, resolution.step, next)
    }

    /// An approval that was heard of too late: undone again, until that is confirmed.
    fn late(&self, workset: &mut Workset, attempt: &Attempt) -> Result<Resolved, Problem> {
        match &self.heard {
            Heard::NetCancel(NetCancel::Confirmed) => {
                charge::late_undone(workset, self.subject)?;
                Ok(Resolved::Nothing)
            }
            Heard::NetCancel(NetCancel::Unanswered { .. }) | Heard::Inquiry(_) => {
                let sent_at = attempt.sent_at.unwrap_or(attempt.created_at);
                let next = self.pace.ladder.next(sent_at, workset.now);
                let family = workset.family_mut(self.subject.tenant, self.subject.order)?;
                let attempt = family.attempt_mut(self.subject.attempt)?;
                attempt.next_check_at = Some(next);
                attempt.resolution.checks += 1;
                attempt.version += 1;
                Ok(Resolved::Nothing)
            }
        }
    }

    /// A caller whose server died finds the answer under its key.
    fn complete_key(&self, workset: &mut Workset) -> Result<(), Problem> {
        let Some(record) = self.idempotency.and_then(|id| workset.idempotency.get(&id)) else { return Ok(()) };
        let voice = Voice {
            answer_as: AnswerAs::of_operation(&record.operation),
            language: Language::English,
            request_id: self.request_id.clone(),
        };
        let family = workset.family(self.subject.tenant, self.subject.order)?;
        let attempt = family.attempt(self.subject.attempt)?;
        let reply = settle::reply(workset, family, attempt, &voice)?;
        idempotency::complete(workset, self.idempotency, &reply);
        Ok(())
    }
}

fn finding(inquiry: &Inquiry) -> (Finding, String) {
    match inquiry {
        Inquiry::Approved(approval) => (Finding::Approved, format!("found approved over {}", approval.amount)),
        Inquiry::Issued(issued) => (Finding::Approved, format!("found issued for {}", issued.amount)),
        Inquiry::Declined { code, .. } => (Finding::Declined, format!("found declined: {code}")),
        Inquiry::Undone => (Finding::Undone, String::from("found undone")),
        Inquiry::NotFound => (Finding::NotFound, String::from("not found at the acquirer")),
        Inquiry::Unanswered { detail } => (Finding::Unanswered, detail.clone()),
    }
}

impl Resolve {
    /// An attempt that is not there any more is no problem of the janitor's.
    pub(crate) fn is_gone(problem: &Problem) -> bool {
        problem.code == Code::NotFound
    }
}
