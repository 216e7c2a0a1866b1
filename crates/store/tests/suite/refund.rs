//! Refund objects and their parts.

use steelyard_domain::{
    AttemptId, Currency, IdempotencyId, RefundId, Tenant, Timestamp,
    fee::Fee,
    order::returns::ReturnPart,
    payment::{Refund, RefundKind, RefundState},
};
use steelyard_store::{
    StoreError,
    payment::{self, PartOfRefund},
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    refunds_are_read_as_written_and_changed,
    each_amount_of_a_refund_is_in_its_own_column,
    parts_are_read_as_written,
    each_amount_of_a_part_is_in_its_own_column,
);

/// With every optional field set; its parts lie in a table of their own.
fn full_refund(make: &mut Make, tenant: Tenant) -> Refund {
    let (order, _) = make.plain_order(tenant);
    let payment = make.captured_payment(&order);
    let attempt = AttemptId::from_uuid(make.id());
    Refund {
        kind: RefundKind::Cancel,
        state: RefundState::Declined,
        currency: Currency::Usd,
        amount: 1_000,
        tax_free: 2,
        vat: 3,
        fee: Fee { amount: 4, vat: 5 },
        restock: false,
        reason: String::new(),
        decline_code: Some(String::from("ALREADY_SETTLED")),
        idempotency: Some(IdempotencyId::from_uuid(make.id())),
        created_at: Timestamp::from_micros(6),
        completed_at: Some(Timestamp::from_micros(7)),
        version: 8,
        ..make.refund(&payment, attempt, Vec::new())
    }
}

async fn refunds_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, lines) = make.plain_order(tenant);
    let payment = make.captured_payment(&order);
    let attempt = AttemptId::from_uuid(make.id());
    let bare = make.refund(&payment, attempt, vec![Make::return_part(&lines[0])]);
    let bare = Refund { parts: Vec::new(), ..bare };
    let full = Refund { order: order.id, payment: payment.id, ..full_refund(&mut make, tenant) };
    database.save(|script| script.insert(vec![&full, &bare])).await.unwrap();

    let reader = database.reader().await;
    assert_eq!(payment::refunds(&reader, &[order.id]).await.unwrap(), [bare.clone(), full.clone()]);
    assert_eq!(payment::refunds(&reader, &[]).await.unwrap(), []);

    let now_full = Refund {
        state: RefundState::Declined,
        decline_code: full.decline_code.clone(),
        completed_at: Some(make.now()),
        version: 2,
        ..bare.clone()
    };
    let now_bare = Refund { decline_code: None, completed_at: None, version: 9, ..full.clone() };
    database.save(|script| script.update(vec![(&now_full, 1), (&now_bare, 8)])).await.unwrap();
    let orders = [order.id.uuid()];
    let mut found = database.look(async |tx| payment::refunds_of_orders(tx, &orders).await).await;
    found.sort_by_key(|refund| refund.id);
    assert_eq!(found, [now_full, now_bare.clone()]);
    let stale = database.save(|script| script.update(vec![(&now_bare, 8)])).await;
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
}

async fn each_amount_of_a_refund_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let full = full_refund(&mut make, tenant);
    database.save(|script| script.insert(vec![&full])).await.unwrap();
    for (column, value) in [
        ("amount", 1_000),
        ("tax_free", 2),
        ("vat", 3),
        ("fee", 4),
        ("fee_vat", 5),
        ("created_at", 6),
        ("completed_at", 7),
        ("version", 8),
    ] {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM refund")).await, [value], "{column}");
    }
}

/// Two parts of one refund, every amount another.
fn two_parts(make: &mut Make, tenant: Tenant) -> [PartOfRefund; 2] {
    let (order, lines) = make.plain_order(tenant);
    let (_, others) = make.plain_order(tenant);
    let refund = RefundId::from_uuid(make.id());
    let full = ReturnPart {
        quantity: 1,
        amount: 1_000,
        tax_free: 2,
        vat: -3,
        fee: -4,
        fee_vat: i64::MIN,
        ..Make::return_part(&lines[0])
    };
    let zero =
        ReturnPart { quantity: 0, amount: 0, tax_free: 0, vat: 0, fee: 0, fee_vat: 0, ..Make::return_part(&others[0]) };
    [full, zero].map(|part| PartOfRefund { refund, order: order.id, part })
}

async fn parts_are_read_as_written(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let parts = two_parts(&mut make, tenant);
    let other = two_parts(&mut make, tenant);
    database.save(|script| script.insert(vec![&parts[1], &other[0], &parts[0]])).await.unwrap();
    let reader = database.reader().await;
    assert_eq!(payment::refund_parts(&reader, &[parts[0].order]).await.unwrap(), parts);
    assert_eq!(payment::refund_parts(&reader, &[]).await.unwrap(), []);
    let orders = [parts[0].order.uuid(), other[0].order.uuid()];
    let mut found = database.look(async |tx| payment::parts_of_orders(tx, &orders).await).await;
    found.sort_by_key(|part| (part.refund, part.part.line));
    assert_eq!(found, [parts[0], parts[1], other[0]]);
}

async fn each_amount_of_a_part_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let [full, _] = two_parts(&mut make, tenant);
    database.save(|script| script.insert(vec![&full])).await.unwrap();
    for (column, value) in
        [("quantity", 1), ("amount", 1_000), ("tax_free", 2), ("vat", -3), ("fee", -4), ("fee_vat", i64::MIN)]
    {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM refund_part")).await, [value], "{column}");
    }
}
