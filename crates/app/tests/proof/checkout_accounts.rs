//! Bank accounts: transfers, and virtual accounts that wait for their deposit.

use futures_util::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use steelyard_app::{
    Code, Language, Problem, SignedNotice,
    request::{NewMethod, NewPayment, PaymentTarget},
};
use steelyard_domain::{
    AccountNumber, Bank, Money, PaymentId, Span, Timestamp, method::ConnectorName, payment::CaptureMode,
};
use steelyard_testkit::{Database, both_engines};

use crate::{
    desk::{Door, PRICE, by_card, by_deposit, by_transfer, payment_of, refused, shown, status},
    truth,
    world::{NOTICE_SECRET, Seen, World, seen},
};

both_engines!(
    a_transfer_is_approved_or_declined,
    a_transfer_whose_answer_is_lost_is_resolved,
    a_server_charges_accounts_as_a_page_does,
    a_deposit_is_heard_of_by_a_notice,
    a_deposit_whose_notice_is_lost_is_found_by_the_janitor,
    a_notice_is_believed_only_from_who_signed_it_and_only_as_a_reason_to_ask,
    a_deposit_in_another_amount_is_refused,
    an_account_whose_time_is_over_is_closed_with_its_order,
    an_account_is_closed_once_its_acquirer_answers,
    deposits_that_race_the_end_count_here_exactly_if_they_count_there,
    an_account_whose_number_was_never_heard_is_issued_or_undone,
    an_account_that_was_paid_into_before_it_was_heard_of_is_captured,
    a_deposit_is_given_back_from_the_bank,
    while_an_account_waits_nothing_else_is_charged,
);

async fn a_transfer_is_approved_or_declined(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    for (ending, code) in [("0002", "INSUFFICIENT_BALANCE"), ("0069", "ACCOUNT_CLOSED")] {
        let view = shown(world.press(&door, by_transfer(ending)).await);
        assert_eq!((status(&view), &view["failure"]["declineCode"]), ("open", &code.into()), "{view}");
    }
    let view = shown(world.press(&door, by_transfer("6789")).await);
    assert_eq!(status(&view), "paid", "{view}");
    assert_eq!(
        (&view["payment"]["method"], &view["payment"]["transfer"]["last4"]),
        (&"transfer".into(), &"6789".into())
    );
    assert!(!view.to_string().contains("1101236789"), "the number is kept nowhere");
    let payment = payment_of(&view);
    let back = world.cancel("back", payment, Some(6_000)).await;
    assert_eq!((back.status, &back.data()["status"]), (200, &"partiallyCanceled".into()), "{back:?}");
    assert_eq!(world.balance("acquirerReceivable").await, -(PRICE - 6_000));
    world.is_true().await;
    world.end().await;
}

async fn a_transfer_whose_answer_is_lost_is_resolved(database: &Database) {
    let world = World::start(database).await;
    for (ending, ends) in [("5134", "paid"), ("5126", "open")] {
        let door = world.door(None).await;
        let view = shown(world.press(&door, by_transfer(ending)).await);
        assert_eq!(status(&view), "unknown", "{view}");
        world.resolve().await;
        assert_eq!(status(&world.page(&door).await), ends);
        world.is_true().await;
    }
    world.end().await;
}

pub async fn charge(world: &World<'_>, key: &str, method: NewMethod, capture: CaptureMode) -> Seen {
    let target = PaymentTarget::Inline {
        merchant_order_id: format!("order of {key}"),
        order_name: String::from("한라봉 5kg"),
        amount: PRICE,
        buyer: steelyard_app::request::Buyer::default(),
    };
    let new =
        NewPayment { target, amount: None, currency: None, capture, method, installment_months: 0, metadata: None };
    seen(world.app.create_payment(world.call(key), new).await)
}

fn transfer() -> NewMethod {
    NewMethod::Transfer { bank: Bank::Kookmin, account: AccountNumber::parse("1101236789").unwrap() }
}

