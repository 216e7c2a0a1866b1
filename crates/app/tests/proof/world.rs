//! The application in process, on a database of its own, beside a simulated acquirer of its own. Its clock
//! stands still and its workers are off: a test moves the one and does the work of the others.

use std::{
    net::SocketAddr,
    ops::Deref,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::Value;
use steelyard_app::{App, Clock, Config, Language, NewMerchant, Problem, read::Expand, request::*};
use steelyard_connectors::{
    Connector,
    simulator::{
        Simulator,
        server::{Book, Settings, serve},
    },
};
use steelyard_domain::{
    Currency, Mode, PaymentId, ProductId, Rate, Span, Tenant, Timestamp,
    method::{Card, CardNumber, ConnectorName, SecretDigits},
    payment::CaptureMode,
};
use steelyard_store::engine::Target;
use steelyard_testkit::{Database, database::Place};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::truth;

/// When the ladder looks at what was sent, in seconds since then.
pub const RUNGS: [i64; 8] = [5, 15, 45, 120, 600, 3_600, 7_200, 10_800];

/// What the acquirer signs its notices with.
pub const NOTICE_SECRET: &[u8] = b"what the acquirer signs its notices with";

/// An answer as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub status: u16,
    pub body: Value,
    pub replayed: bool,
}

impl Seen {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap()
    }

    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    pub fn payment(&self) -> PaymentId {
        let id = self.body["data"]["id"].as_str().or_else(|| self.body["error"]["paymentId"].as_str());
        PaymentId::parse(id.unwrap_or_else(|| panic!("no payment: {self:?}"))).unwrap()
    }
}

/// The acquirer of a test. It may be stopped and started again on the same book.
pub struct Acquirer {
    pub address: SocketAddr,
    pub simulator: Simulator,
    book: std::path::PathBuf,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    _place: Place,
}

impl Acquirer {
    pub async fn start() -> Self {
        let place = Place::sqlite();
        let Target::Sqlite(path) = &place.target else { panic!("a place for files has a path") };
        let book = path.with_file_name("acquirer.db");
        let (address, running) = listen(&book, SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let simulator = Simulator::new(&format!("http://{address}")).unwrap();
        Self { address, simulator, book, running: Some(running), _place: place }
    }

    pub async fn stop(&mut self) {
        let (stop, served) = self.running.take().unwrap();
        stop.send(()).unwrap();
        served.await.unwrap();
    }

    pub async fn start_again(&mut self) {
        let (_, running) = listen(&self.book, self.address).await;
        self.running = Some(running);
    }
}

async fn listen(book: &std::path::Path, address: SocketAddr) -> (SocketAddr, (oneshot::Sender<()>, JoinHandle<()>)) {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let book = Book::open(book).unwrap();
    // What is never answered ends at once, so that no test waits for it.
    let at_once = Duration::from_millis(1);
    let settings = Settings { hold: at_once, slow: at_once, ..Settings::default() };
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(listener, book, settings, async {
        let _ = stopped.await;
    }));
    (address, (stop, served))
}

/// The application as a merchant uses it.
pub struct Till {
    pub app: App,
    pub clock: Clock,
    pub tenant: Tenant,
    made: AtomicU64,
}

/// A till with everything around it.
pub struct World<'d> {
    pub till: Till,
    pub acquirer: Acquirer,
    pub database: &'d Database,
    pub http: reqwest::Client,
}

impl Deref for World<'_> {
    type Target = Till;

    fn deref(&self) -> &Till {
        &self.till
    }
}

impl<'d> World<'d> {
    pub async fn start(database: &'d Database) -> Self {
        let acquirer = Acquirer::start().await;
        let simulator = Connector::Simulator(acquirer.simulator.clone());
        Self::with(database, database.target().clone(), acquirer, simulator).await
    }

    /// `target` and `connector` may lead to database and acquirer by ways of their own.
    pub async fn with(database: &'d Database, target: Target, acquirer: Acquirer, connector: Connector) -> Self {
        Self::configured(database, target, acquirer, connector, |_| {}).await
    }

    /// The same, its configuration changed.
    #[expect(clippy::disallowed_methods, reason = "sets the simulator's faults as its own protocol does")]
    pub async fn configured(
        database: &'d Database,
        target: Target,
        acquirer: Acquirer,
        connector: Connector,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let name = connector.name();
        let (app, clock) = app_by(target, connector, change).await;
        let tenant = merchant(&app, name).await;
        let till = Till::new(app, clock, tenant);
        // Where the acquirer leads a buyer back to is only read.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { till, acquirer, database, http }
    }

