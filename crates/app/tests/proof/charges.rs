//! A charge whose answer is lost: unknown until it is resolved, and then what the acquirer says.

use serde_json::json;
use steelyard_domain::{Span, payment::CaptureMode};
use steelyard_testkit::{Database, both_engines};

use crate::world::{World, card};

both_engines!(
    a_charge_that_took_effect_is_kept_however_its_answer_was_lost,
    a_charge_that_never_arrived_is_net_canceled_and_can_be_paid_again,
    a_charge_that_is_answered_with_a_wrong_amount_is_undone,
    a_decline_is_a_decline,
    a_charge_that_was_not_sent_frees_its_key,
    a_net_cancel_that_is_lost_itself_is_repeated_until_it_is_confirmed,
    an_acquirer_that_cannot_be_asked_for_a_while_decides_nothing,
    a_charge_found_approved_is_undone_if_it_says_another_amount,
    a_server_that_stays_away_answers_its_callers_later,
);

const MODES: [(CaptureMode, &str, &str); 2] =
    [(CaptureMode::Auto, "purchase", "captured"), (CaptureMode::Manual, "authorize", "authorized")];

async fn a_charge_that_took_effect_is_kept_however_its_answer_was_lost(database: &Database) {
    let world = World::start(database).await;
    for kind in ["dropAfter", "timeoutAfter", "garbage", "duplicateAnswer", "serverErrorAfter"] {
        for (mode, operation, end) in MODES {
            world.arm(json!({"kind": kind, "operations": [operation], "times": 1})).await;
            let (key, order) = (world.name("key"), world.name("order"));
            let asked = world.pay(&key, &order, 10_000, mode).await;
            assert_eq!((asked.status, asked.code()), (202, "OK"), "{kind} {operation}: {asked:?}");
            assert_eq!(asked.data()["status"], "unknown", "{kind} {operation}");
            assert_eq!(asked.data()["unknown"]["step"], "inquire");
            assert!(asked.data()["unknown"]["nextCheckAt"].is_string());
            let payment = asked.payment();
            assert_eq!(world.status(payment).await, "unknown");
            // Nobody is charged a second time while that is so.
            let again = world.pay(&world.name("key"), &order, 10_000, mode).await;
            assert_eq!((again.status, again.code()), (409, "PAYMENT_IN_PROGRESS"));
            world.resolve().await;
            assert_eq!(world.status(payment).await, end, "{kind} {operation}");
            assert!(world.payment(payment).await["unknown"].is_null());
            let told = format!("payment.{end}");
            let told = ["payment.created", "payment.unknown", "payment.resolved", told.as_str()];
            assert_eq!(world.events(&payment.to_string()).await, told, "{kind} {operation}");
            // A key tells what was told, and GET the present.
            let replayed = world.pay(&key, &order, 10_000, mode).await;
            assert_eq!((replayed.status, &replayed.body, replayed.replayed), (202, &asked.body, true));
        }
    }
    world.is_true().await;
    world.end().await;
}

async fn a_charge_that_never_arrived_is_net_canceled_and_can_be_paid_again(database: &Database) {
    let world = World::start(database).await;
    for kind in ["dropBefore", "timeoutBefore", "serverError", "down"] {
        for (mode, operation, end) in MODES {
            world.arm(json!({"kind": kind, "operations": [operation], "times": 1})).await;
            let (key, order) = (world.name("key"), world.name("order"));
            let asked = world.pay(&key, &order, 10_000, mode).await;
            assert_eq!((asked.status, asked.data()["status"].as_str()), (202, Some("unknown")), "{kind} {operation}");
            let payment = asked.payment();
            // Not found proves nothing before the acquirer's greatest delay is over, and once is not enough.
            for (before, rung) in [(0, 5), (5, 15)] {
                world.look_at(before, rung).await;
                assert_eq!(world.status(payment).await, "unknown", "{kind} {operation} at {rung} s");
            }
            world.look_at(15, 45).await;
            let now = world.payment(payment).await;
            assert_eq!(now["status"], "ready", "{kind} {operation}: {now}");
            assert_eq!(now["attempts"][0]["state"], "netCanceled");
            let told = world.events(&payment.to_string()).await;
            assert_eq!(told, ["payment.created", "payment.unknown", "payment.resolved"], "{kind} {operation}");
            assert_eq!(world.pay(&key, &order, 10_000, mode).await.status, 202, "what was told is told again");
            let paid = world.pay(&world.name("key"), &order, 10_000, mode).await;
            assert_eq!((paid.status, paid.data()["status"].as_str()), (201, Some(end)), "{kind} {operation}");
            assert_eq!(paid.payment(), payment);
        }
    }
    world.is_true().await;
    world.end().await;
}

async fn a_charge_that_is_answered_with_a_wrong_amount_is_undone(database: &Database) {
    let world = World::start(database).await;
    for (mode, operation, _) in MODES {
        world.arm(json!({"kind": "wrongAmount", "operations": [operation], "times": 1})).await;
        let asked = world.pay(&world.name("key"), &world.name("order"), 10_000, mode).await;
        assert_eq!((asked.status, asked.data()["status"].as_str()), (202, Some("unknown")), "{asked:?}");
        assert_eq!(asked.data()["unknown"]["step"], "netCancel");
        assert_eq!(asked.data()["capturedAmount"], 0);
        // There is nothing to find out: it is undone at the next look, whenever that is.
        world.app.resolve_due().await;
        assert_eq!(world.status(asked.payment()).await, "ready");
    }
    world.is_true().await;
    world.end().await;
}

