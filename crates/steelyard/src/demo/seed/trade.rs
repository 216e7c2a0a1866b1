//! One purchase, and what is done with it later.

use steelyard_app::{
    App, Code, Language, Problem, canonical_hash,
    clock::new_id,
    request::{
        Buyer, Call, Claim, NewLine, NewMethod, NewOrder, NewPayment, NewReturn, PaymentTarget, Reply, ReturnOf,
        StockChange,
    },
};
use steelyard_domain::{
    Mode, OrderId, PaymentId, RequestId, Tenant,
    limits::INSTALLMENT_AMOUNT_MIN,
    method::{Card, CardNumber},
    money::Currency,
    payment::CaptureMode,
};

use super::{
    super::{
        plan::{Act, Basket, Fate, Purchase},
        shop::SHOPS,
    },
    Merchant, data, refused, text,
};
use crate::output::Failed;

/// Units that arrive when an article is sold out.
const RESTOCK: i64 = 120;
/// Sold out again by others before an order got there: this often at most.
const RESTOCKS_MAX: usize = 20;
const INSTALMENTS: u8 = 3;

#[derive(Clone)]
pub struct Trade {
    pub app: App,
    pub merchants: Vec<Merchant>,
}

/// A payment that is there.
#[derive(Debug, Clone)]
pub struct Paid {
    pub number: usize,
    shop: usize,
    /// Of a payment that was made for an order of its own.
    order: Option<OrderId>,
    payment: PaymentId,
    amount: i64,
    good_card: String,
}

/// A call as it would come over HTTP, with a key of its own.
pub fn call(tenant: Tenant, path: &str, key: &str) -> Call {
    let request_hash = canonical_hash(path, &serde_json::json!({ "demonstration": key }));
    Call {
        tenant,
        key: None,
        request_id: RequestId::from_uuid(new_id()).to_string(),
        language: Language::Korean,
        idempotency: Some(Claim { key: key.to_owned(), request_hash }),
    }
}

/// A card that is good for years to come.
fn card(number: &str) -> Result<Card, Failed> {
    let number = CardNumber::parse(number, Mode::Test)?;
    Ok(Card { number, expiry_month: 12, expiry_year: 2049, cvc: None, birth_date: None, password_prefix: None })
}

/// The payment in the answer to a charge, if the answer is the one that was planned.
fn payment_of(outcome: Result<Reply, Problem>, fate: Fate) -> Result<PaymentId, Failed> {
    let reply = outcome.map_err(|problem| refused(&problem))?;
    let planned = if fate.declined() {
        402
    } else if fate.lost() {
        202
    } else {
        201
    };
    if reply.status != planned {
        return Err(Failed(format!("{planned} was planned for {fate:?}: {} {}", reply.status, reply.body)));
    }
    let body: serde_json::Value = serde_json::from_str(&reply.body)?;
    let id = if fate.declined() { text(&body["error"], "paymentId") } else { text(&body["data"], "id") };
    Ok(PaymentId::parse(id?)?)
}

impl Purchase {
    /// The amount whose answer is lost, and whether the money moves all the same.
    pub fn lost(&self) -> Option<(i64, bool)> {
        match &self.basket {
            Basket::Inline { amount, .. } if self.fate.lost() => Some((*amount, self.fate != Fate::LostRequest)),
            Basket::Inline { .. } | Basket::Articles(_) => None,
        }
    }
}

impl Trade {
    pub async fn pay(&self, purchase: &Purchase) -> Result<Paid, Failed> {
        let merchant = &self.merchants[purchase.shop];
        let merchant_order_id = format!("{}-{:05}", SHOPS[purchase.shop].prefix, purchase.number);
        let buyer = Buyer { name: Some(purchase.buyer.clone()), email: Some(purchase.email.clone()), phone: None };
        let (target, order, total) = match &purchase.basket {
            Basket::Inline { name, amount } => {
                let order_name = name.clone();
                (PaymentTarget::Inline { merchant_order_id, order_name, amount: *amount, buyer }, None, *amount)
            }
            Basket::Articles(lines) => {
                let (order, total) = self.order(merchant, merchant_order_id, lines, buyer).await?;
                (PaymentTarget::Order(order), Some(order), total)
            }
        };
        let in_instalments = purchase.in_instalments && total >= INSTALLMENT_AMOUNT_MIN;
        let new = NewPayment {
            target,
            amount: Some(total),
            currency: Some(Currency::Krw),
            capture: if purchase.manual { CaptureMode::Manual } else { CaptureMode::Auto },
            method: NewMethod::Card(card(&purchase.card)?),
            installment_months: if in_instalments { INSTALMENTS } else { 0 },
            metadata: None,
        };
        let call = call(merchant.tenant, "/v1/payments", &format!("pay-{}", purchase.number));
        let payment = payment_of(self.app.create_payment(call, new).await, purchase.fate)?;
        let paid = Paid {
            number: purchase.number,
            shop: purchase.shop,
            order,
            payment,
            amount: total,
            good_card: purchase.good_card.clone(),
        };
        if let Some(act) = purchase.fate.at_once() {
            self.act(&paid, act).await?;
        }
        Ok(paid)
    }

