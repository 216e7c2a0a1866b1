//! `/v1/transactions`: one row for each movement of money.

use serde::Deserialize;
use steelyard_app::{read::MovementFilter, view::MovementView};
use steelyard_domain::{
    SellerId,
    merchant::Scope,
    method::MethodType,
    payment::movement::{MovementKind, MovementStatus},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Read},
    endpoint::{Endpoints, Terms},
    field,
    page::SummedPageView,
    query::{self, Many},
    summary::MovementSummaryView,
};

const LIST: &str = "transactions";

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Terms::read(Scope::PaymentsRead), routes!(list_transactions))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MovementQuery {
    /// Words of the buyer's name, order name, line names or `merchantOrderId`, or an id.
    #[param(max_length = 100)]
    q: Option<String>,
    /// One or more, separated by commas: `payment`, `cancel`, `refund`.
    #[param(value_type = Option<String>, example = "cancel,refund")]
    kind: Option<Many>,
    /// One or more: `pending`, `done`, `declined`.
    #[param(value_type = Option<String>, example = "done")]
    status: Option<Many>,
    /// One or more: `card`, `transfer`, `virtualAccount`, `wallet`, `billingKey`, `app`.
    #[param(value_type = Option<String>, example = "card")]
    method: Option<Many>,
    /// `sel_…`: movements of payments with a line of this seller.
    seller_id: Option<String>,
    /// ISO 4217.
    #[param(example = "KRW")]
    currency: Option<String>,
    /// Occurred at or after; RFC 3339 with an offset.
    #[param(example = "2026-11-21T00:00:00+09:00")]
    from: Option<String>,
    /// Occurred before.
    to: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List payment transactions
///
/// 결제, 취소 and 환불, one row for each movement of money; amounts of cancels and refunds are negative. `summary` is
/// over the whole filter, for each kind and in all.
#[utoipa::path(get, path = "/v1/transactions", tag = "Transactions", operation_id = "listTransactions",
    params(MovementQuery),
    responses((status = 200, description = "Movements, newest first",
        body = Answer<SummedPageView<MovementView, MovementSummaryView>>)))]
async fn list_transactions(ask: Read) -> Answered {
    let query: MovementQuery = ask.query()?;
    let (from, to) = field::time_range(query.from.as_deref(), query.to.as_deref())?;
    let filter = MovementFilter {
        tenant: ask.tenant(),
        q: query::search(query.q)?,
        kinds: query.kind.unwrap_or_default().choices("kind", &MovementKind::ALL, MovementKind::as_str)?,
        statuses: query.status.unwrap_or_default().choices("status", &MovementStatus::ALL, MovementStatus::as_str)?,
        methods: query.method.unwrap_or_default().choices("method", &MethodType::ALL, MethodType::as_str)?,
        seller: query.seller_id.map(|id| field::id("sellerId", &id, SellerId::parse)).transpose()?,
        currency: field::currency("currency", query.currency.as_deref())?,
        from,
        to,
    };
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor_in_time(LIST, query.cursor.as_deref()).await?;
    let (page, summary) = ask.app().movements(&filter, cursor, limit).await?;
    ask.summed_page(LIST, page, MovementSummaryView::new(&summary)).await
}
