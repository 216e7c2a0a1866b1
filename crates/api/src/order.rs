//! `/v1/orders`

mod body;

pub(crate) use body::{BuyerBody, OrderBody};
use body::{CancelOrderBody, RefundBody};
use serde::Deserialize;
use steelyard_app::{
    Code,
    read::OrderFilter,
    view::{OrderView, RefundView},
};
use steelyard_domain::{OrderId, merchant::Scope, order::OrderStatus};
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    field,
    idempotency::Keyed,
    page::PageView,
    query::{self, Many},
};

const LIST: &str = "orders";

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let create = Terms::write(Scope::OrdersWrite, Keyed::Optional).codes(&[
        Code::OrderExists,
        Code::NotFound,
        Code::OutOfStock,
        Code::TotalMismatch,
        Code::CurrencyMismatch,
        Code::TooMany,
    ]);
    let cancel = Terms::write(Scope::OrdersWrite, Keyed::Required).codes(&CANCEL_CODES);
    let refund = Terms::write(Scope::RefundsWrite, Keyed::Required).codes(&RETURN_CODES);
    endpoints
        .add(create, routes!(create_order))
        .add(Terms::read(Scope::OrdersRead), routes!(list_orders))
        .add(Terms::read(Scope::OrdersRead), routes!(get_order))
        .add(cancel, routes!(cancel_order))
        .add(refund, routes!(refund_order))
}

/// What giving money back can be refused for.
pub(crate) const RETURN_CODES: [Code; 9] = [
    Code::RefundDeclined,
    Code::PaymentInProgress,
    Code::ExpectedAmountDiffers,
    Code::StateConflict,
    Code::ExceedsRefundable,
    Code::NothingToReturn,
    Code::NotSupportedByConnector,
    Code::TooMany,
    Code::ConnectorUnavailable,
];

const CANCEL_CODES: [Code; 6] = [
    Code::RefundDeclined,
    Code::PaymentInProgress,
    Code::StateConflict,
    Code::NothingToReturn,
    Code::NotSupportedByConnector,
    Code::ConnectorUnavailable,
];

/// Make an order
///
/// Stock of lines with a product is promised to it, all or nothing, until `expiresAt`. A line with a `productId`
/// takes name, price and tax class from the product where you leave them out.
#[utoipa::path(post, path = "/v1/orders", tag = "Orders", operation_id = "createOrder", request_body = OrderBody,
    responses((status = 201, description = "The order", body = Answer<OrderView>)))]
async fn create_order(mut ask: Write) -> Answered {
    let order = ask.read(OrderBody::parsed)?;
    ask.run(|app, call| async move { app.create_order(call, order).await }).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrderQuery {
    /// One or more, separated by commas: `open`, `paid`, `partiallyRefunded`, `refunded`, `canceled`, `expired`.
    #[param(value_type = Option<String>, example = "open,paid")]
    status: Option<Many>,
    /// Words of the buyer's name, order name, line names or `merchantOrderId`, or an id.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Made at or after; RFC 3339 with an offset.
    #[param(example = "2026-11-21T00:00:00+09:00")]
    from: Option<String>,
    /// Made before.
    to: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List orders
#[utoipa::path(get, path = "/v1/orders", tag = "Orders", operation_id = "listOrders", params(OrderQuery),
    responses((status = 200, description = "Orders, newest first", body = Answer<PageView<OrderView>>)))]
async fn list_orders(ask: Read) -> Answered {
    let query: OrderQuery = ask.query()?;
    let (from, to) = field::time_range(query.from.as_deref(), query.to.as_deref())?;
    let filter = OrderFilter {
        tenant: ask.tenant(),
        statuses: query.status.unwrap_or_default().choices("status", &OrderStatus::ALL, OrderStatus::as_str)?,
        q: query::search(query.q)?,
        from,
        to,
    };
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor_in_time(LIST, query.cursor.as_deref()).await?;
    let page = ask.app().orders(&filter, cursor, limit).await?;
    ask.page(LIST, page).await
}

/// Get an order
#[utoipa::path(get, path = "/v1/orders/{id}", tag = "Orders", operation_id = "getOrder",
    params(("id" = String, Path, description = "`ord_…`")),
    responses((status = 200, description = "The order", body = Answer<OrderView>)))]
async fn get_order(Id(order): Id<OrderId>, ask: Read) -> Answered {
    let order = ask.app().order(ask.tenant(), order).await?;
    ask.answer(&order)
}

/// Cancel an order
///
/// Gives its stock free and returns everything that was paid for it.
#[utoipa::path(post, path = "/v1/orders/{id}/cancel", tag = "Orders", operation_id = "cancelOrder",
    params(("id" = String, Path, description = "`ord_…`")), request_body = CancelOrderBody,
    responses(
        (status = 200, description = "The order", body = Answer<OrderView>),
        (status = 202, description = "Whether the money went back is not known yet", body = Answer<OrderView>),
    ))]
async fn cancel_order(Id(order): Id<OrderId>, mut ask: Write) -> Answered {
    let reason = ask.read(CancelOrderBody::parsed)?;
    ask.run(|app, call| async move { app.cancel_order(call, order, reason).await }).await
}

/// Give money back
///
/// By line, or by amount, or, with neither, all that remains. Before the acquirer's cut-off it is a cancel (취소),
/// after it a refund (환불): `kind` tells. An authorization of which nothing was captured is voided instead, as a whole,
/// and the answer's `data` is the payment.
#[utoipa::path(post, path = "/v1/orders/{id}/refunds", tag = "Orders", operation_id = "refundOrder",
    params(("id" = String, Path, description = "`ord_…`")), request_body = RefundBody,
    responses(
        (status = 201, description = "The refund; of an authorization, the payment that was voided",
            body = Answer<RefundView>),
        (status = 202, description = "Its outcome is not known yet: `unknown` is set", body = Answer<RefundView>),
    ))]
async fn refund_order(Id(order): Id<OrderId>, mut ask: Write) -> Answered {
    let refund = ask.read(RefundBody::parsed)?;
    ask.run(|app, call| async move { app.refund_order(call, order, refund).await }).await
}
