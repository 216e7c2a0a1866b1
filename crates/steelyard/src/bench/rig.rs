//! The server under test: the real router behind the real listener, on loopback, in this process.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::post,
};
use steelyard_api::{Limits, Options};
use steelyard_app::{App, Config, pipeline::LaneOptions};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_store::engine::{Engine, Target};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::output::Failed;

/// Connections of an ordinary pool, for the comparison with one transaction per request.
const SQLITE_POOL: usize = 8;
const POSTGRES_POOL: usize = 32;

/// How the same work is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commits {
    /// As shipped: one lane, many requests a commit.
    Batched,
    /// (a) A transaction of its own per request, on an ordinary pool of connections. For comparison only.
    PerRequest,
    /// (a1) The same on one connection.
    PerRequestAlone,
}

impl Commits {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Batched => "batched",
            Self::PerRequest => "(a) per request",
            Self::PerRequestAlone => "(a1) per request, 1 conn",
        }
    }

    fn lanes(self, engine: Engine) -> LaneOptions {
        let batched = LaneOptions::default();
        match self {
            Self::Batched => batched,
            Self::PerRequest => {
                let lanes = match engine {
                    Engine::Sqlite => SQLITE_POOL,
                    Engine::Postgres => POSTGRES_POOL,
                };
                LaneOptions { batch_max: 1, lanes, ..batched }
            }
            Self::PerRequestAlone => LaneOptions { batch_max: 1, lanes: 1, ..batched },
        }
    }
}

/// A server, until it is stopped.
pub struct Rig {
    pub address: SocketAddr,
    app: Option<App>,
    stop: watch::Sender<bool>,
    server: JoinHandle<Result<(), String>>,
}

/// The API's settings: as in production, counting included, without a limit of requests.
pub fn options() -> Options {
    Options { requests_per_second: None, ..Options::new(steelyard_api::recorder()) }
}

impl Rig {
    /// Serves the product on a database.
    pub async fn start(target: &Target, commits: Commits, options: &Options) -> Result<Self, Failed> {
        let mut config = Config::new(target.clone(), vec![Connector::Stub(Stub)]);
        config.lanes = commits.lanes(target.engine());
        let app = App::start(config).await?;
        let router = steelyard_api::router(app.clone(), options.clone());
        Self::serve(router, Some(app)).await
    }

    /// (b) Serves nothing, by the same listener: reads a body and answers a few bytes.
    pub async fn empty() -> Result<Self, Failed> {
        let handler =
            async |_body: Bytes| (StatusCode::CREATED, [(CONTENT_TYPE, "application/json")], r#"{"data":{}}"#);
        Self::serve(Router::new().route("/v1/payments", post(handler)), None).await
    }

    async fn serve(router: Router, app: Option<App>) -> Result<Self, Failed> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let (stop, mut stopped) = watch::channel(false);
        let limits = Limits { drain: Duration::from_secs(1), ..Limits::default() };
        let server = tokio::spawn(async move {
            let told = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            steelyard_api::serve(listener, router, told, limits).await.map_err(|error| error.to_string())
        });
        Ok(Self { address, app, stop, server })
    }

    pub async fn stop(self) -> Result<(), Failed> {
        let _ = self.stop.send(true);
        self.server.await?.map_err(Failed)?;
        if let Some(app) = self.app {
            app.stop().await;
        }
        Ok(())
    }
}
