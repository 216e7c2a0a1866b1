//! A running server with two merchants, and the means to ask it.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use steelyard_api::{Limits, Options, recorder, router, serve};
use steelyard_app::{App, Clock, Config, NewMerchant, NewMerchantKeys};
use steelyard_connectors::{
    Connector,
    simulator::{
        Simulator,
        server::{self, Book, Settings},
    },
    stub::Stub,
};
use steelyard_domain::{Rate, Timestamp, method::ConnectorName};
use steelyard_store::engine::Target;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// 2026-11-21, 12:26:40 in Seoul.
pub const NOW: Timestamp = Timestamp::from_micros(1_795_231_600_000_000);

/// What the acquirer signs its notices with.
pub const NOTICE_SECRET: &[u8] = b"what the acquirer signs its notices with";

/// Removed with everything in it.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("steelyard-api-{}", steelyard_app::clock::new_id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A directory that stays behind is untidy and nothing else.
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub struct World {
    pub app: App,
    pub address: SocketAddr,
    pub clock: Clock,
    pub ours: NewMerchantKeys,
    pub theirs: NewMerchantKeys,
    client: reqwest::Client,
    keys: AtomicU64,
    stop: Option<oneshot::Sender<()>>,
    pub served: JoinHandle<std::io::Result<()>>,
    _directory: Directory,
}

/// What a test wants otherwise.
pub struct Setup {
    pub options: Options,
    pub limits: Limits,
    pub connector: ConnectorName,
    /// How long a caller waits for the acquirer, where it is not as long as usual.
    pub patience: Option<Duration>,
}

impl Default for Setup {
    fn default() -> Self {
        let options = Options { requests_per_second: None, ..Options::new(recorder()) };
        Self { options, limits: Limits::default(), connector: ConnectorName::Stub, patience: None }
    }
}

impl World {
    /// With an acquirer that approves everything.
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// With the simulated acquirer and its test cards.
    pub async fn with_simulator() -> Self {
        Self::with(Setup { connector: ConnectorName::Simulator, ..Setup::default() }).await
    }

    pub async fn with(setup: Setup) -> Self {
        let directory = Directory::new();
        let connector = match setup.connector {
            ConnectorName::Stub | ConnectorName::CardMock | ConnectorName::Balance => Connector::Stub(Stub),
            ConnectorName::Simulator => simulator(&directory).await,
        };
        let clock = Clock::manual(NOW);
        let target = Target::Sqlite(directory.0.join("steelyard.db"));
        let mut config = Config { clock: clock.clone(), ..Config::new(target, vec![connector]) };
        config.notice_secret = Some(NOTICE_SECRET.to_vec());
        if let Some(patience) = setup.patience {
            config.timing.patience = patience;
        }
        let app = App::start(config).await.unwrap();
        let ours = merchant(&app, "우리 상점", setup.connector).await;
        let theirs = merchant(&app, "다른 상점", setup.connector).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let served = tokio::spawn(serve(listener, router(app.clone(), setup.options), stopped, setup.limits));
        let (keys, stop) = (AtomicU64::new(0), Some(stop));
        Self { app, address, clock, ours, theirs, client: client(), keys, stop, served, _directory: directory }
    }

    /// Tells the server to stop, and goes on at once.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// A request with our test key and, where it writes, a fresh idempotency key.
    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        let number = self.keys.fetch_add(1, Ordering::Relaxed);
        Ask {
            world: self,
            method,
            path: path.to_owned(),
            key: Some(self.ours.test_secret_key.clone()),
            idempotency: Some(format!("test-{number}")),
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path).body(body).send().await
    }

    /// An order of two lines over 10,000 won, and its id.
    pub async fn order(&self, merchant_order_id: &str) -> Value {
        let body = json!({"merchantOrderId": merchant_order_id, "buyer": {"name": "김하늘"}, "lines": [
            {"name": "아메리카노", "quantity": 2, "unitPrice": 2_000},
            {"name": "책", "quantity": 3, "unitPrice": 2_000, "taxFree": true},
        ]});
        self.post("/v1/orders", body).await.data(201)
    }

    /// A captured payment over `amount`.
    pub async fn payment(&self, merchant_order_id: &str, amount: i64) -> Value {
        self.post("/v1/payments", pay(merchant_order_id, amount)).await.data(201)
    }
}

