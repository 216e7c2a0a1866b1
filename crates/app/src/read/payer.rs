//! Payers, for themselves: who they are, what they have, what has moved.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use steelyard_domain::{
    Currency, LedgerTransactionId, MerchantId, OrderId, PayerId,
    ledger::{Account, AccountKey, Entry, LedgerTransaction, Side, SourceType},
    order::Order,
    payer::Payer,
    payment::{Payment, Refund, RefundKind},
};
use steelyard_store::{
    Reader,
    ledger::{account, entries, posted_entries, transactions_by_id},
    merchant::merchant,
    order::orders_by_ids,
    payer::{payer, vault_cards},
    payment::{payments_by_order, refunds},
};
use uuid::Uuid;

use super::{PageKey, missing, page, unavailable};
use crate::{
    App,
    problem::{Code, Problem},
    view::{BalanceView, HistoryItemView, HistoryView, PayerView},
};

/// What the app shows and charges.
const CURRENCY: Currency = Currency::Krw;

impl App {
    async fn own_payer(&self, reader: &Reader, id: PayerId) -> Result<Payer, Problem> {
        payer(reader, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))
    }

    /// A payer with balance and cards.
    pub async fn payer_view(&self, id: PayerId) -> Result<PayerView, Problem> {
        let reader = self.reader().await?;
        let payer = self.own_payer(&reader, id).await?;
        let balance = balance_account(&reader, &payer).await?;
        let cards = vault_cards(&reader, id).await.map_err(unavailable)?;
        Ok(PayerView::new(&payer, &balance, &cards, self.clock().now()))
    }

    /// What a payer has, to be shown: what may be spent is decided on the locked account.
    pub async fn balance(&self, id: PayerId) -> Result<BalanceView, Problem> {
        let reader = self.reader().await?;
        let payer = self.own_payer(&reader, id).await?;
        Ok(BalanceView::new(&balance_account(&reader, &payer).await?))
    }

    /// A page of what has moved a payer's balance, latest first.
    ///
    /// The cursor is a time and the id of what stands there, so that what moved no balance, such as a payment by card,
    /// can be listed between by the same key.
    pub async fn history(&self, id: PayerId, cursor: Option<&str>, limit: i64) -> Result<HistoryView, Problem> {
        let cursor = cursor.map(open_cursor).transpose()?;
        let reader = self.reader().await?;
        let payer = self.own_payer(&reader, id).await?;
        let account = balance_account(&reader, &payer).await?;
        let before = match cursor {
            Some(key) => Some(version_at(&reader, &account, key).await?),
            None => None,
        };
        let moves = posted_entries(&reader, account.id, before, limit + 1).await.map_err(unavailable)?;
        let key = |entry: &Entry| PageKey { at: entry.posted_at.micros(), id: entry.transaction.uuid() };
        let page = page(moves, limit, key, |entry| entry);
        let about = About::read(&reader, &page.items).await?;
        Ok(HistoryView {
            items: page.items.iter().filter_map(|entry| about.item(entry)).collect(),
            next_cursor: page.next.map(|key| seal_cursor(&key)),
        })
    }
}

async fn balance_account(reader: &Reader, payer: &Payer) -> Result<Account, Problem> {
    let key = AccountKey::payer(payer.mode, payer.id, CURRENCY);
    let found = account(reader, key.id()).await.map_err(unavailable)?;
    Ok(found.unwrap_or_else(|| Account::open(key)))
}

/// The version of the account's entry that a cursor names: an account's versions have no gaps, and their order is the
/// order of its times.
async fn version_at(reader: &Reader, account: &Account, key: PageKey) -> Result<i64, Problem> {
    let transaction = LedgerTransactionId::from_uuid(key.id);
    let found = entries(reader, &[transaction]).await.map_err(unavailable)?;
    let own = found.iter().find(|entry| entry.account == account.id && entry.posted_at.micros() == key.at);
    own.map(|entry| entry.account_version).ok_or_else(invalid_cursor)
}

