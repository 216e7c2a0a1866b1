//! Pages and sums of movements.

use steelyard_domain::{
    Currency,
    method::MethodType,
    payment::movement::{Movement, MovementKind, MovementStatus},
};
use uuid::Uuid;

use super::{
    Cursor, MovementFilter, MovementSum, MovementSummary,
    query::{Query, distinct},
    range::{DayCounts, Range, Split},
    scope::{Scope, WALK_ROWS, WALKS_MAX},
};
use crate::{Reader, Record as _, RowReader, StoreError};

/// The index a page is read from. The partial ones leave out what most movements have.
enum Drive {
    Tenant,
    Kind,
    Status,
    Method,
    Currency,
}

impl Drive {
    fn of(filter: &MovementFilter) -> Self {
        if !filter.kinds.is_empty() && !filter.kinds.contains(&MovementKind::Payment) {
            return Self::Kind;
        }
        if !filter.statuses.is_empty() && !filter.statuses.contains(&MovementStatus::Done) {
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
    filter: &MovementFilter,
    scope: &Scope,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
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
fn conditions(query: &mut Query, alias: &str, filter: &MovementFilter) -> String {
    let kind = query.one_of(&format!("{alias}.kind"), filter.kinds.iter().map(|kind| kind.as_str()));
    let status = query.one_of(&format!("{alias}.status"), filter.statuses.iter().map(|status| status.as_str()));
    let method = query.one_of(&format!("{alias}.method"), filter.methods.iter().map(|method| method.as_str()));
    let currency = query.one_of(&format!("{alias}.currency"), filter.currency.iter().map(|currency| currency.code()));
    format!("{kind}{status}{method}{currency}")
}

/// A page of whatever the filter leaves, from the index that suits it.
async fn any(reader: &Reader, filter: &MovementFilter, range: Range, limit: i64) -> Result<Vec<Movement>, StoreError> {
    let drive = Drive::of(filter);
    let conditions =
        [!filter.kinds.is_empty(), !filter.statuses.is_empty(), !filter.methods.is_empty(), filter.currency.is_some()];
    let conditions = conditions.iter().filter(|is_there| **is_there).count();
    let is_one_index = match drive {
        Drive::Tenant => conditions == 0,
        // One index for all the rarer currencies.
        Drive::Currency => false,
        Drive::Kind | Drive::Status | Drive::Method => conditions == 1,
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
    // A movement that was counted has changed since.
    scan(reader, filter, &drive, narrowed.far, limit).await
}

async fn day_counts(reader: &Reader, filter: &MovementFilter, range: Range) -> Result<DayCounts, StoreError> {
    let mut query = Query::new(reader);
    let tenant = query.tenant("r", filter.tenant);
    let (first, last) = range.days();
    let (first, last) = (query.bind(first), query.bind(last));
    let conditions = conditions(&mut query, "r", filter);
    let sql = format!(
        "SELECT r.day, CAST(SUM(r.count) AS BIGINT)
        FROM movement_rollup r
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
    filter: &MovementFilter,
    drive: &Drive,
    range: Range,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    let mut query = Query::new(reader);
    let tenant = query.tenant("m", filter.tenant);
    let range = query.range("m", "occurred_at", range);
    let conditions = conditions(&mut query, "m", filter);
    let parts: Vec<String> = match drive {
        Drive::Tenant => vec![String::new()],
        // The partial indexes are chosen only where their conditions stand word for word.
        Drive::Kind => {
            let part =
                |kind: &MovementKind| format!(" AND m.kind = {} AND m.kind <> 'payment'", query.bind(kind.as_str()));
            distinct(&filter.kinds).iter().map(part).collect()
        }
        Drive::Status => {
            let part = |status: &MovementStatus| {
                format!(" AND m.status = {} AND m.status <> 'done'", query.bind(status.as_str()))
            };
            distinct(&filter.statuses).iter().map(part).collect()
        }
        Drive::Method => {
            let part =
                |method: &MethodType| format!(" AND m.method = {} AND m.method <> 'card'", query.bind(method.as_str()));
            distinct(&filter.methods).iter().map(part).collect()
        }
        Drive::Currency => vec![String::from(" AND m.currency <> 'KRW'")],
    };
    let (columns, limit) = (Movement::table().column_list("m."), query.bind(limit));
    let order = "ORDER BY m.occurred_at DESC, m.id DESC";
    let select = |part: &String| {
        format!("SELECT {columns} FROM movement m WHERE {tenant}{range}{conditions}{part} {order} LIMIT {limit}")
    };
    let sql = match parts.as_slice() {
        [only] => select(only),
        several => {
            let selects: Vec<String> =
                several.iter().map(|part| format!("SELECT * FROM ({}) AS s", select(part))).collect();
            format!("SELECT {columns} FROM ({}) AS m {order} LIMIT {limit}", selects.join(" UNION ALL "))
        }
    };
    reader.rows(&sql, query.into_parameters(), Movement::read).await
}

/// A page of the movements of the orders in scope: read all, keep the newest.
async fn of_orders(
    reader: &Reader,
    filter: &MovementFilter,
    scope: &Scope,
    range: Range,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    let mut query = Query::new(reader);
    let source = source(&mut query, scope);
    let tenant = query.tenant("m", filter.tenant);
    let range = query.range("m", "occurred_at", range);
    let conditions = conditions(&mut query, "m", filter);
    let (columns, limit) = (Movement::table().column_list("m."), query.bind(limit));
    let sql = format!(
        "SELECT {columns}
        FROM {source}
        WHERE {tenant}{range}{conditions}
        ORDER BY m.occurred_at DESC, m.id DESC
        LIMIT {limit}"
    );
    reader.rows(&sql, query.into_parameters(), Movement::read).await
}

/// The movements in scope, as `m`. They are found by their payments.
fn source(query: &mut Query, scope: &Scope) -> String {
    match scope.relation(query) {
        None => String::from("movement m"),
        Some(orders) => {
            let (join, index) = (query.join(), query.indexed_by("movement_payment"));
            format!("{orders} {join} payment p ON p.order_id = c.id {join} movement m{index} ON m.payment_id = p.id")
        }
    }
}

/// A page where many orders are in scope: the newest movements are looked at, for a while.
async fn walk(
    reader: &Reader,
    filter: &MovementFilter,
    scope: &Scope,
    range: Range,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    let mut found: Vec<Movement> = Vec::new();
    let mut range = range;
    let mut missing = limit;
    for _ in 0..WALKS_MAX {
        let rows = any(reader, filter, range, WALK_ROWS).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < WALK_ROWS);
        let orders: Vec<Uuid> = rows.iter().map(|movement| movement.order.uuid()).collect();
        let in_scope = scope.among(reader, &orders).await?;
        if let Some(last) = rows.last() {
            range.before = (last.occurred_at.micros(), last.id.uuid());
        }
        let own = rows.into_iter().filter(|movement| in_scope.contains(&movement.order.uuid()));
        found.extend(own.take(usize::try_from(missing).unwrap_or(0)));
        missing = limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if is_last || missing <= 0 {
            return Ok(found);
        }
    }
    found.extend(of_orders(reader, filter, scope, range, missing).await?);
    Ok(found)
}

/// The sums of each kind, in the order of [`MovementKind::ALL`].
type Kinds = [MovementSum; 3];

pub(super) async fn summary(
    reader: &Reader,
    filter: &MovementFilter,
    scope: &Scope,
) -> Result<MovementSummary, StoreError> {
    let currency = filter.currency.unwrap_or(Currency::Krw);
    let mut query = Query::new(reader);
    let currency_mark = query.bind(currency.code());
    let parts: Vec<String> = match scope {
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
    let mut kinds = Kinds::default();
    if !parts.is_empty() {
        // One statement, one state of the database: a movement goes from bucket to bucket between two.
        let sql = format!(
            "SELECT t.kind, CAST(SUM(t.count) AS BIGINT),
                CAST(SUM(CASE WHEN t.currency = {currency_mark} THEN t.amount ELSE 0 END) AS BIGINT)
            FROM ({}) AS t
            GROUP BY t.kind",
            parts.join(" UNION ALL ")
        );
        let read = |row: &mut RowReader<'_>| {
            Ok((row.parsed(MovementKind::parse)?, MovementSum { count: row.int()?, amount: row.int()? }))
        };
        let rows = reader.rows(&sql, query.into_parameters(), read).await?;
        for (kind, sum) in MovementKind::ALL.into_iter().zip(&mut kinds) {
            *sum = rows.iter().find(|(of, _)| *of == kind).map_or(*sum, |(_, sum)| *sum);
        }
    }
    let [payment, cancel, refund] = kinds;
    let all = MovementSum {
        count: payment.count + cancel.count + refund.count,
        amount: payment.amount + cancel.amount + refund.amount,
    };
    Ok(MovementSummary { currency, payment, cancel, refund, all })
}

fn of_days(query: &mut Query, filter: &MovementFilter, (first, end): (i64, i64)) -> String {
    let tenant = query.tenant("r", filter.tenant);
    let (first, end) = (query.bind(first), query.bind(end));
    let conditions = conditions(query, "r", filter);
    format!(
        "SELECT r.kind, r.currency, SUM(r.count) AS count, SUM(r.amount) AS amount
        FROM movement_rollup r
        WHERE {tenant} AND r.day >= {first} AND r.day < {end}{conditions}
        GROUP BY r.kind, r.currency"
    )
}

/// As the rollup counts: every movement, but only the money of those that are done. `sign`: nothing, or a minus for
/// what is to be taken off.
fn of_rows(query: &mut Query, filter: &MovementFilter, scope: &Scope, range: Range, sign: &str) -> String {
    let source = source(query, scope);
    let tenant = query.tenant("m", filter.tenant);
    let range = query.range("m", "occurred_at", range);
    let conditions = conditions(query, "m", filter);
    let rare = match scope {
        Scope::Everything => match Drive::of(filter) {
            Drive::Kind => " AND m.kind <> 'payment'",
            Drive::Status => " AND m.status <> 'done'",
            Drive::Method => " AND m.method <> 'card'",
            Drive::Currency => " AND m.currency <> 'KRW'",
            Drive::Tenant => "",
        },
        Scope::Orders(_) | Scope::Seller { .. } => "",
    };
    format!(
        "SELECT m.kind, m.currency, {sign}COUNT(*) AS count,
            {sign}SUM(CASE WHEN m.status = 'done' THEN m.amount ELSE 0 END) AS amount
        FROM {source}
        WHERE {tenant}{range}{conditions}{rare}
        GROUP BY m.kind, m.currency"
    )
}