    /// The same world, its application stopped and started again.
    pub async fn restart(self) -> Self {
        let Till { app, tenant, made, .. } = self.till;
        app.stop().await;
        let simulator = Connector::Simulator(self.acquirer.simulator.clone());
        let (app, clock) = app_on(self.database.target().clone(), simulator).await;
        Self { till: Till { app, clock, tenant, made }, ..self }
    }

    pub async fn arm(&self, fault: Value) {
        let url = format!("http://{}/faults", self.acquirer.address);
        let answer = self.http.post(url).json(&fault).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201, "{fault}");
    }

    pub async fn clear_faults(&self) {
        let url = format!("http://{}/faults", self.acquirer.address);
        assert!(self.http.delete(url).send().await.unwrap().status().is_success());
    }

    /// Climbs the ladder of what was sent now, and does the janitor's work at each rung, until nothing is open.
    pub async fn resolve(&self) {
        let mut at = 0;
        for rung in RUNGS {
            self.clock.advance(Span::from_secs(rung - at));
            at = rung;
            self.app.resolve_due().await;
            if truth::open_attempts(self.database).await == 0 {
                return;
            }
        }
        panic!("something is still open after the whole ladder");
    }

    /// The janitor's next look at what was sent `before` seconds ago, at `rung` seconds.
    pub async fn look_at(&self, before: i64, rung: i64) {
        self.clock.advance(Span::from_secs(rung - before));
        self.app.resolve_due().await;
    }

    /// The types of the events about an object, oldest first.
    pub async fn events(&self, object: &str) -> Vec<String> {
        let reader = self.database.reader().await;
        let sql = "SELECT type FROM event WHERE object_id = $1 ORDER BY seq";
        reader.rows(sql, vec![object.to_owned().into()], |row| row.text()).await.unwrap()
    }

    /// The balance of all accounts of one code, credits less debits.
    pub async fn balance(&self, code: &str) -> i64 {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(credits_posted - debits_posted), 0) AS BIGINT) FROM account WHERE code = '{code}'"
        );
        self.database.numbers(&sql).await[0]
    }

    /// The acquirer's book and ours agree, and every invariant holds.
    pub async fn is_true(&self) {
        truth::agrees(self.database, self.tenant.merchant, &truth::book(&self.acquirer.simulator).await).await;
        truth::holds(self.database, self.now()).await;
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub async fn end(self) {
        self.till.app.stop().await;
    }
}

impl Till {
    pub const fn new(app: App, clock: Clock, tenant: Tenant) -> Self {
        Self { app, clock, tenant, made: AtomicU64::new(0) }
    }

    /// A name that was not given before.
    pub fn name(&self, what: &str) -> String {
        format!("{what}-{}", self.made.fetch_add(1, Ordering::Relaxed))
    }

    pub fn call(&self, key: &str) -> Call {
        Call {
            tenant: self.tenant,
            key: None,
            request_id: String::from("req_01j0000000e008000000000001"),
            language: Language::English,
            idempotency: Some(Claim { key: key.to_owned(), request_hash: vec![1; 32] }),
        }
    }

    pub async fn pay(&self, key: &str, order: &str, amount: i64, capture: CaptureMode) -> Seen {
        self.pay_by(key, order, amount, capture, card("4242424242424242")).await
    }

    pub async fn pay_by(&self, key: &str, order: &str, amount: i64, capture: CaptureMode, card: Card) -> Seen {
        let target = PaymentTarget::Inline {
            merchant_order_id: order.to_owned(),
            order_name: String::from("아메리카노"),
            amount,
            buyer: Buyer::default(),
        };
        self.charge(key, target, capture, card).await
    }

    pub async fn charge(&self, key: &str, target: PaymentTarget, capture: CaptureMode, card: Card) -> Seen {
        let new = NewPayment {
            target,
            amount: None,
            currency: None,
            capture,
            method: NewMethod::Card(card),
            installment_months: 0,
            metadata: None,
        };
        seen(self.app.create_payment(self.call(key), new).await)
    }

    /// A captured payment of its own order.
    pub async fn captured(&self, amount: i64) -> PaymentId {
        let paid = self.pay(&self.name("pay"), &self.name("order"), amount, CaptureMode::Auto).await;
        assert_eq!((paid.status, paid.data()["status"].as_str()), (201, Some("captured")), "{paid:?}");
        paid.payment()
    }

