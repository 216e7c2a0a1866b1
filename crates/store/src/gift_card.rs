//! Gift cards. Of a code only its HMAC is known here.

use steelyard_domain::{
    Currency, GiftCardId, PayerId, Tenant, Timestamp,
    gift_card::{GiftCard, GiftCardKind, GiftCardState},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Bytes, Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    reach::Reach,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static GIFT_CARD: Table = Table::new(
    "gift_card",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("code_hash", Bytes),
        fixed("kind", Text),
        mutable("state", Text),
        fixed("currency", Text),
        fixed("amount", Int),
        fixed("issued_at", Int),
        fixed("expires_at", Int),
        mutable("redeemed_by", UuidKind),
        mutable("redeemed_at", Int),
        version("version"),
    ],
);
static BY_ID: Lookup = Lookup::new(&GIFT_CARD, &[key("id", UuidKind)], Lock::ForUpdate);
static BY_CODE: Lookup = Lookup::new(&GIFT_CARD, &[key("code_hash", Bytes)], Lock::None);

impl Record for GiftCard {
    fn table() -> &'static Table {
        &GIFT_CARD
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.bytes(Some(&self.code_hash));
        row.str(self.kind.as_str());
        row.str(self.state.as_str());
        row.str(self.currency.code());
        row.number(self.amount);
        row.number(self.issued_at.micros());
        row.int(self.expires_at.map(Timestamp::micros));
        row.uuid(self.redeemed_by.map(PayerId::uuid));
        row.int(self.redeemed_at.map(Timestamp::micros));
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: GiftCardId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            code_hash: row.bytes()?,
            kind: row.parsed(GiftCardKind::parse)?,
            state: row.parsed(GiftCardState::parse)?,
            currency: row.parsed(Currency::parse)?,
            amount: row.int()?,
            issued_at: Timestamp::from_micros(row.int()?),
            expires_at: row.opt_int()?.map(Timestamp::from_micros),
            redeemed_by: row.opt_uuid()?.map(PayerId::from_uuid),
            redeemed_at: row.opt_int()?.map(Timestamp::from_micros),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Locked in the order of their ids.
pub async fn gift_cards_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<GiftCard>, StoreError> {
    tx.find(&BY_ID, ids).await
}

/// By the hashes of their codes, not locked: a code never moves to another card.
pub async fn gift_cards_by_code(tx: &Tx<'_>, hashes: &[Vec<Value>]) -> Result<Vec<GiftCard>, StoreError> {
    tx.find_by(&BY_CODE, hashes).await
}

/// One page of a tenant's cards, newest first, after `cursor`.
pub async fn gift_cards(
    reader: &Reader,
    tenant: Tenant,
    cursor: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<GiftCard>, StoreError> {
    let (issued_at, id) = cursor.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "SELECT {}
        FROM gift_card
        WHERE merchant_id = $1 AND mode = $2 AND (issued_at, id) < ($3, $4)
        ORDER BY issued_at DESC, id DESC
        LIMIT $5",
        GIFT_CARD.column_list("")
    );
    let tenant = (tenant.merchant.uuid(), tenant.mode.as_str());
    let parameters = vec![tenant.0.into(), tenant.1.into(), issued_at.into(), id.into(), limit.into()];
    reader.rows(&sql, parameters, GiftCard::read).await
}

/// Issued cards that are over as far as `reach`, the earliest first, after `after`.
pub async fn expiring_gift_cards(
    reader: &Reader,
    reach: Reach,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<GiftCard>, StoreError> {
    let (expires_at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let mut parameters = vec![reach.until.micros().into(), expires_at.into(), id.into(), limit.into()];
    let whose = reach.condition("", &mut parameters);
    let sql = format!(
        "SELECT {}
        FROM gift_card
        WHERE state = 'issued' AND expires_at IS NOT NULL AND expires_at <= $1 AND (expires_at, id) > ($2, $3)
            {whose}
        ORDER BY expires_at, id
        LIMIT $4",
        GIFT_CARD.column_list("")
    );
    reader.rows(&sql, parameters, GiftCard::read).await
}
