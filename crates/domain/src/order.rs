//! An order: what is bought from which sellers, and the state that follows from its payments.

pub mod line;
pub mod returns;
pub mod state;

pub use line::OrderLine;
pub use state::{OrderEvent, OrderStatus};

use crate::{CheckoutSessionId, Currency, OrderId, PayerId, Span, Tenant, Timestamp, limits::INSTALLMENT_AMOUNT_MIN};

/// How long an unpaid order holds stock.
pub const ORDER_LIFE: Span = Span::from_minutes(15);
/// How much longer an order waits for a buyer who asks for more time, and how often it does.
pub const EXTENSION: Span = Span::from_minutes(10);
pub const EXTENSIONS_MAX: i64 = 6;

/// Whether an order's stock is promised, sold or free again. Each reservation ends once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    Held,
    Consumed,
    Released,
}

impl Reservation {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Consumed => "consumed",
            Self::Released => "released",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Held, Self::Consumed, Self::Released].into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub tenant: Tenant,
    /// The merchant's own key; unique per merchant and mode.
    pub merchant_order_id: String,
    /// What a person reads: `아메리카노 외 1건`.
    pub name: String,
    pub status: OrderStatus,
    pub reservation: Reservation,
    pub currency: Currency,
    /// Minor units: all lines, shipping included.
    pub total: i64,
    /// The part of `total` that bears no VAT.
    pub tax_free: i64,
    /// What was captured.
    pub paid: i64,
    /// What of it has gone back.
    pub returned: i64,
    pub buyer_name: Option<String>,
    pub buyer_email: Option<String>,
    pub buyer_phone: Option<String>,
    pub cancel_reason: Option<String>,
    /// The checkout session it is paid in, the latest if there were several.
    pub checkout: Option<CheckoutSessionId>,
    /// Whose balance its money goes to, instead of to sellers.
    pub top_up_of: Option<PayerId>,
    /// Whether it is what a browser claims: made with a key that anybody can read off a page, and paid only once the
    /// merchant's server has confirmed it.
    pub is_claim: bool,
    /// Pairs, as JSON.
    pub metadata: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl Order {
    /// Whether its total may be paid in instalments, which are sold in won alone.
    #[must_use]
    pub const fn takes_installments(&self) -> bool {
        matches!(self.currency, Currency::Krw) && self.total >= INSTALLMENT_AMOUNT_MIN
    }
}
