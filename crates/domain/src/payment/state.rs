//! The payment's state machine. Source: docs/ARCHITECTURE.md, "States".

use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaymentStatus {
    Ready,
    InProgress,
    Unknown,
    WaitingForDeposit,
    Authorized,
    Captured,
    PartiallyCanceled,
    Canceled,
    PartiallyRefunded,
    Refunded,
    Expired,
    Failed,
}

/// What can happen to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentEvent {
    /// An attempt leaves for the acquirer.
    Send,
    /// The acquirer reserved the amount.
    Authorize,
    /// The acquirer took the money: a purchase, a capture of an authorization, or a deposit.
    Capture,
    /// An account number was issued for the buyer to pay into.
    AwaitDeposit,
    /// The attempt was declined, was not sent, or has been net-cancelled: the payment can be tried again.
    AttemptEnded,
    /// No answer in time.
    LoseAnswer,
    /// An authorization is released.
    Void,
    /// Money went back before the cut-off: a part, or all that remained.
    CancelPart,
    CancelWhole,
    /// Money went back after the cut-off.
    RefundPart,
    RefundWhole,
    /// Its time is over.
    Expire,
    /// The merchant gives it up before anything was approved.
    Abandon,
    /// The merchant says that no more attempts are wanted.
    Fail,
}

