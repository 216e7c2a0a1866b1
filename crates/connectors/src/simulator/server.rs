//! The simulated acquirer itself. It forgets nothing that it has answered, unless it is told to misbehave.

mod accounts;
mod authentications;
mod book;
mod cards;
mod challenges;
mod clock;
mod control;
mod decline;
mod deposits;
mod faults;
mod ids;
mod instruments;
mod language;
mod money;
mod notices;
mod parse;
mod reply;
mod script;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, post},
};
use tokio::{net::TcpListener, sync::watch};

pub use book::{Book, BookError};
pub use clock::Clock;
pub use notices::{Notify, NotifyError};

use crate::listen::listen;
use faults::Faults;
use notices::Underway;

const REQUEST_BYTES_MAX: usize = 16 * 1024;

/// What a running simulator may be told from outside; the defaults are those of docs/CONNECTORS.md.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a request that is never answered keeps its connection.
    pub hold: Duration,
    /// How long the slow card takes.
    pub slow: Duration,
    pub clock: Clock,
    /// Who is told of deposits; nobody by default.
    pub notify: Option<Notify>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { hold: Duration::from_secs(60), slow: Duration::from_secs(5), clock: Clock::default(), notify: None }
    }
}

#[derive(Debug)]
struct Acquirer {
    book: Book,
    faults: Faults,
    settings: Settings,
    notices: Underway,
    /// Ends when the server is told to stop, so that nobody is kept waiting for nothing.
    closing: watch::Receiver<()>,
}

/// Serves the simulated acquirer until `shutdown` ends; then everything answered is on disk, the book is
/// closed, and the same file can be opened again.
pub async fn serve(listener: TcpListener, book: Book, settings: Settings, shutdown: impl Future<Output = ()> + Send) {
    let (close, closing) = watch::channel(());
    let (faults, notices) = (Faults::default(), Underway::default());
    let acquirer = Arc::new(Acquirer { book: book.clone(), faults, settings, notices, closing });
    let shutdown = async move {
        shutdown.await;
        drop(close);
    };
    listen(listener, router(Arc::clone(&acquirer)), shutdown).await;
    acquirer.notices.ended().await;
    book.close().await;
}

fn router(acquirer: Arc<Acquirer>) -> Router {
    Router::new()
        .route("/v1/authorizations", post(money::authorize))
        .route("/v1/purchases", post(money::purchase))
        .route("/v1/captures", post(money::capture))
        .route("/v1/voids", post(money::void))
        .route("/v1/cancels", post(money::cancel))
        .route("/v1/refunds", post(money::refund))
        .route("/v1/net-cancels", post(money::net_cancel))
        .route("/v1/transactions/{reference}", get(money::inquire))
        .route("/v1/authentications", post(authentications::authenticate))
        .route("/virtual-accounts/{number}/deposits", post(deposits::deposit))
        .route("/challenges/style.css", get(challenges::style))
        .route("/challenges/{challenge}", get(challenges::show).post(challenges::decide))
        .route("/faults", post(control::arm).get(control::list).delete(control::clear_all))
        .route("/faults/{id}", delete(control::clear))
        .route("/book", get(control::book_page))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(acquirer)
}
