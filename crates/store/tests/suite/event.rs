//! Events and their places in commit order.

use steelyard_domain::{Mode, Tenant, Timestamp};
use steelyard_store::{
    Engine,
    column::Kind,
    event::{self, EventRecord, Window},
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    events_come_in_the_order_of_their_positions,
    an_event_without_a_position_is_not_shown,
    an_event_is_read_as_written,
);

/// Gives positions to what has none, as the leader does; nothing is to be done on SQLite.
async fn give_positions(database: &Database) {
    if database.engine() == Engine::Sqlite {
        return;
    }
    let last = database.look(async |tx| event::last_position(tx).await).await;
    let waiting = database.look(async |tx| event::unpositioned(tx, 0, 1_000).await).await;
    assert!(waiting.is_sorted_by(|a, b| a < b));
    let rows = (last + 1..).zip(waiting).map(|(position, seq)| vec![position.into(), seq.into()]);
    let (rows, kinds) = (rows.collect(), [Kind::Int, Kind::Int]);
    database.save(|script| script.rows("event_position", event::insert_positions(), &kinds, rows)).await.unwrap();
}

async fn events_come_in_the_order_of_their_positions(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let live = Tenant { mode: Mode::Live, ..tenant };
    let mut all = Vec::new();
    for number in 1..=6 {
        let kind = if number % 2 == 0 { "order.paid" } else { "order.created" };
        let whose = if number == 4 { live } else { tenant };
        all.push(make.event(whose, kind, format!("ord_{number}"), number));
    }
    // Recorded in two commits, the second before the first got its positions.
    database.save(|script| script.insert(all[..2].iter().collect())).await.unwrap();
    database.save(|script| script.insert(all[2..].iter().collect())).await.unwrap();
    give_positions(database).await;
    assert_eq!(database.look(async |tx| event::last_position(tx).await).await, 6);

    let reader = database.reader().await;
    assert_eq!(event::newest_position(&reader).await.unwrap(), 6);
    let read = async |types: &[&str], window, limit| -> Vec<i64> {
        let types: Vec<String> = types.iter().map(|kind| String::from(*kind)).collect();
        let found = event::events(&reader, tenant, &types, window, limit).await.unwrap();
        assert!(found.iter().all(|(position, event)| *position == event.version && event.tenant == tenant));
        found.into_iter().map(|(position, _)| position).collect()
    };
    assert_eq!(read(&[], Window::After(0), 10).await, [1, 2, 3, 5, 6]);
    assert_eq!(read(&[], Window::After(2), 2).await, [3, 5]);
    assert_eq!(read(&[], Window::Before(i64::MAX), 3).await, [6, 5, 3]);
    assert_eq!(read(&[], Window::Before(3), 3).await, [2, 1]);
    assert_eq!(read(&["order.paid"], Window::After(0), 10).await, [2, 6]);
    assert_eq!(read(&["order.paid", "order.created"], Window::Before(6), 2).await, [5, 3]);
    assert_eq!(read(&["no.such"], Window::After(0), 10).await, []);
}

async fn an_event_without_a_position_is_not_shown(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    assert_eq!(database.look(async |tx| event::last_position(tx).await).await, 0);
    let event = make.event(tenant, "order.created", String::from("ord_1"), 1);
    database.save(|script| script.insert(vec![&event])).await.unwrap();
    let reader = database.reader().await;
    let shown = async || event::events(&reader, tenant, &[], Window::After(0), 10).await.unwrap().len();
    match database.engine() {
        // One writer commits after another: a row's number is its place.
        Engine::Sqlite => assert_eq!(shown().await, 1),
        Engine::Postgres => {
            assert_eq!(shown().await, 0);
            assert_eq!(database.look(async |tx| event::unpositioned(tx, 1, 10).await).await, []);
            assert_eq!(database.look(async |tx| event::unpositioned(tx, 0, 0).await).await, []);
            give_positions(database).await;
            assert_eq!(shown().await, 1);
            assert_eq!(database.look(async |tx| event::unpositioned(tx, 0, 10).await).await, []);
        }
    }
}

async fn an_event_is_read_as_written(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let event = EventRecord {
        version: i64::MIN,
        created_at: Timestamp::from_micros(i64::MAX),
        data: String::from("{\"이름\":\"\\u0000\\\"😀\"}"),
        ..make.event(tenant, "payment.captured", String::from("pay_1"), 1)
    };
    database.save(|script| script.insert(vec![&event])).await.unwrap();
    give_positions(database).await;
    let reader = database.reader().await;
    let found = event::events(&reader, tenant, &[], Window::After(0), 10).await.unwrap();
    assert_eq!(found, [(1, event)]);
}
