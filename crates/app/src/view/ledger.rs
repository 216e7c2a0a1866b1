//! Ledger accounts, transactions, entries; events.

use serde::Serialize;
use serde_json::value::RawValue;
use steelyard_domain::ledger::{Account, AccountOwner, Entry, Layer, LedgerTransaction, SourceType};
use steelyard_domain::{AttemptId, GiftCardId, PaymentId, RefundId};
use steelyard_store::event::EventRecord;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// `acc_…`
    pub id: String,
    #[schema(example = "sellerPayable")]
    pub code: &'static str,
    /// `asset`, `expense`, `liability` or `income`
    pub kind: &'static str,
    pub seller_id: Option<String>,
    pub connector: Option<&'static str>,
    pub currency: &'static str,
    /// Signed by the account's kind. Minor units.
    pub balance: i64,
    pub pending_balance: i64,
    /// Sums of all debits and credits; null where a point in time was asked for.
    pub debits_posted: Option<i64>,
    pub credits_posted: Option<i64>,
    pub debits_pending: Option<i64>,
    pub credits_pending: Option<i64>,
    /// Entries so far.
    pub version: i64,
    /// The point in time the balances are of; null is now.
    pub at: Option<String>,
}

impl AccountView {
    #[must_use]
    pub fn new(account: &Account) -> Self {
        let (seller_id, connector) = match account.key.owner {
            AccountOwner::Merchant | AccountOwner::Payer(_) => (None, None),
            AccountOwner::Seller(seller) => (Some(seller.to_string()), None),
            AccountOwner::Connector(connector) => (None, Some(connector.as_str())),
        };
        Self {
            id: account.id.to_string(),
            code: account.key.code.as_str(),
            kind: account.key.code.kind().as_str(),
            seller_id,
            connector,
            currency: account.key.currency.code(),
            balance: account.balance(Layer::Posted),
            pending_balance: account.balance(Layer::Pending),
            debits_posted: Some(account.debits_posted),
            credits_posted: Some(account.credits_posted),
            debits_pending: Some(account.debits_pending),
            credits_pending: Some(account.credits_pending),
            version: account.version,
            at: None,
        }
    }

    /// As it stood after `entry`, the last at or before `at`; without one, before its first.
    #[must_use]
    pub fn at(account: &Account, entry: Option<&Entry>, at: String) -> Self {
        Self {
            balance: entry.map_or(0, |entry| entry.posted_balance_after),
            pending_balance: entry.map_or(0, |entry| entry.pending_balance_after),
            debits_posted: None,
            credits_posted: None,
            debits_pending: None,
            credits_pending: None,
            version: entry.map_or(0, |entry| entry.account_version),
            at: Some(at),
            ..Self::new(account)
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerTransactionView {
    /// `txn_…`
    pub id: String,
    #[schema(example = "captured")]
    pub kind: &'static str,
    /// `payment`, `refund`, `attempt` or `giftCard`
    pub source_type: &'static str,
    pub source_id: String,
    /// Null for a gift card, which belongs to no order.
    pub order_id: Option<String>,
    pub currency: &'static str,
    /// The transaction this one reverses.
    pub reverses: Option<String>,
    pub posted_at: String,
    pub entries: Vec<EntryView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    pub account_id: String,
    /// Null for an account of the platform's own.
    pub account_code: Option<&'static str>,
    /// `debit` or `credit`
    pub side: &'static str,
    /// `pending` or `posted`
    pub layer: &'static str,
    /// Positive minor units.
    pub amount: i64,
    /// Null for an account of the platform's own.
    pub account_version: Option<i64>,
    /// The account's balance of this layer after the entry; null for an account of the platform's own, which
    /// others post to as well.
    pub balance_after: Option<i64>,
}

impl LedgerTransactionView {
    /// `accounts`: those the entries go to, as far as they are known.
    #[must_use]
    pub fn new(transaction: &LedgerTransaction, entries: &[Entry], accounts: &[Account]) -> Self {
        let source = transaction.source_id;
        Self {
            id: transaction.id.to_string(),
            kind: transaction.kind.as_str(),
            source_type: transaction.source_type.as_str(),
            source_id: match transaction.source_type {
                SourceType::Payment => PaymentId::from_uuid(source).to_string(),
                SourceType::Refund => RefundId::from_uuid(source).to_string(),
                SourceType::Attempt => AttemptId::from_uuid(source).to_string(),
                SourceType::GiftCard => GiftCardId::from_uuid(source).to_string(),
            },
            order_id: match transaction.source_type {
                SourceType::Payment | SourceType::Refund | SourceType::Attempt => Some(transaction.order.to_string()),
                SourceType::GiftCard => None,
            },
            currency: transaction.currency.code(),
            reverses: transaction.reverses.map(|id| id.to_string()),
            posted_at: transaction.posted_at.to_string(),
            entries: entries
                .iter()
                .filter(|entry| entry.transaction == transaction.id)
                .map(|entry| {
                    let own = accounts
                        .iter()
                        .find(|account| account.id == entry.account && account.key.tenant == transaction.tenant);
                    let balance = match entry.layer {
                        Layer::Posted => entry.posted_balance_after,
                        Layer::Pending => entry.pending_balance_after,
                    };
                    EntryView {
                        account_id: entry.account.to_string(),
                        account_code: own.map(|account| account.key.code.as_str()),
                        side: entry.side.as_str(),
                        layer: entry.layer.as_str(),
                        amount: entry.amount,
                        account_version: own.map(|_| entry.account_version),
                        balance_after: own.map(|_| balance),
                    }
                })
                .collect(),
        }
    }
}

/// Something that happened, with the object as it was then.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// `evt_…`
    pub id: String,
    /// Its place in commit order, without gaps over all merchants.
    pub position: i64,
    #[serde(rename = "type")]
    #[schema(example = "payment.captured")]
    pub kind: String,
    pub merchant_id: String,
    pub mode: &'static str,
    pub created_at: String,
    pub object_id: String,
    /// The object's version after it.
    pub version: i64,
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
}

impl EventView {
    #[must_use]
    pub fn new(position: i64, event: EventRecord) -> Self {
        Self {
            id: event.id.to_string(),
            position,
            kind: event.kind,
            merchant_id: event.tenant.merchant.to_string(),
            mode: event.tenant.mode.as_str(),
            created_at: event.created_at.to_string(),
            object_id: event.object,
            version: event.version,
            data: RawValue::from_string(event.data).unwrap_or_else(|_| RawValue::NULL.to_owned()),
        }
    }
}
