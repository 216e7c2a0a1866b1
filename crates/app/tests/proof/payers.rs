//! Payers, their cards and gift cards: who may do what, and that nothing counts twice.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::Value;
use steelyard_app::{
    App, Clock, Code, Config, Language, Problem, SignedIn,
    request::{NewGiftCards, NewPayer, NewVaultCard, Secret, SignIn},
    vault::VaultKeys,
};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_domain::{
    Currency, GiftCardId, Mode, PayerId, Span, Tenant, VaultCardId,
    gift_card::{GiftCardKind, GiftCode},
    limits::{BALANCE_MAX, VAULT_CARDS_MAX},
    method::ConnectorName,
    payer::{PIN_LOCK, SESSION_LIFE, SIGN_IN_LOCK},
};
use steelyard_testkit::{Database, both_engines};

use crate::{
    truth,
    world::{Seen, Till, card, merchant, seen},
};

both_engines!(
    a_payer_signs_up_in_and_out,
    a_session_ends_after_thirty_days,
    what_nobody_can_sign_up_with_is_refused_by_name,
    of_many_who_sign_up_with_one_mail_one_does,
    ten_wrong_passwords_lock_signing_in_and_nobody_is_told,
    five_wrong_pins_lock_it_however_many_are_tried_at_once,
    a_card_is_kept_sealed_and_comes_back,
    a_ciphertext_moved_to_another_row_is_refused,
    a_payer_keeps_so_many_cards_and_no_more,
    old_keys_open_until_every_card_is_sealed_anew,
    without_keys_no_card_is_kept,
    a_code_is_redeemed_by_one_of_fifty,
    a_full_balance_takes_no_card,
    a_code_is_shown_once_and_redeemed_once,
    an_issuer_redeems_its_own_cards_for_payers_of_its_mode,
    a_card_whose_time_is_over_goes_back_if_it_was_given_and_stays_owed_if_it_was_sold,
    a_history_is_read_page_by_page,
);

const PASSWORD: &str = "correct horse battery";
const PIN: &str = "864209";

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn new_payer(email: &str) -> NewPayer {
    NewPayer {
        mode: Mode::Test,
        email: email.to_owned(),
        name: String::from("김민수"),
        password: secret(PASSWORD),
        pin: secret(PIN),
    }
}

fn sign_in(email: &str, password: &str) -> SignIn {
    SignIn { mode: Mode::Test, email: email.to_owned(), password: secret(password) }
}

fn code_of<T: std::fmt::Debug>(result: Result<T, Problem>) -> Code {
    result.unwrap_err().code
}

/// A till whose vault has these keys.
async fn till(database: &Database, vault: Option<VaultKeys>) -> Till {
    let clock = Clock::manual(Clock::System.now().seoul_day().start().after(Span::from_hours(12)));
    let mut config = Config::new(database.target().clone(), vec![Connector::Stub(Stub)]);
    config.clock = clock.clone();
    config.workers = false;
    config.vault = vault;
    let app = App::start(config).await.unwrap();
    let tenant = merchant(&app, ConnectorName::Stub).await;
    Till::new(app, clock, tenant)
}

pub async fn signed_up(till: &Till, email: &str) -> (PayerId, SignedIn) {
    let signed_in = till.app.sign_up(new_payer(email)).await.unwrap();
    (PayerId::parse(&signed_in.payer.id).unwrap(), signed_in)
}

pub async fn issue(till: &Till, key: &str, new: NewGiftCards) -> Seen {
    seen(till.app.issue_gift_cards(till.call(key), new).await)
}

pub fn gift(count: usize, amount: i64) -> NewGiftCards {
    NewGiftCards { count, amount, currency: Currency::Krw, kind: GiftCardKind::Given, expires_at: None }
}

pub fn codes(issued: &Seen) -> Vec<GiftCode> {
    let items = issued.data()["items"].as_array().unwrap();
    items.iter().map(|item| GiftCode::parse(item["code"].as_str().unwrap()).unwrap()).collect()
}

async fn balance_of(database: &Database, code: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(credits_posted - debits_posted), 0) AS BIGINT) FROM account WHERE code = '{code}'"
    );
    database.numbers(&sql).await[0]
}

