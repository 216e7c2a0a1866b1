//! The leader's work: places in commit order for events, and the hash chain over the ledger.
//!
//! Runs on the lane, between batches. Of several instances one leads at a time; it appends what is visible.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use steelyard_domain::{
    ledger::{Entry, LedgerTransaction, seal::canonical_bytes},
    limits::SEAL_BATCH_MAX,
};
use steelyard_store::{
    Engine, Script, StoreError, Tx, Value,
    column::Kind,
    event::{insert_positions, last_position, unpositioned},
    ledger::{Seal, entries_of, last_seal, unsealed},
    visibility::{Horizon, horizon, try_lead},
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::pipeline::Pipeline;

/// Between two passes when there was nothing to do.
const PAUSE: Duration = Duration::from_millis(250);

/// The hash before the first.
pub const GENESIS: [u8; 32] = [0; 32];

/// The hash of a transaction behind another.
#[must_use]
pub fn link(previous: &[u8], transaction: &LedgerTransaction, entries: &[Entry]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(canonical_bytes(transaction, entries));
    hasher.finalize().to_vec()
}

/// How far a chain has certainly been seen: below `floor` no row can turn up any more.
#[derive(Debug, Default)]
struct Progress {
    floor: i64,
    /// Greatest numbers seen, each with the horizon under which it was seen.
    seen: VecDeque<(i64, i64)>,
}

impl Progress {
    /// Notes that numbers up to `greatest` were visible at `horizon`.
    fn note(&mut self, greatest: i64, horizon: Horizon) {
        while let Some((number, next)) = self.seen.front().copied()
            && horizon.oldest_open >= next
        {
            // Whoever had drawn a number below that has ended: what is missing will stay missing.
            self.floor = self.floor.max(number);
            self.seen.pop_front();
        }
        if greatest > self.seen.back().map_or(self.floor, |(number, _)| *number) {
            self.seen.push_back((greatest, horizon.next));
        }
    }
}

#[derive(Debug, Default)]
struct Chains {
    ledger: Progress,
    events: Progress,
}

/// Appends until told to stop.
pub(crate) async fn run(pipeline: Pipeline, engine: Engine, mut stop: watch::Receiver<bool>) {
    let chains = Arc::new(Mutex::new(Chains::default()));
    loop {
        let worked = pass(&pipeline, engine, &chains).await;
        let pause = async {
            if !worked {
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            () = pause => {}
            changed = stop.changed() => if changed.is_err() || *stop.borrow() { break },
        }
        if *stop.borrow() {
            break;
        }
    }
}

/// One pass; `true` if there may be more at once.
async fn pass(pipeline: &Pipeline, engine: Engine, chains: &Arc<Mutex<Chains>>) -> bool {
    let chains = Arc::clone(chains);
    let result = pipeline
        .run(move |tx| {
            Box::pin(async move {
                // Taken out for the pass: no lock is held across an await.
                let mut current = std::mem::take(&mut *chains.lock());
                let result = append(&tx, engine, &mut current).await;
                *chains.lock() = current;
                result
            })
        })
        .await;
    match result {
        Ok(appended) => appended >= SEAL_BATCH_MAX,
        Err(error) => {
            tracing::warn!(%error, "sealing is tried again");
            false
        }
    }
}

async fn append(tx: &Tx<'_>, engine: Engine, chains: &mut Chains) -> Result<usize, StoreError> {
    tx.begin().await?;
    let result = async {
        if !try_lead(tx).await? {
            return Ok(0);
        }
        let horizon = horizon(tx).await?;
        let sealed = seal(tx, &mut chains.ledger, horizon).await?;
        let positioned = match engine {
            Engine::Sqlite => 0,
            Engine::Postgres => position(tx, &mut chains.events, horizon).await?,
        };
        Ok(sealed.max(positioned))
    }
    .await;
    match result {
        Ok(0) => {
            tx.rollback().await;
            Ok(0)
        }
        Ok(appended) => {
            if let Err(error) = tx.commit().await {
                tx.rollback().await;
                return Err(error);
            }
            Ok(appended)
        }
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

async fn seal(tx: &Tx<'_>, progress: &mut Progress, horizon: Horizon) -> Result<usize, StoreError> {
    let limit = i64::try_from(SEAL_BATCH_MAX).unwrap_or(i64::MAX);
    let found = unsealed(tx, progress.floor, limit).await?;
    if found.is_empty() {
        progress.note(progress.floor, horizon);
        return Ok(0);
    }
    let ids: Vec<Uuid> = found.iter().map(|(_, transaction)| transaction.id.uuid()).collect();
    let mut entries = entries_of(tx, &ids).await?;
    entries.sort_by_key(|entry| (entry.transaction, entry.number));
    let last = last_seal(tx).await?;
    let (mut position, mut previous) = last.map_or((0, GENESIS.to_vec()), |seal| (seal.position, seal.hash));
    let mut seals = Vec::with_capacity(found.len());
    for (_, transaction) in &found {
        let from = entries.partition_point(|entry| entry.transaction < transaction.id);
        let to = entries.partition_point(|entry| entry.transaction <= transaction.id);
        let hash = link(&previous, transaction, &entries[from..to]);
        position += 1;
        seals.push(Seal { position, transaction: transaction.id, previous_hash: previous, hash: hash.clone() });
        previous = hash;
    }
    let mut script = Script::new(tx);
    script.insert(seals.iter().collect());
    script.run(tx).await?;
    if let Some((greatest, _)) = found.last() {
        progress.note(*greatest, horizon);
    }
    Ok(found.len())
}

async fn position(tx: &Tx<'_>, progress: &mut Progress, horizon: Horizon) -> Result<usize, StoreError> {
    let limit = i64::try_from(SEAL_BATCH_MAX * 2).unwrap_or(i64::MAX);
    let found = unpositioned(tx, progress.floor, limit).await?;
    let Some(greatest) = found.last().copied() else {
        progress.note(progress.floor, horizon);
        return Ok(0);
    };
    let mut next = last_position(tx).await?;
    let rows: Vec<Vec<Value>> = found
        .iter()
        .map(|seq| {
            next += 1;
            vec![next.into(), (*seq).into()]
        })
        .collect();
    let count = rows.len();
    let mut script = Script::new(tx);
    script.rows("event_position", insert_positions(), &[Kind::Int, Kind::Int], rows);
    script.run(tx).await?;
    progress.note(greatest, horizon);
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_rises_only_past_numbers_whose_drawers_have_all_ended() {
        let mut progress = Progress::default();
        let at = |oldest_open, next| Horizon { oldest_open, next };
        progress.note(10, at(5, 8));
        assert_eq!(progress.floor, 0);
        progress.note(20, at(7, 12));
        assert_eq!(progress.floor, 0);
        progress.note(20, at(8, 15));
        assert_eq!(progress.floor, 10);
        progress.note(20, at(12, 15));
        assert_eq!(progress.floor, 20);
    }
}
