//! What is decided when answers come at the wrong moment: rows are put into a batch by hand, as a race would leave
//! them.

use std::{sync::Arc, time::Duration};

use steelyard_connectors::{Answer, Approval, Inquiry, Issued, NetCancel};
use steelyard_domain::{
    Bank, Mode, Money, Span, Tenant, Timestamp,
    limits::ATTEMPTS_MAX,
    method::{AccountSummary, ConnectorName, MethodType},
    payment::{
        Attempt, AttemptState, Operation, Payment, PaymentStatus,
        resolution::{Ladder, Resolution, ResolutionStep},
    },
};
use steelyard_testkit::Make;

use super::{
    Connectors, Deposit, Heard, Pace, Resolve, Resolved, SettleDeposit, StartVoidOfExpired, Subject, settle, start,
};
use crate::{
    pipeline::Command as _,
    problem::Code,
    workset::{Family, Workset},
};

/// An order with one payment, whose attempts are given.
struct Scene {
    make: Make,
    payment: Payment,
    workset: Workset,
}

impl Scene {
    fn new(change: impl FnOnce(&mut Make, &mut Payment) -> Vec<Attempt>) -> Self {
        let mut make = Make::default();
        let merchant = make.merchant();
        let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
        let (order, lines) = make.plain_order(tenant);
        let mut payment = make.payment(&order);
        let attempts = change(&mut make, &mut payment);
        let mut workset = Workset::new(make.now());
        workset.merchants.load(merchant.id, merchant, 0);
        let mut family = Family::new(order, lines);
        family.payment = Some(payment.clone());
        family.attempts = attempts;
        workset.insert_family(family);
        workset.begin();
        Self { make, payment, workset }
    }

    fn attempt(&self) -> Attempt {
        self.family().attempts[0].clone()
    }

    fn family(&self) -> &Family {
        self.workset.family(self.payment.tenant, self.payment.order).unwrap()
    }

    fn subject(&self) -> Subject {
        Subject { tenant: self.payment.tenant, order: self.payment.order, attempt: self.attempt().id }
    }
}

fn pace() -> Arc<Pace> {
    Arc::new(Pace { patience: Duration::from_secs(10), ladder: Ladder::default() })
}

fn approval(attempt: &Attempt) -> Answer {
    Answer::Approved(Approval {
        acquirer_transaction_id: String::from("sim_1"),
        approval_number: String::from("30012345"),
        amount: Money::new(attempt.amount, attempt.currency),
    })
}

#[test]
fn an_approval_that_comes_while_it_is_being_undone_is_not_kept() {
    for (step, status, state) in [
        (ResolutionStep::NetCancel, PaymentStatus::Unknown, AttemptState::Unknown),
        (ResolutionStep::Inquire, PaymentStatus::Captured, AttemptState::Approved),
    ] {
        let mut scene = Scene::new(|make, payment| {
            payment.status = PaymentStatus::Unknown;
            let resolution = Resolution { step, ..Resolution::START };
            let sent = make.sent_attempt(payment);
            vec![Attempt { state: AttemptState::Unknown, resolution, ..sent }]
        });
        let (subject, attempt) = (scene.subject(), scene.attempt());
        let mut needs = crate::workset::Needs::default();
        super::give_back::need_accounts(scene.family(), &mut needs);
        scene.workset.expect_accounts(&needs);
        settle::apply(&mut scene.workset, subject, &attempt, &approval(&attempt), &pace()).unwrap();
        let family = scene.family();
        assert_eq!((family.payment().unwrap().status, scene.attempt().state), (status, state), "{step:?}");
        if step == ResolutionStep::NetCancel {
            assert_eq!(scene.attempt().resolution.step, step);
            assert!(scene.attempt().next_check_at.is_some_and(|at| at <= scene.workset.now), "undone again at once");
        }
    }
}

