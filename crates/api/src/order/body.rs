//! Bodies of requests about orders.

use serde::Deserialize;
use steelyard_app::request::{Buyer, NewLine, NewOrder, NewReturn, ReturnOf};
use steelyard_domain::{
    Currency, OrderLineId, ProductId, SellerId,
    limits::{AMOUNT_MAX, ORDER_LINES_MAX, QUANTITY_MAX},
};
use utoipa::ToSchema;

use crate::{
    fault::{Fault, Rule},
    field::{self, Metadata},
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "merchantOrderId": "order-20261121-0001",
    "lines": [
        {"name": "아메리카노", "quantity": 2, "unitPrice": 4500},
        {"name": "책", "quantity": 1, "unitPrice": 15000, "taxFree": true}
    ],
    "shippingFee": 3000,
    "buyer": {"name": "김하늘", "email": "buyer@example.com"},
    "totalAmount": 27000
}))]
pub(crate) struct OrderBody {
    /// Yours; unique per merchant and mode.
    #[schema(min_length = 1, max_length = 64)]
    merchant_order_id: String,
    /// What the buyer reads; made of the lines where it is left out.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    order_name: Option<String>,
    /// ISO 4217; `KRW` where it is left out.
    #[schema(nullable = false)]
    currency: Option<String>,
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<LineBody>,
    /// Minor units.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, nullable = false)]
    shipping_fee: Option<i64>,
    #[schema(nullable = false)]
    buyer: Option<BuyerBody>,
    /// Checked against the sum of lines and shipping.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    total_amount: Option<i64>,
    /// At most 50 pairs of texts.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>, nullable = false)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LineBody {
    /// `prd_…`: stock is promised.
    #[schema(pattern = "^prd_[0-7][0-9a-hjkmnp-tv-z]{25}$", nullable = false)]
    product_id: Option<String>,
    /// `sel_…`; the product's or the default seller where it is left out.
    #[schema(pattern = "^sel_[0-7][0-9a-hjkmnp-tv-z]{25}$", nullable = false)]
    seller_id: Option<String>,
    /// Required without a `productId`.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name: Option<String>,
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
    /// Minor units, VAT included. Required without a `productId`.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, nullable = false)]
    unit_price: Option<i64>,
    #[schema(nullable = false)]
    tax_free: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BuyerBody {
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name: Option<String>,
    #[schema(min_length = 1, max_length = 254, nullable = false)]
    email: Option<String>,
    #[schema(min_length = 1, max_length = 30, nullable = false)]
    phone: Option<String>,
}

impl OrderBody {
    pub(crate) fn parsed(self) -> Result<NewOrder, Fault> {
        if !(1..=ORDER_LINES_MAX).contains(&self.lines.len()) {
            return Err(Fault::new("lines", Rule::Items { min: 1, max: ORDER_LINES_MAX }));
        }
        let lines = self.lines.into_iter().enumerate();
        let parse = |(index, line): (usize, LineBody)| line.parsed().map_err(|fault| fault.at(index).under("lines"));
        Ok(NewOrder {
            merchant_order_id: field::merchant_order_id(self.merchant_order_id)?,
            name: self.order_name.map(|name| field::named("orderName", name)).transpose()?,
            currency: field::currency("currency", self.currency.as_deref())?.unwrap_or(Currency::Krw),
            lines: lines.map(parse).collect::<Result<_, _>>()?,
            shipping_fee: field::price("shippingFee", self.shipping_fee.unwrap_or(0))?,
            buyer: BuyerBody::parsed(self.buyer)?,
            total: self.total_amount.map(|amount| field::amount("totalAmount", amount)).transpose()?,
            metadata: field::metadata(self.metadata)?,
            top_up_of: None,
            is_claim: false,
        })
    }
}

impl LineBody {
    fn parsed(self) -> Result<NewLine, Fault> {
        let product = self.product_id.map(|id| field::id("productId", &id, ProductId::parse)).transpose()?;
        if product.is_none() {
            // A line of a product takes these from it.
            if self.name.is_none() {
                return Err(Fault::new("name", Rule::Missing));
            }
            if self.unit_price.is_none() {
                return Err(Fault::new("unitPrice", Rule::Missing));
            }
        }
        let quantity = field::within("quantity", self.quantity, 1, QUANTITY_MAX)?;
        let unit_price = self.unit_price.map(|price| field::price("unitPrice", price)).transpose()?;
        if unit_price.is_some_and(|price| price.checked_mul(quantity).is_none_or(|amount| amount > AMOUNT_MAX)) {
            return Err(Fault::new(
                "quantity",
                Rule::Range { min: 1, max: AMOUNT_MAX / unit_price.unwrap_or(1).max(1) },
            ));
        }
        Ok(NewLine {
            product,
            seller: self.seller_id.map(|id| field::id("sellerId", &id, SellerId::parse)).transpose()?,
            name: self.name.map(|name| field::named("name", name)).transpose()?,
            quantity,
            unit_price,
            tax_free: self.tax_free,
        })
    }
}

impl BuyerBody {
    pub(crate) fn parsed(body: Option<Self>) -> Result<Buyer, Fault> {
        let Some(body) = body else { return Ok(Buyer::default()) };
        body.checked().map_err(|fault| fault.under("buyer"))
    }

