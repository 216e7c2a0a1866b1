//! How the shop says no: in its own words where it knows better, else in the API's.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use steelyard_app::{Code, Language, Problem};

use super::{
    api::Trouble,
    catalogue::{Line, NoCart, Product, QUANTITY_MAX},
};
use crate::edge::Exchange;

/// A sentence of the shop's own, with a code that the API has too.
fn said(exchange: &Exchange, code: &str, message: &str) -> Response {
    let error = json!({ "type": "conflict", "retryable": false, "outcome": "none",
        "docUrl": format!("/docs/errors#{code}") });
    answer(exchange, StatusCode::CONFLICT, code, message, error)
}

/// Nobody answered the shop.
fn away(exchange: &Exchange, moves: Moves) -> Response {
    let (code, outcome, message) = match (moves, exchange.language) {
        (Moves::Nothing, Language::Korean) => {
            ("OVERLOADED", "none", "결제 서버에 닿지 못했어요. 잠시 뒤에 다시 시도해 주세요.")
        }
        (Moves::Nothing, Language::English) => {
            ("OVERLOADED", "none", "The payment server could not be reached. Please try again in a moment.")
        }
        (Moves::Money, Language::Korean) => {
            ("OUTCOME_UNKNOWN", "unknown", "처리됐는지 아직 몰라요. 잠시 뒤에 주문을 다시 확인해 주세요.")
        }
        (Moves::Money, Language::English) => (
            "OUTCOME_UNKNOWN",
            "unknown",
            "Nobody knows yet whether it was done. Please look at the order again in a moment.",
        ),
    };
    let error = json!({ "type": "unavailable", "retryable": true, "outcome": outcome,
        "docUrl": format!("/docs/errors#{code}") });
    let mut response = answer(exchange, StatusCode::SERVICE_UNAVAILABLE, code, message, error);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// What is on its way, and nobody knows yet whether it arrived.
pub(super) fn not_known_yet(exchange: &Exchange) -> Response {
    away(exchange, Moves::Money)
}

fn answer(exchange: &Exchange, status: StatusCode, code: &str, message: &str, error: Value) -> Response {
    let mut error = error;
    error["message"] = message.into();
    let body = json!({ "code": code, "message": message, "data": null, "error": error,
        "requestId": exchange.request_id });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What was asked of the API, which decides what a silence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    /// Nothing that anybody could miss.
    Nothing,
    Money,
}

/// The API's no, said on to the buyer. What only the shop can mend is not the buyer's business: its log has it.
pub(super) fn relayed(exchange: &Exchange, trouble: &Trouble, moves: Moves) -> Response {
    let Trouble::Refused { status, body } = trouble else { return away(exchange, moves) };
    let (code, message) = (body["code"].as_str(), body["message"].as_str());
    let status = match (status, code) {
        // Both mean to the buyer: look at the cart again.
        (_, Some("OUT_OF_STOCK" | "TOTAL_MISMATCH")) => 409,
        (400 | 402 | 404 | 409 | 410 | 422, _) => *status,
        // The API is sure that nothing was done, or it is not.
        (429 | 502..=504, _) if body["error"]["outcome"] == "none" => return away(exchange, Moves::Nothing),
        (429 | 502..=504, _) => return away(exchange, moves),
        (_, _) => {
            tracing::error!(status, code, message, "the API refuses the shop");
            return crate::answer::Refusal::from(Problem::new(Code::Internal)).into();
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
    answer(exchange, status, code.unwrap_or("INTERNAL"), message.unwrap_or_default(), body["error"].clone())
}

/// A price has moved since the buyer looked.
pub(super) fn price_changed(exchange: &Exchange) -> Response {
    let message = match exchange.language {
        Language::Korean => "그사이 가격이 바뀌었어요. 새 가격을 확인하고 다시 결제해 주세요. 돈은 나가지 않았어요.",
        Language::English => "A price has changed meanwhile. Please look at the new one and pay again. No money moved.",
    };
    said(exchange, "TOTAL_MISMATCH", message)
}

/// `left`: the shelf as it is now.
pub(super) fn sold_out(exchange: &Exchange, lines: &[Line], left: &[Product]) -> Response {
    let short = lines.iter().find_map(|line| {
        let product = left.iter().find(|product| product.sku == line.product.sku)?;
        (product.stock < line.quantity).then_some(product)
    });
    let message = match (short, exchange.language) {
        (Some(product), Language::Korean) if product.stock > 0 => {
            format!("{}: {}개만 남았어요.", product.name, product.stock)
        }
        (Some(product), Language::Korean) => format!("{}: 품절이에요.", product.name),
        (Some(product), Language::English) if product.stock > 0 => {
            format!("{}: only {} left.", product.name_en, product.stock)
        }
        (Some(product), Language::English) => format!("{}: sold out.", product.name_en),
        (None, Language::Korean) => String::from("재고가 부족해요. 잠시 뒤에 다시 시도해 주세요."),
        (None, Language::English) => String::from("Not enough in stock. Please try again in a moment."),
    };
    said(exchange, "OUT_OF_STOCK", &message)
}

/// A refund of what was not paid.
pub(super) fn nothing_to_refund(exchange: &Exchange) -> Response {
    let message = match exchange.language {
        Language::Korean => "결제가 끝난 주문만 환불할 수 있어요.",
        Language::English => "Only an order that is paid can be refunded.",
    };
    said(exchange, "STATE_CONFLICT", message)
}

impl From<NoCart> for Problem {
    fn from(cart: NoCart) -> Self {
        let problem = Self::new(Code::InvalidRequest);
        match cart {
            NoCart::Empty => problem.said("items is empty", "items가 비어 있어요").param("items"),
            NoCart::TooManyLines => {
                problem.said("items has too many entries", "items에 항목이 너무 많아요").param("items")
            }
            NoCart::Quantity(index) => {
                let name = format!("items[{index}].quantity");
                let english = format!("{name} must be between 1 and {QUANTITY_MAX}");
                problem.said(english, format!("{name}는 1에서 {QUANTITY_MAX}까지예요")).param(name)
            }
            NoCart::Twice(index) => {
                let name = format!("items[{index}].sku");
                problem.said(format!("{name} is there twice"), format!("{name}가 두 번 있어요")).param(name)
            }
            NoCart::Unknown(index) => {
                let name = format!("items[{index}].sku");
                problem.said(format!("{name} is not for sale"), format!("{name}는 팔지 않는 상품이에요")).param(name)
            }
        }
    }
}
