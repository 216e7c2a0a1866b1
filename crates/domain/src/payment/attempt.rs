//! An attempt: one request to an acquirer, on record before a byte of it leaves.

use thiserror::Error;

use crate::{
    AttemptId, Currency, IdempotencyId, OrderId, PaymentId, RefundId, Tenant, Timestamp, method::ConnectorName,
};

/// What the acquirer is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    Authorize,
    /// Authorize and capture at once.
    Purchase,
    Capture,
    Void,
    Cancel,
    Refund,
}

impl Operation {
    pub const ALL: [Self; 6] = [Self::Authorize, Self::Purchase, Self::Capture, Self::Void, Self::Cancel, Self::Refund];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Purchase => "purchase",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == text)
    }

    /// Whether it charges the buyer, so that the payment's own state hangs on it.
    #[must_use]
    pub const fn charges(self) -> bool {
        match self {
            Self::Authorize | Self::Purchase => true,
            Self::Capture | Self::Void | Self::Cancel | Self::Refund => false,
        }
    }

    /// Whether it gives money back, so that a refund's state hangs on it.
    #[must_use]
    pub const fn gives_back(self) -> bool {
        match self {
            Self::Cancel | Self::Refund => true,
            Self::Authorize | Self::Purchase | Self::Capture | Self::Void => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// Waits for the buyer's authentication or the merchant's confirm.
    Created,
    Sent,
    Abandoned,
    Approved,
    Declined,
    NotSent,
    Unknown,
    NetCanceled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptEvent {
    Send,
    Abandon,
    Approve,
    Decline,
    /// Proven not to have left.
    FailToSend,
    LoseAnswer,
    NetCancel,
}

impl AttemptEvent {
    pub const ALL: [Self; 7] =
        [Self::Send, Self::Abandon, Self::Approve, Self::Decline, Self::FailToSend, Self::LoseAnswer, Self::NetCancel];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an attempt that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalAttemptEvent {
    pub from: AttemptState,
    pub event: AttemptEvent,
}

impl AttemptState {
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Sent,
        Self::Abandoned,
        Self::Approved,
        Self::Declined,
        Self::NotSent,
        Self::Unknown,
        Self::NetCanceled,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sent => "sent",
            Self::Abandoned => "abandoned",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::NotSent => "notSent",
            Self::Unknown => "unknown",
            Self::NetCanceled => "netCanceled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalAttemptEvent`] where the machine has no such edge.
    pub const fn apply(self, event: AttemptEvent) -> Result<Self, IllegalAttemptEvent> {
        use AttemptEvent::{Abandon, Approve, Decline, FailToSend, LoseAnswer, NetCancel, Send};
        let illegal = Err(IllegalAttemptEvent { from: self, event });
        match self {
            Self::Created => match event {
                Send => Ok(Self::Sent),
                Abandon => Ok(Self::Abandoned),
                Approve | Decline | FailToSend | LoseAnswer | NetCancel => illegal,
            },
            Self::Sent => match event {
                Approve => Ok(Self::Approved),
                Decline => Ok(Self::Declined),
                FailToSend => Ok(Self::NotSent),
                LoseAnswer => Ok(Self::Unknown),
                Send | Abandon | NetCancel => illegal,
            },
            Self::Unknown => match event {
                Approve => Ok(Self::Approved),
                Decline => Ok(Self::Declined),
                NetCancel => Ok(Self::NetCanceled),
                Send | Abandon | FailToSend | LoseAnswer => illegal,
            },
            Self::Approved => match event {
                NetCancel => Ok(Self::NetCanceled),
                Send | Abandon | Approve | Decline | FailToSend | LoseAnswer => illegal,
            },
            Self::Abandoned | Self::Declined | Self::NotSent | Self::NetCanceled => match event {
                Send | Abandon | Approve | Decline | FailToSend | LoseAnswer | NetCancel => illegal,
            },
        }
    }

    /// Whether the acquirer may still be working on it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Sent | Self::Unknown => true,
            Self::Created | Self::Abandoned | Self::Approved | Self::Declined | Self::NotSent | Self::NetCanceled => {
                false
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub id: AttemptId,
    pub tenant: Tenant,
    pub order: OrderId,
    pub payment: PaymentId,
    /// The cancel or refund this attempt carries out.
    pub refund: Option<RefundId>,
    pub connector: ConnectorName,
    pub operation: Operation,
    pub state: AttemptState,
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// A token of the acquirer's that stands for a passed authentication, until it is charged.
    pub authentication: Option<String>,
    /// The acquirer's own id.
    pub acquirer_transaction_id: Option<String>,
    pub approval_number: Option<String>,
    /// The acquirer's answer, or why there is none.
    pub code: Option<String>,
    pub message: Option<String>,
    pub created_at: Timestamp,
    /// Real time, as is everything toward connectors.
    pub sent_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    /// How far the resolution of an unknown outcome has come.
    pub resolution: crate::payment::resolution::Resolution,
    /// When it is looked at again; set as long as it is open.
    pub next_check_at: Option<Timestamp>,
    /// The caller's key that waits for this attempt's outcome.
    pub idempotency: Option<IdempotencyId>,
    /// Grows by one with every change.
    pub version: i64,
}

impl Attempt {
    /// Our reference at the acquirer: the attempt's own id, so it is unique and on record before it is used.
    #[must_use]
    pub fn reference(&self) -> String {
        self.id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttemptEvent as E;
    use AttemptState as S;

    #[test]
    fn every_edge_of_an_attempt_is_as_written_and_there_is_no_other() {
        let edges = [
            (S::Created, E::Send, S::Sent),
            (S::Created, E::Abandon, S::Abandoned),
            (S::Sent, E::Approve, S::Approved),
            (S::Sent, E::Decline, S::Declined),
            (S::Sent, E::FailToSend, S::NotSent),
            (S::Sent, E::LoseAnswer, S::Unknown),
            (S::Unknown, E::Approve, S::Approved),
            (S::Unknown, E::Decline, S::Declined),
            (S::Unknown, E::NetCancel, S::NetCanceled),
            (S::Approved, E::NetCancel, S::NetCanceled),
        ];
        for from in S::ALL {
            for event in E::ALL {
                match edges.iter().find(|edge| edge.0 == from && edge.1 == event) {
                    Some((_, _, to)) => assert_eq!(from.apply(event), Ok(*to)),
                    None => assert_eq!(from.apply(event), Err(IllegalAttemptEvent { from, event })),
                }
            }
            assert_eq!(S::parse(from.as_str()), Some(from));
        }
    }

    #[test]
    fn a_lost_answer_cannot_become_not_sent() {
        assert!(S::Unknown.apply(E::FailToSend).is_err());
    }
}