async fn a_server_charges_accounts_as_a_page_does(database: &Database) {
    let world = World::start(database).await;
    let paid = charge(&world, "transfer", transfer(), CaptureMode::Auto).await;
    assert_eq!((paid.status, &paid.data()["status"]), (201, &"captured".into()), "{paid:?}");
    let held = charge(&world, "held", transfer(), CaptureMode::Manual).await;
    assert_eq!((held.status, held.code()), (422, "NOT_SUPPORTED_BY_CONNECTOR"), "{held:?}");
    let account = |due_at| NewMethod::VirtualAccount { bank: Bank::Shinhan, due_at };
    let now = world.now();
    for due_at in [now, now.after(Span::from_days(31))] {
        let wrong = charge(&world, "wrong", account(Some(due_at)), CaptureMode::Auto).await;
        assert_eq!((wrong.status, &wrong.body["error"]["param"]), (400, &"method.dueAt".into()), "{wrong:?}");
    }
    let issued = charge(&world, "account", account(Some(now.after(Span::from_days(2)))), CaptureMode::Auto).await;
    assert_eq!((issued.status, &issued.data()["status"]), (201, &"waitingForDeposit".into()), "{issued:?}");
    let again = charge(&world, "account", account(Some(now.after(Span::from_days(2)))), CaptureMode::Auto).await;
    assert_eq!((again.replayed, again.data()), (true, issued.data()));
    let number = number_of_payment(database, issued.payment()).await;
    let call = world.call("deposit");
    let deposited = seen(world.app.test_deposit(call, &number, None).await);
    assert_eq!((deposited.status, &deposited.data()["status"]), (200, &"captured".into()), "{deposited:?}");
    world.is_true().await;
    world.end().await;
}

pub async fn number_of_payment(database: &Database, payment: PaymentId) -> String {
    let reader = database.reader().await;
    let sql = "SELECT account_number FROM payment WHERE id = $1";
    reader.row(sql, vec![payment.uuid().into()], |row| row.text()).await.unwrap().unwrap()
}

/// A door behind which an account number was issued.
pub async fn issued(world: &World<'_>) -> (Door, Value) {
    let product = world.product_at(PRICE, 1).await;
    let door = world.door(Some(product)).await;
    let view = shown(world.press(&door, by_deposit()).await);
    assert_eq!(status(&view), "waitingForDeposit", "{view}");
    assert!(view["resultUrl"].as_str().unwrap().contains("payment_id=pay_"), "{view}");
    (door, view)
}

/// Somebody pays in, at the acquirer; nobody tells us.
pub async fn pay_in(
    world: &World<'_>,
    view: &Value,
    amount: i64,
) -> Result<(), steelyard_connectors::simulator::DepositError> {
    let number = view["payment"]["account"]["number"].as_str().unwrap();
    let amount = Money::new(amount, steelyard_domain::Currency::Krw);
    world.acquirer.simulator.deposit(number, amount, std::time::Duration::from_secs(30)).await
}

