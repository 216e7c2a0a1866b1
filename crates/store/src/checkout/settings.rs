//! What merchants have settled for their checkouts.

use steelyard_domain::{Tenant, Timestamp, checkout::CheckoutSettings};

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, key, mutable, version},
};

static SETTINGS: Table = Table::with_natural_key(
    "checkout_settings",
    &[
        key("merchant_id", UuidKind),
        key("mode", Text),
        mutable("origins", Text),
        mutable("match_from", Int),
        mutable("updated_at", Int),
        version("version"),
    ],
);
/// Every session looks here, and seldom anything changes: the version keeps two changes apart.
static OF_TENANT: Lookup = Lookup::new(&SETTINGS, &[key("merchant_id", UuidKind), key("mode", Text)], Lock::None);

impl Record for CheckoutSettings {
    fn table() -> &'static Table {
        &SETTINGS
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        write_tenant(&self.tenant, row);
        row.owned(self.origins.join("\n"));
        row.int(self.match_from);
        row.number(self.updated_at.micros());
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            tenant: read_tenant(row)?,
            origins: row.text()?.lines().map(str::to_owned).collect(),
            match_from: row.opt_int()?,
            updated_at: Timestamp::from_micros(row.int()?),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Locked; each key is merchant and mode. Tenants that have settled nothing have no row.
pub async fn checkout_settings_by_tenant(
    tx: &Tx<'_>,
    keys: &[Vec<Value>],
) -> Result<Vec<CheckoutSettings>, StoreError> {
    tx.find_by(&OF_TENANT, keys).await
}

pub async fn checkout_settings(reader: &Reader, tenant: Tenant) -> Result<Option<CheckoutSettings>, StoreError> {
    let sql =
        format!("SELECT {} FROM checkout_settings WHERE merchant_id = $1 AND mode = $2", SETTINGS.column_list(""));
    let parameters = vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, CheckoutSettings::read).await
}
