//! Many at once: exactly one wins what only one can have.

use futures_util::future::join_all;
use serde_json::Value;
use steelyard_domain::{OrderId, payment::CaptureMode};
use steelyard_testkit::{Database, both_engines};

use crate::world::{Seen, World, card};
use steelyard_app::request::PaymentTarget;

both_engines!(
    of_twenty_full_returns_at_once_one_wins,
    of_two_returns_of_sixty_of_a_hundred_one_wins,
    of_fifty_buyers_of_a_stock_of_ten_ten_win,
    fifty_callers_with_one_key_have_one_effect_and_one_answer,
    of_twenty_charges_of_one_order_at_once_one_wins,
    capture_and_void_at_once_do_not_both_happen,
);

fn with_status(seen: &[Seen], status: u16) -> usize {
    seen.iter().filter(|seen| seen.status == status).count()
}

async fn of_twenty_full_returns_at_once_one_wins(database: &Database) {
    let world = World::start(database).await;
    let payment = world.captured(10_000).await;
    let keys: Vec<String> = (0..20).map(|_| world.name("key")).collect();
    let seen = join_all(keys.iter().map(|key| world.cancel(key, payment, None))).await;
    assert_eq!(with_status(&seen, 200), 1, "{seen:?}");
    for refused in seen.iter().filter(|seen| seen.status != 200) {
        assert_eq!((refused.status, refused.code()), (422, "NOTHING_TO_RETURN"));
    }
    assert_eq!(world.payment(payment).await["canceledAmount"], 10_000);
    world.is_true().await;
    world.end().await;
}

async fn of_two_returns_of_sixty_of_a_hundred_one_wins(database: &Database) {
    let world = World::start(database).await;
    for _ in 0..5 {
        let payment = world.captured(100).await;
        let (one, two) = (world.name("key"), world.name("key"));
        let (one, two) = tokio::join!(world.cancel(&one, payment, Some(60)), world.cancel(&two, payment, Some(60)));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{one:?} {two:?}");
        assert_eq!(world.payment(payment).await["canceledAmount"], 60);
    }
    world.is_true().await;
    world.end().await;
}

async fn of_fifty_buyers_of_a_stock_of_ten_ten_win(database: &Database) {
    let world = World::start(database).await;
    let product = world.product(10).await;
    let names: Vec<String> = (0..50).map(|_| world.name("buyer")).collect();
    let buys = names.iter().map(|name| async {
        let ordered = world.order(name, name, Some(product)).await;
        if ordered.status != 201 {
            return ordered;
        }
        let order = OrderId::parse(ordered.data()["id"].as_str().unwrap()).unwrap();
        world.charge(name, PaymentTarget::Order(order), CaptureMode::Auto, card("4242424242424242")).await
    });
    let seen = join_all(buys).await;
    assert_eq!(with_status(&seen, 201), 10);
    for refused in seen.iter().filter(|seen| seen.status != 201) {
        assert_eq!((refused.status, refused.code()), (422, "OUT_OF_STOCK"));
    }
    let left = database.numbers("SELECT on_hand FROM product").await;
    let held = database.numbers("SELECT reserved FROM product").await;
    assert_eq!((left, held), (vec![0], vec![0]));
    world.is_true().await;
    world.end().await;
}

/// Asks until the first request with the key is over.
async fn insist(world: &World<'_>, key: &str, order: &str) -> Seen {
    loop {
        let seen = world.pay(key, order, 10_000, CaptureMode::Auto).await;
        if seen.code() != "REQUEST_IN_PROGRESS" {
            return seen;
        }
        assert_eq!(seen.status, 409);
        tokio::task::yield_now().await;
    }
}

async fn fifty_callers_with_one_key_have_one_effect_and_one_answer(database: &Database) {
    let world = World::start(database).await;
    let seen = join_all((0..50).map(|_| insist(&world, "the key", "the order"))).await;
    let first: &Value = &seen[0].body;
    assert!(seen.iter().all(|seen| seen.status == 201 && &seen.body == first), "{seen:?}");
    assert_eq!(seen.iter().filter(|seen| !seen.replayed).count(), 1);
    assert_eq!(database.numbers("SELECT CAST(COUNT(*) AS BIGINT) FROM attempt").await, [1]);
    let payment = seen[0].payment();
    let seen = join_all((0..50).map(|_| async {
        loop {
            let seen = world.cancel("the other key", payment, Some(4_000)).await;
            if seen.code() != "REQUEST_IN_PROGRESS" {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    }))
    .await;
    assert!(seen.iter().all(|one| one.status == 200 && one.body == seen[0].body));
    assert_eq!(world.payment(payment).await["canceledAmount"], 4_000);
    world.is_true().await;
    world.end().await;
}

async fn of_twenty_charges_of_one_order_at_once_one_wins(database: &Database) {
    let world = World::start(database).await;
    let keys: Vec<String> = (0..20).map(|_| world.name("key")).collect();
    let seen = join_all(keys.iter().map(|key| world.pay(key, "one order", 10_000, CaptureMode::Auto))).await;
    assert_eq!(with_status(&seen, 201), 1, "{seen:?}");
    for refused in seen.iter().filter(|seen| seen.status != 201) {
        assert_eq!(refused.status, 409, "{refused:?}");
        assert!(["PAYMENT_IN_PROGRESS", "ALREADY_PAID"].contains(&refused.code()), "{refused:?}");
    }
    world.is_true().await;
    world.end().await;
}

async fn capture_and_void_at_once_do_not_both_happen(database: &Database) {
    let world = World::start(database).await;
    for _ in 0..5 {
        let payment = world.authorized(10_000).await;
        let (one, two) = (world.name("key"), world.name("key"));
        let (captured, voided) = tokio::join!(world.capture(&one, payment, None), world.cancel(&two, payment, None));
        // A void that comes after the capture is a cancel: then both are right, and nothing is kept.
        let end = match (captured.status, voided.status) {
            (200, 409) => "captured",
            (409, 200) | (200, 200) => "canceled",
            other => panic!("{other:?}: {captured:?} {voided:?}"),
        };
        assert_eq!(world.status(payment).await, end);
    }
    world.is_true().await;
    world.end().await;
}
