//! Stock: what is on hand, what of it is promised to open orders, and when to warn.

use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StockError {
    #[error("{requested} asked for, {available} available")]
    Short { requested: i64, available: i64 },
    #[error("{reserved} are reserved by open orders, so {on_hand} on hand would be too few")]
    BelowReserved { on_hand: i64, reserved: i64 },
    #[error("stock would exceed {max}")]
    TooMany { max: i64 },
}

/// The most units of one product.
pub const ON_HAND_MAX: i64 = 1_000_000_000;

/// `0 ≤ reserved ≤ on_hand`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stock {
    pub on_hand: i64,
    pub reserved: i64,
    /// Warn when `available` falls to this or below; `None` never warns.
    pub threshold: Option<i64>,
    /// Whether the warning is out: the next one comes only after restocking above the threshold.
    pub low: bool,
}

/// Whether a change crossed the threshold downward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    None,
    FellLow,
}

impl Stock {
    #[must_use]
    pub const fn empty(threshold: Option<i64>) -> Self {
        Self { on_hand: 0, reserved: 0, threshold, low: threshold.is_some() }
    }

    #[must_use]
    pub const fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }

    /// Promises `quantity` units to an order.
    pub fn reserve(&mut self, quantity: i64) -> Result<Crossing, StockError> {
        assert!(quantity > 0, "a reservation is of at least one unit");
        if quantity > self.available() {
            return Err(StockError::Short { requested: quantity, available: self.available() });
        }
        self.reserved += quantity;
        Ok(self.settle_threshold())
    }

    /// Gives back what an order does not take after all.
    pub fn release(&mut self, quantity: i64) {
        assert!((1..=self.reserved).contains(&quantity), "only what is reserved can be released");
        self.reserved -= quantity;
        self.settle_threshold();
    }

    /// Turns a reservation into a sale. What is available does not change.
    pub fn consume(&mut self, quantity: i64) {
        assert!((1..=self.reserved).contains(&quantity), "only what is reserved can be consumed");
        self.reserved -= quantity;
        self.on_hand -= quantity;
    }

    /// Takes back units that were sold.
    pub fn restock(&mut self, quantity: i64) {
        assert!(quantity > 0, "a restocking is of at least one unit");
        self.on_hand = self.on_hand.saturating_add(quantity).min(ON_HAND_MAX);
        self.settle_threshold();
    }

    /// A count or a delivery: `on_hand` becomes what the merchant says.
    pub fn set_on_hand(&mut self, on_hand: i64) -> Result<Crossing, StockError> {
        if on_hand < self.reserved {
            return Err(StockError::BelowReserved { on_hand, reserved: self.reserved });
        }
        if on_hand > ON_HAND_MAX {
            return Err(StockError::TooMany { max: ON_HAND_MAX });
        }
        self.on_hand = on_hand;
        Ok(self.settle_threshold())
    }

    pub fn set_threshold(&mut self, threshold: Option<i64>) -> Crossing {
        self.threshold = threshold;
        self.settle_threshold()
    }

    fn settle_threshold(&mut self) -> Crossing {
        let low_now = self.threshold.is_some_and(|threshold| self.available() <= threshold);
        let crossing = if low_now && !self.low { Crossing::FellLow } else { Crossing::None };
        self.low = low_now;
        crossing
    }
}

/// Why a movement of stock happened. `on_hand` is the sum of all movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMovementKind {
    Sale,
    Return,
    Adjustment,
}

impl StockMovementKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Adjustment => "adjustment",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sale, Self::Return, Self::Adjustment].into_iter().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stock(on_hand: i64, threshold: i64) -> Stock {
        let mut stock = Stock::empty(Some(threshold));
        stock.set_on_hand(on_hand).unwrap();
        stock
    }

    #[test]
    fn the_last_unit_is_sold_once() {
        let mut stock = stock(2, 0);
        assert_eq!(stock.reserve(1), Ok(Crossing::None));
        assert_eq!(stock.reserve(1), Ok(Crossing::FellLow));
        assert_eq!(stock.reserve(1), Err(StockError::Short { requested: 1, available: 0 }));
        stock.consume(1);
        stock.release(1);
        assert_eq!((stock.on_hand, stock.reserved, stock.available()), (1, 0, 1));
    }

    #[test]
    fn a_low_stock_warning_comes_once_per_crossing_and_again_only_after_restocking() {
        let mut stock = stock(5, 3);
        assert_eq!(stock.reserve(1), Ok(Crossing::None));
        assert_eq!(stock.reserve(1), Ok(Crossing::FellLow));
        assert_eq!(stock.reserve(1), Ok(Crossing::None));
        stock.consume(3);
        assert_eq!(stock.set_on_hand(10), Ok(Crossing::None));
        assert_eq!(stock.reserve(7), Ok(Crossing::FellLow));
    }

    #[test]
    fn a_new_product_without_stock_does_not_warn_and_a_count_below_what_is_promised_is_refused() {
        let mut stock = stock(4, 1);
        stock.reserve(3).unwrap();
        assert_eq!(stock.set_on_hand(2), Err(StockError::BelowReserved { on_hand: 2, reserved: 3 }));
        assert!(Stock::empty(Some(1)).low);
    }

    proptest! {
        #[test]
        fn stock_is_never_promised_twice(steps in proptest::collection::vec((0_u8..5, 1_i64..20), 1..200)) {
            let mut stock = stock(50, 5);
            let mut on_hand = 50;
            for (step, quantity) in steps {
                match step {
                    0 => { let _ = stock.reserve(quantity); }
                    1 if stock.reserved >= quantity => stock.release(quantity),
                    2 if stock.reserved >= quantity => { stock.consume(quantity); on_hand -= quantity; }
                    3 => { stock.restock(quantity); on_hand += quantity; }
                    _ => { if stock.set_on_hand(quantity).is_ok() { on_hand = quantity; } }
                }
                prop_assert!(0 <= stock.reserved && stock.reserved <= stock.on_hand);
                prop_assert_eq!(stock.on_hand, on_hand);
                prop_assert_eq!(stock.low, stock.available() <= 5);
            }
        }
    }
}
