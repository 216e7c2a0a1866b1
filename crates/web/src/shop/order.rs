//! The shop's orders. What an order's status is, only the API says: the shop asks, and remembers for a moment.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use steelyard_app::Language;
use steelyard_domain::Span;

use super::{
    Shop,
    api::{Call, Trouble},
    card::{Card, CardTold},
};

/// Orders that are remembered; older ones are forgotten.
const ORDERS_MAX: usize = 10_000;
/// What was asked so lately is not asked again, unless an event says that it changed.
const FRESH: Span = Span::from_millis(1_000);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Status {
    Open,
    Paid,
    WaitingForDeposit,
    Canceled,
    Expired,
    Unknown,
    Refunded,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct SoldLine {
    pub name: String,
    pub quantity: i64,
    pub amount: i64,
}

/// An order at the moment it is made; none of this changes.
#[derive(Debug)]
pub(super) struct Order {
    pub number: String,
    /// `ord_…`
    pub id: String,
    pub client_secret: String,
    /// Minor units.
    pub amount: i64,
    pub currency: String,
    pub lines: Vec<SoldLine>,
    pub language: Language,
    /// What was last heard of it.
    heard: Mutex<Heard>,
    /// Set when something happened to it that was not asked about yet.
    stale: AtomicBool,
    /// One question at a time.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone)]
struct Heard {
    status: Status,
    payment_id: Option<String>,
    payment: Option<PaymentShown>,
    receipt_at: Option<String>,
    asked_at: Option<Span>,
}

/// What a buyer's receipt says of the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentShown {
    method: String,
    card: Option<Card>,
    approval_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account>,
}

/// Where the buyer sends the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    bank: String,
    bank_name: String,
    number: String,
    holder: String,
    due_at: String,
}

/// The API's order, as far as the shop cares.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderTold {
    status: String,
    returned_amount: i64,
    payment_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentTold {
    status: String,
    method: MethodTold,
    approval_number: Option<String>,
    approved_at: Option<String>,
    captured_at: Option<String>,
}

#[derive(Debug, Deserialize)]
struct MethodTold {
    #[serde(rename = "type")]
    kind: String,
    card: Option<CardTold>,
}

/// The part of the checkout's state that names the account.
#[derive(Debug, Deserialize)]
struct CheckoutTold {
    payment: Option<CheckoutPaymentTold>,
}

#[derive(Debug, Deserialize)]
struct CheckoutPaymentTold {
    account: Option<Account>,
}

impl Order {
    pub(super) fn new(made: Made, lines: Vec<SoldLine>, number: String, language: Language) -> Self {
        let heard = Heard { status: Status::Open, payment_id: None, payment: None, receipt_at: None, asked_at: None };
        Self {
            number,
            id: made.order_id,
            client_secret: made.client_secret,
            amount: made.amount,
            currency: made.currency,
            lines,
            language,
            heard: Mutex::new(heard),
            stale: AtomicBool::new(false),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    pub(super) fn status(&self) -> Status {
        self.heard.lock().status
    }

    pub(super) fn has_changed(&self) {
        self.stale.store(true, Ordering::SeqCst);
    }

    /// `base_url`: where the buyer's browser found the shop.
    pub(super) fn shown(&self, base_url: &str) -> OrderShown<'_> {
        let heard = self.heard.lock().clone();
        OrderShown {
            order_id: &self.id,
            payment_id: heard.payment_id,
            number: &self.number,
            client_secret: &self.client_secret,
            url: format!("{base_url}/c/{}", self.client_secret),
            status: heard.status,
            currency: &self.currency,
            amount: self.amount,
            lines: &self.lines,
            payment: heard.payment,
            receipt_at: heard.receipt_at,
            confirmed_by: "server",
        }
    }
}

/// The API's answer to a new checkout.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    order_id: String,
    client_secret: String,
    amount: i64,
    currency: String,
}

/// What the order's page gets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderShown<'a> {
    order_id: &'a str,
    payment_id: Option<String>,
    number: &'a str,
    client_secret: &'a str,
    url: String,
    status: Status,
    currency: &'a str,
    amount: i64,
    lines: &'a [SoldLine],
    payment: Option<PaymentShown>,
    receipt_at: Option<String>,
    confirmed_by: &'static str,
}

/// All orders, by number and by the API's id.
#[derive(Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    by_number: HashMap<String, Arc<Order>>,
    numbers: HashMap<String, String>,
    oldest_first: VecDeque<Arc<Order>>,
}

impl Book {
    pub(super) fn enter(&self, order: Order) -> Arc<Order> {
        let order = Arc::new(order);
        let mut pages = self.0.lock();
        pages.numbers.insert(order.id.clone(), order.number.clone());
        pages.by_number.insert(order.number.clone(), Arc::clone(&order));
        pages.oldest_first.push_back(Arc::clone(&order));
        while pages.oldest_first.len() > ORDERS_MAX {
            let Some(oldest) = pages.oldest_first.pop_front() else { break };
            pages.by_number.remove(&oldest.number);
            pages.numbers.remove(&oldest.id);
        }
        order
    }

    pub(super) fn find(&self, number: &str) -> Option<Arc<Order>> {
        self.0.lock().by_number.get(number).cloned()
    }

    /// By the API's id.
    pub(super) fn find_id(&self, id: &str) -> Option<Arc<Order>> {
        let pages = self.0.lock();
        pages.numbers.get(id).and_then(|number| pages.by_number.get(number)).cloned()
    }
}

