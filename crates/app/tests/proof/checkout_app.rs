//! Payers with the app: what they scan, what they approve, and that nobody pays twice or for another.

use futures_util::future::join_all;
use steelyard_app::{
    Language,
    checkout::{Approval, CheckoutTender, PayerSource, QrAddress},
    request::NewCheckoutSettings,
};
use steelyard_domain::{Mode, Span};
use steelyard_testkit::{Database, both_engines};

use crate::{
    desk::{PRICE, by_card, confirmed, from_balance, payment_of, refused, shown, status, token_of},
    world::{World, card, seen},
};

both_engines!(
    a_payer_scans_and_pays_from_the_balance,
    a_payer_scans_and_pays_by_card,
    a_declined_card_of_a_payer_can_be_followed_by_another,
    a_balance_that_is_too_low_leaves_everything_as_it_was,
    of_two_payers_who_scan_one_code_one_has_it,
    of_many_payers_who_scan_at_once_one_has_it,
    a_code_that_was_renewed_leads_nowhere,
    the_wrong_number_spends_the_code,
    below_its_threshold_no_number_is_asked_for,
    an_amount_that_differs_from_what_was_shown_is_refused,
    a_payer_who_says_nothing_for_a_minute_lets_go_of_the_code,
    a_payer_who_leaves_lets_others_scan,
    who_pays_on_the_page_while_a_payer_looks_is_the_one_who_pays,
    fifty_approvals_at_once_are_one_charge,
    approvals_by_balance_and_by_card_at_once_are_one_charge,
    of_eight_payments_from_a_balance_for_one_exactly_one_takes_place,
    what_was_paid_from_a_balance_goes_back_to_it,
    a_payer_of_another_mode_and_a_stranger_see_nothing,
);

fn by_card_of_payer(view: &serde_json::Value, number: &str) -> Approval {
    let source = PayerSource::Card { card: card(number), installment_months: 0 };
    Approval { source, ..from_balance(view) }
}

async fn a_payer_scans_and_pays_from_the_balance(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE + 1_000).await;
    let product = world.product_at(PRICE, 1).await;
    let door = world.door(Some(product)).await;
    let view = shown(world.press(&door, CheckoutTender::App).await);
    assert_eq!((&view["qr"]["state"], &view["qr"]["payer"]), (&"waiting".into(), &serde_json::Value::Null), "{view}");
    let review = confirmed(world.scan(payer, &view).await);
    assert_eq!((status(&review), &review["amount"]), ("review", &PRICE.into()), "{review}");
    assert_eq!(review["balance"]["amount"], PRICE + 1_000);
    let offered = review["match"].as_array().unwrap();
    assert!(offered.len() == 3 && offered.contains(&view["qr"]["match"]), "{review}");
    let page = world.page(&door).await;
    assert_eq!((&page["qr"]["state"], &page["qr"]["payer"]), (&"scanned".into(), &"김*수".into()), "{page}");
    let paid = confirmed(world.approve(payer, &door, from_balance(&view)).await);
    assert_eq!(status(&paid), "paid", "{paid}");
    assert_eq!((&paid["payment"]["method"], &paid["balance"]["amount"]), (&"wallet".into(), &1_000.into()), "{paid}");
    assert_eq!(status(&world.page(&door).await), "paid");
    let events = world.events(&door.id.to_string()).await;
    assert_eq!(events, ["checkout.opened", "checkout.scanned", "checkout.completed"]);
    assert_eq!((world.balance("payerBalance").await, world.balance("acquirerReceivable").await), (1_000, 0));
    assert_eq!(status(&confirmed(world.approve(payer, &door, from_balance(&view)).await)), "paid");
    assert_eq!((world.charges(&door).await, world.balance_of(payer).await), (1, 1_000));
    world.is_true().await;
    world.end().await;
}

