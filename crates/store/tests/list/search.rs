//! Orders are found before, while and after they are put into chunks.

use steelyard_domain::{OrderId, order::Order};
use steelyard_store::list::{self, OrderFilter, search::index_pending};
use steelyard_testkit::{Database, both_engines};

use crate::world::World;

both_engines!(
    an_order_is_found_before_and_after_it_is_indexed,
    indexing_waits_for_a_full_batch,
    an_index_that_was_rolled_back_loses_nothing,
    an_order_with_many_long_lines_is_found,
    an_order_refused_by_its_key_awaits_nothing,
);

async fn index(database: &Database, limit: i64) -> usize {
    database.write(async |tx| index_pending(tx, limit).await).await.unwrap()
}

async fn waiting(database: &Database) -> i64 {
    database.numbers("SELECT COUNT(*) FROM search_pending").await[0]
}

async fn found(database: &Database, world: &World, q: &str) -> Vec<OrderId> {
    let filter = OrderFilter { q: Some(q.to_owned()), ..world.any_order() };
    let orders = list::orders(&database.reader().await, &filter, None, 10_000).await.unwrap();
    orders.iter().map(|order| order.id).collect()
}

fn expected(world: &World, q: &str) -> Vec<OrderId> {
    let filter = OrderFilter { q: Some(q.to_owned()), ..world.any_order() };
    world.orders(&filter).iter().map(|order: &Order| order.id).collect()
}

async fn an_order_is_found_before_and_after_it_is_indexed(database: &Database) {
    let mut world = World::new(9);
    for _ in 0..6 {
        world.fill(database, 60).await;
        for batch in [1, 40, 7] {
            assert_eq!(index(database, batch).await, usize::try_from(batch).unwrap());
            for q in world.texts().iter().filter(|q| !q.is_empty()) {
                assert_eq!(found(database, &world, q).await, expected(&world, q), "{q}");
            }
        }
    }
    while index(database, 1).await > 0 {}
    assert_eq!(waiting(database).await, 0);
    for q in world.texts().iter().filter(|q| !q.is_empty()) {
        assert_eq!(found(database, &world, q).await, expected(&world, q), "{q}");
    }
    // Two merchants, and some 50 orders in a row.
    let chunks = database.numbers("SELECT COUNT(*) FROM search_chunk").await[0];
    assert!((4..60).contains(&chunks), "{chunks} chunks");
}

async fn indexing_waits_for_a_full_batch(database: &Database) {
    let mut world = World::new(10);
    assert_eq!(index(database, 0).await, 0);
    world.fill(database, 9).await;
    assert_eq!(index(database, 10).await, 0);
    assert_eq!(waiting(database).await, 9);
    world.fill(database, 2).await;
    assert_eq!(index(database, 10).await, 10);
    assert_eq!(waiting(database).await, 1);
    assert_eq!(index(database, 10).await, 0);
}

async fn an_index_that_was_rolled_back_loses_nothing(database: &Database) {
    let mut world = World::new(11);
    world.fill(database, 20).await;
    assert_eq!(database.look(async |tx| index_pending(tx, 20).await).await, 20);
    assert_eq!(waiting(database).await, 20);
    assert_eq!(found(database, &world, "shop").await, expected(&world, "shop"));
}

async fn an_order_with_many_long_lines_is_found(database: &Database) {
    let mut world = World::new(12);
    let (tenant, at) = (world.tenant, world.start());
    let (small, mut sale) = (world.sale(tenant, at), world.sale(tenant, at));
    let line = sale.lines[0].clone();
    sale.lines = (0..100)
        .map(|position| {
            let mut line = line.clone();
            line.position = position;
            line.name = format!("{}{position}번", "가나다라마바사아자차".repeat(12));
            line
        })
        .collect();
    let more = world.sale(tenant, at);
    world.add(database, vec![small, sale, more]).await;
    for _ in 0..3 {
        assert_eq!(index(database, 1).await, 1);
        for q in ["차99번", "차가", "shop-"] {
            assert_eq!(found(database, &world, q).await, expected(&world, q), "{q}");
        }
    }
}

async fn an_order_refused_by_its_key_awaits_nothing(database: &Database) {
    let mut world = World::new(13);
    world.fill(database, 1).await;
    let again = world.sales[0].order.clone();
    assert!(database.save(|script| script.insert(vec![&again])).await.is_err());
    assert_eq!(waiting(database).await, 1);
}
