//! A buyer before the checkout page: cards with and without their bank, and doors that open and shut.

use futures_util::future::join_all;
use steelyard_app::{
    Language,
    checkout::CheckoutTender,
    request::{NewCheckoutOrder, NewCheckoutSettings, NewOrder},
};
use steelyard_domain::{Currency, Span, limits::INSTALLMENT_AMOUNT_MIN, order::EXTENSIONS_MAX, payment::CaptureMode};
use steelyard_testkit::{Database, both_engines};

use crate::{
    desk::{
        Door, PRICE, PUBLIC, by_card, by_deposit, by_transfer, checkout_of, from_balance, order_of, payment_of,
        refused, shown, status,
    },
    world::{World, card, seen},
};
use steelyard_app::request::PaymentTarget;

both_engines!(
    a_card_is_paid_on_the_page_without_its_bank,
    a_card_is_paid_after_its_bank_asked_the_buyer,
    who_fails_at_the_bank_pays_with_another_card,
    who_leaves_the_bank_pays_with_another_card,
    a_declined_card_leaves_the_page_open,
    a_page_pressed_many_times_charges_once,
    a_page_and_a_server_at_once_charge_once,
    an_acquirer_that_says_nothing_is_waited_for_on_the_page,
    a_session_is_extended_six_times_through_however_many_doors,
    an_expired_session_refuses_every_way_to_pay,
    a_session_closed_by_its_merchant_refuses_every_way_to_pay,
    who_is_at_the_bank_when_the_door_is_shut_is_not_charged,
    a_new_session_closes_the_old_one,
    a_method_that_is_not_offered_is_refused,
    instalments_are_offered_where_they_are_taken,
    a_paid_order_gets_no_new_door,
    the_page_ends_with_its_order,
    the_page_ends_with_a_payment_that_its_merchant_gives_up,
    the_page_ends_with_an_authorization_that_is_released,
    what_opens_a_session_is_told_again_and_not_kept,
);

const CHALLENGED: &str = "4000000000003220";

async fn a_card_is_paid_on_the_page_without_its_bank(database: &Database) {
    let world = World::start(database).await;
    let product = world.product_at(PRICE, 3).await;
    let door = world.door(Some(product)).await;
    assert_eq!(status(&world.page(&door).await), "open");
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!(status(&view), "paid", "{view}");
    let url = view["resultUrl"].as_str().unwrap();
    assert!(url.starts_with("https://shop.example/done?payment_id=pay_") && url.contains("&signature="), "{url}");
    assert_eq!(world.status(payment_of(&view)).await, "captured");
    let events = world.events(&door.id.to_string()).await;
    assert_eq!(events, ["checkout.opened", "checkout.completed"]);
    assert_eq!(database.numbers("SELECT on_hand FROM product").await, [2]);
    // Whoever presses again sees that it is paid.
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    assert_eq!(world.charges(&door).await, 1);
    world.is_true().await;
    world.end().await;
}

async fn a_card_is_paid_after_its_bank_asked_the_buyer(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    let before = world.page(&door).await["version"].as_i64().unwrap();
    let view = shown(world.press(&door, by_card(CHALLENGED)).await);
    assert_eq!(status(&view), "authenticating", "{view}");
    assert!(view["version"].as_i64().unwrap() > before);
    world.at_the_bank(&view, "pass").await;
    let view = shown(world.come_back(&door).await);
    assert_eq!(status(&view), "paid", "{view}");
    // Whoever comes back once more is charged no second time.
    assert_eq!(status(&shown(world.come_back(&door).await)), "paid");
    assert_eq!(world.charges(&door).await, 1);
    world.is_true().await;
    world.end().await;
}

async fn who_fails_at_the_bank_pays_with_another_card(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    let view = shown(world.press(&door, by_card(CHALLENGED)).await);
    world.at_the_bank(&view, "fail").await;
    let view = shown(world.come_back(&door).await);
    assert_eq!((status(&view), &view["failure"]["moneyMoved"]), ("open", &"no".into()), "{view}");
    assert_eq!(view["failure"]["declineCode"], "AUTHENTICATION_FAILED");
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!((status(&view), &view["failure"]), ("paid", &serde_json::Value::Null), "{view}");
    world.is_true().await;
    world.end().await;
}

