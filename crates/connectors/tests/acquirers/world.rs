//! A running simulator with a book of its own, and what the tests ask of it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};
use steelyard_connectors::{
    Answer, Approval, Instrument, Issued, Request,
    simulator::{
        BookEntry, DepositError, Simulator,
        server::{Book, Clock, Settings, serve},
    },
};
use steelyard_domain::{
    AccountNumber, Bank, Mode, Money, Span, Timestamp,
    method::{Card, CardNumber, SecretDigits},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// Far longer than anything takes that is not meant to take for ever.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// For what never ends by itself.
pub const FOREVER: Duration = Duration::from_secs(3_600);

/// Removed with everything in it.
pub struct Directory(PathBuf);

impl Directory {
    #[expect(clippy::disallowed_methods, reason = "a directory that no other test has")]
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("steelyard-simulator-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn book(&self) -> PathBuf {
        self.0.join("book.sqlite")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A directory that stays behind is untidy and nothing else.
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub struct World {
    pub simulator: Simulator,
    pub address: SocketAddr,
    pub clock: Clock,
    pub directory: Directory,
    settings: Settings,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl World {
    /// Answers that never come end at once by the server's closing, so that no test waits for them.
    pub async fn start() -> Self {
        let at_once = Duration::from_millis(1);
        Self::with(Settings { hold: at_once, slow: at_once, ..Settings::default() }).await
    }

    pub async fn with(settings: Settings) -> Self {
        Self::on(Directory::new(), settings).await
    }

    #[expect(clippy::disallowed_methods, reason = "speaks with the simulator as its own protocol does")]
    pub async fn on(directory: Directory, settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let book = Book::open(&directory.book()).unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, book, settings.clone(), async {
            let _ = stopped.await;
        }));
        Self {
            simulator: Simulator::new(&format!("http://{address}")).unwrap(),
            address,
            clock: settings.clock.clone(),
            directory,
            settings,
            http: reqwest::Client::new(),
            stop,
            served,
        }
    }

    /// Stops the server and starts another one on the same book.
    pub async fn restart(self) -> Self {
        let settings = self.settings.clone();
        let directory = self.stop().await;
        Self::on(directory, settings).await
    }

    pub async fn stop(self) -> Directory {
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
        self.directory
    }

    pub async fn send(&self, request: &Request) -> Answer {
        self.simulator.send(request, PATIENCE).await
    }

    /// Sends what must be approved, in full.
    pub async fn approve(&self, request: &Request) -> Approval {
        let approval = approval(self.send(request).await);
        assert_eq!(approval.amount, request.amount());
        approval
    }

    /// Has an account issued that is due in an hour.
    pub async fn issue(&self, reference: &str, amount: i64) -> Issued {
        let answer = self.send(&by_account(reference, amount, self.in_an_hour())).await;
        let Answer::Issued(issued) = answer else { panic!("not issued: {answer:?}") };
        assert_eq!(issued.amount, Money::krw(amount));
        issued
    }

    pub fn in_an_hour(&self) -> Timestamp {
        self.clock.now().after(Span::from_hours(1))
    }

    pub async fn deposit(&self, issued: &Issued, amount: i64) -> Result<(), DepositError> {
        self.simulator.deposit(&issued.number, Money::krw(amount), PATIENCE).await
    }

    pub async fn inquire(&self, reference: &str) -> steelyard_connectors::Inquiry {
        self.simulator.inquire(reference, PATIENCE).await
    }

    pub async fn net_cancel(&self, reference: &str) -> steelyard_connectors::NetCancel {
        self.simulator.net_cancel(reference, PATIENCE).await
    }

    /// Sets a fault and returns its id.
    pub async fn arm(&self, fault: Value) -> u64 {
        let (status, shown) = self.post("/faults", &fault).await;
        assert_eq!(status, 201, "{shown}");
        shown["id"].as_u64().unwrap()
    }

    pub async fn clear(&self, fault: u64) -> u16 {
        let url = format!("http://{}/faults/{fault}", self.address);
        self.http.delete(url).send().await.unwrap().status().as_u16()
    }

    /// How often the fault has struck.
    pub async fn hits(&self, fault: u64) -> u64 {
        let (_, listed) = self.get("/faults").await;
        let faults = listed["faults"].as_array().unwrap();
        faults.iter().find(|shown| shown["id"] == json!(fault)).unwrap()["hits"].as_u64().unwrap()
    }

    /// Waits until the fault has struck once.
    pub async fn struck(&self, fault: u64) {
        let strike = async { while self.hits(fault).await == 0 {} };
        tokio::time::timeout(PATIENCE, strike).await.unwrap();
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        let response = self.http.post(url).json(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    pub async fn post_text(&self, url: &str, body: &'static str) -> (u16, String) {
        let response = self.http.post(url).body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.http.get(format!("http://{}{path}", self.address)).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    pub async fn get_text(&self, url: &str) -> (u16, String) {
        let response = self.http.get(url).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// The whole book.
    pub async fn book(&self) -> Vec<BookEntry> {
        let page = self.simulator.book_page(0, 1_000, PATIENCE).await.unwrap();
        assert_eq!(page.next, None, "more than a page");
        page.entries
    }

    pub async fn entry(&self, reference: &str) -> Option<BookEntry> {
        self.book().await.into_iter().find(|entry| entry.reference == reference)
    }
}

pub fn approval(answer: Answer) -> Approval {
    match answer {
        Answer::Approved(approval) => approval,
        Answer::Issued(_) | Answer::Declined { .. } | Answer::NotSent { .. } | Answer::Unknown { .. } => {
            panic!("not approved: {answer:?}")
        }
    }
}

/// The variant with its code: what most tables compare.
pub fn short(answer: &Answer) -> String {
    match answer {
        Answer::Approved(approval) => format!("approved {}", approval.amount),
        Answer::Issued(issued) => format!("issued {}", issued.amount),
        Answer::Declined { code, .. } => format!("declined {code}"),
        Answer::NotSent { .. } => "not sent".to_owned(),
        Answer::Unknown { .. } => "unknown".to_owned(),
    }
}

pub fn short_inquiry(inquiry: &steelyard_connectors::Inquiry) -> String {
    use steelyard_connectors::Inquiry;
    match inquiry {
        Inquiry::Approved(approval) => format!("approved {}", approval.amount),
        Inquiry::Issued(issued) => format!("issued {}", issued.amount),
        Inquiry::Declined { code, .. } => format!("declined {code}"),
        Inquiry::Undone => "undone".to_owned(),
        Inquiry::NotFound => "not found".to_owned(),
        Inquiry::Unanswered { .. } => "unanswered".to_owned(),
    }
}

pub fn card(number: &str) -> Card {
    Card {
        number: CardNumber::parse(number, Mode::Test).unwrap(),
        expiry_month: 12,
        expiry_year: 2049,
        cvc: SecretDigits::parse("123", &[3]),
        birth_date: SecretDigits::parse("900101", &[6]),
        password_prefix: SecretDigits::parse("12", &[2]),
    }
}

pub const GOOD_CARD: &str = "4242424242424242";

pub fn purchase(reference: &str, amount: i64) -> Request {
    purchase_by(reference, amount, Instrument::Card(card(GOOD_CARD)))
}

pub fn purchase_by(reference: &str, amount: i64, instrument: Instrument) -> Request {
    Request::Purchase { reference: reference.to_owned(), amount: Money::krw(amount), instrument, installment_months: 0 }
}

pub fn transfer(reference: &str, amount: i64, account: &str) -> Request {
    let account = AccountNumber::parse(account).unwrap();
    purchase_by(reference, amount, Instrument::Transfer { bank: Bank::Shinhan, account })
}

pub const HOLDER: &str = "스틸야드(홍길동)";

pub fn by_account(reference: &str, amount: i64, due_at: Timestamp) -> Request {
    purchase_by(reference, amount, Instrument::VirtualAccount { bank: Bank::Woori, holder: HOLDER.to_owned(), due_at })
}

pub fn authorize(reference: &str, amount: i64) -> Request {
    Request::Authorize {
        reference: reference.to_owned(),
        amount: Money::krw(amount),
        instrument: Instrument::Card(card(GOOD_CARD)),
        installment_months: 0,
    }
}

pub fn capture(reference: &str, original: &Approval, amount: i64) -> Request {
    Request::Capture {
        reference: reference.to_owned(),
        original: original.acquirer_transaction_id.clone(),
        amount: Money::krw(amount),
    }
}

pub fn void(reference: &str, original: &Approval, amount: i64) -> Request {
    Request::Void {
        reference: reference.to_owned(),
        original: original.acquirer_transaction_id.clone(),
        amount: Money::krw(amount),
    }
}

pub fn cancel(reference: &str, original: &Approval, amount: i64) -> Request {
    Request::Cancel {
        reference: reference.to_owned(),
        original: original.acquirer_transaction_id.clone(),
        amount: Money::krw(amount),
    }
}

pub fn refund(reference: &str, original: &Approval, amount: i64) -> Request {
    Request::Refund {
        reference: reference.to_owned(),
        original: original.acquirer_transaction_id.clone(),
        amount: Money::krw(amount),
    }
}

/// How many files below `directory` hold all of `present`, which shows that the scan sees what is there; panics
/// at a file with one of `numbers`.
pub fn scan_for(directory: &Path, numbers: &[&str], present: &[&str]) -> usize {
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let mut found = 0;
    for file in fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for number in numbers {
            assert!(!holds(&bytes, number), "…{} in {}", &number[number.len() - 4..], path.display());
        }
        found += usize::from(present.iter().all(|text| holds(&bytes, text)));
    }
    found
}
