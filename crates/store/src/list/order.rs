//! Pages of orders.

use steelyard_domain::order::{Order, OrderStatus};
use uuid::Uuid;

use super::{
    Cursor, OrderFilter,
    query::{Query, distinct},
    range::Range,
    scope::{Scope, WALK_ROWS, WALKS_MAX},
};
use crate::{Reader, Record as _, StoreError};

/// The index a page is read from.
enum Drive {
    Tenant,
    /// Open orders live for minutes: there are few at a time.
    Open,
    /// An order comes to these states seldom, or late.
    Rare,
}

impl Drive {
    fn of(statuses: &[OrderStatus]) -> Self {
        let is_rare = |status: &OrderStatus| match status {
            OrderStatus::Open | OrderStatus::Paid => false,
            OrderStatus::PartiallyRefunded | OrderStatus::Refunded | OrderStatus::Canceled | OrderStatus::Expired => {
                true
            }
        };
        match statuses {
            [] => Self::Tenant,
            [OrderStatus::Open] => Self::Open,
            some if some.iter().all(is_rare) => Self::Rare,
            _ => Self::Tenant,
        }
    }
}

pub(super) async fn page(
    reader: &Reader,
    filter: &OrderFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Order>, StoreError> {
    let range = Range::new(filter.from, filter.to, cursor);
    if range.is_empty() || limit <= 0 {
        return Ok(Vec::new());
    }
    let scope = Scope::resolve(reader, filter.tenant, filter.q.as_deref(), None).await?;
    match &scope {
        Scope::Everything => any(reader, filter, range, limit).await,
        Scope::Orders(_) | Scope::Seller { .. } if scope.is_large() => walk(reader, filter, &scope, range, limit).await,
        Scope::Orders(_) | Scope::Seller { .. } => of_scope(reader, filter, &scope, range, limit).await,
    }
}

async fn any(reader: &Reader, filter: &OrderFilter, range: Range, limit: i64) -> Result<Vec<Order>, StoreError> {
    let statuses = distinct(&filter.statuses);
    let mut query = Query::new(reader);
    let tenant = query.tenant("o", filter.tenant);
    let range = query.range("o", "created_at", range);
    let parts: Vec<String> = match Drive::of(&statuses) {
        Drive::Tenant => vec![query.one_of("o.status", statuses.iter().map(|status| status.as_str()))],
        Drive::Open => vec![String::from(" AND o.status = 'open'")],
        // The partial index is chosen only where its condition stands word for word.
        Drive::Rare => {
            let part = |status: &OrderStatus| {
                format!(" AND o.status = {} AND o.status NOT IN ('open', 'paid')", query.bind(status.as_str()))
            };
            statuses.iter().map(part).collect()
        }
    };
    let (columns, limit) = (Order::table().column_list("o."), query.bind(limit));
    let order = "ORDER BY o.created_at DESC, o.id DESC";
    let select =
        |part: &String| format!("SELECT {columns} FROM orders o WHERE {tenant}{range}{part} {order} LIMIT {limit}");
    let sql = match parts.as_slice() {
        [only] => select(only),
        several => {
            let selects: Vec<String> =
                several.iter().map(|part| format!("SELECT * FROM ({}) AS s", select(part))).collect();
            format!("SELECT {columns} FROM ({}) AS o {order} LIMIT {limit}", selects.join(" UNION ALL "))
        }
    };
    reader.rows(&sql, query.into_parameters(), Order::read).await
}

/// A page of the orders in scope: read all, keep the newest.
async fn of_scope(
    reader: &Reader,
    filter: &OrderFilter,
    scope: &Scope,
    range: Range,
    limit: i64,
) -> Result<Vec<Order>, StoreError> {
    let mut query = Query::new(reader);
    let source = match scope.relation(&mut query) {
        None => String::from("orders o"),
        Some(orders) => format!("{orders} {} orders o ON o.id = c.id", query.join()),
    };
    let tenant = query.tenant("o", filter.tenant);
    let range = query.range("o", "created_at", range);
    let status = query.one_of("o.status", filter.statuses.iter().map(|status| status.as_str()));
    let (columns, limit) = (Order::table().column_list("o."), query.bind(limit));
    let sql = format!(
        "SELECT {columns}
        FROM {source}
        WHERE {tenant}{range}{status}
        ORDER BY o.created_at DESC, o.id DESC
        LIMIT {limit}"
    );
    reader.rows(&sql, query.into_parameters(), Order::read).await
}

/// A page where many orders are in scope: the newest are looked at, for a while.
async fn walk(
    reader: &Reader,
    filter: &OrderFilter,
    scope: &Scope,
    range: Range,
    limit: i64,
) -> Result<Vec<Order>, StoreError> {
    let mut found: Vec<Order> = Vec::new();
    let mut range = range;
    let mut missing = limit;
    for _ in 0..WALKS_MAX {
        let rows = any(reader, filter, range, WALK_ROWS).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < WALK_ROWS);
        let ids: Vec<Uuid> = rows.iter().map(|order| order.id.uuid()).collect();
        let in_scope = scope.among(reader, &ids).await?;
        if let Some(last) = rows.last() {
            range.before = (last.created_at.micros(), last.id.uuid());
        }
        let own = rows.into_iter().filter(|order| in_scope.contains(&order.id.uuid()));
        found.extend(own.take(usize::try_from(missing).unwrap_or(0)));
        missing = limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if is_last || missing <= 0 {
            return Ok(found);
        }
    }
    found.extend(of_scope(reader, filter, scope, range, missing).await?);
    Ok(found)
}
