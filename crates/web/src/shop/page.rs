//! The shop's pages. Their scripts fill them, from the routes of `till`.

use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use steelyard_app::{Code, Problem};

use super::{Answered, Shop};
use crate::{
    answer, assets,
    edge::{Exchange, Policy},
    page::{Frame, Theme},
};

#[derive(Template)]
#[template(path = "shop/products.html")]
struct Products {
    lang: &'static str,
    theme: &'static str,
    assets: String,
}

#[derive(Template)]
#[template(path = "shop/cart.html")]
struct Cart {
    lang: &'static str,
    theme: &'static str,
    assets: String,
}

#[derive(Template)]
#[template(path = "shop/order.html")]
struct Order {
    lang: &'static str,
    theme: &'static str,
    assets: String,
}

fn look(exchange: &Exchange) -> (&'static str, &'static str, String) {
    let frame = Frame::new(&exchange.wish, exchange.language);
    (frame.lang(), frame.theme.map_or("", Theme::as_str), assets::root())
}

pub(super) async fn products(Extension(exchange): Extension<Exchange>) -> Answered {
    let (lang, theme, assets) = look(&exchange);
    Ok(answer::page(StatusCode::OK, Products { lang, theme, assets }.render()?, Policy::shop()))
}

pub(super) async fn cart(Extension(exchange): Extension<Exchange>) -> Answered {
    let (lang, theme, assets) = look(&exchange);
    Ok(answer::page(StatusCode::OK, Cart { lang, theme, assets }.render()?, Policy::shop()))
}

pub(super) async fn order(
    State(shop): State<Shop>,
    Path(number): Path<String>,
    Extension(exchange): Extension<Exchange>,
) -> Answered {
    of_order(&shop, &number, &exchange).await
}

#[derive(Deserialize)]
pub(super) struct Return {
    order: Option<String>,
}

/// Where the checkout leads back to. Whatever else the address says, the order is what the API says it is.
pub(super) async fn returned(
    State(shop): State<Shop>,
    Query(query): Query<Return>,
    Extension(exchange): Extension<Exchange>,
) -> Answered {
    of_order(&shop, &query.order.unwrap_or_default(), &exchange).await
}

/// The page says that it checks, and is told by the API's answer alone; that answer is on its way already.
async fn of_order(shop: &Shop, number: &str, exchange: &Exchange) -> Answered {
    let found = shop.book().find(number);
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    if let Some(order) = found {
        let shop = shop.clone();
        // Its failure is the page's next question's to tell.
        tokio::spawn(async move { shop.look_at(&order).await.is_ok() });
    }
    let (lang, theme, assets) = look(exchange);
    Ok(answer::page(status, Order { lang, theme, assets }.render()?, Policy::shop()))
}

pub(super) async fn nowhere() -> Answered {
    Err(Problem::new(Code::NotFound).into())
}
