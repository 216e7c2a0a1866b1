//! Accounts that wait for their deposit: how they end, and that nobody else waits for their acquirer.

use std::time::Duration;

use serde_json::json;
use steelyard_app::{NewMerchant, request::NewMethod};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_domain::{Bank, Mode, Rate, Span, Tenant, method::ConnectorName, payment::CaptureMode};
use steelyard_testkit::{Database, both_engines};

use crate::{
    checkout_accounts::{charge, issued, notice, pay_in, signed},
    desk::{PRICE, by_deposit, payment_of, shown, status},
    network::{Held, Network},
    truth,
    world::{Acquirer, NOTICE_SECRET, Till, World},
};

both_engines!(
    an_account_that_its_acquirer_does_not_know_ends_at_its_due_date,
    a_deposit_of_another_amount_goes_back_at_the_due_date_and_the_right_one_stays,
    an_account_whose_acquirer_is_silent_is_asked_about_on_the_ladder,
    who_waits_for_a_deposit_keeps_no_unknown_and_no_order_waiting,
    a_reader_is_free_while_an_acquirer_is_asked,
    a_deposit_that_is_heard_of_after_the_end_goes_back,
    the_answer_about_an_account_is_replayed_after_its_due_date,
    an_account_bears_as_much_of_a_long_name_as_fits,
);

/// What is noted on the attempts, oldest first.
async fn messages(database: &Database) -> Vec<String> {
    let reader = database.reader().await;
    reader.rows("SELECT COALESCE(message, '') FROM attempt ORDER BY id", vec![], |row| row.text()).await.unwrap()
}

async fn posted(database: &Database, kind: &str) -> i64 {
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_transaction WHERE kind = '{kind}'");
    database.numbers(&sql).await[0]
}

async fn an_account_that_its_acquirer_does_not_know_ends_at_its_due_date(database: &Database) {
    let acquirer = Acquirer::start().await;
    let world = World::with(database, database.target().clone(), acquirer, Connector::Stub(Stub)).await;
    let (door, view) = issued(&world).await;
    world.later(Span::from_minutes(60 * 24 - 1)).await;
    world.clock.advance(Span::from_minutes(5));
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "expired", "five minutes of real time are the merchant's, too");
    assert_eq!(database.numbers("SELECT reserved FROM product").await, [0]);
    let payment = payment_of(&view).to_string();
    assert_eq!(world.events(&payment).await, ["payment.created", "payment.waitingForDeposit", "payment.expired"]);
    assert_eq!(world.events(&door.order.to_string()).await, ["order.created", "order.expired"]);

    // A minute before its time it stays; at its time expiry alone ends it.
    let (door, _) = issued(&world).await;
    world.later(Span::from_minutes(60 * 24 - 1)).await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    world.later(Span::from_minutes(1)).await;
    assert_eq!(status(&world.page(&door).await), "expired");
    world.is_true().await;
    world.end().await;
}

async fn a_deposit_of_another_amount_goes_back_at_the_due_date_and_the_right_one_stays(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    pay_in(&world, &view, PRICE).await.unwrap();
    world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "times": 2})).await;
    world.clock.advance(Span::from_minutes(5));
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit", "there is time for it to be put right");
    // The acquirer is to give it back, and is not heard the first time.
    world.arm(json!({"kind": "dropBefore", "operations": ["netCancel"], "times": 1})).await;
    world.later(Span::from_hours(24)).await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    truth::holds(database, world.now()).await;
    world.clock.advance(Span::from_hours(1));
    world.app.resolve_due().await;
    let over = world.page(&door).await;
    assert_eq!((status(&over), &over["payment"]["status"]), ("expired", &"expired".into()), "{over}");
    let message = messages(database).await.remove(0);
    assert!(message.contains("36001") && message.contains("goes back"), "{message}");
    assert_eq!((world.balance("bank").await, world.balance("suspense").await), (0, 0));
    assert_eq!(database.numbers("SELECT reserved FROM product").await, [0]);
    world.is_true().await;

    let (door, view) = issued(&world).await;
    pay_in(&world, &view, PRICE).await.unwrap();
    world.later(Span::from_hours(24)).await;
    assert_eq!(status(&world.page(&door).await), "paid", "the money was there in time");
    world.is_true().await;
    world.end().await;
}

async fn an_account_whose_acquirer_is_silent_is_asked_about_on_the_ladder(database: &Database) {
    let mut world = World::start(database).await;
    let (door, view) = issued(&world).await;
    pay_in(&world, &view, PRICE).await.unwrap();
    world.acquirer.stop().await;
    let mut at = 0;
    for (look, next) in [(300, 600), (600, 3_600), (3_600, 7_200)] {
        world.clock.advance(Span::from_secs(look - at));
        at = look;
        assert_eq!(world.app.resolve_due().await, 1);
        let waits = "SELECT (next_check_at - sent_at) / 1000000 FROM attempt";
        assert_eq!(database.numbers(waits).await, [next], "after {look} s");
        assert_eq!(world.app.resolve_due().await, 0);
    }
    world.acquirer.start_again().await;
    world.clock.advance(Span::from_hours(1));
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "paid");
    world.is_true().await;
    world.end().await;
}

