//! One line of an order, and what of it has been returned.

use crate::{OrderId, OrderLineId, ProductId, SellerId};

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Product,
    /// A returnable line of the default seller.
    Shipping,
}

impl LineKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Shipping => "shipping",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Product, Self::Shipping].into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    pub id: OrderLineId,
    pub order: OrderId,
    /// From 0, as the merchant sent them: ties in every split go to the earlier line.
    pub position: i64,
    pub kind: LineKind,
    pub seller: SellerId,
    pub product: Option<ProductId>,
    pub name: String,
    pub quantity: i64,
    /// Minor units, VAT included.
    pub unit_price: i64,
    pub tax_free: bool,
    pub returned: Returned,
}

impl OrderLine {
    #[must_use]
    pub const fn amount(&self) -> i64 {
        self.quantity * self.unit_price
    }
}

/// What went back of one line, in flight or done; a declined return is taken out again. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Returned {
    pub quantity: i64,
    pub amount: i64,
    pub vat: i64,
    pub fee: i64,
    pub fee_vat: i64,
}
