//! `/callbacks/{connector}`

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use steelyard_domain::Span;

use crate::world::{Answer, NOTICE_SECRET, World, pay, text};

fn sign(secret: &[u8], timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let tag: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={tag}")
}

fn notice(reference: &str) -> String {
    let notice = json!({
        "reference": reference,
        "acquirerTransactionId": "sim_1",
        "kind": "deposit",
        "amount": 36_000,
        "currency": "KRW",
        "occurredAt": "2026-11-21T03:26:40Z",
    });
    notice.to_string()
}

fn seconds(world: &World) -> String {
    (world.clock.now().micros() / 1_000_000).to_string()
}

async fn tell(world: &World, to: &str, signature: &str, timestamp: &str, body: String) -> Answer {
    let ask = world.ask(Method::POST, to).no_key().idempotency(None).bytes(body);
    ask.header("simulator-signature", signature).header("simulator-timestamp", timestamp).send().await
}

#[tokio::test]
async fn a_notice_is_taken_from_who_signed_it() {
    let world = World::start().await;
    let (at, body) = (seconds(&world), notice("att_01j0000000e008000000000001"));
    let good = sign(NOTICE_SECRET, &at, &body);
    for _ in 0..2 {
        let taken = tell(&world, "/callbacks/simulator", &good, &at, body.clone()).await;
        assert_eq!((taken.status, taken.text.as_str()), (204, ""));
    }
    for (signature, timestamp, body) in [
        (sign(b"another", &at, &body), at.clone(), body.clone()),
        (good.clone(), at.clone(), notice("att_01j0000000e008000000000002")),
        (good.clone(), String::from("1"), body.clone()),
        (String::from("v1=00"), at.clone(), body.clone()),
        (String::new(), at.clone(), body.clone()),
        (good.clone(), String::new(), body.clone()),
        (sign(NOTICE_SECRET, &at, "{}"), at.clone(), String::from("{}")),
    ] {
        tell(&world, "/callbacks/simulator", &signature, &timestamp, body).await.refused(401, "INVALID_SIGNATURE");
    }
    for nobody in ["cardmock", "balance", "nobody"] {
        tell(&world, &format!("/callbacks/{nobody}"), &good, &at, body.clone()).await.refused(404, "NOT_FOUND");
    }
    let large = "x".repeat(20_000);
    let signature = sign(NOTICE_SECRET, &at, &large);
    tell(&world, "/callbacks/simulator", &signature, &at, large).await.refused(413, "BODY_TOO_LARGE");
    world.clock.advance(Span::from_minutes(6));
    tell(&world, "/callbacks/simulator", &good, &at, body).await.refused(401, "INVALID_SIGNATURE");
}

#[tokio::test]
async fn a_notice_alone_captures_nothing() {
    let world = World::with_simulator().await;
    let mut body = pay("order-1", 36_000);
    body["method"] = json!({"type": "virtualAccount", "bank": "shinhan"});
    let issued = world.post("/v1/payments", body).await.data(201);
    let (at, told) = (seconds(&world), notice(text(&issued["attempts"][0]["id"])));
    let signature = sign(NOTICE_SECRET, &at, &told);
    let taken = tell(&world, "/callbacks/simulator", &signature, &at, told).await;
    assert_eq!(taken.status, 204);
    let payment: Value = world.get(&format!("/v1/payments/{}", text(&issued["id"]))).await.data(200);
    assert_eq!((&payment["status"], &payment["capturedAmount"]), (&json!("waitingForDeposit"), &json!(0)));
}