async fn a_decline_is_a_decline(database: &Database) {
    let world = World::start(database).await;
    let cards = [
        ("4000000000000002", "GENERIC_DECLINE"),
        ("4000000000009995", "INSUFFICIENT_LIMIT"),
        ("4000000000009987", "STOLEN_OR_LOST"),
    ];
    for (number, code) in cards {
        let (key, order) = (world.name("key"), world.name("order"));
        let refused = world.pay_by(&key, &order, 10_000, CaptureMode::Auto, card(number)).await;
        assert_eq!((refused.status, refused.code()), (402, "PAYMENT_DECLINED"));
        assert_eq!(refused.body["error"]["declineCode"], code);
        assert_eq!(refused.body["error"]["outcome"], "none");
        let again = world.pay_by(&key, &order, 10_000, CaptureMode::Auto, card(number)).await;
        assert_eq!((again.status, &again.body, again.replayed), (402, &refused.body, true));
        let payment = refused.payment();
        assert_eq!(world.events(&payment.to_string()).await, ["payment.created", "payment.declined"]);
        let paid = world.pay(&world.name("key"), &order, 10_000, CaptureMode::Auto).await;
        assert_eq!((paid.status, paid.payment()), (201, payment));
    }
    world.is_true().await;
    world.end().await;
}

async fn a_charge_that_was_not_sent_frees_its_key(database: &Database) {
    let mut world = World::start(database).await;
    world.acquirer.stop().await;
    let asked = world.pay("k", "o", 10_000, CaptureMode::Auto).await;
    assert_eq!((asked.status, asked.code()), (503, "CONNECTOR_UNAVAILABLE"), "{asked:?}");
    assert_eq!(asked.body["error"]["outcome"], "none");
    assert_eq!(world.status(asked.payment()).await, "ready");
    world.acquirer.start_again().await;
    let paid = world.pay("k", "o", 10_000, CaptureMode::Auto).await;
    assert_eq!((paid.status, paid.payment(), paid.replayed), (201, asked.payment(), false), "{paid:?}");
    world.is_true().await;
    world.end().await;
}

async fn a_net_cancel_that_is_lost_itself_is_repeated_until_it_is_confirmed(database: &Database) {
    let world = World::start(database).await;
    for kind in ["dropBefore", "timeoutBefore", "timeoutAfter", "garbage", "serverErrorAfter"] {
        world.arm(json!({"kind": "wrongAmount", "operations": ["purchase"], "times": 1})).await;
        world.arm(json!({"kind": kind, "operations": ["netCancel"], "times": 2})).await;
        let asked = world.pay(&world.name("key"), &world.name("order"), 10_000, CaptureMode::Auto).await;
        let payment = asked.payment();
        world.app.resolve_due().await;
        for (before, rung) in [(0, 5), (5, 15)] {
            let now = world.payment(payment).await;
            assert_eq!(now["status"], "unknown", "{kind} before {rung} s");
            assert_eq!(now["unknown"]["step"], "netCancel", "{kind} before {rung} s");
            world.look_at(before, rung).await;
        }
        assert_eq!(world.status(payment).await, "ready", "{kind}");
    }
    world.is_true().await;
    world.end().await;
}

async fn an_acquirer_that_cannot_be_asked_for_a_while_decides_nothing(database: &Database) {
    let world = World::start(database).await;
    world.arm(json!({"kind": "dropAfter", "operations": ["purchase"], "times": 1})).await;
    for (kind, times) in [("down", 1), ("garbage", 1), ("timeoutBefore", 1), ("duplicateAnswer", 1)] {
        world.arm(json!({"kind": kind, "operations": ["inquiry"], "times": times})).await;
    }
    let asked = world.pay("k", "o", 10_000, CaptureMode::Auto).await;
    let payment = asked.payment();
    let mut last = asked.data()["unknown"]["nextCheckAt"].as_str().unwrap().to_owned();
    for (before, rung) in [(0, 5), (5, 15), (15, 45), (45, 120)] {
        world.look_at(before, rung).await;
        let now = world.payment(payment).await;
        assert_eq!(now["status"], "unknown", "at {rung} s");
        let next = now["unknown"]["nextCheckAt"].as_str().unwrap().to_owned();
        assert!(next > last, "{next} follows {last}");
        last = next;
    }
    world.look_at(120, 600).await;
    assert_eq!(world.status(payment).await, "captured");
    world.is_true().await;
    world.end().await;
}

async fn a_charge_found_approved_is_undone_if_it_says_another_amount(database: &Database) {
    let world = World::start(database).await;
    world.arm(json!({"kind": "dropAfter", "operations": ["purchase"], "times": 1})).await;
    world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "times": 1})).await;
    let payment = world.pay("k", "o", 10_000, CaptureMode::Auto).await.payment();
    world.look_at(0, 5).await;
    assert_eq!(world.status(payment).await, "ready");
    world.is_true().await;
    world.end().await;
}

async fn a_server_that_stays_away_answers_its_callers_later(database: &Database) {
    let world = World::start(database).await;
    world.arm(json!({"kind": "down"})).await;
    let mut asked = Vec::new();
    for _ in 0..5 {
        let (key, order) = (world.name("key"), world.name("order"));
        let seen = world.pay(&key, &order, 7_000, CaptureMode::Auto).await;
        assert_eq!(seen.status, 202, "a 503 of the acquirer proves nothing");
        asked.push(seen.payment());
    }
    world.clock.advance(Span::from_secs(700));
    world.app.resolve_due().await;
    for payment in &asked {
        assert_eq!(world.status(*payment).await, "unknown");
    }
    world.clear_faults().await;
    world.clock.advance(Span::from_hours(1));
    world.app.resolve_due().await;
    world.clock.advance(Span::from_hours(1));
    world.app.resolve_due().await;
    for payment in &asked {
        assert_eq!(world.status(*payment).await, "ready");
    }
    world.is_true().await;
    world.end().await;
}
