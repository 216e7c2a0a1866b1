//! `/v1/events`: everything that happened, in order; as a list, and as a stream.

mod seat;
mod stream;
mod ticket;

pub(crate) use seat::{Seat, Seats};
use serde::Deserialize;
use steelyard_app::{Code, view::EventView};
use steelyard_domain::merchant::Scope;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Read},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    idempotency::Keyed,
    page::PageView,
    query::{self, Many},
};

const LIST: &str = "events";

/// Types there are. One that is shipped keeps its meaning.
pub(crate) const TYPES: [&str; 31] = [
    "order.created",
    "order.paid",
    "order.canceled",
    "order.refunded",
    "order.expired",
    "payment.created",
    "payment.authorized",
    "payment.captured",
    "payment.declined",
    "payment.unknown",
    "payment.resolved",
    "payment.waitingForDeposit",
    "payment.partiallyCanceled",
    "payment.canceled",
    "payment.partiallyRefunded",
    "payment.refunded",
    "payment.expired",
    "payment.failed",
    "refund.requested",
    "refund.succeeded",
    "refund.declined",
    "checkout.opened",
    "checkout.scanned",
    "checkout.completed",
    "checkout.expired",
    "giftCard.issued",
    "giftCard.redeemed",
    "giftCard.expired",
    "product.lowStock",
    "product.priceChanged",
    "apiKey.rotated",
];

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let terms = Terms::read(Scope::EventsRead);
    let stream = terms.tickets_too().browsers_too().codes(&[Code::InvalidTicket, Code::RateLimited]);
    endpoints
        .add(terms, routes!(list_events))
        .add(stream, routes!(stream::stream_events))
        .add(Terms::write(Scope::EventsRead, Keyed::No), routes!(ticket::create_ticket))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// One or more, separated by commas; all where it is left out.
    #[param(value_type = Option<String>, example = "payment.captured,payment.declined")]
    types: Option<Many>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List events
#[utoipa::path(get, path = "/v1/events", tag = "Events", operation_id = "listEvents", params(EventQuery),
    responses((status = 200, description = "Events, newest first", body = Answer<PageView<EventView>>)))]
async fn list_events(ask: Read) -> Answered {
    let query: EventQuery = ask.query()?;
    let types = known(query.types)?;
    let limit = query::limit(query.limit.as_deref())?;
    let before = ask.cursor(LIST, query.cursor.as_deref()).await?.map(|key| key.at);
    let page = ask.app().events(ask.tenant(), &types, before, limit).await?;
    ask.page(LIST, page).await
}

/// Types that are asked for; all if there are none.
fn known(types: Option<Many>) -> Result<Vec<String>, Fault> {
    let Many(types) = types.unwrap_or_default();
    let all_known = types.iter().all(|name| TYPES.contains(&name.as_str()));
    if all_known { Ok(types) } else { Err(Fault::new("types", Rule::OneOf(TYPES.to_vec()))) }
}