async fn end(till: Till, database: &Database) {
    truth::holds(database, till.clock.now()).await;
    till.app.stop().await;
}

async fn a_payer_signs_up_in_and_out(database: &Database) {
    let till = till(database, None).await;
    let (id, first) = signed_up(&till, " Kim@Example.com").await;
    assert_eq!((first.payer.email.as_str(), first.payer.mode), ("kim@example.com", "test"));
    assert_eq!((first.payer.balance.amount, first.payer.cards.len()), (0, 0));
    let second = till.app.sign_in(sign_in("KIM@example.com ", PASSWORD)).await.unwrap();
    assert_ne!(first.token.expose(), second.token.expose());
    for session in [&first, &second] {
        let visitor = till.app.payer_of_session(session.token.expose()).await.unwrap().unwrap();
        assert_eq!((visitor.payer, visitor.mode), (id, Mode::Test));
    }
    assert_eq!(till.app.payer_of_session("").await.unwrap(), None);
    assert_eq!(till.app.payer_of_session("nobody").await.unwrap(), None);

    till.app.sign_out(first.token.expose()).await.unwrap();
    till.app.sign_out(first.token.expose()).await.unwrap();
    assert_eq!(till.app.payer_of_session(first.token.expose()).await.unwrap(), None);
    assert!(till.app.payer_of_session(second.token.expose()).await.unwrap().is_some());

    // Live is another world: there is nobody of this name yet, and there may be.
    let live = SignIn { mode: Mode::Live, ..sign_in("kim@example.com", PASSWORD) };
    assert_eq!(code_of(till.app.sign_in(live).await), Code::WrongCredentials);
    let live = NewPayer { mode: Mode::Live, ..new_payer("kim@example.com") };
    assert_eq!(till.app.sign_up(live).await.unwrap().payer.mode, "live");
    assert_eq!(code_of(till.app.sign_up(new_payer("kim@example.com")).await), Code::EmailTaken);
    end(till, database).await;
}

async fn a_session_ends_after_thirty_days(database: &Database) {
    let till = till(database, None).await;
    let (_, signed_in) = signed_up(&till, "kim@example.com").await;
    let token = signed_in.token.expose();
    till.clock.advance(Span::from_micros(SESSION_LIFE.micros() - 1));
    assert!(till.app.payer_of_session(token).await.unwrap().is_some());
    till.clock.advance(Span::from_micros(1));
    assert_eq!(till.app.payer_of_session(token).await.unwrap(), None);
    end(till, database).await;
}

async fn what_nobody_can_sign_up_with_is_refused_by_name(database: &Database) {
    let till = till(database, None).await;
    let good = || new_payer("kim@example.com");
    for (new, param) in [
        (NewPayer { email: String::from("kim"), ..good() }, "email"),
        (NewPayer { name: String::from(" "), ..good() }, "name"),
        (NewPayer { password: secret("too short"), ..good() }, "password"),
        (NewPayer { pin: secret("12345"), ..good() }, "pin"),
        (NewPayer { pin: secret("123456"), ..good() }, "pin"),
    ] {
        let problem = till.app.sign_up(new).await.unwrap_err();
        assert_eq!((problem.code, problem.param.as_deref()), (Code::InvalidRequest, Some(param)));
    }
    end(till, database).await;
}

async fn of_many_who_sign_up_with_one_mail_one_does(database: &Database) {
    let till = till(database, None).await;
    let tries = (0..8).map(|_| till.app.sign_up(new_payer("kim@example.com")));
    let results = join_all(tries).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(code_of(result), Code::EmailTaken);
    }
    end(till, database).await;
}

async fn ten_wrong_passwords_lock_signing_in_and_nobody_is_told(database: &Database) {
    let till = till(database, None).await;
    signed_up(&till, "kim@example.com").await;
    let tell = |problem: Problem| problem.body(steelyard_app::Language::Korean, "req_1");
    let unknown = tell(till.app.sign_in(sign_in("lee@example.com", PASSWORD)).await.unwrap_err());
    for _ in 0..10 {
        let wrong = till.app.sign_in(sign_in("kim@example.com", "wrong password")).await.unwrap_err();
        assert_eq!(tell(wrong), unknown);
    }
    let locked = till.app.sign_in(sign_in("kim@example.com", PASSWORD)).await.unwrap_err();
    assert_eq!(tell(locked), unknown);
    till.clock.advance(Span::from_micros(SIGN_IN_LOCK.micros() - 1));
    assert_eq!(code_of(till.app.sign_in(sign_in("kim@example.com", PASSWORD)).await), Code::WrongCredentials);
    till.clock.advance(Span::from_micros(1));
    till.app.sign_in(sign_in("kim@example.com", PASSWORD)).await.unwrap();
    end(till, database).await;
}