async fn who_leaves_the_bank_pays_with_another_card(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    let view = shown(world.press(&door, by_card(CHALLENGED)).await);
    assert_eq!(status(&view), "authenticating");
    let left = world.last_attempt(&door).await;
    // They come back without having done anything there.
    let view = shown(world.come_back(&door).await);
    assert_eq!((status(&view), &view["failure"]["declineCode"]), ("open", &"AUTHENTICATION_REQUIRED".into()), "{view}");
    let again = shown(world.press(&door, by_card(CHALLENGED)).await);
    assert_eq!(status(&again), "authenticating");
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!(status(&view), "paid", "{view}");
    // What they left is over: passing it now moves nothing.
    world.at_the_bank(&again, "pass").await;
    let call = crate::desk::browser();
    assert_eq!(status(&shown(world.app.checkout_return(&door.visit, left, call).await)), "paid");
    assert_eq!(world.charges(&door).await, 1);
    world.is_true().await;

    // Nobody comes back at all: after ten minutes it is let go of.
    let door = world.door(None).await;
    shown(world.press(&door, by_card(CHALLENGED)).await);
    let version = world.page(&door).await["version"].as_i64().unwrap();
    world.clock.advance(Span::from_minutes(10));
    world.app.resolve_due().await;
    let view = world.page(&door).await;
    assert_eq!(status(&view), "open", "{view}");
    assert!(view["version"].as_i64().unwrap() > version, "the page is told");
    world.is_true().await;
    world.end().await;
}

