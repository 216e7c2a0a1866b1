//! Merchants, their API keys and fee policies.

use steelyard_domain::{
    ApiKeyId, FeePolicyId, MerchantId, Mode, Rate, Span, Tenant, Timestamp,
    fee::{FeePolicy, FeeTerms, RefundFee},
    merchant::{ApiKey, KeyKind, Merchant, MerchantStatus, Scope},
    method::{ConnectorName, MethodType},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Bytes, Int, Text, Uuid as UuidKind},
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

/// Reads `merchant_id, mode`, which lead most tables.
pub(crate) fn read_tenant(row: &mut RowReader<'_>) -> Result<Tenant, StoreError> {
    Ok(Tenant { merchant: MerchantId::from_uuid(row.uuid()?), mode: row.parsed(Mode::parse)? })
}

pub(crate) fn write_tenant(tenant: &Tenant, row: &mut dyn RowWriter<'_>) {
    row.id(tenant.merchant.uuid());
    row.str(tenant.mode.as_str());
}

static MERCHANT: Table = Table::new(
    "merchant",
    &[
        key("id", UuidKind),
        mutable("name", Text),
        mutable("status", Text),
        mutable("connector", Text),
        // Moved by whoever read where it stood: two who move it at once both count.
        version("test_clock_ahead"),
        fixed("created_at", Int),
    ],
);
static MERCHANT_BY_ID: Lookup = Lookup::new(&MERCHANT, &[key("id", UuidKind)], Lock::None);

impl Record for Merchant {
    fn table() -> &'static Table {
        &MERCHANT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        row.str(&self.name);
        row.str(self.status.as_str());
        row.str(self.connector.as_str());
        row.number(self.test_clock_ahead.micros());
        row.number(self.created_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: MerchantId::from_uuid(row.uuid()?),
            name: row.text()?,
            status: row.parsed(MerchantStatus::parse)?,
            connector: row.parsed(ConnectorName::parse)?,
            test_clock_ahead: Span::from_micros(row.int()?),
            created_at: Timestamp::from_micros(row.int()?),
        })
    }
}

pub async fn merchants_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<Merchant>, StoreError> {
    tx.find(&MERCHANT_BY_ID, ids).await
}

pub async fn merchant(reader: &Reader, id: MerchantId) -> Result<Option<Merchant>, StoreError> {
    let sql = "SELECT id, name, status, connector, test_clock_ahead, created_at FROM merchant WHERE id = $1";
    reader.row(sql, vec![id.uuid().into()], Merchant::read).await
}

/// All merchants, oldest first.
pub async fn merchants(reader: &Reader) -> Result<Vec<Merchant>, StoreError> {
    let sql = "SELECT id, name, status, connector, test_clock_ahead, created_at FROM merchant ORDER BY id";
    reader.rows(sql, Vec::new(), Merchant::read).await
}

/// Those whose test clock is not the time, in no order: few, if any.
pub async fn merchants_ahead(reader: &Reader) -> Result<Vec<Merchant>, StoreError> {
    let sql =
        "SELECT id, name, status, connector, test_clock_ahead, created_at FROM merchant WHERE test_clock_ahead > 0";
    reader.rows(sql, Vec::new(), Merchant::read).await
}

static API_KEY: Table = Table::new(
    "api_key",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("kind", Text),
        fixed("scopes", Text),
        fixed("hash", Bytes),
        fixed("hint", Text),
        fixed("api_version", Text),
        fixed("rate_limit", Int),
        fixed("created_at", Int),
        mutable("expires_at", Int),
        mutable("revoked_at", Int),
        mutable("rotated_to", UuidKind),
    ],
);
static API_KEY_BY_ID: Lookup = Lookup::new(&API_KEY, &[key("id", UuidKind)], Lock::ForUpdate);

const SELECT_API_KEY: &str = "
    SELECT id, merchant_id, mode, kind, scopes, hash, hint, api_version, rate_limit, created_at, expires_at,
        revoked_at, rotated_to
    FROM api_key";