fn invalid_cursor() -> Problem {
    Problem::new(Code::InvalidCursor).param("cursor")
}

/// Not signed: whatever it names, only the payer's own entries are looked at.
fn seal_cursor(key: &PageKey) -> String {
    let mut bytes = key.at.to_be_bytes().to_vec();
    bytes.extend_from_slice(key.id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open_cursor(text: &str) -> Result<PageKey, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid_cursor())?;
    let (at, id) = bytes.split_first_chunk::<8>().ok_or_else(invalid_cursor)?;
    let id = Uuid::from_slice(id).map_err(|_| invalid_cursor())?;
    Ok(PageKey { at: i64::from_be_bytes(*at), id })
}

/// What entries on a payer's account are about.
struct About {
    transactions: HashMap<LedgerTransactionId, LedgerTransaction>,
    orders: HashMap<OrderId, Order>,
    payments: HashMap<OrderId, Payment>,
    refunds: HashMap<Uuid, Refund>,
    merchants: HashMap<MerchantId, String>,
}

impl About {
    async fn read(reader: &Reader, moves: &[Entry]) -> Result<Self, Problem> {
        let ids: Vec<LedgerTransactionId> = moves.iter().map(|entry| entry.transaction).collect();
        let transactions = transactions_by_id(reader, &ids).await.map_err(unavailable)?;
        let of_orders = transactions.iter().filter(|transaction| match transaction.source_type {
            SourceType::Payment | SourceType::Refund | SourceType::Attempt => true,
            SourceType::GiftCard => false,
        });
        let ids: Vec<OrderId> = of_orders.map(|transaction| transaction.order).collect();
        let orders = orders_by_ids(reader, &ids).await.map_err(unavailable)?;
        let payments = payments_by_order(reader, &ids).await.map_err(unavailable)?;
        let refunds = refunds(reader, &ids).await.map_err(unavailable)?;
        let mut merchants = HashMap::new();
        for transaction in &transactions {
            let id = transaction.tenant.merchant;
            if !merchants.contains_key(&id)
                && let Some(found) = merchant(reader, id).await.map_err(unavailable)?
            {
                merchants.insert(id, found.name);
            }
        }
        Ok(Self {
            transactions: transactions.into_iter().map(|transaction| (transaction.id, transaction)).collect(),
            orders: orders.into_iter().map(|order| (order.id, order)).collect(),
            payments: payments.into_iter().map(|payment| (payment.order, payment)).collect(),
            refunds: refunds.into_iter().map(|refund| (refund.id.uuid(), refund)).collect(),
            merchants,
        })
    }

    fn item(&self, entry: &Entry) -> Option<HistoryItemView> {
        let transaction = self.transactions.get(&entry.transaction)?;
        let payment = self.payments.get(&transaction.order);
        let (kind, method) = match transaction.source_type {
            SourceType::GiftCard => ("redemption", "giftCard"),
            // A payment that credits a payer is money they brought in.
            SourceType::Payment | SourceType::Attempt => match entry.side {
                Side::Credit => ("topUp", payment.map_or("unknown", |payment| payment.method.as_str())),
                Side::Debit => ("payment", "wallet"),
            },
            SourceType::Refund => {
                let refund = self.refunds.get(&transaction.source_id);
                let kind = match refund.map_or(RefundKind::Refund, |refund| refund.kind) {
                    RefundKind::Cancel => "cancel",
                    RefundKind::Refund => "refund",
                };
                (kind, payment.map_or("unknown", |payment| payment.method.as_str()))
            }
        };
        Some(HistoryItemView {
            id: transaction.id.to_string(),
            kind,
            status: "done",
            merchant: self.merchants.get(&transaction.tenant.merchant).cloned(),
            title: self.orders.get(&transaction.order).map(|order| order.name.clone()),
            amount: match entry.side {
                Side::Credit => entry.amount,
                Side::Debit => -entry.amount,
            },
            currency: transaction.currency.code(),
            method,
            occurred_at: entry.posted_at.to_string(),
            payment_id: payment.map(|payment| payment.id.to_string()),
        })
    }
}
