//! The second door: a browser's session authenticates, and nothing moves until the merchant's server confirms.

use std::sync::Arc;

use steelyard_app::{
    Language,
    request::{Call, Confirmation, NewCheckout, NewCheckoutOrder, NewCheckoutSettings},
};
use steelyard_domain::{
    ApiKeyId, AttemptId, Currency, Mode, Span, Tenant,
    checkout::{CheckoutMethod, Purpose},
    merchant::{ApiKey, KeyKind},
};
use steelyard_testkit::{Database, both_engines};
use uuid::Uuid;

use crate::{
    desk::{Door, PRICE, PUBLIC, by_card, by_deposit, by_transfer, checkout_of, order_of, refused, shown, status},
    world::{Seen, World, seen},
};

both_engines!(
    a_session_of_a_browser_authenticates_and_the_server_confirms,
    a_challenge_of_the_second_door_is_passed_or_failed,
    a_confirmation_in_another_amount_moves_nothing,
    an_authentication_that_nobody_confirms_is_over_after_ten_minutes,
    a_browser_that_claims_another_amount_gets_no_door,
    a_public_key_shuts_no_page_that_a_server_opened,
    a_public_key_leads_live_buyers_to_registered_pages_alone,
    only_a_card_is_authenticated,
);

pub fn claim(name: &str, amount: i64) -> NewCheckout {
    let mut order = order_of(name.to_owned(), None, amount);
    order.total = Some(amount);
    NewCheckout {
        purpose: Purpose::Authenticate,
        methods: vec![CheckoutMethod::Card],
        ..checkout_of(NewCheckoutOrder::Inline(Box::new(order)))
    }
}

async fn second_door(world: &World<'_>, name: &str) -> Door {
    let opened = world.open_door(claim(name, PRICE)).await;
    assert_eq!(opened.data()["purpose"], "authenticate", "{opened:?}");
    world.enter(&opened).await
}

pub async fn confirm(world: &World<'_>, key: &str, name: &str, payment_key: &str, amount: i64) -> Seen {
    let attempt = AttemptId::parse(payment_key).unwrap();
    let new = Confirmation { attempt, merchant_order_id: name.to_owned(), amount, currency: Currency::Krw };
    seen(world.app.confirm_payment(world.call(key), new).await)
}

/// A call with a key that anybody can read off the shop's page.
pub fn public_call(world: &World<'_>, key: &str) -> Call {
    let public = ApiKey {
        id: ApiKeyId::from_uuid(Uuid::nil()),
        tenant: world.tenant,
        kind: KeyKind::Publishable,
        scopes: Vec::new(),
        hash: Vec::new(),
        hint: String::new(),
        api_version: String::new(),
        rate_limit: None,
        created_at: world.now(),
        expires_at: None,
        revoked_at: None,
        rotated_to: None,
    };
    Call { key: Some(Arc::new(public)), ..world.call(key) }
}

pub fn key_of(view: &serde_json::Value) -> String {
    view["paymentKey"].as_str().unwrap_or_else(|| panic!("{view}")).to_owned()
}

async fn a_session_of_a_browser_authenticates_and_the_server_confirms(database: &Database) {
    let world = World::start(database).await;
    let door = second_door(&world, "A-1").await;
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!(status(&view), "authenticated", "{view}");
    let key = key_of(&view);
    let url = view["resultUrl"].as_str().unwrap();
    assert!(url.starts_with(&format!("https://shop.example/done?payment_key={key}&order_id=A-1&signature=")), "{url}");
    assert_eq!((world.charges(&door).await, world.balance("acquirerReceivable").await), (0, 0), "nothing has moved");
    let paid = confirm(&world, "confirm", "A-1", &key, PRICE).await;
    assert_eq!((paid.status, &paid.data()["status"]), (201, &"captured".into()), "{paid:?}");
    let again = confirm(&world, "confirm", "A-1", &key, PRICE).await;
    assert_eq!((again.replayed, again.data()), (true, paid.data()));
    let twice = confirm(&world, "another", "A-1", &key, PRICE).await;
    assert_eq!((twice.status, twice.code()), (409, "ALREADY_PAID"), "{twice:?}");
    assert_eq!(status(&world.page(&door).await), "paid");
    assert_eq!(world.events(&door.id.to_string()).await, ["checkout.opened", "checkout.completed"]);
    world.is_true().await;
    world.end().await;
}

async fn a_challenge_of_the_second_door_is_passed_or_failed(database: &Database) {
    let world = World::start(database).await;
    let door = second_door(&world, "A-1").await;
    let view = shown(world.press(&door, by_card("4000000000003220")).await);
    assert_eq!(status(&view), "authenticating", "{view}");
    world.at_the_bank(&view, "pass").await;
    let back = shown(world.come_back(&door).await);
    assert_eq!((status(&back), world.charges(&door).await), ("authenticated", 0), "{back}");
    assert!(back["version"].as_i64().unwrap() > view["version"].as_i64().unwrap(), "the page is told");
    let paid = confirm(&world, "confirm", "A-1", &key_of(&back), PRICE).await;
    assert_eq!(paid.status, 201, "{paid:?}");
    world.is_true().await;

    let door = second_door(&world, "A-2").await;
    let view = shown(world.press(&door, by_card("4000000000003220")).await);
    world.at_the_bank(&view, "fail").await;
    // Whether they passed, the acquirer says when it is charged.
    let back = shown(world.come_back(&door).await);
    let declined = confirm(&world, "declined", "A-2", &key_of(&back), PRICE).await;
    assert_eq!((declined.status, &declined.body["error"]["declineCode"]), (402, &"AUTHENTICATION_FAILED".into()));
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!(confirm(&world, "other card", "A-2", &key_of(&view), PRICE).await.status, 201);
    world.is_true().await;
    world.end().await;
}

