//! `steelyard merchant create`: a way in without the demo.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use steelyard_app::{App, Clock, NewMerchant, NewMerchantKeys};
use steelyard_domain::{Rate, method::ConnectorName};

use crate::{config::Config, output::Failed, serve};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a merchant: keys, a default seller, a fee policy.
    Create(Create),
}

#[derive(Debug, Args)]
pub struct Create {
    #[arg(long)]
    name: String,
    /// The first fee policy's rate.
    #[arg(long, default_value = "0.03")]
    fee_rate: String,
    /// The first fee policy's fixed part, in won.
    #[arg(long, default_value_t = 0)]
    fixed_fee: i64,
    /// `simulator` or `cardMock`
    #[arg(long, default_value = "simulator")]
    connector: String,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Config, command: &Command) -> Result<ExitCode, Failed> {
    let Command::Create(create) = command;
    let connector = connector(config, &create.connector)?;
    if create.name.trim().is_empty() || create.fixed_fee < 0 {
        return Err(Failed(String::from("a merchant has a name, and a fixed fee of 0 or more")));
    }
    // Nothing is charged here: any address will do for the acquirer.
    let mut app = serve::app_config(config, config.target_to_write()?, "http://127.0.0.1:9", Clock::System)?;
    app.workers = false;
    let app = App::start(app).await?;
    let new = NewMerchant {
        name: create.name.clone(),
        connector,
        rate: Rate::parse(&create.fee_rate)?,
        fixed_fee: create.fixed_fee,
        rate_limit: None,
    };
    let keys = app.create_merchant(new).await.map_err(|problem| Failed(problem.code.facts().name.to_owned()))?;
    app.stop().await;
    if create.json {
        serve::announce(&to_json(&keys));
    } else {
        println!("merchant         {}", keys.merchant);
        println!("default seller   {} (test), {} (live)", keys.test_seller, keys.live_seller);
        println!("fee policy       {} + {} won, from now", create.fee_rate, create.fixed_fee);
        println!("test keys        {}\n                 {}", keys.test_secret_key, keys.test_publishable_key);
        println!("live keys        {}\n                 {}", keys.live_secret_key, keys.live_publishable_key);
        println!("The keys are shown this once: only their hashes are kept.");
    }
    Ok(ExitCode::SUCCESS)
}

/// The acquirer of a merchant, if payments could reach it.
fn connector(config: &Config, name: &str) -> Result<ConnectorName, Failed> {
    match ConnectorName::parse(name) {
        Some(ConnectorName::CardMock) if config.settings.card_mock_url.is_none() => {
            Err(Failed(String::from("cardMock has no address: set card_mock_url, or STEELYARD_CARD_MOCK_URL")))
        }
        Some(connector @ (ConnectorName::Simulator | ConnectorName::CardMock)) => Ok(connector),
        Some(ConnectorName::Stub | ConnectorName::Balance) | None => {
            Err(Failed(format!("there is no connector named {name}: it is simulator or cardMock")))
        }
    }
}

fn to_json(keys: &NewMerchantKeys) -> serde_json::Value {
    serde_json::json!({
        "merchantId": keys.merchant.to_string(),
        "sellerId": keys.test_seller.to_string(),
        "secretKey": keys.test_secret_key,
        "publishableKey": keys.test_publishable_key,
        "liveSellerId": keys.live_seller.to_string(),
        "liveSecretKey": keys.live_secret_key,
        "livePublishableKey": keys.live_publishable_key,
    })
}
