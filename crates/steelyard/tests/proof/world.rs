//! A database, an acquirer in a process of its own, a merchant, and servers in processes of theirs.

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};
use steelyard_connectors::simulator::Simulator;
use steelyard_domain::MerchantId;
use steelyard_store::engine::Target;
use steelyard_testkit::{Database, database::Place};
use tokio_postgres::config::Host;

use crate::{
    process::{Process, command},
    truth,
};

/// Looks before a thing that must come is given up: with their pauses about a minute.
pub const LOOKS_MAX: u32 = 3_000;

/// Whether there is time for everything.
pub fn is_long() -> bool {
    std::env::var_os("STEELYARD_TEST_LONG").is_some()
}

/// A pause between two looks at something that comes by itself.
pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await; // tidy-allow: between bounded looks at another process
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub status: u16,
    pub body: Value,
    pub replayed: bool,
}

impl Seen {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }

    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The payment it is about, if there is one by now.
    pub fn payment(&self) -> Option<&str> {
        let data = &self.body["data"];
        let id = data["paymentId"].as_str().or_else(|| data["id"].as_str());
        id.filter(|id| id.starts_with("pay_")).or_else(|| self.body["error"]["paymentId"].as_str())
    }

    /// Whether an answer like this is stored under its key.
    pub fn stands(&self) -> bool {
        matches!(self.status, 200 | 201 | 202 | 402)
    }
}

/// A request that moves money, with everything needed to repeat it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub path: String,
    pub key: String,
    pub body: Value,
}

impl Ask {
    pub fn pay(name: &str, amount: i64, capture: &str, card: &str) -> Self {
        let body = json!({
            "merchantOrderId": name, "orderName": "아메리카노", "amount": amount, "capture": capture,
            "method": {"type": "card", "card": {"number": card, "expiryMonth": 12, "expiryYear": 2049}},
        });
        Self { path: String::from("/v1/payments"), key: name.to_owned(), body }
    }

    pub fn capture(key: &str, payment: &str) -> Self {
        Self { path: format!("/v1/payments/{payment}/capture"), key: key.to_owned(), body: json!({}) }
    }

    pub fn cancel(key: &str, payment: &str, amount: Option<i64>) -> Self {
        let mut body = json!({"reason": "단순 변심"});
        if let Some(amount) = amount {
            body["amount"] = amount.into();
        }
        Self { path: format!("/v1/payments/{payment}/cancel"), key: key.to_owned(), body }
    }
}

pub const GOOD_CARD: &str = "4242424242424242";

pub struct World<'d> {
    pub database: &'d Database,
    pub acquirer: Process,
    pub merchant: MerchantId,
    pub secret_key: String,
    pub publishable_key: String,
    pub http: reqwest::Client,
    target: Target,
    folder: PathBuf,
    _place: Place,
}

impl<'d> World<'d> {
    pub async fn start(database: &'d Database) -> Self {
        Self::start_on(database, database.target().clone()).await
    }

    /// Servers work on `target`; `database` is where a test looks.
    #[expect(clippy::disallowed_methods, reason = "speaks with the server as its clients do")]
    pub async fn start_on(database: &'d Database, target: Target) -> Self {
        let place = Place::sqlite();
        let Target::Sqlite(path) = &place.target else { panic!("a place for files has a path") };
        let folder = path.parent().unwrap().to_owned();
        let acquirer = start_acquirer(&folder, "127.0.0.1:0").await;
        let url = url_of(&target);
        let arguments = ["merchant", "create", "--name", "봄날상점", "--json", "--database-url", &url];
        let made = command(&folder, &arguments).output().await.unwrap();
        assert!(made.status.success(), "{made:?}");
        let keys: Value = serde_json::from_slice(&made.stdout).unwrap();
        let key = |name: &str| keys[name].as_str().unwrap().to_owned();
        Self {
            database,
            acquirer,
            merchant: MerchantId::parse(&key("merchantId")).unwrap(),
            secret_key: key("secretKey"),
            publishable_key: key("publishableKey"),
            // A connection for each request: one that a dying server keeps open tells nothing.
            http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            target,
            folder,
            _place: place,
        }
    }

