//! An approval that is heard of after its charge was undone: undone again, and never kept.

use serde_json::json;
use steelyard_domain::payment::CaptureMode;
use steelyard_testkit::{Database, both_engines};

use crate::{
    desk::{PRICE, by_deposit, shown, status},
    network::{Held, Network},
    truth,
    world::World,
};

both_engines!(
    a_late_approval_is_undone_and_leaves_suspense_at_zero,
    an_answer_that_comes_after_its_resolution_changes_nothing,
    an_account_that_is_issued_after_its_charge_was_undone_is_closed_again,
);

async fn behind_a_late_network(database: &Database) -> (World<'_>, Network) {
    Network::around(database, Held::Every("POST /v1/purchases"), |_| {}).await
}

async fn a_late_approval_is_undone_and_leaves_suspense_at_zero(database: &Database) {
    let (world, network) = behind_a_late_network(database).await;
    // The janitor hears of another amount than was asked, and has the charge undone.
    world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "times": 1})).await;
    let pay = world.pay("k", "o", 10_000, CaptureMode::Auto);
    let meanwhile = async {
        network.arrived.notified().await;
        // Nothing was heard within the caller's patience and the time to put it on record.
        world.look_at(0, 14).await;
        assert_eq!(truth::open_attempts(database).await, 0);
        assert_eq!(world.balance("suspense").await, 0);
        network.release.add_permits(1);
    };
    let (seen, ()) = tokio::join!(pay, meanwhile);
    assert_eq!((seen.status, seen.code()), (402, "PAYMENT_DECLINED"), "{seen:?}");
    let payment = seen.payment();
    assert_eq!(world.status(payment).await, "ready");
    assert_eq!(world.balance("suspense").await, 10_000, "money that nobody wants is not hidden");
    truth::holds(database, world.now()).await;
    world.app.resolve_due().await;
    assert_eq!(world.balance("suspense").await, 0);
    assert_eq!(world.balance("acquirerReceivable").await, 0);
    network.release.add_permits(1);
    let paid = world.pay("k2", "o", 10_000, CaptureMode::Auto).await;
    assert_eq!((paid.status, paid.payment()), (201, payment));
    world.is_true().await;
    world.end().await;
}

async fn an_answer_that_comes_after_its_resolution_changes_nothing(database: &Database) {
    let (world, network) = behind_a_late_network(database).await;
    let pay = world.pay("k", "o", 10_000, CaptureMode::Auto);
    let meanwhile = async {
        network.arrived.notified().await;
        world.look_at(0, 14).await;
        assert_eq!(truth::open_attempts(database).await, 0);
        network.release.add_permits(1);
    };
    let (seen, ()) = tokio::join!(pay, meanwhile);
    assert_eq!((seen.status, seen.data()["status"].as_str()), (201, Some("captured")), "{seen:?}");
    let payment = seen.payment();
    let told = world.events(&payment.to_string()).await;
    assert_eq!(told.iter().filter(|kind| *kind == "payment.captured").count(), 1);
    world.is_true().await;
    world.end().await;
}

async fn an_account_that_is_issued_after_its_charge_was_undone_is_closed_again(database: &Database) {
    let (world, network) = behind_a_late_network(database).await;
    let door = world.door(None).await;
    // The janitor hears of another amount than was asked, and has the issue undone.
    world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "times": 1})).await;
    let meanwhile = async {
        network.arrived.notified().await;
        world.look_at(0, 14).await;
        world.app.resolve_due().await;
        assert_eq!(truth::open_attempts(database).await, 0);
        network.release.add_permits(1);
    };
    let (view, ()) = tokio::join!(world.press(&door, by_deposit()), meanwhile);
    assert_eq!(status(&shown(view)), "open");
    assert_eq!(truth::open_attempts(database).await, 1, "an account may be open at the acquirer");
    truth::holds(database, world.now()).await;
    world.app.resolve_due().await;
    let posted = "SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_transaction";
    assert_eq!(database.numbers(posted).await, [0], "no money has moved");
    network.release.add_permits(1);
    let view = shown(world.press(&door, by_deposit()).await);
    assert_eq!((status(&view), &view["order"]["amount"]), ("waitingForDeposit", &PRICE.into()), "{view}");
    world.is_true().await;
    world.end().await;
}
