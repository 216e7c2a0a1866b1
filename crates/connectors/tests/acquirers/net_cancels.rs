//! Net cancel: after, before and instead of the request it is about.

use serde_json::json;
use steelyard_connectors::{
    Inquiry, NetCancel,
    simulator::{EntryState, server::Settings},
};
use steelyard_domain::Money;

use crate::world::{FOREVER, PATIENCE, World, authorize, capture, purchase, refund, short, short_inquiry, void};

#[tokio::test]
async fn an_approval_is_undone_and_its_reference_is_worth_nothing_any_more() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_1", 1_000)).await;
    for _ in 0..2 {
        assert_eq!(world.net_cancel("att_1").await, NetCancel::Confirmed);
        assert_eq!(world.inquire("att_1").await, Inquiry::Undone);
    }
    assert_eq!(short(&world.send(&purchase("att_1", 1_000)).await), "declined NET_CANCELED");
    assert_eq!(short(&world.send(&refund("att_2", &paid, 1)).await), "declined ORIGINAL_UNDONE");
    let entry = world.entry("att_1").await.unwrap();
    assert_eq!((entry.state, entry.captured), (EntryState::Undone, Money::krw(0)));
}

#[tokio::test]
async fn a_request_that_comes_after_its_net_cancel_is_refused() {
    let world = World::start().await;
    assert_eq!(world.net_cancel("att_1").await, NetCancel::Confirmed);
    assert_eq!(world.net_cancel("att_1").await, NetCancel::Confirmed);
    assert_eq!(short(&world.send(&purchase("att_1", 1_000)).await), "declined NET_CANCELED");
    assert_eq!(world.inquire("att_1").await, Inquiry::Undone);
    assert_eq!(world.book().await, []);
}

#[tokio::test]
async fn a_request_that_is_under_way_is_refused_when_it_arrives_after_its_net_cancel() {
    let world = World::with(Settings { hold: FOREVER, slow: FOREVER, ..Settings::default() }).await;
    let fault = world.arm(json!({"kind": "delay", "delayMs": 60_000, "reference": "att_1"})).await;
    let late = tokio::spawn({
        let simulator = world.simulator.clone();
        async move { simulator.send(&purchase("att_1", 1_000), PATIENCE).await }
    });
    world.struck(fault).await;
    assert_eq!(world.inquire("att_1").await, Inquiry::NotFound);
    assert_eq!(world.net_cancel("att_1").await, NetCancel::Confirmed);
    assert_eq!(world.clear(fault).await, 204);
    assert_eq!(short(&late.await.unwrap()), "declined NET_CANCELED");
    assert_eq!(world.book().await, []);
}

#[tokio::test]
async fn what_was_declined_stays_declined() {
    let world = World::start().await;
    world.arm(json!({"kind": "decline", "code": "GENERIC_DECLINE", "reference": "att_1"})).await;
    assert_eq!(short(&world.send(&purchase("att_1", 1_000)).await), "declined GENERIC_DECLINE");
    assert_eq!(world.net_cancel("att_1").await, NetCancel::Confirmed);
    assert_eq!(short_inquiry(&world.inquire("att_1").await), "declined GENERIC_DECLINE");
}

#[tokio::test]
async fn undoing_a_follow_up_gives_the_payment_back_what_it_had() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    world.approve(&refund("att_refund", &paid, 400)).await;
    assert_eq!(world.net_cancel("att_refund").await, NetCancel::Confirmed);
    assert_eq!(world.entry("att_paid").await.unwrap().returned, Money::krw(0));
    world.approve(&refund("att_again", &paid, 1_000)).await;

    let held = world.approve(&authorize("att_held", 1_000)).await;
    world.approve(&void("att_void", &held, 1_000)).await;
    assert_eq!(world.net_cancel("att_void").await, NetCancel::Confirmed);
    assert_eq!(world.entry("att_held").await.unwrap().state, EntryState::Approved);
    let taken = world.approve(&capture("att_capture", &held, 800)).await;
    world.approve(&refund("att_of_capture", &taken, 100)).await;
    assert_eq!(world.net_cancel("att_capture").await, NetCancel::Confirmed);
    let payment = world.entry("att_held").await.unwrap();
    assert_eq!((payment.captured, payment.returned), (Money::krw(0), Money::krw(0)));
    assert_eq!(world.inquire("att_of_capture").await, Inquiry::Undone);
    world.approve(&capture("att_capture_again", &held, 1_000)).await;
}

#[tokio::test]
async fn undoing_a_payment_undoes_what_was_built_on_it() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    world.approve(&refund("att_refund", &paid, 400)).await;
    let held = world.approve(&authorize("att_held", 1_000)).await;
    world.approve(&void("att_void", &held, 1_000)).await;
    for reference in ["att_paid", "att_held"] {
        assert_eq!(world.net_cancel(reference).await, NetCancel::Confirmed);
    }
    for entry in world.book().await {
        assert_eq!(entry.state, EntryState::Undone, "{entry:?}");
        assert_eq!((entry.captured, entry.returned), (Money::krw(0), Money::krw(0)));
    }
}