    /// A server on the database, with short waits. `extra` are variables of its environment.
    pub async fn serve(&self, extra: &[(&str, &str)]) -> Process {
        let url = url_of(&self.target);
        let mut command =
            command(&self.folder, &["serve", "--listen", "127.0.0.1:0", "--json", "--database-url", &url]);
        // Every half second while the acquirer may still be late, and a good while after.
        let ladder: Vec<String> = (1..120).map(|rung| (rung * 500).to_string()).collect();
        command.env("ACQUIRER_URL", &self.acquirer.url);
        command.env("STEELYARD_PATIENCE_MS", "400").env("STEELYARD_LADDER_MS", ladder.join(","));
        command.env("STEELYARD_RATE_LIMIT", "0").env("STEELYARD_LOG", "warn");
        command.envs(extra.iter().copied());
        Process::start(command).await
    }

    /// The acquirer, dead or alive, on the same book and address.
    pub async fn restart_acquirer(&mut self) {
        let address = self.acquirer.address().to_owned();
        self.acquirer.kill().await;
        self.acquirer = start_acquirer(&self.folder, &address).await;
    }

    pub async fn arm(&self, fault: Value) {
        let url = format!("{}/faults", self.acquirer.url);
        let answer = self.http.post(url).json(&fault).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201, "{fault}");
    }

    /// `None` if no whole answer came.
    pub async fn ask(&self, server: &str, ask: &Ask) -> Option<Seen> {
        self.post(server, &ask.path, Some(&ask.key), &self.secret_key, &ask.body).await
    }

    pub async fn post(&self, server: &str, path: &str, key: Option<&str>, secret: &str, body: &Value) -> Option<Seen> {
        let mut request = self.http.post(format!("{server}{path}")).bearer_auth(secret).json(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        seen(request.send().await.ok()?).await
    }

    pub async fn get(&self, server: &str, path: &str) -> Option<Seen> {
        let request = self.http.get(format!("{server}{path}")).bearer_auth(&self.secret_key);
        seen(request.send().await.ok()?).await
    }

    /// Asks with the same key until there is an answer that is stored under it.
    pub async fn insist(&self, server: &str, ask: &Ask) -> Seen {
        let mut last = None;
        for _ in 0..LOOKS_MAX {
            let seen = self.ask(server, ask).await;
            match seen {
                Some(seen) if seen.stands() => return seen,
                // Running, or the same order's payment is being found out about by another key.
                Some(seen) if seen.status == 409 || seen.status == 503 => last = Some(seen),
                Some(seen) => panic!("{ask:?}: {seen:?}"),
                None => panic!("{ask:?}: no answer"),
            }
            pause().await;
        }
        panic!("{ask:?} was never answered: {last:?}")
    }

    pub async fn payment(&self, server: &str, id: &str) -> Value {
        let seen = self.get(server, &format!("/v1/payments/{id}")).await.unwrap();
        assert_eq!(seen.status, 200, "{seen:?}");
        seen.data().clone()
    }

    /// Waits until the janitor has left nothing open.
    pub async fn resolved(&self) {
        for _ in 0..LOOKS_MAX {
            if truth::open_attempts(self.database).await == 0 {
                return;
            }
            pause().await;
        }
        panic!("something stays open");
    }

    /// Book and record agree, and every invariant holds.
    pub async fn is_true(&self) {
        let simulator = Simulator::new(&self.acquirer.url).unwrap();
        truth::agrees(self.database, self.merchant, &truth::book(&simulator).await).await;
        truth::holds(self.database, steelyard_app::Clock::System.now()).await;
    }
}

async fn start_acquirer(folder: &std::path::Path, listen: &str) -> Process {
    let data = folder.join("acquirer");
    Process::start(command(folder, &["sim", "--listen", listen, "--json", "--data", data.to_str().unwrap()])).await
}

async fn seen(response: reqwest::Response) -> Option<Seen> {
    let status = response.status().as_u16();
    let replayed = response.headers().get("Idempotent-Replayed").is_some_and(|value| value == "true");
    let body = response.json().await.ok()?;
    Some(Seen { status, body, replayed })
}

fn url_of(target: &Target) -> String {
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
