//! Payments, their attempts, refunds and movements.

mod attempt;
mod comparison;
mod movement;
mod refund;

pub use attempt::{AttemptLink, attempt_link, attempts, attempts_of_orders, due_attempts, due_deposits};
pub use comparison::{ComparedAttempt, compared_attempts};
pub use movement::{movements_of_orders, movements_of_payment};
pub use refund::{PartOfRefund, parts_of_orders, refund_parts, refunds, refunds_of_orders};
use steelyard_domain::{
    Bank, Currency, FeePolicyId, OrderId, PayerId, PaymentId, Tenant, Timestamp,
    fee::{Fee, FeeTerms, RefundFee},
    method::{AccountSummary, CardSummary, ConnectorName, MethodType},
    payment::{CaptureMode, Failure, Payment, PaymentStatus},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
    column::Kind::{Int, Text, Uuid as UuidKind},
    merchant::{read_rate, read_tenant, write_tenant},
    order::marks,
    reach::Reach,
    record::RowWriterExt as _,
    table::{Lock, Lookup, Table, fixed, key, mutable, version},
};

static PAYMENT: Table = Table::new(
    "payment",
    &[
        key("id", UuidKind),
        fixed("merchant_id", UuidKind),
        fixed("mode", Text),
        fixed("order_id", UuidKind),
        mutable("status", Text),
        mutable("connector", Text),
        mutable("method", Text),
        mutable("card_brand", Text),
        mutable("card_issuer", Text),
        mutable("card_bin", Text),
        mutable("card_last4", Text),
        mutable("installment_months", Int),
        mutable("account_bank", Text),
        mutable("account_number", Text),
        mutable("account_holder", Text),
        mutable("due_at", Int),
        mutable("payer_id", UuidKind),
        mutable("capture_mode", Text),
        fixed("currency", Text),
        fixed("amount", Int),
        mutable("captured", Int),
        mutable("canceled", Int),
        mutable("refunded", Int),
        mutable("in_flight", Int),
        mutable("fee_policy_id", UuidKind),
        mutable("fee_rate", Int),
        mutable("fee_fixed", Int),
        mutable("refund_fee", Text),
        mutable("fee", Int),
        mutable("fee_vat", Int),
        mutable("fee_returned", Int),
        mutable("fee_vat_returned", Int),
        mutable("approval_number", Text),
        mutable("acquirer_transaction_id", Text),
        mutable("failure_code", Text),
        mutable("failure_decline_code", Text),
        mutable("failure_message", Text),
        mutable("metadata", Text),
        fixed("created_at", Int),
        mutable("approved_at", Int),
        mutable("captured_at", Int),
        mutable("authorized_until", Int),
        mutable("updated_at", Int),
        version("version"),
    ],
);
static OF_ORDER: Lookup = Lookup::new(&PAYMENT, &[key("order_id", UuidKind)], Lock::None);

