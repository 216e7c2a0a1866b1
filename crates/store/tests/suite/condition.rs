//! How a database is doing.

use steelyard_domain::{
    AttemptId, Currency, OrderId, SellerId, Span, Timestamp,
    ledger::posting::{self, Beneficiary, Funds, Scene, SellerShare},
    method::ConnectorName,
    payment::{Attempt, AttemptState},
};
use steelyard_store::{
    Engine,
    condition::{self, Backlog},
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(what_waits_is_counted, a_database_says_what_it_is_and_how_it_is_set);

async fn what_waits_is_counted(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let reader = database.reader().await;
    let nothing = Backlog { unsealed: 0, unpositioned: 0, open_attempts: 0, next_check_at: None, oldest_sent_at: None };
    assert_eq!(condition::backlog(&reader).await.unwrap(), nothing);

    let (order, _) = make.plain_order(tenant);
    let payment = make.payment(&order);
    let sent = make.sent_attempt(&payment);
    let later = Attempt {
        id: AttemptId::from_uuid(make.id()),
        sent_at: Some(make.now().before(Span::from_secs(5))),
        next_check_at: Some(make.now().after(Span::from_hours(1))),
        ..sent.clone()
    };
    let over = Attempt {
        id: AttemptId::from_uuid(make.id()),
        state: AttemptState::Declined,
        next_check_at: None,
        ..sent.clone()
    };
    let scene = Scene {
        tenant,
        funds: Funds::Acquirer(ConnectorName::Simulator),
        beneficiary: Beneficiary::Sellers,
        currency: Currency::Krw,
        order: OrderId::from_uuid(make.id()),
    };
    let share = SellerShare { seller: SellerId::from_uuid(make.id()), gross: 10_000, fee: 300, fee_vat: 30 };
    let mut accounts = Vec::new();
    let transactions = [0, 1].map(|_| {
        let source = make.id();
        make.post(&mut accounts, &posting::captured(scene, source, &[share], &[])).0
    });
    let event = make.event(tenant, "order.created", order.id.to_string(), 1);
    let seal = Make::seal(1, transactions[0].id);
    database
        .save(|script| {
            script.insert(vec![&sent, &later, &over]);
            script.insert(transactions.iter().collect());
            script.insert(vec![&seal]);
            script.insert(vec![&event]);
        })
        .await
        .unwrap();
    let unpositioned = match database.engine() {
        Engine::Sqlite => 0,
        Engine::Postgres => 1,
    };
    let waiting = Backlog {
        unsealed: 1,
        unpositioned,
        open_attempts: 2,
        next_check_at: sent.next_check_at,
        oldest_sent_at: later.sent_at,
    };
    assert_eq!(condition::backlog(&reader).await.unwrap(), waiting);
}

async fn a_database_says_what_it_is_and_how_it_is_set(database: &Database) {
    let reader = database.reader().await;
    let version = condition::version(&reader).await.unwrap();
    assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
    let settings = condition::durability(&reader).await.unwrap();
    let names: Vec<&str> = settings.iter().map(|(name, _)| name.as_str()).collect();
    let clock = condition::clock(&reader).await.unwrap();
    match database.engine() {
        Engine::Sqlite => {
            assert_eq!(settings, [(String::from("journal_mode"), String::from("wal"))]);
            assert_eq!(clock, None);
        }
        Engine::Postgres => {
            assert_eq!(names, ["fsync", "full_page_writes", "synchronous_commit"]);
            // The year 2020 is over.
            assert!(clock > Some(Timestamp::from_micros(1_600_000_000_000_000)));
        }
    }
}
