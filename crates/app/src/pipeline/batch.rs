//! One batch: load, decide, save, commit, answer; and what happens when that fails.

use std::time::{Duration, Instant};

use futures_util::try_join;
use steelyard_domain::limits::BATCH_RERUNS_MAX;
use steelyard_store::{StoreError, Writer, commit_marker};
use uuid::Uuid;

use super::{Failure, Waiting, lane::Lane};
use crate::{
    clock::new_id,
    crash::{self, CrashPoint},
    workset::{Needs, Workset},
};

/// A database that restarts is back within seconds: so often, and so far apart, a marker is looked for.
const LOOKS_MAX: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Runs a batch to the end: every caller is answered when this returns.
///
/// A conflict runs it again; an error that is not one splits it, until the command at fault stands alone.
pub(super) async fn run(lane: &mut Lane, batch: Vec<Box<dyn Waiting>>) {
    let mut pending = vec![batch];
    while let Some(mut batch) = pending.pop() {
        match run_once(lane, &mut batch).await {
            Ok(()) => batch.into_iter().for_each(Waiting::answer),
            Err(StoreError::Unavailable { detail }) => {
                tracing::error!(%detail, "a batch could not be committed");
                reconnect(lane).await;
                fail_all(batch, &Failure::Unavailable(detail));
            }
            Err(StoreError::Ambiguous { detail }) => {
                tracing::error!(%detail, "a batch's commit could not be resolved");
                fail_all(batch, &Failure::Ambiguous(detail));
            }
            Err(
                error @ (StoreError::Conflict { .. }
                | StoreError::Rejected { .. }
                | StoreError::Statement { .. }
                | StoreError::Corrupt { .. }
                | StoreError::FromTheFuture { .. }
                | StoreError::Migration { .. }
                | StoreError::Configuration { .. }),
            ) => {
                if batch.len() > 1 {
                    metrics::counter!("steelyard_batch_splits_total").increment(1);
                    let second = batch.split_off(batch.len() / 2);
                    pending.push(second);
                    pending.push(batch);
                } else {
                    let names: Vec<&str> = batch.iter().map(|waiting| waiting.name()).collect();
                    tracing::error!(%error, command = names.join(","), "a command was refused by the database");
                    metrics::counter!("steelyard_commands_rejected_total").increment(1);
                    fail_all(batch, &Failure::Defect(error.to_string()));
                }
            }
        }
    }
}

fn fail_all(batch: Vec<Box<dyn Waiting>>, failure: &Failure) {
    for waiting in batch {
        waiting.fail(failure.clone());
    }
}

/// Runs a batch, again after each conflict, a few times.
async fn run_once(lane: &mut Lane, batch: &mut [Box<dyn Waiting>]) -> Result<(), StoreError> {
    #[expect(clippy::disallowed_methods, reason = "a duration for metrics")]
    let since = Instant::now();
    let mut runs = 0;
    loop {
        let id = new_id();
        let result = attempt(lane, batch, id).await;
        let result = match result {
            Err(StoreError::Ambiguous { detail }) => resolve(lane, id, detail).await?,
            Ok(()) => Resolved::Committed,
            Err(error) => {
                lane.tx().rollback().await;
                if let StoreError::Conflict { what } = &error
                    && runs < BATCH_RERUNS_MAX
                {
                    tracing::debug!(%what, "a batch runs again");
                    metrics::counter!("steelyard_batch_reruns_total").increment(1);
                    Resolved::NotCommitted
                } else {
                    return Err(error);
                }
            }
        };
        match result {
            Resolved::Committed => {
                #[expect(clippy::disallowed_methods, reason = "a duration for metrics")]
                metrics::histogram!("steelyard_commit_seconds").record(since.elapsed());
                metrics::counter!("steelyard_batches_total").increment(1);
                return Ok(());
            }
            Resolved::NotCommitted => runs += 1,
        }
        if runs > BATCH_RERUNS_MAX {
            return Err(StoreError::Unavailable { detail: String::from("the batch could not be committed") });
        }
    }
}

async fn attempt(lane: &Lane, batch: &mut [Box<dyn Waiting>], id: Uuid) -> Result<(), StoreError> {
    let tx = lane.tx();
    let mut workset = Workset::new(lane.clock.now());
    let mut needs = Needs::default();
    for waiting in &*batch {
        waiting.needs(&mut needs);
    }
    if needs.has_names() {
        tx.begin().await?;
        workset.load_names(&tx, &mut needs).await?;
        workset.load_orders(&tx, &needs).await?;
    } else {
        // PostgreSQL gets both in one round trip, in this order; SQLite has begun before it reads.
        try_join!(tx.begin(), workset.load_orders(&tx, &needs))?;
    }
    for waiting in &*batch {
        waiting.needs_of_orders(&workset, &mut needs);
    }
    workset.load_rest(&tx, &needs).await?;
    for waiting in batch {
        waiting.decide(&mut workset);
    }
    if !workset.has_changes() {
        tx.rollback().await;
        return Ok(());
    }
    crash::point(CrashPoint::BeforeSave);
    workset.save(&tx, id).await?;
    crash::point(CrashPoint::BeforeCommit);
    tx.commit().await?;
    crash::point(CrashPoint::AfterCommit);
    Ok(())
}

enum Resolved {
    Committed,
    NotCommitted,
}

/// The connection was lost at COMMIT: the batch's marker, looked up on a new one, says whether it took place.
async fn resolve(lane: &mut Lane, id: Uuid, detail: String) -> Result<Resolved, StoreError> {
    tracing::warn!(%detail, "a connection was lost at COMMIT; looking for the batch's marker");
    if let Writer::Sqlite { .. } = lane.writer {
        // The disk failed in the middle of a commit. What it holds now only a fresh start can tell.
        crash::leave_at_once(&detail);
    }
    let mut reason = String::new();
    for _ in 0..LOOKS_MAX {
        reconnect(lane).await;
        match is_marked(lane, id).await {
            Ok(true) => return Ok(Resolved::Committed),
            Ok(false) => return Ok(Resolved::NotCommitted),
            Err(error) => reason = error.to_string(),
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Err(StoreError::Ambiguous { detail: format!("{detail}; {reason}") })
}

async fn is_marked(lane: &Lane, id: Uuid) -> Result<bool, StoreError> {
    let tx = lane.tx();
    tx.begin().await?;
    let marked = commit_marker::is_marked(&tx, id, lane.clock.now()).await;
    tx.rollback().await;
    marked
}

/// Makes a new connection if the old one is lost. If that fails, the next batch tries again.
pub(super) async fn reconnect(lane: &mut Lane) {
    if !lane.writer.is_closed() {
        return;
    }
    match lane.store.writer().await {
        Ok(writer) => lane.writer = writer,
        Err(error) => tracing::error!(%error, "no new connection to the database yet"),
    }
}
