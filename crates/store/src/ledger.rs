//! Accounts, ledger transactions, entries, and the seal over them.

mod seal;

pub use seal::{
    Seal, Unsealed, end_of_chain, entries_of, last_seal, last_sealed, seals_after, unsealed, unsealed_with_entries,
};
use steelyard_domain::{
    AccountId, Currency, LedgerTransactionId, OrderId, Tenant, Timestamp,
    ledger::{
        Account, AccountCode, AccountKey, AccountOwner, Entry, Layer, LedgerTransaction, PostingKind, Side, SourceType,
    },
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_tenant, write_tenant},
    order::marks,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static ACCOUNT: Table = Table::with_natural_key(
    "account",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("code", Text),
        fixed("owner", Text),
        fixed("currency", Text),
        mutable("debits_posted", Int),
        mutable("credits_posted", Int),
        mutable("debits_pending", Int),
        mutable("credits_pending", Int),
        version("version"),
        mutable("last_posted_at", Int),
    ],
);
static ACCOUNT_BY_ID: Lookup = Lookup::new(&ACCOUNT, &[key("id", UuidKind)], Lock::ForUpdate);

impl Record for Account {
    fn table() -> &'static Table {
        &ACCOUNT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.key.tenant, row);
        row.str(self.key.code.as_str());
        row.owned(self.key.owner.to_text());
        row.str(self.key.currency.code());
        row.number(self.debits_posted);
        row.number(self.credits_posted);
        row.number(self.debits_pending);
        row.number(self.credits_pending);
        row.number(self.version);
        row.number(self.last_posted_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: AccountId::from_uuid(row.uuid()?),
            key: AccountKey {
                tenant: read_tenant(row)?,
                code: row.parsed(AccountCode::parse)?,
                owner: row.parsed(AccountOwner::parse)?,
                currency: row.parsed(Currency::parse)?,
            },
            debits_posted: row.int()?,
            credits_posted: row.int()?,
            debits_pending: row.int()?,
            credits_pending: row.int()?,
            version: row.int()?,
            last_posted_at: Timestamp::from_micros(row.int()?),
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Locked in the order of their ids.
pub async fn accounts_by_id(tx: &Tx<'_>, ids: &[Uuid]) -> Result<Vec<Account>, StoreError> {
    tx.find(&ACCOUNT_BY_ID, ids).await
}

pub async fn account(reader: &Reader, id: AccountId) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {} FROM account WHERE id = $1", ACCOUNT.column_list(""));
    reader.row(&sql, vec![id.uuid().into()], Account::read).await
}

/// A page of a tenant's accounts by id, after `after`; `code` and `owner` narrow it.
pub async fn accounts(
    reader: &Reader,
    tenant: Tenant,
    code: Option<AccountCode>,
    owner: Option<AccountOwner>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Account>, StoreError> {
    let mut sql =
        format!("SELECT {} FROM account WHERE merchant_id = $1 AND mode = $2 AND id > $3", ACCOUNT.column_list(""));
    let mut parameters: Vec<Value> =
        vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into(), after.unwrap_or(Uuid::nil()).into()];
    if let Some(code) = code {
        parameters.push(code.as_str().into());
        sql.push_str(&format!(" AND code = ${}", parameters.len()));
    }
    if let Some(owner) = owner {
        parameters.push(owner.to_text().into());
        sql.push_str(&format!(" AND owner = ${}", parameters.len()));
    }
    parameters.push(limit.into());
    sql.push_str(&format!(" ORDER BY id LIMIT ${}", parameters.len()));
    reader.rows(&sql, parameters, Account::read).await
}

static TRANSACTION: Table = Table::new(
    "ledger_transaction",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("kind", Text),
        fixed("source_type", Text),
        fixed("source_id", UuidKind),
        fixed("order_id", UuidKind),
        fixed("currency", Text),
        fixed("reverses", UuidKind),
        fixed("posted_at", Int),
    ],
);
static TRANSACTIONS_BY_SOURCE: Lookup = Lookup::new(&TRANSACTION, &[key("source_id", UuidKind)], Lock::None);

