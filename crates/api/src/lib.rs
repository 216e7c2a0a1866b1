//! Speaks JSON to merchants: routes, wire types, refusals, the OpenAPI document.
//!
//! A request passes the edge (who, which language, may they), is parsed into what the application takes, and
//! the application's answer is wrapped. Wire types live here and go no further.

mod answer;
mod ask;
mod callback;
mod catalog;
mod checkout;
mod cursor;
mod document;
mod documentation;
mod edge;
mod endpoint;
mod event;
mod fault;
mod fee;
mod field;
mod gift_card;
mod health;
mod idempotency;
mod json;
mod ledger;
mod listener;
mod merchant;
mod movement;
mod options;
mod order;
mod page;
mod payment;
mod query;
mod seller;
mod summary;
mod test_clock;

use std::sync::Arc;

use axum::Router;
pub use edge::recorder;
pub use listener::serve;
pub use options::{Limits, Options};
use steelyard_app::{App, Problem};
use tokio::sync::OnceCell;
use utoipa::OpenApi;

use crate::{cursor::Cursors, documentation::Documentation, edge::Rates, endpoint::Endpoints, event::Seats};

/// What every handler can reach.
#[derive(Clone)]
struct Api(Arc<Inner>);

struct Inner {
    app: App,
    options: Options,
    rates: Rates,
    cursors: OnceCell<Cursors>,
    seats: Arc<Seats>,
    /// Made of the endpoints, so it is there once they are.
    documentation: std::sync::OnceLock<Documentation>,
}

impl Api {
    fn new(app: App, options: Options) -> Self {
        let rates = Rates::new(app.clock().clone(), options.requests_per_second);
        let (cursors, documentation) = (OnceCell::new(), std::sync::OnceLock::new());
        Self(Arc::new(Inner { app, options, rates, cursors, seats: Arc::default(), documentation }))
    }

    fn app(&self) -> &App {
        &self.0.app
    }

    fn options(&self) -> &Options {
        &self.0.options
    }

    fn rates(&self) -> &Rates {
        &self.0.rates
    }

    fn seats(&self) -> Arc<Seats> {
        Arc::clone(&self.0.seats)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.0.documentation.get()
    }

    /// All servers on one database sign with the same secret.
    async fn cursors(&self) -> Result<&Cursors, Problem> {
        let make = || async { self.app().server_secret("cursor").await.map(Cursors::new) };
        self.0.cursors.get_or_try_init(make).await
    }
}

/// The API of `app`, with its health, metrics and documentation.
pub fn router(app: App, options: Options) -> Router {
    let api = Api::new(app, options);
    let endpoints = Endpoints::new(api.clone(), document::Base::openapi());
    let endpoints = [
        order::endpoints,
        payment::endpoints,
        checkout::endpoints,
        movement::endpoints,
        catalog::endpoints,
        seller::endpoints,
        gift_card::endpoints,
        fee::endpoints,
        ledger::endpoints,
        event::endpoints,
        merchant::endpoints,
        test_clock::endpoints,
        callback::endpoints,
        health::endpoints,
        documentation::endpoints,
    ]
    .into_iter()
    .fold(endpoints, |endpoints, add| add(endpoints));
    let (router, document) = endpoints.split();
    api.0.documentation.get_or_init(|| Documentation::new(document));
    router.with_state(api)
}
