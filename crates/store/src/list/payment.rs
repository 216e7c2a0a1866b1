//! Pages and sums of payments.

use steelyard_domain::{
    Currency,
    method::MethodType,
    payment::{Payment, PaymentStatus},
};
use uuid::Uuid;

use super::{
    Cursor, PaymentFilter, PaymentSummary,
    query::{Query, distinct},
    range::{DayCounts, Range, Split},
    scope::{Scope, WALK_ROWS, WALKS_MAX},
};
use crate::{Reader, Record as _, StoreError};

/// The index a page is read from. The partial ones leave out what most payments have.
enum Drive {
    Tenant,
    Status,
    Method,
    Currency,
}

impl Drive {
    fn of(filter: &PaymentFilter) -> Self {
        if !filter.statuses.is_empty() && !filter.statuses.contains(&PaymentStatus::Captured) {
            return Self::Status;
        }
        if !filter.methods.is_empty() && !filter.methods.contains(&MethodType::Card) {
            return Self::Method;
        }
        match filter.currency {
            Some(Currency::Usd | Currency::Jpy | Currency::Eur) => Self::Currency,
            Some(Currency::Krw) | None => Self::Tenant,
        }
    }
}

pub(super) async fn page(
    reader: &Reader,
    filter: &PaymentFilter,
    scope: &Scope,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let range = Range::new(filter.from, filter.to, cursor);
    if range.is_empty() || limit <= 0 {
        return Ok(Vec::new());
    }
    match scope {
        Scope::Everything => any(reader, filter, range, limit).await,
        Scope::Orders(_) | Scope::Seller { .. } if scope.is_large() => walk(reader, filter, scope, range, limit).await,
        Scope::Orders(_) | Scope::Seller { .. } => of_orders(reader, filter, scope, range, limit).await,
    }
}

/// The conditions beside tenant and time.
fn conditions(query: &mut Query, alias: &str, filter: &PaymentFilter) -> String {
    let status = query.one_of(&format!("{alias}.status"), filter.statuses.iter().map(|status| status.as_str()));
    let method = query.one_of(&format!("{alias}.method"), filter.methods.iter().map(|method| method.as_str()));
    let currency = query.one_of(&format!("{alias}.currency"), filter.currency.iter().map(|currency| currency.code()));
    format!("{status}{method}{currency}")
}

/// A page of whatever the filter leaves, from the index that suits it.
async fn any(reader: &Reader, filter: &PaymentFilter, range: Range, limit: i64) -> Result<Vec<Payment>, StoreError> {
    let drive = Drive::of(filter);
    let conditions = [!filter.statuses.is_empty(), !filter.methods.is_empty(), filter.currency.is_some()];
    let conditions = conditions.iter().filter(|is_there| **is_there).count();
    let is_one_index = match drive {
        Drive::Tenant => conditions == 0,
        // One index for all the rarer currencies.
        Drive::Currency => false,
        Drive::Status | Drive::Method => conditions == 1,
    };
    if is_one_index {
        return scan(reader, filter, &drive, range, limit).await;
    }
    // An index alone might be read to its end for the few rows, or none, that meet all conditions.
    let Some(narrowed) = day_counts(reader, filter, range).await?.narrow(range, limit) else {
        return Ok(Vec::new());
    };
    let near = scan(reader, filter, &drive, narrowed.near, limit).await?;
    let is_full = i64::try_from(near.len()).is_ok_and(|found| found >= limit);
    if is_full || narrowed.near == narrowed.far {
        return Ok(near);
    }
    // A payment that was counted has changed since.
    scan(reader, filter, &drive, narrowed.far, limit).await
}

async fn day_counts(reader: &Reader, filter: &PaymentFilter, range: Range) -> Result<DayCounts, StoreError> {
    let mut query = Query::new(reader);
    let tenant = query.tenant("r", filter.tenant);
    let (first, last) = range.days();
    let (first, last) = (query.bind(first), query.bind(last));
    let conditions = conditions(&mut query, "r", filter);
    let sql = format!(
        "SELECT r.day, CAST(SUM(r.count) AS BIGINT)
        FROM payment_rollup r
        WHERE {tenant} AND r.day >= {first} AND r.day <= {last}{conditions}
        GROUP BY r.day
        ORDER BY r.day DESC"
    );
    let days = reader.rows(&sql, query.into_parameters(), |row| Ok((row.int()?, row.int()?))).await?;
    Ok(DayCounts { days })
}

