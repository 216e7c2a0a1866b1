//! `/v1/ledger`: accounts and balanced transactions, now or at a point in time.

use serde::Deserialize;
use steelyard_app::view::{AccountView, LedgerTransactionView};
use steelyard_domain::{
    AccountId, LedgerTransactionId, PaymentId, RefundId, SellerId,
    ledger::{AccountCode, AccountOwner},
    merchant::Scope,
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field,
    page::PageView,
    query,
};

const ACCOUNTS: &str = "ledgerAccounts";
const TRANSACTIONS: &str = "ledgerTransactions";

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let read = Terms::read(Scope::LedgerRead);
    endpoints
        .add(read, routes!(list_accounts))
        .add(read, routes!(get_account))
        .add(read, routes!(list_ledger_transactions))
        .add(read, routes!(get_ledger_transaction))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccountQuery {
    /// Such as `sellerPayable`, `acquirerReceivable`, `feeIncome`.
    #[param(example = "sellerPayable")]
    code: Option<String>,
    /// `sel_…`: this seller's accounts.
    seller_id: Option<String>,
    /// Balances as they were then; RFC 3339 with an offset.
    #[param(example = "2026-11-21T00:00:00+09:00")]
    at: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List ledger accounts
#[utoipa::path(get, path = "/v1/ledger/accounts", tag = "Ledger", operation_id = "listLedgerAccounts",
    params(AccountQuery),
    responses((status = 200, description = "Accounts with their balances", body = Answer<PageView<AccountView>>)))]
async fn list_accounts(ask: Read) -> Answered {
    let query: AccountQuery = ask.query()?;
    let code = query.code.map(|code| field::choice("code", &code, &AccountCode::ALL, AccountCode::as_str));
    let seller = query.seller_id.map(|id| field::id("sellerId", &id, SellerId::parse)).transpose()?;
    let at = field::time_in_query("at", query.at.as_deref())?;
    let limit = query::limit(query.limit.as_deref())?;
    let after = ask.cursor(ACCOUNTS, query.cursor.as_deref()).await?.map(|key| key.id);
    let owner = seller.map(AccountOwner::Seller);
    let page = ask.app().ledger_accounts(ask.tenant(), code.transpose()?, owner, at, after, limit).await?;
    ask.page(ACCOUNTS, page).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AtQuery {
    /// The balance as it was then; RFC 3339 with an offset.
    #[param(example = "2026-11-21T00:00:00+09:00")]
    at: Option<String>,
}

/// Get a ledger account
#[utoipa::path(get, path = "/v1/ledger/accounts/{id}", tag = "Ledger", operation_id = "getLedgerAccount",
    params(("id" = String, Path, description = "`acc_…`"), AtQuery),
    responses((status = 200, description = "The account", body = Answer<AccountView>)))]
async fn get_account(Id(account): Id<AccountId>, ask: Read) -> Answered {
    let query: AtQuery = ask.query()?;
    let at = field::time_in_query("at", query.at.as_deref())?;
    let account = ask.app().ledger_account(ask.tenant(), account, at).await?;
    ask.answer(&account)
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LedgerTransactionQuery {
    /// `pay_…`: transactions of this payment. Not together with `refund`.
    payment: Option<String>,
    /// `ref_…`: transactions of this cancel or refund.
    refund: Option<String>,
    /// Posted at or before; RFC 3339 with an offset.
    #[param(example = "2026-11-21T00:00:00+09:00")]
    at: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List ledger transactions
///
/// Each is a balanced set of entries. Not to be mistaken for payment transactions, at `/v1/transactions`.
#[utoipa::path(get, path = "/v1/ledger/transactions", tag = "Ledger", operation_id = "listLedgerTransactions",
    params(LedgerTransactionQuery),
    responses((status = 200, description = "Transactions, newest first",
        body = Answer<PageView<LedgerTransactionView>>)))]
async fn list_ledger_transactions(ask: Read) -> Answered {
    let query: LedgerTransactionQuery = ask.query()?;
    let source = match (query.payment, query.refund) {
        (Some(_), Some(_)) => return Err(Fault::new("refund", Rule::NotWith("payment")).into()),
        (Some(payment), None) => Some(field::id("payment", &payment, PaymentId::parse)?.uuid()),
        (None, Some(refund)) => Some(field::id("refund", &refund, RefundId::parse)?.uuid()),
        (None, None) => None,
    };
    let at = field::time_in_query("at", query.at.as_deref())?;
    let limit = query::limit(query.limit.as_deref())?;
    let before = ask.cursor(TRANSACTIONS, query.cursor.as_deref()).await?.map(|key| key.at);
    let page = ask.app().ledger_transactions(ask.tenant(), source, at, before, limit).await?;
    ask.page(TRANSACTIONS, page).await
}

/// Get a ledger transaction
#[utoipa::path(get, path = "/v1/ledger/transactions/{id}", tag = "Ledger", operation_id = "getLedgerTransaction",
    params(("id" = String, Path, description = "`txn_…`")),
    responses((status = 200, description = "The transaction with its entries",
        body = Answer<LedgerTransactionView>)))]
async fn get_ledger_transaction(Id(transaction): Id<LedgerTransactionId>, ask: Read) -> Answered {
    let transaction = ask.app().ledger_transaction(ask.tenant(), transaction).await?;
    ask.answer(&transaction)
}
