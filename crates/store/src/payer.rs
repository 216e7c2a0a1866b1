//! Payers.

mod history;
mod session;
mod top_up;
mod vault_card;

pub use history::{PayerMove, payer_history, payment_of_payer};
pub use session::{purge_sessions, revoke_session, session};
use steelyard_domain::{
    Mode, PayerId, Timestamp,
    payer::{Payer, Tries},
};
pub use top_up::{TopUpUnderWay, top_ups_under_way};
use uuid::Uuid;
pub use vault_card::{vault_card, vault_cards, vault_cards_not_sealed_with, vault_cards_of_payers};

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Int, Text, Uuid as UuidKind},
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static PAYER: Table = Table::with_natural_key(
    "payer",
    &[
        key("id", UuidKind),
        fixed("mode", Text),
        fixed("email", Text),
        mutable("name", Text),
        mutable("password_hash", Text),
        mutable("pin_hash", Text),
        mutable("pin_failures", Int),
        mutable("pin_locked_until", Int),
        mutable("sign_in_failures", Int),
        mutable("sign_in_locked_until", Int),
        fixed("created_at", Int),
        version("version"),
    ],
);
static BY_ID: Lookup = Lookup::new(&PAYER, &[key("id", UuidKind)], Lock::ForUpdate);
static BY_EMAIL: Lookup = Lookup::new(&PAYER, &[key("mode", Text), key("email", Text)], Lock::None);

impl Record for Payer {
    fn table() -> &'static Table {
        &PAYER
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        row.str(self.mode.as_str());
        row.str(&self.email);
        row.str(&self.name);
        row.str(&self.password_hash);
        row.str(&self.pin_hash);
        for tries in [&self.pin, &self.sign_in] {
            row.number(tries.failures);
            row.int(tries.locked_until.map(Timestamp::micros));
        }
        row.number(self.created_at.micros());
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: PayerId::from_uuid(row.uuid()?),
            mode: row.parsed(Mode::parse)?,
            email: row.text()?,
            name: row.text()?,
            password_hash: row.text()?,
            pin_hash: row.text()?,
            pin: read_tries(row)?,
            sign_in: read_tries(row)?,
            created_at: Timestamp::from_micros(row.int()?),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

fn read_tries(row: &mut RowReader<'_>) -> Result<Tries, StoreError> {
    Ok(Tries { failures: row.int()?, locked_until: row.opt_int()?.map(Timestamp::from_micros) })
}

/// Locked in the order of their ids. Who holds a payer's lock holds their cards.
pub async fn payers_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<Payer>, StoreError> {
    tx.find(&BY_ID, ids).await
}

/// Payers by mode and e-mail, not locked: an e-mail never moves to another payer.
pub async fn payers_by_email(tx: &Tx<'_>, names: &[Vec<Value>]) -> Result<Vec<Payer>, StoreError> {
    tx.find_by(&BY_EMAIL, names).await
}

pub async fn payer(reader: &Reader, id: PayerId) -> Result<Option<Payer>, StoreError> {
    let sql = format!("SELECT {} FROM payer WHERE id = $1", PAYER.column_list(""));
    reader.row(&sql, vec![id.uuid().into()], Payer::read).await
}

pub async fn payer_by_email(reader: &Reader, mode: Mode, email: &str) -> Result<Option<Payer>, StoreError> {
    let sql = format!("SELECT {} FROM payer WHERE mode = $1 AND email = $2", PAYER.column_list(""));
    reader.row(&sql, vec![mode.as_str().into(), email.into()], Payer::read).await
}
