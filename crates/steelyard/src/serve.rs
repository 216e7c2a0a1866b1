//! `steelyard serve`

use std::{io::Write as _, net::SocketAddr, process::ExitCode, time::Duration};

use clap::Args;
use steelyard_api::{Limits, Options};
use steelyard_app::{App, Clock, clock::random_bytes};
use steelyard_connectors::{
    Connector,
    card_mock::CardMock,
    simulator::{Simulator, server::Notify},
};
use steelyard_domain::{Span, payment::resolution::Ladder};
use steelyard_store::engine::Target;
use steelyard_web::WebOptions;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

use crate::{config::Config, output::Failed, sim, vault};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub shared: Shared,
}

/// What `serve` and `demo` have in common.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Shared {
    /// Address and port of the API; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Print one line of JSON once ready, and nothing else on standard output.
    #[arg(long)]
    pub json: bool,
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    let running = Running::start(config, arguments.shared.listen, config.target_to_write()?).await?;
    if arguments.shared.json {
        announce(&serde_json::json!({ "url": running.url, "engine": running.app.engine() }));
    } else {
        println!("Steelyard is ready at {} ({})", running.url, running.app.engine());
        println!("  API reference  {}/docs", running.url);
        println!("  a merchant     steelyard merchant create --name \"My shop\"");
    }
    running.until_told_to_stop().await
}

/// One line on standard output, at once.
pub fn announce(line: &serde_json::Value) {
    println!("{line}");
    let _ = std::io::stdout().flush();
}

/// SIGTERM and Ctrl-C. Listened for before anybody is told that the server is ready: whoever stops it in that
/// very moment would otherwise kill it.
pub struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    pub fn listen() -> Result<Self, Failed> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    pub async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// A server with everything it needs.
pub struct Running {
    pub url: String,
    pub app: App,
    pub acquirer: Option<sim::Running>,
    server: JoinHandle<Result<(), String>>,
    stop: watch::Sender<bool>,
    told: StopSignal,
    // Held as long as the server runs: a second one on the same files would not know of this one's plans.
    _only: Option<std::fs::File>,
}

impl Running {
    /// Starts the acquirer if it is ours to start, the application, and the API.
    pub async fn start(config: &Config, listen: Option<SocketAddr>, target: Target) -> Result<Self, Failed> {
        Self::start_on(config, bind(config, listen).await?, target, WebOptions::default()).await
    }

    /// The same behind a door that is there already, though nobody opens yet, with the pages that `pages` says.
    pub async fn start_on(
        config: &Config,
        listener: TcpListener,
        target: Target,
        pages: WebOptions,
    ) -> Result<Self, Failed> {
        let only = lock(&target)?;
        let url = format!("http://{}", listener.local_addr()?);
        // Made anew at each start: our own acquirer is told of it, and nobody else needs to know.
        let own_secret = random_bytes::<32>();
        let (acquirer, acquirer_url) = match (&config.settings.acquirer_url, &target) {
            (Some(url), _) => (None, url.clone()),
            (None, Target::Sqlite(path)) => {
                let book = path.with_file_name("acquirer.db");
                let notify = Notify::new(&format!("{url}/callbacks/simulator"), &own_secret)?;
                let acquirer = sim::Running::start(&book, SocketAddr::from(([127, 0, 0, 1], 0)), Some(notify)).await?;
                let acquirer_url = acquirer.url.clone();
                (Some(acquirer), acquirer_url)
            }
            (None, Target::Postgres(_)) => {
                return Err(Failed(String::from(
                    "with PostgreSQL all servers share one acquirer: start `steelyard sim` and set ACQUIRER_URL",
                )));
            }
        };
        let mut app = app_config(config, target, &acquirer_url, Clock::System)?;
        let configured = config.settings.notice_secret.as_ref().map(|secret| secret.clone().into_bytes());
        app.notice_secret = if acquirer.is_some() { Some(own_secret.to_vec()) } else { configured };
        let app = App::start(app).await?;
        let rate = config.settings.rate_limit;
        let options = Options {
            requests_per_second: (rate > 0).then_some(rate),
            public_url: config.settings.public_url.clone(),
            behind_proxy: config.settings.behind_proxy,
            ..Options::new(steelyard_api::recorder())
        };
        let (stop, mut stopped) = watch::channel(false);
        let pages = WebOptions {
            public_url: config.settings.public_url.clone(),
            challenge_origins: origin(&acquirer_url).into_iter().collect(),
            behind_proxy: config.settings.behind_proxy,
            closing: Some(stopped.clone()),
            ..pages
        };
        // What is no page's address is the API's to answer: the pages have no fallback.
        let router = steelyard_api::router(app.clone(), options).merge(steelyard_web::router(app.clone(), pages));
        let limits = Limits {
            connections: config.settings.connections,
            drain: Duration::from_millis(config.settings.drain_ms),
            ..Limits::default()
        };
        let server = tokio::spawn(async move {
            let told = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            steelyard_api::serve(listener, router, told, limits).await.map_err(|error| error.to_string())
        });
        Ok(Self { url, app, acquirer, server, stop, told: StopSignal::listen()?, _only: only })
    }

    /// Serves until SIGTERM or Ctrl-C, then drains: what has begun is finished and committed.
    pub async fn until_told_to_stop(self) -> Result<ExitCode, Failed> {
        self.told.wait().await;
        tracing::info!("stopping: finishing what has begun");
        let _ = self.stop.send(true);
        let served = self.server.await.map_err(|error| Failed(error.to_string()))?;
        self.app.stop().await;
        if let Some(acquirer) = self.acquirer {
            acquirer.stop().await?;
        }
        served.map_err(Failed)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The address of the API.
pub async fn bind(config: &Config, listen: Option<SocketAddr>) -> Result<TcpListener, Failed> {
    let listen = listen.unwrap_or(config.settings.listen);
    TcpListener::bind(listen).await.map_err(|error| Failed(format!("cannot listen on {listen}: {error}")))
}

/// Scheme and host of an address: what a page may frame.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    Some(format!("{scheme}://{host}"))
}

/// One server to a SQLite database.
fn lock(target: &Target) -> Result<Option<std::fs::File>, Failed> {
    let Target::Sqlite(path) = target else { return Ok(None) };
    let mut name = path.as_os_str().to_owned();
    name.push(".serve-lock");
    let file = std::fs::File::create(&name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(Failed(format!("another server is running on {}", path.display()))),
    }
}

/// The application's configuration.
pub fn app_config(
    config: &Config,
    target: Target,
    acquirer_url: &str,
    clock: Clock,
) -> Result<steelyard_app::Config, Failed> {
    let mut connectors = vec![Connector::Simulator(Simulator::new(acquirer_url)?)];
    if let Some(url) = &config.settings.card_mock_url {
        connectors.push(Connector::CardMock(CardMock::new(url)?));
    }
    let vault = vault::keys_to_seal(config, &target)?;
    let mut app = steelyard_app::Config::new(target, connectors);
    app.vault = vault;
    app.readers = config.settings.readers;
    app.clock = clock;
    app.timing.patience = config.patience();
    app.timing.ladder =
        Ladder::new(config.settings.ladder_ms.iter().map(|millis| Span::from_millis(*millis)).collect());
    Ok(app)
}
