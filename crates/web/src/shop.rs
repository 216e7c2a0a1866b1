//! `/shop`: a merchant's own server, as an integrator would write one.
//!
//! It knows the platform only through its API, with its secret key. A browser tells it what somebody wants, never what
//! it costs or whether it was paid. Orders are kept in memory: this is a demonstration.

mod api;
mod card;
mod catalogue;
mod happening;
mod listening;
mod number;
mod order;
mod page;
mod refusal;
mod shorten;
mod sse;
mod till;

use std::sync::Arc;

use api::Api;
use axum::{
    Router,
    response::{Redirect, Response},
    routing::{get, post},
};
use catalogue::Catalogue;
use happening::Log;
use listening::Errands;
use order::Book;
use steelyard_app::Clock;

use crate::{ShopOptions, Web, answer::Refusal};

type Answered = Result<Response, Refusal>;

/// The shop, for its handlers and tasks.
#[derive(Clone)]
struct Shop(Arc<Inner>);

struct Inner {
    web: Web,
    publishable_key: String,
    api: Api,
    log: Arc<Log>,
    catalogue: Catalogue,
    book: Book,
    errands: Errands,
}

impl Shop {
    fn web(&self) -> &Web {
        &self.0.web
    }

    fn clock(&self) -> &Clock {
        self.0.web.app().clock()
    }

    fn api(&self) -> &Api {
        &self.0.api
    }

    fn log(&self) -> &Log {
        &self.0.log
    }

    fn book(&self) -> &Book {
        &self.0.book
    }

    fn errands(&self) -> &Errands {
        &self.0.errands
    }
}

/// The shop's routes; its tasks begin to listen at once, so there has to be a runtime. Without a client there is no
/// shop, and the log says why.
pub(crate) fn routes(web: Web, options: &ShopOptions) -> Router {
    let clock = web.app().clock().clone();
    // Browsers remember the last id they saw, also over a restart: later runs count on from later times.
    let log = Arc::new(Log::new(clock.now().micros()));
    let api = match Api::new(options, clock, Arc::clone(&log)) {
        Ok(api) => api,
        Err(error) => {
            tracing::error!(%error, "the shop has no client for its API and stays closed");
            return Router::new();
        }
    };
    let shop = Shop(Arc::new(Inner {
        web,
        publishable_key: options.publishable_key.clone(),
        api,
        log,
        catalogue: Catalogue::default(),
        book: Book::default(),
        errands: Errands::default(),
    }));
    listening::begin(&shop);
    Router::new()
        .route("/shop", get(page::products))
        .route("/shop/", get(async || Redirect::permanent("/shop")))
        .route("/shop/cart", get(page::cart))
        .route("/shop/cart/", get(async || Redirect::permanent("/shop/cart")))
        .route("/shop/order/{number}", get(page::order))
        .route("/shop/return", get(page::returned))
        .route("/shop/api/catalog", get(till::catalog))
        .route("/shop/api/orders", post(till::create))
        .route("/shop/api/orders/{number}", get(till::show))
        .route("/shop/api/orders/{number}/refund", post(till::refund))
        .route("/shop/api/confirm", post(till::confirm))
        .route("/shop/api/happening", get(happening::stream))
        .route("/shop/{*rest}", get(page::nowhere))
        .with_state(shop)
}
