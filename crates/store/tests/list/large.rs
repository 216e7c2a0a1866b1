//! Sellers and texts with so many orders that pages are looked for among all rows.

use steelyard_domain::{SellerId, Span};
use steelyard_store::list::{self, Cursor, MovementFilter, OrderFilter, PaymentFilter};
use steelyard_testkit::{Database, both_engines};

use crate::{ask, world::World};

both_engines!(what_is_large_is_paged_and_summed_like_anything_else);

async fn what_is_large_is_paged_and_summed_like_anything_else(database: &Database) {
    let mut world = World::new(14);
    let tenant = world.tenant;
    // An old seller with the merchant's oldest sales, and nearly all of the rest by another.
    let old = SellerId::from_uuid(world.make.id());
    let mut sales = Vec::new();
    for number in 0..7_600 {
        let at = world.start().after(Span::from_secs(number * 60));
        let mut sale = world.sale(tenant, at);
        if number < 2_200 {
            sale.lines.truncate(1);
            sale.lines[0].seller = old;
        }
        sale.movements.truncate(1);
        sales.push(sale);
    }
    world.add(database, sales).await;
    let reader = database.reader().await;
    for (seller, q) in
        [(Some(old), None), (Some(world.sellers[0]), None), (None, Some("sHop")), (Some(old), Some("shop"))]
    {
        let q = q.map(str::to_owned);
        let filter = PaymentFilter { seller, q: q.clone(), ..world.any_payment() };
        let expected = world.payments(&filter);
        assert!(expected.len() > 1_500);
        let mut cursor = None;
        for page in expected.chunks(20).take(3) {
            assert_eq!(ask::payments(&reader, &filter, cursor, 20).await.unwrap(), page);
            cursor = page.last().map(|last| Cursor { at: last.created_at, id: last.id.uuid() });
        }
        let summary = ask::payment_summary(&reader, &filter).await.unwrap();
        assert_eq!(summary, world.payment_summary(&filter));
        let statuses = vec![steelyard_domain::payment::PaymentStatus::Failed];
        world.check_payments(&reader, &PaymentFilter { statuses, ..filter }).await;

        let filter = MovementFilter { seller, q: q.clone(), ..world.any_movement() };
        let page = ask::movements(&reader, &filter, None, 20).await.unwrap();
        assert_eq!(page, world.movements(&filter)[..20]);
        let summary = ask::movement_summary(&reader, &filter).await.unwrap();
        assert_eq!(summary, world.movement_summary(&filter));

        if q.is_some() {
            let filter = OrderFilter { q, ..world.any_order() };
            let page = list::orders(&reader, &filter, None, 20).await.unwrap();
            assert_eq!(page, world.orders(&filter)[..20]);
        }
    }
}
