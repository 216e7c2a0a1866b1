//! Orders and their lines.

use steelyard_domain::{
    Currency, Mode, OrderId, ProductId, SellerId, Span, Tenant, Timestamp,
    order::{
        Order, OrderLine, OrderStatus, Reservation,
        line::{LineKind, Returned},
    },
    payment::{Payment, PaymentStatus},
};
use steelyard_store::{StoreError, Value, order, reach::Reach};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    orders_are_read_as_written_and_changed,
    each_amount_of_an_order_is_in_its_own_column,
    an_order_changed_meanwhile_is_a_conflict,
    a_merchant_order_id_taken_is_a_conflict,
    orders_are_found_by_any_number_of_ids,
    lines_are_read_as_written_and_changed,
    each_amount_of_a_line_is_in_its_own_column,
    orders_whose_time_is_over_come_in_pages_unless_a_payment_keeps_them,
);

/// With every optional field set.
fn full_order(make: &mut Make, tenant: Tenant) -> Order {
    let (order, _) = make.plain_order(tenant);
    Order {
        merchant_order_id: "가".repeat(64),
        status: OrderStatus::PartiallyRefunded,
        reservation: Reservation::Consumed,
        currency: Currency::Eur,
        total: i64::MAX,
        tax_free: 11,
        paid: 13,
        returned: 12,
        buyer_email: Some(String::from("buyer@example.com")),
        buyer_phone: Some(String::from("010-1234-5678")),
        cancel_reason: Some(String::from("변심")),
        metadata: Some(String::from("{\"a\":\"b\"}")),
        created_at: Timestamp::from_micros(i64::MIN),
        expires_at: Timestamp::from_micros(i64::MAX),
        updated_at: Timestamp::from_micros(-1),
        version: 21,
        ..order
    }
}

fn bare_order(make: &mut Make, tenant: Tenant) -> Order {
    Order { buyer_name: None, ..make.plain_order(tenant).0 }
}

async fn orders_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (bare, full) = (bare_order(&mut make, tenant), full_order(&mut make, tenant));
    database.save(|script| script.insert(vec![&bare, &full])).await.unwrap();

    let reader = database.reader().await;
    let live = Tenant { mode: Mode::Live, ..tenant };
    for one in [&bare, &full] {
        assert_eq!(order::order(&reader, tenant, one.id).await.unwrap().as_ref(), Some(one));
        let named = order::order_by_merchant_order_id(&reader, tenant, &one.merchant_order_id).await.unwrap();
        assert_eq!(named.as_ref(), Some(one));
        assert_eq!(order::order(&reader, live, one.id).await.unwrap(), None);
        let foreign = order::order_by_merchant_order_id(&reader, live, &one.merchant_order_id).await.unwrap();
        assert_eq!(foreign, None);
    }

    let changed = Order {
        status: OrderStatus::Canceled,
        reservation: Reservation::Released,
        cancel_reason: Some(String::from("품절")),
        expires_at: make.now(),
        updated_at: make.now().after(Span::from_micros(1)),
        version: 2,
        ..bare.clone()
    };
    database.save(|script| script.update(vec![(&changed, 1)])).await.unwrap();
    let ids = [bare.id.uuid(), full.id.uuid(), make.id()];
    let found = database.look(async |tx| order::orders_by_id(tx, &ids).await).await;
    assert_eq!(found, [changed.clone(), full.clone()]);
    let key = |order: &Order| -> Vec<Value> {
        let tenant = order.tenant;
        vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into(), order.merchant_order_id.as_str().into()]
    };
    let keys = [key(&full), key(&changed)];
    let mut found = database.look(async |tx| order::orders_by_merchant_order_id(tx, &keys).await).await;
    found.sort_by_key(|order| order.id);
    assert_eq!(found, [changed, full]);
}

async fn each_amount_of_an_order_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let order = Order { total: 100, ..full_order(&mut make, tenant) };
    database.save(|script| script.insert(vec![&order])).await.unwrap();
    for (column, value) in [("total", 100), ("tax_free", 11), ("paid", 13), ("returned", 12), ("updated_at", -1)] {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM orders")).await, [value], "{column}");
    }
}

async fn an_order_changed_meanwhile_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    database.save(|script| script.insert(vec![&order])).await.unwrap();
    let paid = Order {
        status: OrderStatus::Paid,
        reservation: Reservation::Consumed,
        paid: order.total,
        version: 2,
        ..order.clone()
    };
    database.save(|script| script.update(vec![(&paid, 1)])).await.unwrap();
    let expired =
        Order { status: OrderStatus::Expired, reservation: Reservation::Released, version: 2, ..order.clone() };
    let refused = database.save(|script| script.update(vec![(&expired, 1)])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let reader = database.reader().await;
    assert_eq!(order::order(&reader, tenant, order.id).await.unwrap(), Some(paid));
}

async fn a_merchant_order_id_taken_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (first, _) = make.plain_order(tenant);
    database.save(|script| script.insert(vec![&first])).await.unwrap();
    let name = first.merchant_order_id.clone();
    let same = Order { merchant_order_id: name.clone(), ..make.plain_order(tenant).0 };
    let refused = database.save(|script| script.insert(vec![&same])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let live = Tenant { mode: Mode::Live, ..tenant };
    let same_elsewhere = Order { merchant_order_id: name, ..make.plain_order(live).0 };
    database.save(|script| script.insert(vec![&same_elsewhere])).await.unwrap();
}

