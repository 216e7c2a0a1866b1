//! `/v1/events/stream`: events as they happen, as server-sent events.
//!
//! A stream pulls: it reads its next page when the last one has left, so a slow reader costs one page of memory and
//! misses nothing. An event's id is its position; who was cut off says the last one it saw and gets what came after.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        IntoResponse as _,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use steelyard_app::{
    App, Code, Problem,
    view::{EventView, to_json},
};
use steelyard_domain::{Tenant, limits::PAGE_MAX};
use tokio::{sync::watch, time::Instant};
use utoipa::IntoParams;

use super::{Seat, known};
use crate::{
    ask::{Answered, Read},
    fault::{Fault, Rule},
    listener::Closing,
    query::Many,
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies of the kind of nginx not to collect what is to be seen at once.
const BUFFERING: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
/// A line that says nothing, so that nobody between thinks the connection dead.
const PING: Duration = Duration::from_secs(15);
/// How soon a reader that was cut off comes again.
const RETRY: Duration = Duration::from_secs(1);
/// A stream ends then, and its reader comes again: a key that was revoked is noticed.
const LIFE: Duration = Duration::from_secs(600);

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamQuery {
    /// One or more, separated by commas; all where it is left out.
    #[param(value_type = Option<String>, example = "payment.captured,payment.declined")]
    types: Option<Many>,
    /// The position of the last event that was seen, for who cannot send the header `Last-Event-ID`, which goes before it.
    /// Without either the stream begins now; 0 begins with the first event.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<String>,
}

/// Stream events
#[utoipa::path(get, path = "/v1/events/stream", tag = "Events", operation_id = "streamEvents",
    params(StreamQuery, ("Last-Event-ID" = Option<i64>, Header, description = "The position of the last event that was seen")),
    responses((status = 200, body = EventView, content_type = "text/event-stream",
        description = "Server-sent events, oldest first: `id` is the position, `event` the type, `data` the event. The stream \
            ends after ten minutes, or when the server stops; whoever comes again with `Last-Event-ID` misses nothing")))]
pub(super) async fn stream_events(ask: Read, headers: HeaderMap, closing: Option<Extension<Closing>>) -> Answered {
    let query: StreamQuery = ask.query()?;
    let types = known(query.types)?;
    let after = match (headers.get(LAST_EVENT_ID), query.after) {
        (Some(header), _) => Some(position("Last-Event-ID", header.to_str().unwrap_or_default())?),
        (None, Some(text)) => Some(position("after", &text)?),
        (None, None) => None,
    };
    let seat = ask.seat().ok_or_else(|| Problem::new(Code::Overloaded))?;
    let newest = ask.app().newest_event();
    let after = match after {
        Some(after) => after,
        None => ask.app().newest_position().await?,
    };
    let closing = closing.map(|Extension(Closing(closing))| closing);
    let (app, tenant) = (ask.app().clone(), ask.tenant());
    let until = Instant::now() + LIFE;
    let source = Source { app, tenant, types, after, newest, closing, until, _seat: seat };
    let events = Sse::new(source.events()).keep_alive(KeepAlive::new().interval(PING).text("ping"));
    let mut response = events.into_response();
    response.headers_mut().extend([BUFFERING]);
    Ok(response)
}

fn position(name: &str, text: &str) -> Result<i64, Fault> {
    let position = text.trim().parse().ok().filter(|position| *position >= 0);
    position.ok_or_else(|| Fault::new(name, Rule::Range { min: 0, max: i64::MAX }))
}

struct Source {
    app: App,
    tenant: Tenant,
    types: Vec<String>,
    /// The position of the last event that was told.
    after: i64,
    newest: watch::Receiver<i64>,
    closing: Option<watch::Receiver<bool>>,
    until: Instant,
    _seat: Seat,
}

impl Source {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        let greeting = Event::default().retry(RETRY).comment("steelyard");
        let pages = stream::unfold(self, |mut source| async {
            let page = source.next_page().await?;
            Some((stream::iter(page), source))
        });
        stream::iter([greeting]).chain(pages.flatten()).map(Ok)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until || self.closing.as_ref().is_some_and(|closing| *closing.borrow())
    }

    /// Waits for events. `None` ends the stream.
    async fn next_page(&mut self) -> Option<Vec<Event>> {
        loop {
            // Asked for each page: a reader that is far behind has no quiet moment for a long while.
            if self.is_over() {
                return None;
            }
            // Noted before the look: what comes after it is noticed.
            self.newest.borrow_and_update();
            let found = self.app.events_after(self.tenant, &self.types, self.after, i64::from(PAGE_MAX)).await;
            let found = match found {
                Ok(found) => found,
                Err(problem) => {
                    tracing::warn!(?problem, "a stream of events ends; its reader comes again");
                    return None;
                }
            };
            if let Some(last) = found.last() {
                self.after = last.position;
                return Some(found.iter().map(event).collect());
            }
            tokio::select! {
                changed = self.newest.changed() => changed.ok()?,
                () = closed(self.closing.as_mut()) => return None,
                () = tokio::time::sleep_until(self.until) => return None,
            }
        }
    }
}

/// Waits until the server is told to stop.
async fn closed(closing: Option<&mut watch::Receiver<bool>>) {
    match closing {
        // An error means that the server is gone already.
        Some(closing) => drop(closing.wait_for(|closing| *closing).await),
        None => std::future::pending().await,
    }
}

fn event(view: &EventView) -> Event {
    Event::default().id(view.position.to_string()).event(&view.kind).data(to_json(view))
}
