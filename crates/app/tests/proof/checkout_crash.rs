//! The server dies while a buyer pays on its page, while a deposit arrives, and while an account is closed.

use serde_json::{Value, json};
use steelyard_app::{Language, crash::CrashPoint};
use steelyard_connectors::{Connector, simulator::Simulator};
use steelyard_domain::{MerchantId, Mode, Money, PayerId, Span, Tenant};
use steelyard_store::engine::Target;
use steelyard_testkit::{Database, both_engines, engines::block_on};

use crate::{
    crash::{ROLE, play, url_of},
    desk::{Door, PRICE, PUBLIC, browser, by_card, by_deposit, by_transfer, from_balance, shown, status},
    truth,
    world::{RUNGS, Till, World, app_on},
};

both_engines!(
    a_card_on_the_page_survives_every_point,
    a_transfer_on_the_page_survives_every_point,
    an_approval_from_a_balance_survives_every_point,
    an_account_number_survives_every_point,
    a_deposit_survives_every_point,
    the_end_of_an_account_survives_every_point,
);

const PROGRAM: &str = "checkout_crash::the_program_that_dies_at_its_page";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Card,
    Transfer,
    Balance,
    Account,
    Deposit,
    Close,
}

impl Flow {
    const ALL: [Self; 6] = [Self::Card, Self::Transfer, Self::Balance, Self::Account, Self::Deposit, Self::Close];

    /// What is there before it: an account that waits, and its deposit or its end.
    async fn prepare(self, world: &World<'_>, door: &Door) -> Option<PayerId> {
        match self {
            Self::Card | Self::Transfer | Self::Account => None,
            Self::Balance => {
                // Each death has a payer of its own.
                let payer = world.payer_with(&format!("{}@example.com", door.id), PRICE).await;
                world.scanned(payer, door).await;
                Some(payer)
            }
            Self::Deposit | Self::Close => {
                let view = shown(world.press(door, by_deposit()).await);
                if self == Self::Close {
                    return None;
                }
                let number = view["payment"]["account"]["number"].as_str().unwrap();
                let amount = Money::new(PRICE, steelyard_domain::Currency::Krw);
                let patience = std::time::Duration::from_secs(30);
                world.acquirer.simulator.deposit(number, amount, patience).await.unwrap();
                None
            }
        }
    }

    async fn ask(self, till: &Till, secret: &str, payer: Option<PayerId>) {
        let visit = till.app.checkout_visit(secret, PUBLIC).await.unwrap();
        let pressed = match self {
            Self::Card => till.app.checkout_pay(&visit, by_card("4242424242424242"), browser()).await,
            Self::Transfer => till.app.checkout_pay(&visit, by_transfer("1111"), browser()).await,
            Self::Account => till.app.checkout_pay(&visit, by_deposit(), browser()).await,
            Self::Balance => {
                let view = shown(till.app.checkout_view(&visit, Language::English).await);
                if status(&view) == "open" {
                    let approval = from_balance(&view);
                    let approved = till.app.approve_scanned(payer.unwrap(), visit.id, approval, Language::English);
                    approved.await.unwrap();
                }
                return;
            }
            Self::Deposit => {
                till.clock.advance(Span::from_minutes(5));
                till.app.resolve_due().await;
                return;
            }
            Self::Close => {
                till.app.advance_test_clock(till.call("clock"), Span::from_hours(24)).await.unwrap();
                return till.app.expire_due().await;
            }
        };
        pressed.unwrap();
    }

    const fn ends(self) -> &'static str {
        match self {
            Self::Card | Self::Transfer | Self::Balance | Self::Deposit => "paid",
            Self::Account => "waitingForDeposit",
            Self::Close => "expired",
        }
    }

    /// Every point, at every passing that there is.
    fn deaths(self) -> Vec<(CrashPoint, u32, Option<&'static str>)> {
        use CrashPoint::{
            AfterAnswer, AfterCommit, AfterInquiry, AfterIntent, AfterNetCancel, AfterSettle, BeforeCommit, BeforeSave,
        };
        let commits = match self {
            // Authentication asked and kept, intent, outcome.
            Self::Card => 4,
            // The clock, the decision, the end.
            Self::Close => 3,
            Self::Transfer | Self::Account => 2,
            Self::Balance | Self::Deposit => 1,
        };
        let mut deaths = Vec::new();
        for point in [BeforeSave, BeforeCommit, AfterCommit] {
            deaths.extend((1..=commits).map(|passing| (point, passing, None)));
            if matches!(self, Self::Card | Self::Transfer | Self::Account) {
                deaths.push((point, commits, Some("dropAfter")));
                deaths.push((point, commits, Some("dropBefore")));
                // As the janitor.
                deaths.push((point, commits + 1, Some("dropAfter")));
            }
        }
        match self {
            Self::Card | Self::Transfer | Self::Account => deaths.extend([
                (AfterIntent, 1, None),
                (AfterAnswer, 1, None),
                (AfterAnswer, 1, Some("dropBefore")),
                (AfterSettle, 1, None),
                (AfterInquiry, 1, Some("dropAfter")),
                (AfterInquiry, 1, Some("dropBefore")),
                (AfterNetCancel, 1, Some("dropBefore")),
            ]),
            Self::Balance => {}
            Self::Deposit => deaths.push((AfterInquiry, 1, None)),
            Self::Close => deaths.extend([(AfterInquiry, 1, None), (AfterNetCancel, 1, None)]),
        }
        deaths
    }
}

