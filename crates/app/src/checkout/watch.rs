//! Tells open pages that they are out of date: one look at the database for all of a server's pages.
//!
//! It looks at versions rather than at events: a scan is no event of the merchant's, and a page needs to know of it at
//! once. It looks rather than being told, because the change may be another server's.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use steelyard_domain::{CheckoutSessionId, limits::STREAMS_OF_SESSION_MAX};
use steelyard_store::{Store, StoreError, checkout::checkout_versions};
use tokio::sync::watch;

/// Between two looks while a page is open.
const PAUSE: Duration = Duration::from_millis(50);
/// Between two looks whether one is.
const IDLE_PAUSE: Duration = Duration::from_millis(200);
/// Sessions asked about with one question.
const AT_ONCE: usize = 256;

type Versions = (i64, i64, i64);

/// The sessions whose pages are open on this server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched {
    pages: Arc<Mutex<FxHashMap<CheckoutSessionId, watch::Sender<Versions>>>>,
}

/// Changes of one session, for one page.
#[derive(Debug)]
pub struct CheckoutChanges {
    versions: watch::Receiver<Versions>,
    session: CheckoutSessionId,
    watched: Watched,
}

impl CheckoutChanges {
    /// Waits until what the page shows may have changed. `false` if the server stops.
    pub async fn changed(&mut self) -> bool {
        self.versions.changed().await.is_ok()
    }
}

impl Drop for CheckoutChanges {
    fn drop(&mut self) {
        let mut pages = self.watched.pages.lock();
        // This page's own receiver is still counted.
        if pages.get(&self.session).is_some_and(|page| page.receiver_count() <= 1) {
            pages.remove(&self.session);
        }
    }
}

impl Watched {
    /// `None` where so many watch the session already that one more is none of its buyers.
    pub(crate) fn changes(&self, session: CheckoutSessionId) -> Option<CheckoutChanges> {
        let mut pages = self.pages.lock();
        let sender = pages.entry(session).or_insert_with(|| watch::channel((0, 0, 0)).0);
        let is_full = sender.receiver_count() >= STREAMS_OF_SESSION_MAX;
        (!is_full).then(|| CheckoutChanges { versions: sender.subscribe(), session, watched: self.clone() })
    }

    /// Looks until told to stop; then every page is told that this is the end.
    pub(crate) async fn run(self, store: Store, mut stop: watch::Receiver<bool>) {
        loop {
            let sessions: Vec<CheckoutSessionId> = self.pages.lock().keys().copied().collect();
            for some in sessions.chunks(AT_ONCE) {
                if let Err(error) = self.look(&store, some).await {
                    tracing::warn!(%error, "whether checkout pages are out of date is looked up again");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(if sessions.is_empty() { IDLE_PAUSE } else { PAUSE }) => {}
                changed = stop.changed() => if changed.is_err() || *stop.borrow() { break },
            }
        }
        self.pages.lock().clear();
    }

    async fn look(&self, store: &Store, sessions: &[CheckoutSessionId]) -> Result<(), StoreError> {
        let found = checkout_versions(&store.reader().await?, sessions).await?;
        let pages = self.pages.lock();
        for one in found {
            if let Some(page) = pages.get(&one.session) {
                page.send_if_modified(|known| std::mem::replace(known, one.versions) != one.versions);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_session_is_watched_by_so_many_at_once_and_who_goes_makes_room() {
        let watched = Watched::default();
        let session = |number| CheckoutSessionId::from_uuid(Uuid::from_u128(number));
        let mut pages: Vec<_> = (0..STREAMS_OF_SESSION_MAX).map(|_| watched.changes(session(1)).unwrap()).collect();
        assert!(watched.changes(session(1)).is_none());
        assert!(watched.changes(session(2)).is_some());
        drop(pages.pop());
        assert!(watched.changes(session(1)).is_some());
        drop(pages);
        assert!(watched.pages.lock().is_empty());
    }
}
