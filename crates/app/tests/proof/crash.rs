//! The process dies at every named point of every flow, and in the end the truth is on record.
//!
//! What dies is a process of its own: this test's program, started again with the point in its environment.

use std::{os::unix::process::ExitStatusExt as _, process::Stdio};

use serde_json::{Value, json};
use steelyard_app::{
    crash::CrashPoint,
    request::{Authentication, Buyer, Confirmation},
};
use steelyard_connectors::{Connector, simulator::Simulator};
use steelyard_domain::{AttemptId, Currency, MerchantId, Mode, PaymentId, Span, Tenant, payment::CaptureMode};
use steelyard_store::engine::Target;
use steelyard_testkit::{Database, both_engines, engines::block_on};
use tokio_postgres::config::Host;

use crate::world::{RUNGS, Seen, Till, World, app_on, card, seen};

both_engines!(
    a_purchase_survives_every_point,
    an_authorization_survives_every_point,
    a_capture_survives_every_point,
    a_void_survives_every_point,
    a_cancel_survives_every_point,
    a_refund_survives_every_point,
    a_confirmation_survives_every_point,
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
    const ALL: [Self; 7] =
        [Self::Purchase, Self::Authorize, Self::Capture, Self::Void, Self::Cancel, Self::Refund, Self::Confirm];

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
            Self::Purchase | Self::Authorize | Self::Confirm => true,
            Self::Capture | Self::Void | Self::Cancel | Self::Refund => false,
        }
    }

    /// Brings about what the flow starts from; the answer is the id it acts on.
    async fn prepare(self, world: &World<'_>) -> String {
        match self {
            Self::Purchase | Self::Authorize => String::from("none"),
            Self::Capture | Self::Void => world.authorized(10_000).await.to_string(),
            Self::Cancel => world.captured(10_000).await.to_string(),
            Self::Refund => {
                let payment = world.captured(10_000).await;
                // Past midnight it is a refund.
                world.app.advance_test_clock(world.call("clock"), Span::from_days(1)).await.unwrap();
                payment.to_string()
            }
            Self::Confirm => {
                let new = Authentication {
                    merchant_order_id: String::from("order"),
                    order_name: String::from("아메리카노"),
                    amount: 10_000,
                    currency: Currency::Krw,
                    card: card("4242424242424242"),
                    installment_months: 0,
                    buyer: Buyer::default(),
                };
                let known = seen(world.app.authenticate_payment(world.call("none"), new).await);
                known.data()["paymentKey"].as_str().unwrap().to_owned()
            }
        }
    }

    /// The request that is interrupted, and repeated afterwards.
    async fn ask(self, till: &Till, on: &str) -> Seen {
        let payment = || PaymentId::parse(on).unwrap();
        match self {
            Self::Purchase => till.pay("key", "order", 10_000, CaptureMode::Auto).await,
            Self::Authorize => till.pay("key", "order", 10_000, CaptureMode::Manual).await,
            Self::Capture => till.capture("key", payment(), None).await,
            Self::Void | Self::Refund => till.cancel("key", payment(), None).await,
            Self::Cancel => till.cancel("key", payment(), Some(4_000)).await,
            Self::Confirm => {
                let attempt = AttemptId::parse(on).unwrap();
                let (merchant_order_id, currency) = (String::from("order"), Currency::Krw);
                let new = Confirmation { attempt, merchant_order_id, amount: 10_000, currency };
                seen(till.app.confirm_payment(till.call("key"), new).await)
            }
        }
    }
}

/// Where the process dies, at which passing, and what the acquirer does to the request.
#[derive(Debug, Clone, Copy)]
struct Death {
    point: CrashPoint,
    passing: u32,
    fault: Option<&'static str>,
}

/// Every point, at every passing that there is: the intent's batch, the outcome's, the janitor's.
fn deaths(flow: Flow) -> Vec<Death> {
    let mut deaths = Vec::new();
    for point in CrashPoint::ALL {
        let passings: &[(u32, Option<&str>)] = match point {
            CrashPoint::BeforeSave | CrashPoint::BeforeCommit | CrashPoint::AfterCommit => &[
                (1, None),
                (2, None),
                (2, Some("decline")),
                (2, Some("dropAfter")),
                (2, Some("dropBefore")),
                (3, Some("dropAfter")),
                (3, Some("dropBefore")),
                (5, Some("dropBefore")),
            ],
            CrashPoint::AfterIntent => &[(1, None)],
            CrashPoint::AfterAnswer | CrashPoint::AfterSettle => {
                &[(1, None), (1, Some("decline")), (1, Some("dropAfter")), (1, Some("dropBefore"))]
            }
            CrashPoint::AfterInquiry => &[(1, Some("dropAfter")), (1, Some("dropBefore")), (3, Some("dropBefore"))],
            CrashPoint::AfterNetCancel if flow.charges() => &[(1, Some("wrongAmount")), (1, Some("dropBefore"))],
            CrashPoint::AfterNetCancel => &[],
        };
        deaths.extend(passings.iter().map(|(passing, fault)| Death { point, passing: *passing, fault: *fault }));
    }
    deaths
}

pub const ROLE: &str = "STEELYARD_PROOF_ROLE";
const PROGRAM: &str = "crash::the_program_that_dies";

