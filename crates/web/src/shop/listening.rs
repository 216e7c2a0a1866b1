//! The shop's one subscription to its merchant's events, and what they make it do.

use std::{collections::BTreeSet, time::Duration};

use parking_lot::Mutex;
use reqwest::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use super::{
    Shop,
    api::{Noted, Trouble},
    happening::Kind,
    shorten::shortened,
    sse::{Message, Reader},
};
use crate::checkout::stopped;

const BACKOFF_MIN: Duration = Duration::from_millis(500);
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// The shelf is counted so often while somebody looks: units that are booked in or out by hand make no event.
const COUNT: Duration = Duration::from_secs(2);

/// What is to be asked about, because something happened to it.
#[derive(Default)]
pub(super) struct Errands {
    todo: Mutex<Todo>,
    bell: Notify,
}

#[derive(Default)]
struct Todo {
    /// The API's ids.
    orders: BTreeSet<String>,
    stock: bool,
}

impl Errands {
    fn add(&self, order: Option<String>, stock: bool) {
        let mut todo = self.todo.lock();
        todo.orders.extend(order);
        todo.stock |= stock;
        self.bell.notify_one();
    }
}

/// An event of the API's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    position: i64,
    #[serde(rename = "type")]
    kind: String,
    object_id: String,
    version: i64,
    created_at: String,
    data: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventShown<'a> {
    position: i64,
    #[serde(rename = "type")]
    kind: &'a str,
    object_id: &'a str,
    version: i64,
    created_at: &'a str,
    data: Value,
}

impl Event {
    /// The order that is not as it was.
    fn changed_order(&self) -> Option<&str> {
        let (family, what) = self.kind.split_once('.')?;
        // What is new, or only on its way, changes nothing that a buyer is told.
        match (family, what) {
            (_, "created" | "authorized") => None,
            ("order", _) => Some(&self.object_id),
            ("payment", _) => self.data["orderId"].as_str(),
            (_, _) => None,
        }
    }

    /// Orders take stock, and give it back when they end; the API has an event of a product only for a few changes.
    fn moves_stock(&self) -> bool {
        const ORDERS: [&str; 5] =
            ["order.created", "order.canceled", "order.expired", "order.refunded", "refund.succeeded"];
        self.kind.starts_with("product.") || ORDERS.contains(&self.kind.as_str())
    }
}

/// Starts both tasks. They end when the server is told to stop.
pub(super) fn begin(shop: &Shop) {
    for task in [Task::Listen, Task::Run] {
        let shop = shop.clone();
        tokio::spawn(async move {
            let mut closing = shop.web().options().closing.clone();
            let work = async {
                match task {
                    Task::Listen => listen(&shop).await,
                    Task::Run => run_errands(&shop).await,
                }
            };
            tokio::select! {
                () = work => {}
                () = stopped(closing.as_mut()) => {}
            }
        });
    }
}

#[derive(Clone, Copy)]
enum Task {
    Listen,
    Run,
}

async fn listen(shop: &Shop) {
    let mut last = None;
    let mut wait = BACKOFF_MIN;
    loop {
        match shop.api().events(last).await {
            Ok(stream) => {
                wait = BACKOFF_MIN;
                // What happened while nobody listened for the first time is not told by any event.
                shop.errands().add(None, true);
                follow(shop, stream, &mut last).await;
            }
            Err(Trouble::Silent) => tracing::debug!("the shop does not reach its API"),
            Err(Trouble::Refused { status, body }) => {
                tracing::warn!(status, code = body["code"].as_str(), "the API tells the shop no events");
                wait = BACKOFF_MAX;
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(BACKOFF_MAX);
    }
}

/// Reads until the stream ends.
async fn follow(shop: &Shop, mut stream: Response, last: &mut Option<i64>) {
    let mut reader = Reader::default();
    while let Ok(Some(chunk)) = stream.chunk().await {
        let Some(messages) = reader.take(&chunk) else {
            tracing::warn!("the API's stream has a line that is too long");
            return;
        };
        for Message { data } in messages {
            match serde_json::from_str::<Event>(&data) {
                Ok(event) => {
                    *last = Some(event.position);
                    hear(shop, &event);
                }
                Err(error) => tracing::warn!(%error, "the shop cannot read an event"),
            }
        }
    }
}

fn hear(shop: &Shop, event: &Event) {
    let order = event.changed_order().and_then(|id| shop.book().find_id(id));
    if let Some(order) = &order {
        order.has_changed();
    }
    shop.errands().add(order.map(|order| order.id.clone()), event.moves_stock());
    let Event { position, kind, object_id, version, created_at, data } = event;
    let (position, version) = (*position, *version);
    let data = shortened(data);
    shop.log().tell(Kind::Event, &EventShown { position, kind, object_id, version, created_at, data });
}

/// An event is a reason to ask; only the answer counts. Many events of one moment are one errand.
async fn run_errands(shop: &Shop) {
    loop {
        tokio::select! {
            () = shop.errands().bell.notified() => {}
            () = tokio::time::sleep(COUNT) => {
                // Without an answer the shelf stays as it was until the next look.
                if shop.log().has_readers() {
                    let _ = shop.look_at_stock(Noted::IfRefused).await;
                }
                continue;
            }
        }
        let Todo { orders, stock } = std::mem::take(&mut *shop.errands().todo.lock());
        for order in orders.iter().filter_map(|id| shop.book().find_id(id)) {
            // An order whose page nobody can answer stays marked: whoever looks at it asks again.
            let _ = shop.look_at(&order).await;
        }
        if stock {
            let _ = shop.look_at_stock(Noted::Always).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_a_reason_to_ask_about_what_it_may_have_changed() {
        for (kind, order, stock) in [
            ("order.created", None, true),
            ("order.paid", Some("ord_1"), false),
            ("order.canceled", Some("ord_1"), true),
            ("payment.created", None, false),
            ("payment.captured", Some("ord_2"), false),
            ("payment.waitingForDeposit", Some("ord_2"), false),
            ("refund.requested", None, false),
            ("refund.succeeded", None, true),
            ("checkout.opened", None, false),
            ("product.priceChanged", None, true),
            ("giftCard.issued", None, false),
        ] {
            let event = json!({ "position": 1, "type": kind, "objectId": "ord_1", "version": 1, "createdAt": "",
                "data": { "orderId": "ord_2" } });
            let event: Event = serde_json::from_value(event).unwrap();
            assert_eq!((event.changed_order(), event.moves_stock()), (order, stock), "{kind}");
        }
    }
}