async fn five_wrong_pins_lock_it_however_many_are_tried_at_once(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    till.app.check_pin(id, secret(PIN)).await.unwrap();
    let wrong = till.app.check_pin(id, secret("000001")).await.unwrap_err();
    assert_eq!((wrong.code, wrong.detail.as_str(), wrong.param.as_deref()), (Code::WrongPin, "4", Some("pin")));
    // A right one forgets it.
    till.app.check_pin(id, secret(PIN)).await.unwrap();

    let tries = (0..20).map(|number| till.app.check_pin(id, secret(&format!("{number:06}"))));
    let mut left = Vec::new();
    for tried in join_all(tries).await {
        let problem = tried.unwrap_err();
        if problem.code == Code::WrongPin {
            left.push(problem.detail);
        } else {
            assert_eq!(problem.code, Code::PinLocked);
        }
    }
    left.sort();
    assert_eq!(left, ["1", "2", "3", "4"]);
    assert_eq!(code_of(till.app.check_pin(id, secret(PIN)).await), Code::PinLocked);
    assert!(till.app.payer_view(id).await.unwrap().pin_locked_until.is_some());

    till.clock.advance(Span::from_micros(PIN_LOCK.micros() - 1));
    assert_eq!(code_of(till.app.check_pin(id, secret(PIN)).await), Code::PinLocked);
    till.clock.advance(Span::from_micros(1));
    assert!(till.app.payer_view(id).await.unwrap().pin_locked_until.is_none());
    till.app.check_pin(id, secret(PIN)).await.unwrap();
    end(till, database).await;
}

fn kept(number: &str) -> NewVaultCard {
    NewVaultCard { card: card(number), nickname: Some(String::from("생활비")) }
}

async fn a_card_is_kept_sealed_and_comes_back(database: &Database) {
    let till = till(database, Some(VaultKeys::generate())).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let (other, _) = signed_up(&till, "lee@example.com").await;
    let view = till.app.add_card(id, kept("4242424242424242")).await.unwrap();
    let [shown] = view.cards.as_slice() else { panic!("{view:?}") };
    assert_eq!((shown.last4.as_str(), shown.expiry.as_str(), shown.expired), ("4242", "12/49", false));
    assert_eq!((shown.brand.as_str(), shown.nickname.as_deref()), ("visa", Some("생활비")));

    let card_id = VaultCardId::parse(&shown.id).unwrap();
    let (_, opened) = till.app.open_card(id, card_id).await.unwrap();
    assert_eq!(opened.number.expose(), "4242424242424242");
    assert_eq!((opened.expiry_month, opened.expiry_year, opened.cvc), (12, 2049, None));
    assert_eq!(code_of(till.app.open_card(other, card_id).await), Code::NotFound);
    assert_eq!(code_of(till.app.remove_card(other, card_id).await), Code::NotFound);

    assert!(till.app.remove_card(id, card_id).await.unwrap().cards.is_empty());
    assert_eq!(code_of(till.app.open_card(id, card_id).await), Code::NotFound);
    assert_eq!(code_of(till.app.remove_card(id, card_id).await), Code::NotFound);
    assert_eq!(database.numbers("SELECT COUNT(*) FROM vault_card WHERE sealed IS NOT NULL").await, [0]);

    let named = NewVaultCard { nickname: Some(String::from("4242-4242-4242-4242")), ..kept("4242424242424242") };
    assert_eq!(till.app.add_card(id, named).await.unwrap_err().param.as_deref(), Some("nickname"));
    let mut expired = kept("4242424242424242");
    expired.card.expiry_year = 2020;
    assert_eq!(code_of(till.app.add_card(id, expired).await), Code::InvalidCard);
    end(till, database).await;
}