async fn a_confirmation_in_another_amount_moves_nothing(database: &Database) {
    let world = World::start(database).await;
    let door = second_door(&world, "A-1").await;
    let key = key_of(&shown(world.press(&door, by_card("4242424242424242")).await));
    for amount in [PRICE - 1, PRICE + 1, 1] {
        let wrong = confirm(&world, &world.name("wrong"), "A-1", &key, amount).await;
        assert_eq!((wrong.status, wrong.code()), (409, "AMOUNT_MISMATCH"), "{wrong:?}");
    }
    let other = confirm(&world, "other order", "A-2", &key, PRICE).await;
    assert_eq!((other.status, other.code()), (409, "STATE_CONFLICT"), "{other:?}");
    assert_eq!(world.charges(&door).await, 0);
    assert_eq!(confirm(&world, "right", "A-1", &key, PRICE).await.status, 201);
    world.is_true().await;
    world.end().await;
}

async fn an_authentication_that_nobody_confirms_is_over_after_ten_minutes(database: &Database) {
    let world = World::start(database).await;
    let door = second_door(&world, "A-1").await;
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    world.clock.advance(Span::from_minutes(10));
    let late = confirm(&world, "late", "A-1", &key_of(&view), PRICE).await;
    assert_eq!((late.status, late.code()), (410, "AUTHENTICATION_EXPIRED"), "{late:?}");
    world.app.resolve_due().await;
    let after = world.page(&door).await;
    assert_eq!((status(&after), &after["paymentKey"]), ("open", &serde_json::Value::Null), "{after}");
    let view = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!(confirm(&world, "in time", "A-1", &key_of(&view), PRICE).await.status, 201);
    world.is_true().await;
    world.end().await;
}

async fn a_browser_that_claims_another_amount_gets_no_door(database: &Database) {
    let world = World::start(database).await;
    let door = second_door(&world, "A-1").await;
    let other = world.open_door(claim("A-1", PRICE - 1)).await;
    assert_eq!((other.status, other.code()), (409, "AMOUNT_MISMATCH"), "{other:?}");
    assert_eq!(status(&world.page(&door).await), "open", "the door that is there stays");
    world.is_true().await;
    world.end().await;
}

async fn only_a_card_is_authenticated(database: &Database) {
    let world = World::start(database).await;
    let door = second_door(&world, "A-1").await;
    for tender in [steelyard_app::checkout::CheckoutTender::App, by_transfer("1111"), by_deposit()] {
        assert_eq!(refused(world.press(&door, tender).await), "METHOD_NOT_AVAILABLE");
    }
    assert_eq!(refused(world.app.checkout_test_deposit(&door.visit, Language::English).await), "STATE_CONFLICT");
    assert_eq!(world.charges(&door).await, 0);
    world.is_true().await;
    world.end().await;
}

async fn a_public_key_shuts_no_page_that_a_server_opened(database: &Database) {
    let world = World::start(database).await;
    let order = order_of(String::from("A-1"), None, PRICE);
    let opened = world.open_door(checkout_of(NewCheckoutOrder::Inline(Box::new(order)))).await;
    let door = world.enter(&opened).await;
    let public =
        seen(world.app.create_checkout(public_call(&world, "door"), claim("A-1", PRICE), PUBLIC.to_owned()).await);
    assert_eq!((public.status, public.code()), (403, "KEY_NOT_ALLOWED"), "{public:?}");
    assert_eq!(status(&shown(world.press(&door, by_card("4242424242424242")).await)), "paid");
    // Its own page it opens anew, as often as its buyer comes.
    for key in ["own", "own again"] {
        let own =
            seen(world.app.create_checkout(public_call(&world, key), claim("A-2", PRICE), PUBLIC.to_owned()).await);
        assert_eq!(own.status, 201, "{own:?}");
    }
    world.is_true().await;
    world.end().await;
}

async fn a_public_key_leads_live_buyers_to_registered_pages_alone(database: &Database) {
    let world = World::start(database).await;
    let live = |key: &str| {
        let call = public_call(&world, key);
        Call { tenant: Tenant { mode: Mode::Live, ..call.tenant }, ..call }
    };
    let elsewhere =
        || NewCheckout { success_url: Some(String::from("https://evil.example/a?b")), ..claim("A-1", PRICE) };
    let refused = seen(world.app.create_checkout(live("a"), elsewhere(), PUBLIC.to_owned()).await);
    assert_eq!((refused.status, refused.code()), (403, "ORIGIN_NOT_ALLOWED"), "{refused:?}");
    let origins = vec![String::from("https://evil.example"), String::from("https://shop.example")];
    let settings = NewCheckoutSettings { origins, match_from: None };
    assert_eq!(seen(world.app.change_checkout_settings(live("settings"), settings).await).status, 200);
    let opened = seen(world.app.create_checkout(live("b"), elsewhere(), PUBLIC.to_owned()).await);
    assert_eq!(opened.status, 201, "{opened:?}");
    world.end().await;
}
