//! Sellers.

use steelyard_domain::{
    SellerId, Tenant, Timestamp,
    seller::{Seller, SellerKind},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Bool, Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    record::RowWriterExt as _,
    table::{Lock, Lookup, Statement, Table, fixed, key, mutable},
};

static SELLER: Table = Table::new(
    "seller",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        mutable("name", Text),
        mutable("kind", Text),
        mutable("withholding", Bool),
        mutable("bank", Text),
        mutable("account_number", Text),
        mutable("account_holder", Text),
        fixed("is_default", Bool),
        fixed("created_at", Int),
    ],
);
static BY_ID: Lookup = Lookup::new(&SELLER, &[key("id", UuidKind)], Lock::None);

const SELECT: &str = "
    SELECT id, merchant_id, mode, name, kind, withholding, bank, account_number, account_holder, is_default, created_at
    FROM seller";

impl Record for Seller {
    fn table() -> &'static Table {
        &SELLER
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(&self.name);
        row.str(self.kind.as_str());
        row.flag(self.withholding);
        row.opt_str(self.bank.as_deref());
        row.opt_str(self.account_number.as_deref());
        row.opt_str(self.account_holder.as_deref());
        row.flag(self.is_default);
        row.number(self.created_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: SellerId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            name: row.text()?,
            kind: row.parsed(SellerKind::parse)?,
            withholding: row.bool()?,
            bank: row.opt_text()?,
            account_number: row.opt_text()?,
            account_holder: row.opt_text()?,
            is_default: row.bool()?,
            created_at: Timestamp::from_micros(row.int()?),
        })
    }
}

pub async fn sellers_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<Seller>, StoreError> {
    tx.find(&BY_ID, ids).await
}

/// The default sellers of the merchants, one a mode.
pub async fn default_sellers(tx: &Tx<'_>, merchants: &[Uuid]) -> Result<Vec<Seller>, StoreError> {
    static STATEMENT: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();
    let statement = STATEMENT.get_or_init(|| Statement {
        sqlite: format!("{SELECT} WHERE merchant_id = ?1 AND is_default"),
        postgres: format!("{SELECT} WHERE merchant_id = ANY ($1::uuid[]) AND is_default"),
    });
    let keys: Vec<Vec<Value>> = merchants.iter().map(|id| vec![Value::Uuid(*id)]).collect();
    tx.each(statement, &[UuidKind], &keys, Seller::read).await
}

pub async fn seller(reader: &Reader, tenant: Tenant, id: SellerId) -> Result<Option<Seller>, StoreError> {
    let sql = format!("{SELECT} WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    let parameters = vec![id.uuid().into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, Seller::read).await
}

/// One page of a tenant's sellers, newest first, after `cursor`.
pub async fn sellers(
    reader: &Reader,
    tenant: Tenant,
    cursor: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<Seller>, StoreError> {
    let (created_at, id) = cursor.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "{SELECT} WHERE merchant_id = $1 AND mode = $2 AND (created_at, id) < ($3, $4)
        ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    let tenant = (tenant.merchant.uuid(), tenant.mode.as_str());
    let parameters = vec![tenant.0.into(), tenant.1.into(), created_at.into(), id.into(), limit.into()];
    reader.rows(&sql, parameters, Seller::read).await
}
