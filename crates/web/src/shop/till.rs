//! `/shop/api`: what the shop's pages ask.

use axum::{
    Extension, Json,
    extract::{FromRequest as _, Path, Request, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use steelyard_app::{Code, Language, Problem};

use super::{
    Answered, Shop,
    api::{Call, Noted, Trouble},
    catalogue::{Item, Line, Product, priced},
    number,
    order::{Made, Order, SoldLine, Status},
    refusal::{self, Moves},
};
use crate::{
    answer,
    checkout::{missing, of_json},
    edge::Exchange,
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Of a key that a page makes.
const KEY_CHARS_MAX: usize = 64;
const STYLES: [&str; 5] = ["auto", "overlay", "redirect", "popup", "inline"];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Catalog<'a> {
    products: &'a [Product],
    publishable_key: &'a str,
}

pub(super) async fn catalog(State(shop): State<Shop>, Extension(exchange): Extension<Exchange>) -> Answered {
    match shop.products().await {
        Ok(products) => {
            Ok(answer::data(&exchange, &Catalog { products: &products, publishable_key: &shop.0.publishable_key }))
        }
        Err(trouble) => Ok(refusal::relayed(&exchange, &trouble, Moves::Nothing)),
    }
}

/// A body of JSON and of nothing else: a form of another site's page could be sent without a question.
async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    Json::<T>::from_request(request, &()).await.map(|Json(body)| body).map_err(|rejection| of_json(&rejection))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    items: Vec<Item>,
    style: Option<String>,
    lang: Option<String>,
}

impl Wanted {
    fn checked(&self) -> Result<(), Problem> {
        let problem = |name: &str| {
            let (english, korean) =
                (format!("{name} is not one of those there are"), format!("{name} 값이 올바르지 않아요"));
            Err(Problem::new(Code::InvalidRequest).said(english, korean).param(name))
        };
        if self.style.as_deref().is_some_and(|style| !STYLES.contains(&style)) {
            return problem("style");
        }
        if self.lang.as_deref().is_some_and(|lang| Language::named(lang).is_none()) {
            return problem("lang");
        }
        Ok(())
    }
}

pub(super) async fn create(
    State(shop): State<Shop>,
    Extension(mut exchange): Extension<Exchange>,
    headers: HeaderMap,
    request: Request,
) -> Answered {
    let wanted: Wanted = read(request).await?;
    wanted.checked()?;
    if let Some(asked) = wanted.lang.as_deref().and_then(Language::named) {
        exchange.language = asked;
    }
    let products = match shop.shown_products().await {
        Ok(products) => products,
        Err(trouble) => return Ok(refusal::relayed(&exchange, &trouble, Moves::Nothing)),
    };
    let lines = priced(&wanted.items, &products).map_err(Problem::from)?;
    let base_url = shop.web().base_url(&headers);
    let number = number::new();
    let body = checkout_body(&lines, &number, &base_url, exchange.language, wanted.style.as_deref());
    let call = Call::post("/v1/checkout/sessions", body, format!("shop-{number}"), exchange.language);
    let made: Made = match shop.api().ask(&call).await {
        Ok(made) => made,
        Err(trouble) => return Ok(not_made(&shop, &exchange, &lines, &trouble).await),
    };
    let sold = lines.iter().map(|line| SoldLine {
        name: line.product.name_in(exchange.language).to_owned(),
        quantity: line.quantity,
        amount: line.amount,
    });
    let order = shop.book().enter(Order::new(made, sold.collect(), number, exchange.language));
    let mut response = answer::data(&exchange, &order.shown(&base_url));
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// An order and its checkout in one request. Each line is a product's, and takes its price there; the total is what the
/// shop showed its buyer, so that a price that moved meanwhile is refused.
fn checkout_body(lines: &[Line], number: &str, base_url: &str, language: Language, style: Option<&str>) -> Value {
    let tag = language.tag();
    let line = |line: &Line| {
        let Line { product, quantity, .. } = line;
        match language {
            Language::Korean => json!({ "productId": product.id, "quantity": quantity }),
            Language::English => json!({ "productId": product.id, "quantity": quantity, "name": product.name_en }),
        }
    };
    let total: i64 = lines.iter().map(|line| line.amount).sum();
    json!({
        "order": {
            "merchantOrderId": number,
            "currency": lines.first().map(|line| &line.product.currency),
            "lines": lines.iter().map(line).collect::<Vec<_>>(),
            "totalAmount": total,
        },
        "successUrl": format!("{base_url}/shop/return?order={number}&lang={tag}"),
        "cancelUrl": format!("{base_url}/shop/cart?lang={tag}"),
        "locale": tag,
        "metadata": { "shop": "jeoul", "style": style.unwrap_or("auto") },
    })
}

/// What the buyer saw is no longer so: everybody is shown what is, and the buyer is told.
async fn not_made(shop: &Shop, exchange: &Exchange, lines: &[Line], trouble: &Trouble) -> Response {
    let code = trouble.code();
    if matches!(code, Some("OUT_OF_STOCK" | "TOTAL_MISMATCH" | "NOT_FOUND")) {
        // Without an answer the shelf stays as it was, and the refusal as true.
        let _ = shop.look_at_stock(Noted::Always).await;
    }
    match code {
        Some("OUT_OF_STOCK") => {
            let left = shop.shown_products().await.unwrap_or_default();
            refusal::sold_out(exchange, lines, &left)
        }
        Some("TOTAL_MISMATCH" | "NOT_FOUND") => refusal::price_changed(exchange),
        Some(_) | None => refusal::relayed(exchange, trouble, Moves::Nothing),
    }
}

fn found(shop: &Shop, number: &str) -> Result<std::sync::Arc<Order>, Problem> {
    shop.book().find(number).ok_or_else(|| Problem::new(Code::NotFound).param("number"))
}

pub(super) async fn show(
    State(shop): State<Shop>,
    Path(number): Path<String>,
    Extension(exchange): Extension<Exchange>,
    headers: HeaderMap,
) -> Answered {
    let order = found(&shop, &number)?;
    if let Err(trouble) = shop.look_at(&order).await {
        return Ok(refusal::relayed(&exchange, &trouble, Moves::Nothing));
    }
    Ok(answer::data(&exchange, &order.shown(&shop.web().base_url(&headers))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// All of it goes back. Only an order that the API says is paid is refunded; one that was refunded is shown as it is.
pub(super) async fn refund(
    State(shop): State<Shop>,
    Path(number): Path<String>,
    Extension(exchange): Extension<Exchange>,
    headers: HeaderMap,
    request: Request,
) -> Answered {
    let Nothing {} = read(request).await?;
    let order = found(&shop, &number)?;
    let key = match headers.get(&IDEMPOTENCY_KEY) {
        Some(key) => key.to_str().ok().filter(|key| is_key(key)).ok_or_else(wrong_key)?,
        None => "once",
    };
    order.has_changed();
    if let Err(trouble) = shop.look_at(&order).await {
        return Ok(refusal::relayed(&exchange, &trouble, Moves::Nothing));
    }
    match order.status() {
        Status::Paid => {
            let reason = match exchange.language {
                Language::Korean => "구매자 요청",
                Language::English => "Asked for by the buyer",
            };
            let path = format!("/v1/orders/{}/refunds", order.id);
            let key = format!("shop-{}-refund-{key}", order.number);
            let call = Call::post(path, json!({ "reason": reason }), key, exchange.language);
            let done: Result<Value, Trouble> = shop.api().ask(&call).await;
            order.has_changed();
            match done {
                Ok(refund) if refund["status"] != "succeeded" => return Ok(refusal::not_known_yet(&exchange)),
                Ok(_) => {}
                Err(trouble) => return Ok(refusal::relayed(&exchange, &trouble, Moves::Money)),
            }
        }
        Status::Refunded => {}
        Status::Open | Status::WaitingForDeposit | Status::Canceled | Status::Expired | Status::Unknown => {
            return Ok(refusal::nothing_to_refund(&exchange));
        }
    }
    show(State(shop), Path(number), Extension(exchange), headers).await
}

fn is_key(key: &str) -> bool {
    (1..=KEY_CHARS_MAX).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn wrong_key() -> Problem {
    let english = format!("Idempotency-Key has 1 to {KEY_CHARS_MAX} letters, digits, - or _");
    let korean = format!("Idempotency-Key는 영문자, 숫자, -, _로 {KEY_CHARS_MAX}자까지예요");
    Problem::new(Code::InvalidRequest).said(english, korean).param("Idempotency-Key")
}

/// The second door: a browser says that it authenticated a payment, and of what.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Authenticated {
    payment_key: String,
    order_id: String,
    items: Vec<Item>,
}

/// What the confirmed payment is to the shop's page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirmed {
    status: Status,
    number: String,
    payment_id: String,
}

#[derive(Deserialize)]
struct PaymentTold {
    id: String,
    status: String,
}

/// Confirms with the amount of the shop's own prices: if the browser authenticated another, nothing is captured.
pub(super) async fn confirm(
    State(shop): State<Shop>,
    Extension(exchange): Extension<Exchange>,
    request: Request,
) -> Answered {
    let Authenticated { payment_key, order_id, items } = read(request).await?;
    if !is_key(&payment_key) {
        return Err(missing("paymentKey").into());
    }
    let products = match shop.shown_products().await {
        Ok(products) => products,
        Err(trouble) => return Ok(refusal::relayed(&exchange, &trouble, Moves::Nothing)),
    };
    let lines = priced(&items, &products).map_err(Problem::from)?;
    let amount: i64 = lines.iter().map(|line| line.amount).sum();
    let body = json!({ "paymentKey": payment_key, "merchantOrderId": order_id, "amount": amount });
    let call =
        Call::post("/v1/payments/confirm", body, format!("shop-confirm-{payment_key}-{amount}"), exchange.language);
    match shop.api().ask::<PaymentTold>(&call).await {
        Ok(payment) => {
            let status = if payment.status == "captured" { Status::Paid } else { Status::Unknown };
            Ok(answer::data(&exchange, &Confirmed { status, number: order_id, payment_id: payment.id }))
        }
        Err(trouble) => Ok(refusal::relayed(&exchange, &trouble, Moves::Money)),
    }
}
