//! Wires: configuration in, a running platform out. Every subcommand is a file of its own.

mod bench;
mod config;
mod demo;
mod doctor;
mod merchant;
mod migrate;
mod output;
mod serve;
mod sim;
mod vault;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Fewer and faster allocations than the system's: see docs/evidence/batching.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A complete payment platform: orders, payments, ledger.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    config: config::Arguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API on the configured database.
    Serve(serve::Arguments),
    /// Serve a fresh demonstration: merchants, keys, 90 days of payments.
    Demo(demo::Arguments),
    /// Run the simulated acquirer on its own.
    Sim(sim::Arguments),
    /// Merchants.
    #[command(subcommand)]
    Merchant(merchant::Command),
    /// Show the schema's versions, or apply what is missing.
    Migrate(migrate::Arguments),
    /// Prove the invariants on one snapshot; exit 1 and the offending ids if one fails.
    Verify(verify::Arguments),
    /// The vault of payers' cards.
    #[command(subcommand)]
    Vault(vault::Command),
    /// Measure: closed and open loop, both engines, over HTTP.
    Bench(bench::Arguments),
    /// Look for what would go wrong.
    Doctor(doctor::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut config = match config::Config::load(&arguments.config) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("steelyard: {error}");
            return ExitCode::from(2);
        }
    };
    if matches!(arguments.command, Command::Demo(_)) {
        demo::hush(&mut config);
    }
    output::start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("steelyard: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async move {
        match arguments.command {
            Command::Serve(arguments) => serve::run(&config, &arguments).await,
            Command::Demo(arguments) => demo::run(&config, &arguments).await,
            Command::Sim(arguments) => sim::run(&config, &arguments).await,
            Command::Merchant(command) => merchant::run(&config, &command).await,
            Command::Migrate(arguments) => migrate::run(&config, &arguments).await,
            Command::Verify(arguments) => verify::run(&config, &arguments).await,
            Command::Vault(command) => vault::run(&config, &command).await,
            Command::Bench(arguments) => bench::run(&config, &arguments).await,
            Command::Doctor(arguments) => doctor::run(&config, &arguments).await,
        }
    });
    // Whatever still waits on a thread of its own is not waited for.
    runtime.shutdown_background();
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("steelyard: {error}");
            ExitCode::FAILURE
        }
    }
}
