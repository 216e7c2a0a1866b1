//! What the cells say: a table, ratios beside what was to be reached, JSON.

use serde::Serialize;
use steelyard_connectors::{Request, stub::Stub};
use steelyard_domain::Money;
use steelyard_store::engine::Engine;

use super::{
    super::{
        Shared,
        conditions::Conditions,
        figure::{Figures, Spread, Thousandths, grouped, micros, millis},
        probe::Flush,
        rig::Commits,
        shop::Load,
        stopwatch::Stopwatch,
        table::Table,
        verdict::{self, Goal, Reached, Verdict},
    },
    cell::{Cell, Server},
};
use crate::output::Failed;

/// The callers the goals are set for.
const MANY: usize = 256;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    bench: &'static str,
    conditions: &'a Conditions,
    seconds_per_round: String,
    open_loop_per_second: Option<u64>,
    acquirer_nanos: u64,
    cells: Vec<CellReport>,
    verdicts: &'a [Verdict],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CellReport {
    engine: &'static str,
    server: &'static str,
    load: &'static str,
    callers: usize,
    rounds: Vec<RoundReport>,
}

#[derive(Serialize)]
struct RoundReport {
    #[serde(flatten)]
    figures: Figures,
    flush: Flush,
}

pub fn show(shared: &Shared, conditions: &Conditions, cells: &[Cell], open: Option<u64>) -> Result<(), Failed> {
    let loop_text = open.map_or_else(|| String::from("closed loop"), |rate| format!("open loop, {}/s", grouped(rate)));
    println!("\nPOST /v1/payments over HTTP, {loop_text}, median of {} rounds of {:?}", shared.rounds, shared.seconds);
    print_cells(cells);
    let acquirer_nanos = acquirer_nanos();
    print_without_acquirer(cells, acquirer_nanos);
    let verdicts = if open.is_some() { Vec::new() } else { verdicts(cells) };
    if !verdicts.is_empty() {
        println!("\nRatios of rounds side by side: median (lowest–highest)");
        verdict::print(&verdicts);
    }
    let report = Report {
        bench: "approve",
        conditions,
        seconds_per_round: format!("{:?}", shared.seconds),
        open_loop_per_second: open,
        acquirer_nanos,
        cells: cells.iter().map(CellReport::new).collect(),
        verdicts: &verdicts,
    };
    shared.write_json(&report)
}

impl CellReport {
    fn new(cell: &Cell) -> Self {
        let rounds = cell.rounds.iter().map(|round| RoundReport { figures: round.figures, flush: round.flush });
        Self {
            engine: cell.engine.as_str(),
            server: cell.server.as_str(),
            load: cell.load.as_str(),
            callers: cell.callers,
            rounds: rounds.collect(),
        }
    }
}

fn print_cells(cells: &[Cell]) {
    let titles =
        ["engine", "server", "load", "callers", "per second", "mean ms", "p50 ms", "p99 ms", "max ms", "flush µs"];
    let mut table = Table::new(&titles, 3);
    for cell in cells {
        table.row(vec![
            cell.engine.as_str().to_owned(),
            cell.server.as_str().to_owned(),
            cell.load.as_str().to_owned(),
            cell.callers.to_string(),
            grouped(cell.median(|round| round.figures.per_second)),
            millis(cell.median(|round| round.figures.mean_micros)),
            millis(cell.median(|round| round.figures.p50_micros)),
            millis(cell.median(|round| round.figures.p99_micros)),
            millis(cell.median(|round| round.figures.max_micros)),
            cell.median(|round| round.flush.p50_micros).to_string(),
        ]);
    }
    table.print();
}

