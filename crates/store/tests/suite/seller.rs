//! Sellers.

use steelyard_domain::{
    Mode, SellerId, Span, Tenant,
    seller::{Seller, SellerKind},
};
use steelyard_store::seller;
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(sellers_are_read_as_written_and_changed, default_sellers_are_found, sellers_come_in_pages_newest_first);

async fn sellers_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Live };
    let bare = make.seller(tenant);
    let full = Seller {
        kind: SellerKind::Individual,
        withholding: true,
        bank: Some(String::from("088")),
        account_number: Some(String::from("110-123-456789")),
        account_holder: Some(String::from("이서연")),
        is_default: true,
        ..make.seller(tenant)
    };
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&bare, &full]);
        })
        .await
        .unwrap();

    let reader = database.reader().await;
    for one in [&bare, &full] {
        assert_eq!(seller::seller(&reader, tenant, one.id).await.unwrap().as_ref(), Some(one));
    }
    let test = Tenant { mode: Mode::Test, ..tenant };
    assert_eq!(seller::seller(&reader, test, full.id).await.unwrap(), None);

    let changed = Seller { name: String::from("새 이름"), bank: full.bank.clone(), ..bare.clone() };
    database.save(|script| script.update(vec![(&changed, 0)])).await.unwrap();
    let ids = [bare.id.uuid(), full.id.uuid()];
    let mut found = database.look(async |tx| seller::sellers_by_id(tx, &ids).await).await;
    found.sort_by_key(|seller| seller.id);
    assert_eq!(found, [changed, full]);
}

async fn default_sellers_are_found(database: &Database) {
    let mut make = Make::default();
    let merchants = [make.merchant(), make.merchant()];
    let tenants = [
        Tenant { merchant: merchants[0].id, mode: Mode::Test },
        Tenant { merchant: merchants[0].id, mode: Mode::Live },
        Tenant { merchant: merchants[1].id, mode: Mode::Test },
    ];
    let defaults = tenants.map(|tenant| make.default_seller(tenant));
    let other = make.seller(tenants[0]);
    database
        .save(|script| {
            script.insert(merchants.iter().collect());
            script.insert(defaults.iter().chain([&other]).collect());
        })
        .await
        .unwrap();
    for (asked, expected) in [(&merchants[..1], &defaults[..2]), (&merchants[..], &defaults[..]), (&[], &[])] {
        let ids: Vec<_> = asked.iter().map(|merchant| merchant.id.uuid()).collect();
        let mut found = database.look(async |tx| seller::default_sellers(tx, &ids).await).await;
        found.sort_by_key(|seller| seller.id);
        assert_eq!(found, expected);
    }
}

async fn sellers_come_in_pages_newest_first(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let mut all = Vec::new();
    for step in [0, 1, 0, 1, 1] {
        make.clock.advance(Span::from_secs(step));
        all.push(make.seller(tenant));
    }
    let foreign = make.seller(Tenant { mode: Mode::Live, ..tenant });
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(all.iter().chain([&foreign]).collect());
        })
        .await
        .unwrap();
    all.reverse();

    let reader = database.reader().await;
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = seller::sellers(&reader, tenant, cursor, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some((last.created_at.micros(), last.id.uuid()));
        seen.extend(page);
    }
    assert_eq!(seen, all);
    let nobody = seller::seller(&reader, tenant, SellerId::from_uuid(make.id())).await.unwrap();
    assert_eq!(nobody, None);
}