pub struct Ask<'a> {
    world: &'a World,
    method: Method,
    path: String,
    key: Option<String>,
    idempotency: Option<String>,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Ask<'_> {
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    pub fn no_key(mut self) -> Self {
        self.key = None;
        self
    }

    pub fn idempotency(mut self, key: Option<&str>) -> Self {
        self.idempotency = key.map(str::to_owned);
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    pub fn body(self, body: Value) -> Self {
        self.bytes(body.to_string())
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub async fn send(self) -> Answer {
        let response = self.open().await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream has no end to wait for.
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if is_stream { String::new() } else { response.text().await.unwrap() };
        Answer { status, headers, text }
    }

    /// Sends it and leaves the answer's body to be read as it comes.
    pub async fn open(self) -> reqwest::Response {
        let url = format!("http://{}{}", self.world.address, self.path);
        let mut request = self.world.client.request(self.method.clone(), url);
        if let Some(key) = self.key {
            request = request.bearer_auth(key);
        }
        if let Some(key) = self.idempotency.filter(|_| self.method == Method::POST) {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = self.body {
            if !self.headers.contains_key("content-type") {
                request = request.header("Content-Type", "application/json");
            }
            request = request.body(body);
        }
        request.headers(self.headers).send().await.unwrap()
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The object of a success in the wrapper.
    #[track_caller]
    pub fn data(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        let body = self.json();
        assert_eq!(names(&body), ["code", "data", "message", "requestId"], "{body}");
        assert_eq!(body["code"], "OK");
        self.is_wrapped(&body);
        body["data"].clone()
    }

    /// The whole body of a refusal.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!((self.status, &body["code"]), (status, &json!(code)), "{body}");
        assert_eq!(names(&body), ["code", "data", "error", "message", "requestId"], "{body}");
        assert_eq!(body["data"], Value::Null);
        let error = &body["error"];
        let known = ["declineCode", "docUrl", "outcome", "param", "paymentId", "retryable", "type"];
        assert!(names(error).iter().all(|name| known.contains(&name.as_str())), "{error}");
        assert_eq!(error["docUrl"], format!("/docs/errors#{code}"));
        assert!(["none", "unknown", "done"].contains(&error["outcome"].as_str().unwrap()), "{error}");
        assert!(error["retryable"].is_boolean() && error["type"].is_string(), "{error}");
        self.is_wrapped(&body);
        body
    }

    /// A 400 that names `param`.
    #[track_caller]
    pub fn refused_for(&self, code: &str, param: &str) {
        let status = if matches!(code, "INVALID_CARD" | "METHOD_NOT_AVAILABLE") { 422 } else { 400 };
        let body = self.refused(status, code);
        assert_eq!(body["error"]["param"], param, "{body}");
    }

    #[track_caller]
    fn is_wrapped(&self, body: &Value) {
        assert!(!body["message"].as_str().unwrap().is_empty());
        assert_eq!(self.header("content-type"), Some("application/json"));
        let request_id = self.header("request-id").unwrap();
        assert!(request_id.starts_with("req_") && request_id.len() == 30, "{request_id}");
        if self.header("idempotent-replayed").is_none() {
            assert_eq!(body["requestId"], request_id);
        }
    }
}

#[track_caller]
pub fn names(object: &Value) -> Vec<String> {
    let mut names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

/// The ids of a page.
#[track_caller]
pub fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| text(&item["id"]).to_owned()).collect()
}

pub fn card(number: &str) -> Value {
    json!({"type": "card", "card": {"number": number, "expiryMonth": 12, "expiryYear": 2030, "cvc": "123"}})
}

pub fn pay(merchant_order_id: &str, amount: i64) -> Value {
    json!({
        "merchantOrderId": merchant_order_id,
        "orderName": "아메리카노 외 1건",
        "amount": amount,
        "buyer": {"name": "김하늘"},
        "method": card("4242424242424242"),
    })
}

/// Follows no redirects: where an address leads is what is tested.
#[expect(clippy::disallowed_methods, reason = "speaks to the server under test and to nothing else")]
fn client() -> reqwest::Client {
    let no_redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(no_redirects).timeout(Duration::from_secs(60)).no_proxy().build().unwrap()
}

async fn merchant(app: &App, name: &str, connector: ConnectorName) -> NewMerchantKeys {
    let rate = Rate::parse("0.03").unwrap();
    let new = NewMerchant { name: name.to_owned(), connector, rate, fixed_fee: 0, rate_limit: None };
    app.create_merchant(new).await.unwrap()
}

async fn simulator(directory: &Directory) -> Connector {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let book = Book::open(&directory.0.join("book.sqlite")).unwrap();
    // Its day is ours: what is due tomorrow here is due tomorrow there, on whatever day the test runs.
    let settings = Settings::default();
    settings.clock.advance(NOW.since(settings.clock.now()));
    // It serves as long as the test runs.
    tokio::spawn(server::serve(listener, book, settings, std::future::pending()));
    Connector::Simulator(Simulator::new(&url).unwrap())
}
