//! Payers, for themselves: who they are, what they have, what has moved.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use steelyard_domain::{
    Currency, PayerId, PaymentId,
    ledger::{Account, AccountKey},
    payer::Payer,
};
use steelyard_store::{
    Reader,
    ledger::account,
    merchant::merchant,
    order::{lines, orders_by_ids},
    payer::{PayerMove, payer, payer_history, payment_of_payer, vault_cards},
    payment::movements_of_payment,
};
use uuid::Uuid;

use super::{PageKey, missing, page, unavailable};
use crate::{
    App,
    payer::name_in,
    problem::{Code, Language, Problem},
    view::{BalanceView, HistoryItemView, HistoryView, PayerView, ReceiptView},
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

    /// A page of what a payer paid, got back and brought in, latest first.
    pub async fn history(
        &self,
        id: PayerId,
        cursor: Option<&str>,
        limit: i64,
        language: Language,
    ) -> Result<HistoryView, Problem> {
        let cursor = cursor.map(open_cursor).transpose()?.map(|key| (key.at, key.id));
        let rows = payer_history(&self.reader().await?, id, cursor, limit + 1).await.map_err(unavailable)?;
        let key = |row: &PayerMove| PageKey { at: row.occurred_at.micros(), id: row.id };
        let page = page(rows, limit, key, |row| {
            let merchant_name = name_in(language, row.merchant, row.merchant_name);
            HistoryItemView::new(PayerMove { merchant_name, ..row })
        });
        Ok(HistoryView { items: page.items, next_cursor: page.next.map(|key| seal_cursor(&key)) })
    }

    /// What a payer keeps of a payment of theirs.
    pub async fn receipt(&self, payer: PayerId, id: PaymentId, language: Language) -> Result<ReceiptView, Problem> {
        let reader = self.reader().await?;
        let payment = payment_of_payer(&reader, payer, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let mut orders = orders_by_ids(&reader, &[payment.order]).await.map_err(unavailable)?;
        let order = orders.first_mut().ok_or_else(|| missing(id))?;
        let mut lines = lines(&reader, &[order.id]).await.map_err(unavailable)?;
        let moved = movements_of_payment(&reader, id).await.map_err(unavailable)?;
        let merchant = merchant(&reader, payment.tenant.merchant).await.map_err(unavailable)?;
        let merchant = merchant.ok_or_else(|| missing(id))?;
        let named = |name: &mut String| *name = name_in(language, merchant.id, std::mem::take(name));
        named(&mut order.name);
        lines.iter_mut().for_each(|line| named(&mut line.name));
        let merchant_name = name_in(language, merchant.id, merchant.name);
        Ok(ReceiptView::new(merchant_name, order, &lines, &payment, &moved, language))
    }
}

async fn balance_account(reader: &Reader, payer: &Payer) -> Result<Account, Problem> {
    let key = AccountKey::payer(payer.mode, payer.id, CURRENCY);
    let found = account(reader, key.id()).await.map_err(unavailable)?;
    Ok(found.unwrap_or_else(|| Account::open(key)))
}

fn invalid_cursor() -> Problem {
    Problem::new(Code::InvalidCursor).param("cursor")
}

/// Not signed: whatever it names, only the payer's own rows are looked at.
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
