//! Each scripted fault on each operation, down to the exact answer and what is in the book afterwards.

use serde_json::{Value, json};
use steelyard_connectors::{
    Inquiry, NetCancel, Request,
    answer::AuthenticationAnswer,
    request::Authentication,
    simulator::{EntryState, server::Settings},
};
use steelyard_domain::Money;

use crate::world::{
    FOREVER, GOOD_CARD, PATIENCE, World, authorize, cancel, capture, card, purchase, refund, short, short_inquiry, void,
};

const OPERATIONS: [&str; 6] = ["authorize", "purchase", "capture", "void", "cancel", "refund"];

/// A request of this operation that would be approved, with the payment it needs.
async fn ready(world: &World, operation: &str, reference: &str) -> Request {
    let of = format!("{reference}_of");
    match operation {
        "authorize" => authorize(reference, 1_000),
        "purchase" => purchase(reference, 1_000),
        "capture" => capture(reference, &world.approve(&authorize(&of, 1_000)).await, 1_000),
        "void" => void(reference, &world.approve(&authorize(&of, 1_000)).await, 1_000),
        "cancel" => cancel(reference, &world.approve(&purchase(&of, 1_000)).await, 1_000),
        "refund" => refund(reference, &world.approve(&purchase(&of, 1_000)).await, 1_000),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn each_fault_on_each_operation_ends_as_it_is_listed() {
    let world = World::start().await;
    let done = "approved 1000 KRW";
    for (kind, answer, inquiry) in [
        ("decline", "declined STOLEN_OR_LOST", "declined STOLEN_OR_LOST"),
        ("delay", done, done),
        ("dropBefore", "unknown", "not found"),
        ("dropAfter", "unknown", done),
        ("timeoutBefore", "unknown", "not found"),
        ("timeoutAfter", "unknown", done),
        ("duplicateAnswer", "unknown", done),
        ("garbage", "unknown", done),
        ("wrongAmount", "approved 1001 KRW", done),
        ("serverError", "unknown", "not found"),
        ("serverErrorAfter", "unknown", done),
        ("down", "unknown", "not found"),
    ] {
        for operation in OPERATIONS {
            let reference = format!("{operation}_{kind}");
            let request = ready(&world, operation, &reference).await;
            let mut fault = json!({"kind": kind, "operations": [operation], "reference": reference});
            match kind {
                "decline" => fault["code"] = json!("STOLEN_OR_LOST"),
                "delay" => fault["delayMs"] = json!(1),
                _ => {}
            }
            let fault = world.arm(fault).await;
            assert_eq!(short(&world.send(&request).await), answer, "{reference}");
            // Nobody has sent it twice.
            assert_eq!(world.hits(fault).await, 1, "{reference}");
            assert_eq!(world.clear(fault).await, 204);
            assert_eq!(short_inquiry(&world.inquire(&reference).await), inquiry, "{reference}");
            check_effect(&world, operation, &reference, inquiry == done).await;
        }
    }
}

/// Compares the payment behind the request with what the request would have done to it.
async fn check_effect(world: &World, operation: &str, reference: &str, happened: bool) {
    let payment = world.entry(&format!("{reference}_of")).await;
    let moved = Money::krw(if happened { 1_000 } else { 0 });
    match operation {
        "authorize" => assert_eq!(payment, None),
        "purchase" => {
            let captured = world.entry(reference).await.map_or(Money::krw(0), |entry| entry.captured);
            assert_eq!(captured, moved, "{reference}");
        }
        "capture" => assert_eq!(payment.unwrap().captured, moved, "{reference}"),
        "void" => {
            let state = if happened { EntryState::Voided } else { EntryState::Approved };
            assert_eq!(payment.unwrap().state, state, "{reference}");
        }
        "cancel" | "refund" => assert_eq!(payment.unwrap().returned, moved, "{reference}"),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_inquiry_that_goes_wrong_says_nothing() {
    let world = World::start().await;
    world.approve(&purchase("att_1", 1_000)).await;
    for kind in [
        "dropBefore",
        "dropAfter",
        "timeoutBefore",
        "timeoutAfter",
        "duplicateAnswer",
        "garbage",
        "serverError",
        "serverErrorAfter",
        "down",
    ] {
        world.arm(json!({"kind": kind, "operations": ["inquiry"], "times": 1})).await;
        assert_eq!(short_inquiry(&world.inquire("att_1").await), "unanswered", "{kind}");
        assert_eq!(short_inquiry(&world.inquire("att_1").await), "approved 1000 KRW", "{kind}");
    }
    world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "reference": "att_1"})).await;
    assert_eq!(short_inquiry(&world.inquire("att_1").await), "approved 1001 KRW");
}

#[tokio::test]
async fn a_net_cancel_that_goes_wrong_is_not_confirmed_and_can_be_repeated() {
    let world = World::start().await;
    for (kind, effect) in [
        ("dropBefore", "approved 1000 KRW"),
        ("timeoutBefore", "approved 1000 KRW"),
        ("serverError", "approved 1000 KRW"),
        ("down", "approved 1000 KRW"),
        ("dropAfter", "undone"),
        ("timeoutAfter", "undone"),
        ("duplicateAnswer", "undone"),
        ("garbage", "undone"),
        ("serverErrorAfter", "undone"),
    ] {
        world.approve(&purchase(kind, 1_000)).await;
        world.arm(json!({"kind": kind, "operations": ["netCancel"], "times": 1})).await;
        let answer = world.net_cancel(kind).await;
        assert!(matches!(answer, NetCancel::Unanswered { .. }), "{kind}: {answer:?}");
        assert_eq!(short_inquiry(&world.inquire(kind).await), effect, "{kind}");
        assert_eq!(world.net_cancel(kind).await, NetCancel::Confirmed, "{kind}");
        assert_eq!(world.inquire(kind).await, Inquiry::Undone, "{kind}");
    }
}

#[tokio::test]
async fn an_authentication_that_goes_wrong_has_failed_and_can_be_repeated() {
    let world = World::start().await;
    let request = |reference: &str| Authentication {
        reference: reference.to_owned(),
        amount: Money::krw(1_000),
        card: card(GOOD_CARD),
        return_url: None,
    };
    for kind in ["dropBefore", "dropAfter", "timeoutAfter", "garbage", "serverError", "duplicateAnswer"] {
        world.arm(json!({"kind": kind, "operations": ["authentication"], "times": 1})).await;
        let answer = world.simulator.authenticate(&request(kind), PATIENCE).await;
        assert!(matches!(answer, AuthenticationAnswer::Failed { .. }), "{kind}: {answer:?}");
        let answer = world.simulator.authenticate(&request(kind), PATIENCE).await;
        assert!(matches!(answer, AuthenticationAnswer::Authenticated { .. }), "{kind}: {answer:?}");
    }
    world.arm(json!({"kind": "decline", "code": "GENERIC_DECLINE", "operations": ["authentication"]})).await;
    let answer = world.simulator.authenticate(&request("att_1"), PATIENCE).await;
    assert!(matches!(answer, AuthenticationAnswer::Declined { ref code, .. } if code == "GENERIC_DECLINE"));
}

#[tokio::test]
async fn a_fault_strikes_what_it_fits_as_often_as_it_is_told() {
    let world = World::start().await;
    let decline = |mut fault: Value| {
        fault["kind"] = json!("decline");
        fault["code"] = json!("GENERIC_DECLINE");
        fault
    };
    let declined = "declined GENERIC_DECLINE";
    let twice = world.arm(decline(json!({"amount": 777, "times": 2}))).await;
    for (request, answer) in [
        (purchase("att_1", 776), "approved 776 KRW"),
        (purchase("att_2", 777), declined),
        (authorize("att_3", 777), declined),
        (purchase("att_4", 777), "approved 777 KRW"),
    ] {
        assert_eq!(short(&world.send(&request).await), answer, "{request:?}");
    }
    assert_eq!(world.hits(twice).await, 2);

    let all = world.arm(decline(json!({}))).await;
    for reference in ["att_5", "att_6", "att_7"] {
        assert_eq!(short(&world.send(&purchase(reference, 100)).await), declined);
    }
    // Asking is not moving money.
    assert_eq!(short_inquiry(&world.inquire("att_1").await), "approved 776 KRW");
    assert_eq!(world.clear(all).await, 204);
    assert_eq!(world.clear(all).await, 404);
    assert_eq!(short(&world.send(&purchase("att_8", 100)).await), "approved 100 KRW");
}

#[tokio::test]
async fn down_refuses_everything_until_it_is_cleared() {
    let world = World::start().await;
    let down = world.arm(json!({"kind": "down"})).await;
    assert_eq!(short(&world.send(&purchase("att_1", 1_000)).await), "unknown");
    assert_eq!(short_inquiry(&world.inquire("att_1").await), "unanswered");
    assert!(matches!(world.net_cancel("att_1").await, NetCancel::Unanswered { .. }));
    assert_eq!(world.clear(down).await, 204);
    assert_eq!(world.inquire("att_1").await, Inquiry::NotFound);
}

#[tokio::test]
async fn a_fault_that_means_nothing_is_refused() {
    let world = World::start().await;
    for fault in [
        json!({"kind": "explode"}),
        json!({"kind": "decline"}),
        json!({"kind": "decline", "code": ""}),
        json!({"kind": "garbage", "code": "GENERIC_DECLINE"}),
        json!({"kind": "delay"}),
        json!({"kind": "delay", "delayMs": 60_001}),
        json!({"kind": "dropBefore", "delayMs": 1}),
        json!({"kind": "dropBefore", "operations": []}),
        json!({"kind": "dropBefore", "operations": ["refnud"]}),
        json!({"kind": "decline", "code": "GENERIC_DECLINE", "operations": ["inquiry"]}),
        json!({"kind": "dropBefore", "time": 1}),
    ] {
        let (status, answer) = world.post("/faults", &fault).await;
        assert_eq!(status, 400, "{fault} {answer}");
    }
    assert_eq!(world.get("/faults").await, (200, json!({"faults": []})));
}

#[tokio::test]
async fn a_delayed_request_takes_effect_though_its_caller_has_gone() {
    let world = World::with(Settings { hold: FOREVER, slow: FOREVER, ..Settings::default() }).await;
    let fault = world.arm(json!({"kind": "delay", "delayMs": 60_000, "times": 1})).await;
    let caller = tokio::spawn({
        let simulator = world.simulator.clone();
        async move { simulator.send(&purchase("att_1", 1_000), FOREVER).await }
    });
    world.struck(fault).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    assert_eq!(world.inquire("att_1").await, Inquiry::NotFound);
    assert_eq!(world.clear(fault).await, 204);
    let found = async {
        while world.inquire("att_1").await == Inquiry::NotFound {}
        world.inquire("att_1").await
    };
    let found = tokio::time::timeout(PATIENCE, found).await.unwrap();
    assert_eq!(short_inquiry(&found), "approved 1000 KRW");
}

#[tokio::test]
async fn a_server_that_stops_keeps_nobody_waiting() {
    let world = World::with(Settings { hold: FOREVER, slow: FOREVER, ..Settings::default() }).await;
    let hanging = world.arm(json!({"kind": "timeoutBefore", "reference": "att_1"})).await;
    let delayed = world.arm(json!({"kind": "delay", "delayMs": 60_000, "reference": "att_2"})).await;
    let waiting: Vec<_> = ["att_1", "att_2"]
        .map(|reference| {
            let simulator = world.simulator.clone();
            tokio::spawn(async move { simulator.send(&purchase(reference, 1_000), FOREVER).await })
        })
        .into_iter()
        .collect();
    world.struck(hanging).await;
    world.struck(delayed).await;
    let world = tokio::time::timeout(PATIENCE, world.restart()).await.unwrap();
    for request in waiting {
        assert_eq!(short(&request.await.unwrap()), "unknown");
    }
    assert_eq!(world.book().await, []);
}