    /// Places an order; what is sold out is restocked first.
    async fn order(
        &self,
        merchant: &Merchant,
        merchant_order_id: String,
        lines: &[(usize, i64)],
        buyer: Buyer,
    ) -> Result<(OrderId, i64), Failed> {
        let line = |(article, quantity): &(usize, i64)| NewLine {
            product: Some(merchant.products[*article]),
            seller: None,
            name: None,
            quantity: *quantity,
            unit_price: None,
            tax_free: None,
        };
        let new = NewOrder {
            merchant_order_id: merchant_order_id.clone(),
            name: None,
            currency: Currency::Krw,
            lines: lines.iter().map(line).collect(),
            shipping_fee: 0,
            buyer,
            total: None,
            metadata: None,
            top_up_of: None,
            is_claim: false,
        };
        for round in 0..RESTOCKS_MAX {
            let call = call(merchant.tenant, "/v1/orders", &format!("order-{merchant_order_id}-{round}"));
            match self.app.create_order(call, new.clone()).await {
                Ok(reply) => {
                    let order = data(&reply)?;
                    let total = order["totalAmount"].as_i64();
                    let total = total.ok_or_else(|| Failed(String::from("an order without a total")))?;
                    return Ok((OrderId::parse(text(&order, "id")?)?, total));
                }
                Err(problem) if problem.code == Code::OutOfStock => {
                    self.restock(merchant, lines, &format!("{merchant_order_id}-{round}")).await?;
                }
                Err(problem) => return Err(refused(&problem)),
            }
        }
        Err(Failed(format!("{merchant_order_id} was sold out {RESTOCKS_MAX} times")))
    }

    async fn restock(&self, merchant: &Merchant, lines: &[(usize, i64)], key: &str) -> Result<(), Failed> {
        for (article, _) in lines {
            let product = merchant.products[*article];
            let key = format!("restock-{key}-{article}");
            let call = call(merchant.tenant, "/v1/products/stock", &key);
            let change = StockChange::Delta(RESTOCK);
            let changed = self.app.change_stock(call, product, change, String::from("입고")).await;
            changed.map_err(|problem| refused(&problem))?;
        }
        Ok(())
    }

    pub async fn act(&self, paid: &Paid, act: Act) -> Result<(), Failed> {
        let tenant = self.merchants[paid.shop].tenant;
        let call = call(tenant, "/v1/payments/act", &format!("{act:?}-{}", paid.number));
        let give_back = |of, reason: &str| NewReturn { of, reason: reason.to_owned(), restock: true, expected: None };
        let done = match act {
            Act::PayAgain => {
                let new = NewPayment {
                    target: PaymentTarget::Payment(paid.payment),
                    amount: Some(paid.amount),
                    currency: Some(Currency::Krw),
                    capture: CaptureMode::Auto,
                    method: NewMethod::Card(card(&paid.good_card)?),
                    installment_months: 0,
                    metadata: None,
                };
                self.app.create_payment(call, new).await
            }
            Act::Fail => self.app.fail_payment(call, paid.payment).await,
            Act::CancelOrder => {
                let order = paid.order.ok_or_else(|| Failed(format!("{} has no order to cancel", paid.payment)))?;
                self.app.cancel_order(call, order, String::from("단순 변심")).await
            }
            Act::Capture => self.app.capture_payment(call, paid.payment, None).await,
            Act::CapturePart => self.app.capture_payment(call, paid.payment, Some(paid.amount * 3 / 5)).await,
            Act::ReturnPart => {
                let part = give_back(ReturnOf::Amount(paid.amount * 2 / 5), "부분 반품");
                self.app.cancel_payment(call, paid.payment, part).await
            }
            Act::ReturnAll => {
                self.app.cancel_payment(call, paid.payment, give_back(ReturnOf::Everything, "구매 취소")).await
            }
        };
        let why = match done {
            Ok(reply) if reply.status == 200 || reply.status == 201 => return Ok(()),
            Ok(reply) => format!("{} {}", reply.status, reply.body),
            Err(problem) => refused(&problem).0,
        };
        Err(Failed(format!("{act:?} of {}: {why}", paid.payment)))
    }
}
