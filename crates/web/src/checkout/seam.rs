//! What the application does for the checkout, until it is merged: nobody has a session yet.

use steelyard_app::{App, Code, Language, Problem, view::CheckoutView};
use steelyard_domain::{AttemptId, Mode, method::Card};

pub struct Visit {
    pub origins: Vec<String>,
    pub mode: Mode,
    pub locale: String,
}

pub enum Tender {
    Card { card: Card, installment_months: u8 },
    Transfer { bank: String, account_number: String },
    VirtualAccount { bank: String },
    App,
}

pub struct BrowserCall {
    pub language: Language,
    pub request_id: String,
    pub base_url: String,
}

pub struct CheckoutChanges;

impl CheckoutChanges {
    pub async fn changed(&mut self) -> bool {
        false
    }
}

type Viewed = Result<CheckoutView, Problem>;

fn none() -> Problem {
    Problem::new(Code::NotFound)
}

pub trait Desk {
    async fn checkout_visit(&self, _: &str) -> Result<Visit, Problem> {
        Err(none())
    }
    async fn checkout_view(&self, _: &Visit, _: Language) -> Viewed {
        Err(none())
    }
    async fn checkout_extend(&self, _: &Visit, _: Language) -> Viewed {
        Err(none())
    }
    async fn checkout_pay(&self, _: &Visit, _: Tender, _: String, _: BrowserCall) -> Viewed {
        Err(none())
    }
    async fn checkout_return(&self, _: &Visit, _: AttemptId, _: BrowserCall) -> Viewed {
        Err(none())
    }
    async fn checkout_test_deposit(&self, _: &Visit, _: BrowserCall) -> Viewed {
        Err(none())
    }
    fn checkout_changes(&self, _: &Visit) -> CheckoutChanges {
        CheckoutChanges
    }
}

impl Desk for App {}
