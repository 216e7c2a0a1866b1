//! Lost answers through the binary, in real time: told as unknown at once, and found out by the janitor.

use serde_json::json;
use steelyard_testkit::{Database, both_engines};

use crate::world::{Ask, GOOD_CARD, World};

both_engines!(lost_answers_are_told_as_unknown_and_resolve_by_themselves);

async fn lost_answers_are_told_as_unknown_and_resolve_by_themselves(database: &Database) {
    let world = World::start(database).await;
    let server = world.serve(&[]).await;
    // By the test cards alone: garbage, time-outs before and after the effect, and a slow answer.
    let cards = [
        ("4000000000000119", "captured"),
        ("4000000000005126", "ready"),
        ("4000000000005134", "captured"),
        ("4000000000005142", "captured"),
    ];
    let asks: Vec<Ask> =
        cards.iter().map(|(card, _)| Ask::pay(&format!("order-{}", &card[12..]), 9_000, "auto", card)).collect();
    let seen = futures_util::future::join_all(asks.iter().map(|ask| world.ask(&server.url, ask))).await;
    for seen in &seen {
        let seen = seen.as_ref().unwrap();
        assert_eq!((seen.status, seen.data()["status"].as_str()), (202, Some("unknown")), "{seen:?}");
        assert!(seen.data()["unknown"]["nextCheckAt"].is_string());
    }
    let paid = world.ask(&server.url, &Ask::pay("good", 10_000, "auto", GOOD_CARD)).await.unwrap();
    let payment = paid.payment().unwrap();
    world.arm(json!({"kind": "timeoutAfter", "operations": ["cancel"], "times": 1})).await;
    let back = world.ask(&server.url, &Ask::cancel("back", payment, Some(4_000))).await.unwrap();
    assert_eq!((back.status, back.data()["status"].as_str()), (202, Some("captured")), "{back:?}");
    world.resolved().await;
    for ((card, end), seen) in cards.iter().zip(&seen) {
        let id = seen.as_ref().unwrap().payment().unwrap();
        assert_eq!(world.payment(&server.url, id).await["status"], *end, "{card}");
    }
    assert_eq!(world.payment(&server.url, payment).await["canceledAmount"], 4_000);
    world.is_true().await;
}
