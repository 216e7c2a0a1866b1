//! Merchants, their keys and fee policies.

use steelyard_domain::{
    ApiKeyId, Mode, Rate, Span, Tenant, Timestamp,
    fee::{FeePolicy, FeeTerms, RefundFee},
    merchant::{ApiKey, KeyKind, Merchant, MerchantStatus, Scope},
    method::{ConnectorName, MethodType},
};
use steelyard_store::{StoreError, merchant};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    merchants_are_read_as_written_and_changed,
    api_keys_are_read_as_written_and_changed,
    a_key_is_of_a_merchant_that_exists,
    fee_policies_are_read_as_written,
    a_tenant_sees_its_own_keys_and_policies_newest_first,
);

async fn merchants_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let first = make.merchant();
    let second = Merchant {
        name: String::from("Ünïcode \"상점\" 😀\n"),
        status: MerchantStatus::Suspended,
        connector: ConnectorName::CardMock,
        test_clock_ahead: Span::from_micros(i64::MAX),
        created_at: Timestamp::from_micros(i64::MIN),
        ..make.merchant()
    };
    database.save(|script| script.insert(vec![&first, &second])).await.unwrap();

    let reader = database.reader().await;
    assert_eq!(merchant::merchant(&reader, second.id).await.unwrap(), Some(second.clone()));
    assert_eq!(merchant::merchants(&reader).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(merchant::merchants_ahead(&reader).await.unwrap(), std::slice::from_ref(&second));
    let ids = [second.id.uuid(), first.id.uuid(), make.id()];
    let mut found = database.look(async |tx| merchant::merchants_by_id(tx, &ids).await).await;
    found.sort_by_key(|merchant| merchant.id);
    assert_eq!(found, [first.clone(), second.clone()]);

    let changed = Merchant { test_clock_ahead: Span::from_days(3), name: String::from("이름"), ..first.clone() };
    database.save(|script| script.update(vec![(&changed, 0)])).await.unwrap();
    assert_eq!(merchant::merchants(&reader).await.unwrap(), [changed, second]);

    // Two who move a test clock at once both start from where it stood: the second is told.
    let stale = database.save(|script| script.update(vec![(&first, 0)])).await;
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");

    let again = database.save(|script| script.insert(vec![&first])).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    let absent = make.merchant();
    let missing = database.save(|script| script.update(vec![(&absent, 0)])).await;
    assert!(matches!(missing, Err(StoreError::Conflict { .. })), "{missing:?}");
}

/// One with every optional field set, each to another value.
fn full_key(make: &mut Make, tenant: Tenant) -> ApiKey {
    ApiKey {
        kind: KeyKind::Restricted,
        scopes: Scope::ALL.to_vec(),
        hash: (0..32).collect(),
        hint: String::new(),
        rate_limit: Some(i64::MAX),
        created_at: make.now().after(Span::from_micros(1)),
        expires_at: Some(Timestamp::from_micros(2)),
        revoked_at: Some(Timestamp::from_micros(-3)),
        rotated_to: Some(ApiKeyId::from_uuid(make.id())),
        ..make.api_key(tenant)
    }
}

async fn api_keys_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Live };
    let (bare, full) = (make.api_key(tenant), full_key(&mut make, tenant));
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&bare, &full]);
        })
        .await
        .unwrap();

    let reader = database.reader().await;
    for key in [&bare, &full] {
        assert_eq!(merchant::api_key(&reader, key.id).await.unwrap().as_ref(), Some(key));
    }
    let ids = [full.id.uuid(), bare.id.uuid()];
    let mut found = database.look(async |tx| merchant::api_keys_by_id(tx, &ids).await).await;
    found.sort_by_key(|key| key.id);
    assert_eq!(found, [bare.clone(), full.clone()]);

    let revoked = ApiKey {
        expires_at: Some(make.now()),
        revoked_at: Some(make.now()),
        rotated_to: Some(full.id),
        ..bare.clone()
    };
    let cleared = ApiKey { expires_at: None, revoked_at: None, rotated_to: None, ..full.clone() };
    database.save(|script| script.update(vec![(&revoked, 0), (&cleared, 0)])).await.unwrap();
    assert_eq!(merchant::api_key(&reader, bare.id).await.unwrap(), Some(revoked));
    assert_eq!(merchant::api_key(&reader, full.id).await.unwrap(), Some(cleared));
    assert_eq!(merchant::api_key(&reader, ApiKeyId::from_uuid(make.id())).await.unwrap(), None);
}

async fn a_key_is_of_a_merchant_that_exists(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let key = make.api_key(tenant);
    let refused = database.save(|script| script.insert(vec![&key])).await;
    assert!(matches!(refused, Err(StoreError::Rejected { .. })), "{refused:?}");
}

/// With a method, other terms, and times of its own.
fn full_policy(make: &mut Make, tenant: Tenant) -> FeePolicy {
    FeePolicy {
        terms: FeeTerms {
            rate: Rate::from_per_million(1_000_000).unwrap(),
            fixed: i64::MAX,
            refund_fee: RefundFee::Keep,
        },
        method: Some(MethodType::VirtualAccount),
        effective_from: make.now().after(Span::from_days(1)),
        created_at: make.now().before(Span::from_days(1)),
        ..make.fee_policy(tenant)
    }
}

async fn fee_policies_are_read_as_written(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let (plain, full) = (make.fee_policy(tenant), full_policy(&mut make, tenant));
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&plain, &full]);
        })
        .await
        .unwrap();
    let merchants = [merchant.id.uuid()];
    let mut found = database.look(async |tx| merchant::fee_policies_of(tx, &merchants).await).await;
    found.sort_by_key(|policy| policy.id);
    assert_eq!(found, [plain, full]);
}

async fn a_tenant_sees_its_own_keys_and_policies_newest_first(database: &Database) {
    let mut make = Make::default();
    let merchants = [make.merchant(), make.merchant()];
    let test = Tenant { merchant: merchants[0].id, mode: Mode::Test };
    let others = [Tenant { mode: Mode::Live, ..test }, Tenant { merchant: merchants[1].id, ..test }];
    let (mut keys, mut policies) = (Vec::new(), Vec::new());
    for tenant in [test, others[0], test, others[1], test] {
        make.clock.advance(Span::from_secs(1));
        keys.push(make.api_key(tenant));
        policies.push(make.fee_policy(tenant));
    }
    // Two of the same instant are told apart by their ids.
    keys.push(make.api_key(test));
    policies.push(make.fee_policy(test));
    database
        .save(|script| {
            script.insert(merchants.iter().collect());
            script.insert(keys.iter().collect());
            script.insert(policies.iter().collect());
        })
        .await
        .unwrap();

    let reader = database.reader().await;
    keys.retain(|key| key.tenant == test);
    keys.reverse();
    assert_eq!(merchant::api_keys(&reader, test).await.unwrap(), keys);
    policies.retain(|policy| policy.tenant == test);
    policies.reverse();
    assert_eq!(merchant::fee_policies(&reader, test).await.unwrap(), policies);
    assert_eq!(merchant::api_keys(&reader, others[0]).await.unwrap().len(), 1);
    assert_eq!(merchant::fee_policies(&reader, others[1]).await.unwrap().len(), 1);
}
