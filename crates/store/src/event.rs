//! Events: what happened, in the commit in which it happened, and their places in commit order.

use steelyard_domain::{EventId, Tenant, Timestamp};

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    record::RowWriterExt as _,
    table::{Statement, Table, fixed, key},
};

/// An event as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    pub id: EventId,
    pub tenant: Tenant,
    /// As in `payment.captured`.
    pub kind: String,
    /// The `TypeID` of the object it is about.
    pub object: String,
    /// The object's version after it.
    pub version: i64,
    pub created_at: Timestamp,
    /// The object, as JSON.
    pub data: String,
}

static EVENT: Table = Table::new(
    "event",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("type", Text),
        fixed("object_id", Text),
        fixed("version", Int),
        fixed("created_at", Int),
        fixed("data", Text),
    ],
);

impl Record for EventRecord {
    fn table() -> &'static Table {
        &EVENT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(&self.kind);
        row.str(&self.object);
        row.number(self.version);
        row.number(self.created_at.micros());
        row.str(&self.data);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: EventId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            kind: row.text()?,
            object: row.text()?,
            version: row.int()?,
            created_at: Timestamp::from_micros(row.int()?),
            data: row.text()?,
        })
    }
}

/// A tenant's events with their positions: after `after` in ascending order, or below `before` in descending.
pub async fn events(
    reader: &Reader,
    tenant: Tenant,
    types: &[String],
    window: Window,
    limit: i64,
) -> Result<Vec<(i64, EventRecord)>, StoreError> {
    let (bound, edge, direction) = match window {
        Window::After(position) => (">", position, "ASC"),
        Window::Before(position) => ("<", position, "DESC"),
    };
    let mut parameters: Vec<Value> = vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into(), edge.into()];
    let mut only = String::new();
    if !types.is_empty() {
        let marks: Vec<String> = types
            .iter()
            .map(|kind| {
                parameters.push(kind.as_str().into());
                format!("${}", parameters.len())
            })
            .collect();
        only = format!("AND e.type IN ({})", marks.join(", "));
    }
    parameters.push(limit.into());
    // On SQLite an event's number is its position; through the view, it would sort the tenant's events first.
    let (position, from) = if reader.is_postgres() {
        ("p.position", "event_position p JOIN event e ON e.seq = p.seq")
    } else {
        ("e.seq", "event e")
    };
    let sql = format!(
        "SELECT {position}, {}
        FROM {from}
        WHERE e.merchant_id = $1 AND e.mode = $2 AND {position} {bound} $3 {only}
        ORDER BY {position} {direction}
        LIMIT ${}",
        EVENT.column_list("e."),
        parameters.len()
    );
    reader.rows(&sql, parameters, |row| Ok((row.int()?, EventRecord::read(row)?))).await
}

/// Which side of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    After(i64),
    Before(i64),
}

/// The position of the newest event that has one, 0 if there is none.
pub async fn newest_position(reader: &Reader) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(position), 0) FROM event_position";
    Ok(reader.row(sql, Vec::new(), |row| row.int()).await?.unwrap_or(0))
}

/// The last position given, 0 if none.
pub async fn last_position(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(position), 0) FROM event_position";
    Ok(tx.rows(sql, &[], |row| row.int()).await?.into_iter().next().unwrap_or(0))
}

/// Numbers above `above` of events that are visible and have no position, ascending. PostgreSQL only: on
/// SQLite a row's number is its position.
pub async fn unpositioned(tx: &Tx<'_>, above: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "
        SELECT e.seq
        FROM event e
        WHERE e.seq > $1 AND NOT EXISTS (SELECT 1 FROM event_position p WHERE p.seq = e.seq)
        ORDER BY e.seq
        LIMIT $2";
    tx.rows(sql, &[above.into(), limit.into()], |row| row.int()).await
}

/// Gives positions to events: pairs of position and number. PostgreSQL only.
#[must_use]
pub fn insert_positions() -> &'static Statement {
    static STATEMENT: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();
    STATEMENT.get_or_init(|| Statement {
        // A view there: the statement is never run.
        sqlite: String::from("SELECT ?1, ?2 WHERE FALSE"),
        postgres: String::from(
            "INSERT INTO event_position (position, seq) SELECT position, seq FROM UNNEST($1::bigint[], $2::bigint[]) AS u (position, seq)",
        ),
    })
}
