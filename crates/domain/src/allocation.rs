//! Splitting a whole so that the parts always sum to it. One rule for every split: largest remainder,
//! ties to the earlier part.

use crate::money::MoneyError;

/// Splits `total` over `weights`.
///
/// Minor units; none is negative. Each part is the exact share rounded down or up, a weight of zero gets
/// nothing, and the parts sum to `total`. Source: docs/LEDGER.md, "Splits".
///
/// # Errors
/// [`MoneyError::PartExceedsWhole`] if `total` > 0 and no weight is.
pub fn split(total: i64, weights: &[i64]) -> Result<Vec<i64>, MoneyError> {
    assert!(total >= 0 && weights.iter().all(|weight| *weight >= 0), "a split is of what is not negative");
    if let [_] = weights
        && (weights[0] > 0 || total == 0)
    {
        return Ok(vec![total]);
    }
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        return if total == 0 {
            Ok(vec![0; weights.len()])
        } else {
            Err(MoneyError::PartExceedsWhole { whole: total })
        };
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given: i128 = 0;
    for (index, weight) in weights.iter().enumerate() {
        let product = i128::from(total) * i128::from(*weight);
        parts.push(i64::try_from(product / sum).map_err(|_| MoneyError::Overflow)?);
        given += product / sum;
        remainders.push((product % sum, index));
    }
    // Fewer units are left than there are parts with a remainder, so each part gets one at most.
    remainders.sort_by(|(a, i), (b, j)| b.cmp(a).then(i.cmp(j)));
    let left = usize::try_from(i128::from(total) - given).map_err(|_| MoneyError::Overflow)?;
    for (_, index) in remainders.into_iter().take(left) {
        parts[index] += 1;
    }
    Ok(parts)
}

/// Splits what remains of a whole after a return, so that no part grows where that can be helped.
///
/// `total` is what remains, `weights` what each part still stands for, `before` each part's share until
/// now. A part whose weight is gone gets nothing. Rounding alone could hand a part one unit more than it
/// had although nothing of it was returned; such a unit goes to a part that had more than it gets. Only
/// where the parts that remain had less than `total` in all does one of them grow.
pub fn split_remaining(total: i64, weights: &[i64], before: &[i64]) -> Result<Vec<i64>, MoneyError> {
    assert_eq!(weights.len(), before.len(), "one share for each part");
    let mut parts = split(total, weights)?;
    for index in 0..parts.len() {
        while parts[index] > before[index] {
            let taker = (0..parts.len()).find(|other| weights[*other] > 0 && parts[*other] < before[*other]);
            let Some(taker) = taker else { return Ok(parts) };
            parts[index] -= 1;
            parts[taker] += 1;
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainder_gets_the_unit_and_ties_go_to_the_earlier_part() {
        for (total, weights, parts) in [
            (99, vec![50, 50], vec![50, 49]),
            (100, vec![1, 1, 1], vec![34, 33, 33]),
            (10, vec![1, 2, 1], vec![3, 5, 2]),
            (5, vec![0, 1, 0], vec![0, 5, 0]),
            (0, vec![0, 0], vec![0, 0]),
            (7, vec![3], vec![7]),
        ] {
            assert_eq!(split(total, &weights), Ok(parts), "{total} over {weights:?}");
        }
        assert_eq!(split(1, &[0, 0]), Err(MoneyError::PartExceedsWhole { whole: 1 }));
        assert_eq!(split(1, &[0]), Err(MoneyError::PartExceedsWhole { whole: 1 }));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_lie_within_one_of_the_exact_share(
            total in 0_i64..1_000_000_000_000,
            weights in proptest::collection::vec(0_i64..1_000_000_000, 1..20),
        ) {
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            prop_assume!(sum > 0);
            let parts = split(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(total) * i128::from(*weight);
                let scaled = i128::from(*part) * sum;
                prop_assert!((scaled - exact).abs() < sum);
                prop_assert!(*weight > 0 || *part == 0);
            }
        }

        #[test]
        fn what_remains_sums_and_grows_nowhere_unless_it_must(
            parts in proptest::collection::vec((1_i64..100_000, 0_i64..100), 1..8),
            fee_per_mille in 0_i64..200,
        ) {
            // Each part loses a percentage of its weight; the fee that remains is split again.
            let weights: Vec<i64> = parts.iter().map(|(w, _)| *w).collect();
            let whole: i64 = weights.iter().sum();
            let fee = whole * fee_per_mille / 1_000;
            let before = split(fee, &weights).unwrap();
            let left: Vec<i64> = parts.iter().map(|(w, lost)| w - w * lost / 100).collect();
            let remaining: i64 = left.iter().sum();
            prop_assume!(remaining > 0);
            let fee_left = fee * remaining / whole;
            let after = split_remaining(fee_left, &left, &before).unwrap();
            prop_assert_eq!(after.iter().sum::<i64>(), fee_left);
            let room: i64 = before.iter().zip(&left).filter(|(_, l)| **l > 0).map(|(b, _)| *b).sum();
            if room >= fee_left {
                prop_assert!(after.iter().zip(&before).all(|(a, b)| a <= b));
            }
        }
    }
}