async fn orders_are_found_by_any_number_of_ids(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (orders, lines): (Vec<Order>, Vec<Vec<OrderLine>>) = (0..9).map(|_| make.plain_order(tenant)).unzip();
    let lines: Vec<OrderLine> = lines.into_iter().flatten().collect();
    database
        .save(|script| {
            script.insert(orders.iter().collect());
            script.insert(lines.iter().collect());
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    for count in 0..=orders.len() {
        let ids: Vec<OrderId> = orders[..count].iter().map(|order| order.id).collect();
        let mut found = order::orders_by_ids(&reader, &ids).await.unwrap();
        found.sort_by_key(|order| order.id);
        assert_eq!(found, orders[..count]);
        assert_eq!(order::lines(&reader, &ids).await.unwrap(), lines[..count]);
        let twice: Vec<OrderId> = ids.iter().chain(&ids).copied().collect();
        assert_eq!(order::orders_by_ids(&reader, &twice).await.unwrap().len(), count);
    }
}

/// Two lines: one with every optional field set, one bare.
fn two_lines(make: &mut Make, order: &Order, lines: &[OrderLine]) -> [OrderLine; 2] {
    let full = OrderLine {
        position: 1,
        kind: LineKind::Shipping,
        product: Some(ProductId::from_uuid(make.id())),
        quantity: 7,
        unit_price: 1_000_000,
        tax_free: true,
        returned: Returned { quantity: 2, amount: 3, vat: -4, fee: 5, fee_vat: 6 },
        ..lines[0].clone()
    };
    assert_eq!(full.order, order.id);
    [lines[0].clone(), full]
}

async fn lines_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, lines) = make.plain_order(tenant);
    let (other, other_lines) = make.plain_order(tenant);
    let [bare, full] = two_lines(&mut make, &order, &lines);
    // Written in another order than they are read in.
    database.save(|script| script.insert(vec![&other_lines[0], &full, &bare])).await.unwrap();

    let reader = database.reader().await;
    let all = order::lines(&reader, &[order.id, other.id]).await.unwrap();
    assert_eq!(all, [bare.clone(), full.clone(), other_lines[0].clone()]);
    assert_eq!(order::lines(&reader, &[]).await.unwrap(), []);

    let returned = Returned { quantity: 1, amount: 10_000, vat: 909, fee: 300, fee_vat: 30 };
    let changed = OrderLine { returned, ..bare.clone() };
    database.save(|script| script.update(vec![(&changed, 0)])).await.unwrap();
    let ids = [order.id.uuid()];
    let mut found = database.look(async |tx| order::lines_of_orders(tx, &ids).await).await;
    found.sort_by_key(|line| line.position);
    assert_eq!(found, [changed, full]);
}

async fn each_amount_of_a_line_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, lines) = make.plain_order(tenant);
    let [_, full] = two_lines(&mut make, &order, &lines);
    database.save(|script| script.insert(vec![&full])).await.unwrap();
    for (column, value) in [
        ("position", 1),
        ("quantity", 7),
        ("unit_price", 1_000_000),
        ("returned_quantity", 2),
        ("returned_amount", 3),
        ("returned_vat", -4),
        ("returned_fee", 5),
        ("returned_fee_vat", 6),
    ] {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM order_line")).await, [value], "{column}");
    }
}

async fn orders_whose_time_is_over_come_in_pages_unless_a_payment_keeps_them(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let horizon = make.now();
    let order_that_expires = |make: &mut Make, after: i64| {
        let seller = SellerId::from_uuid(make.id());
        let (order, _) = make.order(tenant, &[steelyard_testkit::make::Item::of(seller, "물", 1, 1_000)]);
        Order { expires_at: horizon.after(Span::from_micros(after)), ..order }
    };
    let mut orders: Vec<Order> =
        [-5, -3, -3, 0, 1].into_iter().map(|after| order_that_expires(&mut make, after)).collect();
    let mut payments = Vec::new();
    for (status, kept) in [
        (PaymentStatus::Ready, false),
        (PaymentStatus::InProgress, true),
        (PaymentStatus::Unknown, true),
        (PaymentStatus::WaitingForDeposit, true),
        (PaymentStatus::Authorized, true),
        (PaymentStatus::Failed, false),
    ] {
        let order = order_that_expires(&mut make, -1);
        payments.push(Payment { status, ..make.payment(&order) });
        assert_eq!(status.holds_order(), kept);
        orders.push(order);
    }
    let closed =
        Order { status: OrderStatus::Expired, reservation: Reservation::Released, ..order_that_expires(&mut make, -9) };
    database
        .save(|script| {
            script.insert(orders.iter().chain([&closed]).collect());
            script.insert(payments.iter().collect());
        })
        .await
        .unwrap();

    let mut expected: Vec<(Timestamp, OrderId)> = orders[..4].iter().map(|o| (o.expires_at, o.id)).collect();
    expected.extend([&orders[5], &orders[10]].map(|order| (order.expires_at, order.id)));
    expected.sort_unstable();
    let reader = database.reader().await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = order::expiring_orders(&reader, Reach::all(horizon), after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.expires_at.micros(), last.id.uuid()));
        assert!(page.iter().all(|open| open.tenant == tenant));
        seen.extend(page.iter().map(|open| (open.expires_at, open.id)));
    }
    assert_eq!(seen, expected);
}
