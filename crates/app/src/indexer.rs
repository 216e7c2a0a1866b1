//! Keeps the search index of orders filled, outside of the commits that make them. Searches are exact without
//! it too: what is not indexed yet is read itself, only slower.

use std::time::Duration;

use steelyard_store::{StoreError, Tx, list::search::index_pending};
use tokio::sync::watch;

use crate::pipeline::Pipeline;

/// Between two looks when there was nothing to do.
const PAUSE: Duration = Duration::from_secs(1);
/// Orders of one pass: it holds the lane meanwhile.
const PASS_MAX: i64 = 500;
/// Commands waiting above which a pass gives way to them.
const BUSY: usize = 32;
/// Looks that give way at most, one after the other.
const GIVE_WAY_MAX: u32 = 20;

/// Fills until told to stop.
pub(crate) async fn run(pipeline: Pipeline, mut stop: watch::Receiver<bool>) {
    let mut gave_way = 0;
    loop {
        let busy = pipeline.depth() > BUSY && gave_way < GIVE_WAY_MAX;
        gave_way = if busy { gave_way + 1 } else { 0 };
        let more = !busy && pass(&pipeline).await;
        let pause = if more { Duration::ZERO } else { PAUSE };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = stop.changed() => if changed.is_err() || *stop.borrow() { break },
        }
        if *stop.borrow() {
            break;
        }
    }
}

/// One pass; `true` if there may be more.
async fn pass(pipeline: &Pipeline) -> bool {
    match pipeline.run(|tx| Box::pin(index(tx))).await {
        Ok(indexed) => indexed > 0,
        Err(error) => {
            tracing::warn!(%error, "the search index is filled later");
            false
        }
    }
}

async fn index(tx: Tx<'_>) -> Result<usize, StoreError> {
    tx.begin().await?;
    let indexed = index_pending(&tx, PASS_MAX).await;
    let ended = match indexed {
        Ok(0) => {
            tx.rollback().await;
            return Ok(0);
        }
        Ok(indexed) => tx.commit().await.map(|()| indexed),
        Err(error) => Err(error),
    };
    if ended.is_err() {
        tx.rollback().await;
    }
    ended
}
