//! What is written once stays as it was written, whoever tries.

use steelyard_domain::{
    AttemptId, Currency, Mode, OrderId, SellerId, Tenant,
    ledger::posting::{self, Beneficiary, Funds, Scene, SellerShare},
    method::ConnectorName,
};
use steelyard_store::{Engine, StoreError, payment::PartOfRefund};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(what_is_written_once_is_never_changed_deleted_or_emptied);

const TABLES: [&str; 7] =
    ["fee_policy", "stock_movement", "ledger_transaction", "entry", "event", "ledger_seal", "refund_part"];

/// One row in each of the tables.
async fn fill(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let policy = make.fee_policy(tenant);
    let product = make.product(tenant);
    let stock = make.stock_movement(product.id, 1);
    let scene = Scene {
        tenant,
        funds: Funds::Acquirer(ConnectorName::Simulator),
        beneficiary: Beneficiary::Sellers,
        currency: Currency::Krw,
        order: OrderId::from_uuid(make.id()),
    };
    let share = SellerShare { seller: SellerId::from_uuid(make.id()), gross: 10_000, fee: 300, fee_vat: 30 };
    let source = make.id();
    let (transaction, entries) = make.post(&mut Vec::new(), &posting::captured(scene, source, &[share], &[]));
    let seal = Make::seal(1, transaction.id);
    let event = make.event(tenant, "order.created", String::from("ord_1"), 1);
    let (order, lines) = make.plain_order(tenant);
    let payment = make.captured_payment(&order);
    let attempt = AttemptId::from_uuid(make.id());
    let refund = make.refund(&payment, attempt, vec![Make::return_part(&lines[0])]);
    let part = PartOfRefund { refund: refund.id, order: order.id, part: refund.parts[0] };
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&policy]);
            script.insert(vec![&stock]);
            script.insert(vec![&transaction]);
            script.insert(entries.iter().collect());
            script.insert(vec![&seal]);
            script.insert(vec![&event]);
            script.insert(vec![&part]);
        })
        .await
        .unwrap();
    if database.engine() == Engine::Postgres {
        database.sql("INSERT INTO event_position SELECT seq, seq FROM event").await.unwrap();
    }
}

async fn what_is_written_once_is_never_changed_deleted_or_emptied(database: &Database) {
    fill(database).await;
    let (positions, empties): (&[&str], bool) = match database.engine() {
        // A view there; and a table is emptied by deleting its rows.
        Engine::Sqlite => (&[], false),
        Engine::Postgres => (&["event_position"], true),
    };
    for table in TABLES.iter().chain(positions) {
        let key = match *table {
            "entry" => "number",
            "ledger_seal" | "event_position" => "position",
            "refund_part" => "refund_id",
            _ => "id",
        };
        let mut tries = vec![format!("UPDATE {table} SET {key} = {key}"), format!("DELETE FROM {table}")];
        if empties {
            tries.push(format!("TRUNCATE {table}"));
        }
        for sql in tries {
            let refused = database.sql(&sql).await;
            let Err(StoreError::Rejected { detail }) = refused else { panic!("{sql}: {refused:?}") };
            assert!(detail.contains(&format!("{table} is append-only")), "{sql}: {detail}");
        }
        let rows = database.numbers(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert!(rows[0] > 0, "{table} holds what was written");
    }
}