impl Record for ApiKey {
    fn table() -> &'static Table {
        &API_KEY
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(self.kind.as_str());
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        row.owned(scopes.join(" "));
        row.bytes(Some(&self.hash));
        row.str(&self.hint);
        row.str(&self.api_version);
        row.int(self.rate_limit);
        row.number(self.created_at.micros());
        row.int(self.expires_at.map(Timestamp::micros));
        row.int(self.revoked_at.map(Timestamp::micros));
        row.uuid(self.rotated_to.map(ApiKeyId::uuid));
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: ApiKeyId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            kind: row.parsed(KeyKind::parse)?,
            scopes: row.parsed(|text| text.split_whitespace().map(Scope::parse).collect())?,
            hash: row.bytes()?,
            hint: row.text()?,
            api_version: row.text()?,
            rate_limit: row.opt_int()?,
            created_at: Timestamp::from_micros(row.int()?),
            expires_at: row.opt_int()?.map(Timestamp::from_micros),
            revoked_at: row.opt_int()?.map(Timestamp::from_micros),
            rotated_to: row.opt_uuid()?.map(ApiKeyId::from_uuid),
        })
    }
}

pub async fn api_keys_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<ApiKey>, StoreError> {
    tx.find(&API_KEY_BY_ID, ids).await
}

pub async fn api_key(reader: &Reader, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    reader.row(&format!("{SELECT_API_KEY} WHERE id = $1"), vec![id.uuid().into()], ApiKey::read).await
}

/// A tenant's keys, newest first, revoked ones included.
pub async fn api_keys(reader: &Reader, tenant: Tenant) -> Result<Vec<ApiKey>, StoreError> {
    let sql = format!("{SELECT_API_KEY} WHERE merchant_id = $1 AND mode = $2 ORDER BY created_at DESC, id DESC");
    let parameters = vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.rows(&sql, parameters, ApiKey::read).await
}

static FEE_POLICY: Table = Table::new(
    "fee_policy",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("rate", Int),
        fixed("fixed", Int),
        fixed("refund_fee", Text),
        fixed("method", Text),
        fixed("effective_from", Int),
        fixed("created_at", Int),
    ],
);
static FEE_POLICY_BY_MERCHANT: Lookup = Lookup::new(&FEE_POLICY, &[key("merchant_id", UuidKind)], Lock::None);

impl Record for FeePolicy {
    fn table() -> &'static Table {
        &FEE_POLICY
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.number(self.terms.rate.per_million());
        row.number(self.terms.fixed);
        row.str(self.terms.refund_fee.as_str());
        row.opt_str(self.method.map(MethodType::as_str));
        row.number(self.effective_from.micros());
        row.number(self.created_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: FeePolicyId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            terms: FeeTerms { rate: read_rate(row)?, fixed: row.int()?, refund_fee: row.parsed(RefundFee::parse)? },
            method: match row.opt_text()? {
                Some(text) => Some(MethodType::parse(&text).ok_or_else(|| row.corrupt("no method"))?),
                None => None,
            },
            effective_from: Timestamp::from_micros(row.int()?),
            created_at: Timestamp::from_micros(row.int()?),
        })
    }
}

pub(crate) fn read_rate(row: &mut RowReader<'_>) -> Result<Rate, StoreError> {
    let per_million = row.int()?;
    Rate::from_per_million(per_million).map_err(|error| row.corrupt(&error.to_string()))
}

/// Every policy of the merchants, both modes.
pub async fn fee_policies_of(tx: &Tx<'_>, merchants: &[Uuid]) -> Result<Vec<FeePolicy>, StoreError> {
    tx.find(&FEE_POLICY_BY_MERCHANT, merchants).await
}

/// A tenant's policies, latest `effective_from` first.
pub async fn fee_policies(reader: &Reader, tenant: Tenant) -> Result<Vec<FeePolicy>, StoreError> {
    let sql = "
        SELECT id, merchant_id, mode, rate, fixed, refund_fee, method, effective_from, created_at
        FROM fee_policy
        WHERE merchant_id = $1 AND mode = $2
        ORDER BY effective_from DESC, id DESC";
    reader.rows(sql, vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into()], FeePolicy::read).await
}
