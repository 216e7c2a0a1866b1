//! The binary dies at a named point of every flow, starts again, and in the end the truth is on record.
//!
//! Every point of every flow is tried by the application's own proof, which waits for no real time. Here the
//! plain run takes the hardest one, where money has moved and nothing of it is on record, and the long run all.

use futures_util::StreamExt as _;
use serde_json::json;
use steelyard_app::crash::CrashPoint;
use steelyard_testkit::{Database, both_engines};

use crate::{
    process::Process,
    world::{Ask, GOOD_CARD, World, is_long},
};

both_engines!(
    a_purchase_survives_its_server,
    an_authorization_survives_its_server,
    a_capture_survives_its_server,
    a_void_survives_its_server,
    a_cancel_survives_its_server,
    a_refund_survives_its_server,
    a_confirmation_survives_its_server,
);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Purchase,
    Authorize,
    Capture,
    Void,
    Cancel,
    Refund,
    Confirm,
}

impl Flow {
    const fn operation(self) -> &'static str {
        match self {
            Self::Purchase | Self::Confirm => "purchase",
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
        }
    }

    const fn charges(self) -> bool {
        match self {
            Self::Purchase | Self::Confirm | Self::Authorize => true,
            Self::Capture | Self::Void | Self::Cancel | Self::Refund => false,
        }
    }

    /// How often the points of a batch, and those of a request, are passed while it is prepared.
    const fn passed_before(self) -> (u32, u32) {
        match self {
            Self::Purchase | Self::Authorize => (0, 0),
            Self::Confirm => (2, 0),
            Self::Capture | Self::Void | Self::Cancel => (2, 1),
            Self::Refund => (3, 1),
        }
    }

    /// Brings about what the flow starts from; the answer is the request that is to be interrupted.
    async fn prepare(self, world: &World<'_>, server: &str) -> Ask {
        let paid = async |capture| {
            let paid = world.ask(server, &Ask::pay("first", 10_000, capture, GOOD_CARD)).await.unwrap();
            assert_eq!(paid.status, 201, "{paid:?}");
            paid.payment().unwrap().to_owned()
        };
        match self {
            Self::Purchase => Ask::pay("order", 10_000, "auto", GOOD_CARD),
            Self::Authorize => Ask::pay("order", 10_000, "manual", GOOD_CARD),
            Self::Capture => Ask::capture("key", &paid("manual").await),
            Self::Void => Ask::cancel("key", &paid("manual").await, None),
            Self::Cancel => Ask::cancel("key", &paid("auto").await, Some(4_000)),
            Self::Refund => {
                let payment = paid("auto").await;
                let body = json!({"seconds": 86_400});
                let path = "/v1/test/clock/advance";
                let moved = world.post(server, path, Some("clock"), &world.secret_key, &body).await.unwrap();
                assert_eq!(moved.status, 200, "{moved:?}");
                Ask::cancel("key", &payment, None)
            }
            Self::Confirm => {
                let mut body = Ask::pay("order", 10_000, "auto", GOOD_CARD).body;
                body.as_object_mut().unwrap().remove("capture");
                let (path, key) = ("/v1/payments/authenticate", &world.publishable_key);
                let known = world.post(server, path, None, key, &body).await.unwrap();
                assert_eq!(known.status, 201, "{known:?}");
                let body =
                    json!({"paymentKey": known.data()["paymentKey"], "merchantOrderId": "order", "amount": 10_000});
                Ask { path: String::from("/v1/payments/confirm"), key: String::from("key"), body }
            }
        }
    }
}

/// Where the server dies, at which passing since the request, and what the acquirer does to the request.
#[derive(Debug, Clone, Copy)]
struct Death {
    point: CrashPoint,
    passing: u32,
    fault: Option<&'static str>,
}