async fn a_payer_scans_and_pays_by_card(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 0).await;
    let door = world.door(None).await;
    let view = shown(world.press(&door, CheckoutTender::App).await);
    // By the digits, for who cannot scan.
    let digits = QrAddress::ShortCode(view["qr"]["shortCode"].as_str().unwrap().to_owned());
    let review = confirmed(world.app.scan(payer, Mode::Test, "김*수", &digits, Language::English).await);
    assert_eq!(status(&review), "review");
    let paid = confirmed(world.approve(payer, &door, by_card_of_payer(&view, "4242424242424242")).await);
    assert_eq!((status(&paid), &paid["payment"]["card"]["last4"]), ("paid", &"4242".into()), "{paid}");
    assert_eq!(status(&world.page(&door).await), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_declined_card_of_a_payer_can_be_followed_by_another(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let declined = confirmed(world.approve(payer, &door, by_card_of_payer(&view, "4000000000009995")).await);
    assert_eq!((status(&declined), &declined["failure"]["moneyMoved"]), ("declined", &"no".into()), "{declined}");
    let paid = confirmed(world.approve(payer, &door, from_balance(&view)).await);
    assert_eq!((status(&paid), &paid["payment"]["method"]), ("paid", &"wallet".into()), "{paid}");
    // One whose answer is lost is unknown, and resolved.
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let unknown = confirmed(world.approve(payer, &door, by_card_of_payer(&view, "4000000000005134")).await);
    assert_eq!(status(&unknown), "unknown", "{unknown}");
    world.resolve().await;
    assert_eq!(status(&confirmed(world.app.confirm_view(payer, door.id, Language::English).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_balance_that_is_too_low_leaves_everything_as_it_was(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE - 1).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let before = world.page(&door).await;
    let counts = "SELECT (SELECT COUNT(*) FROM attempt) + (SELECT COUNT(*) FROM payment) + (SELECT COUNT(*) FROM event)
        + (SELECT COUNT(*) FROM entry)";
    let counts = format!("SELECT CAST(({counts}) AS BIGINT)");
    let rows = database.numbers(&counts).await;
    assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "INSUFFICIENT_BALANCE");
    assert_eq!((world.page(&door).await, database.numbers(&counts).await), (before, rows));
    assert_eq!(world.balance_of(payer).await, PRICE - 1);
    // The code is still theirs, and a card pays.
    let paid = confirmed(world.approve(payer, &door, by_card_of_payer(&view, "4242424242424242")).await);
    assert_eq!(status(&paid), "paid", "{paid}");
    world.is_true().await;
    world.end().await;
}

async fn of_two_payers_who_scan_one_code_one_has_it(database: &Database) {
    let world = World::start(database).await;
    let kim = world.payer_with("kim@example.com", PRICE).await;
    let lee = world.payer_with("lee@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(kim, &door).await;
    assert_eq!(refused(world.scan(lee, &view).await), "QR_TAKEN");
    assert_eq!(refused(world.approve(lee, &door, from_balance(&view)).await), "QR_TAKEN");
    assert_eq!(refused(world.app.confirm_view(lee, door.id, Language::English).await), "QR_EXPIRED");
    assert_eq!(status(&confirmed(world.approve(kim, &door, from_balance(&view)).await)), "paid");
    assert_eq!((world.balance_of(kim).await, world.balance_of(lee).await), (0, PRICE));
    world.is_true().await;
    world.end().await;
}

async fn of_many_payers_who_scan_at_once_one_has_it(database: &Database) {
    let world = World::start(database).await;
    let mut payers = Vec::new();
    for number in 0..4 {
        payers.push(world.payer_with(&format!("payer{number}@example.com"), PRICE).await);
    }
    let door = world.door(None).await;
    let view = shown(world.press(&door, CheckoutTender::App).await);
    let scans = join_all(payers.iter().map(|payer| world.scan(*payer, &view))).await;
    assert_eq!(scans.iter().filter(|scan| scan.is_ok()).count(), 1, "{scans:?}");
    let approvals = join_all(payers.iter().map(|payer| world.approve(*payer, &door, from_balance(&view)))).await;
    assert_eq!(approvals.iter().filter(|approval| approval.is_ok()).count(), 1, "{approvals:?}");
    assert_eq!(world.balance("payerBalance").await, 3 * PRICE);
    world.is_true().await;
    world.end().await;
}

async fn a_code_that_was_renewed_leads_nowhere(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(None).await;
    let first = shown(world.press(&door, CheckoutTender::App).await);
    let second = shown(world.press(&door, CheckoutTender::App).await);
    assert_ne!((&first["qr"]["url"], &first["qr"]["shortCode"]), (&second["qr"]["url"], &second["qr"]["shortCode"]));
    assert_eq!(refused(world.scan(payer, &first).await), "QR_EXPIRED");
    let digits = QrAddress::ShortCode(first["qr"]["shortCode"].as_str().unwrap().to_owned());
    assert_eq!(refused(world.app.scan(payer, Mode::Test, "김*수", &digits, Language::English).await), "QR_EXPIRED");
    for nonsense in ["", "x", "01j0000000e008000000000001"] {
        let token = QrAddress::Token(nonsense.to_owned());
        assert_eq!(refused(world.app.scan(payer, Mode::Test, "김*수", &token, Language::English).await), "QR_EXPIRED");
    }
    assert_eq!(status(&confirmed(world.scan(payer, &second).await)), "review");
    // A renewal does not take it from who is about to pay.
    let third = shown(world.press(&door, CheckoutTender::App).await);
    assert_eq!(third["qr"]["url"], second["qr"]["url"]);
    // Over after three minutes, for who has not scanned by then.
    let door = world.door(None).await;
    let view = shown(world.press(&door, CheckoutTender::App).await);
    world.later(Span::from_minutes(3)).await;
    assert_eq!(world.page(&door).await["qr"], serde_json::Value::Null);
    assert_eq!(refused(world.scan(payer, &view).await), "QR_EXPIRED");
    let again = shown(world.press(&door, CheckoutTender::App).await);
    assert_eq!(status(&confirmed(world.scan(payer, &again).await)), "review");
    world.is_true().await;
    world.end().await;
}

async fn the_wrong_number_spends_the_code(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    for guess in [Some(1), None] {
        let door = world.door(None).await;
        let view = world.scanned(payer, &door).await;
        let wrong = Approval { match_number: guess, ..from_balance(&view) };
        assert_eq!(refused(world.approve(payer, &door, wrong).await), "WRONG_NUMBER");
        // The right one comes too late, and the same code leads nowhere.
        assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "QR_EXPIRED");
        assert_eq!(refused(world.scan(payer, &view).await), "QR_EXPIRED");
        assert_eq!((world.balance_of(payer).await, world.charges(&door).await), (PRICE, 0));
        let again = world.scanned(payer, &door).await;
        assert_ne!(token_of(&again), token_of(&view), "no token comes back");
    }
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    assert_eq!(status(&confirmed(world.approve(payer, &door, from_balance(&view)).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn below_its_threshold_no_number_is_asked_for(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    for (match_from, asked) in [(None, false), (Some(PRICE + 1), false), (Some(PRICE), true)] {
        let new = NewCheckoutSettings { origins: Vec::new(), match_from };
        seen(world.app.change_checkout_settings(world.call(&world.name("settings")), new).await);
        let door = world.door(None).await;
        let view = shown(world.press(&door, CheckoutTender::App).await);
        assert_eq!((&view["numberMatch"], view["qr"]["match"].is_i64()), (&asked.into(), asked), "{view}");
        let review = confirmed(world.scan(payer, &view).await);
        assert_eq!(review["match"].is_array(), asked, "{review}");
        if !asked && match_from.is_none() {
            let none = Approval { match_number: None, ..from_balance(&view) };
            assert_eq!(status(&confirmed(world.approve(payer, &door, none).await)), "paid");
        }
    }
    world.is_true().await;
    world.end().await;
}

async fn an_amount_that_differs_from_what_was_shown_is_refused(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    for shown_amount in [0, PRICE - 1, PRICE + 1, -PRICE] {
        let altered = Approval { shown_amount, ..from_balance(&view) };
        assert_eq!(refused(world.approve(payer, &door, altered).await), "AMOUNT_MISMATCH");
    }
    assert_eq!(world.balance_of(payer).await, PRICE);
    assert_eq!(status(&confirmed(world.approve(payer, &door, from_balance(&view)).await)), "paid");
    world.is_true().await;
    world.end().await;
}

async fn a_payer_who_says_nothing_for_a_minute_lets_go_of_the_code(database: &Database) {
    let world = World::start(database).await;
    let kim = world.payer_with("kim@example.com", PRICE).await;
    let lee = world.payer_with("lee@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(kim, &door).await;
    // Who says that they are there keeps it.
    for _ in 0..3 {
        world.later(Span::from_secs(50)).await;
        assert_eq!(status(&confirmed(world.app.stay(kim, door.id, Language::English).await)), "review");
        assert_eq!(refused(world.scan(lee, &view).await), "QR_TAKEN");
    }
    world.later(Span::from_secs(60)).await;
    assert_eq!(refused(world.approve(kim, &door, from_balance(&view)).await), "QR_EXPIRED");
    assert_eq!(status(&confirmed(world.app.stay(kim, door.id, Language::English).await)), "expired");
    // The code's own three minutes are over by now: a new one is shown, and another payer takes it.
    assert_eq!(refused(world.scan(lee, &view).await), "QR_EXPIRED");
    let view = world.scanned(lee, &door).await;
    assert_eq!(status(&confirmed(world.approve(lee, &door, from_balance(&view)).await)), "paid");
    // Within the three minutes the same code is free again.
    let door = world.door(None).await;
    let view = world.scanned(kim, &door).await;
    world.later(Span::from_secs(60)).await;
    assert_eq!(world.page(&door).await["qr"]["state"], "waiting");
    assert_eq!(status(&confirmed(world.scan(lee, &view).await)), "review");
    world.is_true().await;
    world.end().await;
}

async fn a_payer_who_leaves_lets_others_scan(database: &Database) {
    let world = World::start(database).await;
    let kim = world.payer_with("kim@example.com", PRICE).await;
    let lee = world.payer_with("lee@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(kim, &door).await;
    // Who does not hold it cannot let go of it.
    world.app.leave(lee, door.id).await.unwrap();
    assert_eq!(refused(world.scan(lee, &view).await), "QR_TAKEN");
    world.app.leave(kim, door.id).await.unwrap();
    assert_eq!(refused(world.approve(kim, &door, from_balance(&view)).await), "QR_EXPIRED");
    assert_eq!(status(&confirmed(world.scan(lee, &view).await)), "review");
    assert_eq!(status(&confirmed(world.approve(lee, &door, from_balance(&view)).await)), "paid");
    world.app.leave(lee, door.id).await.unwrap();
    world.is_true().await;
    world.end().await;
}

async fn who_pays_on_the_page_while_a_payer_looks_is_the_one_who_pays(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let paid = shown(world.press(&door, by_card("4242424242424242")).await);
    assert_eq!((status(&paid), &paid["payment"]["method"]), ("paid", &"card".into()), "{paid}");
    assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "QR_EXPIRED");
    assert_eq!(world.balance_of(payer).await, PRICE);
    // At the bank already, though not paid yet.
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let challenged = shown(world.press(&door, by_card("4000000000003220")).await);
    assert_eq!(refused(world.approve(payer, &door, from_balance(&view)).await), "QR_EXPIRED");
    world.at_the_bank(&challenged, "pass").await;
    assert_eq!(status(&shown(world.come_back(&door).await)), "paid");
    // At once.
    for _ in 0..5 {
        let door = world.door(None).await;
        let view = world.scanned(payer, &door).await;
        let before = world.balance_of(payer).await;
        let (on_page, _) = tokio::join!(
            world.press(&door, by_card("4242424242424242")),
            world.approve(payer, &door, from_balance(&view))
        );
        shown(on_page);
        let paid = world.page(&door).await;
        assert_eq!((status(&paid), world.charges(&door).await), ("paid", 1), "{paid}");
        let by_balance = paid["payment"]["method"] == "wallet";
        assert_eq!(world.balance_of(payer).await, if by_balance { before - PRICE } else { before });
        if by_balance {
            world.cancel(&world.name("back"), payment_of(&paid), None).await;
        }
    }
    world.is_true().await;
    world.end().await;
}

async fn fifty_approvals_at_once_are_one_charge(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 10 * PRICE).await;
    let by_balance = world.door(None).await;
    let view = world.scanned(payer, &by_balance).await;
    let approvals = join_all((0..50).map(|_| world.approve(payer, &by_balance, from_balance(&view)))).await;
    for approval in approvals {
        assert_eq!(status(&confirmed(approval)), "paid");
    }
    assert_eq!((world.charges(&by_balance).await, world.balance_of(payer).await), (1, 9 * PRICE));

    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let approval = || by_card_of_payer(&view, "4242424242424242");
    let approvals = join_all((0..50).map(|_| world.approve(payer, &door, approval()))).await;
    for approval in approvals {
        let view = confirmed(approval);
        assert!(["paid", "processing"].contains(&status(&view)), "{view}");
    }
    assert_eq!((status(&world.page(&door).await), world.charges(&door).await), ("paid", 1));
    world.is_true().await;
    world.end().await;
}

async fn approvals_by_balance_and_by_card_at_once_are_one_charge(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 10 * PRICE).await;
    for _ in 0..5 {
        let door = world.door(None).await;
        let view = world.scanned(payer, &door).await;
        let before = world.balance_of(payer).await;
        let (one, other) = tokio::join!(
            world.approve(payer, &door, by_card_of_payer(&view, "4242424242424242")),
            world.approve(payer, &door, from_balance(&view))
        );
        confirmed(one);
        confirmed(other);
        let paid = world.page(&door).await;
        assert_eq!((status(&paid), world.charges(&door).await), ("paid", 1), "{paid}");
        let taken = if paid["payment"]["method"] == "wallet" { PRICE } else { 0 };
        assert_eq!(world.balance_of(payer).await, before - taken);
    }
    world.is_true().await;
    world.end().await;
}

async fn of_eight_payments_from_a_balance_for_one_exactly_one_takes_place(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", 2 * PRICE - 1).await;
    let mut doors = Vec::new();
    for _ in 0..8 {
        let door = world.door(None).await;
        let view = world.scanned(payer, &door).await;
        doors.push((door, view));
    }
    let approvals = join_all(doors.iter().map(|(door, view)| world.approve(payer, door, from_balance(view)))).await;
    let (done, refusals): (Vec<_>, Vec<_>) = approvals.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1, "{done:?}");
    for refusal in refusals {
        assert_eq!(refused(refusal), "INSUFFICIENT_BALANCE");
    }
    assert_eq!(world.balance_of(payer).await, PRICE - 1);
    world.is_true().await;
    world.end().await;
}

async fn what_was_paid_from_a_balance_goes_back_to_it(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = world.scanned(payer, &door).await;
    let payment = payment_of(&confirmed(world.approve(payer, &door, from_balance(&view)).await));
    let part = world.cancel("part", payment, Some(6_000)).await;
    assert_eq!((part.status, &part.data()["status"]), (200, &"partiallyCanceled".into()), "{part:?}");
    assert_eq!(world.balance_of(payer).await, 6_000);
    let again = world.cancel("part", payment, Some(6_000)).await;
    assert_eq!((again.replayed, again.data()), (true, part.data()));
    // At once: only one can have what is left.
    world.app.advance_test_clock(world.call("clock"), Span::from_days(1)).await.unwrap();
    let keys: Vec<String> = (0..10).map(|_| world.name("rest")).collect();
    let rests = join_all(keys.iter().map(|key| world.cancel(key, payment, None))).await;
    assert_eq!(rests.iter().filter(|rest| rest.status == 200).count(), 1, "{rests:?}");
    assert_eq!((world.balance_of(payer).await, world.status(payment).await), (PRICE, String::from("refunded")));
    assert_eq!((world.balance("refundClearing").await, world.balance("sellerPayable").await), (0, 0));
    world.is_true().await;
    world.end().await;
}

async fn a_payer_of_another_mode_and_a_stranger_see_nothing(database: &Database) {
    let world = World::start(database).await;
    let payer = world.payer_with("kim@example.com", PRICE).await;
    let stranger = world.payer_with("lee@example.com", PRICE).await;
    let door = world.door(None).await;
    let view = shown(world.press(&door, CheckoutTender::App).await);
    let digits = QrAddress::ShortCode(view["qr"]["shortCode"].as_str().unwrap().to_owned());
    for address in [token_of(&view), digits] {
        let live = world.app.scan(payer, Mode::Live, "김*수", &address, Language::English).await;
        assert_eq!(refused(live), "QR_EXPIRED");
    }
    for who in [payer, stranger] {
        assert_eq!(refused(world.app.confirm_view(who, door.id, Language::English).await), "QR_EXPIRED");
        assert_eq!(refused(world.approve(who, &door, from_balance(&view)).await), "QR_EXPIRED");
    }
    world.is_true().await;
    world.end().await;
}
