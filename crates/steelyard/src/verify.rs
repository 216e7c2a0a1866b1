//! `steelyard verify`: the invariants on one snapshot, the ledger's chain, and the acquirer's book.
//!
//! Reads only, beside a running server if there is one.

mod book;
mod chain;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use steelyard_app::Clock;
use steelyard_store::{Store, audit, engine::Target, migrate};

use crate::{config::Config, output::Failed, serve::announce};
use book::Comparison;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The outcome of one check.
struct Checked {
    name: &'static str,
    invariant: &'static str,
    /// What breaks it; none is good.
    findings: Vec<String>,
}

/// What is worth saying and breaks nothing.
struct Outcome {
    checked: Vec<Checked>,
    sealed: i64,
    in_flight: Vec<String>,
    /// Why the book was not compared.
    not_compared: Option<String>,
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    let target = config.target()?;
    require_schema(&target).await?;
    let quiet = arguments.json || !std::io::stderr().is_terminal();
    let outcome = verify(config, target, &bar(quiet)).await?;
    let clean = outcome.checked.iter().all(|checked| checked.findings.is_empty());
    if arguments.json {
        announce(&to_json(&outcome, clean));
    } else {
        tell(&outcome, clean);
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A database of another release would be judged by rules that are not its own.
async fn require_schema(target: &Target) -> Result<(), Failed> {
    if let Target::Sqlite(path) = target
        && !path.exists()
    {
        return Err(Failed(format!("there is no database at {}", path.display())));
    }
    match migrate::status(target).await?.iter().find(|migration| !migration.applied) {
        None => Ok(()),
        Some(missing) => Err(Failed(format!(
            "migration {} ({}) is missing: `steelyard migrate --apply` first",
            missing.version, missing.name
        ))),
    }
}

async fn verify(config: &Config, target: Target, bar: &ProgressBar) -> Result<Outcome, Failed> {
    // The book is read before the snapshot and after it: what both readings contradict is wrong, and
    // what moved in between is in one of them.
    let acquirer = book::Acquirer::reach(config, &target).await;
    let before = match &acquirer {
        Ok(acquirer) => acquirer.read().await,
        Err(why) => Err(why.clone()),
    };
    let store = Store::open(target, 1)?;
    let reader = store.reader().await?;
    reader.begin_snapshot().await?;
    let now = Clock::System.now();
    let checks = audit::checks();
    bar.set_length(u64::try_from(checks.len() + 2).unwrap_or(u64::MAX));
    let mut checked = Vec::with_capacity(checks.len() + 2);
    for check in checks {
        bar.set_message(check.name);
        let findings = audit::run(&reader, check, now).await?;
        checked.push(Checked { name: check.name, invariant: check.invariant, findings });
        bar.inc(1);
    }
    bar.set_message("ledger.hashes");
    let chain = chain::check(&reader).await?;
    checked.push(Checked {
        name: "ledger.hashes",
        invariant: "Every seal holds the hash of its transaction behind the one before.",
        findings: chain.findings,
    });
    bar.inc(1);
    bar.set_message("acquirer.book");
    let attempts = book::attempts(&reader).await?;
    reader.end_snapshot().await?;
    let after = match (&acquirer, &before) {
        (Ok(acquirer), Ok(_)) => acquirer.read().await,
        (Ok(_), Err(why)) | (Err(why), _) => Err(why.clone()),
    };
    if let Ok(acquirer) = acquirer {
        acquirer.leave().await?;
    }
    let not_compared = match (before, after) {
        (Ok(before), Ok(after)) => {
            let findings = Comparison { attempts: &attempts }.contradictions(&before, &after);
            checked.push(Checked {
                name: "acquirer.book",
                invariant: "What was settled and what the acquirer's book says are the same.",
                findings,
            });
            None
        }
        (Err(why), _) | (Ok(_), Err(why)) => Some(why),
    };
    bar.finish_and_clear();
    Ok(Outcome { checked, sealed: chain.sealed, in_flight: book::in_flight(&attempts), not_compared })
}

fn tell(outcome: &Outcome, clean: bool) {
    for checked in &outcome.checked {
        if checked.findings.is_empty() {
            println!("ok      {:<34} {}", checked.name, checked.invariant);
        } else {
            println!("FAILED  {:<34} {}", checked.name, checked.invariant);
            for finding in &checked.findings {
                println!("          {finding}");
            }
        }
    }
    println!("\n{} ledger transactions are sealed.", outcome.sealed);
    if let Some(why) = &outcome.not_compared {
        println!("The acquirer's book was not compared: {why}");
    }
    if !outcome.in_flight.is_empty() {
        println!("In flight, which is no failure:");
        for attempt in &outcome.in_flight {
            println!("          {attempt}");
        }
    }
    let failed = outcome.checked.iter().filter(|checked| !checked.findings.is_empty()).count();
    if clean {
        println!("All {} checks hold.", outcome.checked.len());
    } else {
        println!("{failed} of {} checks FAILED.", outcome.checked.len());
    }
}

fn to_json(outcome: &Outcome, clean: bool) -> Value {
    let checks: Vec<Value> = outcome
        .checked
        .iter()
        .map(|checked| json!({ "name": checked.name, "ok": checked.findings.is_empty(), "findings": checked.findings }))
        .collect();
    json!({
        "ok": clean,
        "checks": checks,
        "sealed": outcome.sealed,
        "inFlight": outcome.in_flight,
        "bookCompared": outcome.not_compared.is_none(),
        "bookNotComparedBecause": outcome.not_compared,
    })
}

fn bar(quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(None, target);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}  {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