async fn a_declined_card_leaves_the_page_open(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    for (number, code) in [
        ("4000000000000002", "GENERIC_DECLINE"),
        ("4000000000009995", "INSUFFICIENT_LIMIT"),
        ("4000000000000069", "EXPIRED_CARD"),
    ] {
        let view = shown(world.press(&door, by_card(number)).await);
        assert_eq!((status(&view), &view["failure"]["declineCode"]), ("open", &code.into()), "{view}");
        assert_eq!((&view["failure"]["retryable"], &view["resultUrl"]), (&true.into(), &serde_json::Value::Null));
    }
    assert_eq!(status(&shown(world.press(&door, by_transfer("1111")).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_page_pressed_many_times_charges_once(database: &Database) {
    let world = World::start(database).await;
    for (tender, times) in
        [(by_card("4242424242424242"), 2), (by_card("4242424242424242"), 30), (by_transfer("1111"), 30)]
    {
        let door = world.door(None).await;
        let presses = join_all((0..times).map(|_| world.press(&door, tender.clone()))).await;
        for view in presses {
            let view = shown(view);
            assert!(["paid", "processing"].contains(&status(&view)), "{view}");
        }
        assert_eq!(status(&world.page(&door).await), "paid");
        assert_eq!(world.charges(&door).await, 1);
    }
    world.is_true().await;
    world.end().await;
}

async fn a_page_and_a_server_at_once_charge_once(database: &Database) {
    let world = World::start(database).await;
    for _ in 0..5 {
        let door = world.door(None).await;
        let key = world.name("key");
        let by_server =
            world.charge(&key, PaymentTarget::Order(door.order), CaptureMode::Auto, card("4242424242424242"));
        let (pressed, paid) = tokio::join!(world.press(&door, by_card("4242424242424242")), by_server);
        let pressed = shown(pressed);
        assert!(["paid", "processing"].contains(&status(&pressed)), "{pressed}");
        assert!(matches!(paid.status, 201 | 409), "{paid:?}");
        assert_eq!((status(&world.page(&door).await), world.charges(&door).await), ("paid", 1));
    }
    world.is_true().await;
    world.end().await;
}

async fn an_acquirer_that_says_nothing_is_waited_for_on_the_page(database: &Database) {
    let world = World::start(database).await;
    for (kind, ends) in [("dropAfter", "paid"), ("dropBefore", "open")] {
        let door = world.door(None).await;
        world.arm(serde_json::json!({"kind": kind, "operations": ["purchase"], "times": 1})).await;
        let view = shown(world.press(&door, by_card("4242424242424242")).await);
        assert_eq!((status(&view), &view["failure"]), ("unknown", &serde_json::Value::Null), "{view}");
        assert!(view["payment"]["unknown"]["nextCheckAt"].is_string(), "{view}");
        // Nothing can be pressed that would charge twice.
        for tender in [by_card("4242424242424242"), by_transfer("1111"), by_deposit()] {
            assert_eq!(status(&shown(world.press(&door, tender).await)), "unknown");
        }
        world.resolve().await;
        let view = world.page(&door).await;
        assert_eq!(status(&view), ends, "{view}");
        if ends == "open" {
            assert_eq!(view["failure"]["code"], "NET_CANCELED", "{view}");
            assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
        }
        world.is_true().await;
    }
    world.end().await;
}

async fn a_session_is_extended_six_times_through_however_many_doors(database: &Database) {
    let world = World::start(database).await;
    let mut door = world.door(None).await;
    let ends = database.numbers("SELECT expires_at FROM orders").await[0];
    for left in (0..EXTENSIONS_MAX).rev() {
        let view = shown(world.app.checkout_extend(&door.visit, Language::English).await);
        assert_eq!(view["extensionsLeft"], left, "{view}");
        if left == 3 {
            let opened = world.open_door(checkout_of(NewCheckoutOrder::Known(door.order))).await;
            door = world.enter(&opened).await;
        }
    }
    assert_eq!(refused(world.app.checkout_extend(&door.visit, Language::English).await), "TOO_MANY");
    let last = database.numbers("SELECT expires_at FROM orders").await[0];
    assert_eq!(last - ends, Span::from_minutes(60).micros());
    // Longer than an order lives by itself, and not over.
    world.later(Span::from_minutes(74)).await;
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    world.is_true().await;
    world.end().await;
}

/// Nothing behind this door can be paid any more, and nothing was.
async fn refuses_every_way(world: &World<'_>, door: &Door, code: &str) {
    let tenders =
        [CheckoutTender::App, by_card("4242424242424242"), by_card(CHALLENGED), by_transfer("1111"), by_deposit()];
    for tender in tenders {
        assert_eq!(refused(world.press(door, tender.clone()).await), code, "{tender:?}");
    }
    assert_eq!(refused(world.app.checkout_extend(&door.visit, Language::English).await), code);
    assert_eq!(status(&world.page(door).await), "expired");
    assert_eq!(world.charges(door).await, 0);
}

async fn an_expired_session_refuses_every_way_to_pay(database: &Database) {
    let world = World::start(database).await;
    let product = world.product_at(PRICE, 1).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(Some(product)).await;
    let view = world.scanned(payer, &door).await;
    assert_eq!(database.numbers("SELECT reserved FROM product").await, [1]);
    // Over, though nobody has said so yet.
    world.clock.advance(Span::from_minutes(15));
    refuses_every_way(&world, &door, "CHECKOUT_EXPIRED").await;
    assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "CHECKOUT_EXPIRED");
    world.app.expire_due().await;
    refuses_every_way(&world, &door, "CHECKOUT_EXPIRED").await;
    assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "CHECKOUT_EXPIRED");
    assert_eq!(database.numbers("SELECT reserved FROM product").await, [0]);
    assert_eq!(world.balance_of(payer).await, PRICE);
    let url = world.page(&door).await["resultUrl"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://shop.example/cart?code=SESSION_EXPIRED&order_id="), "{url}");
    world.is_true().await;
    world.end().await;
}

async fn a_session_closed_by_its_merchant_refuses_every_way_to_pay(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let closed = seen(world.app.expire_checkout(world.call("close"), door.id).await);
    assert_eq!((closed.status, &closed.data()["status"]), (200, &"expired".into()), "{closed:?}");
    let again = seen(world.app.expire_checkout(world.call("close"), door.id).await);
    assert_eq!((again.replayed, again.data()), (true, closed.data()));
    let twice = seen(world.app.expire_checkout(world.call("close again"), door.id).await);
    assert_eq!((twice.status, twice.code()), (410, "CHECKOUT_EXPIRED"));
    refuses_every_way(&world, &door, "CHECKOUT_EXPIRED").await;
    assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "CHECKOUT_EXPIRED");
    // The order is open still, and can be paid by a new door.
    let opened = world.open_door(checkout_of(NewCheckoutOrder::Known(door.order))).await;
    let door = world.enter(&opened).await;
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn who_is_at_the_bank_when_the_door_is_shut_is_not_charged(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    let view = shown(world.press(&door, by_card(CHALLENGED)).await);
    seen(world.app.expire_checkout(world.call("close"), door.id).await);
    world.at_the_bank(&view, "pass").await;
    assert_eq!(status(&shown(world.come_back(&door).await)), "expired");
    assert_eq!(world.charges(&door).await, 0);
    world.clock.advance(Span::from_minutes(10));
    world.app.resolve_due().await;
    world.is_true().await;
    world.end().await;
}

async fn a_new_session_closes_the_old_one(database: &Database) {
    let world = World::start(database).await;
    let old = world.door(None).await;
    let view = shown(world.press(&old, by_card(CHALLENGED)).await);
    let opened = world.open_door(checkout_of(NewCheckoutOrder::Known(old.order))).await;
    let new = world.enter(&opened).await;
    refuses_every_way(&world, &old, "CHECKOUT_EXPIRED").await;
    assert_eq!(world.events(&old.id.to_string()).await, ["checkout.opened", "checkout.expired"]);
    world.at_the_bank(&view, "pass").await;
    assert_eq!(status(&shown(world.come_back(&old).await)), "expired");
    assert_eq!(status(&shown(world.press(&new, by_card("4242424242424242")).await)), "paid");
    assert_eq!(world.charges(&new).await, 1);
    // What was paid by the new one is paid for whoever looks in at the old.
    assert_eq!(status(&world.page(&old).await), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_method_that_is_not_offered_is_refused(database: &Database) {
    let world = World::start(database).await;
    let order = NewCheckoutOrder::Inline(Box::new(order_of(world.name("order"), None, PRICE)));
    let mut new = checkout_of(order);
    new.methods = vec![steelyard_domain::checkout::CheckoutMethod::Card];
    let opened = world.open_door(new).await;
    let door = world.enter(&opened).await;
    for tender in [CheckoutTender::App, by_transfer("1111"), by_deposit()] {
        assert_eq!(refused(world.press(&door, tender).await), "METHOD_NOT_AVAILABLE");
    }
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_paid_order_gets_no_new_door(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    shown(world.press(&door, by_card("4242424242424242")).await);
    let again = world.open_door(checkout_of(NewCheckoutOrder::Known(door.order))).await;
    assert_eq!((again.status, again.code()), (409, "ALREADY_PAID"), "{again:?}");
    let closed = seen(world.app.expire_checkout(world.call("close"), door.id).await);
    assert_eq!((closed.status, closed.code()), (409, "ALREADY_PAID"), "{closed:?}");
    world.is_true().await;
    world.end().await;
}

async fn the_page_ends_with_its_order(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    let canceled = seen(world.app.cancel_order(world.call("cancel"), door.order, String::from("품절")).await);
    assert_eq!(canceled.status, 200, "{canceled:?}");
    assert_eq!(status(&world.page(&door).await), "canceled");
    assert_eq!(refused(world.press(&door, by_card("4242424242424242")).await), "CHECKOUT_EXPIRED");
    world.is_true().await;
    world.end().await;
}

async fn the_page_ends_with_a_payment_that_its_merchant_gives_up(database: &Database) {
    let world = World::start(database).await;
    for how in ["fail", "cancel"] {
        let door = world.door(None).await;
        let declined = shown(world.press(&door, by_card("4000000000000002")).await);
        let payment = payment_of(&declined);
        let given_up = match how {
            "fail" => seen(world.app.fail_payment(world.call(how), payment).await),
            _ => world.cancel(how, payment, None).await,
        };
        assert_eq!(given_up.status, 200, "{given_up:?}");
        let view = world.page(&door).await;
        assert_eq!(status(&view), "canceled", "{how}: {view}");
        assert!(view["resultUrl"].as_str().unwrap().contains("code=ORDER_CANCELED"), "{view}");
        assert_eq!(world.events(&door.id.to_string()).await, ["checkout.opened", "checkout.expired"]);
        assert_eq!(refused(world.press(&door, by_card("4242424242424242")).await), "CHECKOUT_EXPIRED");
        let again = world.open_door(checkout_of(NewCheckoutOrder::Known(door.order))).await;
        assert_eq!((again.status, again.code()), (409, "STATE_CONFLICT"), "{again:?}");
        assert_eq!(world.charges(&door).await, 0);
    }
    world.is_true().await;
    world.end().await;
}

async fn the_page_ends_with_an_authorization_that_is_released(database: &Database) {
    let world = World::start(database).await;
    let door = world.door(None).await;
    let target = PaymentTarget::Order(door.order);
    let held = world.charge("hold", target, CaptureMode::Manual, card("4242424242424242")).await;
    assert_eq!(held.data()["status"], "authorized", "{held:?}");
    let released = world.cancel("release", held.payment(), None).await;
    assert_eq!((released.status, &released.data()["status"]), (200, &"canceled".into()), "{released:?}");
    assert_eq!(status(&world.page(&door).await), "canceled");
    assert_eq!(world.events(&door.id.to_string()).await, ["checkout.opened", "checkout.expired"]);
    assert_eq!(refused(world.press(&door, by_card("4242424242424242")).await), "CHECKOUT_EXPIRED");
    world.is_true().await;
    world.end().await;
}

async fn what_opens_a_session_is_told_again_and_not_kept(database: &Database) {
    let world = World::start(database).await;
    let new = || checkout_of(NewCheckoutOrder::Inline(Box::new(order_of(String::from("A-1"), None, PRICE))));
    let open = || async { seen(world.app.create_checkout(world.call("open"), new(), PUBLIC.to_owned()).await) };
    let (first, again) = (open().await, open().await);
    assert_eq!((first.replayed, again.replayed, first.data()), (false, true, again.data()));
    assert_eq!(status(&world.page(&world.enter(&again).await).await), "open");
    let settings = || NewCheckoutSettings { origins: Vec::new(), match_from: None };
    let change = || async { seen(world.app.change_checkout_settings(world.call("set"), settings()).await) };
    let (first, again) = (change().await, change().await);
    assert_eq!((first.replayed, again.replayed, first.data()), (false, true, again.data()));
    assert!(again.data()["returnSecret"].as_str().unwrap().starts_with("rsec_"), "{again:?}");
    let kept = "SELECT COUNT(*) FROM answer";
    let opening =
        "SELECT COUNT(*) FROM answer WHERE body LIKE '%\\_secret\\_%' ESCAPE '\\' OR body LIKE '%rsec\\_%' ESCAPE '\\'";
    assert_eq!((database.numbers(kept).await, database.numbers(opening).await), (vec![2], vec![0]));
    world.end().await;
}

async fn instalments_are_offered_where_they_are_taken(database: &Database) {
    let world = World::start(database).await;
    for (currency, amount, offered) in [
        (Currency::Krw, INSTALLMENT_AMOUNT_MIN, true),
        (Currency::Krw, INSTALLMENT_AMOUNT_MIN - 1, false),
        (Currency::Usd, INSTALLMENT_AMOUNT_MIN, false),
    ] {
        let order = NewOrder { currency, ..order_of(world.name("order"), None, amount) };
        let door = world.enter(&world.open_door(checkout_of(NewCheckoutOrder::Inline(Box::new(order)))).await).await;
        let months = world.page(&door).await["installments"].as_array().unwrap().len();
        assert_eq!(months > 1, offered, "{amount} {currency}");
        let card = CheckoutTender::Card { card: card("4242424242424242"), installment_months: 3 };
        let pressed = world.press(&door, card).await;
        assert_eq!(pressed.is_ok(), offered, "{pressed:?}");
    }
    world.is_true().await;
    world.end().await;
}
