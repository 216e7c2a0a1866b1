//! A lane: one thread with one connection, which commits batch after batch.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use steelyard_domain::limits::{BATCH_MAX, LANE_QUEUE_MAX};
use steelyard_store::{Engine, Store, StoreError, Tx, Upkeep, Writer};
use tokio::sync::{mpsc, oneshot};

use super::{Command, Failure, Place, Waiting, batch};
use crate::clock::Clock;

/// How long a lane that is busy waits for the rest of its callers. Never waited when idle.
const LINGER: Duration = Duration::from_micros(200);
/// The write-ahead log starts over past this size.
const WAL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Batches between two looks at the log.
const TIDY_EVERY: u32 = 64;

#[derive(Debug, Clone, Copy)]
pub struct LaneOptions {
    /// Commands of one commit. One makes it a transaction per request: for comparison only.
    pub batch_max: usize,
    /// Connections that commit side by side. More than one loses throughput; for comparison only.
    pub lanes: usize,
    pub queue_max: usize,
}

impl Default for LaneOptions {
    fn default() -> Self {
        Self { batch_max: BATCH_MAX, lanes: 1, queue_max: LANE_QUEUE_MAX }
    }
}

/// Work of our own: on SQLite between two batches, for there is one writer; on PostgreSQL beside them.
pub(super) type Job = Box<dyn for<'c> FnOnce(Tx<'c>) -> Pin<Box<dyn Future<Output = ()> + 'c>> + Send>;

/// Jobs that may wait. Each comes from a worker that waits for its end before it sends the next.
const JOBS_MAX: usize = 16;

/// The way to the lanes. Cheap to clone; the lanes end when the last clone is gone.
#[derive(Clone)]
pub struct Pipeline {
    senders: Arc<Vec<mpsc::Sender<Box<dyn Waiting>>>>,
    /// To the first lane on SQLite, which has one writer; to a connection of their own on PostgreSQL.
    jobs: mpsc::Sender<Job>,
    next: Arc<std::sync::atomic::AtomicUsize>,
    threads: Arc<parking_lot::Mutex<Vec<JoinHandle<()>>>>,
}

impl Pipeline {
    /// Starts the lanes and waits until each has its connection.
    pub async fn start(store: &Store, clock: &Clock, options: LaneOptions) -> Result<Self, StoreError> {
        let (mut senders, mut threads) = (Vec::new(), Vec::new());
        let (jobs, first_inbox) = mpsc::channel(JOBS_MAX);
        let mut inbox = Some(first_inbox);
        if store.engine() == Engine::Postgres {
            let (_, nothing) = mpsc::channel(1);
            let lane = (store.clone(), clock.clone(), nothing, inbox.take());
            threads.push(spawn(String::from("own-work"), lane, options).await?);
        }
        for number in 0..options.lanes.max(1) {
            let (sender, receiver) = mpsc::channel(options.queue_max);
            let lane = (store.clone(), clock.clone(), receiver, inbox.take());
            threads.push(spawn(format!("lane-{number}"), lane, options).await?);
            senders.push(sender);
        }
        Ok(Self {
            senders: Arc::new(senders),
            jobs,
            next: Arc::default(),
            threads: Arc::new(parking_lot::Mutex::new(threads)),
        })
    }

    fn sender(&self) -> &mpsc::Sender<Box<dyn Waiting>> {
        let turn = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        &self.senders[turn % self.senders.len()]
    }

    /// Submits a command and waits for its commit.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] at once if the queue is full.
    pub async fn submit<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        self.place()?.submit(command).await
    }

    /// Takes a place in the queue, to be used later.
    pub fn place(&self) -> Result<Place, Failure> {
        match self.sender().clone().try_reserve_owned() {
            Ok(permit) => Ok(Place(permit)),
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("steelyard_lane_refused_total").increment(1);
                Err(Failure::Overloaded)
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                Err(Failure::Unavailable(String::from("the server is stopping")))
            }
        }
    }

    /// Waits for a place: for work of our own that nobody is kept waiting by.
    pub async fn place_when_free(&self) -> Result<Place, Failure> {
        let permit = self.sender().clone().reserve_owned().await;
        permit.map(Place).map_err(|_| Failure::Unavailable(String::from("the server is stopping")))
    }

    /// Runs work of our own, and waits for its end. On SQLite it holds the lane: it must be short.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(Tx<'c>) -> Pin<Box<dyn Future<Output = Result<T, StoreError>> + 'c>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable { detail: String::from("the server is stopping") };
        let (answer, outcome) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let _ = answer.send(work(tx).await);
            })
        });
        self.jobs.send(job).await.map_err(|_| stopped())?;
        outcome.await.map_err(|_| stopped())?
    }

    /// Whether every lane still takes commands.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.senders.iter().all(|sender| !sender.is_closed())
    }

    /// Commands waiting in all lanes.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.senders.iter().map(|sender| sender.max_capacity() - sender.capacity()).sum()
    }

    /// Waits until the lanes have committed everything and ended. Every other clone must be gone or go.
    pub async fn stop(self) {
        let threads: Vec<JoinHandle<()>> = self.threads.lock().drain(..).collect();
        drop(self);
        for thread in threads {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("a lane ended badly");
            }
        }
    }
}