/// What the acquirer in process takes of a payment: the mean of many answers.
fn acquirer_nanos() -> u64 {
    const ANSWERS: u32 = 100_000;
    let request = Request::Refund {
        reference: String::from("att_00000000000000000000000000"),
        original: String::from("stub_att_00000000000000000000000000"),
        amount: Money::krw(10_000),
    };
    let watch = Stopwatch::start();
    for _ in 0..ANSWERS {
        std::hint::black_box(Stub.send(std::hint::black_box(&request)));
    }
    u64::try_from(watch.elapsed().as_nanos()).unwrap_or(u64::MAX) / u64::from(ANSWERS)
}

fn print_without_acquirer(cells: &[Cell], acquirer_nanos: u64) {
    println!(
        "\nThe acquirer answers in process, in {acquirer_nanos} ns on average. Without its time an approval takes:"
    );
    let mut table = Table::new(&["engine", "load", "callers", "mean ms", "p99 ms"], 2);
    let own = micros(std::time::Duration::from_nanos(acquirer_nanos));
    for cell in cells.iter().filter(|cell| cell.server == Server::Product(Commits::Batched)) {
        table.row(vec![
            cell.engine.as_str().to_owned(),
            cell.load.as_str().to_owned(),
            cell.callers.to_string(),
            millis(cell.median(|round| round.figures.mean_micros).saturating_sub(own)),
            millis(cell.median(|round| round.figures.p99_micros).saturating_sub(own)),
        ]);
    }
    table.print();
}

fn find(cells: &[Cell], engine: Engine, server: Server, load: Load, callers: usize) -> Option<&Cell> {
    cells
        .iter()
        .find(|cell| cell.engine == engine && cell.server == server && cell.load == load && cell.callers == callers)
}

/// The ratio of two cells, round by round.
fn ratio(one: &Cell, other: &Cell) -> Option<Spread> {
    let pairs = one.rounds.iter().zip(&other.rounds);
    let ratios: Option<Vec<Thousandths>> =
        pairs.map(|(one, other)| Thousandths::of(one.figures.per_second, other.figures.per_second)).collect();
    Spread::of(&ratios?)
}

fn verdicts(cells: &[Cell]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for cell in cells.iter().filter(|cell| cell.server == Server::Product(Commits::Batched)) {
        let mut compare = |other: Option<&Cell>, goal: Option<Goal>| {
            let Some((other, ratio)) = other.and_then(|other| Some((other, ratio(cell, other)?))) else { return };
            let load = if other.load == cell.load { String::new() } else { format!(", {}", other.load.as_str()) };
            let what =
                format!("{} callers, {}: batched / {}{load}", cell.callers, cell.load.as_str(), other.server.as_str());
            verdicts.push(Verdict { engine: cell.engine.as_str(), what, goal, reached: Reached::Ratio(ratio) });
        };
        let (engine, load, callers) = (cell.engine, cell.load, cell.callers);
        let per_request = Server::Product(Commits::PerRequest);
        compare(find(cells, engine, per_request, load, callers), goal_of_batches(engine, load, callers));
        if load == Load::Hot {
            let alone = Server::Product(Commits::PerRequestAlone);
            compare(find(cells, engine, alone, load, callers), None);
            let fraction = (callers == MANY).then_some(Goal::RatioAtLeast(Thousandths(150)));
            compare(find(cells, engine, Server::Empty, load, callers), fraction);
            let even = (callers == MANY).then_some(Goal::RatioAtLeast(Thousandths(1_000)));
            compare(find(cells, engine, cell.server, Load::Spread, callers), even);
        }
    }
    verdicts
}

/// What batches are to gain over a transaction per request.
fn goal_of_batches(engine: Engine, load: Load, callers: usize) -> Option<Goal> {
    match (load, callers) {
        (Load::Hot, MANY) => Some(Goal::RatioAtLeast(match engine {
            Engine::Sqlite => Thousandths(10_000),
            Engine::Postgres => Thousandths(8_000),
        })),
        (Load::Hot, 1) => Some(Goal::RatioAtLeast(Thousandths(800))),
        (Load::Hot | Load::Spread, _) => None,
    }
}
