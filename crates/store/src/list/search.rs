//! Which orders show a text.
//!
//! The texts of a tenant's orders stand one after the other in chunks, and a search reads through all of them:
//! that finds any part of any text, a single syllable too, in a time that does not depend on how common it is.
//! Chunks are filled outside of commits; an order waits in `search_pending` until it is in one, and those that
//! wait are read themselves.

mod text;

use std::sync::OnceLock;

use rustc_hash::FxHashSet;
use steelyard_domain::Tenant;
use uuid::Uuid;

use self::text::{Chunk, Folded, Shelf, Wanted};
use super::query::Query;
use crate::{
    Reader, RowReader, StoreError, Tx, Value, column::Kind::Uuid as UuidKind, merchant::read_tenant, table::Statement,
};

/// Waiting orders read at once while looking through them.
const PENDING_AT_ONCE: i64 = 1_000;
/// Chunks fetched at once, some 8 KiB each.
const CHUNKS_AT_ONCE: i64 = 256;

/// The orders whose buyer's name, name, merchantOrderId or one of whose lines' names contains `q`, whatever the
/// case.
pub(super) async fn matching(reader: &Reader, tenant: Tenant, q: &str) -> Result<Vec<Uuid>, StoreError> {
    let wanted = Wanted::new(q);
    // Those that wait come first: one that is put into a chunk meanwhile is then found twice, not missed.
    let mut found = matching_pending(reader, tenant, &wanted).await?;
    found.extend(matching_chunks(reader, tenant, &wanted).await?);
    // In the order of their ids, which is about that of their rows and those of their payments.
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn matching_pending(reader: &Reader, tenant: Tenant, wanted: &Wanted) -> Result<Vec<Uuid>, StoreError> {
    let sql = "
        SELECT order_id
        FROM search_pending
        WHERE merchant_id = $1 AND mode = $2 AND order_id > $3
        ORDER BY order_id
        LIMIT $4";
    let mut found = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let (merchant, mode) = (tenant.merchant.uuid(), tenant.mode.as_str());
        let parameters = vec![merchant.into(), mode.into(), after.into(), PENDING_AT_ONCE.into()];
        let ids = reader.rows(sql, parameters, |row| row.uuid()).await?;
        let Some(last) = ids.last() else { return Ok(found) };
        after = *last;
        let orders = texts(reader, &ids).await?;
        found.extend(orders.iter().filter(|order| order.shows(wanted)).map(|order| order.order));
    }
}

async fn texts(reader: &Reader, ids: &[Uuid]) -> Result<Vec<Folded>, StoreError> {
    let mut query = Query::new(reader);
    let (relation, join) = (query.ids(ids), query.join());
    let sql = format!(
        "SELECT o.id, o.merchant_order_id, o.name, o.buyer_name FROM {relation} {join} orders o ON o.id = c.id"
    );
    let mut orders = reader.rows(&sql, query.into_parameters(), read_order).await?;
    let mut query = Query::new(reader);
    let (relation, join) = (query.ids(ids), query.join());
    let sql = format!("SELECT l.order_id, l.name FROM {relation} {join} order_line l ON l.order_id = c.id");
    let lines = reader.rows(&sql, query.into_parameters(), read_line).await?;
    text::add_lines(&mut orders, lines);
    Ok(orders)
}

