//! `steelyard sim`: the simulated acquirer, on its own port with its own book.

use std::{net::SocketAddr, path::Path, process::ExitCode};

use clap::Args;
use steelyard_connectors::simulator::server::{Book, Notify, Settings, serve};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    config::Config,
    output::Failed,
    serve::{StopSignal, announce},
};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Where it tells of deposits: `http://…/callbacks/simulator`. Signed with STEELYARD_NOTICE_SECRET.
    #[arg(long, value_name = "URL")]
    notify: Option<String>,
    /// Print one line of JSON once ready.
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    std::fs::create_dir_all(&config.settings.data)?;
    let notify = match (&arguments.notify, &config.settings.notice_secret) {
        (Some(url), Some(secret)) => Some(Notify::new(url, secret.as_bytes())?),
        (Some(_), None) => {
            return Err(Failed(String::from("notices are signed: set STEELYARD_NOTICE_SECRET here and at the server")));
        }
        (None, _) => None,
    };
    let running = Running::start(&config.settings.data.join("acquirer.db"), arguments.listen, notify).await?;
    let told = StopSignal::listen()?;
    if arguments.json {
        announce(&serde_json::json!({ "url": running.url }));
    } else {
        println!("The simulated acquirer is ready at {}", running.url);
    }
    told.wait().await;
    running.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// An acquirer at work.
pub struct Running {
    pub url: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Running {
    pub async fn start(book: &Path, listen: SocketAddr, notify: Option<Notify>) -> Result<Self, Failed> {
        let book = Book::open(book)?;
        let listener =
            TcpListener::bind(listen).await.map_err(|error| Failed(format!("cannot listen on {listen}: {error}")))?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, told) = oneshot::channel();
        let server = tokio::spawn(async move {
            let told = async move {
                let _ = told.await;
            };
            let _ = serve(listener, book, Settings { notify, ..Settings::default() }, told).await;
        });
        Ok(Self { url, stop, server })
    }

    pub async fn stop(self) -> Result<(), Failed> {
        let _ = self.stop.send(());
        self.server.await.map_err(|error| Failed(error.to_string()))
    }
}
