//! `steelyard demo`: three merchants and ninety days of payments, made on the spot by real commands.

mod dice;
mod faults;
mod folder;
mod front;
mod people;
mod plan;
mod seed;
mod shop;
mod show;

use std::{io::IsTerminal as _, net::SocketAddr, process::ExitCode};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use steelyard_app::clock::random_bytes;
use steelyard_connectors::simulator::server::Notify;
use steelyard_domain::Mode;
use steelyard_store::{Store, engine::Target, merchant::merchants, migrate};

use steelyard_web::WebOptions;

use crate::{
    config::{Config, Settings},
    output::Failed,
    serve::{self, Shared, announce},
    sim,
};
use folder::Folder;
use seed::Progress;

/// As many as make lists, sums and charts look lived in.
const PAYMENTS: usize = 5_000;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub shared: Shared,
    /// How many payments the ninety days have.
    #[arg(long, default_value_t = PAYMENTS, hide = true, value_name = "NUMBER")]
    payments: usize,
}

/// The acquirer's faults are part of the show and not worth a line each, unless somebody set the log's level.
pub fn hush(config: &mut Config) {
    if config.log == Settings::default().log {
        config.log = String::from("warn");
    }
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    let folder = Folder::take(Folder::of(config))?;
    let target = if config.database_named { config.target()? } else { Target::Sqlite(folder.database()) };
    if config.database_named {
        refuse_unless_empty(&target).await?;
    }
    let mut config = config.clone();
    config.settings.data.clone_from(&folder.path);
    // The door first: the acquirer is told where to knock.
    let listener = serve::bind(&config, arguments.shared.listen).await?;
    // The same acquirer before and after: its book is what `verify` compares with.
    let acquirer = match &config.settings.acquirer_url {
        Some(_) => None,
        None => {
            let secret: String = random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
            let callback = format!("http://{}/callbacks/simulator", listener.local_addr()?);
            let notify = Notify::new(&callback, secret.as_bytes())?;
            config.settings.notice_secret = Some(secret);
            Some(sim::Running::start(&folder.book(), SocketAddr::from(([127, 0, 0, 1], 0)), Some(notify)).await?)
        }
    };
    let acquirer_url = match (&acquirer, &config.settings.acquirer_url) {
        (Some(running), _) => running.url.clone(),
        (None, Some(url)) => url.clone(),
        (None, None) => return Err(Failed(String::from("there is no acquirer"))),
    };
    config.settings.acquirer_url = Some(acquirer_url.clone());
    people::keep_cards(&mut config, &target);
    let bar = bar(arguments.shared.json);
    let tell = |progress| match progress {
        Progress::Planned(jobs) => bar.set_length(u64::try_from(jobs).unwrap_or(u64::MAX)),
        Progress::Done(jobs) => bar.inc(u64::try_from(jobs).unwrap_or(0)),
    };
    let merchants = seed::seed(&config, target.clone(), &acquirer_url, arguments.payments, tell).await?;
    bar.finish_and_clear();
    let first = merchants.first().ok_or_else(|| Failed(String::from("a demonstration without a merchant")))?;
    let url = format!("http://{}", listener.local_addr()?);
    let demo_payers = people::shown();
    let pages = WebOptions {
        payer_mode: Mode::Test,
        demo_payers: demo_payers.clone(),
        shop: Some(front::options(first, &front::api(&url))),
        ..WebOptions::default()
    };
    let public_url = config.settings.public_url.clone();
    let running = serve::Running::start_on(&config, listener, target, pages).await?;
    front::open(&running.app, first, front::origins(&url, public_url.as_deref())).await?;
    people::invite(&running.app, first).await?;
    let shown = show::Shown {
        url: &running.url,
        pages: public_url.as_deref().unwrap_or(&running.url),
        acquirer_url: &acquirer_url,
        folder: &folder.path,
        merchants: &merchants,
        payers: &demo_payers,
    };
    if arguments.shared.json {
        announce(&shown.to_json()?);
    } else {
        println!("{}", shown.to_box()?);
    }
    let code = running.until_told_to_stop().await;
    if let Some(acquirer) = acquirer {
        acquirer.stop().await?;
    }
    code
}

/// A database that was named may be somebody's: only an empty one becomes a demonstration.
async fn refuse_unless_empty(target: &Target) -> Result<(), Failed> {
    if !migrate::status(target).await?.iter().any(|migration| migration.applied) {
        return Ok(());
    }
    migrate::apply(target).await?;
    let store = Store::open(target.clone(), 1)?;
    if merchants(&store.reader().await?).await?.is_empty() {
        Ok(())
    } else {
        Err(Failed(String::from("the database is not empty: a demonstration wants one of its own")))
    }
}

/// Shown to a person who waits, and to nobody else.
fn bar(quiet: bool) -> ProgressBar {
    let target = if quiet || !std::io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(None, target);
    let style = ProgressStyle::with_template("ninety days of payments  {bar:40} {pos}/{len}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