async fn who_waits_for_a_deposit_keeps_no_unknown_and_no_order_waiting(database: &Database) {
    let patience = Duration::from_secs(600);
    let (world, network) = Network::around(database, Held::First("GET /v1/transactions"), |config| {
        config.workers = true;
        config.timing.patience = patience;
    })
    .await;
    let unpaid = world.order("unpaid", "unpaid", None).await;
    let (door, _) = issued(&world).await;
    world.clock.advance(Span::from_minutes(5));
    network.arrived.notified().await;
    // The acquirer says nothing about the account; about what is asked from here on it does.
    world.arm(json!({"kind": "dropAfter", "operations": ["purchase"], "times": 1})).await;
    let lost = world.pay("lost", "lost", 10_000, CaptureMode::Auto).await;
    assert_eq!(lost.status, 202, "{lost:?}");
    world.clock.advance(Span::from_minutes(10));
    let ended = async {
        let mut newest = world.app.newest_event();
        let order = unpaid.data()["id"].as_str().unwrap();
        while world.status(lost.payment()).await != "captured" || world.events(order).await.len() < 2 {
            newest.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("others are looked after meanwhile");
    network.release.add_permits(1);
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    world.is_true().await;
    world.end().await;
}

async fn a_reader_is_free_while_an_acquirer_is_asked(database: &Database) {
    let held = Held::Both("GET /v1/transactions", "POST /v1/voids");
    let (world, network) = Network::around(database, held, |config| config.readers = 1).await;
    let (door, _) = issued(&world).await;
    let payment = world.authorized(10_000).await;
    let meanwhile = async {
        network.arrived.notified().await;
        assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
        network.release.add_permits(1);
    };
    tokio::join!(world.later(Span::from_hours(24)), meanwhile);
    assert_eq!(status(&world.page(&door).await), "expired");
    let meanwhile = async {
        network.arrived.notified().await;
        assert_eq!(world.status(payment).await, "authorized");
        network.release.add_permits(1);
    };
    tokio::join!(world.later(Span::from_days(7)), meanwhile);
    assert_eq!(world.status(payment).await, "expired");
    world.is_true().await;
    world.end().await;
}

async fn a_deposit_that_is_heard_of_after_the_end_goes_back(database: &Database) {
    let (world, network) = Network::around(database, Held::First("GET /v1/transactions"), |_| {}).await;
    let (door, view) = issued(&world).await;
    pay_in(&world, &view, PRICE).await.unwrap();
    let reference = world.last_attempt(&door).await.to_string();
    let told = || signed(NOTICE_SECRET, world.now(), &notice(&reference));
    let meanwhile = async {
        network.arrived.notified().await;
        world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "times": 1})).await;
        world.later(Span::from_hours(24)).await;
        assert_eq!(status(&world.page(&door).await), "expired");
        assert_eq!(posted(database, "lateApproval").await, 0);
        network.release.add_permits(1);
    };
    let (taken, ()) = tokio::join!(world.app.take_notice(told()), meanwhile);
    taken.unwrap();
    assert_eq!((posted(database, "lateApproval").await, posted(database, "lateApprovalUndone").await), (1, 1));
    assert_eq!((world.balance("suspense").await, world.balance("bank").await), (0, 0));
    assert_eq!(status(&world.page(&door).await), "expired");
    world.is_true().await;
    // It is over, and is not undone again and again.
    world.app.take_notice(told()).await.unwrap();
    assert_eq!(posted(database, "lateApproval").await, 1);
    world.is_true().await;
    world.end().await;
}

async fn the_answer_about_an_account_is_replayed_after_its_due_date(database: &Database) {
    let world = World::start(database).await;
    let due_at = world.now().after(Span::from_days(2));
    let method = |due_at| NewMethod::VirtualAccount { bank: Bank::Shinhan, due_at };
    let first = charge(&world, "account", method(Some(due_at)), CaptureMode::Auto).await;
    assert_eq!((first.status, &first.data()["status"]), (201, &"waitingForDeposit".into()), "{first:?}");
    world.later(Span::from_days(2)).await;
    let again = charge(&world, "account", method(Some(due_at)), CaptureMode::Auto).await;
    assert_eq!((again.status, again.replayed, again.data()), (201, true, first.data()), "{again:?}");
    let new = charge(&world, "new", method(Some(due_at)), CaptureMode::Auto).await;
    assert_eq!((new.status, &new.body["error"]["param"]), (400, &"method.dueAt".into()), "{new:?}");
    // What was refused has left its key free.
    let new = charge(&world, "new", method(None), CaptureMode::Auto).await;
    let day = world.now().after(Span::from_days(3)).to_string();
    assert_eq!((new.status, &new.data()["method"]["account"]["dueAt"]), (201, &day.into()), "{new:?}");
    world.is_true().await;
    world.end().await;
}

async fn an_account_bears_as_much_of_a_long_name_as_fits(database: &Database) {
    let mut world = World::start(database).await;
    for (name, holder) in [("가".repeat(100), "가".repeat(40)), (format!("{} 상점", "나".repeat(39)), "나".repeat(39))]
    {
        let new = NewMerchant {
            name,
            connector: ConnectorName::Simulator,
            rate: Rate::parse("0.03").unwrap(),
            fixed_fee: 0,
            rate_limit: None,
        };
        let merchant = world.app.create_merchant(new).await.unwrap().merchant;
        let tenant = Tenant { merchant, mode: Mode::Test };
        world.till = Till::new(world.app.clone(), world.clock.clone(), tenant);
        let door = world.door(None).await;
        let view = shown(world.press(&door, by_deposit()).await);
        assert_eq!((status(&view), &view["payment"]["account"]["holder"]), ("waitingForDeposit", &holder.into()));
        let charged = charge(
            &world,
            "by server",
            NewMethod::VirtualAccount { bank: Bank::Hana, due_at: None },
            CaptureMode::Auto,
        )
        .await;
        assert_eq!(charged.status, 201, "{charged:?}");
    }
    world.end().await;
}
