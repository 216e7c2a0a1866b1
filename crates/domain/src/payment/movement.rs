//! A payment transaction: one movement of money as the merchant sees it (결제, 취소, 환불).

use crate::{
    Currency, MovementId, OrderId, PaymentId, RefundId, Tenant, Timestamp, method::MethodType, payment::RefundKind,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MovementKind {
    Payment,
    Cancel,
    Refund,
}

impl MovementKind {
    pub const ALL: [Self; 3] = [Self::Payment, Self::Cancel, Self::Refund];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl From<RefundKind> for MovementKind {
    fn from(kind: RefundKind) -> Self {
        match kind {
            RefundKind::Cancel => Self::Cancel,
            RefundKind::Refund => Self::Refund,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MovementStatus {
    /// Asked for, not yet confirmed.
    Pending,
    Done,
    Declined,
}

impl MovementStatus {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Done, Self::Declined];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Declined => "declined",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    pub id: MovementId,
    pub tenant: Tenant,
    pub order: OrderId,
    pub payment: PaymentId,
    pub refund: Option<RefundId>,
    pub kind: MovementKind,
    pub status: MovementStatus,
    pub method: MethodType,
    pub currency: Currency,
    /// Minor units; negative for cancel and refund.
    pub amount: i64,
    pub occurred_at: Timestamp,
}