async fn a_ciphertext_moved_to_another_row_is_refused(database: &Database) {
    let till = till(database, Some(VaultKeys::generate())).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    till.app.add_card(id, kept("4242424242424242")).await.unwrap();
    let view = till.app.add_card(id, kept("5555555555554444")).await.unwrap();
    let cards: Vec<VaultCardId> = view.cards.iter().map(|card| VaultCardId::parse(&card.id).unwrap()).collect();
    let swap = "UPDATE vault_card SET sealed = (SELECT o.sealed FROM vault_card o WHERE o.last4 = '4242')
        WHERE last4 = '4444'";
    database.sql(swap).await.unwrap();
    assert!(till.app.open_card(id, cards[0]).await.is_ok());
    assert_eq!(code_of(till.app.open_card(id, cards[1]).await), Code::VaultUnavailable);
    end(till, database).await;
}

async fn a_payer_keeps_so_many_cards_and_no_more(database: &Database) {
    let till = till(database, Some(VaultKeys::generate())).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let adds = (0..VAULT_CARDS_MAX + 5).map(|_| till.app.add_card(id, kept("4242424242424242")));
    let results = join_all(adds).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), VAULT_CARDS_MAX);
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(code_of(result), Code::TooMany);
    }
    // One that is removed makes room.
    let first = VaultCardId::parse(&till.app.payer_view(id).await.unwrap().cards[0].id).unwrap();
    till.app.remove_card(id, first).await.unwrap();
    till.app.add_card(id, kept("4242424242424242")).await.unwrap();
    end(till, database).await;
}

async fn old_keys_open_until_every_card_is_sealed_anew(database: &Database) {
    let old = VaultKeys::generate();
    let first = till(database, Some(old.clone())).await;
    let (id, _) = signed_up(&first, "kim@example.com").await;
    let view = first.app.add_card(id, kept("4242424242424242")).await.unwrap();
    let card = VaultCardId::parse(&view.cards[0].id).unwrap();
    first.app.stop().await;

    let new = VaultKeys::generate().text().replacen("1:", "2:", 1);
    let both = VaultKeys::parse(&format!("{},{new}", *old.text())).unwrap();
    let second = till(database, Some(both)).await;
    assert!(second.app.open_card(id, card).await.is_ok());
    assert_eq!(second.app.reseal_vault().await.unwrap(), (1, 0));
    assert_eq!(second.app.reseal_vault().await.unwrap(), (0, 0));
    second.app.stop().await;

    let third = till(database, Some(VaultKeys::parse(&new).unwrap())).await;
    let (_, opened) = third.app.open_card(id, card).await.unwrap();
    assert_eq!(opened.number.expose(), "4242424242424242");
    third.app.stop().await;

    let last = till(database, Some(old)).await;
    assert_eq!(code_of(last.app.open_card(id, card).await), Code::VaultUnavailable);
    assert_eq!(last.app.reseal_vault().await.unwrap(), (0, 1));
    end(last, database).await;
}

async fn without_keys_no_card_is_kept(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    assert_eq!(code_of(till.app.add_card(id, kept("4242424242424242")).await), Code::VaultUnavailable);
    assert_eq!(code_of(till.app.reseal_vault().await), Code::VaultUnavailable);
    end(till, database).await;
}

async fn a_code_is_redeemed_by_one_of_fifty(database: &Database) {
    let till = till(database, None).await;
    let mut payers = Vec::new();
    for number in 0..5 {
        payers.push(signed_up(&till, &format!("payer{number}@example.com")).await.0);
    }
    let code = codes(&issue(&till, "issue", gift(1, 10_000)).await).remove(0);
    let tries = (0..50).map(|number| till.app.redeem(payers[number % payers.len()], &code));
    let results = join_all(tries).await;
    // Whoever it was is told so however often they ask; the others, that it is used.
    let told: BTreeSet<usize> = (0..50).filter(|number| results[*number].is_ok()).map(|number| number % 5).collect();
    assert_eq!((told.len(), results.iter().filter(|result| result.is_ok()).count()), (1, 10));
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(code_of(result), Code::GiftCardUsed);
    }
    assert_eq!(balance_of(database, "payerBalance").await, 10_000);
    assert_eq!(balance_of(database, "giftCardOutstanding").await, 0);
    end(till, database).await;
}

