//! `/v1/ledger`

use serde_json::json;
use steelyard_domain::Span;

use crate::world::{World, ids, text};

#[tokio::test]
async fn accounts_and_balanced_transactions_are_shown_now_and_at_a_time() {
    let world = World::start().await;
    let payment = world.payment("order-1", 10_000).await;
    world.clock.advance(Span::from_hours(1));
    world.payment("order-2", 20_000).await;

    let accounts = world.get("/v1/ledger/accounts?code=sellerPayable").await.data(200);
    let account = &accounts["items"][0];
    assert_eq!((&account["balance"], &account["kind"]), (&json!(29_010), &json!("liability")));
    let path = format!("/v1/ledger/accounts/{}", text(&account["id"]));
    assert_eq!(&world.get(&path).await.data(200), account);
    // Between the two payments, and before both.
    let then = world.get(&format!("{path}?at=2026-11-21T13:00:00+09:00")).await.data(200);
    assert_eq!((&then["balance"], &then["at"]), (&json!(9_670), &json!("2026-11-21T04:00:00.000000Z")));
    let before = world.get("/v1/ledger/accounts?code=sellerPayable&at=2026-11-21T12:00:00+09:00").await.data(200);
    assert_eq!(before["items"][0]["balance"], 0);

    let id = text(&payment["id"]);
    let of_payment = world.get(&format!("/v1/ledger/transactions?payment={id}")).await.data(200);
    let transaction = &of_payment["items"][0];
    assert_eq!(transaction["sourceId"], id);
    let sum = |side: &str| -> i64 {
        let entries = transaction["entries"].as_array().unwrap().iter();
        entries.filter(|entry| entry["side"] == side).map(|entry| entry["amount"].as_i64().unwrap()).sum()
    };
    assert!(sum("debit") > 0 && sum("debit") == sum("credit"));
    let path = format!("/v1/ledger/transactions/{}", text(&transaction["id"]));
    assert_eq!(&world.get(&path).await.data(200), transaction);
    assert_eq!(ids(&world.get("/v1/ledger/transactions").await.data(200)).len(), 2);
    let then = world.get("/v1/ledger/transactions?at=2026-11-21T13:00:00+09:00").await.data(200);
    assert_eq!(ids(&then), [text(&transaction["id"])]);

    let cancel = json!({"reason": "변심"});
    let canceled = world.post(&format!("/v1/payments/{id}/cancel"), cancel).await.data(200);
    let refund = text(&canceled["refunds"][0]["id"]);
    let of_refund = world.get(&format!("/v1/ledger/transactions?refund={refund}")).await.data(200);
    assert!(!ids(&of_refund).is_empty());
    let seller = world.ours.test_seller;
    let of_seller = world.get(&format!("/v1/ledger/accounts?sellerId={seller}")).await.data(200);
    assert!(of_seller["items"].as_array().unwrap().iter().all(|account| account["sellerId"] == seller.to_string()));
}