fn deaths(flow: Flow) -> Vec<Death> {
    if !is_long() {
        return vec![Death { point: CrashPoint::AfterAnswer, passing: 1, fault: None }];
    }
    let mut deaths = Vec::new();
    for point in CrashPoint::ALL {
        let passings: &[(u32, Option<&str>)] = match point {
            // The intent's batch, the outcome's, and the janitor's where there was none.
            CrashPoint::BeforeSave | CrashPoint::BeforeCommit | CrashPoint::AfterCommit => {
                &[(1, None), (2, None), (2, Some("dropAfter")), (3, Some("dropAfter"))]
            }
            CrashPoint::AfterIntent | CrashPoint::AfterSettle => &[(1, None)],
            CrashPoint::AfterAnswer => &[(1, None), (1, Some("dropBefore"))],
            CrashPoint::AfterInquiry => &[(1, Some("dropAfter")), (1, Some("dropBefore"))],
            CrashPoint::AfterNetCancel if flow.charges() => &[(1, Some("wrongAmount")), (1, Some("dropBefore"))],
            CrashPoint::AfterNetCancel => &[],
        };
        deaths.extend(passings.iter().map(|(passing, fault)| Death { point, passing: *passing, fault: *fault }));
    }
    deaths
}

async fn die(database: &Database, flow: Flow, death: Death) {
    let world = World::start(database).await;
    let (batches, requests) = flow.passed_before();
    let before = match death.point {
        CrashPoint::BeforeSave | CrashPoint::BeforeCommit | CrashPoint::AfterCommit => batches,
        CrashPoint::AfterIntent | CrashPoint::AfterAnswer | CrashPoint::AfterSettle => requests,
        CrashPoint::AfterInquiry | CrashPoint::AfterNetCancel => 0,
    };
    let at = format!("{}:{}", death.point.as_str(), before + death.passing);
    let mut server = world.serve(&[("STEELYARD_CRASH_AT", &at)]).await;
    let ask = flow.prepare(&world, &server.url).await;
    if let Some(fault) = death.fault {
        world.arm(json!({"kind": fault, "operations": [flow.operation()], "times": 1})).await;
    }
    let first = world.ask(&server.url, &ask).await;
    // The janitor's points come after the answer; at all others there is none.
    server.aborted().await;
    let again = world.serve(&[]).await;
    end_well(&world, &again, &ask, first, &format!("{flow:?} {death:?}")).await;
}

async fn end_well(world: &World<'_>, server: &Process, ask: &Ask, first: Option<crate::world::Seen>, told: &str) {
    let answer = world.insist(&server.url, ask).await;
    if let Some(first) = first {
        assert_eq!((first.status, &first.body), (answer.status, &answer.body), "{told}: what was told is told again");
    }
    world.resolved().await;
    let payment = world.payment(&server.url, answer.payment().unwrap()).await;
    assert!(payment["unknown"].is_null(), "{told}: {payment}");
    let replayed = world.ask(&server.url, ask).await.unwrap();
    assert_eq!((replayed.status, &replayed.body, replayed.replayed), (answer.status, &answer.body, true), "{told}");
    world.is_true().await;
    let order = world.get(&server.url, &format!("/v1/orders/{}", payment["orderId"].as_str().unwrap())).await.unwrap();
    assert_eq!(order.data()["paidAmount"], payment["capturedAmount"], "{told}");
}

async fn all(first: &Database, flow: Flow) {
    // Each death has a database of its own, a few at a time; of the one given only the engine counts.
    let postgres = first.engine() == steelyard_store::Engine::Postgres;
    let deaths = deaths(flow).into_iter().map(|death| async move {
        let database = if postgres { Database::postgres().await } else { Database::sqlite().await };
        die(&database, flow, death).await;
    });
    let deaths: Vec<()> = futures_util::stream::iter(deaths).buffer_unordered(6).collect().await;
    assert!(!deaths.is_empty());
}

async fn a_purchase_survives_its_server(database: &Database) {
    all(database, Flow::Purchase).await;
}

async fn an_authorization_survives_its_server(database: &Database) {
    all(database, Flow::Authorize).await;
}

async fn a_capture_survives_its_server(database: &Database) {
    all(database, Flow::Capture).await;
}

async fn a_void_survives_its_server(database: &Database) {
    all(database, Flow::Void).await;
}

async fn a_cancel_survives_its_server(database: &Database) {
    all(database, Flow::Cancel).await;
}

async fn a_refund_survives_its_server(database: &Database) {
    all(database, Flow::Refund).await;
}

async fn a_confirmation_survives_its_server(database: &Database) {
    all(database, Flow::Confirm).await;
}
