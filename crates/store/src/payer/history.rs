//! What a payer paid, got back, and brought in.

use steelyard_domain::{Currency, MerchantId, PayerId, PaymentId, Timestamp};
use uuid::Uuid;

use crate::{Reader, RowReader, StoreError};

/// One line of a payer's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerMove {
    pub id: Uuid,
    /// `payment`, `cancel`, `refund`, `topUp` or `redemption`
    pub kind: String,
    /// `done`, `pending` or `declined`
    pub status: String,
    /// Below zero what was paid, above zero what came. Minor units.
    pub amount: i64,
    pub currency: Currency,
    pub method: String,
    pub occurred_at: Timestamp,
    pub payment: Option<PaymentId>,
    pub merchant: MerchantId,
    pub merchant_name: String,
    /// The order's name.
    pub title: Option<String>,
}

/// A page of a payer's history, latest first, behind `cursor`.
pub async fn payer_history(
    reader: &Reader,
    payer: PayerId,
    cursor: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<PayerMove>, StoreError> {
    let (at, id) = cursor.unwrap_or((i64::MAX, Uuid::max()));
    let sql = "
        SELECT h.id, h.kind, h.status, h.amount, h.currency, h.method, h.at, h.payment_id, m.id, m.name, h.title
        FROM (
            SELECT v.id, v.kind, v.status, -v.amount AS amount, v.currency, v.method, v.occurred_at AS at,
                v.payment_id, v.merchant_id, o.name AS title
            FROM payment p
            JOIN movement v ON v.payment_id = p.id
            JOIN orders o ON o.id = p.order_id
            WHERE p.payer_id = $1
            UNION ALL
            SELECT v.id, CASE v.kind WHEN 'payment' THEN 'topUp' ELSE v.kind END, v.status, v.amount, v.currency,
                v.method, v.occurred_at, v.payment_id, v.merchant_id, CAST(NULL AS TEXT)
            FROM orders o
            JOIN payment p ON p.order_id = o.id
            JOIN movement v ON v.payment_id = p.id
            WHERE o.top_up_payer_id = $1
            UNION ALL
            SELECT g.id, 'redemption', 'done', g.amount, g.currency, 'giftCard', g.redeemed_at, CAST(NULL AS UUID),
                g.merchant_id, CAST(NULL AS TEXT)
            FROM gift_card g
            WHERE g.redeemed_by = $1
        ) h
        JOIN merchant m ON m.id = h.merchant_id
        WHERE (h.at, h.id) < ($2, $3)
        ORDER BY h.at DESC, h.id DESC
        LIMIT $4";
    let parameters = vec![payer.uuid().into(), at.into(), id.into(), limit.into()];
    reader.rows(sql, parameters, read).await
}

fn read(row: &mut RowReader<'_>) -> Result<PayerMove, StoreError> {
    Ok(PayerMove {
        id: row.uuid()?,
        kind: row.text()?,
        status: row.text()?,
        amount: row.int()?,
        currency: row.parsed(Currency::parse)?,
        method: row.text()?,
        occurred_at: Timestamp::from_micros(row.int()?),
        payment: row.opt_uuid()?.map(PaymentId::from_uuid),
        merchant: MerchantId::from_uuid(row.uuid()?),
        merchant_name: row.text()?,
        title: row.opt_text()?,
    })
}

/// The order behind a payer's own payment or top-up: nobody else's is there for them.
pub async fn payment_of_payer(
    reader: &Reader,
    payer: PayerId,
    id: PaymentId,
) -> Result<Option<steelyard_domain::payment::Payment>, StoreError> {
    let found = crate::payment::payments(reader, &[id]).await?.into_iter().next();
    let Some(payment) = found else { return Ok(None) };
    if payment.payer == Some(payer) {
        return Ok(Some(payment));
    }
    let orders = crate::order::orders_by_ids(reader, &[payment.order]).await?;
    Ok(orders.first().is_some_and(|order| order.top_up_of == Some(payer)).then_some(payment))
}
