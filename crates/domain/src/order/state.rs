//! The order's state machine. Source: docs/ARCHITECTURE.md, "States".

use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    Open,
    Paid,
    PartiallyRefunded,
    Refunded,
    Canceled,
    Expired,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEvent {
    /// Its payment was captured.
    Pay,
    /// A part of the money came back.
    ReturnPart,
    /// Nothing remains, and all of it came back before the acquirer's cut-off.
    CancelWhole,
    /// Nothing remains, and some of it came back after the cut-off.
    RefundWhole,
    /// The merchant gives it up unpaid.
    Cancel,
    /// Nobody paid in time.
    Expire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an order that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalOrderEvent {
    pub from: OrderStatus,
    pub event: OrderEvent,
}

impl OrderStatus {
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Paid, Self::PartiallyRefunded, Self::Refunded, Self::Canceled, Self::Expired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::PartiallyRefunded => "partiallyRefunded",
            Self::Refunded => "refunded",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalOrderEvent`] where the machine has no such edge.
    pub const fn apply(self, event: OrderEvent) -> Result<Self, IllegalOrderEvent> {
        use OrderEvent::{Cancel, CancelWhole, Expire, Pay, RefundWhole, ReturnPart};
        let illegal = Err(IllegalOrderEvent { from: self, event });
        match self {
            Self::Open => match event {
                Pay => Ok(Self::Paid),
                Cancel => Ok(Self::Canceled),
                Expire => Ok(Self::Expired),
                ReturnPart | CancelWhole | RefundWhole => illegal,
            },
            Self::Paid | Self::PartiallyRefunded => match event {
                ReturnPart => Ok(Self::PartiallyRefunded),
                CancelWhole => Ok(Self::Canceled),
                RefundWhole => Ok(Self::Refunded),
                Pay | Cancel | Expire => illegal,
            },
            Self::Refunded | Self::Canceled | Self::Expired => match event {
                Pay | ReturnPart | CancelWhole | RefundWhole | Cancel | Expire => illegal,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderEvent::{Cancel, CancelWhole, Expire, Pay, RefundWhole, ReturnPart};

    #[test]
    fn every_edge_of_an_order_is_as_written_and_there_is_no_other() {
        let edges = [
            (OrderStatus::Open, Pay, OrderStatus::Paid),
            (OrderStatus::Open, Cancel, OrderStatus::Canceled),
            (OrderStatus::Open, Expire, OrderStatus::Expired),
            (OrderStatus::Paid, ReturnPart, OrderStatus::PartiallyRefunded),
            (OrderStatus::Paid, CancelWhole, OrderStatus::Canceled),
            (OrderStatus::Paid, RefundWhole, OrderStatus::Refunded),
            (OrderStatus::PartiallyRefunded, ReturnPart, OrderStatus::PartiallyRefunded),
            (OrderStatus::PartiallyRefunded, CancelWhole, OrderStatus::Canceled),
            (OrderStatus::PartiallyRefunded, RefundWhole, OrderStatus::Refunded),
        ];
        for from in OrderStatus::ALL {
            for event in [Pay, ReturnPart, CancelWhole, RefundWhole, Cancel, Expire] {
                let expected = edges.iter().find(|edge| edge.0 == from && edge.1 == event);
                match expected {
                    Some((_, _, to)) => assert_eq!(from.apply(event), Ok(*to)),
                    None => assert_eq!(from.apply(event), Err(IllegalOrderEvent { from, event })),
                }
            }
            assert_eq!(OrderStatus::parse(from.as_str()), Some(from));
        }
    }
}
