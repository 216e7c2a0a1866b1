//! `/shop/api/happening`: the calls the shop makes, the events it hears and its stock, as they come.
//!
//! A reader pulls from a short history that all share: one that is slow costs nothing, and misses what is older than it.

use std::{collections::VecDeque, convert::Infallible, sync::Arc};

use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse as _,
        sse::{Event, Sse},
    },
};
use futures_util::{Stream, stream};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use steelyard_app::{Code, Problem, view::to_json};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::Instant,
};

use super::{Answered, Shop};
use crate::checkout::{BUFFERING, LIFE, RETRY, pings, stopped};

/// Entries that are kept for those who come later.
const HISTORY: usize = 200;
const READERS_MAX: usize = 512;
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Call,
    Event,
    Stock,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Event => "event",
            Self::Stock => "stock",
        }
    }
}

#[derive(Debug)]
struct Entry {
    id: i64,
    kind: Kind,
    data: String,
}

pub(super) struct Log {
    entries: Mutex<VecDeque<Arc<Entry>>>,
    newest: watch::Sender<i64>,
    seats: Arc<Semaphore>,
}

impl Log {
    /// Ids count from `first`. It should be greater than those of an earlier run, which browsers remember.
    pub(super) fn new(first: i64) -> Self {
        let newest = watch::Sender::new(first);
        Self { entries: Mutex::default(), newest, seats: Arc::new(Semaphore::new(READERS_MAX)) }
    }

    pub(super) fn tell(&self, kind: Kind, data: &impl Serialize) {
        let data = to_json(data);
        // Numbered and kept under one lock: entries stand in the order of their ids.
        let mut entries = self.entries.lock();
        let id = *self.newest.borrow() + 1;
        entries.push_back(Arc::new(Entry { id, kind, data }));
        while entries.len() > HISTORY {
            entries.pop_front();
        }
        self.newest.send_replace(id);
    }

    pub(super) fn has_readers(&self) -> bool {
        self.newest.receiver_count() > 0
    }

    /// What came after `last`. All there is where that is nobody's id of ours.
    fn after(&self, last: Option<i64>) -> VecDeque<Arc<Entry>> {
        let newest = *self.newest.borrow();
        let last = last.filter(|last| *last <= newest).unwrap_or(i64::MIN);
        self.entries.lock().iter().filter(|entry| entry.id > last).map(Arc::clone).collect()
    }
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

pub(super) async fn stream(State(shop): State<Shop>, Query(query): Query<After>, headers: HeaderMap) -> Answered {
    let seat = Arc::clone(&shop.log().seats).try_acquire_owned().map_err(|_| Problem::new(Code::Overloaded))?;
    // A browser that comes again by itself says in the header what it saw; its address still has what it saw first.
    let header = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok().map(str::to_owned));
    let last = header.or(query.after).and_then(|id| id.trim().parse().ok());
    let source = Source {
        newest: shop.log().newest.subscribe(),
        closing: shop.web().options().closing.clone(),
        shop,
        last,
        pending: VecDeque::new(),
        begun: false,
        until: Instant::now() + LIFE,
        _seat: seat,
    };
    let mut response = Sse::new(source.events()).keep_alive(pings()).into_response();
    response.headers_mut().extend([BUFFERING]);
    Ok(response)
}

struct Source {
    shop: Shop,
    newest: watch::Receiver<i64>,
    closing: Option<watch::Receiver<bool>>,
    last: Option<i64>,
    pending: VecDeque<Arc<Entry>>,
    begun: bool,
    until: Instant,
    _seat: OwnedSemaphorePermit,
}

impl Source {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, async |mut source| {
            let event = source.next().await?;
            Some((Ok(event), source))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        if !self.begun {
            self.begun = true;
            return Some(Event::default().retry(RETRY).comment("shop"));
        }
        loop {
            if let Some(entry) = self.pending.pop_front() {
                self.last = Some(entry.id);
                return Some(Event::default().id(entry.id.to_string()).event(entry.kind.as_str()).data(&entry.data));
            }
            // Noted before the look: what comes after it is noticed.
            self.newest.borrow_and_update();
            self.pending = self.shop.log().after(self.last);
            if self.pending.is_empty() {
                tokio::select! {
                    changed = self.newest.changed() => changed.ok()?,
                    () = stopped(self.closing.as_mut()) => return None,
                    () = tokio::time::sleep_until(self.until) => return None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(log: &Log, last: Option<i64>) -> Vec<i64> {
        log.after(last).iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn whoever_comes_again_gets_what_came_after_and_a_stranger_all_there_is() {
        let log = Log::new(1_000);
        for sku in ["a", "b", "c"] {
            log.tell(Kind::Stock, &serde_json::json!({ "sku": sku }));
        }
        assert_eq!(ids(&log, None), [1_001, 1_002, 1_003]);
        assert_eq!(ids(&log, Some(1_002)), [1_003]);
        assert_eq!(ids(&log, Some(1_003)), [0_i64; 0]);
        // Of a run before this one, and of none.
        assert_eq!(ids(&log, Some(3)), [1_001, 1_002, 1_003]);
        assert_eq!(ids(&log, Some(9_999)), [1_001, 1_002, 1_003]);
    }

    #[test]
    fn the_history_is_short() {
        let log = Log::new(0);
        for _ in 0..HISTORY + 7 {
            log.tell(Kind::Call, &1);
        }
        assert_eq!(ids(&log, None).len(), HISTORY);
        assert_eq!(ids(&log, None).first(), Some(&8));
    }
}