/// Reads one index, or one part of it for each value, in the order of the page.
async fn scan(
    reader: &Reader,
    filter: &PaymentFilter,
    drive: &Drive,
    range: Range,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let mut query = Query::new(reader);
    let tenant = query.tenant("p", filter.tenant);
    let range = query.range("p", "created_at", range);
    let conditions = conditions(&mut query, "p", filter);
    let parts: Vec<String> = match drive {
        Drive::Tenant => vec![String::new()],
        // The partial indexes are chosen only where their conditions stand word for word.
        Drive::Status => {
            let part = |status: &PaymentStatus| {
                format!(" AND p.status = {} AND p.status <> 'captured'", query.bind(status.as_str()))
            };
            distinct(&filter.statuses).iter().map(part).collect()
        }
        Drive::Method => {
            let part =
                |method: &MethodType| format!(" AND p.method = {} AND p.method <> 'card'", query.bind(method.as_str()));
            distinct(&filter.methods).iter().map(part).collect()
        }
        Drive::Currency => vec![String::from(" AND p.currency <> 'KRW'")],
    };
    let (columns, limit) = (Payment::table().column_list("p."), query.bind(limit));
    let order = "ORDER BY p.created_at DESC, p.id DESC";
    let select = |part: &String| {
        format!("SELECT {columns} FROM payment p WHERE {tenant}{range}{conditions}{part} {order} LIMIT {limit}")
    };
    let sql = match parts.as_slice() {
        [only] => select(only),
        several => {
            let selects: Vec<String> =
                several.iter().map(|part| format!("SELECT * FROM ({}) AS s", select(part))).collect();
            format!("SELECT {columns} FROM ({}) AS p {order} LIMIT {limit}", selects.join(" UNION ALL "))
        }
    };
    reader.rows(&sql, query.into_parameters(), Payment::read).await
}

/// A page of the payments of the orders in scope: read all, keep the newest.
async fn of_orders(
    reader: &Reader,
    filter: &PaymentFilter,
    scope: &Scope,
    range: Range,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let mut query = Query::new(reader);
    let source = source(&mut query, scope);
    let tenant = query.tenant("p", filter.tenant);
    let range = query.range("p", "created_at", range);
    let conditions = conditions(&mut query, "p", filter);
    let (columns, limit) = (Payment::table().column_list("p."), query.bind(limit));
    let sql = format!(
        "SELECT {columns}
        FROM {source}
        WHERE {tenant}{range}{conditions}
        ORDER BY p.created_at DESC, p.id DESC
        LIMIT {limit}"
    );
    reader.rows(&sql, query.into_parameters(), Payment::read).await
}

/// The payments in scope, as `p`.
fn source(query: &mut Query, scope: &Scope) -> String {
    match scope.relation(query) {
        None => String::from("payment p"),
        Some(orders) => format!("{orders} {} payment p ON p.order_id = c.id", query.join()),
    }
}

/// A page where many orders are in scope: the newest payments are looked at, for a while.
async fn walk(
    reader: &Reader,
    filter: &PaymentFilter,
    scope: &Scope,
    range: Range,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let mut found: Vec<Payment> = Vec::new();
    let mut range = range;
    let mut missing = limit;
    for _ in 0..WALKS_MAX {
        let rows = any(reader, filter, range, WALK_ROWS).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < WALK_ROWS);
        let orders: Vec<Uuid> = rows.iter().map(|payment| payment.order.uuid()).collect();
        let in_scope = scope.among(reader, &orders).await?;
        if let Some(last) = rows.last() {
            range.before = (last.created_at.micros(), last.id.uuid());
        }
        let own = rows.into_iter().filter(|payment| in_scope.contains(&payment.order.uuid()));
        found.extend(own.take(usize::try_from(missing).unwrap_or(0)));
        missing = limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if is_last || missing <= 0 {
            return Ok(found);
        }
    }
    found.extend(of_orders(reader, filter, scope, range, missing).await?);
    Ok(found)
}