/// Not a test of its own: the program that dies. Started by the others, with a role; by anyone else it ends at once.
#[test]
fn the_program_that_dies_at_its_page() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let role: Value = serde_json::from_str(&role).unwrap();
    let text = |name: &str| role[name].as_str().unwrap();
    block_on(async {
        let simulator = Connector::Simulator(Simulator::new(text("acquirer")).unwrap());
        let (app, clock) = app_on(Target::parse(text("database")).unwrap(), simulator).await;
        let tenant = Tenant { merchant: MerchantId::parse(text("merchant")).unwrap(), mode: Mode::Test };
        let till = Till::new(app, clock, tenant);
        let flow = Flow::ALL.into_iter().find(|flow| format!("{flow:?}") == text("flow")).unwrap();
        let payer = role["payer"].as_str().map(|payer| PayerId::parse(payer).unwrap());
        flow.ask(&till, text("secret"), payer).await;
        let mut at = 0;
        for rung in RUNGS {
            till.clock.advance(Span::from_secs(rung - at));
            at = rung;
            till.app.resolve_due().await;
        }
    });
    panic!("it was to die");
}

async fn survives(database: &Database, flow: Flow, (point, passing, fault): (CrashPoint, u32, Option<&str>)) {
    let told = format!("{flow:?} {}:{passing} {fault:?}", point.as_str());
    let world = World::start(database).await;
    let door = world.door(None).await;
    let payer = flow.prepare(&world, &door).await;
    if let Some(kind) = fault {
        world.arm(json!({"kind": kind, "operations": ["purchase"], "times": 1})).await;
    }
    let role = json!({
        "database": url_of(world.database.target()),
        "acquirer": format!("http://{}", world.acquirer.address),
        "merchant": world.tenant.merchant.to_string(),
        "flow": format!("{flow:?}"),
        "secret": door.secret,
        "payer": payer.map(|payer| payer.to_string()),
    });
    play(PROGRAM, &role, point, passing).await;
    let world = world.restart().await;
    world.clear_faults().await;
    if truth::open_attempts(database).await > 0 {
        world.resolve().await;
    }
    // Whoever asked a dead server to authenticate may ask again soon.
    world.clock.advance(Span::from_secs(15));
    let view = world.page(&door).await;
    assert!([flow.ends(), "open", "waitingForDeposit"].contains(&status(&view)), "{told}: {view}");
    if status(&view) != flow.ends() {
        flow.ask(&world, &door.secret, payer).await;
    }
    if status(&world.page(&door).await) != flow.ends() {
        world.clock.advance(Span::from_minutes(5));
        world.app.resolve_due().await;
    }
    let view = world.page(&door).await;
    assert_eq!(status(&view), flow.ends(), "{told}: {view}");
    if let Some(payer) = payer {
        assert_eq!(world.balance_of(payer).await, 0, "{told}");
    }
    // What was left waiting is let go of.
    world.clock.advance(Span::from_minutes(10));
    world.app.resolve_due().await;
    world.is_true().await;
    world.end().await;
}

async fn all(database: &Database, flow: Flow) {
    for death in flow.deaths() {
        survives(database, flow, death).await;
    }
}

async fn a_card_on_the_page_survives_every_point(database: &Database) {
    all(database, Flow::Card).await;
}

async fn a_transfer_on_the_page_survives_every_point(database: &Database) {
    all(database, Flow::Transfer).await;
}

async fn an_approval_from_a_balance_survives_every_point(database: &Database) {
    all(database, Flow::Balance).await;
}

async fn an_account_number_survives_every_point(database: &Database) {
    all(database, Flow::Account).await;
}

async fn a_deposit_survives_every_point(database: &Database) {
    all(database, Flow::Deposit).await;
}

async fn the_end_of_an_account_survives_every_point(database: &Database) {
    all(database, Flow::Close).await;
}
