//! Cards that payers keep. What is sealed in them is bytes to this crate.

use std::sync::OnceLock;

use steelyard_domain::{Mode, PayerId, Timestamp, VaultCardId, vault::VaultCard};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Bytes, Int, Text, Uuid as UuidKind},
    record::RowWriterExt as _,
    table::{Statement, Table, fixed, key, mutable, version},
};

static VAULT_CARD: Table = Table::new(
    "vault_card",
    &[
        key("id", UuidKind),
        fixed("payer_id", UuidKind),
        fixed("mode", Text),
        fixed("brand", Text),
        fixed("issuer", Text),
        fixed("bin", Text),
        fixed("last4", Text),
        fixed("expiry_month", Int),
        fixed("expiry_year", Int),
        mutable("key_version", Int),
        mutable("sealed", Bytes),
        mutable("nickname", Text),
        fixed("created_at", Int),
        mutable("removed_at", Int),
        version("version"),
    ],
);

impl Record for VaultCard {
    fn table() -> &'static Table {
        &VAULT_CARD
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        row.id(self.payer.uuid());
        row.str(self.mode.as_str());
        row.str(&self.brand);
        row.str(&self.issuer);
        row.str(&self.bin);
        row.str(&self.last4);
        row.number(i64::from(self.expiry_month));
        row.number(i64::from(self.expiry_year));
        row.number(i64::from(self.key_version));
        row.bytes(self.sealed.as_deref());
        row.opt_str(self.nickname.as_deref());
        row.number(self.created_at.micros());
        row.int(self.removed_at.map(Timestamp::micros));
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: VaultCardId::from_uuid(row.uuid()?),
            payer: PayerId::from_uuid(row.uuid()?),
            mode: row.parsed(Mode::parse)?,
            brand: row.text()?,
            issuer: row.text()?,
            bin: row.text()?,
            last4: row.text()?,
            expiry_month: small(row)?,
            expiry_year: small(row)?,
            key_version: small(row)?,
            sealed: row.opt_bytes()?,
            nickname: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
            removed_at: row.opt_int()?.map(Timestamp::from_micros),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

fn small<T: TryFrom<i64>>(row: &mut RowReader<'_>) -> Result<T, StoreError> {
    T::try_from(row.int()?).map_err(|_| row.corrupt("too large a number"))
}

/// What these payers keep, removed cards left out. The payers' locks hold them.
pub async fn vault_cards_of_payers(tx: &Tx<'_>, payers: &[Uuid]) -> Result<Vec<VaultCard>, StoreError> {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    let statement = STATEMENT.get_or_init(|| {
        let select = format!("SELECT {} FROM vault_card", VAULT_CARD.column_list(""));
        Statement {
            sqlite: format!("{select} WHERE payer_id = ?1 AND removed_at IS NULL"),
            postgres: format!("{select} WHERE payer_id = ANY ($1::uuid[]) AND removed_at IS NULL"),
        }
    });
    let keys: Vec<Vec<Value>> = payers.iter().map(|id| vec![Value::Uuid(*id)]).collect();
    tx.each(statement, &[UuidKind], &keys, VaultCard::read).await
}

/// What a payer keeps, oldest first.
pub async fn vault_cards(reader: &Reader, payer: PayerId) -> Result<Vec<VaultCard>, StoreError> {
    let sql = format!(
        "SELECT {} FROM vault_card WHERE payer_id = $1 AND removed_at IS NULL ORDER BY created_at, id",
        VAULT_CARD.column_list("")
    );
    reader.rows(&sql, vec![payer.uuid().into()], VaultCard::read).await
}

/// A payer's own card, a removed one too.
pub async fn vault_card(reader: &Reader, payer: PayerId, id: VaultCardId) -> Result<Option<VaultCard>, StoreError> {
    let sql = format!("SELECT {} FROM vault_card WHERE id = $1 AND payer_id = $2", VAULT_CARD.column_list(""));
    reader.row(&sql, vec![id.uuid().into(), payer.uuid().into()], VaultCard::read).await
}

/// Cards that are sealed with another key than this one, by id, after `after`.
pub async fn vault_cards_not_sealed_with(
    reader: &Reader,
    key_version: u32,
    after: Option<VaultCardId>,
    limit: i64,
) -> Result<Vec<VaultCard>, StoreError> {
    let sql = format!(
        "SELECT {}
        FROM vault_card
        WHERE sealed IS NOT NULL AND key_version <> $1 AND id > $2
        ORDER BY id
        LIMIT $3",
        VAULT_CARD.column_list("")
    );
    let after = after.map_or(Uuid::nil(), VaultCardId::uuid);
    reader.rows(&sql, vec![i64::from(key_version).into(), after.into(), limit.into()], VaultCard::read).await
}
