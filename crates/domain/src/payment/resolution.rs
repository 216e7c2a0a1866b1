//! Finding out what became of a request whose answer was lost, on a published ladder.

use crate::{Span, Timestamp};

/// What is done at the next check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResolutionStep {
    /// Ask by our reference.
    Inquire,
    /// Undo by our reference, until that is confirmed.
    NetCancel,
}

impl ResolutionStep {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inquire => "inquire",
            Self::NetCancel => "netCancel",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Inquire, Self::NetCancel].into_iter().find(|step| step.as_str() == text)
    }
}

/// How far a resolution has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution {
    pub step: ResolutionStep,
    /// Checks made so far.
    pub checks: i64,
    /// Answers "not found" that count: given later than the connector's greatest delay.
    pub not_found: i64,
}

impl Resolution {
    pub const START: Self = Self { step: ResolutionStep::Inquire, checks: 0, not_found: 0 };
}

/// When an open attempt is looked at, counted from its sending; hourly after the last rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    rungs: Vec<Span>,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            rungs: vec![
                Span::from_secs(5),
                Span::from_secs(15),
                Span::from_secs(45),
                Span::from_minutes(2),
                Span::from_minutes(10),
                Span::from_hours(1),
            ],
        }
    }
}

impl Ladder {
    /// After the last rung, and between two looks that came late.
    const AFTERWARDS: Span = Span::from_hours(1);

    /// A ladder of one's own: spans since the sending, ascending. An empty one is hourly.
    #[must_use]
    pub fn new(rungs: Vec<Span>) -> Self {
        assert!(rungs.is_sorted(), "the rungs of a ladder ascend");
        Self { rungs }
    }

    /// The next check after one made at `now`: the first rung that is still ahead.
    #[must_use]
    pub fn next(&self, sent_at: Timestamp, now: Timestamp) -> Timestamp {
        let ahead = self.rungs.iter().map(|rung| sent_at.after(*rung)).find(|at| *at > now);
        ahead.unwrap_or_else(|| now.after(Self::AFTERWARDS))
    }
}

/// What an inquiry brought, without the acquirer's details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Approved,
    Declined,
    /// It was approved and is undone already.
    Undone,
    NotFound,
    Unanswered,
}

/// What follows from a finding about a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeVerdict {
    /// It took effect, and the order still wants it.
    Keep,
    /// It took effect, or may have, and must be undone.
    NetCancel,
    Declined,
    NetCanceled,
    /// Not known yet: look again.
    Wait,
}

/// Not-found answers that prove a request never arrived.
const NOT_FOUND_PROOF: i64 = 2;

/// Judges a finding about an authorization or purchase sent at `sent_at`.
///
/// `delay_max` is how long after its sending a request may still take effect; `wanted` says that the order
/// still wants the money and that amount and currency match.
#[must_use]
pub fn judge_charge(
    resolution: &mut Resolution,
    finding: Finding,
    sent_at: Timestamp,
    now: Timestamp,
    delay_max: Span,
    wanted: bool,
) -> ChargeVerdict {
    resolution.checks += 1;
    match finding {
        Finding::Approved => {
            if wanted && resolution.step == ResolutionStep::Inquire {
                ChargeVerdict::Keep
            } else {
                resolution.step = ResolutionStep::NetCancel;
                ChargeVerdict::NetCancel
            }
        }
        Finding::Declined => ChargeVerdict::Declined,
        Finding::Undone => ChargeVerdict::NetCanceled,
        Finding::NotFound => {
            if now.since(sent_at) > delay_max {
                resolution.not_found += 1;
            }
            if resolution.not_found < NOT_FOUND_PROOF {
                return ChargeVerdict::Wait;
            }
            resolution.step = ResolutionStep::NetCancel;
            ChargeVerdict::NetCancel
        }
        Finding::Unanswered => ChargeVerdict::Wait,
    }
}

