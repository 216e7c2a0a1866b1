//! Ledger accounts and transactions, now or as of a time.

use steelyard_domain::{
    AccountId, LedgerTransactionId, Tenant, Timestamp,
    ledger::{Account, AccountCode, AccountOwner, LedgerTransaction},
};
use steelyard_store::{
    Reader,
    ledger::{account, accounts, accounts_of, entries, entry_at, transaction, transactions},
};
use uuid::Uuid;

use super::{Page, PageKey, missing, unavailable};
use crate::{
    App,
    problem::Problem,
    view::{AccountView, LedgerTransactionView},
};

impl App {
    pub async fn ledger_account(
        &self,
        tenant: Tenant,
        id: AccountId,
        at: Option<Timestamp>,
    ) -> Result<AccountView, Problem> {
        let reader = self.reader().await?;
        let found = account(&reader, id).await.map_err(unavailable)?;
        let found = found.filter(|account| account.key.tenant == tenant).ok_or_else(|| missing(id))?;
        account_view(&reader, &found, at).await
    }

    /// One page of a tenant's accounts, by id.
    pub async fn ledger_accounts(
        &self,
        tenant: Tenant,
        code: Option<AccountCode>,
        owner: Option<AccountOwner>,
        at: Option<Timestamp>,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Page<AccountView>, Problem> {
        let reader = self.reader().await?;
        let rows = accounts(&reader, tenant, code, owner, after, limit + 1).await.map_err(unavailable)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let mut items = Vec::with_capacity(rows.len().min(limit));
        for row in rows.iter().take(limit) {
            items.push(account_view(&reader, row, at).await?);
        }
        let last = rows.get(limit.saturating_sub(1)).filter(|_| more);
        Ok(Page { items, next: last.map(|row| PageKey { at: 0, id: row.id.uuid() }) })
    }

    pub async fn ledger_transaction(
        &self,
        tenant: Tenant,
        id: LedgerTransactionId,
    ) -> Result<LedgerTransactionView, Problem> {
        let reader = self.reader().await?;
        let found = transaction(&reader, tenant, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let mut views = transaction_views(&reader, std::slice::from_ref(&found)).await?;
        views.pop().ok_or_else(|| missing(id))
    }

    /// One page of a tenant's transactions, the latest recorded first.
    pub async fn ledger_transactions(
        &self,
        tenant: Tenant,
        source: Option<Uuid>,
        at: Option<Timestamp>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Page<LedgerTransactionView>, Problem> {
        let reader = self.reader().await?;
        let rows = transactions(&reader, tenant, source, at, before, limit + 1).await.map_err(unavailable)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = rows.get(limit.saturating_sub(1)).filter(|_| rows.len() > limit);
        let next = next.map(|(seq, _)| PageKey { at: *seq, id: Uuid::nil() });
        let rows: Vec<LedgerTransaction> = rows.into_iter().take(limit).map(|(_, row)| row).collect();
        Ok(Page { items: transaction_views(&reader, &rows).await?, next })
    }
}

async fn account_view(reader: &Reader, account: &Account, at: Option<Timestamp>) -> Result<AccountView, Problem> {
    match at {
        None => Ok(AccountView::new(account)),
        Some(at) => {
            let entry = entry_at(reader, account, at).await.map_err(unavailable)?;
            Ok(AccountView::at(account, entry.as_ref(), at.to_string()))
        }
    }
}

async fn transaction_views(
    reader: &Reader,
    transactions: &[LedgerTransaction],
) -> Result<Vec<LedgerTransactionView>, Problem> {
    let ids: Vec<LedgerTransactionId> = transactions.iter().map(|transaction| transaction.id).collect();
    let entries = entries(reader, &ids).await.map_err(unavailable)?;
    let accounts: Vec<AccountId> = entries.iter().map(|entry| entry.account).collect();
    let accounts = accounts_of(reader, &accounts).await.map_err(unavailable)?;
    Ok(transactions.iter().map(|transaction| LedgerTransactionView::new(transaction, &entries, &accounts)).collect())
}
