//! A batch with a command that the database refuses: its caller gets the error, its neighbours their effects.

use futures_util::future::join_all;
use steelyard_domain::payment::CaptureMode;
use steelyard_store::Engine;
use steelyard_testkit::{Database, both_engines};

use crate::world::World;

both_engines!(a_refused_command_does_not_fail_its_neighbours, an_outcome_the_database_refuses_is_unknown_and_not_lost);

/// From now on the database takes no row of `table` for which `column` is `value`.
async fn refuse(database: &Database, table: &str, column: &str, value: &str) {
    let sql = match database.engine() {
        Engine::Sqlite => format!(
            "CREATE TRIGGER poison BEFORE INSERT ON {table} WHEN NEW.{column} = {value} \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        ),
        Engine::Postgres => format!("ALTER TABLE {table} ADD CONSTRAINT poison CHECK ({column} <> {value})"),
    };
    database.sql(&sql).await.unwrap();
}

async fn take_again(database: &Database, table: &str) {
    let sql = match database.engine() {
        Engine::Sqlite => String::from("DROP TRIGGER poison"),
        Engine::Postgres => format!("ALTER TABLE {table} DROP CONSTRAINT poison"),
    };
    database.sql(&sql).await.unwrap();
}

async fn a_refused_command_does_not_fail_its_neighbours(database: &Database) {
    let world = World::start(database).await;
    refuse(database, "orders", "merchant_order_id", "'poison'").await;
    let names: Vec<String> =
        (0..40).map(|n| if n == 20 { String::from("poison") } else { world.name("order") }).collect();
    let seen = join_all(names.iter().map(|name| world.order(name, name, None))).await;
    for (name, seen) in names.iter().zip(&seen) {
        if name == "poison" {
            assert_eq!((seen.status, seen.code()), (500, "INTERNAL"), "{seen:?}");
            assert_eq!(seen.body["error"]["outcome"], "none");
        } else {
            assert_eq!(seen.status, 201, "{seen:?}");
        }
    }
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM orders";
    assert_eq!(database.numbers(sql).await, [39]);
    take_again(database, "orders").await;
    let again = world.order("poison", "poison", None).await;
    assert_eq!((again.status, again.replayed), (201, false), "its key is free");
    world.is_true().await;
    world.end().await;
}

async fn an_outcome_the_database_refuses_is_unknown_and_not_lost(database: &Database) {
    let world = World::start(database).await;
    refuse(database, "movement", "amount", "666").await;
    let names: Vec<(String, i64)> =
        (0..12).map(|n| (world.name("pay"), if n == 6 { 666 } else { 1_000 + n })).collect();
    let pays = names.iter().map(|(name, amount)| world.pay(name, name, *amount, CaptureMode::Auto));
    for ((name, amount), seen) in names.iter().zip(join_all(pays).await) {
        if *amount != 666 {
            assert_eq!(seen.status, 201, "{seen:?}");
            continue;
        }
        assert_eq!((seen.status, seen.code()), (503, "OUTCOME_UNKNOWN"), "{seen:?}");
        assert_eq!(seen.body["error"]["outcome"], "unknown");
        let payment = seen.payment();
        let again = world.pay(name, name, *amount, CaptureMode::Auto).await;
        assert_eq!((again.status, again.code()), (409, "REQUEST_IN_PROGRESS"));
        take_again(database, "movement").await;
        world.resolve().await;
        assert_eq!(world.status(payment).await, "captured");
        let replayed = world.pay(name, name, *amount, CaptureMode::Auto).await;
        assert_eq!((replayed.status, replayed.replayed), (201, true), "{replayed:?}");
    }
    world.is_true().await;
    world.end().await;
}
