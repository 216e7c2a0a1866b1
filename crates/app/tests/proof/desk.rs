//! A counter with a checkout page on it: doors that merchants open, buyers before them, payers with the app.

use serde_json::Value;
use steelyard_app::{
    Language, Problem,
    checkout::{Approval, BrowserCall, CheckoutTender, PayerSource, QrAddress, Visit},
    request::{Buyer, NewCheckout, NewCheckoutOrder, NewLine, NewOrder},
    view::{CheckoutView, ConfirmView},
};
use steelyard_domain::{
    AccountNumber, AttemptId, Bank, CheckoutSessionId, Currency, Mode, OrderId, PayerId, PaymentId, ProductId, Span,
    checkout::{CheckoutMethod, Locale, Purpose},
};

use crate::{
    payers::{codes, gift, issue, signed_up},
    world::{Seen, World, card, seen},
};

/// Where buyers reach the server.
pub const PUBLIC: &str = "https://pay.example";
pub const PRICE: i64 = 36_000;

/// One session, and a buyer who holds its client secret.
pub struct Door {
    pub id: CheckoutSessionId,
    pub order: OrderId,
    pub secret: String,
    pub visit: Visit,
}

pub fn order_of(merchant_order_id: String, product: Option<ProductId>, amount: i64) -> NewOrder {
    let line = NewLine {
        product,
        seller: None,
        name: product.is_none().then(|| String::from("한라봉 5kg")),
        quantity: 1,
        unit_price: product.is_none().then_some(amount),
        tax_free: None,
    };
    NewOrder {
        merchant_order_id,
        name: None,
        currency: Currency::Krw,
        lines: vec![line],
        shipping_fee: 0,
        buyer: Buyer::default(),
        total: None,
        metadata: None,
        top_up_of: None,
        is_claim: false,
    }
}

pub fn checkout_of(order: NewCheckoutOrder) -> NewCheckout {
    NewCheckout {
        order,
        purpose: Purpose::Pay,
        methods: CheckoutMethod::ALL.to_vec(),
        locale: Locale::Auto,
        success_url: Some(String::from("https://shop.example/done")),
        cancel_url: Some(String::from("https://shop.example/cart")),
        metadata: None,
    }
}

pub fn by_card(number: &str) -> CheckoutTender {
    CheckoutTender::Card { card: card(number), installment_months: 0 }
}

pub fn by_transfer(ending: &str) -> CheckoutTender {
    let account = AccountNumber::parse(&format!("110123{ending}")).unwrap();
    CheckoutTender::Transfer { bank: Bank::Kookmin, account }
}

pub const fn by_deposit() -> CheckoutTender {
    CheckoutTender::VirtualAccount { bank: Bank::Shinhan }
}

pub fn browser() -> BrowserCall {
    BrowserCall { language: Language::English, request_id: String::from("req_01j0000000e008000000000001") }
}

pub fn from_balance(view: &Value) -> Approval {
    Approval { shown_amount: PRICE, match_number: view["qr"]["match"].as_i64(), source: PayerSource::Balance }
}

pub fn shown(view: Result<CheckoutView, Problem>) -> Value {
    serde_json::to_value(view.unwrap()).unwrap()
}

pub fn confirmed(view: Result<ConfirmView, Problem>) -> Value {
    serde_json::to_value(view.unwrap()).unwrap()
}

/// The code of a refusal.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Problem>) -> &'static str {
    result.unwrap_err().code.facts().name
}

pub fn status(view: &Value) -> &str {
    view["status"].as_str().unwrap()
}

pub fn payment_of(view: &Value) -> PaymentId {
    PaymentId::parse(view["payment"]["id"].as_str().unwrap()).unwrap()
}

/// What stands behind `/q/` in the code on the page.
pub fn token_of(view: &Value) -> QrAddress {
    let url = view["qr"]["url"].as_str().unwrap();
    QrAddress::Token(url.strip_prefix(&format!("{PUBLIC}/q/")).unwrap().to_owned())
}

