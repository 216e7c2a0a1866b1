//! Topping up a balance: once for a key, by card or account, and never from money that did not come.

use futures_util::future::join_all;
use serde_json::{Value, json};
use steelyard_app::{Language, Problem, TopUp, TopUpSource, view::TopUpView};
use steelyard_domain::{
    AccountNumber, Bank, MerchantId, Mode, PayerId,
    limits::{TOP_UP_MAX, TOP_UP_MIN},
};
use steelyard_testkit::{Database, both_engines};

use crate::{
    desk::{confirmed, from_balance, refused, status},
    payers::{codes, gift, issue},
    truth,
    world::{World, card},
};

both_engines!(
    a_balance_is_topped_up_by_card_and_by_transfer,
    a_key_tops_up_once_however_many_ask_at_once,
    what_is_on_its_way_counts_toward_what_a_balance_may_hold,
    what_is_declined_or_lost_tops_up_nothing_until_it_is_known,
    many_servers_open_the_platform_once,
    what_was_topped_up_pays,
);

pub fn by_card(number: &str) -> TopUpSource {
    TopUpSource::Card(card(number))
}

fn by_transfer(ending: &str) -> TopUpSource {
    let account = AccountNumber::parse(&format!("110123{ending}")).unwrap();
    TopUpSource::Transfer { bank: Bank::Kookmin, account }
}

pub async fn top_up(
    world: &World<'_>,
    payer: PayerId,
    key: &str,
    amount: i64,
    source: TopUpSource,
) -> Result<TopUpView, Problem> {
    let top_up = TopUp { payer, mode: Mode::Test, amount, source, key: key.to_owned() };
    world.app.top_up(top_up, Language::English).await
}

async fn said(
    world: &World<'_>,
    payer: PayerId,
    key: &str,
    amount: i64,
    source: TopUpSource,
) -> (&'static str, i64, Value) {
    let view = top_up(world, payer, key, amount, source).await.unwrap();
    let (status, failure) = (view.status, serde_json::to_value(&view.failure).unwrap());
    (status, view.payer.balance.amount, failure)
}

/// The acquirer's book is that of the platform's own merchant here, and every invariant holds.
async fn is_true(world: &World<'_>) {
    let reader = world.database.reader().await;
    let sql = "SELECT merchant_id FROM orders WHERE top_up_payer_id IS NOT NULL LIMIT 1";
    let platform = reader.row(sql, Vec::new(), |row| row.uuid()).await.unwrap().unwrap();
    let book = truth::book(&world.acquirer.simulator).await;
    truth::agrees(world.database, MerchantId::from_uuid(platform), &book).await;
    truth::holds(world.database, world.now()).await;
}

async fn a_balance_is_topped_up_by_card_and_by_transfer(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    assert_eq!(said(&world, payer, "a", 30_000, by_card("4242424242424242")).await, ("done", 30_000, Value::Null));
    assert_eq!(said(&world, payer, "b", 20_000, by_transfer("6789")).await, ("done", 50_000, Value::Null));
    assert_eq!((world.balance("payerBalance").await, world.balance("acquirerReceivable").await), (50_000, -50_000));
    assert_eq!(
        (world.balance("sellerPayable").await, world.balance("feeIncome").await),
        (0, 0),
        "nobody sold anything"
    );
    let full = top_up(&world, payer, "full", TOP_UP_MAX - 50_000 + 1, by_card("4242424242424242")).await;
    let full = full.unwrap_err();
    assert_eq!((full.code.facts().name, full.param.as_deref()), ("BALANCE_LIMIT", Some("amount")));
    for amount in [TOP_UP_MIN - 1, TOP_UP_MAX + 1, 0, -1] {
        let wrong = top_up(&world, payer, "c", amount, by_card("4242424242424242")).await;
        assert_eq!(refused(wrong), "INVALID_REQUEST");
    }
    is_true(&world).await;
    world.end().await;
}

async fn a_key_tops_up_once_however_many_ask_at_once(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    let asked = join_all((0..20).map(|_| top_up(&world, payer, "a", 30_000, by_card("4242424242424242")))).await;
    for view in asked {
        assert!(["done", "unknown"].contains(&view.unwrap().status));
    }
    assert_eq!(said(&world, payer, "a", 30_000, by_card("4242424242424242")).await, ("done", 30_000, Value::Null));
    let other = top_up(&world, payer, "a", 40_000, by_card("4242424242424242")).await;
    assert_eq!(refused(other), "AMOUNT_MISMATCH");
    // The key is the payer's own.
    let lee = world.payer_with("lee@example.com", 0).await;
    assert_eq!(said(&world, lee, "a", 30_000, by_card("4242424242424242")).await, ("done", 30_000, Value::Null));
    assert_eq!(world.balance("payerBalance").await, 60_000);
    is_true(&world).await;
    world.end().await;
}

