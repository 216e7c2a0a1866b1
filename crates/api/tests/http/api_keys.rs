//! `/v1/api-keys`

use reqwest::Method;
use serde_json::json;
use steelyard_domain::Span;

use crate::world::{World, ids, text};

#[tokio::test]
async fn a_key_is_issued_shown_once_and_revoked_at_once() {
    let world = World::start().await;
    let body = json!({"kind": "restricted", "scopes": ["orders:read"], "expiresAt": "2026-12-01T00:00:00+09:00",
        "rateLimit": 50});
    let issue = || world.ask(Method::POST, "/v1/api-keys").idempotency(Some("issue-1")).body(body.clone());
    let issued = issue().send().await.data(201);
    let key = text(&issued["key"]);
    assert!(key.starts_with("rk_test_"));
    assert_eq!(issued["scopes"], json!(["orders:read"]));
    let again = issue().send().await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, Some("true")));
    assert!(!again.text.contains(key));

    let id = text(&issued["id"]);
    let all = world.get("/v1/api-keys").await;
    assert!(!all.text.contains(key));
    assert!(ids(&all.data(200)).contains(&id.to_owned()));

    world.ask(Method::GET, "/v1/orders").key(key).send().await.data(200);
    let revoked = world.ask(Method::DELETE, &format!("/v1/api-keys/{id}")).send().await.data(200);
    assert!(revoked["revokedAt"].is_string());
    world.ask(Method::GET, "/v1/orders").key(key).send().await.refused(401, "INVALID_KEY");
}

#[tokio::test]
async fn no_key_gives_more_than_it_has() {
    let world = World::start().await;
    let scopes = json!(["apiKeys:write", "orders:read"]);
    let until = "2026-12-01T00:00:00+09:00";
    let ours = json!({"kind": "restricted", "scopes": scopes, "rateLimit": 50, "expiresAt": until});
    let ours = world.post("/v1/api-keys", ours).await.data(201);
    let secret = world.post("/v1/api-keys", json!({"kind": "secret"})).await.data(201);
    let ask = |path: &str, body| world.ask(Method::POST, path).key(text(&ours["key"])).body(body).send();
    for more in [
        json!({"kind": "secret", "rateLimit": 50}),
        json!({"kind": "publishable", "rateLimit": 50}),
        json!({"kind": "restricted", "scopes": ["orders:read", "orders:write"], "rateLimit": 50}),
        json!({"kind": "restricted", "scopes": ["orders:read"], "rateLimit": 51, "expiresAt": until}),
        json!({"kind": "restricted", "scopes": ["orders:read"], "expiresAt": until}),
        json!({"kind": "restricted", "scopes": ["orders:read"], "rateLimit": 50}),
        json!({"kind": "restricted", "scopes": ["orders:read"], "rateLimit": 50,
            "expiresAt": "2026-12-01T00:00:01+09:00"}),
    ] {
        ask("/v1/api-keys", more).await.refused(403, "KEY_NOT_ALLOWED");
    }
    let wider = json!({"kind": "restricted", "scopes": ["orders:read", "ledger:read"], "rateLimit": 50});
    let refused = ask("/v1/api-keys", wider).await.refused(403, "KEY_NOT_ALLOWED");
    assert!(text(&refused["message"]).contains("ledger:read"), "{refused}");
    let rotate = format!("/v1/api-keys/{}/rotate", text(&secret["id"]));
    ask(&rotate, json!({"overlap": "now"})).await.refused(403, "KEY_NOT_ALLOWED");
    // What comes of a rotation has no end: a key that has one does not get rid of it so.
    let own = format!("/v1/api-keys/{}/rotate", text(&ours["id"]));
    ask(&own, json!({"overlap": "now"})).await.refused(403, "KEY_NOT_ALLOWED");
    world.ask(Method::GET, "/v1/orders").key(text(&secret["key"])).send().await.data(200);
    let same = json!({"kind": "restricted", "scopes": ["orders:read"], "rateLimit": 50, "expiresAt": until});
    ask("/v1/api-keys", same).await.data(201);
}

#[tokio::test]
async fn a_key_expires() {
    let world = World::start().await;
    let body = json!({"kind": "secret", "expiresAt": "2026-11-21T13:00:00+09:00"});
    let key = world.post("/v1/api-keys", body).await.data(201)["key"].clone();
    world.ask(Method::GET, "/v1/orders").key(text(&key)).send().await.data(200);
    world.clock.advance(Span::from_hours(1));
    world.ask(Method::GET, "/v1/orders").key(text(&key)).send().await.refused(401, "INVALID_KEY");
}

#[tokio::test]
async fn a_rotated_key_stays_good_for_the_overlap_and_no_longer() {
    let world = World::start().await;
    for (body, hours) in [
        (json!({"overlap": "now"}), 0),
        (json!({"overlap": "1h"}), 1),
        (json!({"overlap": "24h"}), 24),
        (json!({"overlapSeconds": 7_200}), 2),
    ] {
        let old = world.post("/v1/api-keys", json!({"kind": "secret"})).await.data(201);
        let rotate = format!("/v1/api-keys/{}/rotate", text(&old["id"]));
        let new = world.post(&rotate, body.clone()).await.data(201);
        assert_ne!(new["id"], old["id"]);
        let with =
            async |key: &serde_json::Value| world.ask(Method::GET, "/v1/orders").key(text(key)).send().await.status;
        assert_eq!(with(&new["key"]).await, 200, "{body}");
        if hours > 0 {
            world.clock.advance(Span::from_secs(hours * 3_600 - 1));
            assert_eq!(with(&old["key"]).await, 200, "{body}");
            world.clock.advance(Span::from_secs(3));
        }
        assert_eq!(with(&old["key"]).await, 401, "{body}");
        assert_eq!(with(&new["key"]).await, 200, "{body}");
    }
}