impl PaymentEvent {
    pub const ALL: [Self; 14] = [
        Self::Send,
        Self::Authorize,
        Self::Capture,
        Self::AwaitDeposit,
        Self::AttemptEnded,
        Self::LoseAnswer,
        Self::Void,
        Self::CancelPart,
        Self::CancelWhole,
        Self::RefundPart,
        Self::RefundWhole,
        Self::Expire,
        Self::Abandon,
        Self::Fail,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a payment that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalPaymentEvent {
    pub from: PaymentStatus,
    pub event: PaymentEvent,
}

impl PaymentStatus {
    pub const ALL: [Self; 12] = [
        Self::Ready,
        Self::InProgress,
        Self::Unknown,
        Self::WaitingForDeposit,
        Self::Authorized,
        Self::Captured,
        Self::PartiallyCanceled,
        Self::Canceled,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Expired,
        Self::Failed,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::InProgress => "inProgress",
            Self::Unknown => "unknown",
            Self::WaitingForDeposit => "waitingForDeposit",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::PartiallyCanceled => "partiallyCanceled",
            Self::Canceled => "canceled",
            Self::PartiallyRefunded => "partiallyRefunded",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalPaymentEvent`] where the machine has no such edge.
    pub const fn apply(self, event: PaymentEvent) -> Result<Self, IllegalPaymentEvent> {
        use PaymentEvent::{
            Abandon, AttemptEnded, Authorize, AwaitDeposit, CancelPart, CancelWhole, Capture, Expire, Fail, LoseAnswer,
            RefundPart, RefundWhole, Send, Void,
        };
        let illegal = Err(IllegalPaymentEvent { from: self, event });
        match self {
            Self::Ready => match event {
                Send => Ok(Self::InProgress),
                Expire => Ok(Self::Expired),
                Abandon => Ok(Self::Canceled),
                Fail => Ok(Self::Failed),
                Authorize | Capture | AwaitDeposit | AttemptEnded | LoseAnswer | Void | CancelPart | CancelWhole
                | RefundPart | RefundWhole => illegal,
            },
            Self::InProgress => match event {
                Authorize => Ok(Self::Authorized),
                Capture => Ok(Self::Captured),
                AwaitDeposit => Ok(Self::WaitingForDeposit),
                AttemptEnded => Ok(Self::Ready),
                LoseAnswer => Ok(Self::Unknown),
                Send | Void | CancelPart | CancelWhole | RefundPart | RefundWhole | Expire | Abandon | Fail => illegal,
            },
            Self::Unknown => match event {
                Authorize => Ok(Self::Authorized),
                Capture => Ok(Self::Captured),
                AwaitDeposit => Ok(Self::WaitingForDeposit),
                AttemptEnded => Ok(Self::Ready),
                Send | LoseAnswer | Void | CancelPart | CancelWhole | RefundPart | RefundWhole | Expire | Abandon
                | Fail => illegal,
            },
            Self::WaitingForDeposit => match event {
                Capture => Ok(Self::Captured),
                Expire => Ok(Self::Expired),
                Send | Authorize | AwaitDeposit | AttemptEnded | LoseAnswer | Void | CancelPart | CancelWhole
                | RefundPart | RefundWhole | Abandon | Fail => illegal,
            },
            Self::Authorized => match event {
                Capture => Ok(Self::Captured),
                Void => Ok(Self::Canceled),
                Expire => Ok(Self::Expired),
                Send | Authorize | AwaitDeposit | AttemptEnded | LoseAnswer | CancelPart | CancelWhole | RefundPart
                | RefundWhole | Abandon | Fail => illegal,
            },
            Self::Captured | Self::PartiallyCanceled => match event {
                CancelPart => Ok(Self::PartiallyCanceled),
                CancelWhole => Ok(Self::Canceled),
                RefundPart => Ok(Self::PartiallyRefunded),
                RefundWhole => Ok(Self::Refunded),
                Send | Authorize | Capture | AwaitDeposit | AttemptEnded | LoseAnswer | Void | Expire | Abandon
                | Fail => illegal,
            },
            Self::PartiallyRefunded => match event {
                CancelPart | RefundPart => Ok(Self::PartiallyRefunded),
                CancelWhole | RefundWhole => Ok(Self::Refunded),
                Send | Authorize | Capture | AwaitDeposit | AttemptEnded | LoseAnswer | Void | Expire | Abandon
                | Fail => illegal,
            },
            Self::Canceled | Self::Refunded | Self::Expired | Self::Failed => match event {
                Send | Authorize | Capture | AwaitDeposit | AttemptEnded | LoseAnswer | Void | CancelPart
                | CancelWhole | RefundPart | RefundWhole | Expire | Abandon | Fail => illegal,
            },
        }
    }

    /// Whether money may still arrive for it, so that its order must not expire.
    #[must_use]
    pub const fn holds_order(self) -> bool {
        match self {
            Self::InProgress | Self::Unknown | Self::WaitingForDeposit | Self::Authorized => true,
            Self::Ready
            | Self::Captured
            | Self::PartiallyCanceled
            | Self::Canceled
            | Self::PartiallyRefunded
            | Self::Refunded
            | Self::Expired
            | Self::Failed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentEvent as E;
    use PaymentStatus as S;

    const EDGES: [(S, E, S); 30] = [
        (S::Ready, E::Send, S::InProgress),
        (S::Ready, E::Expire, S::Expired),
        (S::Ready, E::Abandon, S::Canceled),
        (S::Ready, E::Fail, S::Failed),
        (S::InProgress, E::Authorize, S::Authorized),
        (S::InProgress, E::Capture, S::Captured),
        (S::InProgress, E::AwaitDeposit, S::WaitingForDeposit),
        (S::InProgress, E::AttemptEnded, S::Ready),
        (S::InProgress, E::LoseAnswer, S::Unknown),
        (S::Unknown, E::Authorize, S::Authorized),
        (S::Unknown, E::Capture, S::Captured),
        (S::Unknown, E::AwaitDeposit, S::WaitingForDeposit),
        (S::Unknown, E::AttemptEnded, S::Ready),
        (S::WaitingForDeposit, E::Capture, S::Captured),
        (S::WaitingForDeposit, E::Expire, S::Expired),
        (S::Authorized, E::Capture, S::Captured),
        (S::Authorized, E::Void, S::Canceled),
        (S::Authorized, E::Expire, S::Expired),
        (S::Captured, E::CancelPart, S::PartiallyCanceled),
        (S::Captured, E::CancelWhole, S::Canceled),
        (S::Captured, E::RefundPart, S::PartiallyRefunded),
        (S::Captured, E::RefundWhole, S::Refunded),
        (S::PartiallyCanceled, E::CancelPart, S::PartiallyCanceled),
        (S::PartiallyCanceled, E::CancelWhole, S::Canceled),
        (S::PartiallyCanceled, E::RefundPart, S::PartiallyRefunded),
        (S::PartiallyCanceled, E::RefundWhole, S::Refunded),
        (S::PartiallyRefunded, E::CancelPart, S::PartiallyRefunded),
        (S::PartiallyRefunded, E::CancelWhole, S::Refunded),
        (S::PartiallyRefunded, E::RefundPart, S::PartiallyRefunded),
        (S::PartiallyRefunded, E::RefundWhole, S::Refunded),
    ];

    #[test]
    fn every_edge_of_a_payment_is_as_written_and_there_is_no_other() {
        let mut found = 0;
        for from in S::ALL {
            for event in E::ALL {
                match EDGES.iter().find(|edge| edge.0 == from && edge.1 == event) {
                    Some((_, _, to)) => {
                        found += 1;
                        assert_eq!(from.apply(event), Ok(*to));
                    }
                    None => assert_eq!(from.apply(event), Err(IllegalPaymentEvent { from, event })),
                }
            }
            assert_eq!(S::parse(from.as_str()), Some(from));
        }
        assert_eq!(found, EDGES.len());
    }

    #[test]
    fn what_is_over_stays_over() {
        for from in [S::Canceled, S::Refunded, S::Expired, S::Failed] {
            assert!(E::ALL.into_iter().all(|event| from.apply(event).is_err()));
        }
    }
}