pub fn signed(secret: &[u8], at: Timestamp, body: &Value) -> SignedNotice {
    let (timestamp, body) = (at.micros().div_euclid(1_000_000).to_string(), body.to_string().into_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(&body);
    let tag: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    SignedNotice { connector: ConnectorName::Simulator, signature: format!("v1={tag}"), timestamp, body }
}

pub fn notice(reference: &str) -> Value {
    json!({
        "reference": reference,
        "acquirerTransactionId": "sim_1",
        "kind": "deposit",
        "amount": PRICE,
        "currency": "KRW",
        "occurredAt": "2026-11-21T00:00:00Z",
    })
}

async fn a_deposit_is_heard_of_by_a_notice(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    let reference = world.last_attempt(&door).await.to_string();
    let told = || signed(NOTICE_SECRET, world.now(), &notice(&reference));
    // It says so, but the acquirer does not.
    world.app.take_notice(told()).await.unwrap();
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    pay_in(&world, &view, PRICE).await.unwrap();
    // The same once more: the first came too early, and is a reason to ask again.
    world.app.take_notice(told()).await.unwrap();
    let paid = world.page(&door).await;
    assert_eq!(status(&paid), "paid", "{paid}");
    let times = join_all((0..10).map(|_| world.app.take_notice(told()))).await;
    assert!(times.iter().all(Result::is_ok), "{times:?}");
    assert_eq!(database.numbers("SELECT CAST(COUNT(*) AS BIGINT) FROM notice").await, [1]);
    assert_eq!((world.balance("bank").await, world.balance("virtualAccountClearing").await), (-PRICE, 0));
    let payment = payment_of(&paid).to_string();
    let events = world.events(&payment).await;
    assert_eq!(events, ["payment.created", "payment.waitingForDeposit", "payment.captured"]);
    world.is_true().await;
    world.end().await;
}

async fn a_deposit_whose_notice_is_lost_is_found_by_the_janitor(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    pay_in(&world, &view, PRICE).await.unwrap();
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit", "it is asked every five minutes");
    world.clock.advance(Span::from_minutes(5));
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_notice_is_believed_only_from_who_signed_it_and_only_as_a_reason_to_ask(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    pay_in(&world, &view, PRICE).await.unwrap();
    let told = notice(&world.last_attempt(&door).await.to_string());
    let now = world.now();
    let good = signed(NOTICE_SECRET, now, &told);
    let altered =
        SignedNotice { body: notice("att_01j0000000e008000000000001").to_string().into_bytes(), ..good.clone() };
    for refused_notice in [
        signed(b"another secret", now, &told),
        signed(NOTICE_SECRET, now.before(Span::from_minutes(6)), &told),
        signed(NOTICE_SECRET, now.after(Span::from_minutes(6)), &told),
        altered,
        SignedNotice { signature: String::new(), ..good.clone() },
        SignedNotice { timestamp: String::new(), ..good.clone() },
        signed(NOTICE_SECRET, now, &json!({"reference": 1})),
    ] {
        assert_eq!(refused(world.app.take_notice(refused_notice).await), "INVALID_SIGNATURE");
    }
    let elsewhere = SignedNotice { connector: ConnectorName::CardMock, ..good.clone() };
    assert_eq!(refused(world.app.take_notice(elsewhere).await), "NOT_FOUND");
    assert_eq!(database.numbers("SELECT CAST(COUNT(*) AS BIGINT) FROM notice").await, [0]);
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    // About nothing of ours, or about something that waits for nothing: taken, and nothing comes of it.
    let captured = world.captured(10_000).await;
    for reference in ["att_01j0000000e008000000000001", "something", &captured.to_string()] {
        world.app.take_notice(signed(NOTICE_SECRET, now, &notice(reference))).await.unwrap();
    }
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    world.app.take_notice(good).await.unwrap();
    assert_eq!(status(&world.page(&door).await), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_deposit_in_another_amount_is_refused(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    let number = view["payment"]["account"]["number"].as_str().unwrap();
    for amount in [PRICE - 1, PRICE + 1] {
        let wrong = world.app.test_deposit(world.call("deposit"), number, Some(amount)).await;
        assert_eq!(refused(wrong), "STATE_CONFLICT");
        assert!(pay_in(&world, &view, amount).await.is_err());
    }
    let missing = world.app.test_deposit(world.call("deposit"), "00000000000000", None).await;
    assert_eq!(refused(missing), "NOT_FOUND");
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    assert_eq!(status(&shown(world.app.checkout_test_deposit(&door.visit, Language::English).await)), "paid");
    assert_eq!(refused(world.app.checkout_test_deposit(&door.visit, Language::English).await), "STATE_CONFLICT");
    world.is_true().await;
    world.end().await;
}

async fn an_account_whose_time_is_over_is_closed_with_its_order(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    // The order's own quarter of an hour is long over: it waits for the deposit.
    world.later(Span::from_minutes(60 * 24 - 1)).await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    assert_eq!(database.numbers("SELECT reserved FROM product").await, [1]);
    world.later(Span::from_minutes(1)).await;
    let over = world.page(&door).await;
    assert_eq!((status(&over), &over["payment"]["status"]), ("expired", &"expired".into()), "{over}");
    assert_eq!(database.numbers("SELECT reserved FROM product").await, [0]);
    assert!(pay_in(&world, &view, PRICE).await.is_err(), "nobody can pay in any more");
    let payment = payment_of(&over).to_string();
    assert_eq!(world.events(&payment).await, ["payment.created", "payment.waitingForDeposit", "payment.expired"]);
    assert_eq!(world.events(&door.order.to_string()).await, ["order.created", "order.expired"]);
    assert_eq!(world.events(&door.id.to_string()).await, ["checkout.opened", "checkout.expired"]);
    world.is_true().await;
    world.end().await;
}

async fn an_account_is_closed_once_its_acquirer_answers(database: &Database) {
    let mut world = World::start(database).await;
    let (door, _) = issued(&world).await;
    world.acquirer.stop().await;
    world.later(Span::from_hours(24)).await;
    world.app.expire_due().await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    world.acquirer.start_again().await;
    world.app.expire_due().await;
    world.clock.advance(Span::from_minutes(5));
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "expired");

    // What was to close it gets lost.
    let (door, view) = issued(&world).await;
    world.arm(json!({"kind": "dropBefore", "operations": ["netCancel"], "times": 1})).await;
    world.later(Span::from_hours(24)).await;
    assert_eq!(status(&world.page(&door).await), "waitingForDeposit");
    // What comes in now is given back: closing it has been decided.
    pay_in(&world, &view, PRICE).await.unwrap();
    world.clock.advance(Span::from_minutes(5));
    world.app.resolve_due().await;
    assert_eq!(status(&world.page(&door).await), "expired");
    assert_eq!(world.balance("bank").await, 0);
    world.is_true().await;
    world.end().await;
}

async fn deposits_that_race_the_end_count_here_exactly_if_they_count_there(database: &Database) {
    let world = World::start(database).await;
    let mut doors = Vec::new();
    for _ in 0..24 {
        doors.push(issued(&world).await);
    }
    let end = async {
        // What the test clock passes ends with it; two servers look at once.
        let late = world.app.advance_test_clock(world.call("clock"), Span::from_hours(24));
        tokio::join!(late, world.app.expire_due()).0.unwrap();
        tokio::join!(world.app.expire_due(), world.app.resolve_due());
    };
    let deposits = join_all(doors.iter().enumerate().map(|(place, (door, view))| {
        let world = &world;
        async move {
            for _ in 0..place {
                tokio::task::yield_now().await;
            }
            let reference = world.last_attempt(door).await.to_string();
            let paid_in = pay_in(world, view, PRICE).await.is_ok();
            let told = signed(NOTICE_SECRET, world.now(), &notice(&reference));
            world.app.take_notice(told).await.unwrap();
            paid_in
        }
    }));
    let (paid_in, ()) = tokio::join!(deposits, end);
    world.app.expire_due().await;
    world.clock.advance(Span::from_minutes(5));
    world.app.resolve_due().await;
    for (door, _) in &doors {
        let view = world.page(door).await;
        assert!(["paid", "expired"].contains(&status(&view)), "{view}");
    }
    assert!(paid_in.contains(&true), "some were in time");
    world.is_true().await;
    world.end().await;
}

async fn an_account_whose_number_was_never_heard_is_issued_or_undone(database: &Database) {
    let world = World::start(database).await;
    for (kind, ends) in [("dropAfter", "waitingForDeposit"), ("dropBefore", "open")] {
        let door = world.door(None).await;
        world.arm(json!({"kind": kind, "operations": ["purchase"], "times": 1})).await;
        let view = shown(world.press(&door, by_deposit()).await);
        assert_eq!(status(&view), "unknown", "{view}");
        world.resolve().await;
        let view = world.page(&door).await;
        assert_eq!(status(&view), ends, "{view}");
        world.is_true().await;
        if ends == "waitingForDeposit" {
            pay_in(&world, &view, PRICE).await.unwrap();
            world.clock.advance(Span::from_minutes(5));
            world.app.resolve_due().await;
            assert_eq!(status(&world.page(&door).await), "paid");
            world.is_true().await;
        }
    }
    world.end().await;
}

async fn an_account_that_was_paid_into_before_it_was_heard_of_is_captured(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    world.arm(json!({"kind": "dropAfter", "operations": ["purchase"], "times": 1})).await;
    assert_eq!(status(&shown(world.press(&door, by_deposit()).await)), "unknown");
    // Only the acquirer knows the number.
    let reference = world.last_attempt(&door).await.to_string();
    let book = truth::book(&world.acquirer.simulator).await;
    let entry = book.iter().find(|entry| entry.reference == reference).unwrap();
    let number = entry.account.as_ref().unwrap().number.clone();
    let amount = Money::new(PRICE, steelyard_domain::Currency::Krw);
    world.acquirer.simulator.deposit(&number, amount, std::time::Duration::from_secs(30)).await.unwrap();
    world.resolve().await;
    let view = world.page(&door).await;
    assert_eq!(status(&view), "paid", "{view}");
    assert_eq!((world.balance("bank").await, world.balance("virtualAccountClearing").await), (-PRICE, 0));
    world.is_true().await;
    world.end().await;
}

async fn a_deposit_is_given_back_from_the_bank(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = issued(&world).await;
    let early = world.cancel("early", payment_of(&view), None).await;
    assert_eq!((early.status, early.code()), (409, "PAYMENT_IN_PROGRESS"), "{early:?}");
    shown(world.app.checkout_test_deposit(&door.visit, Language::English).await);
    let payment = payment_of(&view);
    let part = world.cancel("part", payment, Some(6_000)).await;
    assert_eq!(part.status, 200, "{part:?}");
    assert_eq!((world.balance("bank").await, world.balance("virtualAccountClearing").await), (6_000 - PRICE, 0));
    world.app.advance_test_clock(world.call("clock"), Span::from_days(1)).await.unwrap();
    let rest = world.cancel("rest", payment, None).await;
    assert_eq!((rest.status, &rest.data()["status"]), (200, &"refunded".into()), "{rest:?}");
    assert_eq!((world.balance("bank").await, world.balance("acquirerReceivable").await), (0, 0));
    world.is_true().await;
    world.end().await;
}

async fn while_an_account_waits_nothing_else_is_charged(database: &Database) {
    let world = World::start(database).await;
    let (door, _) = issued(&world).await;
    for tender in [by_card("4242424242424242"), by_transfer("6789"), by_deposit()] {
        assert_eq!(status(&shown(world.press(&door, tender).await)), "waitingForDeposit");
    }
    let canceled: Result<_, Problem> =
        world.app.cancel_order(world.call("cancel"), door.order, String::from("품절")).await;
    assert_eq!(canceled.unwrap_err().code, Code::PaymentInProgress);
    assert_eq!(world.charges(&door).await, 1);
    world.is_true().await;
    world.end().await;
}
