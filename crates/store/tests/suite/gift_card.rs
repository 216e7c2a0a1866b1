//! Gift cards.

use steelyard_domain::{
    Mode, Span, Tenant,
    gift_card::{GiftCard, GiftCardKind},
};
use steelyard_store::{StoreError, Value, gift_card, reach::Reach};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    cards_are_read_as_written_and_found_by_their_code,
    a_card_is_redeemed_in_one_commit_only,
    cards_come_in_pages_newest_first,
    cards_whose_time_is_over_come_earliest_first,
);

async fn cards_are_read_as_written_and_found_by_their_code(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let payer = make.payer(Mode::Test);
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let later = make.now().after(Span::from_days(1));
    let bare = make.gift_card(tenant, 10_000);
    let sold = GiftCard { kind: GiftCardKind::Sold, expires_at: Some(later), ..make.gift_card(tenant, 1) };
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&payer]);
            script.insert(vec![&bare, &sold]);
        })
        .await
        .unwrap();
    let mut redeemed = sold.clone();
    redeemed.redeem(payer.id, make.now()).unwrap();
    database.save(|script| script.update(vec![(&redeemed, sold.version)])).await.unwrap();

    let hashes: Vec<Vec<Value>> =
        [&sold.code_hash, &bare.code_hash, &vec![0; 32]].map(|hash| vec![Value::Bytes(hash.clone())]).to_vec();
    let mut found = database.look(async |tx| gift_card::gift_cards_by_code(tx, &hashes).await).await;
    found.sort_by_key(|card| card.id);
    assert_eq!(found, [bare.clone(), redeemed.clone()]);
    let ids = [redeemed.id.uuid(), bare.id.uuid(), make.id()];
    let mut found = database.look(async |tx| gift_card::gift_cards_by_id(tx, &ids).await).await;
    found.sort_by_key(|card| card.id);
    assert_eq!(found, [bare, redeemed]);
}

async fn a_card_is_redeemed_in_one_commit_only(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let payers = [make.payer(Mode::Test), make.payer(Mode::Test)];
    let card = make.gift_card(Tenant { merchant: merchant.id, mode: Mode::Test }, 10_000);
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(payers.iter().collect());
            script.insert(vec![&card]);
        })
        .await
        .unwrap();
    let redeemed = payers.map(|payer| {
        let mut card = card.clone();
        card.redeem(payer.id, make.now()).unwrap();
        card
    });
    database.save(|script| script.update(vec![(&redeemed[0], card.version)])).await.unwrap();
    let second = database.save(|script| script.update(vec![(&redeemed[1], card.version)])).await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })), "{second:?}");
}

async fn cards_come_in_pages_newest_first(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let mut all = Vec::new();
    for step in [0, 1, 0, 1, 1] {
        make.clock.advance(Span::from_secs(step));
        all.push(make.gift_card(tenant, 1_000));
    }
    let foreign = make.gift_card(Tenant { mode: Mode::Live, ..tenant }, 1_000);
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
        let page = gift_card::gift_cards(&reader, tenant, cursor, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some((last.issued_at.micros(), last.id.uuid()));
        seen.extend(page);
    }
    assert_eq!(seen, all);
}

async fn cards_whose_time_is_over_come_earliest_first(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let now = make.now();
    let due: Vec<GiftCard> = [1, 2, 2, 3]
        .map(|secs| GiftCard { expires_at: Some(now.after(Span::from_secs(secs))), ..make.gift_card(tenant, 1) })
        .to_vec();
    let horizon = now.after(Span::from_secs(3));
    let after = horizon.after(Span::from_micros(1));
    let later = GiftCard { expires_at: Some(after), ..make.gift_card(tenant, 1) };
    let never = make.gift_card(tenant, 1);
    let mut ended = GiftCard { expires_at: Some(now), ..make.gift_card(tenant, 1) };
    assert_eq!(ended.expire(now), Ok(true));
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(due.iter().rev().chain([&later, &never, &ended]).collect());
        })
        .await
        .unwrap();

    let reader = database.reader().await;
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = gift_card::expiring_gift_cards(&reader, Reach::all(horizon), cursor, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some((last.expires_at.unwrap().micros(), last.id.uuid()));
        seen.extend(page);
    }
    assert_eq!(seen, due);

    // A clock that is ahead is its merchant's own, and of the test world.
    let other = make.merchant();
    let live = Tenant { mode: Mode::Live, ..tenant };
    let theirs = Tenant { merchant: other.id, mode: Mode::Test };
    let [live, theirs] = [live, theirs].map(|tenant| GiftCard { expires_at: Some(after), ..make.gift_card(tenant, 1) });
    database
        .save(|script| {
            script.insert(vec![&other]);
            script.insert(vec![&live, &theirs]);
        })
        .await
        .unwrap();
    for (merchant, expected) in
        [(merchant.id, vec![&due[0], &due[1], &due[2], &due[3], &later]), (other.id, vec![&theirs])]
    {
        let reach = Reach { until: after, test_of: Some(merchant) };
        let found = gift_card::expiring_gift_cards(&reader, reach, None, 10).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }
}
