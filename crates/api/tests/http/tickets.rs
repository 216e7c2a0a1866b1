//! `/v1/events/tickets`: one stream, one minute, no key in a browser

use reqwest::Method;
use serde_json::json;
use steelyard_domain::Span;

use crate::world::{Answer, World, text};

async fn ticket(world: &World) -> String {
    text(&world.post("/v1/events/tickets", json!({})).await.data(201)["ticket"]).to_owned()
}

async fn use_up(world: &World, ticket: &str) -> Answer {
    let stream = world.ask(Method::GET, &format!("/v1/events/stream?ticket={ticket}")).no_key();
    stream.header("origin", "https://shop.example").send().await
}

#[tokio::test]
async fn a_ticket_opens_one_stream() {
    let world = World::start().await;
    let made = world.post("/v1/events/tickets", json!({})).await.data(201);
    let text = text(&made["ticket"]);
    assert!(text.starts_with("tic_"), "{made}");
    let opened = use_up(&world, text).await;
    assert_eq!((opened.status, opened.header("content-type")), (200, Some("text/event-stream")));
    assert_eq!(opened.header("access-control-allow-origin"), Some("*"));
    let again = use_up(&world, text).await;
    again.refused(401, "INVALID_TICKET");
    assert_eq!(again.header("access-control-allow-origin"), Some("*"), "a page is to read why");
}

#[tokio::test]
async fn of_many_who_use_one_ticket_at_once_one_gets_the_stream() {
    let world = World::start().await;
    let ticket = ticket(&world).await;
    let uses = futures_util::future::join_all((0..10).map(|_| use_up(&world, &ticket))).await;
    assert_eq!(uses.iter().filter(|used| used.status == 200).count(), 1);
    assert!(uses.iter().all(|used| matches!(used.status, 200 | 401)));
}

#[tokio::test]
async fn a_ticket_is_over_after_a_minute() {
    let world = World::start().await;
    let (in_time, late) = (ticket(&world).await, ticket(&world).await);
    world.clock.advance(Span::from_micros(Span::from_secs(60).micros() - 1));
    assert_eq!(use_up(&world, &in_time).await.status, 200);
    world.clock.advance(Span::from_micros(1));
    use_up(&world, &late).await.refused(401, "INVALID_TICKET");
}

#[tokio::test]
async fn what_is_no_ticket_of_ours_is_none() {
    let world = World::start().await;
    let good = ticket(&world).await;
    let altered = format!("{}{}", &good[..good.len() - 1], if good.ends_with('0') { '1' } else { '0' });
    let other = ticket(&world).await;
    let mixed = format!("{}{}", &good[..30], &other[30..]);
    for wrong in ["", "tic_1", &good[..30], altered.as_str(), mixed.as_str(), "%ED%95%9C%EA%B8%80"] {
        let answer = use_up(&world, wrong).await;
        assert_eq!(answer.status, 401, "{wrong}: {}", answer.text);
    }
    assert_eq!(use_up(&world, &good).await.status, 200);
    // It is a right to a stream and to nothing else.
    let other = world.ask(Method::GET, &format!("/v1/payments?ticket={other}")).no_key().send().await;
    assert_eq!(other.status, 401);
}

#[tokio::test]
async fn a_ticket_ends_with_its_key() {
    let world = World::start().await;
    let key = world.post("/v1/api-keys", json!({"kind": "secret"})).await.data(201);
    let make = world.ask(Method::POST, "/v1/events/tickets").key(text(&key["key"])).body(json!({}));
    let made = make.send().await.data(201);
    world.ask(Method::DELETE, &format!("/v1/api-keys/{}", text(&key["id"]))).send().await.data(200);
    use_up(&world, text(&made["ticket"])).await.refused(401, "INVALID_KEY");
}

#[tokio::test]
async fn a_publishable_key_gets_no_ticket() {
    let world = World::start().await;
    let make = world.ask(Method::POST, "/v1/events/tickets").key(&world.ours.test_publishable_key).body(json!({}));
    make.send().await.refused(403, "KEY_NOT_ALLOWED");
    world.ask(Method::POST, "/v1/events/tickets").no_key().body(json!({})).send().await.refused(401, "MISSING_KEY");
}