#[test]
fn two_who_do_not_find_a_request_at_the_same_moment_have_looked_once() {
    let mut scene = Scene::new(|make, payment| {
        payment.status = PaymentStatus::Unknown;
        vec![Attempt { state: AttemptState::Unknown, ..make.sent_attempt(payment) }]
    });
    let (subject, seen) = (scene.subject(), scene.attempt().version);
    let long_after = scene.make.now().after(Span::from_hours(1));
    let resolve = |seen, asked_at: Timestamp| Resolve {
        subject,
        heard: Heard::Inquiry(Inquiry::NotFound),
        seen,
        asked_at,
        idempotency: None,
        delay_max: Span::from_secs(10),
        request_id: String::from("req_1"),
        pace: pace(),
    };
    for _ in 0..2 {
        assert_eq!(resolve(seen, long_after).decide(&mut scene.workset).unwrap(), Resolved::Nothing);
        assert_eq!(scene.attempt().resolution.not_found, 1);
    }
    // Asked again, of what it is now: that makes two.
    let seen = scene.attempt().version;
    assert_eq!(resolve(seen, long_after).decide(&mut scene.workset).unwrap(), Resolved::NetCancelNow);
}

#[test]
fn what_was_asked_too_early_proves_nothing_however_late_it_is_decided() {
    let mut scene = Scene::new(|make, payment| {
        payment.status = PaymentStatus::Unknown;
        vec![Attempt { state: AttemptState::Unknown, ..make.sent_attempt(payment) }]
    });
    let asked_at = scene.make.now().after(Span::from_secs(10));
    scene.workset.now = scene.make.now().after(Span::from_hours(1));
    let resolve = Resolve {
        subject: scene.subject(),
        heard: Heard::Inquiry(Inquiry::NotFound),
        seen: scene.attempt().version,
        asked_at,
        idempotency: None,
        delay_max: Span::from_secs(10),
        request_id: String::from("req_1"),
        pace: pace(),
    };
    resolve.decide(&mut scene.workset).unwrap();
    assert_eq!(scene.attempt().resolution.not_found, 0);
}

#[test]
fn a_void_that_fails_is_tried_again_on_the_ladder() {
    let mut scene = Scene::new(|make, payment| {
        payment.status = PaymentStatus::Authorized;
        payment.authorized_until = Some(make.now());
        Vec::new()
    });
    let start = scene.workset.now;
    let mut tried = Vec::new();
    for second in 0..200 {
        scene.workset.now = start.after(Span::from_secs(second));
        let (tenant, order) = (scene.payment.tenant, scene.payment.order);
        let command = StartVoidOfExpired { tenant, order, pace: pace() };
        if let Some(intent) = command.decide(&mut scene.workset).unwrap() {
            tried.push(second);
            let family = scene.workset.family_mut(tenant, order).unwrap();
            family.attempt_mut(intent.attempt).unwrap().state = AttemptState::Declined;
        }
    }
    assert_eq!(tried, [0, 5, 15, 45, 120]);
}

#[test]
fn a_request_whose_record_took_too_long_does_not_leave() {
    let now = crate::clock::moment();
    assert!(!Pace::is_too_late(now));
    let Some(before) = now.checked_sub(Duration::from_secs(3)) else { return };
    assert!(Pace::is_too_late(before));
}

#[test]
fn attempts_are_limited_by_what_is_attempted() {
    let scene = Scene::new(|make, payment| (0..ATTEMPTS_MAX).map(|_| make.sent_attempt(payment)).collect());
    let refused = start::check_attempts(scene.family(), &[Operation::Authorize, Operation::Purchase]);
    assert_eq!(refused.unwrap_err().code, Code::TooMany);
    start::check_attempts(scene.family(), &[Operation::Capture]).unwrap();
}

/// An account that was issued and waits until `due_at`.
fn awaited(due_at: impl FnOnce(Timestamp) -> Timestamp) -> Scene {
    Scene::new(|make, payment| {
        payment.status = PaymentStatus::WaitingForDeposit;
        payment.method = MethodType::VirtualAccount;
        payment.account = Some(AccountSummary {
            bank: Bank::Shinhan,
            number: String::from("99900012345678"),
            holder: None,
            due_at: Some(due_at(make.now())),
        });
        vec![Attempt { state: AttemptState::Approved, ..make.sent_attempt(payment) }]
    })
}

type Finding = fn(&Attempt) -> Inquiry;

