//! VAT contained in a price. Source: docs/LEDGER.md, "VAT".

use crate::money::{MoneyError, Rounding, ratio};

/// VAT in a gross amount of which `tax_free` bears none: `round_half_up((amount − tax_free) ÷ 11)`.
pub fn vat_included(amount: i64, tax_free: i64) -> Result<i64, MoneyError> {
    assert!((0..=amount).contains(&tax_free), "what is tax free is part of the amount");
    ratio(amount - tax_free, 1, 11, Rounding::HalfUp)
}

/// VAT on a fee, added to it: `round_half_up(fee ÷ 10)`.
pub fn vat_on_fee(fee: i64) -> Result<i64, MoneyError> {
    ratio(fee, 1, 10, Rounding::HalfUp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vat_in_a_price_rounds_half_up() {
        // Published samples of Korean gateways: 30 000 → 2 727, 9 026 → 821, 15 000 → 1 364.
        for (amount, tax_free, vat) in [
            (30_000, 0, 2_727),
            (9_026, 0, 821),
            (15_000, 0, 1_364),
            (15_000, 15_000, 0),
            (11, 0, 1),
            (5, 0, 0),
            (6, 0, 1),
        ] {
            assert_eq!(vat_included(amount, tax_free), Ok(vat), "{amount} of which {tax_free} tax free");
        }
    }

    #[test]
    fn vat_on_a_fee_rounds_half_up() {
        for (fee, vat) in [(300, 30), (235, 24), (4, 0), (5, 1), (0, 0)] {
            assert_eq!(vat_on_fee(fee), Ok(vat));
        }
    }
}
