//! `steelyard bench growth`: whether what is fast on a new database still is on one that has seen a million
//! payments.

mod fill;
mod lists;

use std::{process::ExitCode, sync::Arc};

use clap::Args;
use serde::Serialize;
use steelyard_api::Options;
use steelyard_store::engine::Engine;

use self::{
    fill::Filled,
    lists::{ListFigures, Question},
};
use super::{
    Shared, backlog,
    conditions::Conditions,
    figure::{Figures, Spread, Thousandths, grouped, millis},
    footprint,
    load::{self, Pace, Plan, Requests},
    place::Places,
    probe::{self, Flush},
    rig::{Commits, Rig},
    shop::Load,
    table::Table,
    verdict::{self, Goal, Reached, Verdict},
};
use crate::output::Failed;

/// Orders for a round, by callers: far more than can be paid.
const RATE_MAX: u64 = 12_000;
/// What a payment may take longer on the large database.
const P50_MAX: Thousandths = Thousandths(1_300);

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub shared: Shared,
    /// Payments of the small and of the large database.
    #[arg(long, value_name = "N,N", value_delimiter = ',', num_args = 1, default_values_t = [10_000, 1_000_000])]
    rows: Vec<u64>,
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_values_t = [1, 64])]
    callers: Vec<usize>,
    /// Sellers, of whom the first has a tenth of all payments.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    sellers: usize,
    /// Questions of each kind to the lists.
    #[arg(long, value_name = "N", default_value_t = 100)]
    questions: usize,
}