#[test]
fn only_silence_keeps_an_account_open_past_its_due_date() {
    let minute = Span::from_minutes(1);
    let issued: Finding = |attempt| {
        Inquiry::Issued(Issued {
            acquirer_transaction_id: String::from("sim_1"),
            bank: Bank::Shinhan,
            number: String::from("99900012345678"),
            holder: String::from("가게"),
            due_at: Timestamp::from_micros(0),
            amount: Money::new(attempt.amount, attempt.currency),
        })
    };
    let other_amount: Finding = |attempt| {
        Inquiry::Approved(Approval {
            acquirer_transaction_id: String::from("sim_1"),
            approval_number: String::from("30012345"),
            amount: Money::new(attempt.amount + 1, attempt.currency),
        })
    };
    let declined: Finding = |_| Inquiry::Declined { code: String::from("X"), message: String::new() };
    let unanswered: Finding = |_| Inquiry::Unanswered { detail: String::from("no answer") };
    let findings: [(Finding, bool); 5] =
        [(issued, true), (other_amount, true), (declined, true), (|_| Inquiry::NotFound, true), (unanswered, false)];
    for (finding, ends) in findings {
        for is_due in [true, false] {
            let mut scene = awaited(|now| if is_due { now } else { now.after(minute) });
            let inquiry = finding(&scene.attempt());
            let settle =
                SettleDeposit { subject: scene.subject(), heard: Heard::Inquiry(inquiry.clone()), pace: pace() };
            let next = settle.decide(&mut scene.workset).unwrap();
            let (attempt, now) = (scene.attempt(), scene.workset.now);
            let expected = if is_due && ends { Deposit::CloseNow } else { Deposit::Nothing };
            assert_eq!(next, expected, "{inquiry:?}, due: {is_due}");
            assert_eq!(attempt.resolution.step == ResolutionStep::NetCancel, is_due && ends, "{inquiry:?}");
            assert_eq!(attempt.next_check_at.is_some_and(|at| at > now), next == Deposit::Nothing, "{inquiry:?}");
            assert_eq!(scene.family().payment().unwrap().status, PaymentStatus::WaitingForDeposit, "not yet confirmed");
        }
    }
}

#[test]
fn why_an_account_is_closed_is_not_forgotten_when_its_acquirer_is_silent() {
    let mut scene = awaited(|now| now);
    let subject = scene.subject();
    let settle = |heard| SettleDeposit { subject, heard, pace: pace() };
    let wrong = Approval {
        acquirer_transaction_id: String::from("sim_1"),
        approval_number: String::from("30012345"),
        amount: Money::krw(1),
    };
    settle(Heard::Inquiry(Inquiry::Approved(wrong))).decide(&mut scene.workset).unwrap();
    let why = scene.attempt().message;
    assert!(why.as_ref().is_some_and(|why| why.contains("goes back")), "{why:?}");
    let unanswered = NetCancel::Unanswered { detail: String::from("no answer") };
    settle(Heard::NetCancel(unanswered)).decide(&mut scene.workset).unwrap();
    assert_eq!((scene.attempt().message, scene.attempt().resolution.checks), (why, 1));
}

#[test]
fn silence_is_counted_for_each_mode_and_forgotten_when_it_is_no_longer_believed() {
    let connectors = Connectors::default();
    let (name, start) = (ConnectorName::Simulator, Timestamp::from_micros(0));
    let at = |secs| start.after(Span::from_secs(secs));
    let lost = Answer::Unknown { detail: String::new() };
    for secs in 0..3 {
        assert!(connectors.answers(name, Mode::Test, at(secs)));
        connectors.heard(name, Mode::Test, &lost, at(secs));
    }
    assert!(!connectors.answers(name, Mode::Test, at(3)));
    assert!(connectors.answers(name, Mode::Live, at(3)), "a test card says nothing about live ones");
    assert!(!connectors.answers(name, Mode::Test, at(31)));
    assert!(connectors.answers(name, Mode::Test, at(32)));
    // One more now is one, and not the fourth.
    for secs in [32, 33] {
        connectors.heard(name, Mode::Test, &lost, at(secs));
        assert!(connectors.answers(name, Mode::Test, at(secs)));
    }
    connectors.heard(name, Mode::Test, &lost, at(34));
    assert!(!connectors.answers(name, Mode::Test, at(34)));
    let declined = Answer::Declined { code: String::from("X"), message: String::new() };
    connectors.heard(name, Mode::Test, &declined, at(35));
    assert!(connectors.answers(name, Mode::Test, at(35)), "it has answered");
}
