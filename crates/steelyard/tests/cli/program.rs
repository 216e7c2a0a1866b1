//! Starts the real binary on files of its own, on free ports, and leaves nothing running.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};
use steelyard_store::{Writer, engine::Target};

/// A folder of one test, removed with it.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("steelyard-cli-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// The binary, told to work in this folder and nothing about the machine it runs on.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let binary = std::env::var_os("STEELYARD_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_steelyard").into());
        let mut command = Command::new(binary);
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(&self.path).args(arguments);
        command.arg("--data").arg(self.data());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command that was asked for JSON says, and whether it ended well.
    pub fn ask(&self, arguments: &[&str]) -> (bool, Value) {
        let output = self.run(arguments);
        let said = text(&output.stdout);
        let Ok(value) = serde_json::from_str(&said) else { panic!("{said}{}", text(&output.stderr)) };
        (output.status.success(), value)
    }

    pub fn merchant(&self) -> Value {
        let (made, merchant) = self.ask(&["merchant", "create", "--name", "가게", "--json"]);
        assert!(made);
        merchant
    }

    pub fn serve(&self) -> Server {
        Server::start(self.command(&["serve", "--json", "--listen", "127.0.0.1:0"]))
    }

    /// Changes a file behind everybody's back.
    pub async fn tamper(&self, file: &str, sql: &str) {
        let target = Target::Sqlite(self.data().join(file));
        match Writer::connect(&target).await.unwrap() {
            Writer::Sqlite { connection, .. } => connection.execute_batch(sql).unwrap(),
            Writer::Postgres(_) => panic!("not a file"),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A program that serves until this is dropped.
pub struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it said when it was ready.
    pub said: Value,
}

impl Server {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let Ok(said) = serde_json::from_str(&line) else {
            let mut why = String::new();
            child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            child.wait().unwrap();
            panic!("not ready: {line}{why}");
        };
        Self { child, output, said }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.said["url"].as_str().unwrap())
    }

    /// Ends it as an operator would. The answer is whether it ended well and what it still said.
    pub fn stop(mut self) -> (bool, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().success(), rest)
    }

    pub async fn pay(&self, secret_key: &str, merchant_order_id: &str) -> (u16, Value) {
        let card = json!({ "number": "4242424242424242", "expiryMonth": 12, "expiryYear": 2049 });
        let body = json!({
            "merchantOrderId": merchant_order_id,
            "orderName": "아메리카노",
            "amount": 4_500,
            "method": { "type": "card", "card": card },
        });
        let request = client().post(self.url("/v1/payments")).bearer_auth(secret_key);
        let request = request.header("Idempotency-Key", merchant_order_id).json(&body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub async fn get(&self, secret_key: &str, path: &str) -> (u16, Value) {
        let response = client().get(self.url(path)).bearer_auth(secret_key).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its own process, by its own id; one that has ended already cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the test is the other side: it speaks to a server of its own")]
pub fn client() -> reqwest::Client {
    reqwest::Client::new()
}