/// A database of some size with the product on it.
struct Grown {
    filled: Filled,
    rig: Rig,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Approval {
    engine: &'static str,
    load: &'static str,
    callers: usize,
    payments: u64,
    rounds: Vec<(Figures, Flush)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    bench: &'static str,
    conditions: &'a Conditions,
    approvals: &'a [Approval],
    lists: &'a [ListFigures],
    verdicts: &'a [Verdict],
}

pub async fn run(
    arguments: &Arguments,
    places: &Places,
    engines: &[Engine],
    options: &Options,
) -> Result<ExitCode, Failed> {
    let conditions = Conditions::find(places, engines).await?;
    conditions.print();
    let (mut approvals, mut lists, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
    for engine in engines {
        let mut grown = Vec::new();
        for (number, rows) in arguments.rows.iter().enumerate() {
            let place = places.make(*engine, &format!("growth_{number}")).await?;
            let filled = fill::fill(place, *rows, arguments.sellers).await?;
            if let Some(ready) = ready(&filled, places).await? {
                verdicts.push(ready);
            }
            let rig = Rig::start(&filled.place.target, Commits::Batched, options).await?;
            grown.push(Grown { filled, rig });
        }
        let paid = pay(arguments, places, *engine, &grown).await?;
        verdicts.extend(compare(&paid));
        approvals.extend(paid);
        for grown in &grown {
            for question in Question::ALL {
                let figures = lists::ask(grown.rig.address, &grown.filled, question, arguments.questions).await?;
                verdicts.push(figures.verdict());
                lists.push(figures);
            }
        }
        for grown in grown {
            grown.rig.stop().await?;
            grown.filled.shop.close().await;
        }
    }
    show(&approvals, &lists, &verdicts);
    let report =
        Report { bench: "growth", conditions: &conditions, approvals: &approvals, lists: &lists, verdicts: &verdicts };
    arguments.shared.write_json(&report)?;
    Ok(ExitCode::SUCCESS)
}

/// How soon a server is ready on the database.
async fn ready(filled: &Filled, places: &Places) -> Result<Option<Verdict>, Failed> {
    // No payment is made, so no acquirer has to be there.
    let (server, took) = footprint::Server::start(&filled.place, "http://127.0.0.1:9", &places.folder).await?;
    drop(server);
    Ok(Some(Verdict {
        engine: filled.place.target.engine().as_str(),
        what: format!("{} payments: ready, from the start of the process", grouped(filled.rows)),
        goal: Some(Goal::MicrosAtMost(footprint::READY_MICROS_MAX)),
        reached: Reached::Micros(super::figure::micros(took)),
    }))
}

/// Payments on all databases, in turns.
async fn pay(arguments: &Arguments, places: &Places, engine: Engine, grown: &[Grown]) -> Result<Vec<Approval>, Failed> {
    let mut approvals = Vec::new();
    for load in [Load::Hot, Load::Spread] {
        for callers in arguments.callers.iter().copied() {
            let first = approvals.len();
            approvals.extend(grown.iter().map(|grown| Approval {
                engine: engine.as_str(),
                load: load.as_str(),
                callers,
                payments: grown.filled.rows,
                rounds: Vec::new(),
            }));
            for _ in 0..arguments.shared.rounds.get() {
                for (grown, approval) in grown.iter().zip(approvals.iter_mut().skip(first)) {
                    let round = round(arguments, places, grown, load, callers).await?;
                    eprintln!(
                        "{} {} callers, {}, {} payments there: {}/s, p50 {} ms",
                        engine.as_str(),
                        callers,
                        load.as_str(),
                        grouped(grown.filled.rows),
                        grouped(round.0.per_second),
                        millis(round.0.p50_micros)
                    );
                    approval.rounds.push(round);
                }
            }
        }
    }
    Ok(approvals)
}

async fn round(
    arguments: &Arguments,
    places: &Places,
    grown: &Grown,
    load: Load,
    callers: usize,
) -> Result<(Figures, Flush), Failed> {
    let millis = u64::try_from(arguments.shared.seconds.as_millis())?;
    let rate = RATE_MAX.min(2_000_u64.saturating_mul(u64::try_from(callers)?));
    let count = usize::try_from(rate * millis / 1_000)?.saturating_add(callers);
    let orders = Arc::new(grown.filled.shop.orders(load, count).await?);
    backlog::quiet(&grown.filled.place.target).await?;
    let flush = probe::probe(&places.folder).await?;
    let plan = Plan {
        address: grown.rig.address,
        callers,
        pace: Pace::Closed,
        time: arguments.shared.seconds,
        requests: Requests::Payments { key: grown.filled.shop.key.clone(), orders },
        status: 201,
    };
    Ok((Figures::of(&load::run(plan).await?)?, flush))
}

/// Each size beside the first, pair by pair.
fn compare(approvals: &[Approval]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for approval in approvals {
        let same = |other: &&Approval| other.load == approval.load && other.callers == approval.callers;
        let Some(first) = approvals.iter().find(same).filter(|first| first.payments < approval.payments) else {
            continue;
        };
        let pairs = approval.rounds.iter().zip(&first.rounds);
        let ratios: Option<Vec<Thousandths>> =
            pairs.map(|((large, _), (small, _))| Thousandths::of(large.p50_micros, small.p50_micros)).collect();
        let Some(ratio) = ratios.and_then(|ratios| Spread::of(&ratios)) else { continue };
        verdicts.push(Verdict {
            engine: approval.engine,
            what: format!(
                "p50 of a payment, {}, {} callers: at {} / at {}",
                approval.load,
                approval.callers,
                grouped(approval.payments),
                grouped(first.payments)
            ),
            goal: Some(Goal::RatioAtMost(P50_MAX)),
            reached: Reached::Ratio(ratio),
        });
    }
    verdicts
}

fn show(approvals: &[Approval], lists: &[ListFigures], verdicts: &[Verdict]) {
    println!("\nPOST /v1/payments over HTTP, closed loop, median round by p50");
    let mut table =
        Table::new(&["engine", "load", "there", "callers", "per second", "p50 ms", "p99 ms", "flush µs"], 2);
    for approval in approvals {
        let mut rounds = approval.rounds.clone();
        rounds.sort_by_key(|(figures, _)| figures.p50_micros);
        let Some((figures, flush)) = rounds.get(rounds.len().saturating_sub(1) / 2) else { continue };
        table.row(vec![
            approval.engine.to_owned(),
            approval.load.to_owned(),
            grouped(approval.payments),
            approval.callers.to_string(),
            grouped(figures.per_second),
            millis(figures.p50_micros),
            millis(figures.p99_micros),
            flush.p50_micros.to_string(),
        ]);
    }
    table.print();
    println!("\nLists with their sums over HTTP, one caller, no question twice");
    let mut table = Table::new(&["engine", "question", "there", "questions", "p50 ms", "p95 ms", "max ms"], 2);
    for list in lists {
        table.row(list.cells());
    }
    table.print();
    println!();
    verdict::print(verdicts);
}
