//! A cancel or refund, in flight or done.

use thiserror::Error;

use crate::{
    AttemptId, Currency, IdempotencyId, OrderId, PaymentId, RefundId, Tenant, Timestamp, fee::Fee,
    order::returns::ReturnPart,
};

/// Money given back before the acquirer's cut-off (취소) or after it (환불).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundKind {
    Cancel,
    Refund,
}

impl RefundKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Refund => "refund",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cancel, Self::Refund].into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundState {
    Requested,
    Sent,
    Succeeded,
    Declined,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundEvent {
    Send,
    Succeed,
    Decline,
    LoseAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a refund that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalRefundEvent {
    pub from: RefundState,
    pub event: RefundEvent,
}

impl RefundState {
    pub const ALL: [Self; 5] = [Self::Requested, Self::Sent, Self::Succeeded, Self::Declined, Self::Unknown];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Sent => "sent",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalRefundEvent`] where the machine has no such edge.
    pub const fn apply(self, event: RefundEvent) -> Result<Self, IllegalRefundEvent> {
        use RefundEvent::{Decline, LoseAnswer, Send, Succeed};
        let illegal = Err(IllegalRefundEvent { from: self, event });
        match self {
            Self::Requested => match event {
                Send => Ok(Self::Sent),
                Succeed | Decline | LoseAnswer => illegal,
            },
            Self::Sent => match event {
                Succeed => Ok(Self::Succeeded),
                Decline => Ok(Self::Declined),
                LoseAnswer => Ok(Self::Unknown),
                Send => illegal,
            },
            Self::Unknown => match event {
                Succeed => Ok(Self::Succeeded),
                Decline => Ok(Self::Declined),
                Send | LoseAnswer => illegal,
            },
            Self::Succeeded | Self::Declined => match event {
                Send | Succeed | Decline | LoseAnswer => illegal,
            },
        }
    }

    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Requested | Self::Sent | Self::Unknown => true,
            Self::Succeeded | Self::Declined => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    pub id: RefundId,
    pub tenant: Tenant,
    pub order: OrderId,
    pub payment: PaymentId,
    pub attempt: AttemptId,
    pub kind: RefundKind,
    pub state: RefundState,
    pub currency: Currency,
    /// Minor units, all positive.
    pub amount: i64,
    pub tax_free: i64,
    pub vat: i64,
    pub fee: Fee,
    pub restock: bool,
    pub reason: String,
    pub parts: Vec<ReturnPart>,
    pub decline_code: Option<String>,
    pub idempotency: Option<IdempotencyId>,
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use RefundEvent as E;
    use RefundState as S;

    #[test]
    fn every_edge_of_a_refund_is_as_written_and_there_is_no_other() {
        let edges = [
            (S::Requested, E::Send, S::Sent),
            (S::Sent, E::Succeed, S::Succeeded),
            (S::Sent, E::Decline, S::Declined),
            (S::Sent, E::LoseAnswer, S::Unknown),
            (S::Unknown, E::Succeed, S::Succeeded),
            (S::Unknown, E::Decline, S::Declined),
        ];
        for from in S::ALL {
            for event in [E::Send, E::Succeed, E::Decline, E::LoseAnswer] {
                match edges.iter().find(|edge| edge.0 == from && edge.1 == event) {
                    Some((_, _, to)) => assert_eq!(from.apply(event), Ok(*to)),
                    None => assert_eq!(from.apply(event), Err(IllegalRefundEvent { from, event })),
                }
            }
            assert_eq!(S::parse(from.as_str()), Some(from));
        }
    }

    #[test]
    fn a_refund_cannot_succeed_before_it_is_sent() {
        assert!(S::Requested.apply(E::Succeed).is_err());
    }
}
