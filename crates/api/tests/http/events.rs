//! `/v1/events` and `/v1/events/stream`

use reqwest::Method;
use serde_json::{Value, json};
use steelyard_domain::{Span, limits::STREAMS_OF_TENANT_MAX};

use crate::world::{Ask, World, card, text};

/// Events take their places shortly after their commit: asks until `count` are there.
async fn events(world: &World, query: &str, count: usize) -> Value {
    loop {
        let page = world.get(&format!("/v1/events{query}")).await.data(200);
        if page["items"].as_array().unwrap().len() >= count {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_happened_is_told_newest_first_and_by_type() {
    let world = World::start().await;
    world.payment("order-1", 10_000).await;
    let page = events(&world, "", 4).await;
    let types: Vec<&str> = page["items"].as_array().unwrap().iter().map(|event| text(&event["type"])).collect();
    assert_eq!(types.len(), 4, "{types:?}");
    for kind in ["order.created", "payment.created", "payment.captured", "order.paid"] {
        assert!(types.contains(&kind), "{types:?}");
    }
    let positions: Vec<i64> =
        page["items"].as_array().unwrap().iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert!(positions.is_sorted_by(|newer, older| newer > older), "{positions:?}");

    let captured = events(&world, "?types=payment.captured", 1).await;
    assert_eq!(captured["items"].as_array().unwrap().len(), 1);
    assert_eq!(captured["items"][0]["data"]["status"], "captured");
    let two = events(&world, "?types=payment.captured,order.paid", 2).await;
    assert_eq!(two["items"].as_array().unwrap().len(), 2);
    world.get("/v1/events?types=payment.exploded").await.refused_for("INVALID_REQUEST", "types");
}

/// A reader of a stream.
struct Listener {
    response: reqwest::Response,
    /// A chunk may end within a character.
    unread: Vec<u8>,
}

impl Listener {
    async fn open(ask: Ask<'_>) -> Self {
        let response = ask.open().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let mut listener = Self { response, unread: Vec::new() };
        // Said before anything happens, so that a reader knows that it is heard.
        assert_eq!(listener.frame().await.as_deref(), Some("retry: 1000\n: steelyard"));
        listener
    }

    /// What stands before the next empty line; `None` at the end.
    async fn frame(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let frame = self.unread.drain(..end + 2).take(end).collect();
                return Some(String::from_utf8(frame).unwrap());
            }
            self.unread.extend(self.response.chunk().await.unwrap()?);
        }
    }

    /// The next event, its id and type compared with what it holds.
    async fn event(&mut self) -> Option<Value> {
        loop {
            let frame = self.frame().await?;
            if frame.starts_with(':') {
                continue;
            }
            let lines: Vec<(&str, &str)> = frame.lines().map(|line| line.split_once(": ").unwrap()).collect();
            let [("id", id), ("event", kind), ("data", data)] = lines[..] else { panic!("{frame}") };
            let event: Value = serde_json::from_str(data).unwrap();
            assert_eq!((id, kind), (event["position"].to_string().as_str(), text(&event["type"])));
            return Some(event);
        }
    }

    async fn types(&mut self, count: usize) -> Vec<String> {
        let mut types = Vec::new();
        while types.len() < count {
            types.push(text(&self.event().await.unwrap()["type"]).to_owned());
        }
        types
    }
}

fn stream<'w>(world: &'w World, query: &str) -> Ask<'w> {
    world.ask(Method::GET, &format!("/v1/events/stream{query}"))
}

const OF_A_PAYMENT: [&str; 4] = ["order.created", "payment.created", "payment.captured", "order.paid"];

#[tokio::test]
async fn what_happens_is_streamed_in_order_from_now_on() {
    let world = World::start().await;
    world.payment("order-1", 10_000).await;
    // Events take their places shortly after their commit: from here on there are none of the first payment's to come.
    events(&world, "", 4).await;
    let mut listener = Listener::open(stream(&world, "")).await;
    let mut only_paid = Listener::open(stream(&world, "?types=order.paid")).await;
    let payment = world.payment("order-2", 7_000).await;
    assert_eq!(listener.types(4).await, OF_A_PAYMENT);
    let paid = only_paid.event().await.unwrap();
    assert_eq!((&paid["objectId"], &paid["data"]["status"]), (&payment["orderId"], &Value::from("paid")));
}

#[tokio::test]
async fn a_reader_that_comes_again_gets_what_came_meanwhile_and_nothing_twice() {
    let world = World::start().await;
    world.payment("order-1", 10_000).await;
    let mut listener = Listener::open(stream(&world, "?after=0")).await;
    assert_eq!(listener.types(2).await, OF_A_PAYMENT[..2]);
    let seen = listener.event().await.unwrap()["position"].to_string();
    drop(listener);
    world.payment("order-2", 10_000).await;
    // The header goes before the query, in which a browser's page keeps what it began with.
    let mut again = Listener::open(stream(&world, "?after=0").header("last-event-id", &seen)).await;
    assert_eq!(again.types(1).await, ["order.paid"]);
    assert_eq!(again.types(4).await, OF_A_PAYMENT);
}

