//! `/v1/gift-cards` and `/v1/payers/{id}/redeem`

use reqwest::Method;
use serde_json::json;
use steelyard_app::request::{NewPayer, Secret};
use steelyard_domain::Mode;

use crate::world::{World, ids, text};

async fn payer(world: &World) -> String {
    let new = NewPayer {
        mode: Mode::Test,
        email: String::from("kim@example.com"),
        name: String::from("김민수"),
        password: Secret::new(String::from("correct horse battery")),
        pin: Secret::new(String::from("864209")),
    };
    world.app.sign_up(new).await.unwrap().payer.id
}

#[tokio::test]
async fn gift_cards_are_issued_listed_and_redeemed_for_a_payer() {
    let world = World::start().await;
    let payer = payer(&world).await;
    let body = json!({"count": 2, "amount": 10_000, "expiresAt": "2031-11-21T00:00:00+09:00"});
    let issued = world.post("/v1/gift-cards", body).await.data(201);
    let card = &issued["items"][0];
    assert_eq!((&card["kind"], &card["status"], &card["amount"]), (&json!("given"), &json!("issued"), &json!(10_000)));
    assert_eq!(card["expiresAt"], "2031-11-20T15:00:00.000000Z");
    let code = text(&card["code"]);
    assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");

    let listed = world.get("/v1/gift-cards?limit=1").await;
    assert!(!listed.text.contains(code) && !listed.text.contains("\"code\":null"), "{}", listed.text);
    let listed = listed.data(200);
    assert_eq!((ids(&listed).len(), &listed["hasNext"]), (1, &json!(true)));
    let next = world.get(&format!("/v1/gift-cards?limit=1&cursor={}", text(&listed["nextCursor"]))).await.data(200);
    assert_eq!((ids(&next).len(), &next["hasNext"]), (1, &json!(false)));

    let path = format!("/v1/payers/{payer}/redeem");
    let typed = code.to_lowercase().replace('-', " ");
    let redeemed = world.post(&path, json!({"code": typed})).await.data(200);
    assert_eq!((&redeemed["payerId"], &redeemed["amount"]), (&json!(payer), &json!(10_000)));
    assert_eq!((&redeemed["giftCard"]["id"], &redeemed["giftCard"]["status"]), (&card["id"], &json!("redeemed")));
    world.post(&path, json!({"code": code})).await.refused(409, "GIFT_CARD_USED");
    world.post(&path, json!({"code": "0000-0000-0000-0000"})).await.refused(404, "GIFT_CARD_UNKNOWN");

    let outstanding = world.get("/v1/ledger/accounts?code=giftCardOutstanding").await.data(200);
    assert_eq!(outstanding["items"][0]["balance"], 10_000);
    let transactions = world.get("/v1/ledger/transactions").await.data(200);
    let redemption = &transactions["items"][0];
    assert_eq!((&redemption["kind"], &redemption["orderId"]), (&json!("giftCardRedeemed"), &json!(null)));
    assert_eq!((&redemption["sourceType"], &redemption["sourceId"]), (&json!("giftCard"), &card["id"]));
    // A payer's balance is nobody else's to see.
    let balances: Vec<_> =
        redemption["entries"].as_array().unwrap().iter().map(|entry| &entry["accountCode"]).collect();
    assert_eq!(balances, [&json!("giftCardOutstanding"), &json!(null)]);
}

#[tokio::test]
async fn a_repeated_request_is_answered_without_the_codes() {
    let world = World::start().await;
    let issue = || world.ask(Method::POST, "/v1/gift-cards").idempotency(Some("gift-1"));
    let body = json!({"count": 1, "amount": 500, "kind": "sold"});
    let first = issue().body(body.clone()).send().await.data(201);
    let again = issue().body(body).send().await.data(201);
    assert_eq!((&again["items"][0]["id"], &again["items"][0]["code"]), (&first["items"][0]["id"], &json!(null)));
    let other = json!({"count": 1, "amount": 501, "kind": "sold"});
    issue().body(other).send().await.refused(422, "IDEMPOTENCY_MISMATCH");
    let without = world.ask(Method::POST, "/v1/gift-cards").idempotency(None);
    without.body(json!({"count": 1, "amount": 1})).send().await.refused(400, "IDEMPOTENCY_KEY_REQUIRED");
}

#[tokio::test]
async fn what_is_no_gift_card_is_refused_by_the_name_of_its_field() {
    let world = World::start().await;
    let payer = payer(&world).await;
    for (body, param) in [
        (json!({"count": 0, "amount": 1}), "count"),
        (json!({"count": 101, "amount": 1}), "count"),
        (json!({"count": 1, "amount": 0}), "amount"),
        (json!({"count": 1, "amount": 1, "kind": "lent"}), "kind"),
        (json!({"count": 1, "amount": 1, "currency": "XXX"}), "currency"),
        (json!({"count": 1, "amount": 1, "expiresAt": "tomorrow"}), "expiresAt"),
        (json!({"count": 1, "amount": 1, "expiresAt": "2020-01-01T00:00:00Z"}), "expiresAt"),
    ] {
        let refused = world.post("/v1/gift-cards", body.clone()).await.refused(400, "INVALID_REQUEST");
        assert_eq!(refused["error"]["param"], param, "{body}");
    }
    let redeem = format!("/v1/payers/{payer}/redeem");
    for code in ["", "0000-0000-0000-000", "UUUU-UUUU-UUUU-UUUU"] {
        let refused = world.post(&redeem, json!({"code": code})).await.refused(400, "INVALID_REQUEST");
        assert_eq!(refused["error"]["param"], "code", "{code}");
    }
    let code = json!({"code": "0000-0000-0000-0000"});
    world.post("/v1/payers/pyr_nobody/redeem", code.clone()).await.refused(404, "NOT_FOUND");
    world.post("/v1/payers/pyr_00000000000000000000000000/redeem", code).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_merchant_redeems_its_own_cards_only_and_never_for_another_mode() {
    let world = World::start().await;
    let payer = payer(&world).await;
    let issued = world.post("/v1/gift-cards", json!({"count": 1, "amount": 500})).await.data(201);
    let body = json!({"code": issued["items"][0]["code"]});
    let path = format!("/v1/payers/{payer}/redeem");
    let ask = |key: &str| world.ask(Method::POST, &path).key(key).body(body.clone()).send();
    ask(&world.theirs.test_secret_key).await.refused(404, "GIFT_CARD_UNKNOWN");
    ask(&world.ours.live_secret_key).await.refused(404, "NOT_FOUND");
    ask(&world.ours.test_publishable_key).await.refused(403, "KEY_NOT_ALLOWED");
    let theirs = world.ask(Method::GET, "/v1/gift-cards").key(&world.theirs.test_secret_key).send().await.data(200);
    assert!(ids(&theirs).is_empty());
    world.post(&path, body.clone()).await.data(200);
}
