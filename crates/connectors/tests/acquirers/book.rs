//! The book outlives its server, tells everything, and knows no card number.

use std::{fs, time::Duration};

use serde_json::json;
use steelyard_connectors::{
    AddressError, Instrument,
    simulator::{
        BookPageError, EntryState, Operation, Simulator,
        server::{Book, Settings},
    },
};
use steelyard_domain::Money;

use crate::world::{
    Directory, PATIENCE, World, authorize, cancel, card, purchase, purchase_by, scan_for, short, short_inquiry, void,
};

#[tokio::test]
async fn a_server_started_again_on_its_book_remembers_everything() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    let returned = world.approve(&cancel("att_cancel", &paid, 400)).await;
    world.send(&purchase_by("att_no", 50, Instrument::Card(card("2222222222222222")))).await;
    world.net_cancel("att_never").await;
    let before = world.book().await;

    let world = world.restart().await;
    assert_eq!(world.book().await, before);
    assert_eq!(world.approve(&cancel("att_cancel", &paid, 400)).await, returned);
    assert_eq!(short(&world.send(&cancel("att_2", &paid, 601)).await), "declined EXCEEDS_CAPTURED");
    assert_eq!(short(&world.send(&purchase("att_never", 1)).await), "declined NET_CANCELED");
    let later = world.approve(&purchase("att_later", 1)).await;
    assert!(later.acquirer_transaction_id > paid.acquirer_transaction_id);
}

#[tokio::test]
async fn what_was_answered_is_on_disk_when_it_is_answered() {
    let world = World::start().await;
    let copy = Directory::new();
    for number in 0..20 {
        world.approve(&purchase(&format!("att_{number}"), 1_000)).await;
    }
    // What a machine that loses its power now would find: the files, without the server's goodbye.
    for file in fs::read_dir(world.directory.path()).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if !name.ends_with("-shm") {
            fs::copy(file.path(), copy.path().join(name)).unwrap();
        }
    }
    let settings = Settings { hold: Duration::ZERO, slow: Duration::ZERO, ..Settings::default() };
    let found = World::on(copy, settings).await;
    assert_eq!(found.book().await, world.book().await);
    assert_eq!(found.book().await.len(), 20);
}

#[tokio::test]
async fn the_book_tells_every_transaction_in_order_page_by_page() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_1", 1_000)).await;
    let returned = world.approve(&cancel("att_2", &paid, 400)).await;
    let held = world.approve(&authorize("att_3", 500)).await;
    world.approve(&void("att_4", &held, 500)).await;
    world.send(&purchase_by("att_5", 50, Instrument::Card(card("4000000000009995")))).await;

    let first = world.simulator.book_page(0, 2, PATIENCE).await.unwrap();
    let second = world.simulator.book_page(first.next.unwrap(), 2, PATIENCE).await.unwrap();
    let third = world.simulator.book_page(second.next.unwrap(), 2, PATIENCE).await.unwrap();
    assert_eq!(third.next, None);
    let pages = [first.entries, second.entries, third.entries].concat();
    assert_eq!(pages, world.book().await);

    let told: Vec<_> = pages
        .iter()
        .map(|entry| (entry.reference.as_str(), entry.operation, entry.state, entry.amount.amount))
        .collect();
    assert_eq!(
        told,
        [
            ("att_1", Operation::Purchase, EntryState::Approved, 1_000),
            ("att_2", Operation::Cancel, EntryState::Approved, 400),
            ("att_3", Operation::Authorize, EntryState::Voided, 500),
            ("att_4", Operation::Void, EntryState::Approved, 500),
            ("att_5", Operation::Purchase, EntryState::Declined, 50),
        ]
    );
    let [first, second, .., last] = pages.as_slice() else { panic!("{pages:?}") };
    assert_eq!((first.captured, first.returned), (Money::krw(1_000), Money::krw(400)));
    assert_eq!(first.acquirer_transaction_id.as_deref(), Some(paid.acquirer_transaction_id.as_str()));
    assert_eq!(second.acquirer_transaction_id.as_deref(), Some(returned.acquirer_transaction_id.as_str()));
    assert_eq!(second.original_reference.as_deref(), Some("att_1"));
    assert_eq!(last.acquirer_transaction_id, None);
    assert_eq!(last.decline_code.as_deref(), Some("INSUFFICIENT_LIMIT"));
}

#[tokio::test]
async fn a_page_that_cannot_be_had_is_an_error() {
    let world = World::start().await;
    for limit in [0, 1_001] {
        let page = world.simulator.book_page(0, limit, PATIENCE).await;
        assert!(matches!(page, Err(BookPageError::NotAPage { status: 400, .. })), "{page:?}");
    }
    let simulator = world.simulator.clone();
    world.stop().await;
    let page = simulator.book_page(0, 10, PATIENCE).await;
    assert!(matches!(page, Err(BookPageError::Unanswered { .. })), "{page:?}");
}

#[tokio::test]
async fn no_card_number_is_anywhere_in_the_books_files() {
    let world = World::start().await;
    let numbers = [
        "4242424242424242",
        "5555555555554444",
        "4000000000000002",
        "4000000000003220",
        "4000000000000119",
        "4000000000005134",
        "378282246310005",
    ];
    for number in numbers {
        let request = purchase_by(&format!("att_{}", &number[12..]), 1_000, Instrument::Card(card(number)));
        world.send(&request).await;
        world.send(&request).await;
        let authentication = json!({
            "reference": format!("aut_{}", &number[12..]), "amount": 1_000, "currency": "KRW",
            "card": {"number": number, "expiryMonth": 12, "expiryYear": 2049, "cvc": "9876"},
        });
        assert_eq!(world.post("/v1/authentications", &authentication).await.0, 200);
    }
    let mut scanned = scan_for(world.directory.path(), &numbers, &["att_5134", "400000"]);
    let directory = world.stop().await;
    scanned += scan_for(directory.path(), &numbers, &["att_5134", "400000"]);
    assert!(scanned >= 2, "the running book and the closed one");
}

#[tokio::test]
async fn a_book_of_another_version_is_not_opened() {
    let directory = Directory::new();
    let book = rusqlite::Connection::open(directory.book()).unwrap();
    book.pragma_update(None, "user_version", 99).unwrap();
    drop(book);
    let refused = Book::open(&directory.book()).unwrap_err();
    assert_eq!(refused.to_string(), "the book has version 99, this program writes 2");
}

#[test]
fn an_address_that_is_none_is_refused_at_once() {
    for url in ["", "localhost", "/v1", "mailto:someone"] {
        assert!(matches!(Simulator::new(url), Err(AddressError::NotAnAddress { .. })), "{url}");
    }
}

#[tokio::test]
async fn a_reference_is_never_part_of_a_path() {
    let world = World::start().await;
    for reference in ["../book", "a/b?c=d#e", "취소"] {
        assert_eq!(short_inquiry(&world.inquire(reference).await), "not found", "{reference}");
        world.approve(&purchase(reference, 100)).await;
        assert_eq!(short_inquiry(&world.inquire(reference).await), "approved 100 KRW", "{reference}");
    }
}
