//! What the simulator tells of deposits: signed, repeated until it is taken, and never to be believed alone.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::json;
use steelyard_connectors::simulator::{
    Notice, NoticeError, NoticeKind, Simulator,
    notice::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
    server::{Notify, NotifyError, Settings},
};
use steelyard_domain::{Money, Span, Timestamp};
use tokio::{net::TcpListener, sync::mpsc};

use crate::{
    raw_server::read_request,
    world::{FOREVER, PATIENCE, World},
};

const SECRET: &[u8] = b"a secret of tests";

/// A notice as it came.
struct Received {
    signature: String,
    timestamp: String,
    body: Bytes,
}

impl Received {
    fn read(&self, now: Timestamp) -> Notice {
        Simulator::read_notice(SECRET, &self.signature, &self.timestamp, &self.body, now).unwrap()
    }
}

/// Takes notices at `/notices?of=bank`, answers with `statuses` in turn and then with 204.
struct Receiver {
    url: String,
    received: mpsc::UnboundedReceiver<Received>,
}

impl Receiver {
    async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notices?of=bank", listener.local_addr().unwrap());
        let (notices, received) = mpsc::unbounded_channel();
        let statuses = Arc::new(Mutex::new(statuses.iter().copied().collect::<VecDeque<u16>>()));
        let take = async move |headers: HeaderMap, body: Bytes| {
            let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
            let (signature, timestamp) = (header(SIGNATURE_HEADER), header(TIMESTAMP_HEADER));
            notices.send(Received { signature, timestamp, body }).unwrap();
            let status = statuses.lock().unwrap().pop_front().unwrap_or(204);
            StatusCode::from_u16(status).unwrap()
        };
        let router = Router::new().route("/notices", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    async fn next(&mut self) -> Received {
        tokio::time::timeout(PATIENCE, self.received.recv()).await.unwrap().unwrap()
    }
}

fn settings(url: &str, pause: Duration) -> Settings {
    let notify = Notify::new(url, SECRET).unwrap().pausing(pause);
    Settings { notify: Some(notify), ..Settings::default() }
}

async fn world_for(receiver: &Receiver) -> World {
    World::with(settings(&receiver.url, Duration::from_millis(1))).await
}

async fn deposit(world: &World, reference: &str, amount: i64) {
    let issued = world.issue(reference, amount).await;
    assert_eq!(world.deposit(&issued, amount).await, Ok(()));
}

#[tokio::test]
async fn a_deposit_is_told_and_nothing_else_is() {
    let mut receiver = Receiver::answering(&[]).await;
    let world = world_for(&receiver).await;
    world.approve(&crate::world::purchase("att_card", 1_000)).await;
    let issued = world.issue("att_1", 7_000).await;
    assert!(world.deposit(&issued, 6_999).await.is_err());
    assert_eq!(world.deposit(&issued, 7_000).await, Ok(()));
    assert!(world.deposit(&issued, 7_000).await.is_err());
    deposit(&world, "att_2", 8_000).await;

    let first = receiver.next().await;
    let told = first.read(world.clock.now());
    assert_eq!((told.reference.as_str(), told.kind), ("att_1", NoticeKind::Deposit));
    assert_eq!(told.amount, Money::krw(7_000));
    let entry = world.entry("att_1").await.unwrap();
    assert_eq!(Some(told.occurred_at), entry.account.unwrap().deposited_at);
    let body: serde_json::Value = serde_json::from_slice(&first.body).unwrap();
    assert_eq!(body["acquirerTransactionId"].as_str(), Some(issued.acquirer_transaction_id.as_str()));
    assert_eq!((body["kind"].as_str(), body["currency"].as_str()), (Some("deposit"), Some("KRW")));
    assert_eq!(receiver.next().await.read(world.clock.now()).reference, "att_2");
}

#[tokio::test]
async fn a_notice_is_repeated_until_it_is_taken() {
    let mut receiver = Receiver::answering(&[500, 302, 404, 200]).await;
    let world = world_for(&receiver).await;
    deposit(&world, "att_1", 1_000).await;
    let mut bodies = Vec::new();
    for _ in 0..4 {
        let received = receiver.next().await;
        assert_eq!(received.read(world.clock.now()).reference, "att_1");
        bodies.push(received.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    deposit(&world, "att_2", 1_000).await;
    assert_eq!(receiver.next().await.read(world.clock.now()).reference, "att_2");
}

#[tokio::test]
async fn a_notice_that_nobody_takes_is_given_up() {
    let mut receiver = Receiver::answering(&[500; 5]).await;
    let world = world_for(&receiver).await;
    deposit(&world, "att_1", 1_000).await;
    for _ in 0..5 {
        assert_eq!(receiver.next().await.read(world.clock.now()).reference, "att_1");
    }
    deposit(&world, "att_2", 1_000).await;
    assert_eq!(receiver.next().await.read(world.clock.now()).reference, "att_2");
}

#[tokio::test]
async fn a_fault_drops_a_notice_or_sends_it_twice() {
    let mut receiver = Receiver::answering(&[]).await;
    let world = world_for(&receiver).await;
    let dropped = world.arm(json!({"kind": "drop", "operations": ["notice"], "reference": "att_1"})).await;
    let twice = world.arm(json!({"kind": "twice", "amount": 777, "times": 1})).await;
    deposit(&world, "att_1", 1_000).await;
    assert_eq!(world.hits(dropped).await, 1);
    deposit(&world, "att_2", 777).await;
    for _ in 0..2 {
        assert_eq!(receiver.next().await.read(world.clock.now()).reference, "att_2");
    }
    assert_eq!(world.hits(twice).await, 1);
    deposit(&world, "att_3", 777).await;
    assert_eq!(receiver.next().await.read(world.clock.now()).reference, "att_3");

    for fault in [
        json!({"kind": "drop", "operations": ["purchase"]}),
        json!({"kind": "twice", "operations": ["notice", "inquiry"]}),
        json!({"kind": "garbage", "operations": ["notice"]}),
        json!({"kind": "decline", "code": "NO", "operations": ["notice"]}),
    ] {
        assert_eq!(world.post("/faults", &fault).await.0, 400, "{fault}");
    }
}

#[tokio::test]
async fn a_server_that_stops_sends_nothing_more() {
    // One who never answers, and one who never listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let world = World::with(settings(&silent, FOREVER)).await;
    deposit(&world, "att_1", 1_000).await;
    let (mut stream, _) = listener.accept().await.unwrap();
    assert!(read_request(&mut stream).await);
    // Long before the simulator's own patience with the other side, ten seconds, is over.
    tokio::time::timeout(Duration::from_secs(8), world.stop()).await.unwrap();

    drop((listener, stream));
    let world = World::with(settings(&silent, FOREVER)).await;
    deposit(&world, "att_2", 1_000).await;
    tokio::time::timeout(PATIENCE, world.stop()).await.unwrap();
}

#[test]
fn notices_need_an_address_and_a_secret_worth_the_name() {
    for (url, secret) in [("nowhere", SECRET), ("http://127.0.0.1:1/notices", b"short".as_slice())] {
        let refused = Notify::new(url, secret).unwrap_err();
        assert_eq!(matches!(refused, NotifyError::SecretTooShort), secret == b"short", "{refused}");
    }
    let shown = format!("{:?}", Notify::new("http://127.0.0.1:1/notices", SECRET).unwrap());
    assert!(!shown.contains("secret"), "{shown}");
}

const BODY: &str = r#"{"reference":"att_1","acquirerTransactionId":"sim_1","kind":"deposit","amount":1000,"currency":"KRW","occurredAt":"2026-11-21T12:00:00Z"}"#;
const SIGNED_AT: &str = "1795262400";
/// Made with another program.
const SIGNATURE: &str = "v1=bf7fe0f52b265468c67e9231e06e8101f2f9640b6c3279548cd48e41b516bf4f";

#[test]
fn a_notice_is_read_only_if_its_signature_is_right_and_fresh() {
    let now = Timestamp::from_micros(1_795_262_400_000_000);
    let read = |secret: &[u8], signature: &str, timestamp: &str, body: &str, now: Timestamp| {
        Simulator::read_notice(secret, signature, timestamp, body.as_bytes(), now)
    };
    let minutes = Span::from_minutes;
    for at in [now, now.after(minutes(5)), now.before(minutes(5))] {
        let notice = read(SECRET, SIGNATURE, SIGNED_AT, BODY, at).unwrap();
        assert_eq!(notice.reference, "att_1");
        assert_eq!((notice.amount, notice.occurred_at), (Money::krw(1_000), now));
    }
    let moment = Span::from_micros(1);
    for at in [now.after(minutes(5)).after(moment), now.before(minutes(5)).before(moment)] {
        assert_eq!(read(SECRET, SIGNATURE, SIGNED_AT, BODY, at), Err(NoticeError::Stale));
    }
    let (upper, cut) = (SIGNATURE.to_uppercase().replace("V1", "v1"), &SIGNATURE[..SIGNATURE.len() - 1]);
    let other = if SIGNATURE.ends_with('0') { "1" } else { "0" };
    let other = format!("{cut}{other}");
    let (more, tampered) = (format!("{BODY} "), BODY.replace("1000", "9000"));
    for (signature, timestamp, body, error) in [
        ("", SIGNED_AT, BODY, NoticeError::SignatureMissing),
        (SIGNATURE, "", BODY, NoticeError::TimestampMissing),
        (cut, SIGNED_AT, BODY, NoticeError::SignatureMalformed),
        (&SIGNATURE[3..], SIGNED_AT, BODY, NoticeError::SignatureMalformed),
        (&upper, SIGNED_AT, BODY, NoticeError::SignatureMalformed),
        ("v1=", SIGNED_AT, BODY, NoticeError::SignatureMalformed),
        (SIGNATURE, "now", BODY, NoticeError::TimestampMalformed),
        (SIGNATURE, "+1795262400", BODY, NoticeError::TimestampMalformed),
        (SIGNATURE, "9999999999999999", BODY, NoticeError::TimestampMalformed),
        (&other, SIGNED_AT, BODY, NoticeError::SignatureWrong),
        (SIGNATURE, "1795262401", BODY, NoticeError::SignatureWrong),
        (SIGNATURE, SIGNED_AT, &more, NoticeError::SignatureWrong),
        (SIGNATURE, SIGNED_AT, &tampered, NoticeError::SignatureWrong),
        (SIGNATURE, SIGNED_AT, "", NoticeError::SignatureWrong),
    ] {
        assert_eq!(read(SECRET, signature, timestamp, body, now), Err(error), "{signature} {timestamp}");
    }
    let by_another = read(b"a secret of texts", SIGNATURE, SIGNED_AT, BODY, now);
    assert_eq!(by_another, Err(NoticeError::SignatureWrong));
    assert_eq!(read(b"", SIGNATURE, SIGNED_AT, BODY, now), Err(NoticeError::NoSecret));
    // Signed by who has the secret, and still no notice.
    let empty = read(SECRET, EMPTY_SIGNATURE, SIGNED_AT, "{}", now);
    assert!(matches!(empty, Err(NoticeError::NotANotice { .. })), "{empty:?}");
}

const EMPTY_SIGNATURE: &str = "v1=d38b386728be49ad795a6c2b0fa245724851836ff95266dac4dd522fc16c7520";
