//! Bodies of requests about payments.

use serde::Deserialize;
use steelyard_app::request::{Authentication, Confirmation, NewPayment, NewReturn, PaymentTarget, ReturnOf};
use steelyard_domain::{
    AttemptId, Currency, Mode, OrderId, Timestamp, limits::INSTALLMENT_MONTHS_MAX, payment::CaptureMode,
};
use utoipa::ToSchema;

use super::method::MethodBody;
use crate::{
    fault::{Fault, Rule},
    field::{self, Metadata},
    order::BuyerBody,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "merchantOrderId": "order-20261121-0001",
    "orderName": "아메리카노 외 1건",
    "amount": 27000,
    "method": {"type": "card", "card": {"number": "4242 4242 4242 4242", "expiryMonth": 12, "expiryYear": 2030}}
}))]
pub(crate) struct PaymentBody {
    /// `ord_…`: an order that is there. Without it, `merchantOrderId`, `orderName` and `amount` are required.
    #[schema(pattern = "^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$", nullable = false)]
    order_id: Option<String>,
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    merchant_order_id: Option<String>,
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    order_name: Option<String>,
    /// Minor units; checked against the order's total.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    amount: Option<i64>,
    /// ISO 4217; `KRW` where it is left out.
    #[schema(nullable = false)]
    currency: Option<String>,
    /// Of an order that is made now.
    #[schema(nullable = false)]
    buyer: Option<BuyerBody>,
    /// `auto` (where it is left out) or `manual`.
    #[schema(nullable = false)]
    capture: Option<String>,
    method: MethodBody,
    /// 0, or 2 to 36 (할부 개월).
    #[schema(minimum = 0, maximum = 36, nullable = false)]
    installment_months: Option<i64>,
    /// At most 50 pairs of texts.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>, nullable = false)]
    metadata: Option<Metadata>,
}

fn capture_mode(value: Option<&str>) -> Result<CaptureMode, Fault> {
    let modes = [CaptureMode::Auto, CaptureMode::Manual];
    value.map_or(Ok(CaptureMode::Auto), |mode| field::choice("capture", mode, &modes, CaptureMode::as_str))
}

/// One month is a single payment and is written as 0.
fn installments(value: Option<i64>) -> Result<u8, Fault> {
    let months = value.unwrap_or(0);
    if months != 0 {
        field::within("installmentMonths", months, 2, INSTALLMENT_MONTHS_MAX)?;
    }
    let out_of_range = || Fault::new("installmentMonths", Rule::Range { min: 2, max: INSTALLMENT_MONTHS_MAX });
    u8::try_from(months).map_err(|_| out_of_range())
}

impl PaymentBody {
    pub(super) fn parsed(self, mode: Mode, now: Timestamp) -> Result<NewPayment, Fault> {
        let amount = self.amount.map(|amount| field::amount("amount", amount)).transpose()?;
        let missing = |name| Fault::new(name, Rule::Missing);
        let target = match self.order_id {
            Some(order) => {
                // They would say again, and perhaps differently, what the order says.
                for (name, given) in [
                    ("merchantOrderId", self.merchant_order_id.is_some()),
                    ("orderName", self.order_name.is_some()),
                    ("buyer", self.buyer.is_some()),
                ] {
                    if given {
                        return Err(Fault::new(name, Rule::NotWith("orderId")));
                    }
                }
                PaymentTarget::Order(field::id("orderId", &order, OrderId::parse)?)
            }
            None => PaymentTarget::Inline {
                merchant_order_id: field::merchant_order_id(
                    self.merchant_order_id.ok_or_else(|| missing("merchantOrderId"))?,
                )?,
                order_name: field::named("orderName", self.order_name.ok_or_else(|| missing("orderName"))?)?,
                amount: amount.ok_or_else(|| missing("amount"))?,
                buyer: BuyerBody::parsed(self.buyer)?,
            },
        };
        Ok(NewPayment {
            target,
            amount,
            currency: field::currency("currency", self.currency.as_deref())?,
            capture: capture_mode(self.capture.as_deref())?,
            installment_months: installments(self.installment_months)?,
            metadata: field::metadata(self.metadata)?,
            method: self.method.method(mode, now)?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "method": {"type": "card", "card": {"number": "4242 4242 4242 4242", "expiryMonth": 12, "expiryYear": 2030}}
}))]
pub(crate) struct PayAgainBody {
    method: MethodBody,
    /// `auto` (where it is left out) or `manual`.
    #[schema(nullable = false)]
    capture: Option<String>,
    /// 0, or 2 to 36 (할부 개월).
    #[schema(minimum = 0, maximum = 36, nullable = false)]
    installment_months: Option<i64>,
}

