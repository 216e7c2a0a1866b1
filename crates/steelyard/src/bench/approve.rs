//! `steelyard bench approve`: how many payments a second, beside the same work committed one by one and beside no
//! work at all.

mod cell;
mod report;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use steelyard_api::Options;
use steelyard_app::Clock;
use steelyard_domain::method::ConnectorName;
use steelyard_store::engine::Engine;

use self::cell::{Cell, Product, Server, Sides};
use super::{
    Shared,
    conditions::{self, Conditions},
    load::Pace,
    place::Places,
    probe,
    rig::{Commits, Rig},
    shop::{Load, Shop},
};
use crate::output::Failed;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub shared: Shared,
    /// Connections that ask at the same time.
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_values_t = [1, 16, 64, 256])]
    callers: Vec<usize>,
    /// Payments of one seller, of 10 000 sellers in turn, or both.
    #[arg(long, value_enum, default_value_t = Loads::Both)]
    load: Loads,
    /// Sellers of the spread load.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    sellers: usize,
    /// An open loop: so many requests a second, whether or not earlier ones are answered.
    #[arg(long, value_name = "RATE")]
    open: Option<u64>,
    /// The batched server alone, to look at with a profiler: no ratios.
    #[arg(long)]
    alone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Loads {
    Hot,
    Spread,
    Both,
}

impl Loads {
    const fn loads(self) -> &'static [Load] {
        match self {
            Self::Hot => &[Load::Hot],
            Self::Spread => &[Load::Spread],
            Self::Both => &[Load::Hot, Load::Spread],
        }
    }
}

pub async fn run(
    arguments: &Arguments,
    places: &Places,
    engines: &[Engine],
    options: &Options,
) -> Result<ExitCode, Failed> {
    let conditions = Conditions::find(places, engines).await?;
    conditions.print();
    let mut cells = Vec::new();
    for engine in engines {
        cells.extend(measure(arguments, places, *engine, options).await?);
    }
    report::show(&arguments.shared, &conditions, &cells, arguments.open)?;
    Ok(ExitCode::SUCCESS)
}

/// All cells of one engine: for each number of callers, rounds in which every server has its turn.
async fn measure(
    arguments: &Arguments,
    places: &Places,
    engine: Engine,
    options: &Options,
) -> Result<Vec<Cell>, Failed> {
    let mut sides = open(arguments, places, engine, options).await?;
    let loads = arguments.load.loads();
    let pace = arguments.open.map_or(Pace::Closed, |per_second| Pace::Open { per_second });
    let mut cells = Vec::new();
    for callers in arguments.callers.iter().copied() {
        let mut turns: Vec<Cell> = Vec::new();
        for load in loads {
            for server in Server::ALL {
                if sides.has(server) && (server.is_of_each_load() || loads.first() == Some(load)) {
                    turns.push(Cell::new(engine, server, *load, callers));
                }
            }
        }
        for cell in &mut turns {
            sides.warm_up(cell, pace).await?;
        }
        for round in 1..=arguments.shared.rounds.get() {
            for cell in &mut turns {
                let flush = probe::probe(&places.folder).await?;
                sides.measure(cell, pace, arguments.shared.seconds, flush).await?;
                eprintln!("{} round {round} of {}: {}", engine.as_str(), arguments.shared.rounds, cell.last());
            }
        }
        cells.extend(turns);
    }
    sides.close().await?;
    eprintln!("load {} after {}", conditions::load(), engine.as_str());
    Ok(cells)
}

/// A server for each way to commit, each on a database of its own, and one that does nothing.
async fn open(arguments: &Arguments, places: &Places, engine: Engine, options: &Options) -> Result<Sides, Failed> {
    let mut sides = Sides { empty: Rig::empty().await?, products: Vec::new() };
    for commits in [Commits::Batched, Commits::PerRequest, Commits::PerRequestAlone] {
        // An open loop asks the same of all, which only the first can bear.
        if (arguments.open.is_some() || arguments.alone) && commits != Commits::Batched {
            continue;
        }
        let name = match commits {
            Commits::Batched => "batched",
            Commits::PerRequest => "per_request",
            Commits::PerRequestAlone => "per_request_alone",
        };
        let place = places.make(engine, name).await?;
        let sellers = if arguments.load == Loads::Hot { 0 } else { arguments.sellers };
        let shop = Shop::open(&place.target, ConnectorName::Stub, Clock::System, sellers).await?;
        let rig = Rig::start(&place.target, commits, options).await?;
        sides.products.push(Product::new(commits, place, shop, rig));
    }
    Ok(sides)
}
