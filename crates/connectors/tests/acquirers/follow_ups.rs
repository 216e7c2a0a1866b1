//! Captures, voids, cancels and refunds: never more than there is.

use steelyard_connectors::{Request, simulator::EntryState};
use steelyard_domain::{Currency, Money};

use crate::world::{PATIENCE, World, authorize, cancel, capture, purchase, refund, short, short_inquiry, void};

#[tokio::test]
async fn a_capture_takes_a_part_once_and_releases_the_rest() {
    let world = World::start().await;
    let held = world.approve(&authorize("att_held", 1_000)).await;
    let held_entry = world.entry("att_held").await.unwrap();
    assert_eq!((held_entry.amount, held_entry.captured), (Money::krw(1_000), Money::krw(0)));
    for (request, answer) in [
        (capture("att_1", &held, 1_001), "declined EXCEEDS_AUTHORIZED"),
        (refund("att_2", &held, 1), "declined NOT_CAPTURED"),
        (capture("att_3", &held, 600), "approved 600 KRW"),
        (capture("att_4", &held, 400), "declined ALREADY_CAPTURED"),
        (void("att_5", &held, 1_000), "declined ALREADY_CAPTURED"),
        (refund("att_6", &held, 601), "declined EXCEEDS_CAPTURED"),
        (refund("att_7", &held, 600), "approved 600 KRW"),
    ] {
        assert_eq!(short(&world.send(&request).await), answer, "{request:?}");
    }
    let payment = world.entry("att_held").await.unwrap();
    assert_eq!((payment.captured, payment.returned), (Money::krw(600), Money::krw(600)));
    assert_eq!(payment.state, EntryState::Approved);
    let refusal = world.entry("att_1").await.unwrap();
    assert_eq!(refusal.decline_code.as_deref(), Some("EXCEEDS_AUTHORIZED"));
    assert_eq!(refusal.original_reference.as_deref(), Some("att_held"));
}

#[tokio::test]
async fn a_void_releases_only_what_was_not_captured_and_only_whole() {
    let world = World::start().await;
    let held = world.approve(&authorize("att_held", 1_000)).await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    for (request, answer) in [
        (void("att_1", &paid, 1_000), "declined ALREADY_CAPTURED"),
        (void("att_2", &held, 999), "declined AMOUNT_MISMATCH"),
        (void("att_3", &held, 1_000), "approved 1000 KRW"),
        (void("att_4", &held, 1_000), "declined ALREADY_VOIDED"),
        (capture("att_5", &held, 1_000), "declined ALREADY_VOIDED"),
    ] {
        assert_eq!(short(&world.send(&request).await), answer, "{request:?}");
    }
    assert_eq!(world.entry("att_held").await.unwrap().state, EntryState::Voided);
    // Nothing of the authorization is left, and whoever asks must not believe otherwise.
    assert_eq!(short_inquiry(&world.inquire("att_held").await), "undone");
    assert_eq!(short_inquiry(&world.inquire("att_3").await), "approved 1000 KRW");
}

#[tokio::test]
async fn returns_add_up_to_what_was_captured_and_no_further() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    for (request, answer) in [
        (cancel("att_1", &paid, 400), "approved 400 KRW"),
        (refund("att_2", &paid, 500), "approved 500 KRW"),
        (cancel("att_3", &paid, 101), "declined EXCEEDS_CAPTURED"),
        (refund("att_4", &paid, 101), "declined EXCEEDS_CAPTURED"),
        (refund("att_5", &paid, 100), "approved 100 KRW"),
        (refund("att_6", &paid, 1), "declined EXCEEDS_CAPTURED"),
    ] {
        assert_eq!(short(&world.send(&request).await), answer, "{request:?}");
    }
    assert_eq!(world.entry("att_paid").await.unwrap().returned, Money::krw(1_000));
}

#[tokio::test]
async fn refunds_at_once_do_not_return_more_than_was_captured() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    let refunds: Vec<_> = (0..40)
        .map(|number| {
            let simulator = world.simulator.clone();
            let request = refund(&format!("att_{number}"), &paid, 60);
            tokio::spawn(async move { short(&simulator.send(&request, PATIENCE).await) })
        })
        .collect();
    let (mut approved, mut declined) = (0, 0);
    for refund in refunds {
        match refund.await.unwrap().as_str() {
            "approved 60 KRW" => approved += 1,
            "declined EXCEEDS_CAPTURED" => declined += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((approved, declined), (16, 24));
    assert_eq!(world.entry("att_paid").await.unwrap().returned, Money::krw(960));
}

#[tokio::test]
async fn a_return_may_name_the_payment_or_its_capture() {
    let world = World::start().await;
    let held = world.approve(&authorize("att_held", 1_000)).await;
    let taken = world.approve(&capture("att_taken", &held, 1_000)).await;
    let by_payment = world.approve(&refund("att_1", &held, 300)).await;
    world.approve(&refund("att_2", &taken, 300)).await;
    let of_a_refund = world.send(&refund("att_3", &by_payment, 300)).await;
    assert_eq!(short(&of_a_refund), "declined ORIGINAL_NOT_FOUND");
    assert_eq!(world.entry("att_held").await.unwrap().returned, Money::krw(600));
    assert_eq!(world.entry("att_2").await.unwrap().original_reference.as_deref(), Some("att_held"));
}

#[tokio::test]
async fn another_currency_or_no_payment_at_all_is_declined() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    let in_dollars = Request::Refund {
        reference: "att_1".to_owned(),
        original: paid.acquirer_transaction_id,
        amount: Money::new(1_000, Currency::Usd),
    };
    assert_eq!(short(&world.send(&in_dollars).await), "declined CURRENCY_MISMATCH");
    let of_nothing =
        Request::Refund { reference: "att_2".to_owned(), original: "sim_nothing".to_owned(), amount: Money::krw(1) };
    assert_eq!(short(&world.send(&of_nothing).await), "declined ORIGINAL_NOT_FOUND");
    assert_eq!(short_inquiry(&world.inquire("att_2").await), "declined ORIGINAL_NOT_FOUND");
}