impl World<'_> {
    pub async fn open_door(&self, new: NewCheckout) -> Seen {
        let call = self.call(&self.name("door"));
        seen(self.app.create_checkout(call, new, PUBLIC.to_owned()).await)
    }

    pub async fn enter(&self, opened: &Seen) -> Door {
        assert_eq!(opened.status, 201, "{opened:?}");
        let data = opened.data();
        let secret = data["clientSecret"].as_str().unwrap().to_owned();
        Door {
            id: CheckoutSessionId::parse(data["id"].as_str().unwrap()).unwrap(),
            order: OrderId::parse(data["orderId"].as_str().unwrap()).unwrap(),
            visit: self.app.checkout_visit(&secret, PUBLIC).await.unwrap(),
            secret,
        }
    }

    /// A door to an order of its own.
    pub async fn door(&self, product: Option<ProductId>) -> Door {
        let order = order_of(self.name("order"), product, PRICE);
        let opened = self.open_door(checkout_of(NewCheckoutOrder::Inline(Box::new(order)))).await;
        self.enter(&opened).await
    }

    pub async fn press(&self, door: &Door, tender: CheckoutTender) -> Result<CheckoutView, Problem> {
        self.app.checkout_pay(&door.visit, tender, browser()).await
    }

    pub async fn page(&self, door: &Door) -> Value {
        shown(self.app.checkout_view(&door.visit, Language::English).await)
    }

    /// What the buyer does at the card's bank, `pass` or `fail`, before they come back.
    pub async fn at_the_bank(&self, view: &Value, decision: &str) {
        let url = view["challenge"]["url"].as_str().unwrap();
        let answer = self.http.post(url).body(format!("decision={decision}")).send().await.unwrap();
        assert!(answer.status().as_u16() < 400, "{answer:?}");
    }

    pub async fn come_back(&self, door: &Door) -> Result<CheckoutView, Problem> {
        let attempt = self.last_attempt(door).await;
        self.app.checkout_return(&door.visit, attempt, browser()).await
    }

    pub async fn last_attempt(&self, door: &Door) -> AttemptId {
        let sql = "SELECT id FROM attempt WHERE order_id = $1 ORDER BY id DESC LIMIT 1";
        let reader = self.database.reader().await;
        let found = reader.row(sql, vec![door.order.uuid().into()], |row| row.uuid()).await.unwrap();
        AttemptId::from_uuid(found.unwrap())
    }

    /// Times the acquirer, or a balance, was charged for what is behind the door.
    pub async fn charges(&self, door: &Door) -> i64 {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM attempt WHERE order_id = $1 AND state = 'approved'";
        let reader = self.database.reader().await;
        reader.row(sql, vec![door.order.uuid().into()], |row| row.int()).await.unwrap().unwrap()
    }

    /// A payer with a balance, from gift cards.
    pub async fn payer_with(&self, email: &str, amount: i64) -> PayerId {
        let (payer, _) = signed_up(self, email).await;
        if amount > 0 {
            let issued = issue(self, &self.name("gift"), gift(1, amount)).await;
            self.app.redeem(payer, &codes(&issued)[0]).await.unwrap();
        }
        payer
    }

    pub async fn balance_of(&self, payer: PayerId) -> i64 {
        self.app.balance(payer).await.unwrap().amount
    }

    pub async fn scan(&self, payer: PayerId, view: &Value) -> Result<ConfirmView, Problem> {
        self.app.scan(payer, Mode::Test, "김*수", &token_of(view), Language::English).await
    }

    pub async fn approve(&self, payer: PayerId, door: &Door, approval: Approval) -> Result<ConfirmView, Problem> {
        self.app.approve_scanned(payer, door.id, approval, Language::English).await
    }

    /// A code on the page, taken up by the payer.
    pub async fn scanned(&self, payer: PayerId, door: &Door) -> Value {
        let view = shown(self.press(door, CheckoutTender::App).await);
        assert_eq!(status(&confirmed(self.scan(payer, &view).await)), "review");
        view
    }

    /// The merchant's clock goes ahead, and what is over ends.
    pub async fn later(&self, span: Span) {
        self.app.advance_test_clock(self.call(&self.name("clock")), span).await.unwrap();
        self.app.expire_due().await;
    }
}
