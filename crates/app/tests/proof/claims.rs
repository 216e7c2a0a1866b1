//! What a browser claims of an order binds nobody: neither the price at which the merchant's server sells, nor the name
//! that it gives its order.

use serde_json::{Value, json};
use steelyard_app::request::{
    Authentication, Buyer, Confirmation, NewCheckout, NewCheckoutOrder, NewLine, NewOrder, PaymentTarget,
};
use steelyard_domain::{
    AttemptId, Currency, OrderId, checkout::Purpose, limits::AUTHENTICATIONS_MAX, order::ORDER_LIFE,
    payment::CaptureMode,
};
use steelyard_testkit::{Database, both_engines};

use crate::{
    checkout_second_door::{claim, confirm, key_of, public_call},
    desk::{Door, PRICE, PUBLIC, by_card, checkout_of, order_of, shown, status},
    world::{Seen, World, card, seen},
};

both_engines!(
    a_server_sells_at_its_own_price_whatever_a_browser_claimed_before,
    an_order_that_is_there_is_paid_as_it_was_made_or_not_at_all,
    what_a_server_made_gives_way_to_nobody,
    a_claim_that_is_being_paid_gives_way_to_nobody,
    a_claim_that_came_to_nothing_keeps_no_name,
    a_claim_in_another_currency_is_not_confirmed,
    a_public_key_takes_no_buyers_place_at_the_bank,
    authenticating_over_and_over_keeps_nobody_from_paying,
);

fn inline(order: NewOrder) -> NewCheckout {
    checkout_of(NewCheckoutOrder::Inline(Box::new(order)))
}

/// With the key that stands in the shop's page.
async fn claimed(world: &World<'_>, name: &str, amount: i64, currency: Currency) -> Seen {
    let key = world.name("claim");
    let new = Authentication {
        merchant_order_id: name.to_owned(),
        order_name: String::from("무엇이든"),
        amount,
        currency,
        card: card("4242424242424242"),
        installment_months: 0,
        buyer: Buyer::default(),
    };
    seen(world.app.authenticate_payment(public_call(world, &key), new).await)
}

async fn order(world: &World<'_>, id: &OrderId) -> Value {
    serde_json::to_value(world.app.order(world.tenant, *id).await.unwrap()).unwrap()
}

async fn order_named(world: &World<'_>, name: &str) -> OrderId {
    let sql = "SELECT id FROM orders WHERE merchant_order_id = $1";
    let reader = world.database.reader().await;
    let found = reader.row(sql, vec![name.to_owned().into()], |row| row.uuid()).await.unwrap();
    OrderId::from_uuid(found.unwrap())
}

async fn a_server_sells_at_its_own_price_whatever_a_browser_claimed_before(database: &Database) {
    let world = World::start(database).await;
    let public =
        |key: &str, name: &str| world.app.create_checkout(public_call(&world, key), claim(name, 1), PUBLIC.to_owned());

    // At the checkout: the claim had a page and a payment of its own.
    let page = world.enter(&seen(public("page", "A-1").await)).await;
    let key = key_of(&shown(world.press(&page, by_card("4242424242424242")).await));
    let opened = world.open_door(inline(order_of(String::from("A-1"), None, PRICE))).await;
    let door = world.enter(&opened).await;
    assert_ne!(door.order, page.order);
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!((status(&view), &view["order"]["amount"]), ("paid", &PRICE.into()), "{view}");
    let gone = order(&world, &page.order).await;
    assert_eq!(
        (&gone["status"], &gone["merchantOrderId"]),
        (&"canceled".into(), &format!("claim-{}", page.order).into())
    );
    assert_eq!(world.events(&page.order.to_string()).await, ["order.created", "order.canceled"]);
    assert_eq!(status(&world.page(&page).await), "canceled");
    let late = confirm(&world, "late", "A-1", &key, 1).await;
    assert!(late.status == 409 || late.status == 410, "{late:?}");

    // By `POST /v1/orders`, and by `POST /v1/payments`.
    assert_eq!(claimed(&world, "A-2", 1, Currency::Krw).await.status, 201);
    let made = world.order("made", "A-2", None).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(claimed(&world, "A-3", 1, Currency::Usd).await.status, 201);
    let paid = world.pay("paid", "A-3", PRICE, CaptureMode::Auto).await;
    assert_eq!(
        (paid.status, &paid.data()["capturedAmount"], &paid.data()["currency"]),
        (201, &PRICE.into(), &"KRW".into())
    );

    // Who claims what the server says all the same is not in the way.
    let same = order_of(String::from("A-4"), None, PRICE);
    let first =
        seen(world.app.create_checkout(public_call(&world, "same"), claim("A-4", PRICE), PUBLIC.to_owned()).await);
    assert_eq!(first.status, 201, "{first:?}");
    let door = world.enter(&world.open_door(inline(same)).await).await;
    assert_eq!(door.order, OrderId::parse(first.data()["orderId"].as_str().unwrap()).unwrap());
    world.is_true().await;
    world.end().await;
}