#[tokio::test]
async fn a_stream_is_longer_than_a_page() {
    let world = World::start().await;
    for number in 0..30 {
        world.payment(&format!("order-{number}"), 1_000).await;
    }
    let mut listener = Listener::open(stream(&world, "?after=0")).await;
    let mut last = 0;
    for _ in 0..30 * OF_A_PAYMENT.len() {
        let position = listener.event().await.unwrap()["position"].as_i64().unwrap();
        assert!(position > last);
        last = position;
    }
}

#[tokio::test]
async fn nobody_hears_of_another_merchant() {
    let world = World::start().await;
    world.payment("order-1", 10_000).await;
    let mut theirs = Listener::open(stream(&world, "?after=0").key(&world.theirs.test_secret_key)).await;
    let order = world.ask(Method::POST, "/v1/payments").key(&world.theirs.test_secret_key);
    order.body(crate::world::pay("their-order", 5_000)).send().await.data(201);
    let first = theirs.event().await.unwrap();
    assert_eq!(first["merchantId"], world.theirs.merchant.to_string());
    stream(&world, "").no_key().send().await.refused(401, "MISSING_KEY");
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_refused_by_field() {
    let world = World::start().await;
    for (query, code, param) in [
        ("?after=-1", "INVALID_REQUEST", "after"),
        ("?after=x", "INVALID_REQUEST", "after"),
        ("?types=order.eaten", "INVALID_REQUEST", "types"),
        ("?cursor=x", "UNKNOWN_FIELD", "cursor"),
    ] {
        stream(&world, query).send().await.refused_for(code, param);
    }
    let ask = stream(&world, "").header("last-event-id", "evt_1");
    ask.send().await.refused_for("INVALID_REQUEST", "Last-Event-ID");
}

#[tokio::test]
async fn a_reader_of_few_types_misses_none_among_many_others() {
    let world = World::start().await;
    let mut listener = Listener::open(stream(&world, "?after=0&types=order.paid")).await;
    for number in 0..40 {
        let name = format!("order-{number}");
        // Two that it does not ask for, and now and then one that it does.
        let order = world.order(&name).await;
        if number % 4 == 3 {
            let body = json!({"orderId": order["id"], "method": card("4242424242424242")});
            world.post("/v1/payments", body).await.data(201);
            assert_eq!(listener.event().await.unwrap()["objectId"], order["id"]);
        }
    }
}

/// A key that may read events, in the form of an answer.
async fn reading_key(world: &World, expires_at: Value) -> Value {
    let body = json!({"kind": "restricted", "scopes": ["events:read"], "expiresAt": expires_at});
    world.post("/v1/api-keys", body).await.data(201)
}

#[tokio::test]
async fn a_stream_ends_with_its_key_and_tells_it_nothing_more() {
    let world = World::start().await;
    let revoked = reading_key(&world, Value::Null).await;
    let expired = reading_key(&world, json!("2026-11-21T13:00:00+09:00")).await;
    let mut streams = Vec::new();
    for key in [&revoked, &expired] {
        streams.push(Listener::open(stream(&world, "").key(text(&key["key"]))).await);
    }
    let mut ours = Listener::open(stream(&world, "")).await;
    world.payment("order-1", 1_000).await;
    for listener in streams.iter_mut().chain([&mut ours]) {
        assert_eq!(listener.types(4).await, OF_A_PAYMENT);
    }
    let path = format!("/v1/api-keys/{}", text(&revoked["id"]));
    world.ask(Method::DELETE, &path).send().await.data(200);
    world.clock.advance(Span::from_hours(1));
    world.payment("order-2", 1_000).await;
    for listener in &mut streams {
        assert!(listener.event().await.is_none());
    }
    assert_eq!(ours.types(4).await, OF_A_PAYMENT);
}

#[tokio::test]
async fn a_merchant_that_has_all_its_streams_open_is_told_to_wait() {
    let world = World::start().await;
    let mut open = Vec::new();
    for _ in 0..STREAMS_OF_TENANT_MAX {
        open.push(Listener::open(stream(&world, "")).await);
    }
    let refused = stream(&world, "").send().await;
    refused.refused(429, "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), Some("1"));
    // It is not told of requests a second, which it did not use up.
    assert_eq!(refused.header("ratelimit-limit"), None);
    let theirs = stream(&world, "").key(&world.theirs.test_secret_key);
    Listener::open(theirs).await;
}

#[tokio::test]
async fn a_stream_ends_when_the_server_is_told_to_stop() {
    let mut world = World::start().await;
    let mut listener = Listener::open(stream(&world, "")).await;
    world.stop();
    assert!(listener.event().await.is_none());
    world.served.await.unwrap().unwrap();
}
