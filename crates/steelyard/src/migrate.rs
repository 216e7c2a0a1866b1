//! `steelyard migrate`

use std::process::ExitCode;

use clap::Args;
use steelyard_store::migrate;

use crate::{config::Config, output::Failed};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Apply what is missing; without it, only show.
    #[arg(long)]
    apply: bool,
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    let migrations = if arguments.apply {
        migrate::apply(&config.target_to_write()?).await?
    } else {
        migrate::status(&config.target()?).await?
    };
    for migration in &migrations {
        let state = if migration.applied { "applied" } else { "missing" };
        println!("{:>4}  {state}  {}", migration.version, migration.name);
    }
    let missing = migrations.iter().filter(|migration| !migration.applied).count();
    if missing > 0 {
        println!("{missing} missing: `steelyard migrate --apply`, or start a server");
    }
    Ok(ExitCode::SUCCESS)
}