/// What a payment counts for, as the rollup has it.
const AMOUNT: &str = "p.captured - p.canceled - p.refunded";
const FEE: &str = "p.fee - p.fee_returned + p.fee_vat - p.fee_vat_returned";

pub(super) async fn summary(
    reader: &Reader,
    filter: &PaymentFilter,
    scope: &Scope,
) -> Result<PaymentSummary, StoreError> {
    let currency = filter.currency.unwrap_or(Currency::Krw);
    let mut query = Query::new(reader);
    let currency_mark = query.bind(currency.code());
    let parts = match scope {
        Scope::Everything => {
            let split = Split::new(filter.from, filter.to);
            let days = split.days.map(|days| of_days(&mut query, filter, days));
            let mut rows = |ranges: Vec<Range>, sign| -> Vec<String> {
                ranges.into_iter().map(|range| of_rows(&mut query, filter, scope, range, sign)).collect()
            };
            days.into_iter().chain(rows(split.added, "")).chain(rows(split.taken, "-")).collect()
        }
        Scope::Orders(_) | Scope::Seller { .. } => {
            vec![of_rows(&mut query, filter, scope, Range::new(filter.from, filter.to, None), "")]
        }
    };
    let empty = PaymentSummary { currency, count: 0, total_amount: 0, total_fee: 0, total_net_amount: 0 };
    if parts.is_empty() {
        return Ok(empty);
    }
    // One statement, one state of the database: a payment moves from bucket to bucket between two.
    let total = |column: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN t.currency = {currency_mark} THEN t.{column} ELSE 0 END), 0) AS BIGINT)")
    };
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(t.count), 0) AS BIGINT), {}, {}, {} FROM ({}) AS t",
        total("amount"),
        total("fee"),
        total("net"),
        parts.join(" UNION ALL ")
    );
    let sums =
        reader.row(&sql, query.into_parameters(), |row| Ok((row.int()?, row.int()?, row.int()?, row.int()?))).await?;
    Ok(sums.map_or(empty, |(count, total_amount, total_fee, total_net_amount)| PaymentSummary {
        currency,
        count,
        total_amount,
        total_fee,
        total_net_amount,
    }))
}

fn of_days(query: &mut Query, filter: &PaymentFilter, (first, end): (i64, i64)) -> String {
    let tenant = query.tenant("r", filter.tenant);
    let (first, end) = (query.bind(first), query.bind(end));
    let conditions = conditions(query, "r", filter);
    format!(
        "SELECT r.currency, SUM(r.count) AS count, SUM(r.amount) AS amount, SUM(r.fee) AS fee, SUM(r.net) AS net
        FROM payment_rollup r
        WHERE {tenant} AND r.day >= {first} AND r.day < {end}{conditions}
        GROUP BY r.currency"
    )
}

/// `sign`: nothing, or a minus for what is to be taken off.
fn of_rows(query: &mut Query, filter: &PaymentFilter, scope: &Scope, range: Range, sign: &str) -> String {
    let source = source(query, scope);
    let tenant = query.tenant("p", filter.tenant);
    let range = query.range("p", "created_at", range);
    let conditions = conditions(query, "p", filter);
    let rare = match scope {
        Scope::Everything => match Drive::of(filter) {
            Drive::Status => " AND p.status <> 'captured'",
            Drive::Method => " AND p.method <> 'card'",
            Drive::Currency => " AND p.currency <> 'KRW'",
            Drive::Tenant => "",
        },
        Scope::Orders(_) | Scope::Seller { .. } => "",
    };
    format!(
        "SELECT p.currency, {sign}COUNT(*) AS count, {sign}SUM({AMOUNT}) AS amount,
            {sign}SUM(CASE WHEN p.captured > 0 THEN {FEE} ELSE 0 END) AS fee,
            {sign}SUM(CASE WHEN p.captured > 0 THEN {AMOUNT} - ({FEE}) ELSE 0 END) AS net
        FROM {source}
        WHERE {tenant}{range}{conditions}{rare}
        GROUP BY p.currency"
    )
}