/// What follows from a finding about a capture, void, cancel or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpVerdict {
    Succeeded,
    /// Refused, or proven never to have arrived: nothing moved.
    Declined,
    Wait,
}

/// Judges a finding about an operation that does not charge the buyer.
#[must_use]
pub fn judge_follow_up(
    resolution: &mut Resolution,
    finding: Finding,
    sent_at: Timestamp,
    now: Timestamp,
    delay_max: Span,
) -> FollowUpVerdict {
    resolution.checks += 1;
    match finding {
        Finding::Approved => FollowUpVerdict::Succeeded,
        Finding::Declined | Finding::Undone => FollowUpVerdict::Declined,
        Finding::NotFound => {
            if now.since(sent_at) > delay_max {
                resolution.not_found += 1;
            }
            if resolution.not_found < NOT_FOUND_PROOF { FollowUpVerdict::Wait } else { FollowUpVerdict::Declined }
        }
        Finding::Unanswered => FollowUpVerdict::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(secs * 1_000_000)
    }

    const DELAY_MAX: Span = Span::from_secs(10);

    #[test]
    fn the_ladder_is_climbed_from_the_sending_and_hourly_after_that() {
        let ladder = Ladder::default();
        let sent = at(0);
        for (now, next) in
            [(0, 5), (5, 15), (15, 45), (46, 120), (120, 600), (600, 3_600), (3_600, 7_200), (9_000, 12_600)]
        {
            assert_eq!(ladder.next(sent, at(now)), at(next), "after {now} s");
        }
    }

    #[test]
    fn not_found_proves_nothing_until_it_is_said_twice_after_the_greatest_delay() {
        let mut resolution = Resolution::START;
        let mut judge = |secs| judge_charge(&mut resolution, Finding::NotFound, at(0), at(secs), DELAY_MAX, true);
        assert_eq!(judge(5), ChargeVerdict::Wait);
        assert_eq!(judge(10), ChargeVerdict::Wait);
        assert_eq!(judge(15), ChargeVerdict::Wait);
        assert_eq!(judge(45), ChargeVerdict::NetCancel);
        assert_eq!((resolution.checks, resolution.step), (4, ResolutionStep::NetCancel));
    }

    #[test]
    fn an_approval_is_kept_only_if_it_is_wanted_and_no_net_cancel_is_under_way() {
        let judge = |step, wanted| {
            let mut resolution = Resolution { step, ..Resolution::START };
            judge_charge(&mut resolution, Finding::Approved, at(0), at(5), DELAY_MAX, wanted)
        };
        assert_eq!(judge(ResolutionStep::Inquire, true), ChargeVerdict::Keep);
        assert_eq!(judge(ResolutionStep::Inquire, false), ChargeVerdict::NetCancel);
        assert_eq!(judge(ResolutionStep::NetCancel, true), ChargeVerdict::NetCancel);
    }

    #[test]
    fn silence_decides_nothing() {
        let mut resolution = Resolution::START;
        for secs in [5, 15, 45, 120, 600, 3_600, 7_200] {
            let verdict = judge_charge(&mut resolution, Finding::Unanswered, at(0), at(secs), DELAY_MAX, true);
            assert_eq!(verdict, ChargeVerdict::Wait);
        }
        assert_eq!(resolution.not_found, 0);
    }

    #[test]
    fn a_refund_that_never_arrived_is_declined_and_one_that_did_succeeds() {
        let mut resolution = Resolution::START;
        let mut judge = |finding, secs| judge_follow_up(&mut resolution, finding, at(0), at(secs), DELAY_MAX);
        assert_eq!(judge(Finding::NotFound, 15), FollowUpVerdict::Wait);
        assert_eq!(judge(Finding::Unanswered, 45), FollowUpVerdict::Wait);
        assert_eq!(judge(Finding::Approved, 46), FollowUpVerdict::Succeeded);
        assert_eq!(judge(Finding::NotFound, 47), FollowUpVerdict::Declined);
    }
}