async fn matching_chunks(reader: &Reader, tenant: Tenant, wanted: &Wanted) -> Result<Vec<Uuid>, StoreError> {
    // Both compare bytes, whatever the database's language.
    let find = if reader.is_postgres() { "strpos" } else { "instr" };
    type Read = fn(&mut RowReader<'_>) -> Result<(i64, Vec<Shelf>), StoreError>;
    // What is not ASCII can be in one of the texts only, and the other one stays unread.
    let (texts, contains, read): (_, _, Read) = if wanted.is_plain() {
        ("orders, wide, plain", format!("({find}(wide, $4) > 0 OR {find}(plain, $4) > 0)"), |row| shelves::<2>(row))
    } else {
        ("orders, wide", format!("{find}(wide, $4) > 0"), |row| shelves::<1>(row))
    };
    let sql = format!(
        "SELECT number, {texts}
        FROM search_chunk
        WHERE merchant_id = $1 AND mode = $2 AND number > $3 AND {contains}
        ORDER BY number
        LIMIT {CHUNKS_AT_ONCE}"
    );
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let (merchant, mode) = (tenant.merchant.uuid(), tenant.mode.as_str());
        let parameters = vec![merchant.into(), mode.into(), after.into(), wanted.text.as_str().into()];
        let chunks = reader.rows(&sql, parameters, read).await?;
        for shelf in chunks.iter().flat_map(|(_, shelves)| shelves) {
            found.extend(shelf.showing(wanted));
        }
        let is_last = i64::try_from(chunks.len()).is_ok_and(|count| count < CHUNKS_AT_ONCE);
        match chunks.last() {
            Some((number, _)) if !is_last => after = *number,
            Some(_) | None => return Ok(found),
        }
    }
}

/// A chunk's number, and as many of its texts as were asked for.
fn shelves<const TEXTS: usize>(row: &mut RowReader<'_>) -> Result<(i64, Vec<Shelf>), StoreError> {
    let (number, orders) = (row.int()?, row.bytes()?);
    let mut shelves = Vec::with_capacity(TEXTS);
    for _ in 0..TEXTS {
        let shelf = Shelf::from_stored(row.text()?, orders.clone());
        shelves.push(shelf.ok_or_else(|| row.corrupt("not as many texts as orders"))?);
    }
    Ok((number, shelves))
}

/// Id, merchantOrderId, name and buyer's name.
fn read_order(row: &mut RowReader<'_>) -> Result<Folded, StoreError> {
    let (order, merchant_order_id, name) = (row.uuid()?, row.text()?, row.text()?);
    let buyer = row.opt_text()?;
    Ok(Folded::new(order, [Some(merchant_order_id), Some(name), buyer].into_iter().flatten()))
}

fn read_line(row: &mut RowReader<'_>) -> Result<(Uuid, String), StoreError> {
    Ok((row.uuid()?, row.text()?))
}

fn read_chunk(row: &mut RowReader<'_>) -> Result<Chunk, StoreError> {
    let (wide, plain, orders) = (row.text()?, row.text()?, row.bytes()?);
    Chunk::from_stored(wide, plain, &orders).ok_or_else(|| row.corrupt("not as many texts as orders"))
}

/// Puts the texts of `limit` waiting orders into chunks and says how many that were; nothing is done while
/// fewer wait, so that chunks are not rewritten for an order or two. Called again until it answers 0, within a
/// transaction that the caller has begun. On PostgreSQL two may work at once: each takes other orders.
pub async fn index_pending(tx: &Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let waiting = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM search_pending LIMIT $1) AS p";
    let waiting = tx.rows(waiting, &[limit.into()], |row| row.int()).await?;
    if limit <= 0 || waiting.first().is_none_or(|waiting| *waiting < limit) {
        return Ok(0);
    }
    let taken = tx.rows(take(tx), &[limit.into()], |row| Ok((read_tenant(row)?, row.uuid()?))).await?;
    let keys: Vec<Vec<Value>> = taken.iter().map(|(_, order)| vec![Value::Uuid(*order)]).collect();
    let mut orders = tx.each(order_texts(), &[UuidKind], &keys, read_order).await?;
    let lines = tx.each(line_texts(), &[UuidKind], &keys, read_line).await?;
    text::add_lines(&mut orders, lines);
    // The same order every time, and the newest at the end, where new ones will follow.
    orders.sort_unstable_by_key(|order| order.order);
    let mut tenants: Vec<Tenant> = taken.iter().map(|(tenant, _)| *tenant).collect();
    tenants.sort_unstable();
    tenants.dedup();
    for tenant in tenants {
        let own: FxHashSet<Uuid> = taken.iter().filter(|(of, _)| *of == tenant).map(|(_, order)| *order).collect();
        append(tx, tenant, orders.iter().filter(|order| own.contains(&order.order))).await?;
    }
    Ok(taken.len())
}

