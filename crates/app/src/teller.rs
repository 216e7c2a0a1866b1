//! Says that there is something new to tell: one look at the database for all streams of a server.
//!
//! It looks rather than being told by the lane, because on PostgreSQL events come from other servers too, and have no
//! position before the leader gave them one.

use std::time::Duration;

use steelyard_store::{Store, StoreError, event::newest_position};
use tokio::sync::watch;

/// Between two looks while somebody listens.
const PAUSE: Duration = Duration::from_millis(50);
/// Between two looks whether somebody does.
const IDLE_PAUSE: Duration = Duration::from_millis(200);

/// The receiver that the application keeps, of which streams take copies.
const OF_THE_APPLICATION: usize = 1;

/// Looks until told to stop.
pub(crate) async fn run(store: Store, newest: watch::Sender<i64>, mut stop: watch::Receiver<bool>) {
    loop {
        let listened_to = newest.receiver_count() > OF_THE_APPLICATION;
        if listened_to {
            match look(&store).await {
                Ok(position) => {
                    newest.send_if_modified(|known| {
                        let is_news = position > *known;
                        *known = position.max(*known);
                        is_news
                    });
                }
                Err(error) => tracing::warn!(%error, "whether there are new events is looked up again"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(if listened_to { PAUSE } else { IDLE_PAUSE }) => {}
            changed = stop.changed() => if changed.is_err() || *stop.borrow() { break },
        }
    }
}

async fn look(store: &Store) -> Result<i64, StoreError> {
    newest_position(&store.reader().await?).await
}
