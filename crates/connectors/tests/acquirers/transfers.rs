//! Money taken from a payer's own account.

use serde_json::{Value, json};
use steelyard_connectors::{
    Inquiry, NetCancel,
    simulator::{EntryState, InstrumentKind},
};
use steelyard_domain::{Bank, Money};

use crate::world::{World, cancel, refund, scan_for, short, short_inquiry, transfer};

const GOOD_ACCOUNT: &str = "110-123-456789";

#[tokio::test]
async fn each_test_account_ends_as_it_is_listed() {
    let world = World::start().await;
    for (number, answer, inquiry) in [
        (GOOD_ACCOUNT, "approved 10000 KRW", "approved 10000 KRW"),
        ("3333010000002", "declined INSUFFICIENT_BALANCE", "declined INSUFFICIENT_BALANCE"),
        ("1234560069", "declined ACCOUNT_CLOSED", "declined ACCOUNT_CLOSED"),
        ("1101230005126", "unknown", "not found"),
        ("1101230005134", "unknown", "approved 10000 KRW"),
        ("1101230005142", "approved 10000 KRW", "approved 10000 KRW"),
        // Endings of test cards that are none of accounts.
        ("1101230009995", "approved 10000 KRW", "approved 10000 KRW"),
        ("1101230020", "approved 10000 KRW", "approved 10000 KRW"),
    ] {
        let request = transfer(number, 10_000, number);
        assert_eq!(short(&world.send(&request).await), answer, "{number}");
        assert_eq!(short_inquiry(&world.inquire(number).await), inquiry, "{number}");
    }
}

#[tokio::test]
async fn a_transfer_is_booked_as_one_and_gives_money_back_as_a_card_does() {
    let world = World::start().await;
    let paid = world.approve(&transfer("att_1", 1_000, GOOD_ACCOUNT)).await;
    world.approve(&cancel("att_2", &paid, 400)).await;
    world.approve(&refund("att_3", &paid, 600)).await;
    assert_eq!(short(&world.send(&refund("att_4", &paid, 1)).await), "declined EXCEEDS_CAPTURED");
    let entry = world.entry("att_1").await.unwrap();
    assert_eq!((entry.instrument, entry.bank), (Some(InstrumentKind::Transfer), Some(Bank::Shinhan)));
    assert_eq!((entry.state, entry.account), (EntryState::Approved, None));
    assert_eq!((entry.captured, entry.returned), (Money::krw(1_000), Money::krw(1_000)));
    let returned = world.entry("att_2").await.unwrap();
    assert_eq!((returned.instrument, returned.bank), (None, None));
}

#[tokio::test]
async fn a_transfer_repeated_is_one_and_another_account_is_another_request() {
    let world = World::start().await;
    let request = transfer("att_1", 1_000, GOOD_ACCOUNT);
    let first = world.send(&request).await;
    assert_eq!(world.send(&request).await, first);
    assert_eq!(world.book().await.len(), 1);
    assert_eq!(short(&world.send(&transfer("att_1", 1_000, "1101239999")).await), "unknown");
    assert_eq!(short(&world.send(&transfer("att_1", 1_001, GOOD_ACCOUNT)).await), "unknown");
    assert_eq!(world.net_cancel("att_1").await, NetCancel::Confirmed);
    assert_eq!(world.inquire("att_1").await, Inquiry::Undone);
    assert_eq!(short(&world.send(&request).await), "declined NET_CANCELED");
}

/// A purchase with these instruments, as JSON.
fn charge(instruments: Value) -> Value {
    let mut charge = json!({"reference": "att_1", "amount": 1_000, "currency": "KRW"});
    charge.as_object_mut().unwrap().extend(instruments.as_object().unwrap().clone());
    charge
}

#[tokio::test]
async fn a_charge_names_exactly_one_instrument_and_only_cards_are_authorized() {
    let world = World::start().await;
    let card = json!({"number": "4242424242424242", "expiryMonth": 12, "expiryYear": 2049});
    let transfer = json!({"bank": "kookmin", "accountNumber": "1234567890"});
    let account = json!({"bank": "kookmin", "holder": "가게", "dueAt": "2099-01-01T00:00:00+09:00"});
    let refused = [
        ("/v1/purchases", json!({}), "BAD_REQUEST"),
        ("/v1/purchases", json!({"card": card, "transfer": transfer}), "BAD_REQUEST"),
        ("/v1/purchases", json!({"token": "token_1", "virtualAccount": account}), "BAD_REQUEST"),
        ("/v1/purchases", json!({"transfer": transfer, "virtualAccount": account}), "BAD_REQUEST"),
        ("/v1/authorizations", json!({"transfer": transfer}), "BAD_REQUEST"),
        ("/v1/authorizations", json!({"virtualAccount": account}), "BAD_REQUEST"),
        ("/v1/purchases", json!({"transfer": transfer, "installmentMonths": 3}), "BAD_REQUEST"),
        ("/v1/purchases", json!({"virtualAccount": account, "recurring": true}), "BAD_REQUEST"),
        ("/v1/purchases", json!({"transfer": {"bank": "hongkong", "accountNumber": "1234567890"}}), "INVALID_BANK"),
        (
            "/v1/purchases",
            json!({"transfer": {"bank": "kookmin", "accountNumber": "123456789"}}),
            "INVALID_ACCOUNT_NUMBER",
        ),
        (
            "/v1/purchases",
            json!({"virtualAccount": {"bank": "kookmin", "holder": " ", "dueAt": "2099-01-01T00:00:00Z"}}),
            "INVALID_HOLDER",
        ),
        (
            "/v1/purchases",
            json!({"virtualAccount": {"bank": "kookmin", "holder": "가게", "dueAt": "tomorrow"}}),
            "BAD_REQUEST",
        ),
    ];
    for (path, instruments, code) in refused {
        let (status, answer) = world.post(path, &charge(instruments.clone())).await;
        assert_eq!((status, answer["code"].as_str()), (400, Some(code)), "{path} {instruments}");
        assert!(!answer.to_string().contains("123456789"), "{answer}");
    }
    assert_eq!(world.book().await, []);
    for (reference, instrument, status) in
        [("att_1", json!({"transfer": transfer}), "approved"), ("att_2", json!({"virtualAccount": account}), "issued")]
    {
        let mut charge = charge(instrument);
        charge["reference"] = json!(reference);
        let (_, answer) = world.post("/v1/purchases", &charge).await;
        assert_eq!(answer["status"].as_str(), Some(status), "{answer}");
    }
}

#[tokio::test]
async fn no_account_number_is_anywhere_in_the_books_files() {
    let world = World::start().await;
    let numbers = ["110123456789", "33330109995134", "1234560069"];
    for number in numbers {
        let request = transfer(&format!("att_{}", &number[number.len() - 4..]), 1_000, number);
        world.send(&request).await;
        world.send(&request).await;
    }
    assert!(scan_for(world.directory.path(), &numbers, &["att_5134", "shinhan"]) >= 1);
    let directory = world.stop().await;
    assert!(scan_for(directory.path(), &numbers, &["att_5134", "shinhan"]) >= 1);
}
