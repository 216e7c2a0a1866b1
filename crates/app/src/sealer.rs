//! The leader's work: places in commit order for events, and the hash chain over the ledger.
//!
//! Done beside the lane. Of several instances one leads at a time; it appends what is visible.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use steelyard_domain::{
    ledger::{Entry, LedgerTransaction, seal::canonical_bytes},
    limits::SEAL_BATCH_MAX,
};
use steelyard_store::{
    Engine, Script, Store, StoreError, Tx, Value,
    column::Kind,
    event::{insert_positions, last_position, unpositioned},
    ledger::{Seal, Unsealed, end_of_chain, entries_of, last_seal, last_sealed, unsealed, unsealed_with_entries},
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
#[derive(Debug, Clone, Default)]
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

    /// The same for a full page: behind its end there may be rows that were not looked at.
    fn note_page(&mut self, greatest: i64, horizon: Horizon, is_full: bool) {
        self.note(greatest, horizon);
        if is_full {
            self.floor = self.floor.min(greatest);
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Chains {
    ledger: Progress,
    events: Progress,
}

/// Appends until told to stop.
pub(crate) async fn run(store: Store, pipeline: Pipeline, mut stop: watch::Receiver<bool>) {
    let mut leader = match store.engine() {
        Engine::Sqlite => Leader::Beside { store, pipeline, floor: None },
        Engine::Postgres => Leader::Inside { pipeline, chains: Arc::default() },
    };
    loop {
        let worked = match leader.pass().await {
            Ok(appended) => appended >= SEAL_BATCH_MAX,
            Err(error) => {
                tracing::warn!(%error, "sealing is tried again");
                false
            }
        };
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

/// How the leader works, so that commits wait for it as little as can be.
enum Leader {
    /// SQLite has one writer, the lane. What is to be sealed is read and hashed beside it, and there only
    /// appended; `floor` is the number up to which all is sealed.
    Beside { store: Store, pipeline: Pipeline, floor: Option<i64> },
    /// On PostgreSQL all of it is one transaction, on the connection for work of our own.
    Inside { pipeline: Pipeline, chains: Arc<Mutex<Chains>> },
}

impl Leader {
    /// One pass; answers how much was appended.
    async fn pass(&mut self) -> Result<usize, StoreError> {
        match self {
            Self::Beside { store, pipeline, floor } => seal_beside(store, pipeline, floor).await,
            Self::Inside { pipeline, chains } => {
                let chains = Arc::clone(chains);
                let work = pipeline.run(move |tx| {
                    Box::pin(async move {
                        // What a pass saw counts only once it is committed.
                        let mut seen = chains.lock().clone();
                        let result = append(&tx, &mut seen).await;
                        if result.is_ok() {
                            *chains.lock() = seen;
                        }
                        result
                    })
                });
                work.await
            }
        }
    }
}

/// Seals what has been committed. On SQLite numbers are drawn in the order of commits, and nobody else seals.
async fn seal_beside(store: &Store, pipeline: &Pipeline, floor: &mut Option<i64>) -> Result<usize, StoreError> {
    let limit = i64::try_from(SEAL_BATCH_MAX).unwrap_or(i64::MAX);
    let reader = store.reader().await?;
    let from = match *floor {
        Some(from) => from,
        None => last_sealed(&reader).await?,
    };
    let (found, entries) = unsealed_with_entries(&reader, from, limit).await?;
    let Some((greatest, _)) = found.last() else {
        *floor = Some(from);
        return Ok(0);
    };
    let last = end_of_chain(&reader).await?;
    drop(reader);
    let seals = chain(last.as_ref(), &found, &entries);
    let appended = pipeline.run(move |tx| Box::pin(append_seals(tx, last, seals))).await?;
    // What somebody else sealed meanwhile is found again from the chain's own end.
    *floor = appended.then_some(*greatest);
    Ok(if appended { found.len() } else { 0 })
}

/// Appends to the chain if it still ends where it was seen to end.
async fn append_seals(tx: Tx<'_>, last: Option<Seal>, seals: Vec<Seal>) -> Result<bool, StoreError> {
    tx.begin().await?;
    let appended = async {
        if last_seal(&tx).await? != last {
            return Ok(false);
        }
        let mut script = Script::new(&tx);
        script.insert(seals.iter().collect());
        script.run(&tx).await?;
        tx.commit().await?;
        Ok(true)
    }
    .await;
    if !matches!(appended, Ok(true)) {
        tx.rollback().await;
    }
    appended
}

/// The links that seal transactions, in the order in which they were recorded. Entries come ordered by
/// transaction and number.
fn chain(last: Option<&Seal>, found: &[Unsealed], entries: &[Entry]) -> Vec<Seal> {
    let (mut position, mut previous) = last.map_or((0, GENESIS.to_vec()), |seal| (seal.position, seal.hash.clone()));
    let mut seals = Vec::with_capacity(found.len());
    for (_, transaction) in found {
        let from = entries.partition_point(|entry| entry.transaction < transaction.id);
        let to = entries.partition_point(|entry| entry.transaction <= transaction.id);
        let hash = link(&previous, transaction, &entries[from..to]);
        position += 1;
        seals.push(Seal { position, transaction: transaction.id, previous_hash: previous, hash: hash.clone() });
        previous = hash;
    }
    seals
}

async fn append(tx: &Tx<'_>, chains: &mut Chains) -> Result<usize, StoreError> {
    tx.begin().await?;
    let result = async {
        if !try_lead(tx).await? {
            return Ok(0);
        }
        let horizon = horizon(tx).await?;
        let sealed = seal(tx, &mut chains.ledger, horizon).await?;
        let positioned = position(tx, &mut chains.events, horizon).await?;
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
    let Some((greatest, _)) = found.last() else {
        progress.note(progress.floor, horizon);
        return Ok(0);
    };
    let ids: Vec<Uuid> = found.iter().map(|(_, transaction)| transaction.id.uuid()).collect();
    let mut entries = entries_of(tx, &ids).await?;
    entries.sort_by_key(|entry| (entry.transaction, entry.number));
    let seals = chain(last_seal(tx).await?.as_ref(), &found, &entries);
    let mut script = Script::new(tx);
    script.insert(seals.iter().collect());
    script.run(tx).await?;
    progress.note_page(*greatest, horizon, found.len() >= SEAL_BATCH_MAX);
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
    progress.note_page(greatest, horizon, count >= SEAL_BATCH_MAX * 2);
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

    #[test]
    fn the_floor_does_not_rise_past_the_end_of_a_full_page() {
        let at = |oldest_open, next| Horizon { oldest_open, next };
        for (is_full, floor) in [(false, 50), (true, 12)] {
            let mut progress = Progress::default();
            progress.note_page(50, at(5, 8), false);
            // Rows that turned up late fill a page that ends below what was seen already.
            progress.note_page(12, at(8, 9), is_full);
            assert_eq!(progress.floor, floor);
        }
    }
}