    fn checked(self) -> Result<Buyer, Fault> {
        Ok(Buyer {
            name: self.name.map(|name| field::named("name", name)).transpose()?,
            email: self.email.map(|email| field::email("email", email)).transpose()?,
            phone: self.phone.map(|phone| field::phone("phone", phone)).transpose()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"reason": "고객 변심"}))]
pub(crate) struct CancelOrderBody {
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl CancelOrderBody {
    pub(super) fn parsed(self) -> Result<String, Fault> {
        field::reason(self.reason)
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "lines": [{"orderLineId": "oli_01j0000000e008000000000001", "quantity": 1}],
    "reason": "상품 불량",
    "expectedRefundable": 27000
}))]
pub(crate) struct RefundBody {
    /// What comes back, by line. Not together with `amount`.
    #[schema(min_items = 1, max_items = 100, nullable = false)]
    lines: Option<Vec<RefundLineBody>>,
    /// Minor units, spread over what remains of the lines; restocks nothing.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    amount: Option<i64>,
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// Whether returned units go back on sale; true where it is left out.
    #[schema(nullable = false)]
    restock: Option<bool>,
    /// Refuse unless exactly this much can be returned now.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, nullable = false)]
    expected_refundable: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefundLineBody {
    #[schema(pattern = "^oli_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    order_line_id: String,
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
}

impl RefundBody {
    pub(super) fn parsed(self) -> Result<NewReturn, Fault> {
        let of = match (self.lines, self.amount) {
            (Some(_), Some(_)) => return Err(Fault::new("amount", Rule::NotWith("lines"))),
            (Some(lines), None) => ReturnOf::Lines(refund_lines(lines)?),
            (None, Some(amount)) => ReturnOf::Amount(field::amount("amount", amount)?),
            (None, None) => ReturnOf::Everything,
        };
        let expected = self.expected_refundable.map(|amount| field::price("expectedRefundable", amount)).transpose()?;
        Ok(NewReturn { of, reason: field::reason(self.reason)?, restock: self.restock.unwrap_or(true), expected })
    }
}

fn refund_lines(lines: Vec<RefundLineBody>) -> Result<Vec<(OrderLineId, i64)>, Fault> {
    // One more than an order's own lines: shipping is one too.
    if !(1..=ORDER_LINES_MAX + 1).contains(&lines.len()) {
        return Err(Fault::new("lines", Rule::Items { min: 1, max: ORDER_LINES_MAX + 1 }));
    }
    let mut parsed: Vec<(OrderLineId, i64)> = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        let seen_from_body = |fault: Fault| fault.at(index).under("lines");
        let id = field::id("orderLineId", &line.order_line_id, OrderLineId::parse).map_err(seen_from_body)?;
        if parsed.iter().any(|(other, _)| *other == id) {
            return Err(seen_from_body(Fault::new("orderLineId", Rule::Repeated)));
        }
        let quantity = field::within("quantity", line.quantity, 1, QUANTITY_MAX).map_err(seen_from_body)?;
        parsed.push((id, quantity));
    }
    Ok(parsed)
}