/// Not a test of its own: the program that dies. Started by the others, with a role; by anyone else it ends at once.
#[test]
fn the_program_that_dies() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let role: Value = serde_json::from_str(&role).unwrap();
    let text = |name: &str| role[name].as_str().unwrap();
    block_on(async {
        let simulator = Connector::Simulator(Simulator::new(text("acquirer")).unwrap());
        let (app, clock) = app_on(Target::parse(text("database")).unwrap(), simulator).await;
        let tenant = Tenant { merchant: MerchantId::parse(text("merchant")).unwrap(), mode: Mode::Test };
        let till = Till::new(app, clock, tenant);
        let flow = Flow::ALL.into_iter().find(|flow| format!("{flow:?}") == text("flow")).unwrap();
        let first = flow.ask(&till, text("on")).await;
        println!("\nANSWER {}", json!({"status": first.status, "body": first.body}));
        // Still alive: it dies as a janitor.
        let mut at = 0;
        till.app.resolve_due().await;
        for rung in RUNGS {
            till.clock.advance(Span::from_secs(rung - at));
            at = rung;
            till.app.resolve_due().await;
        }
    });
    panic!("it was to die");
}

pub fn url_of(target: &Target) -> String {
    match target {
        Target::Sqlite(path) => format!("sqlite:{}", path.display()),
        Target::Postgres(config) => {
            let Host::Tcp(host) = &config.get_hosts()[0] else { panic!("the server is reached over TCP") };
            let password = config.get_password().map(|password| String::from_utf8(password.to_vec()).unwrap());
            let password = password.map(|password| format!(":{password}")).unwrap_or_default();
            let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
            format!("postgres://{user}{password}@{host}:{}/{name}", config.get_ports()[0])
        }
    }
}

/// Lets a test of this program play a role in a process of its own, until it dies; the answer is what it said.
pub async fn play(program: &str, role: &Value, point: CrashPoint, passing: u32) -> String {
    const SIGABRT: i32 = 6;
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.args([program, "--exact", "--nocapture"]).stdin(Stdio::null()).kill_on_drop(true);
    command.env(ROLE, role.to_string());
    command.env("STEELYARD_CRASH_AT", format!("{}:{passing}", point.as_str()));
    let ended = command.output().await.unwrap();
    let why = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.signal(), Some(SIGABRT), "{role} {}:{passing}: {why}", point.as_str());
    String::from_utf8(ended.stdout).unwrap()
}

/// Lets a process ask and die; the answer is what it was told before.
async fn die(world: &World<'_>, flow: Flow, on: &str, death: Death) -> Option<Value> {
    let role = json!({
        "database": url_of(world.database.target()),
        "acquirer": format!("http://{}", world.acquirer.address),
        "merchant": world.tenant.merchant.to_string(),
        "flow": format!("{flow:?}"),
        "on": on,
    });
    let said = play(PROGRAM, &role, death.point, death.passing).await;
    let answer = said.lines().find_map(|line| line.strip_prefix("ANSWER "))?;
    Some(serde_json::from_str(answer).unwrap())
}

async fn survives(database: &Database, flow: Flow, death: Death) {
    let told = format!("{flow:?} {death:?}");
    let world = World::start(database).await;
    let on = flow.prepare(&world).await;
    if let Some(kind) = death.fault {
        let mut fault = json!({"kind": kind, "operations": [flow.operation()], "times": 1});
        if kind == "decline" {
            fault["code"] = "LIMIT".into();
        }
        world.arm(fault).await;
    }
    let first = die(&world, flow, &on, death).await;
    let world = world.restart().await;
    let mut answer = flow.ask(&world, &on).await;
    if answer.code() == "REQUEST_IN_PROGRESS" {
        world.resolve().await;
        answer = flow.ask(&world, &on).await;
    }
    assert!(matches!(answer.status, 200 | 201 | 202 | 402), "{told}: {answer:?}");
    if let Some(first) = first {
        assert_eq!((&first["status"], &first["body"]), (&answer.status.into(), &answer.body), "{told}");
    }
    world.resolve().await;
    let again = flow.ask(&world, &on).await;
    assert_eq!((again.status, &again.body, again.replayed), (answer.status, &answer.body, true), "{told}");
    let payment = world.payment(answer.payment()).await;
    assert!(payment["unknown"].is_null(), "{told}: {payment}");
    world.is_true().await;
    world.end().await;
}

async fn all(database: &Database, flow: Flow) {
    // Each death has a merchant and an acquirer of its own.
    for death in deaths(flow) {
        survives(database, flow, death).await;
    }
}

async fn a_purchase_survives_every_point(database: &Database) {
    all(database, Flow::Purchase).await;
}

async fn an_authorization_survives_every_point(database: &Database) {
    all(database, Flow::Authorize).await;
}

async fn a_capture_survives_every_point(database: &Database) {
    all(database, Flow::Capture).await;
}

async fn a_void_survives_every_point(database: &Database) {
    all(database, Flow::Void).await;
}

async fn a_cancel_survives_every_point(database: &Database) {
    all(database, Flow::Cancel).await;
}

async fn a_refund_survives_every_point(database: &Database) {
    all(database, Flow::Refund).await;
}

async fn a_confirmation_survives_every_point(database: &Database) {
    all(database, Flow::Confirm).await;
}
