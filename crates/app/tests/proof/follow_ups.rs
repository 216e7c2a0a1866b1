//! Captures, voids, cancels and refunds whose answer is lost: the payment stands until they are resolved.

use serde_json::{Value, json};
use steelyard_domain::{PaymentId, Span};
use steelyard_testkit::{Database, both_engines};

use crate::world::{Seen, World};

both_engines!(
    a_follow_up_that_took_effect_is_found_however_its_answer_was_lost,
    a_follow_up_that_never_arrived_changes_nothing_and_may_be_asked_again,
    a_follow_up_that_is_declined_changes_nothing,
    a_follow_up_that_was_not_sent_frees_its_key,
    a_refund_under_way_cannot_be_given_back_twice,
);

#[derive(Debug, Clone, Copy)]
enum FollowUp {
    Capture,
    CapturePart,
    Void,
    Cancel,
    CancelPart,
    Refund,
}

impl FollowUp {
    const ALL: [Self; 6] = [Self::Capture, Self::CapturePart, Self::Void, Self::Cancel, Self::CancelPart, Self::Refund];

    const fn operation(self) -> &'static str {
        match self {
            Self::Capture | Self::CapturePart => "capture",
            Self::Void => "void",
            Self::Cancel | Self::CancelPart => "cancel",
            Self::Refund => "refund",
        }
    }

    /// The payment's state before, and after it succeeded.
    const fn states(self) -> (&'static str, &'static str) {
        match self {
            Self::Capture | Self::CapturePart => ("authorized", "captured"),
            Self::Void => ("authorized", "canceled"),
            Self::Cancel => ("captured", "canceled"),
            Self::CancelPart => ("captured", "partiallyCanceled"),
            Self::Refund => ("captured", "refunded"),
        }
    }

    const fn is_return(self) -> bool {
        match self {
            Self::Capture | Self::CapturePart | Self::Void => false,
            Self::Cancel | Self::CancelPart | Self::Refund => true,
        }
    }

    async fn prepared(self, world: &World<'_>) -> PaymentId {
        match self {
            Self::Capture | Self::CapturePart | Self::Void => world.authorized(10_000).await,
            Self::Cancel | Self::CancelPart => world.captured(10_000).await,
            Self::Refund => {
                let payment = world.captured(10_000).await;
                // Past midnight the money has been settled: it is a refund then.
                let call = world.call(&world.name("clock"));
                world.app.advance_test_clock(call, Span::from_days(1)).await.unwrap();
                payment
            }
        }
    }

    async fn ask(self, world: &World<'_>, key: &str, payment: PaymentId) -> Seen {
        match self {
            Self::Capture => world.capture(key, payment, None).await,
            Self::CapturePart => world.capture(key, payment, Some(6_000)).await,
            Self::Void | Self::Cancel | Self::Refund => world.cancel(key, payment, None).await,
            Self::CancelPart => world.cancel(key, payment, Some(4_000)).await,
        }
    }
}

fn refund(payment: &Value) -> &Value {
    payment["refunds"].as_array().unwrap().last().unwrap()
}

async fn a_follow_up_that_took_effect_is_found_however_its_answer_was_lost(database: &Database) {
    let world = World::start(database).await;
    for what in FollowUp::ALL {
        for kind in ["dropAfter", "timeoutAfter", "garbage", "wrongAmount", "duplicateAnswer", "serverErrorAfter"] {
            let payment = what.prepared(&world).await;
            world.arm(json!({"kind": kind, "operations": [what.operation()], "times": 1})).await;
            let key = world.name("key");
            let asked = what.ask(&world, &key, payment).await;
            assert_eq!((asked.status, asked.code()), (202, "OK"), "{what:?} {kind}: {asked:?}");
            let (before, after) = what.states();
            let now = world.payment(payment).await;
            assert_eq!(now["status"], before, "{what:?} {kind}: its own unknown is not the payment's");
            if what.is_return() {
                assert_eq!(refund(&now)["status"], "unknown", "{what:?} {kind}");
                assert!(refund(&now)["unknown"]["nextCheckAt"].is_string(), "{what:?} {kind}");
            }
            world.resolve().await;
            let now = world.payment(payment).await;
            assert_eq!(now["status"], after, "{what:?} {kind}: {now}");
            if what.is_return() {
                assert_eq!(refund(&now)["status"], "succeeded", "{what:?} {kind}");
                let told = world.events(refund(&now)["id"].as_str().unwrap()).await;
                assert_eq!(told, ["refund.requested", "refund.succeeded"]);
            }
            let last = world.events(&payment.to_string()).await.pop().unwrap();
            assert_eq!(last, format!("payment.{after}"), "{what:?} {kind}");
            let again = what.ask(&world, &key, payment).await;
            assert_eq!((again.status, &again.body, again.replayed), (202, &asked.body, true), "{what:?} {kind}");
        }
    }
    world.is_true().await;
    assert_eq!(world.balance("refundClearing").await, 0);
    world.end().await;
}

