//! `steelyard bench footprint`: the memory of a server at many connections, and how soon it is ready. The server
//! is `steelyard serve` in a process of its own, with the simulated acquirer.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{ExitCode, Stdio},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use serde::Serialize;
use steelyard_app::Clock;
use steelyard_domain::method::ConnectorName;
use steelyard_store::engine::Engine;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::{
    Shared,
    caller::Caller,
    conditions::Conditions,
    figure::{grouped, median, micros},
    load::{self, Pace, Plan, Requests, get_request},
    place::{Place, Places},
    shop::{Load, Shop},
    stopwatch::Stopwatch,
    verdict::{self, Goal, Reached, Verdict},
};
use crate::{output::Failed, sim};

/// To be ready in, on a database that is there.
pub const READY_MICROS_MAX: u64 = 1_000_000;
const KIB_MAX: u64 = 150 * 1_024;
/// Payments a second through the simulated acquirer that there are orders for.
const RATE: u64 = 4_000;
/// Between two questions whether a server is ready.
const PAUSE: Duration = Duration::from_millis(1);

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub shared: Shared,
    /// Connections that pay at the same time.
    #[arg(long, value_name = "N", default_value_t = 256)]
    connections: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    bench: &'static str,
    conditions: &'a Conditions,
    connections: usize,
    verdicts: &'a [Verdict],
}

pub async fn run(arguments: &Arguments, places: &Places, engines: &[Engine]) -> Result<ExitCode, Failed> {
    let conditions = Conditions::find(places, engines).await?;
    conditions.print();
    let mut verdicts = Vec::new();
    for engine in engines {
        verdicts.extend(measure(arguments, places, *engine).await?);
    }
    println!();
    verdict::print(&verdicts);
    let connections = arguments.connections;
    arguments.shared.write_json(&Report {
        bench: "footprint",
        conditions: &conditions,
        connections,
        verdicts: &verdicts,
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(arguments: &Arguments, places: &Places, engine: Engine) -> Result<Vec<Verdict>, Failed> {
    let place = places.make(engine, "footprint").await?;
    let acquirer =
        sim::Running::start(&places.folder.join("acquirer.db"), SocketAddr::from(([127, 0, 0, 1], 0)), None).await?;
    let shop = Shop::open(&place.target, ConnectorName::Simulator, Clock::System, 0).await?;
    let wanted = u128::from(RATE) * arguments.shared.seconds.as_millis() / 1_000;
    let orders = Arc::new(shop.orders(Load::Hot, usize::try_from(wanted)?.max(arguments.connections)).await?);
    let key = shop.key.clone();
    shop.close().await;
    let mut ready = Vec::new();
    for _ in 0..arguments.shared.rounds.get() {
        let (_, took) = Server::start(&place, &acquirer.url, &places.folder).await?;
        ready.push(micros(took));
    }
    let (server, _) = Server::start(&place, &acquirer.url, &places.folder).await?;
    let at_rest = server.memory("VmRSS:")?;
    let plan = Plan {
        address: server.address,
        callers: arguments.connections,
        pace: Pace::Closed,
        time: arguments.shared.seconds,
        requests: Requests::Payments { key, orders },
        status: 201,
    };
    let measured = load::run(plan).await?;
    let (resident, peak) = (server.memory("VmRSS:")?, server.memory("VmHWM:")?);
    drop(server);
    acquirer.stop().await?;
    eprintln!("{}: {} payments", engine.as_str(), grouped(u64::try_from(measured.nanos.len())?));
    let verdict = |what: String, goal, reached| Verdict { engine: engine.as_str(), what, goal, reached };
    let memory = Some(Goal::KibAtMost(KIB_MAX));
    let connections = arguments.connections;
    Ok(vec![
        verdict(String::from("memory of a server at rest"), None, Reached::Kib(at_rest)),
        verdict(format!("memory after paying on {connections} connections"), memory, Reached::Kib(resident)),
        verdict(String::from("its peak"), memory, Reached::Kib(peak)),
        verdict(
            String::from("ready, from the start of the process"),
            Some(Goal::MicrosAtMost(READY_MICROS_MAX)),
            Reached::Micros(median(ready).unwrap_or_default()),
        ),
    ])
}

/// `steelyard serve` in a process of its own, killed when dropped: its database goes, too.
pub struct Server {
    pub address: SocketAddr,
    _process: Child,
    pid: u32,
}

impl Server {
    /// Starts one, and says how long it took until it was ready.
    pub async fn start(place: &Place, acquirer: &str, folder: &std::path::Path) -> Result<(Self, Duration), Failed> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--database-url", &place.url]);
        command.args(["--acquirer-url", acquirer]).env("STEELYARD_LOG", "error").current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let watch = Stopwatch::start();
        let mut process = command.spawn()?;
        let silent = || Failed(String::from("the server said nothing"));
        let mut lines = BufReader::new(process.stdout.take().ok_or_else(silent)?).lines();
        let line = lines.next_line().await?.ok_or_else(silent)?;
        let announced: serde_json::Value = serde_json::from_str(&line)?;
        let url = announced.get("url").and_then(serde_json::Value::as_str).ok_or_else(silent)?;
        let address = url.trim_start_matches("http://").parse()?;
        let mut caller = Caller::connect(address).await?;
        while caller.ask(&get_request("", "/health/ready")).await?.status != 200 {
            tokio::time::sleep(PAUSE).await;
        }
        let took = watch.elapsed();
        let pid = process.id().ok_or_else(silent)?;
        Ok((Self { address, _process: process, pid }, took))
    }

    /// A line of its status, in KiB.
    pub fn memory(&self, name: &str) -> Result<u64, Failed> {
        let path = PathBuf::from(format!("/proc/{}/status", self.pid));
        let status = std::fs::read_to_string(&path)?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok());
        kib.ok_or_else(|| Failed(format!("{} has no {name}", path.display())))
    }
}
