//! What each test card does.

use std::time::Duration;

use serde_json::json;
use steelyard_connectors::{Instrument, simulator::server::Settings};
use steelyard_domain::{Span, method::Card};

use crate::world::{FOREVER, PATIENCE, World, card, purchase, purchase_by, short, short_inquiry};

#[tokio::test]
async fn each_test_card_ends_as_it_is_listed() {
    let world = World::start().await;
    for (number, answer, inquiry) in [
        ("4242424242424242", "approved 10000 KRW", "approved 10000 KRW"),
        ("1111111111111111", "approved 10000 KRW", "approved 10000 KRW"),
        ("5555555555554444", "approved 10000 KRW", "approved 10000 KRW"),
        ("4000000000000002", "declined GENERIC_DECLINE", "declined GENERIC_DECLINE"),
        ("2222222222222222", "declined GENERIC_DECLINE", "declined GENERIC_DECLINE"),
        ("4000000000009995", "declined INSUFFICIENT_LIMIT", "declined INSUFFICIENT_LIMIT"),
        ("4000000000009987", "declined STOLEN_OR_LOST", "declined STOLEN_OR_LOST"),
        ("4000000000000069", "declined EXPIRED_CARD", "declined EXPIRED_CARD"),
        ("4000000000000341", "approved 10000 KRW", "approved 10000 KRW"),
        ("4000000000003220", "declined AUTHENTICATION_REQUIRED", "declined AUTHENTICATION_REQUIRED"),
        ("4000000000000119", "unknown", "approved 10000 KRW"),
        ("4000000000005126", "unknown", "not found"),
        ("4000000000005134", "unknown", "approved 10000 KRW"),
        ("4000000000005142", "approved 10000 KRW", "approved 10000 KRW"),
    ] {
        let request = purchase_by(number, 10_000, Instrument::Card(card(number)));
        assert_eq!(short(&world.send(&request).await), answer, "{number}");
        assert_eq!(short_inquiry(&world.inquire(number).await), inquiry, "{number}");
    }
}

#[tokio::test]
async fn a_card_past_its_expiry_month_is_declined() {
    let world = World::start().await;
    let old = Card { expiry_year: 2020, ..card("4242424242424242") };
    let old = world.send(&purchase_by("att_old", 100, Instrument::Card(old))).await;
    assert_eq!(short(&old), "declined EXPIRED_CARD");

    assert_eq!(short(&world.send(&purchase("att_now", 100)).await), "approved 100 KRW");
    world.clock.advance(Span::from_days(40 * 365));
    assert_eq!(short(&world.send(&purchase("att_later", 100)).await), "declined EXPIRED_CARD");
}

#[tokio::test]
async fn the_renewal_card_declines_only_renewals() {
    let world = World::start().await;
    let charge = |reference: &str, recurring: bool| {
        json!({
            "reference": reference, "amount": 9_900, "currency": "KRW", "recurring": recurring,
            "card": {"number": "4000000000000341", "expiryMonth": 12, "expiryYear": 2049},
        })
    };
    let (status, answer) = world.post("/v1/purchases", &charge("att_first", false)).await;
    assert_eq!((status, answer["status"].as_str()), (200, Some("approved")));
    let (status, answer) = world.post("/v1/purchases", &charge("att_renewal", true)).await;
    assert_eq!((status, answer["code"].as_str()), (402, Some("GENERIC_DECLINE")));
}

#[tokio::test]
async fn a_number_that_no_card_has_is_declined_and_not_repeated() {
    let world = World::start().await;
    for (number, code) in [("4242424242424241", "INVALID_CARD_NUMBER"), ("12", "INVALID_CARD_NUMBER")] {
        let charge = json!({
            "reference": number.len().to_string(), "amount": 100, "currency": "KRW",
            "card": {"number": number, "expiryMonth": 12, "expiryYear": 2049},
        });
        let (status, answer) = world.post("/v1/purchases", &charge).await;
        assert_eq!((status, answer["code"].as_str()), (402, Some(code)));
    }
    // A number where none belongs: the refusal does not echo it.
    let wrong = json!({"reference": "att_1", "amount": "4242424242424242", "currency": "KRW"});
    let (status, answer) = world.post("/v1/purchases", &wrong).await;
    assert_eq!((status, answer["code"].as_str()), (400, Some("BAD_REQUEST")));
    assert!(!answer.to_string().contains("4242"), "{answer}");
}

#[tokio::test]
async fn a_caller_with_less_patience_than_the_slow_card_does_not_know() {
    let world = World::with(Settings { hold: FOREVER, slow: FOREVER, ..Settings::default() }).await;
    let short_patience = Duration::from_millis(50);
    for number in ["4000000000005142", "4000000000005126"] {
        let request = purchase_by(number, 10_000, Instrument::Card(card(number)));
        assert_eq!(short(&world.simulator.send(&request, short_patience).await), "unknown");
        assert_eq!(short_inquiry(&world.simulator.inquire(number, PATIENCE).await), "not found");
    }
}