async fn a_follow_up_that_never_arrived_changes_nothing_and_may_be_asked_again(database: &Database) {
    let world = World::start(database).await;
    for what in FollowUp::ALL {
        for kind in ["dropBefore", "timeoutBefore", "serverError", "down"] {
            let payment = what.prepared(&world).await;
            world.arm(json!({"kind": kind, "operations": [what.operation()], "times": 1})).await;
            let asked = what.ask(&world, &world.name("key"), payment).await;
            assert_eq!((asked.status, asked.code()), (202, "OK"), "{what:?} {kind}: {asked:?}");
            let (before, after) = what.states();
            for (from, rung) in [(0, 5), (5, 15)] {
                world.look_at(from, rung).await;
                let now = world.payment(payment).await;
                assert_eq!(now["attempts"].as_array().unwrap().last().unwrap()["state"], "unknown", "{what:?} {kind}");
            }
            world.look_at(15, 45).await;
            let now = world.payment(payment).await;
            assert_eq!(now["status"], before, "{what:?} {kind}");
            assert_eq!(now["attempts"].as_array().unwrap().last().unwrap()["state"], "declined", "{what:?} {kind}");
            if what.is_return() {
                assert_eq!(refund(&now)["status"], "declined", "{what:?} {kind}");
                assert_eq!(now["cancelableAmount"], 10_000, "{what:?} {kind}");
            }
            let done = what.ask(&world, &world.name("key"), payment).await;
            assert_eq!(done.status, 200, "{what:?} {kind}: {done:?}");
            assert_eq!(world.status(payment).await, after, "{what:?} {kind}");
        }
    }
    world.is_true().await;
    assert_eq!(world.balance("refundClearing").await, 0);
    world.end().await;
}

async fn a_follow_up_that_is_declined_changes_nothing(database: &Database) {
    let world = World::start(database).await;
    for what in FollowUp::ALL {
        let payment = what.prepared(&world).await;
        let fault = json!({"kind": "decline", "code": "LIMIT", "operations": [what.operation()], "times": 1});
        world.arm(fault).await;
        let refused = what.ask(&world, &world.name("key"), payment).await;
        assert_eq!(refused.status, 402, "{what:?}: {refused:?}");
        assert_eq!(refused.body["error"]["outcome"], "none");
        let (before, after) = what.states();
        assert_eq!(world.status(payment).await, before, "{what:?}");
        assert_eq!(what.ask(&world, &world.name("key"), payment).await.status, 200, "{what:?}");
        assert_eq!(world.status(payment).await, after, "{what:?}");
    }
    world.is_true().await;
    assert_eq!(world.balance("refundClearing").await, 0);
    world.end().await;
}

async fn a_follow_up_that_was_not_sent_frees_its_key(database: &Database) {
    let mut world = World::start(database).await;
    for what in FollowUp::ALL {
        let payment = what.prepared(&world).await;
        world.acquirer.stop().await;
        let key = world.name("key");
        let asked = what.ask(&world, &key, payment).await;
        // A kept connection that is found closed may have carried the request: that is not proven unsent.
        let sure = asked.status == 503;
        assert!(sure || asked.status == 202, "{what:?}: {asked:?}");
        let (before, after) = what.states();
        assert_eq!(world.status(payment).await, before, "{what:?}");
        world.acquirer.start_again().await;
        if sure {
            assert_eq!(asked.code(), "CONNECTOR_UNAVAILABLE");
            assert_eq!(what.ask(&world, &key, payment).await.status, 200, "{what:?}");
            assert_eq!(world.status(payment).await, after, "{what:?}");
        } else {
            world.resolve().await;
        }
    }
    world.is_true().await;
    world.end().await;
}

async fn a_refund_under_way_cannot_be_given_back_twice(database: &Database) {
    let world = World::start(database).await;
    let payment = world.captured(10_000).await;
    world.arm(json!({"kind": "dropAfter", "operations": ["cancel"], "times": 1})).await;
    assert_eq!(world.cancel("a", payment, Some(6_000)).await.status, 202);
    let more = world.cancel("b", payment, Some(5_000)).await;
    assert_eq!((more.status, more.code()), (422, "EXCEEDS_REFUNDABLE"));
    assert_eq!(world.cancel("c", payment, Some(4_000)).await.status, 200);
    world.resolve().await;
    assert_eq!(world.status(payment).await, "canceled");
    assert_eq!(world.cancel("d", payment, None).await.code(), "NOTHING_TO_RETURN");
    world.is_true().await;
    world.end().await;
}
