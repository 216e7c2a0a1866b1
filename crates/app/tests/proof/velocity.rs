//! Who tries one code or one card after the other is stopped, and nobody else.

use serde_json::Value;
use steelyard_app::{
    Language,
    checkout::{Approval, PayerSource, QrAddress},
    request::NewGiftCards,
};
use steelyard_domain::{
    Currency, Mode, PayerId,
    limits::{BALANCE_MAX, DECLINES_MAX, DECLINES_WITHIN, WRONG_CODES_MAX, WRONG_CODES_WITHIN},
};
use steelyard_testkit::{Database, both_engines};

use crate::{
    desk::{PRICE, confirmed, from_balance, refused, shown, status, token_of},
    payers::{gift, issue},
    top_ups::{by_card, top_up},
    world::{World, card},
};

both_engines!(
    who_types_code_after_code_waits_and_may_scan_all_the_same,
    who_tries_card_after_card_waits_and_pays_from_the_balance_all_the_same,
    no_gift_card_is_issued_that_nobody_could_redeem,
);

async fn typed(world: &World<'_>, payer: PayerId, code: &str) -> &'static str {
    let code = QrAddress::ShortCode(code.to_owned());
    match world.app.scan(payer, Mode::Test, "김*수", &code, Language::English).await {
        Ok(view) => view.status,
        Err(problem) => problem.code.facts().name,
    }
}

async fn who_types_code_after_code_waits_and_may_scan_all_the_same(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    let door = world.door(None).await;
    let view = shown(world.press(&door, steelyard_app::checkout::CheckoutTender::App).await);
    let right = view["qr"]["shortCode"].as_str().unwrap();
    for number in 0..WRONG_CODES_MAX {
        let wrong = format!("{:08}", (right.parse::<u32>().unwrap() + 1 + number) % 100_000_000);
        assert_eq!(typed(&world, payer, &wrong).await, "QR_EXPIRED");
    }
    assert_eq!(typed(&world, payer, right).await, "TOO_MANY", "right or wrong: nothing is told");
    let other = world.payer_with("lee@example.com", 0).await;
    assert_eq!(typed(&world, other, right).await, "review", "nobody else waits");
    world.app.leave(other, door.id).await.unwrap();
    assert_eq!(status(&confirmed(world.scan(payer, &view).await)), "review", "whom a screen shows it guesses nothing");
    world.app.leave(payer, door.id).await.unwrap();
    world.clock.advance(WRONG_CODES_WITHIN);
    let view = shown(world.press(&world.door(None).await, steelyard_app::checkout::CheckoutTender::App).await);
    assert!(!token_address(&view).is_empty());
    assert_eq!(typed(&world, payer, view["qr"]["shortCode"].as_str().unwrap()).await, "review");
    world.is_true().await;
    world.end().await;
}

fn token_address(view: &Value) -> String {
    match token_of(view) {
        QrAddress::Token(token) | QrAddress::ShortCode(token) => token,
    }
}

async fn who_tries_card_after_card_waits_and_pays_from_the_balance_all_the_same(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 50_000).await;
    let declined = "4000000000009995";
    for number in 0..DECLINES_MAX - 1 {
        let view = top_up(&world, payer, &format!("key {number}"), 10_000, by_card(declined)).await.unwrap();
        assert_eq!(view.status, "declined");
    }
    // The last of them at a checkout: they count together.
    let door = world.door(None).await;
    let scanned = world.scanned(payer, &door).await;
    let by = |number: &str| Approval {
        source: PayerSource::Card { card: card(number), installment_months: 0 },
        ..from_balance(&scanned)
    };
    assert_eq!(status(&confirmed(world.approve(payer, &door, by(declined)).await)), "declined");
    assert_eq!(refused(world.approve(payer, &door, by("4242424242424242")).await), "TOO_MANY");
    let topped = top_up(&world, payer, "one more", 10_000, by_card("4242424242424242")).await;
    assert_eq!(refused(topped), "TOO_MANY");
    assert_eq!(status(&confirmed(world.approve(payer, &door, from_balance(&scanned)).await)), "paid");
    assert_eq!(world.balance_of(payer).await, 50_000 - PRICE);
    world.clock.advance(DECLINES_WITHIN);
    let later = top_up(&world, payer, "later", 10_000, by_card("4242424242424242")).await.unwrap();
    assert_eq!(later.status, "done");
    // The acquirer's book is not compared: it is that of two merchants here, the shop and the platform.
    crate::truth::holds(world.database, world.now()).await;
    world.end().await;
}

async fn no_gift_card_is_issued_that_nobody_could_redeem(database: &Database) {
    let world = World::start(database).await;
    for (new, status, code) in [
        (NewGiftCards { currency: Currency::Usd, ..gift(1, 2_000_000) }, 422, "CURRENCY_MISMATCH"),
        (gift(1, BALANCE_MAX + 1), 422, "BALANCE_LIMIT"),
    ] {
        let seen = issue(&world.till, "refused", new).await;
        assert_eq!((seen.status, seen.code()), (status, code), "{seen:?}");
    }
    assert_eq!(issue(&world.till, "most", gift(1, BALANCE_MAX)).await.status, 201);
    world.is_true().await;
    world.end().await;
}
