//! The application: a store, a pipeline, connectors and workers, wired together.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use steelyard_connectors::Connector;
use steelyard_domain::{
    PayerId,
    limits::{DECLINES_MAX, DECLINES_WITHIN, WRONG_CODES_MAX, WRONG_CODES_WITHIN},
};
use steelyard_store::{Reader, Script, Store, StoreError, commit_marker, engine::Target, migrate, secret};
use thiserror::Error;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    checkout::Watched,
    clock::{Clock, new_id, random_bytes},
    credential::Remembered,
    hashing::Hasher,
    indexer, janitor,
    payment::{Connectors, Pace, Timing},
    pipeline::{LaneOptions, Pipeline},
    problem::Problem,
    read, sealer, teller,
    vault::VaultKeys,
    velocity::Velocity,
};

/// A database that takes longer to answer is not ready to be sent requests.
const READY_PATIENCE: Duration = Duration::from_secs(5);

/// What the application is made of.
#[derive(Debug, Clone)]
pub struct Config {
    pub database: Target,
    /// Connections to read with.
    pub readers: usize,
    pub lanes: LaneOptions,
    pub timing: Timing,
    pub clock: Clock,
    pub connectors: Vec<Connector>,
    /// With what the simulated acquirer signs its notices; without it none is believed.
    pub notice_secret: Option<Vec<u8>>,
    /// What payers' cards are sealed with; without keys none is kept.
    pub vault: Option<VaultKeys>,
    /// Whether janitor and sealer run. Without them nothing is resolved, expired or sealed by itself.
    pub workers: bool,
}

impl Config {
    /// The defaults for a database.
    #[must_use]
    pub fn new(database: Target, connectors: Vec<Connector>) -> Self {
        Self {
            database,
            readers: 4,
            lanes: LaneOptions::default(),
            timing: Timing::default(),
            clock: Clock::System,
            connectors,
            notice_secret: None,
            vault: None,
            workers: true,
        }
    }
}

#[derive(Debug, Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Inner {
    store: Store,
    pipeline: Pipeline,
    clock: Clock,
    connectors: Arc<Connectors>,
    pace: Arc<Pace>,
    remembered: Remembered,
    hasher: Hasher,
    vault: Option<VaultKeys>,
    secrets: Mutex<HashMap<String, [u8; 32]>>,
    watched: Watched,
    /// Of a payer: codes that are none, and cards that were declined.
    wrong_codes: Velocity<PayerId>,
    declines: Velocity<PayerId>,
    notice_secret: Option<Vec<u8>>,
    /// Ends with the teller, and the streams that listen with it.
    newest_event: watch::Receiver<i64>,
    stop: watch::Sender<bool>,
    workers: Mutex<Vec<JoinHandle<()>>>,
}

/// The running application. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