async fn an_order_that_is_there_is_paid_as_it_was_made_or_not_at_all(database: &Database) {
    let world = World::start(database).await;
    let made = || order_of(String::from("A-1"), None, PRICE);
    let door = world.enter(&world.open_door(inline(made())).await).await;
    let line = |name: &str, quantity: i64, unit_price: i64| NewLine {
        product: None,
        seller: None,
        name: Some(name.to_owned()),
        quantity,
        unit_price: Some(unit_price),
        tax_free: None,
    };
    let name = "한라봉 5kg";
    let tax_free = NewLine { tax_free: Some(true), ..line(name, 1, PRICE) };
    for (other, status, code) in [
        (NewOrder { lines: vec![line(name, 1, PRICE - 1)], ..made() }, 409, "ORDER_EXISTS"),
        (NewOrder { lines: vec![line(name, 2, PRICE)], ..made() }, 409, "ORDER_EXISTS"),
        (NewOrder { lines: vec![line(name, 2, PRICE / 2)], ..made() }, 409, "ORDER_EXISTS"),
        (NewOrder { lines: vec![line("감귤 5kg", 1, PRICE)], ..made() }, 409, "ORDER_EXISTS"),
        (NewOrder { lines: vec![tax_free], ..made() }, 409, "ORDER_EXISTS"),
        (NewOrder { shipping_fee: 3_000, ..made() }, 409, "ORDER_EXISTS"),
        (NewOrder { total: Some(PRICE - 1), lines: vec![line(name, 1, PRICE - 1)], ..made() }, 409, "AMOUNT_MISMATCH"),
        (NewOrder { currency: Currency::Usd, ..made() }, 422, "CURRENCY_MISMATCH"),
    ] {
        let refused = world.open_door(inline(other)).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{refused:?}");
    }
    assert_eq!(status(&world.page(&door).await), "open", "the door that is there stays");
    let again = world.enter(&world.open_door(inline(made())).await).await;
    assert_eq!(again.order, door.order);
    assert_eq!(status(&shown(world.press(&again, by_card("4242424242424242")).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn what_a_server_made_gives_way_to_nobody(database: &Database) {
    let world = World::start(database).await;
    let door = world.enter(&world.open_door(inline(order_of(String::from("A-1"), None, PRICE))).await).await;
    let order = world.order("order", "A-1", None).await;
    assert_eq!((order.status, order.code()), (409, "ORDER_EXISTS"), "{order:?}");
    // A claim that the server's own key brings is the server's: it says so with its order's name and amount.
    let own = NewCheckout { purpose: Purpose::Authenticate, ..claim("A-2", PRICE) };
    assert_eq!(world.open_door(own).await.status, 201);
    let made = world.order("own", "A-2", None).await;
    assert_eq!((made.status, made.code()), (409, "ORDER_EXISTS"), "{made:?}");
    // Nor does one claim take another's place.
    assert_eq!(claimed(&world, "A-3", 2_000, Currency::Krw).await.status, 201);
    let other = claimed(&world, "A-3", 1_000, Currency::Krw).await;
    assert_eq!((other.status, other.code()), (409, "AMOUNT_MISMATCH"), "{other:?}");
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_claim_that_is_being_paid_gives_way_to_nobody(database: &Database) {
    let world = World::start(database).await;
    let known = claimed(&world, "A-1", PRICE, Currency::Krw).await;
    world.arm(json!({"kind": "dropAfter", "operations": ["purchase"], "times": 1})).await;
    let unknown = confirm(&world, "confirm", "A-1", known.data()["paymentKey"].as_str().unwrap(), PRICE).await;
    assert_eq!(unknown.status, 202, "{unknown:?}");
    for _ in 0..2 {
        let made = world.order(&world.name("made"), "A-1", None).await;
        assert_eq!((made.status, made.code()), (409, "ORDER_EXISTS"), "{made:?}");
        let door = world.open_door(inline(order_of(String::from("A-1"), None, 1_000))).await;
        assert_eq!((door.status, door.code()), (409, "ORDER_EXISTS"), "{door:?}");
        // Unknown at first, and paid then.
        world.resolve().await;
    }
    let id = order_named(&world, "A-1").await;
    assert_eq!(order(&world, &id).await["status"], "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_claim_that_came_to_nothing_keeps_no_name(database: &Database) {
    let world = World::start(database).await;
    for name in ["A-1", "A-2", "A-3"] {
        assert_eq!(claimed(&world, name, PRICE, Currency::Krw).await.status, 201);
    }
    let gone = order_named(&world, "A-1").await;
    world.clock.advance(ORDER_LIFE);
    world.app.expire_due().await;
    assert_eq!(order(&world, &gone).await["status"], "expired");
    assert_eq!(world.order("made", "A-1", None).await.status, 201);
    let paid = world.pay("paid", "A-2", PRICE, CaptureMode::Auto).await;
    assert_eq!((paid.status, &paid.data()["capturedAmount"]), (201, &PRICE.into()), "{paid:?}");
    // What the server says may be just what was claimed.
    let door = world.enter(&world.open_door(inline(order_of(String::from("A-3"), None, PRICE))).await).await;
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    assert_eq!(order(&world, &gone).await["merchantOrderId"], format!("claim-{gone}"));
    world.is_true().await;
    world.end().await;
}

async fn a_claim_in_another_currency_is_not_confirmed(database: &Database) {
    let world = World::start(database).await;
    let known = claimed(&world, "A-1", 3_600, Currency::Krw).await;
    let attempt = AttemptId::parse(known.data()["paymentKey"].as_str().unwrap()).unwrap();
    let confirmed = async |key: &str, currency| {
        let new = Confirmation { attempt, merchant_order_id: String::from("A-1"), amount: 3_600, currency };
        seen(world.app.confirm_payment(world.call(key), new).await)
    };
    for currency in [Currency::Usd, Currency::Eur, Currency::Jpy] {
        let wrong = confirmed(&format!("{currency}"), currency).await;
        assert_eq!((wrong.status, wrong.code()), (422, "CURRENCY_MISMATCH"), "{wrong:?}");
    }
    assert_eq!(world.balance("acquirerReceivable").await, 0, "nothing has moved");
    assert_eq!(confirmed("right", Currency::Krw).await.status, 201);
    world.is_true().await;
    world.end().await;
}

async fn at_the_bank(world: &World<'_>) -> (Door, Value) {
    let door = world.enter(&world.open_door(inline(order_of(String::from("A-1"), None, PRICE))).await).await;
    let view = shown(world.press(&door, by_card("4000000000003220")).await);
    assert_eq!(status(&view), "authenticating", "{view}");
    (door, view)
}

async fn a_public_key_takes_no_buyers_place_at_the_bank(database: &Database) {
    let world = World::start(database).await;
    let (door, view) = at_the_bank(&world).await;
    let other = claimed(&world, "A-1", PRICE, Currency::Krw).await;
    assert_eq!((other.status, other.code()), (403, "KEY_NOT_ALLOWED"), "{other:?}");
    world.at_the_bank(&view, "pass").await;
    assert_eq!(status(&shown(world.come_back(&door).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn authenticating_over_and_over_keeps_nobody_from_paying(database: &Database) {
    let world = World::start(database).await;
    assert_eq!(world.order("order", "A-1", None).await.status, 201);
    let mut begun = 0;
    let refused = loop {
        let answer = claimed(&world, "A-1", 1_000, Currency::Krw).await;
        if answer.status != 201 {
            break answer;
        }
        begun += 1;
    };
    assert_eq!((begun, refused.code()), (AUTHENTICATIONS_MAX, "TOO_MANY"), "{refused:?}");
    let target = PaymentTarget::Order(order_named(&world, "A-1").await);
    let paid = world.charge("pay", target, CaptureMode::Auto, card("4242424242424242")).await;
    assert_eq!((paid.status, &paid.data()["status"]), (201, &"captured".into()), "{paid:?}");
    world.is_true().await;
    world.end().await;
}
