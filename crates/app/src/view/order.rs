//! Orders.

use serde::Serialize;
use serde_json::value::RawValue;
use steelyard_domain::{
    order::{Order, OrderLine},
    payment::Payment,
};
use utoipa::ToSchema;

use super::metadata;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// `ord_…`
    pub id: String,
    #[schema(example = "open")]
    pub status: &'static str,
    pub merchant_id: String,
    /// `test` or `live`
    pub mode: &'static str,
    pub merchant_order_id: String,
    pub order_name: String,
    /// Minor units: all lines, shipping included.
    pub total_amount: i64,
    #[schema(example = "KRW")]
    pub currency: &'static str,
    pub tax_free_amount: i64,
    /// Contained in the total.
    pub vat: i64,
    pub paid_amount: i64,
    pub returned_amount: i64,
    /// What can still be given back.
    pub refundable_amount: i64,
    pub lines: Vec<OrderLineView>,
    pub buyer: BuyerView,
    /// `held`, `consumed` or `released`
    pub reservation: &'static str,
    pub payment_id: Option<String>,
    pub cancel_reason: Option<String>,
    pub created_at: String,
    pub expires_at: String,
    pub version: i64,
    #[schema(value_type = Object)]
    pub metadata: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderLineView {
    /// `oli_…`
    pub id: String,
    /// `product` or `shipping`
    pub kind: &'static str,
    pub product_id: Option<String>,
    pub seller_id: String,
    pub name: String,
    pub quantity: i64,
    pub unit_price: i64,
    pub amount: i64,
    pub tax_free: bool,
    /// Returns in flight included.
    pub returned_quantity: i64,
    pub returned_amount: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuyerView {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl OrderView {
    #[must_use]
    pub fn new(order: &Order, lines: &[OrderLine], payment: Option<&Payment>) -> Self {
        let vat = steelyard_domain::tax::vat_included(order.total, order.tax_free).unwrap_or_default();
        Self {
            id: order.id.to_string(),
            status: order.status.as_str(),
            merchant_id: order.tenant.merchant.to_string(),
            mode: order.tenant.mode.as_str(),
            merchant_order_id: order.merchant_order_id.clone(),
            order_name: order.name.clone(),
            total_amount: order.total,
            currency: order.currency.code(),
            tax_free_amount: order.tax_free,
            vat,
            paid_amount: order.paid,
            returned_amount: order.returned,
            refundable_amount: payment.filter(|payment| payment.captured > 0).map_or(0, Payment::cancelable),
            lines: lines
                .iter()
                .map(|line| OrderLineView {
                    id: line.id.to_string(),
                    kind: line.kind.as_str(),
                    product_id: line.product.map(|id| id.to_string()),
                    seller_id: line.seller.to_string(),
                    name: line.name.clone(),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    amount: line.amount(),
                    tax_free: line.tax_free,
                    returned_quantity: line.returned.quantity,
                    returned_amount: line.returned.amount,
                })
                .collect(),
            buyer: BuyerView {
                name: order.buyer_name.clone(),
                email: order.buyer_email.clone(),
                phone: order.buyer_phone.clone(),
            },
            reservation: order.reservation.as_str(),
            payment_id: payment.map(|payment| payment.id.to_string()),
            cancel_reason: order.cancel_reason.clone(),
            created_at: order.created_at.to_string(),
            expires_at: order.expires_at.to_string(),
            version: order.version,
            metadata: metadata(order.metadata.as_deref()),
        }
    }
}