impl Record for Payment {
    fn table() -> &'static Table {
        &PAYMENT
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.id(self.id.uuid());
        write_tenant(&self.tenant, row);
        row.id(self.order.uuid());
        row.str(self.status.as_str());
        row.str(self.connector.as_str());
        row.str(self.method.as_str());
        let card = self.card.as_ref();
        row.opt_str(card.map(|card| card.brand.as_str()));
        row.opt_str(card.map(|card| card.issuer.as_str()));
        row.opt_str(card.map(|card| card.bin.as_str()));
        row.opt_str(card.map(|card| card.last4.as_str()));
        row.int(card.map(|card| i64::from(card.installment_months)));
        let account = self.account.as_ref();
        row.opt_str(account.map(|account| account.bank.code()));
        row.opt_str(account.map(|account| account.number.as_str()));
        row.opt_str(account.and_then(|account| account.holder.as_deref()));
        row.int(account.and_then(|account| account.due_at).map(Timestamp::micros));
        row.uuid(self.payer.map(PayerId::uuid));
        row.str(self.capture_mode.as_str());
        row.str(self.currency.code());
        row.number(self.amount);
        row.number(self.captured);
        row.number(self.canceled);
        row.number(self.refunded);
        row.number(self.in_flight);
        row.id(self.fee_policy.uuid());
        row.number(self.fee_terms.rate.per_million());
        row.number(self.fee_terms.fixed);
        row.str(self.fee_terms.refund_fee.as_str());
        row.number(self.fee.amount);
        row.number(self.fee.vat);
        row.number(self.fee_returned.amount);
        row.number(self.fee_returned.vat);
        row.opt_str(self.approval_number.as_deref());
        row.opt_str(self.acquirer_transaction_id.as_deref());
        let failure = self.failure.as_ref();
        row.opt_str(failure.map(|failure| failure.code.as_str()));
        row.opt_str(failure.and_then(|failure| failure.decline_code.as_deref()));
        row.opt_str(failure.map(|failure| failure.message.as_str()));
        row.opt_str(self.metadata.as_deref());
        row.number(self.created_at.micros());
        row.int(self.approved_at.map(Timestamp::micros));
        row.int(self.captured_at.map(Timestamp::micros));
        row.int(self.authorized_until.map(Timestamp::micros));
        row.number(self.updated_at.micros());
        row.number(self.version);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: PaymentId::from_uuid(row.uuid()?),
            tenant: read_tenant(row)?,
            order: OrderId::from_uuid(row.uuid()?),
            status: row.parsed(PaymentStatus::parse)?,
            connector: row.parsed(ConnectorName::parse)?,
            method: row.parsed(MethodType::parse)?,
            card: read_card(row)?,
            account: read_account(row)?,
            payer: row.opt_uuid()?.map(PayerId::from_uuid),
            capture_mode: row.parsed(CaptureMode::parse)?,
            currency: row.parsed(Currency::parse)?,
            amount: row.int()?,
            captured: row.int()?,
            canceled: row.int()?,
            refunded: row.int()?,
            in_flight: row.int()?,
            fee_policy: FeePolicyId::from_uuid(row.uuid()?),
            fee_terms: FeeTerms { rate: read_rate(row)?, fixed: row.int()?, refund_fee: row.parsed(RefundFee::parse)? },
            fee: Fee { amount: row.int()?, vat: row.int()? },
            fee_returned: Fee { amount: row.int()?, vat: row.int()? },
            approval_number: row.opt_text()?,
            acquirer_transaction_id: row.opt_text()?,
            failure: read_failure(row)?,
            metadata: row.opt_text()?,
            created_at: Timestamp::from_micros(row.int()?),
            approved_at: row.opt_int()?.map(Timestamp::from_micros),
            captured_at: row.opt_int()?.map(Timestamp::from_micros),
            authorized_until: row.opt_int()?.map(Timestamp::from_micros),
            updated_at: Timestamp::from_micros(row.int()?),
            version: row.int()?,
        })
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

fn read_card(row: &mut RowReader<'_>) -> Result<Option<CardSummary>, StoreError> {
    let (brand, issuer) = (row.opt_text()?, row.opt_text()?);
    let (bin, last4) = (row.opt_text()?, row.opt_text()?);
    let months = row.opt_int()?.unwrap_or(0);
    let installment_months = u8::try_from(months).map_err(|_| row.corrupt("no number of months"))?;
    let Some(bin) = bin else { return Ok(None) };
    let text = |value: Option<String>| value.unwrap_or_default();
    Ok(Some(CardSummary { brand: text(brand), issuer: text(issuer), bin, last4: text(last4), installment_months }))
}

fn read_account(row: &mut RowReader<'_>) -> Result<Option<AccountSummary>, StoreError> {
    let bank = match row.opt_text()? {
        Some(code) => Some(Bank::parse(&code).ok_or_else(|| row.corrupt("no bank"))?),
        None => None,
    };
    let (number, holder) = (row.opt_text()?, row.opt_text()?);
    let due_at = row.opt_int()?.map(Timestamp::from_micros);
    Ok(bank.map(|bank| AccountSummary { bank, number: number.unwrap_or_default(), holder, due_at }))
}

fn read_failure(row: &mut RowReader<'_>) -> Result<Option<Failure>, StoreError> {
    let (code, decline_code, message) = (row.opt_text()?, row.opt_text()?, row.opt_text()?);
    Ok(code.map(|code| Failure { code, decline_code, message: message.unwrap_or_default() }))
}

/// The payments of orders whose locks are held.
pub async fn payments_of_orders(tx: &Tx<'_>, orders: &[Uuid]) -> Result<Vec<Payment>, StoreError> {
    tx.find(&OF_ORDER, orders).await
}

