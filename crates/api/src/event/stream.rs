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
        sse::{Event, Sse},
    },
};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use steelyard_app::{
    App, Problem,
    view::{EventView, to_json},
};
use steelyard_domain::{Tenant, limits::PAGE_MAX};
use tokio::{sync::watch, time::Instant};
use utoipa::IntoParams;

use super::{Seat, known};
use crate::{
    ask::{Answered, Read},
    edge::Pass,
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
/// A stream ends then, and its reader comes again, perhaps to another server.
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
    /// In place of a key, for a browser: `tic_…` of `POST /v1/events/tickets`.
    #[serde(rename = "ticket")]
    #[param(rename = "ticket", value_type = Option<String>)]
    _ticket: Option<String>,
}

/// Stream events
#[utoipa::path(get, path = "/v1/events/stream", tag = "Events", operation_id = "streamEvents",
    params(StreamQuery, ("Last-Event-ID" = Option<i64>, Header, description = "The position of the last event that was seen")),
    responses((status = 200, body = EventView, content_type = "text/event-stream",
        description = "Server-sent events, oldest first: `id` is the position, `event` the type, `data` the event. The stream \
            ends after ten minutes, when the key is revoked or expires, or when the server stops; whoever comes again \
            with `Last-Event-ID` misses nothing. Of one merchant and mode a server keeps 64 open, the next is `RATE_LIMITED`")))]
pub(super) async fn stream_events(ask: Read, headers: HeaderMap, closing: Option<Extension<Closing>>) -> Answered {
    let query: StreamQuery = ask.query()?;
    let types = known(query.types)?;
    let after = match (headers.get(LAST_EVENT_ID), query.after) {
        (Some(header), _) => Some(position("Last-Event-ID", header.to_str().unwrap_or_default())?),
        (None, Some(text)) => Some(position("after", &text)?),
        (None, None) => None,
    };
    let seat = ask.seat()?;
    let newest = ask.app().newest_event();
    let after = match after {
        Some(after) => after,
        None => ask.app().newest_position().await?,
    };
    let closing = closing.map(|Extension(Closing(closing))| closing);
    let (app, tenant, pass) = (ask.app().clone(), ask.tenant(), ask.pass(&headers));
    let until = Instant::now() + LIFE;
    let source = Source { app, tenant, pass, types, after, newest, closing, until, quiet: PING, _seat: seat };
    let mut response = Sse::new(source.events()).into_response();
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
    pass: Pass,
    types: Vec<String>,
    /// The position up to which everything was told that is asked for.
    after: i64,
    newest: watch::Receiver<i64>,
    closing: Option<watch::Receiver<bool>>,
    until: Instant,
    /// How long it says nothing.
    quiet: Duration,
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

    /// Waits for something to send: events, or a ping if there are none for a while. `None` ends the stream.
    async fn next_page(&mut self) -> Option<Vec<Event>> {
        let page = self.wait().await?;
        // Asked last: what happens after a key was revoked here is not told to who holds it.
        (!self.pass.is_void().await).then_some(page)
    }

    async fn wait(&mut self) -> Option<Vec<Event>> {
        let ping = Instant::now() + self.quiet;
        loop {
            // Asked for each page: a reader that is far behind has no quiet moment for a long while.
            if self.is_over() {
                return None;
            }
            let found = match self.look().await {
                Ok(found) => found,
                Err(problem) => {
                    tracing::warn!(?problem, "a stream of events ends; its reader comes again");
                    return None;
                }
            };
            if !found.is_empty() {
                return Some(found.iter().map(event).collect());
            }
            tokio::select! {
                changed = self.newest.changed() => changed.ok()?,
                () = closed(self.closing.as_mut()) => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep_until(ping) => return Some(vec![Event::default().comment("ping")]),
            }
        }
    }

    /// Reads the next page, and moves behind it.
    async fn look(&mut self) -> Result<Vec<EventView>, Problem> {
        // Noted before the look: what comes after it is noticed. It is 0 until somebody has looked for it.
        let seen = *self.newest.borrow_and_update();
        let found = self.app.events_after(self.tenant, &self.types, self.after, i64::from(PAGE_MAX)).await?;
        let positions: Vec<i64> = found.iter().map(|event| event.position).collect();
        self.after = told_up_to(self.after, seen, &positions);
        Ok(found)
    }
}

/// Where the next page begins: behind a full one, and else behind all that was `seen` before this one was read. For
/// positions have no gaps, so none of those will turn up later; without this, a reader of few types would read the
/// same history again with every event of other types.
fn told_up_to(after: i64, seen: i64, positions: &[i64]) -> i64 {
    let last = positions.last().copied().unwrap_or(after);
    let is_short = u32::try_from(positions.len()).is_ok_and(|rows| rows < PAGE_MAX);
    if is_short { last.max(seen) } else { last }
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

#[cfg(test)]
mod tests;