async fn a_full_balance_takes_no_card(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let codes = codes(&issue(&till, "issue", gift(3, BALANCE_MAX / 2)).await);
    till.app.redeem(id, &codes[0]).await.unwrap();
    let full = till.app.redeem(id, &codes[1]).await.unwrap();
    assert_eq!(full.payer.balance.amount, BALANCE_MAX);
    assert_eq!(code_of(till.app.redeem(id, &codes[2]).await), Code::BalanceLimit);
    assert_eq!(till.app.balance(id).await.unwrap().amount, BALANCE_MAX);
    // The code is not spent by it.
    let (other, _) = signed_up(&till, "lee@example.com").await;
    assert_eq!(till.app.redeem(other, &codes[2]).await.unwrap().payer.balance.amount, BALANCE_MAX / 2);
    end(till, database).await;
}

async fn a_code_is_shown_once_and_redeemed_once(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let issued = issue(&till, "issue", gift(3, 5_000)).await;
    assert_eq!((issued.status, issued.replayed), (201, false), "{issued:?}");
    let again = issue(&till, "issue", gift(3, 5_000)).await;
    assert_eq!((again.status, again.replayed), (201, true));
    let ids = |seen: &Seen| -> Vec<Value> {
        seen.data()["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    };
    assert_eq!(ids(&again), ids(&issued));
    assert!(again.data()["items"].as_array().unwrap().iter().all(|item| item["code"].is_null()));
    assert_eq!(balance_of(database, "giftCardOutstanding").await, 15_000);
    assert_eq!(balance_of(database, "giftCardExpense").await, -15_000);

    let codes = codes(&issued);
    let typed = GiftCode::parse(&codes[0].shown().to_lowercase().replace('-', " ")).unwrap();
    let redeemed = till.app.redeem(id, &typed).await.unwrap();
    assert_eq!((redeemed.amount, redeemed.currency, redeemed.payer.balance.amount), (5_000, "KRW", 5_000));
    let told_again = till.app.redeem(id, &codes[0]).await.unwrap();
    assert_eq!((told_again.amount, told_again.payer.balance.amount), (5_000, 5_000));
    till.clock.advance(Span::from_minutes(10));
    assert_eq!(code_of(till.app.redeem(id, &codes[0]).await), Code::GiftCardUsed);
    assert_eq!(code_of(till.app.redeem(id, &GiftCode::from_bytes([0; 10])).await), Code::GiftCardUnknown);
    assert_eq!(till.app.redeem(id, &codes[1]).await.unwrap().payer.balance.amount, 10_000);
    assert_eq!(till.app.balance(id).await.unwrap().amount, 10_000);

    let page = till.app.gift_cards(till.tenant, None, 2).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let next = page.next.map(|key| (key.at, key.id));
    assert_eq!(till.app.gift_cards(till.tenant, next, 2).await.unwrap().items.len(), 1);
    end(till, database).await;
}

async fn an_issuer_redeems_its_own_cards_for_payers_of_its_mode(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let live = till.app.sign_up(NewPayer { mode: Mode::Live, ..new_payer("kim@example.com") }).await.unwrap();
    let live = PayerId::parse(&live.payer.id).unwrap();
    let stranger = Till::new(till.app.clone(), till.clock.clone(), merchant(&till.app, ConnectorName::Stub).await);
    let codes = codes(&issue(&till, "issue", gift(2, 5_000)).await);

    let redeem =
        async |till: &Till, key: &str, payer, code| seen(till.app.redeem_for_payer(till.call(key), payer, code).await);
    assert_eq!(redeem(&stranger, "a", id, &codes[0]).await.code(), "GIFT_CARD_UNKNOWN");
    assert_eq!(redeem(&till, "b", live, &codes[0]).await.code(), "NOT_FOUND");
    assert_eq!(code_of(till.app.redeem(live, &codes[0]).await), Code::GiftCardUnknown);
    let done = redeem(&till, "c", id, &codes[0]).await;
    assert_eq!((done.status, done.data()["amount"].as_i64()), (200, Some(5_000)), "{done:?}");
    assert_eq!(done.data()["giftCard"]["status"], "redeemed");
    let again = redeem(&till, "c", id, &codes[0]).await;
    assert_eq!((again.replayed, again.data()), (true, done.data()));
    assert_eq!(redeem(&till, "d", id, &codes[0]).await.code(), "GIFT_CARD_USED");
    assert_eq!(till.app.balance(id).await.unwrap().amount, 5_000);
    drop(stranger);
    end(till, database).await;
}

async fn a_card_whose_time_is_over_goes_back_if_it_was_given_and_stays_owed_if_it_was_sold(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let expires_at = Some(till.clock.now().after(Span::from_days(1)));
    let past = NewGiftCards { expires_at: Some(till.clock.now()), ..gift(1, 1) };
    assert_eq!(issue(&till, "past", past).await.body["error"]["param"], "expiresAt");
    let given = issue(&till, "given", NewGiftCards { expires_at, ..gift(2, 1_000) }).await;
    let sold = NewGiftCards { kind: GiftCardKind::Sold, expires_at, ..gift(1, 500) };
    let sold = issue(&till, "sold", sold).await;
    assert_eq!(balance_of(database, "bank").await, -500);
    till.app.redeem(id, &codes(&given)[0]).await.unwrap();

    till.clock.advance(Span::from_micros(Span::from_days(1).micros() - 1));
    till.app.expire_due().await;
    assert_eq!(balance_of(database, "giftCardOutstanding").await, 1_500);
    till.clock.advance(Span::from_micros(1));
    // Over, though nobody has said so yet.
    assert_eq!(code_of(till.app.redeem(id, &codes(&given)[1]).await), Code::GiftCardExpired);
    till.app.expire_due().await;
    till.app.expire_due().await;
    for code in [&codes(&given)[1], &codes(&sold)[0]] {
        assert_eq!(code_of(till.app.redeem(id, code).await), Code::GiftCardExpired);
    }
    assert_eq!(balance_of(database, "giftCardOutstanding").await, 500);
    assert_eq!(balance_of(database, "giftCardExpense").await, -1_000);
    assert_eq!(balance_of(database, "bank").await, -500);
    let card = GiftCardId::parse(sold.data()["items"][0]["id"].as_str().unwrap()).unwrap();
    let reader = database.reader().await;
    let sql = "SELECT type FROM event WHERE object_id = $1 ORDER BY seq";
    let events = reader.rows(sql, vec![card.to_string().into()], |row| row.text()).await.unwrap();
    assert_eq!(events, ["giftCard.issued", "giftCard.expired"]);
    end(till, database).await;
}

async fn a_history_is_read_page_by_page(database: &Database) {
    let till = till(database, None).await;
    let (id, _) = signed_up(&till, "kim@example.com").await;
    let (other, _) = signed_up(&till, "lee@example.com").await;
    assert!(till.app.history(id, None, 10, Language::Korean).await.unwrap().items.is_empty());
    for amount in 1..=5 {
        // Some at one and the same time.
        till.clock.advance(Span::from_secs(amount % 2));
        let code = codes(&issue(&till, &format!("issue-{amount}"), gift(1, amount)).await).remove(0);
        till.app.redeem(id, &code).await.unwrap();
    }
    let (mut amounts, mut cursor) = (Vec::new(), None);
    loop {
        let page = till.app.history(id, cursor.as_deref(), 2, Language::Korean).await.unwrap();
        for item in &page.items {
            let said = (item.kind.as_str(), item.status.as_str(), item.method.as_str());
            assert_eq!(said, ("redemption", "done", "giftCard"));
            assert_eq!((item.merchant.as_deref(), &item.title, &item.payment_id), (Some("봄날상점"), &None, &None));
            amounts.push(item.amount);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
        assert!(
            till.app.history(other, cursor.as_deref(), 2, Language::Korean).await.unwrap().items.is_empty(),
            "nobody reads another's"
        );
    }
    assert_eq!(amounts, [5, 4, 3, 2, 1]);
    assert_eq!(code_of(till.app.history(id, Some("x"), 2, Language::Korean).await), Code::InvalidCursor);
    let tenant = Tenant { mode: Mode::Live, ..till.tenant };
    assert!(till.app.gift_cards(tenant, None, 10).await.unwrap().items.is_empty());
    end(till, database).await;
}
