//! A book that an older version wrote: opened, it holds what it held, and learns what came since.

use rusqlite::Connection;
use steelyard_connectors::{
    Inquiry, Instrument,
    simulator::{
        EntryState, InstrumentKind,
        server::{Book, Settings},
    },
};
use steelyard_domain::Money;

use crate::world::{
    Directory, World, approval, cancel, card, purchase, purchase_by, refund, short, short_inquiry, transfer,
};

/// The tables as version 1 made them.
const TABLES_1: &str = "
    CREATE TABLE entry (
        sequence INTEGER PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        operation TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('approved', 'declined', 'undone', 'voided')),
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        captured_amount INTEGER NOT NULL CHECK (captured_amount BETWEEN 0 AND amount),
        returned_amount INTEGER NOT NULL CHECK (returned_amount BETWEEN 0 AND captured_amount),
        acquirer_transaction_id TEXT UNIQUE,
        approval_number TEXT,
        decline_code TEXT,
        decline_message TEXT,
        -- The payment that a capture, void, cancel or refund acts on, and how the request named it.
        payment_sequence INTEGER REFERENCES entry (sequence),
        original TEXT,
        bin TEXT CHECK (length(bin) = 6),
        last4 TEXT CHECK (length(last4) = 4),
        token TEXT,
        installment_months INTEGER NOT NULL,
        recurring INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        undone_at INTEGER,
        CHECK ((state = 'declined') = (decline_code IS NOT NULL)),
        CHECK ((state = 'declined') = (acquirer_transaction_id IS NULL)),
        CHECK ((state = 'undone') = (undone_at IS NOT NULL))
    ) STRICT;
    CREATE INDEX entry_payment ON entry (payment_sequence) WHERE payment_sequence IS NOT NULL;

    -- References that were net-cancelled before any request with them came.
    CREATE TABLE forbidden (
        reference TEXT PRIMARY KEY,
        forbidden_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE authentication (
        reference TEXT PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        challenge TEXT UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('pending', 'passed', 'failed')),
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        bin TEXT NOT NULL CHECK (length(bin) = 6),
        last4 TEXT NOT NULL CHECK (length(last4) = 4),
        behavior TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        charged_by TEXT
    ) STRICT, WITHOUT ROWID;";

/// A purchase of which a part has gone back, one by token, one that was declined, one that was undone, an
/// authorization that was voided; a reference that may not come, and a challenge that nobody has answered.
const ROWS_1: &str = "
    INSERT INTO entry (
        sequence, reference, operation, state, amount, currency, captured_amount, returned_amount,
        acquirer_transaction_id, approval_number, decline_code, decline_message, payment_sequence, original,
        bin, last4, token, installment_months, recurring, created_at, undone_at
    )
    VALUES
        (1, 'att_1', 'purchase', 'approved', 1000, 'KRW', 1000, 400, 'sim_1', '61803399', NULL, NULL, NULL, NULL,
            '424242', '4242', NULL, 0, 0, 1, NULL),
        (2, 'att_2', 'cancel', 'approved', 400, 'KRW', 0, 0, 'sim_2', '23606798', NULL, NULL, 1, 'sim_1',
            NULL, NULL, NULL, 0, 0, 2, NULL),
        (3, 'att_3', 'purchase', 'approved', 2000, 'KRW', 2000, 0, 'sim_3', '85410197', NULL, NULL, NULL, NULL,
            '555555', '4444', 'token_1', 0, 0, 3, NULL),
        (4, 'att_4', 'purchase', 'declined', 3000, 'KRW', 0, 0, NULL, NULL, 'INVALID_CARD_NUMBER', 'no', NULL,
            NULL, NULL, NULL, NULL, 0, 0, 4, NULL),
        (5, 'att_5', 'purchase', 'undone', 4000, 'KRW', 0, 0, 'sim_5', '09016995', NULL, NULL, NULL, NULL,
            '424242', '4242', NULL, 0, 0, 5, 6),
        (6, 'att_6', 'authorize', 'voided', 5000, 'KRW', 0, 0, 'sim_6', '70820394', NULL, NULL, NULL, NULL,
            '424242', '4242', NULL, 0, 0, 6, NULL),
        (7, 'att_7', 'void', 'approved', 5000, 'KRW', 0, 0, 'sim_7', '32623793', NULL, NULL, 6, 'sim_6',
            NULL, NULL, NULL, 0, 0, 7, NULL);
    INSERT INTO forbidden (reference, forbidden_at)
    VALUES ('att_8', 8);
    INSERT INTO authentication (
        reference, token, challenge, state, amount, currency, bin, last4, behavior, expires_at, charged_by
    )
    VALUES
        ('aut_1', 'token_1', NULL, 'passed', 2000, 'KRW', '555555', '4444', 'approve', 9, 'att_3'),
        ('aut_2', 'token_2', 'challenge_2', 'pending', 6000, 'KRW', '400000', '3220', 'requireAuthentication',
            9000000000000000, NULL);";

