//! `/c/{secret}/events`: the session's view, at once and whenever it changes, as server-sent events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse as _,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use steelyard_app::{Code, Problem, checkout::CheckoutChanges, view::to_json};
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::Instant,
};

use super::{Answered, Desk};

const PING: Duration = Duration::from_secs(15);
/// When to look again at what may end without a word: a charge whose server died is let go of by time alone, and so is a
/// code that its payer has stopped holding.
const SOON: Duration = Duration::from_secs(3);
/// How soon a page that was cut off comes again.
pub(crate) const RETRY: Duration = Duration::from_secs(1);
/// A stream ends then, and its page comes again, perhaps to another server.
pub(crate) const LIFE: Duration = Duration::from_secs(600);
/// Tells proxies of the kind of nginx not to collect what is to be seen at once.
pub(crate) const BUFFERING: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

pub(super) async fn stream(desk: Desk) -> Answered {
    let seat = Arc::clone(&desk.web.0.streams).try_acquire_owned().map_err(|_| Problem::new(Code::Overloaded))?;
    // Listening begins before the first look, so that nothing falls between.
    let changes = desk.web.app().checkout_changes(&desk.visit)?;
    let closing = desk.web.options().closing.clone();
    let source =
        Source { desk, changes, closing, told: None, is_passing: false, until: Instant::now() + LIFE, _seat: seat };
    let mut response = Sse::new(source.events()).keep_alive(pings()).into_response();
    response.headers_mut().extend([BUFFERING]);
    Ok(response)
}

/// What is sent while there is nothing to tell, so that nobody between thinks the connection dead. It is an event and no
/// comment: `live.mjs` hears it, and takes a stream that has fallen silent for lost.
pub(crate) fn pings() -> KeepAlive {
    KeepAlive::new().interval(PING).event(Event::default().event("ping").data("ping"))
}

struct Source {
    desk: Desk,
    changes: CheckoutChanges,
    closing: Option<watch::Receiver<bool>>,
    /// The last view that was sent, without its clock.
    told: Option<String>,
    /// Whether what was sent ends by itself, with nothing written down.
    is_passing: bool,
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

    /// The next view that differs from the last one.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.told.is_some() && !self.wait().await {
                return None;
            }
            // A page whose stream ends comes again, and is told then what is wrong.
            let view = self.desk.view().await.ok()?;
            let mut still = view.clone();
            still.now.clear();
            let still = to_json(&still);
            let held = view.qr.as_ref().is_some_and(|qr| qr.payer.is_some());
            self.is_passing = held || ["processing", "authenticating"].contains(&view.status.as_str());
            if self.told.as_ref() != Some(&still) {
                let event = Event::default().event("state").data(to_json(&view));
                let event = if self.told.is_none() { event.retry(RETRY) } else { event };
                self.told = Some(still);
                return Some(event);
            }
        }
    }

    /// Whether there may be something to tell.
    async fn wait(&mut self) -> bool {
        let soon = Instant::now() + SOON;
        let until = if self.is_passing { self.until.min(soon) } else { self.until };
        tokio::select! {
            changed = self.changes.changed() => changed,
            () = stopped(self.closing.as_mut()) => false,
            () = tokio::time::sleep_until(until) => until < self.until,
        }
    }
}

/// Waits until the server is told to stop; for ever, where nobody would tell.
pub(crate) async fn stopped(closing: Option<&mut watch::Receiver<bool>>) {
    match closing {
        Some(closing) => drop(closing.wait_for(|closing| *closing).await),
        None => std::future::pending().await,
    }
}