    /// An authorized payment of its own order.
    pub async fn authorized(&self, amount: i64) -> PaymentId {
        let held = self.pay(&self.name("pay"), &self.name("order"), amount, CaptureMode::Manual).await;
        assert_eq!((held.status, held.data()["status"].as_str()), (201, Some("authorized")), "{held:?}");
        held.payment()
    }

    pub async fn capture(&self, key: &str, payment: PaymentId, amount: Option<i64>) -> Seen {
        seen(self.app.capture_payment(self.call(key), payment, amount).await)
    }

    /// Gives back all, or `amount`.
    pub async fn cancel(&self, key: &str, payment: PaymentId, amount: Option<i64>) -> Seen {
        let of = amount.map_or(ReturnOf::Everything, ReturnOf::Amount);
        let new = NewReturn { of, reason: String::from("단순 변심"), restock: true, expected: None };
        seen(self.app.cancel_payment(self.call(key), payment, new).await)
    }

    pub async fn product(&self, on_hand: i64) -> ProductId {
        self.product_at(1_000, on_hand).await
    }

    pub async fn product_at(&self, price: i64, on_hand: i64) -> ProductId {
        let new = NewProduct {
            sku: self.name("sku"),
            name: String::from("한정판"),
            price,
            currency: Currency::Krw,
            tax_free: false,
            seller: None,
            on_hand,
            threshold: None,
            metadata: None,
        };
        let made = seen(self.app.create_product(self.call(&self.name("product")), new).await);
        ProductId::parse(made.data()["id"].as_str().unwrap()).unwrap()
    }

    /// An order of one unit of a product, or of something without stock.
    pub async fn order(&self, key: &str, merchant_order_id: &str, product: Option<ProductId>) -> Seen {
        let line = match product {
            Some(_) => NewLine { product, seller: None, name: None, quantity: 1, unit_price: None, tax_free: None },
            None => NewLine {
                product,
                seller: None,
                name: Some(String::from("아메리카노")),
                quantity: 1,
                unit_price: Some(1_000),
                tax_free: None,
            },
        };
        let new = NewOrder {
            merchant_order_id: merchant_order_id.to_owned(),
            name: None,
            currency: Currency::Krw,
            lines: vec![line],
            shipping_fee: 0,
            buyer: Buyer::default(),
            total: None,
            metadata: None,
            top_up_of: None,
            is_claim: false,
        };
        seen(self.app.create_order(self.call(key), new).await)
    }

    pub async fn payment(&self, id: PaymentId) -> Value {
        let expand = Expand { refunds: true, ledger: false };
        serde_json::to_value(self.app.payment(self.tenant, id, expand).await.unwrap()).unwrap()
    }

    pub async fn status(&self, id: PaymentId) -> String {
        self.payment(id).await["status"].as_str().unwrap().to_owned()
    }
}

/// Without workers. Its clock stands at noon of today in Seoul: what a test moves it by stays within the day, after
/// which a cancel is a refund. The simulator's own clock, which judges cards, goes on beside it.
pub async fn app_on(target: Target, connector: Connector) -> (App, Clock) {
    app_by(target, connector, |_| {}).await
}

async fn app_by(target: Target, connector: Connector, change: impl FnOnce(&mut Config)) -> (App, Clock) {
    let clock = Clock::manual(Clock::System.now().seoul_day().start().after(Span::from_hours(12)));
    let mut config = Config::new(target, vec![connector]);
    config.clock = clock.clone();
    config.workers = false;
    config.notice_secret = Some(NOTICE_SECRET.to_vec());
    change(&mut config);
    (App::start(config).await.unwrap(), clock)
}

pub async fn merchant(app: &App, connector: ConnectorName) -> Tenant {
    let new = NewMerchant {
        name: String::from("봄날상점"),
        connector,
        rate: Rate::parse("0.03").unwrap(),
        fixed_fee: 0,
        rate_limit: None,
    };
    let keys = app.create_merchant(new).await.unwrap();
    Tenant { merchant: keys.merchant, mode: Mode::Test }
}

pub fn seen(result: Result<Reply, Problem>) -> Seen {
    let (status, body, replayed) = match result {
        Ok(reply) => (reply.status, reply.body, reply.replayed),
        Err(problem) => (problem.status(), problem.body(Language::English, "req_none"), false),
    };
    Seen { status, body: serde_json::from_str(&body).unwrap(), replayed }
}

pub fn card(number: &str) -> Card {
    Card {
        number: CardNumber::parse(number, Mode::Test).unwrap(),
        expiry_month: 12,
        expiry_year: 2049,
        cvc: SecretDigits::parse("123", &[3]),
        birth_date: None,
        password_prefix: None,
    }
}