type Inboxes = (Store, Clock, mpsc::Receiver<Box<dyn Waiting>>, Option<mpsc::Receiver<Job>>);

/// Starts a lane on a thread of its own and waits until it has its connection.
async fn spawn(
    name: String,
    (store, clock, receiver, jobs): Inboxes,
    options: LaneOptions,
) -> Result<JoinHandle<()>, StoreError> {
    let (ready, started) = oneshot::channel();
    let thread = thread::Builder::new().name(name).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(async move {
                match store.writer().await {
                    Ok(writer) => {
                        let _ = ready.send(Ok(()));
                        let upkeep = Upkeep::new(WAL_BYTES_MAX);
                        Lane { store, writer, clock, receiver, jobs, options, upkeep, batches: 0 }.run().await;
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
            }),
            Err(error) => {
                let _ = ready.send(Err(StoreError::Unavailable { detail: error.to_string() }));
            }
        }
    });
    let thread = thread.map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
    let gone = |_| StoreError::Unavailable { detail: String::from("a lane did not start") };
    started.await.map_err(gone)??;
    Ok(thread)
}

pub(super) struct Lane {
    pub store: Store,
    pub writer: Writer,
    pub clock: Clock,
    receiver: mpsc::Receiver<Box<dyn Waiting>>,
    /// One lane's alone.
    jobs: Option<mpsc::Receiver<Job>>,
    options: LaneOptions,
    upkeep: Upkeep,
    batches: u32,
}

impl Lane {
    async fn run(mut self) {
        let mut previous = 1;
        while let Some(first) = self.next_command().await {
            let mut batch = Vec::with_capacity(previous);
            batch.push(first);
            self.drain(&mut batch);
            if previous > 1 {
                self.linger(&mut batch, previous);
            }
            previous = batch.len();
            metrics::gauge!("steelyard_queue_depth").set(u32::try_from(self.receiver.len()).unwrap_or(u32::MAX));
            metrics::histogram!("steelyard_batch_size").record(u32::try_from(previous).unwrap_or(u32::MAX));
            batch::run(&mut self, batch).await;
            self.tidy_up();
        }
        // Commands come to an end before jobs do; to a lane that has jobs only, none ever came.
        while let Some(jobs) = &mut self.jobs {
            match jobs.recv().await {
                Some(job) => self.work(job).await,
                None => self.jobs = None,
            }
        }
        if let Err(error) = self.upkeep.wait() {
            tracing::warn!(%error, "the log was not copied back; the next start does it");
        }
    }

    /// The next command. Jobs are done while none waits, and one of them after each batch.
    async fn next_command(&mut self) -> Option<Box<dyn Waiting>> {
        if let Some(job) = self.jobs.as_mut().and_then(|jobs| jobs.try_recv().ok()) {
            self.work(job).await;
        }
        loop {
            let Some(jobs) = &mut self.jobs else { return self.receiver.recv().await };
            let job = tokio::select! {
                biased;
                command = self.receiver.recv() => return command,
                job = jobs.recv() => job,
            };
            match job {
                Some(job) => self.work(job).await,
                None => self.jobs = None,
            }
        }
    }

    async fn work(&mut self, job: Job) {
        if self.writer.is_closed() {
            batch::reconnect(self).await;
        }
        job(self.tx()).await;
    }

    fn drain(&mut self, batch: &mut Vec<Box<dyn Waiting>>) {
        while batch.len() < self.options.batch_max {
            let Ok(waiting) = self.receiver.try_recv() else { return };
            batch.push(waiting);
        }
    }

    /// The callers of the last batch are on their way back: leaving at the first of them would split them
    /// into two halves that take turns forever.
    fn linger(&mut self, batch: &mut Vec<Box<dyn Waiting>>, previous: usize) {
        #[expect(clippy::disallowed_methods, reason = "a wait of microseconds, not a time of business")]
        let since = Instant::now();
        #[expect(clippy::disallowed_methods, reason = "a wait of microseconds, not a time of business")]
        while batch.len() < previous.min(self.options.batch_max) && since.elapsed() < LINGER {
            thread::yield_now();
            self.drain(batch);
        }
    }

    fn tidy_up(&mut self) {
        self.batches = self.batches.wrapping_add(1);
        if (self.upkeep.is_under_way() || self.batches.is_multiple_of(TIDY_EVERY))
            && let Err(error) = self.upkeep.step(&self.writer)
        {
            tracing::warn!(%error, "the log could not be started over; it is tried again");
        }
    }

    pub(super) const fn tx(&self) -> Tx<'_> {
        self.writer.tx()
    }
}
