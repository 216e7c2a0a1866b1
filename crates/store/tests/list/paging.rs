//! Pages: every row once, in order, whatever comes in meanwhile.

use steelyard_domain::{Span, payment::Payment};
use steelyard_store::{
    Reader,
    list::{self, Cursor, MovementFilter, PaymentFilter},
};
use steelyard_testkit::{Database, both_engines};

use crate::{ask, world::World};

both_engines!(
    pages_of_any_size_show_every_row_once_and_in_order,
    rows_of_one_instant_are_told_apart_by_their_ids,
    what_comes_in_meanwhile_changes_no_later_page,
    a_page_that_counted_on_a_payment_since_changed_is_filled_up,
);

const fn after(payment: &Payment) -> Cursor {
    Cursor { at: payment.created_at, id: payment.id.uuid() }
}

async fn payments(reader: &Reader, filter: &PaymentFilter, limit: i64) -> Vec<Payment> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = ask::payments(reader, filter, cursor, limit).await.unwrap();
        let Some(last) = page.last() else { return all };
        assert!(i64::try_from(page.len()).unwrap() <= limit);
        cursor = Some(after(last));
        all.extend(page);
    }
}

async fn pages_of_any_size_show_every_row_once_and_in_order(database: &Database) {
    let mut world = World::new(3);
    world.fill(database, 160).await;
    let reader = database.reader().await;
    let mut filters = vec![world.any_payment()];
    filters.extend((0..12).map(|_| world.payment_filter()));
    for filter in &filters {
        for limit in [1, 2, 3, 7, 20, 100, 101] {
            assert_eq!(payments(&reader, filter, limit).await, world.payments(filter), "{limit} of {filter:?}");
        }
    }
    let mut filters = vec![world.any_movement()];
    filters.extend((0..8).map(|_| world.movement_filter()));
    for filter in &filters {
        for limit in [1, 7, 100] {
            let (mut all, mut cursor) = (Vec::new(), None);
            loop {
                let page = ask::movements(&reader, filter, cursor, limit).await.unwrap();
                let Some(last) = page.last() else { break };
                cursor = Some(Cursor { at: last.occurred_at, id: last.id.uuid() });
                all.extend(page);
            }
            assert_eq!(all, world.movements(filter), "{limit} of {filter:?}");
        }
    }
    let mut filters = vec![world.any_order()];
    filters.extend((0..8).map(|_| world.order_filter()));
    for filter in &filters {
        for limit in [1, 7, 100] {
            let (mut all, mut cursor) = (Vec::new(), None);
            loop {
                let page = list::orders(&reader, filter, cursor, limit).await.unwrap();
                let Some(last) = page.last() else { break };
                cursor = Some(Cursor { at: last.created_at, id: last.id.uuid() });
                all.extend(page);
            }
            assert_eq!(all, world.orders(filter), "{limit} of {filter:?}");
        }
    }
    assert_eq!(ask::payments(&reader, &world.any_payment(), None, 0).await.unwrap(), []);
}

async fn rows_of_one_instant_are_told_apart_by_their_ids(database: &Database) {
    let mut world = World::new(4);
    let (tenant, at) = (world.tenant, world.start());
    let sales = (0..25).map(|_| world.sale(tenant, at)).collect();
    world.add(database, sales).await;
    let (reader, filter) = (database.reader().await, world.any_payment());
    let expected = world.payments(&filter);
    assert!(expected.len() > 15);
    for limit in [1, 2, 5] {
        assert_eq!(payments(&reader, &filter, limit).await, expected);
    }
}

async fn what_comes_in_meanwhile_changes_no_later_page(database: &Database) {
    let mut world = World::new(5);
    world.fill(database, 60).await;
    let (reader, filter) = (database.reader().await, world.any_payment());
    let expected = world.payments(&filter);
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = ask::payments(&reader, &filter, cursor, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        // Newer than everything shown so far, though not than what is already there.
        let at = page[0].created_at.after(Span::from_micros(1));
        let tenant = world.tenant;
        let sale = world.sale(tenant, at);
        cursor = Some(after(last));
        all.extend(page);
        world.add(database, vec![sale]).await;
    }
    assert_eq!(all, expected);
}

/// The rollup may have counted what is gone when the rows are read. Here it counts what never was.
async fn a_page_that_counted_on_a_payment_since_changed_is_filled_up(database: &Database) {
    let mut world = World::new(6);
    world.fill(database, 120).await;
    database.sql("UPDATE payment_rollup SET count = count + 50").await.unwrap();
    database.sql("UPDATE movement_rollup SET count = count + 50").await.unwrap();
    let reader = database.reader().await;
    for _ in 0..40 {
        let filter = PaymentFilter { q: None, seller: None, ..world.payment_filter() };
        let expected: Vec<Payment> = world.payments(&filter).into_iter().take(20).collect();
        assert_eq!(ask::payments(&reader, &filter, None, 20).await.unwrap(), expected, "{filter:?}");
        let filter = MovementFilter { q: None, seller: None, ..world.movement_filter() };
        let expected: Vec<_> = world.movements(&filter).into_iter().take(20).collect();
        assert_eq!(ask::movements(&reader, &filter, None, 20).await.unwrap(), expected, "{filter:?}");
    }
}