impl App {
    /// Migrates the database, starts the lanes and the workers.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        migrate::apply(&config.database).await?;
        let store = Store::open(config.database, config.readers)?;
        let pipeline = Pipeline::start(&store, &config.clock, config.lanes).await?;
        let (stop, stopped) = watch::channel(false);
        let (newest, newest_event) = watch::channel(0);
        let app = Self {
            inner: Arc::new(Inner {
                store,
                pipeline,
                clock: config.clock,
                connectors: Arc::new(Connectors::new(config.connectors)),
                pace: Arc::new(config.timing.into()),
                remembered: Remembered::default(),
                hasher: Hasher::default(),
                vault: config.vault,
                secrets: Mutex::default(),
                watched: Watched::default(),
                wrong_codes: Velocity::new(WRONG_CODES_MAX, WRONG_CODES_WITHIN),
                declines: Velocity::new(DECLINES_MAX, DECLINES_WITHIN),
                notice_secret: config.notice_secret,
                newest_event,
                stop,
                workers: Mutex::default(),
            }),
        };
        if config.workers {
            let (store, pipeline) = (app.inner.store.clone(), app.inner.pipeline.clone());
            let sealer = tokio::spawn(sealer::run(store, pipeline, stopped.clone()));
            let indexer = tokio::spawn(indexer::run(app.inner.pipeline.clone(), stopped.clone()));
            let teller = tokio::spawn(teller::run(app.inner.store.clone(), newest, stopped.clone()));
            let watcher = tokio::spawn(app.inner.watched.clone().run(app.inner.store.clone(), stopped.clone()));
            let janitor = tokio::spawn(janitor::run(app.clone(), stopped));
            app.inner.workers.lock().extend([sealer, indexer, teller, watcher, janitor]);
        }
        Ok(app)
    }

    /// Stops the workers, then the lanes once everything in their queues is committed.
    pub async fn stop(self) {
        let _ = self.inner.stop.send(true);
        let workers: Vec<JoinHandle<()>> = self.inner.workers.lock().drain(..).collect();
        for worker in workers {
            if worker.await.is_err() {
                tracing::error!("a worker ended badly");
            }
        }
        let pipeline = self.inner.pipeline.clone();
        drop(self);
        pipeline.stop().await;
    }

    pub(crate) fn pipeline(&self) -> &Pipeline {
        &self.inner.pipeline
    }

    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The name of the database engine.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        self.inner.store.engine().as_str()
    }

    pub(crate) fn connectors(&self) -> Arc<Connectors> {
        Arc::clone(&self.inner.connectors)
    }

    pub(crate) fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.inner.pace)
    }

    pub(crate) fn notice_secret(&self) -> Option<&[u8]> {
        self.inner.notice_secret.as_deref()
    }

    /// Codes that a payer typed and that are none: whoever types them one after the other looks for a stranger's.
    pub(crate) fn wrong_codes(&self) -> &Velocity<PayerId> {
        &self.inner.wrong_codes
    }

    /// Cards of a payer that were declined: whoever tries one after the other looks for one that works.
    pub(crate) fn declines(&self) -> &Velocity<PayerId> {
        &self.inner.declines
    }

    pub(crate) fn watched(&self) -> &Watched {
        &self.inner.watched
    }

    pub(crate) fn remembered(&self) -> &Remembered {
        &self.inner.remembered
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    pub(crate) fn vault(&self) -> Option<&VaultKeys> {
        self.inner.vault.as_ref()
    }

    pub(crate) async fn reader(&self) -> Result<Reader, Problem> {
        self.inner.store.reader().await.map_err(read::unavailable)
    }

    /// Changes when there may be new events, with the newest one's position.
    #[must_use]
    pub fn newest_event(&self) -> watch::Receiver<i64> {
        self.inner.newest_event.clone()
    }

    /// Commands that wait for a commit.
    #[must_use]
    pub fn queue_depth(&self) -> usize {
        self.inner.pipeline.depth()
    }

    /// Whether the database answers in time, to be read and to be written.
    pub async fn ready(&self) -> Result<(), String> {
        let answered = tokio::time::timeout(READY_PATIENCE, self.answers()).await;
        answered.unwrap_or_else(|_| Err(format!("the database did not answer within {} s", READY_PATIENCE.as_secs())))
    }

    async fn answers(&self) -> Result<(), String> {
        if !self.inner.pipeline.is_running() {
            return Err(String::from("a lane has ended"));
        }
        let problem = |problem: Problem| problem.code.facts().name.to_owned();
        let reader = self.reader().await.map_err(problem)?;
        let one = reader.rows("SELECT CAST(1 AS BIGINT)", Vec::new(), |row| row.int()).await;
        one.map_err(|error| error.to_string())?;
        // A commit of its own: a full disk answers reads and takes no writes.
        let now = self.clock().now();
        let written = self.inner.pipeline.run(move |tx| {
            Box::pin(async move {
                tx.begin().await?;
                let mut script = Script::new(&tx);
                commit_marker::mark(&mut script, new_id(), now);
                let done = match script.run(&tx).await {
                    Ok(()) => tx.commit().await,
                    Err(error) => Err(error),
                };
                if done.is_err() {
                    tx.rollback().await;
                }
                done
            })
        });
        written.await.map_err(|error| error.to_string())
    }

    /// A secret that all servers on this database share, made at its first use.
    pub async fn server_secret(&self, name: &str) -> Result<[u8; 32], Problem> {
        if let Some(secret) = self.inner.secrets.lock().get(name) {
            return Ok(*secret);
        }
        let (key, fresh) = (name.to_owned(), random_bytes::<32>());
        let kept = self
            .inner
            .pipeline
            .run(move |tx| Box::pin(async move { secret::secret_or_insert(&tx, &key, &fresh).await }))
            .await
            .map_err(read::unavailable)?;
        let mut secret = [0; 32];
        for (into, byte) in secret.iter_mut().zip(kept) {
            *into = byte;
        }
        self.inner.secrets.lock().insert(name.to_owned(), secret);
        Ok(secret)
    }
}