/// A tenant's payment. `None` for another's, as for one that does not exist.
pub async fn payment(reader: &Reader, tenant: Tenant, id: PaymentId) -> Result<Option<Payment>, StoreError> {
    let sql =
        format!("SELECT {} FROM payment WHERE id = $1 AND merchant_id = $2 AND mode = $3", PAYMENT.column_list(""));
    let parameters = vec![id.uuid().into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, Payment::read).await
}

/// Payments by id, in no order.
pub async fn payments(reader: &Reader, ids: &[PaymentId]) -> Result<Vec<Payment>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(ids.iter().map(|id| id.uuid()));
    let sql = format!("SELECT {} FROM payment WHERE id IN ({marks})", PAYMENT.column_list(""));
    reader.rows(&sql, parameters, Payment::read).await
}

/// The payment of an order, if it has one.
pub async fn payment_of_order(reader: &Reader, order: OrderId) -> Result<Option<Payment>, StoreError> {
    let sql = format!("SELECT {} FROM payment WHERE order_id = $1", PAYMENT.column_list(""));
    reader.row(&sql, vec![order.uuid().into()], Payment::read).await
}

/// The order a tenant's payment belongs to: an immutable link.
pub async fn order_of_payment(reader: &Reader, tenant: Tenant, id: PaymentId) -> Result<Option<OrderId>, StoreError> {
    let sql = "SELECT order_id FROM payment WHERE id = $1 AND merchant_id = $2 AND mode = $3";
    let parameters = vec![id.uuid().into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(sql, parameters, |row| Ok(OrderId::from_uuid(row.uuid()?))).await
}

/// A payment whose time may be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndingPayment {
    pub id: PaymentId,
    pub order: OrderId,
    pub tenant: Tenant,
    pub ends_at: Timestamp,
}

/// Authorizations that are over as far as `reach`, the earliest first.
pub async fn expiring_authorizations(
    reader: &Reader,
    reach: Reach,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<EndingPayment>, StoreError> {
    let sql = "
        SELECT id, order_id, merchant_id, mode, authorized_until
        FROM payment
        WHERE status = 'authorized' AND authorized_until <= $1 AND (authorized_until, id) > ($2, $3) {whose}
        ORDER BY authorized_until, id
        LIMIT $4";
    ending(reader, sql, reach, after, limit).await
}

/// Virtual accounts whose time to wait for a deposit is over as far as `reach`, the earliest first.
pub async fn expiring_deposits(
    reader: &Reader,
    reach: Reach,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<EndingPayment>, StoreError> {
    let sql = "
        SELECT id, order_id, merchant_id, mode, due_at
        FROM payment
        WHERE status = 'waitingForDeposit' AND due_at <= $1 AND (due_at, id) > ($2, $3) {whose}
        ORDER BY due_at, id
        LIMIT $4";
    ending(reader, sql, reach, after, limit).await
}

async fn ending(
    reader: &Reader,
    sql: &str,
    reach: Reach,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<EndingPayment>, StoreError> {
    let (ends_at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let mut parameters = vec![reach.until.micros().into(), ends_at.into(), id.into(), limit.into()];
    let sql = sql.replace("{whose}", &reach.condition("", &mut parameters));
    reader
        .rows(&sql, parameters, |row| {
            Ok(EndingPayment {
                id: PaymentId::from_uuid(row.uuid()?),
                order: OrderId::from_uuid(row.uuid()?),
                tenant: read_tenant(row)?,
                ends_at: Timestamp::from_micros(row.int()?),
            })
        })
        .await
}

/// A tenant's newest payment by a virtual account of this number.
pub async fn payment_by_account(reader: &Reader, tenant: Tenant, number: &str) -> Result<Option<Payment>, StoreError> {
    let sql = format!(
        "SELECT {} FROM payment
        WHERE account_number = $1 AND method = 'virtualAccount' AND merchant_id = $2 AND mode = $3
        ORDER BY created_at DESC
        LIMIT 1",
        PAYMENT.column_list("")
    );
    let parameters = vec![number.into(), tenant.merchant.uuid().into(), tenant.mode.as_str().into()];
    reader.row(&sql, parameters, Payment::read).await
}

/// The payments of some orders, in no order.
pub async fn payments_by_order(reader: &Reader, orders: &[OrderId]) -> Result<Vec<Payment>, StoreError> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let (marks, parameters) = marks(orders.iter().map(|order| order.uuid()));
    let sql = format!("SELECT {} FROM payment WHERE order_id IN ({marks})", PAYMENT.column_list(""));
    reader.rows(&sql, parameters, Payment::read).await
}