fn old_book(directory: &Directory) -> Connection {
    let book = Connection::open(directory.book()).unwrap();
    book.pragma_update(None, "journal_mode", "WAL").unwrap();
    book.execute_batch(TABLES_1).unwrap();
    book.execute_batch(ROWS_1).unwrap();
    book.pragma_update(None, "user_version", 1).unwrap();
    book
}

#[tokio::test]
async fn a_book_of_version_1_keeps_what_it_holds() {
    let directory = Directory::new();
    drop(old_book(&directory));
    let world = World::on(directory, Settings::default()).await;

    let told: Vec<_> = world
        .book()
        .await
        .into_iter()
        .map(|entry| {
            assert_eq!((entry.bank, entry.account), (None, None));
            (entry.reference, entry.state, entry.captured.amount, entry.returned.amount, entry.instrument)
        })
        .collect();
    let (card_payment, token_payment) = (Some(InstrumentKind::Card), Some(InstrumentKind::Token));
    assert_eq!(
        told,
        [
            ("att_1".to_owned(), EntryState::Approved, 1_000, 400, card_payment),
            ("att_2".to_owned(), EntryState::Approved, 0, 0, None),
            ("att_3".to_owned(), EntryState::Approved, 2_000, 0, token_payment),
            ("att_4".to_owned(), EntryState::Declined, 0, 0, card_payment),
            ("att_5".to_owned(), EntryState::Undone, 0, 0, card_payment),
            ("att_6".to_owned(), EntryState::Voided, 0, 0, card_payment),
            ("att_7".to_owned(), EntryState::Approved, 0, 0, None),
        ]
    );
    for (reference, inquiry) in [
        ("att_1", "approved 1000 KRW"),
        ("att_4", "declined INVALID_CARD_NUMBER"),
        ("att_5", "undone"),
        ("att_6", "undone"),
        ("att_8", "undone"),
        ("att_9", "not found"),
    ] {
        assert_eq!(short_inquiry(&world.inquire(reference).await), inquiry, "{reference}");
    }
}

#[tokio::test]
async fn a_book_of_version_1_goes_on_where_it_stopped() {
    let directory = Directory::new();
    drop(old_book(&directory));
    let world = World::on(directory, Settings::default()).await;

    // Repeats are repeats, and what is left can go back.
    let paid = approval(world.send(&purchase("att_1", 1_000)).await);
    assert_eq!((paid.acquirer_transaction_id.as_str(), paid.approval_number.as_str()), ("sim_1", "61803399"));
    let by_token = purchase_by("att_3", 2_000, Instrument::Authenticated("token_1".to_owned()));
    assert_eq!(short(&world.send(&by_token).await), "approved 2000 KRW");
    assert_eq!(short(&world.send(&cancel("att_2", &paid, 400)).await), "approved 400 KRW");
    assert_eq!(short(&world.send(&refund("att_10", &paid, 601)).await), "declined EXCEEDS_CAPTURED");
    assert_eq!(short(&world.send(&refund("att_11", &paid, 600)).await), "approved 600 KRW");
    assert_eq!(short(&world.send(&purchase("att_8", 1_000)).await), "declined NET_CANCELED");

    // A challenge from before leads nowhere, and can be passed.
    let page = format!("http://{}/challenges/challenge_2", world.address);
    assert_eq!(world.post_text(&page, "decision=pass").await.0, 200);
    let passed = purchase_by("att_12", 6_000, Instrument::Authenticated("token_2".to_owned()));
    assert_eq!(short(&world.send(&passed).await), "approved 6000 KRW");

    // What version 1 did not know.
    world.approve(&transfer("att_13", 7_000, "1101234567")).await;
    let issued = world.issue("att_14", 8_000).await;
    assert_eq!(world.deposit(&issued, 8_000).await, Ok(()));
    let before = world.book().await;
    let world = world.restart().await;
    assert_eq!(world.book().await, before);
    assert_eq!(world.entry("att_14").await.unwrap().captured, Money::krw(8_000));
    assert!(matches!(world.inquire("att_14").await, Inquiry::Approved(_)));
    let bad = world.send(&purchase_by("att_15", 50, Instrument::Card(card("2222222222222222")))).await;
    assert_eq!(short(&bad), "declined GENERIC_DECLINE");
}

#[tokio::test]
async fn a_book_of_version_1_that_contradicts_itself_stays_as_it_is() {
    let directory = Directory::new();
    let book = old_book(&directory);
    book.pragma_update(None, "foreign_keys", false).unwrap();
    book.execute("UPDATE entry SET payment_sequence = 99 WHERE sequence = 2", []).unwrap();
    let refused = Book::open(&directory.book()).unwrap_err();
    assert_eq!(refused.to_string(), "entries of the old book that act on a payment it does not have: 1");
    let version: i64 = book.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let entries: i64 = book.query_row("SELECT COUNT(*) FROM entry", [], |row| row.get(0)).unwrap();
    assert_eq!((version, entries), (1, 7));
}
