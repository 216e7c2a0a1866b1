//! Idempotency records: one per tenant, operation and key.

use steelyard_domain::{IdempotencyId, Tenant, Timestamp};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Bytes, Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable},
};

/// Rows forgotten at a time: commits wait for it.
pub const PURGE_MAX: i64 = 2_000;

/// Whether the answer is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyState {
    Running,
    Done,
}

impl IdempotencyState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Done].into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    pub id: IdempotencyId,
    pub tenant: Tenant,
    pub operation: String,
    pub key: String,
    /// SHA-256 of the canonical request.
    pub request_hash: Vec<u8>,
    pub state: IdempotencyState,
    /// The payment, order or refund the request is about, once there is one.
    pub object: Option<Uuid>,
    /// The HTTP status to replay.
    pub status: Option<i64>,
    /// The body to replay.
    pub answer: Option<Uuid>,
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

static IDEMPOTENCY: Table = Table::with_natural_key(
    "idempotency",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("operation", Text),
        fixed("key", Text),
        fixed("request_hash", Bytes),
        mutable("state", Text),
        mutable("object_id", UuidKind),
        mutable("status", Int),
        mutable("answer_id", UuidKind),
        fixed("created_at", Int),
        mutable("completed_at", Int),
    ],
);
static BY_ID: Lookup = Lookup::new(&IDEMPOTENCY, &[key("id", UuidKind)], Lock::None);

impl Record for IdempotencyRecord {
    fn table() -> &'static Table {
        &IDEMPOTENCY
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(&self.operation);
        row.str(&self.key);
        row.bytes(Some(&self.request_hash));
        row.str(self.state.as_str());
        row.uuid(self.object);
        row.int(self.status);
        row.uuid(self.answer);
        row.number(self.created_at.micros());
        row.int(self.completed_at.map(Timestamp::micros));
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: IdempotencyId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            operation: row.text()?,
            key: row.text()?,
            request_hash: row.bytes()?,
            state: row.parsed(IdempotencyState::parse)?,
            object: row.opt_uuid()?,
            status: row.opt_int()?,
            answer: row.opt_uuid()?,
            created_at: Timestamp::from_micros(row.int()?),
            completed_at: row.opt_int()?.map(Timestamp::from_micros),
        })
    }
}

/// The body of an answer, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub id: Uuid,
    pub body: String,
}

static ANSWER: Table = Table::new("answer", &[key("id", UuidKind), fixed("body", Text)]);
static ANSWER_BY_ID: Lookup = Lookup::new(&ANSWER, &[key("id", UuidKind)], Lock::None);

impl Record for StoredAnswer {
    fn table() -> &'static Table {
        &ANSWER
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id);
        row.str(&self.body);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self { id: row.uuid()?, body: row.text()? })
    }
}

pub async fn answers_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<StoredAnswer>, StoreError> {
    tx.find(&ANSWER_BY_ID, ids).await
}

pub async fn idempotency_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<IdempotencyRecord>, StoreError> {
    tx.find(&BY_ID, ids).await
}

pub async fn idempotency_record(reader: &Reader, id: IdempotencyId) -> Result<Option<IdempotencyRecord>, StoreError> {
    let sql = format!("SELECT {} FROM idempotency WHERE id = $1", IDEMPOTENCY.column_list(""));
    reader.row(&sql, vec![id.uuid().into()], IdempotencyRecord::read).await
}

/// Lets go of keys whose request came to nothing, so that the same key may be tried again.
pub async fn release(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), StoreError> {
    for id in ids {
        let sql = "DELETE FROM idempotency WHERE id = $1 AND state = 'running'";
        tx.execute(sql, &[(*id).into()]).await?;
    }
    Ok(())
}

/// Forgets keys older than `before` with their answers, at most [`PURGE_MAX`] of them: ask again while it is that
/// many. A running record is never forgotten: its outcome is not known.
pub async fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let parameters = [before.micros().into(), PURGE_MAX.into()];
    match tx {
        // Rows lie in the order in which they came, so the first ones are the oldest. Four times as many are
        // looked at, for the running ones among them, and never the whole table.
        Tx::Sqlite(_) => {
            let answers = "
                DELETE FROM answer
                WHERE id IN (
                    SELECT answer_id
                    FROM (SELECT rowid AS number, state, created_at, answer_id
                        FROM idempotency ORDER BY rowid LIMIT 4 * $2)
                    WHERE state = 'done' AND created_at < $1
                    ORDER BY number
                    LIMIT $2)";
            tx.execute(answers, &parameters).await?;
            let keys = "
                DELETE FROM idempotency
                WHERE rowid IN (
                    SELECT number
                    FROM (SELECT rowid AS number, state, created_at FROM idempotency ORDER BY rowid LIMIT 4 * $2)
                    WHERE state = 'done' AND created_at < $1
                    ORDER BY number
                    LIMIT $2)";
            tx.execute(keys, &parameters).await
        }
        Tx::Postgres(_) => {
            let sql = "
                WITH forgotten AS (
                    DELETE FROM idempotency
                    WHERE id IN (
                        SELECT id
                        FROM idempotency
                        WHERE state = 'done' AND created_at < $1
                        ORDER BY created_at
                        LIMIT $2)
                    RETURNING answer_id),
                answers AS (DELETE FROM answer WHERE id IN (SELECT answer_id FROM forgotten))
                SELECT COUNT(*) FROM forgotten";
            let forgotten = tx.rows(sql, &parameters, |row| row.int()).await?;
            Ok(forgotten.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
        }
    }
}