impl Shop {
    /// Asks the API how an order stands, unless it said so a moment ago and nothing happened since.
    pub(super) async fn look_at(&self, order: &Order) -> Result<(), Trouble> {
        let _one_at_a_time = order.asking.lock().await;
        let now = self.clock().ticks();
        let asked_at = order.heard.lock().asked_at;
        let is_fresh = asked_at.is_some_and(|at| now.micros() - at.micros() < FRESH.micros());
        if !order.stale.swap(false, Ordering::SeqCst) && is_fresh {
            return Ok(());
        }
        let heard = self.hear_of(order, now).await;
        match heard {
            Ok(heard) => {
                *order.heard.lock() = heard;
                Ok(())
            }
            Err(trouble) => {
                order.has_changed();
                Err(trouble)
            }
        }
    }

    async fn hear_of(&self, order: &Order, now: Span) -> Result<Heard, Trouble> {
        let language = order.language;
        let told: OrderTold = self.api().ask(&Call::get(format!("/v1/orders/{}", order.id), language)).await?;
        let payment: Option<PaymentTold> = match &told.payment_id {
            Some(id) => Some(self.api().ask(&Call::get(format!("/v1/payments/{id}"), language)).await?),
            None => None,
        };
        let status = status(&told, payment.as_ref());
        let known = order.heard.lock().payment.as_ref().and_then(|payment| payment.account.clone());
        let is_wanted = known.is_none() && status == Status::WaitingForDeposit;
        let account = if is_wanted { self.account(order).await } else { known };
        let receipt_at = payment.as_ref().and_then(|payment| {
            let captured = payment.captured_at.clone().or_else(|| payment.approved_at.clone());
            captured.filter(|_| matches!(status, Status::Paid | Status::Refunded))
        });
        let shown = payment.filter(|_| is_under_way(status)).map(|payment| PaymentShown {
            method: payment.method.kind,
            card: payment.method.card.map(|card| card.shown(language)),
            approval_number: payment.approval_number,
            account,
        });
        Ok(Heard { status, payment_id: told.payment_id, payment: shown, receipt_at, asked_at: Some(now) })
    }

    /// The account is the buyer's to see, and stands in the checkout. An order is shown without it rather than not.
    async fn account(&self, order: &Order) -> Option<Account> {
        let call = Call::get(format!("/c/{}/state", order.client_secret), order.language).unsigned();
        let told: CheckoutTold = self.api().ask(&call).await.ok()?;
        told.payment?.account
    }
}

/// Whether there is a payment to tell of.
const fn is_under_way(status: Status) -> bool {
    match status {
        Status::Paid | Status::WaitingForDeposit | Status::Unknown | Status::Refunded => true,
        Status::Open | Status::Canceled | Status::Expired => false,
    }
}

/// What a word of the API's that is new to the shop means, nobody knows: that is the careful answer.
fn status(order: &OrderTold, payment: Option<&PaymentTold>) -> Status {
    let payment = payment.map(|payment| payment.status.as_str());
    match (order.status.as_str(), payment) {
        ("paid" | "partiallyRefunded", _) => Status::Paid,
        ("refunded", _) => Status::Refunded,
        // Returned on the day of the payment, which the API calls a cancellation.
        ("canceled", _) if order.returned_amount > 0 => Status::Refunded,
        ("canceled", _) => Status::Canceled,
        ("open" | "expired", Some("unknown")) => Status::Unknown,
        ("open", Some("waitingForDeposit")) => Status::WaitingForDeposit,
        ("open", _) => Status::Open,
        ("expired", _) => Status::Expired,
        (_, _) => Status::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: &str, returned_amount: i64) -> OrderTold {
        OrderTold { status: status.to_owned(), returned_amount, payment_id: None }
    }

    fn payment(status: &str) -> PaymentTold {
        let method = MethodTold { kind: "card".to_owned(), card: None };
        let status = status.to_owned();
        PaymentTold { status, method, approval_number: None, approved_at: None, captured_at: None }
    }

    #[test]
    fn a_status_is_what_the_api_says_in_the_shops_words() {
        for (order, returned, paid, expected) in [
            ("open", 0, None, Status::Open),
            ("open", 0, Some("ready"), Status::Open),
            ("open", 0, Some("unknown"), Status::Unknown),
            ("open", 0, Some("waitingForDeposit"), Status::WaitingForDeposit),
            ("paid", 0, Some("captured"), Status::Paid),
            ("partiallyRefunded", 1, Some("partiallyRefunded"), Status::Paid),
            ("refunded", 9, Some("refunded"), Status::Refunded),
            ("canceled", 9, Some("canceled"), Status::Refunded),
            ("canceled", 0, Some("expired"), Status::Canceled),
            ("expired", 0, Some("expired"), Status::Expired),
            ("expired", 0, Some("unknown"), Status::Unknown),
            ("weighed", 0, None, Status::Unknown),
        ] {
            let paid = paid.map(payment);
            assert_eq!(status(&told(order, returned), paid.as_ref()), expected, "{order} {paid:?}");
        }
    }

    #[test]
    fn the_book_forgets_the_oldest() {
        let book = Book::default();
        for index in 0..=ORDERS_MAX {
            let made = Made {
                order_id: format!("ord_{index}"),
                client_secret: String::new(),
                amount: 1,
                currency: "KRW".to_owned(),
            };
            book.enter(Order::new(made, Vec::new(), format!("S-{index}"), Language::Korean));
        }
        assert!(book.find("S-0").is_none() && book.find_id("ord_0").is_none());
        assert!(book.find("S-1").is_some() && book.find_id(&format!("ord_{ORDERS_MAX}")).is_some());
    }
}
