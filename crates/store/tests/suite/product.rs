//! Products and the movements of their stock.

use steelyard_domain::{
    Currency, Mode, OrderId, Span, Tenant,
    catalog::Product,
    stock::{Stock, StockMovementKind},
};
use steelyard_store::{
    StoreError,
    product::{self, StockMovement},
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    products_are_read_as_written_and_changed,
    a_product_changed_meanwhile_is_a_conflict,
    a_sku_taken_is_a_conflict,
    products_come_in_pages_newest_first,
    stock_movements_come_in_pages_newest_first,
);

async fn with_seller(database: &Database, make: &mut Make) -> (Tenant, steelyard_domain::seller::Seller) {
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let seller = make.seller(tenant);
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&seller]);
        })
        .await
        .unwrap();
    (tenant, seller)
}

async fn products_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let (tenant, seller) = with_seller(database, &mut make).await;
    let bare = make.product(tenant);
    let full = Product {
        seller: Some(seller.id),
        price: 1,
        currency: Currency::Usd,
        tax_free: true,
        stock: Stock { on_hand: i64::MAX, reserved: 2, threshold: Some(3), low: true },
        metadata: Some(String::from("{\"색\":\"빨강\"}")),
        updated_at: make.now().after(Span::from_secs(1)),
        version: 4,
        ..make.product(tenant)
    };
    database.save(|script| script.insert(vec![&bare, &full])).await.unwrap();

    let reader = database.reader().await;
    for one in [&bare, &full] {
        assert_eq!(product::product(&reader, tenant, one.id).await.unwrap().as_ref(), Some(one));
    }
    let sql = "SELECT on_hand FROM product WHERE reserved = 2 AND threshold = 3 AND price = 1 AND version = 4";
    assert_eq!(database.numbers(sql).await, [i64::MAX]);
    let live = Tenant { mode: Mode::Live, ..tenant };
    assert_eq!(product::product(&reader, live, bare.id).await.unwrap(), None);

    let changed = Product { name: String::from("라떼"), tax_free: true, version: 2, ..bare.clone() };
    let cleared = Product {
        metadata: None,
        stock: Stock { threshold: None, low: false, on_hand: 7, reserved: 0 },
        version: 5,
        ..full.clone()
    };
    database.save(|script| script.update(vec![(&changed, 1), (&cleared, 4)])).await.unwrap();
    let ids = [bare.id.uuid(), full.id.uuid()];
    let by_id = database.look(async |tx| product::products_by_id(tx, &ids).await).await;
    assert_eq!(by_id, [changed.clone(), cleared.clone()], "locked in the order of their ids");
    let key = |product: &Product| {
        let tenant = product.tenant;
        vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into(), product.sku.as_str().into()]
    };
    let keys = [key(&changed), key(&cleared), vec![make.id().into(), "test".into(), "none".into()]];
    let mut by_sku = database.look(async |tx| product::products_by_sku(tx, &keys).await).await;
    by_sku.sort_by_key(|product| product.id);
    assert_eq!(by_sku, [changed, cleared]);
}

async fn a_product_changed_meanwhile_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let (tenant, _) = with_seller(database, &mut make).await;
    let (one, two) = (make.product(tenant), make.product(tenant));
    database.save(|script| script.insert(vec![&one, &two])).await.unwrap();
    let next = |product: &Product| Product { price: 1, version: product.version + 1, ..product.clone() };
    let (next_one, next_two) = (next(&one), next(&two));
    for stale in [0, 2] {
        let refused = database.save(|script| script.update(vec![(&next_one, 1), (&next_two, stale)])).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    let reader = database.reader().await;
    assert_eq!(product::product(&reader, tenant, one.id).await.unwrap(), Some(one), "all or nothing");
    database.save(|script| script.update(vec![(&next_one, 1), (&next_two, 1)])).await.unwrap();
}

async fn a_sku_taken_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let (tenant, _) = with_seller(database, &mut make).await;
    let first = make.product(tenant);
    database.save(|script| script.insert(vec![&first])).await.unwrap();
    let same = Product { sku: first.sku.clone(), ..make.product(tenant) };
    let refused = database.save(|script| script.insert(vec![&same])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let elsewhere = Tenant { mode: Mode::Live, ..tenant };
    let same_elsewhere = Product { sku: first.sku.clone(), ..make.product(elsewhere) };
    database.save(|script| script.insert(vec![&same_elsewhere])).await.unwrap();
}

async fn products_come_in_pages_newest_first(database: &Database) {
    let mut make = Make::default();
    let (tenant, _) = with_seller(database, &mut make).await;
    let mut all = Vec::new();
    for (step, low) in [(0, true), (1, false), (0, true), (1, false), (1, true)] {
        make.clock.advance(Span::from_secs(step));
        let stock = Stock { on_hand: 0, reserved: 0, threshold: Some(0), low };
        all.push(Product { stock, ..make.product(tenant) });
    }
    let live = Tenant { mode: Mode::Live, ..tenant };
    let foreign = make.product(live);
    database.save(|script| script.insert(all.iter().chain([&foreign]).collect())).await.unwrap();
    all.reverse();

    let reader = database.reader().await;
    for only_low in [None, Some(true), Some(false)] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = product::products(&reader, tenant, only_low, cursor, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            cursor = Some((last.created_at.micros(), last.id.uuid()));
            seen.extend(page);
        }
        let expected: Vec<Product> =
            all.iter().filter(|product| only_low.is_none_or(|low| product.stock.low == low)).cloned().collect();
        assert_eq!(seen, expected, "{only_low:?}");
    }
}

async fn stock_movements_come_in_pages_newest_first(database: &Database) {
    let mut make = Make::default();
    let (tenant, _) = with_seller(database, &mut make).await;
    let (product, other) = (make.product(tenant), make.product(tenant));
    let mut all = vec![make.stock_movement(product.id, i64::MAX)];
    all.push(StockMovement {
        kind: StockMovementKind::Sale,
        order: Some(OrderId::from_uuid(make.id())),
        reason: Some(String::from("주문")),
        ..make.stock_movement(product.id, i64::MIN)
    });
    all.push(StockMovement { kind: StockMovementKind::Return, ..make.stock_movement(product.id, 1) });
    let foreign = make.stock_movement(other.id, 5);
    database.save(|script| script.insert(all.iter().chain([&foreign]).collect())).await.unwrap();
    all.reverse();

    let reader = database.reader().await;
    let first = product::stock_movements(&reader, product.id, None, 2).await.unwrap();
    assert_eq!(first, all[..2]);
    let rest = product::stock_movements(&reader, product.id, Some(first[1].id.uuid()), 2).await.unwrap();
    assert_eq!(rest, all[2..]);
}