impl PayAgainBody {
    pub(super) fn parsed(self, target: PaymentTarget, mode: Mode, now: Timestamp) -> Result<NewPayment, Fault> {
        Ok(NewPayment {
            target,
            amount: None,
            currency: None,
            capture: capture_mode(self.capture.as_deref())?,
            installment_months: installments(self.installment_months)?,
            metadata: None,
            method: self.method.method(mode, now)?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"amount": 20000}))]
pub(crate) struct CaptureBody {
    /// Minor units; all of it where it is left out.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    amount: Option<i64>,
}

impl CaptureBody {
    pub(super) fn parsed(self) -> Result<Option<i64>, Fault> {
        self.amount.map(|amount| field::amount("amount", amount)).transpose()
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"amount": 5000, "reason": "부분 취소", "expectedCancelable": 27000}))]
pub(crate) struct CancelPaymentBody {
    /// Minor units; all that remains where it is left out.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    amount: Option<i64>,
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// Refuse unless exactly this much can be given back now.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, nullable = false)]
    expected_cancelable: Option<i64>,
}

impl CancelPaymentBody {
    pub(super) fn parsed(self) -> Result<NewReturn, Fault> {
        let of = match self.amount {
            Some(amount) => ReturnOf::Amount(field::amount("amount", amount)?),
            None => ReturnOf::Everything,
        };
        let expected = self.expected_cancelable.map(|amount| field::price("expectedCancelable", amount)).transpose()?;
        Ok(NewReturn { of, reason: field::reason(self.reason)?, restock: true, expected })
    }
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NothingBody {}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "merchantOrderId": "order-20261121-0002",
    "orderName": "아메리카노",
    "amount": 4500,
    "method": {"type": "card", "card": {"number": "4242 4242 4242 4242", "expiryMonth": 12, "expiryYear": 2030}}
}))]
pub(crate) struct AuthenticateBody {
    #[schema(min_length = 1, max_length = 64)]
    merchant_order_id: String,
    #[schema(min_length = 1, max_length = 100)]
    order_name: String,
    /// Minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    amount: i64,
    /// ISO 4217; `KRW` where it is left out.
    #[schema(nullable = false)]
    currency: Option<String>,
    #[schema(nullable = false)]
    buyer: Option<BuyerBody>,
    method: MethodBody,
    /// 0, or 2 to 36 (할부 개월).
    #[schema(minimum = 0, maximum = 36, nullable = false)]
    installment_months: Option<i64>,
}

impl AuthenticateBody {
    pub(super) fn parsed(self, mode: Mode, now: Timestamp) -> Result<Authentication, Fault> {
        Ok(Authentication {
            merchant_order_id: field::merchant_order_id(self.merchant_order_id)?,
            order_name: field::named("orderName", self.order_name)?,
            amount: field::amount("amount", self.amount)?,
            currency: field::currency("currency", self.currency.as_deref())?.unwrap_or(Currency::Krw),
            installment_months: installments(self.installment_months)?,
            buyer: BuyerBody::parsed(self.buyer)?,
            card: self.method.card(mode, now)?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "paymentKey": "att_01j0000000e008000000000001",
    "merchantOrderId": "order-20261121-0002",
    "amount": 4500
}))]
pub(crate) struct ConfirmBody {
    /// From the browser.
    #[schema(pattern = "^att_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    payment_key: String,
    /// From your own records, not from the browser.
    #[schema(min_length = 1, max_length = 64)]
    merchant_order_id: String,
    /// From your own records, in minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    amount: i64,
    /// From your own records; `KRW` where it is left out.
    #[schema(min_length = 3, max_length = 3, nullable = false)]
    currency: Option<String>,
}

impl ConfirmBody {
    pub(super) fn parsed(self) -> Result<Confirmation, Fault> {
        Ok(Confirmation {
            attempt: field::id("paymentKey", &self.payment_key, AttemptId::parse)?,
            merchant_order_id: field::merchant_order_id(self.merchant_order_id)?,
            amount: field::amount("amount", self.amount)?,
            currency: field::currency("currency", self.currency.as_deref())?.unwrap_or(Currency::Krw),
        })
    }
}