impl Record for LedgerTransaction {
    fn table() -> &'static Table {
        &TRANSACTION
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.str(self.kind.as_str());
        row.str(self.source_type.as_str());
        row.id(self.source_id);
        row.id(self.order.uuid());
        row.str(self.currency.code());
        row.uuid(self.reverses.map(LedgerTransactionId::uuid));
        row.number(self.posted_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: LedgerTransactionId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            kind: row.parsed(PostingKind::parse)?,
            source_type: row.parsed(SourceType::parse)?,
            source_id: row.uuid()?,
            order: OrderId::from_uuid(row.uuid()?),
            currency: row.parsed(Currency::parse)?,
            reverses: row.opt_uuid()?.map(LedgerTransactionId::from_uuid),
            posted_at: Timestamp::from_micros(row.int()?),
        })
    }
}

/// What was posted for payments, refunds or attempts, all kinds.
pub async fn transactions_by_source(tx: &Tx<'_>, sources: &[Uuid]) -> Result<Vec<LedgerTransaction>, StoreError> {
    tx.find(&TRANSACTIONS_BY_SOURCE, sources).await
}

static ENTRY: Table = Table::new(
    "entry",
    &[
        key("transaction_id", UuidKind),
        key("number", Int),
        fixed("account_id", UuidKind),
        fixed("side", Text),
        fixed("layer", Text),
        fixed("amount", Int),
        fixed("account_version", Int),
        fixed("posted_balance_after", Int),
        fixed("pending_balance_after", Int),
        fixed("posted_at", Int),
    ],
);

static ENTRIES_OF: Lookup = Lookup::new(&ENTRY, &[key("transaction_id", UuidKind)], Lock::None);

impl Record for Entry {
    fn table() -> &'static Table {
        &ENTRY
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.transaction.uuid());
        row.number(self.number);
        row.id(self.account.uuid());
        row.str(self.side.as_str());
        row.str(self.layer.as_str());
        row.number(self.amount);
        row.number(self.account_version);
        row.number(self.posted_balance_after);
        row.number(self.pending_balance_after);
        row.number(self.posted_at.micros());
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            transaction: LedgerTransactionId::from_uuid(row.uuid()?),
            number: row.int()?,
            account: AccountId::from_uuid(row.uuid()?),
            side: row.parsed(Side::parse)?,
            layer: row.parsed(Layer::parse)?,
            amount: row.int()?,
            account_version: row.int()?,
            posted_balance_after: row.int()?,
            pending_balance_after: row.int()?,
            posted_at: Timestamp::from_micros(row.int()?),
        })
    }
}

/// The entries of some transactions, by transaction and number.
pub async fn entries(reader: &Reader, transactions: &[LedgerTransactionId]) -> Result<Vec<Entry>, StoreError> {
    if transactions.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(transactions.iter().map(|id| id.uuid()));
    let sql = format!(
        "SELECT {} FROM entry WHERE transaction_id IN ({marks}) ORDER BY transaction_id, number",
        ENTRY.column_list("")
    );
    reader.rows(&sql, parameters, Entry::read).await
}

/// The entry of an account with one version: versions have no gaps.
pub async fn entry_at_version(reader: &Reader, account: AccountId, version: i64) -> Result<Option<Entry>, StoreError> {
    let sql = format!("SELECT {} FROM entry WHERE account_id = $1 AND account_version = $2", ENTRY.column_list(""));
    reader.row(&sql, vec![account.uuid().into(), version.into()], Entry::read).await
}

/// The last entry of an account at or before `at`. Versions and times grow together, so it is found by halving.
pub async fn entry_at(reader: &Reader, account: &Account, at: Timestamp) -> Result<Option<Entry>, StoreError> {
    let (mut low, mut high) = (0, account.version);
    let mut found = None;
    while low < high {
        let middle = high - (high - low) / 2;
        let Some(entry) = entry_at_version(reader, account.id, middle).await? else { break };
        if entry.posted_at <= at {
            low = middle;
            found = Some(entry);
        } else {
            high = middle - 1;
        }
    }
    Ok(found)
}

