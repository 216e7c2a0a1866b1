//! Plants faults that no command of ours makes, where the database would have refused them too.

use std::collections::BTreeSet;

use steelyard_domain::Span;
use steelyard_store::{Engine, audit::checks};
use steelyard_testkit::{Database, both_engines};

use crate::{books_and_money, findings, people, sale_and_rest, ways, world::World};

/// Statements that break something, and the checks that notice: the one it is about first.
pub struct Fault {
    pub plant: &'static str,
    pub noticed_by: &'static [&'static str],
}

/// A fault that one check alone notices.
pub const fn only(check: &'static [&'static str; 1], plant: &'static str) -> Fault {
    Fault { plant, noticed_by: check }
}

const TABLES: [&str; 25] = [
    "checkout_session",
    "gift_card",
    "vault_card",
    "payer_session",
    "payer",
    "orders",
    "order_line",
    "payment",
    "attempt",
    "refund",
    "refund_part",
    "movement",
    "product",
    "stock_movement",
    "account",
    "ledger_transaction",
    "entry",
    "ledger_seal",
    "event",
    "idempotency",
    "answer",
    "payment_rollup",
    "movement_rollup",
    "commit_marker",
    "merchant",
];

/// On one engine an event's number is its place, on the other places lie in a table of their own.
const fn a_place_left_out(engine: Engine) -> Fault {
    only(
        &["event.positions"],
        match engine {
            Engine::Sqlite => "UPDATE event SET seq = seq + 7 WHERE seq = (SELECT MAX(seq) FROM event)",
            Engine::Postgres => "DELETE FROM event_position WHERE position = 3",
        },
    )
}

both_engines!(each_fault_is_noticed_by_its_check_and_no_other, no_more_than_twenty_findings_are_told);

async fn each_fault_is_noticed_by_its_check_and_no_other(database: &Database) {
    disarm(database).await;
    let world = World::new();
    let now = world.now().after(Span::from_hours(5));
    let (mut noticed, mut surprises) = (BTreeSet::new(), Vec::new());
    let gap = a_place_left_out(database.engine());
    let written = [books_and_money::FAULTS, sale_and_rest::FAULTS, people::FAULTS, ways::FAULTS];
    for fault in written.into_iter().flatten().chain([&gap]) {
        empty(database).await;
        world.save(database).await;
        plant(database, fault.plant).await;
        let found: BTreeSet<&str> = findings(database, now).await.iter().map(|(check, _)| check.name).collect();
        let expected: BTreeSet<&str> = fault.noticed_by.iter().copied().collect();
        if found != expected {
            surprises.push(format!("{} is noticed by {found:?}, not by {expected:?}", fault.plant));
        }
        noticed.insert(fault.noticed_by[0]);
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let all: BTreeSet<&str> = checks().iter().map(|check| check.name).collect();
    assert_eq!(noticed, all, "each check has a fault of its own");
}

/// Takes away what would refuse the faults.
async fn disarm(database: &Database) {
    match database.engine() {
        Engine::Sqlite => {
            let triggers = "SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'";
            let drops = database.reader().await.rows(triggers, Vec::new(), |row| row.text()).await.unwrap();
            database.sql(&drops.join(";")).await.unwrap();
            database.sql("DROP INDEX attempt_approved").await.unwrap();
        }
        Engine::Postgres => {
            let drop_all = "
                DO $$ DECLARE one RECORD; BEGIN
                    FOR one IN SELECT conname, conrelid::regclass AS name FROM pg_constraint
                        WHERE contype = 'c' AND connamespace = 'public'::regnamespace
                    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.name, one.conname); END LOOP;
                    FOR one IN SELECT tgname, tgrelid::regclass AS name FROM pg_trigger WHERE NOT tgisinternal
                    LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.name); END LOOP;
                END $$;
                DROP INDEX attempt_approved;";
            database.sql(drop_all).await.unwrap();
        }
    }
}

async fn empty(database: &Database) {
    let statements = match database.engine() {
        Engine::Sqlite => {
            let deletes: Vec<String> = TABLES.iter().map(|table| format!("DELETE FROM {table}")).collect();
            format!("BEGIN; {}; DELETE FROM sqlite_sequence; COMMIT", deletes.join("; "))
        }
        Engine::Postgres => format!("TRUNCATE {}, event_position RESTART IDENTITY CASCADE", TABLES.join(", ")),
    };
    database.sql(&statements).await.unwrap();
}

async fn plant(database: &Database, statements: &str) {
    let planted = match database.engine() {
        Engine::Sqlite => database.sql(&format!("PRAGMA ignore_check_constraints = ON; {statements}")).await,
        Engine::Postgres => database.sql(statements).await,
    };
    planted.unwrap_or_else(|error| panic!("{statements}: {error}"));
}

async fn no_more_than_twenty_findings_are_told(database: &Database) {
    disarm(database).await;
    let world = World::new();
    world.save(database).await;
    // More than a page of events goes before those with card numbers.
    let events = |first: i64, last: i64, data: &str| {
        let numbers =
            format!("WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})");
        format!(
            "{numbers} INSERT INTO event (id, merchant_id, mode, type, object_id, version, created_at, data)
            SELECT e.id, e.merchant_id, e.mode, e.type, 'thing ' || CAST(n.i AS TEXT), 1, e.created_at, '{data}'
            FROM (SELECT * FROM event ORDER BY seq LIMIT 1) e, n;"
        )
    };
    let innocent = events(1, 10_200, r#"{"merchantOrderId":"4242424242424241"}"#);
    let leaks = events(20_000, 20_030, r#"{"card":"4242424242424242"}"#);
    plant(database, &(innocent + &leaks)).await;
    plant(database, "UPDATE orders SET tax_free = tax_free + 1").await;
    let found = findings(database, world.now()).await;
    let told: Vec<(&str, usize)> = found.iter().map(|(check, found)| (check.name, found.len())).collect();
    assert_eq!(told, [("order.total", world.families.len()), ("cardNumber.events", 20)]);
    let event = &found[1].1[0];
    assert!(steelyard_domain::EventId::parse(event).is_ok(), "{event}");
    let order = &found[0].1[0];
    assert!(world.families.iter().any(|family| family.order.id.to_string() == *order), "{order}");
}