const fn take(tx: &Tx<'_>) -> &'static str {
    match tx {
        Tx::Sqlite(_) => {
            "DELETE FROM search_pending
            WHERE (merchant_id, mode, order_id) IN (
                SELECT merchant_id, mode, order_id
                FROM search_pending
                ORDER BY merchant_id, mode, order_id
                LIMIT $1)
            RETURNING merchant_id, mode, order_id"
        }
        Tx::Postgres(_) => {
            // Chosen once: as a subquery it may be run again for every row there is, when the planner thinks that
            // there are few.
            "WITH chosen AS MATERIALIZED (
                SELECT merchant_id, mode, order_id
                FROM search_pending
                ORDER BY merchant_id, mode, order_id
                LIMIT $1
                FOR UPDATE SKIP LOCKED)
            DELETE FROM search_pending AS p
            USING chosen AS c
            WHERE p.merchant_id = c.merchant_id AND p.mode = c.mode AND p.order_id = c.order_id
            RETURNING p.merchant_id, p.mode, p.order_id"
        }
    }
}

fn order_texts() -> &'static Statement {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    STATEMENT.get_or_init(|| {
        let select = "SELECT id, merchant_order_id, name, buyer_name FROM orders";
        Statement {
            sqlite: format!("{select} WHERE id = ?1"),
            postgres: format!("{select} WHERE id = ANY ($1::uuid[])"),
        }
    })
}

fn line_texts() -> &'static Statement {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    STATEMENT.get_or_init(|| {
        let select = "SELECT order_id, name FROM order_line";
        Statement {
            sqlite: format!("{select} WHERE order_id = ?1"),
            postgres: format!("{select} WHERE order_id = ANY ($1::uuid[])"),
        }
    })
}

/// Adds orders to a tenant's last chunk, and to new ones once it is full.
async fn append<'o>(tx: &Tx<'_>, tenant: Tenant, orders: impl Iterator<Item = &'o Folded>) -> Result<(), StoreError> {
    let (merchant, mode) = (Value::Uuid(tenant.merchant.uuid()), Value::from(tenant.mode.as_str()));
    let key = [merchant.clone(), mode.clone()];
    let last = tx.rows(last_chunk(tx), &key, |row| Ok((row.int()?, read_chunk(row)?))).await?;
    let (number, mut chunk) =
        last.into_iter().next().map_or((None, Chunk::default()), |(number, chunk)| (Some(number), chunk));
    let mut full: Vec<Chunk> = Vec::new();
    for order in orders {
        if !chunk.has_room_for(order) {
            full.push(std::mem::take(&mut chunk));
        }
        chunk.push(order);
    }
    full.push(chunk);
    let mut numbers = number.into_iter();
    for chunk in full {
        let (wide, plain, orders) = chunk.into_stored();
        let (wide, plain, orders) = (Value::Text(wide), Value::Text(plain), Value::Bytes(orders));
        match numbers.next() {
            Some(number) => {
                let sql = "UPDATE search_chunk SET wide = $1, plain = $2, orders = $3 WHERE number = $4";
                tx.execute(sql, &[wide, plain, orders, number.into()]).await?;
            }
            None => {
                let sql = "
                    INSERT INTO search_chunk (merchant_id, mode, wide, plain, orders)
                    VALUES ($1, $2, $3, $4, $5)";
                tx.execute(sql, &[merchant.clone(), mode.clone(), wide, plain, orders]).await?;
            }
        }
    }
    Ok(())
}

const fn last_chunk(tx: &Tx<'_>) -> &'static str {
    match tx {
        Tx::Sqlite(_) => {
            "SELECT number, wide, plain, orders
            FROM search_chunk
            WHERE merchant_id = $1 AND mode = $2
            ORDER BY number DESC
            LIMIT 1"
        }
        // One that another instance is filling is left to it.
        Tx::Postgres(_) => {
            "SELECT number, wide, plain, orders
            FROM search_chunk
            WHERE merchant_id = $1 AND mode = $2
            ORDER BY number DESC
            LIMIT 1
            FOR UPDATE SKIP LOCKED"
        }
    }
}