async fn what_is_on_its_way_counts_toward_what_a_balance_may_hold(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    let most = TOP_UP_MAX - 100_000;
    // Eight keys at once, of which the balance holds one.
    let keys: Vec<String> = (0..8).map(|number| format!("at once {number}")).collect();
    let asked = keys.iter().map(|key| top_up(&world, payer, key, most, by_card("4242424242424242")));
    let (done, others): (Vec<_>, Vec<_>) = join_all(asked).await.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), others.len()), (1, 7));
    for one in others {
        assert_eq!(refused(one), "BALANCE_LIMIT");
    }
    assert_eq!(world.balance_of(payer).await, most);

    // Nobody knows whether the rest was brought in: until somebody does, there is no room for it.
    world.arm(json!({"kind": "dropBefore", "operations": ["purchase"], "times": 1})).await;
    assert_eq!(said(&world, payer, "lost", 60_000, by_card("4242424242424242")).await, ("unknown", most, Value::Null));
    assert_eq!(refused(top_up(&world, payer, "next", 50_000, by_transfer("6789")).await), "BALANCE_LIMIT");
    let card = codes(&issue(&world.till, "gift", gift(1, 50_000)).await).remove(0);
    assert_eq!(refused(world.app.redeem(payer, &card).await), "BALANCE_LIMIT");
    let fits = said(&world, payer, "fits", 40_000, by_transfer("6789")).await;
    assert_eq!(fits, ("done", most + 40_000, Value::Null));

    world.resolve().await;
    assert_eq!(world.balance_of(payer).await, most + 40_000, "the acquirer never had it");
    world.app.redeem(payer, &card).await.unwrap();
    assert_eq!(said(&world, payer, "last", 10_000, by_transfer("6789")).await, ("done", TOP_UP_MAX, Value::Null));
    is_true(&world).await;
    world.end().await;
}

async fn what_is_declined_or_lost_tops_up_nothing_until_it_is_known(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    let (status, balance, failure) = said(&world, payer, "a", 30_000, by_card("4000000000009995")).await;
    assert_eq!((status, balance, &failure["moneyMoved"]), ("declined", 0, &"no".into()), "{failure}");
    // The same key once more, by something else, pays it.
    assert_eq!(said(&world, payer, "a", 30_000, by_transfer("6789")).await, ("done", 30_000, Value::Null));
    for (key, kind, balance) in [("b", "dropAfter", 60_000), ("c", "dropBefore", 60_000)] {
        let before = world.balance_of(payer).await;
        world.arm(json!({"kind": kind, "operations": ["purchase"], "times": 1})).await;
        let unknown = said(&world, payer, key, 30_000, by_card("4242424242424242")).await;
        assert_eq!(unknown, ("unknown", before, Value::Null));
        let again = said(&world, payer, key, 30_000, by_card("4242424242424242")).await;
        assert_eq!(again, ("unknown", before, Value::Null), "it may not be paid twice");
        world.resolve().await;
        assert_eq!(world.balance_of(payer).await, balance, "{kind}");
    }
    is_true(&world).await;
    world.end().await;
}

async fn many_servers_open_the_platform_once(database: &Database) {
    let world = World::start(database).await;
    let mut payers = Vec::new();
    for number in 0..4 {
        payers.push(world.payer_with(&format!("payer{number}@example.com"), 0).await);
    }
    let first = payers.iter().map(|payer| said(&world, *payer, "a", 10_000, by_card("4242424242424242")));
    for said in join_all(first).await {
        assert_eq!(said, ("done", 10_000, Value::Null));
    }
    let merchants = "SELECT CAST(COUNT(*) AS BIGINT) FROM merchant";
    assert_eq!(database.numbers(merchants).await, [2], "ours and the platform's");
    is_true(&world).await;
    world.end().await;
}

async fn what_was_topped_up_pays(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    said(&world, payer, "a", 40_000, by_card("4242424242424242")).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    assert_eq!(status(&confirmed(world.approve(payer, &door, from_balance(&view)).await)), "paid");
    assert_eq!(world.balance_of(payer).await, 4_000);
    is_true(&world).await;
    world.end().await;
}
