//! Checkout sessions, what merchants have settled for them, and tickets that were used.

mod settings;
mod ticket;

pub use settings::{checkout_settings, checkout_settings_by_tenant};
use steelyard_domain::{
    CheckoutSessionId, Mode, OrderId, PayerId, Timestamp,
    checkout::{Binding, CheckoutMethod, CheckoutSession, Locale, Purpose, QrCode, SessionStatus},
};
pub use ticket::{purge_tickets, use_ticket};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    order::marks,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static SESSION: Table = Table::new(
    "checkout_session",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("order_id", UuidKind),
        fixed("purpose", Text),
        mutable("status", Text),
        fixed("methods", Text),
        fixed("locale", Text),
        fixed("success_url", Text),
        fixed("cancel_url", Text),
        fixed("match_from", Int),
        mutable("extensions", Int),
        mutable("qr_generation", Int),
        mutable("qr_short_code", Text),
        mutable("qr_match_number", Int),
        mutable("qr_expires_at", Int),
        mutable("payer_id", UuidKind),
        mutable("payer_label", Text),
        mutable("payer_until", Int),
        fixed("metadata", Text),
        fixed("created_at", Int),
        mutable("opened_at", Int),
        mutable("completed_at", Int),
        version("version"),
    ],
);
// Not locked: who holds the lock of its order holds the session.
static BY_ID: Lookup = Lookup::new(&SESSION, &[key("id", UuidKind)], Lock::None);

impl Record for CheckoutSession {
    fn table() -> &'static Table {
        &SESSION
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.id(self.order.uuid());
        row.str(self.purpose.as_str());
        row.str(self.status.as_str());
        row.owned(CheckoutMethod::write_list(&self.methods));
        row.str(self.locale.as_str());
        row.opt_str(self.success_url.as_deref());
        row.opt_str(self.cancel_url.as_deref());
        row.int(self.match_from);
        row.number(self.extensions);
        let qr = self.qr.as_ref();
        row.int(qr.map(|qr| qr.generation));
        row.opt_str(qr.map(|qr| qr.short_code.as_str()));
        row.int(qr.and_then(|qr| qr.match_number));
        row.int(qr.map(|qr| qr.expires_at.micros()));
        let binding = qr.and_then(|qr| qr.binding.as_ref());
        row.uuid(binding.map(|binding| binding.payer.uuid()));
        row.opt_str(binding.map(|binding| binding.label.as_str()));
        row.int(binding.map(|binding| binding.until.micros()));
        row.opt_str(self.metadata.as_deref());
        row.number(self.created_at.micros());
        row.int(self.opened_at.map(Timestamp::micros));
        row.int(self.completed_at.map(Timestamp::micros));
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: CheckoutSessionId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            order: OrderId::from_uuid(row.uuid()?),
            purpose: row.parsed(Purpose::parse)?,
            status: row.parsed(SessionStatus::parse)?,
            methods: row.parsed(CheckoutMethod::read_list)?,
            locale: row.parsed(Locale::parse)?,
            success_url: row.opt_text()?,
            cancel_url: row.opt_text()?,
            match_from: row.opt_int()?,
            extensions: row.int()?,
            qr: read_qr(row)?,
            metadata: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
            opened_at: row.opt_int()?.map(Timestamp::from_micros),
            completed_at: row.opt_int()?.map(Timestamp::from_micros),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

fn read_qr(row: &mut RowReader<'_>) -> Result<Option<QrCode>, StoreError> {
    let (generation, short_code) = (row.opt_int()?, row.opt_text()?);
    let (match_number, expires_at) = (row.opt_int()?, row.opt_int()?);
    let (payer, label, until) = (row.opt_uuid()?, row.opt_text()?, row.opt_int()?);
    let (Some(generation), Some(short_code), Some(expires_at)) = (generation, short_code, expires_at) else {
        return Ok(None);
    };
    let binding = match (payer, until) {
        (Some(payer), Some(until)) => Some(Binding {
            payer: PayerId::from_uuid(payer),
            label: label.unwrap_or_default(),
            until: Timestamp::from_micros(until),
        }),
        (Some(_), None) | (None, Some(_) | None) => None,
    };
    let expires_at = Timestamp::from_micros(expires_at);
    Ok(Some(QrCode { generation, short_code, match_number, expires_at, binding }))
}

/// Sessions of orders whose locks are held.
pub async fn checkout_sessions_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<CheckoutSession>, StoreError> {
    tx.find(&BY_ID, ids).await
}

/// A session of any tenant: whoever asks must show its secret, or be its merchant.
pub async fn checkout_session(reader: &Reader, id: CheckoutSessionId) -> Result<Option<CheckoutSession>, StoreError> {
    let sql = format!("SELECT {} FROM checkout_session WHERE id = $1", SESSION.column_list(""));
    reader.row(&sql, vec![id.uuid().into()], CheckoutSession::read).await
}

/// The open sessions that show this code; more than one only by a chance of one in millions.
pub async fn checkout_sessions_by_short_code(
    reader: &Reader,
    mode: Mode,
    short_code: &str,
) -> Result<Vec<CheckoutSession>, StoreError> {
    let sql = format!(
        "SELECT {} FROM checkout_session
        WHERE qr_short_code = $1 AND mode = $2 AND status = 'open'
        ORDER BY id DESC
        LIMIT 8",
        SESSION.column_list("")
    );
    reader.rows(&sql, vec![short_code.into(), mode.as_str().into()], CheckoutSession::read).await
}

/// What tells that a buyer's page is out of date: the versions of a session and its order, and those of its payment and
/// all of its attempts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckoutVersions {
    pub session: CheckoutSessionId,
    pub versions: (i64, i64, i64),
}

/// The versions behind each of some sessions, in no order.
pub async fn checkout_versions(
    reader: &Reader,
    sessions: &[CheckoutSessionId],
) -> Result<Vec<CheckoutVersions>, StoreError> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(sessions.iter().map(|session| session.uuid()));
    let sql = format!(
        "SELECT s.id, s.version, o.version, COALESCE(p.version, 0)
            + COALESCE((SELECT CAST(SUM(a.version) AS BIGINT) FROM attempt a WHERE a.order_id = s.order_id), 0)
        FROM checkout_session s
        JOIN orders o ON o.id = s.order_id
        LEFT JOIN payment p ON p.order_id = s.order_id
        WHERE s.id IN ({marks})"
    );
    let read = |row: &mut RowReader<'_>| {
        let session = CheckoutSessionId::from_uuid(row.uuid()?);
        Ok(CheckoutVersions { session, versions: (row.int()?, row.int()?, row.int()?) })
    };
    reader.rows(&sql, parameters, read).await
}