/// An account's entries, latest first, below version `before`.
/// What was posted to an account, the latest first; entries that are pending do not count.
pub async fn posted_entries(
    reader: &Reader,
    account: AccountId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let sql = format!(
        "SELECT {}
        FROM entry
        WHERE account_id = $1 AND account_version < $2 AND layer = 'posted'
        ORDER BY account_version DESC
        LIMIT $3",
        ENTRY.column_list("")
    );
    let parameters = vec![account.uuid().into(), before.unwrap_or(i64::MAX).into(), limit.into()];
    reader.rows(&sql, parameters, Entry::read).await
}

pub async fn transaction(
    reader: &Reader,
    tenant: Tenant,
    id: LedgerTransactionId,
) -> Result<Option<LedgerTransaction>, StoreError> {
    let sql = format!(
        "SELECT {} FROM ledger_transaction WHERE id = $1 AND merchant_id = $2 AND mode = $3",
        TRANSACTION.column_list("")
    );
    let parameters = vec![id.uuid().into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, LedgerTransaction::read).await
}

/// Transactions by id, in no order.
pub async fn transactions_by_id(
    reader: &Reader,
    ids: &[LedgerTransactionId],
) -> Result<Vec<LedgerTransaction>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(ids.iter().map(|id| id.uuid()));
    let sql = format!("SELECT {} FROM ledger_transaction WHERE id IN ({marks})", TRANSACTION.column_list(""));
    reader.rows(&sql, parameters, LedgerTransaction::read).await
}

/// A page of a tenant's transactions, latest first, below `before` in the order of recording. Each comes with
/// its number in that order. `source` narrows it to one payment, refund or attempt; `at` to what stood then.
pub async fn transactions(
    reader: &Reader,
    tenant: Tenant,
    source: Option<Uuid>,
    at: Option<Timestamp>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(i64, LedgerTransaction)>, StoreError> {
    let mut parameters: Vec<Value> = vec![
        tenant.merchant.uuid().into(),
        tenant.mode.as_str().into(),
        before.unwrap_or(i64::MAX).into(),
        at.map_or(i64::MAX, Timestamp::micros).into(),
        limit.into(),
    ];
    let from = match source {
        None => "ledger_transaction",
        Some(source) => {
            parameters.push(source.into());
            // A source has a few transactions and a tenant millions. The limit, far above any source's, keeps a
            // planner without statistics from walking the tenant's.
            "(SELECT * FROM ledger_transaction WHERE source_id = $6 LIMIT 1000) AS of_source"
        }
    };
    let sql = format!(
        "SELECT seq, {}
        FROM {from}
        WHERE merchant_id = $1 AND mode = $2 AND seq < $3 AND posted_at <= $4
        ORDER BY seq DESC
        LIMIT $5",
        TRANSACTION.column_list("")
    );
    reader.rows(&sql, parameters, |row| Ok((row.int()?, LedgerTransaction::read(row)?))).await
}

/// What was posted for any of `sources`, in the order of recording.
pub async fn transactions_of(reader: &Reader, sources: &[Uuid]) -> Result<Vec<LedgerTransaction>, StoreError> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(sources.iter().copied());
    let sql = format!(
        "SELECT {} FROM ledger_transaction WHERE source_id IN ({marks}) ORDER BY seq",
        TRANSACTION.column_list("")
    );
    reader.rows(&sql, parameters, LedgerTransaction::read).await
}

/// Accounts by id, in no order.
pub async fn accounts_of(reader: &Reader, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
    let mut ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(ids.into_iter());
    let sql = format!("SELECT {} FROM account WHERE id IN ({marks})", ACCOUNT.column_list(""));
    reader.rows(&sql, parameters, Account::read).await
}
