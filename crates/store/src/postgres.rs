//! A connection to PostgreSQL that keeps its prepared statements.

use std::{cell::RefCell, str::FromStr, time::Duration};

use rustc_hash::FxHashMap;
use tokio_postgres::{Client, Config, NoTls, Statement};

use crate::StoreError;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server's machine may leave unacknowledged what was sent to it.
const SENT_PATIENCE: Duration = Duration::from_secs(15);
/// No statement of a commit takes this long unless something is wrong; none may hold locks longer.
const STATEMENT_TIMEOUT_MILLIS: u32 = 30_000;
const LOCK_TIMEOUT_MILLIS: u32 = 10_000;

pub struct PostgresConnection {
    client: Client,
    /// By the address of their text: every statement of ours is a static one.
    statements: RefCell<FxHashMap<usize, Statement>>,
}

/// Reads a `postgres://` address.
pub fn parse(url: &str) -> Result<Config, StoreError> {
    let mut config = Config::from_str(url)
        .map_err(|error| StoreError::Configuration { detail: format!("DATABASE_URL cannot be read: {error}") })?;
    config.connect_timeout(CONNECT_TIMEOUT);
    config.application_name("steelyard");
    config.keepalives_idle(Duration::from_secs(30));
    // What was sent into a network that is cut is given up for lost then, not a quarter of an hour later.
    config.tcp_user_timeout(SENT_PATIENCE);
    Ok(config)
}

/// The same, for connections that only read: the server refuses what would change anything.
#[must_use]
pub fn for_reading(config: &Config) -> Config {
    let mut config = config.clone();
    // Tenants differ by a factor of a million, so a plan is made for the one at hand.
    let own = format!(
        "-c default_transaction_read_only=on -c statement_timeout={STATEMENT_TIMEOUT_MILLIS} -c jit=off \
         -c plan_cache_mode=force_custom_plan"
    );
    let options = config.get_options().map_or_else(|| own.clone(), |given| format!("{given} {own}"));
    config.options(&options);
    config
}

impl PostgresConnection {
    /// Connects. The connection is driven by the runtime this is called on.
    pub async fn connect(config: &Config) -> Result<Self, StoreError> {
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "the connection to PostgreSQL ended");
            }
        });
        let version = client.query_one("SELECT current_setting('server_version_num')::int", &[]).await?;
        let version: i32 = version.get(0);
        if version < 150_000 {
            return Err(StoreError::Configuration {
                detail: format!("PostgreSQL {} is too old: 15 is needed", version / 10_000),
            });
        }
        let settings = format!(
            "SET statement_timeout = {STATEMENT_TIMEOUT_MILLIS}; SET lock_timeout = {LOCK_TIMEOUT_MILLIS};
             SET idle_in_transaction_session_timeout = {STATEMENT_TIMEOUT_MILLIS}; SET jit = off"
        );
        client.batch_execute(&settings).await?;
        Ok(Self { client, statements: RefCell::default() })
    }

    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// The prepared form of a static text.
    pub async fn statement(&self, sql: &'static str) -> Result<Statement, StoreError> {
        let address = sql.as_ptr().addr();
        if let Some(statement) = self.statements.borrow().get(&address) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.borrow_mut().insert(address, statement.clone());
        Ok(statement)
    }
}
