//! Figures without floating point: rates per second, microseconds, ratios in thousandths.

use std::{fmt, time::Duration};

use hdrhistogram::Histogram;
use serde::Serialize;

use super::load::Measured;
use crate::output::Failed;

/// The longest time a histogram holds: far above any deadline.
const NANOS_MAX: u64 = 600_000_000_000;

/// One ratio, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Thousandths(pub u64);

impl Thousandths {
    /// `part / whole`; nothing of a whole that is nothing.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let ratio = u128::from(part) * 1_000 / u128::from(if whole == 0 { return None } else { whole });
        u64::try_from(ratio).ok().map(Self)
    }
}

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 10_000 {
            return write!(f, "{}.{}", self.0 / 1_000, self.0 / 100 % 10);
        }
        write!(f, "{}.{:02}", self.0 / 1_000, self.0 / 10 % 100)
    }
}

/// What a round came to.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    pub answered: u64,
    pub per_second: u64,
    pub mean_micros: u64,
    pub p50_micros: u64,
    pub p95_micros: u64,
    pub p99_micros: u64,
    pub max_micros: u64,
}

impl Figures {
    pub fn of(measured: &Measured) -> Result<Self, Failed> {
        let mut histogram = Histogram::<u64>::new_with_bounds(1, NANOS_MAX, 3)?;
        for nanos in &measured.nanos {
            histogram.saturating_record(*nanos);
        }
        let answered = histogram.len();
        let total: u128 = measured.nanos.iter().map(|nanos| u128::from(*nanos)).sum();
        let mean = u64::try_from(total / u128::from(answered.max(1))).unwrap_or(u64::MAX);
        let quantile = |quantile: f64| histogram.value_at_quantile(quantile) / 1_000;
        Ok(Self {
            answered,
            per_second: per_second(answered, measured.elapsed),
            mean_micros: mean / 1_000,
            p50_micros: quantile(0.5),
            p95_micros: quantile(0.95),
            p99_micros: quantile(0.99),
            max_micros: histogram.max() / 1_000,
        })
    }
}

/// Whole ones a second.
#[must_use]
pub fn per_second(count: u64, elapsed: Duration) -> u64 {
    let rate = u128::from(count) * 1_000_000_000 / elapsed.as_nanos().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// The middle one; the lower of two.
#[must_use]
pub fn median<T: Copy + Ord>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// Ratios of pairs that ran side by side.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    pub median: Thousandths,
    pub min: Thousandths,
    pub max: Thousandths,
}

impl Spread {
    #[must_use]
    pub fn of(ratios: &[Thousandths]) -> Option<Self> {
        let (min, max) = (ratios.iter().min().copied()?, ratios.iter().max().copied()?);
        Some(Self { median: median(ratios.iter().copied())?, min, max })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}–{})", self.median, self.min, self.max)
    }
}

/// Microseconds as milliseconds: `1.23`, `45.6`.
#[must_use]
pub fn millis(micros: u64) -> String {
    if micros >= 10_000 {
        return format!("{}.{}", micros / 1_000, micros / 100 % 10);
    }
    format!("{}.{:02}", micros / 1_000, micros / 10 % 100)
}

/// `12 345`
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A length of time in microseconds.
#[must_use]
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_with_three_digits_or_so() {
        for (micros, text) in [(0, "0.00"), (1_239, "1.23"), (9_999, "9.99"), (45_678, "45.6"), (1_000_000, "1000.0")] {
            assert_eq!(millis(micros), text);
        }
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(Thousandths::of(25, 2), Some(Thousandths(12_500)));
        assert_eq!(Thousandths::of(1, 0), None);
        assert_eq!((Thousandths(12_500).to_string(), Thousandths(159).to_string()), ("12.5".into(), "0.15".into()));
    }

    #[test]
    fn a_quantile_is_taken_over_all_answers() {
        let nanos = (1..=100).map(|millis| millis * 1_000_000).collect();
        let figures = Figures::of(&Measured { nanos, elapsed: Duration::from_secs(2) }).unwrap();
        assert_eq!((figures.answered, figures.per_second, figures.mean_micros), (100, 50, 50_500));
        // Three digits are kept.
        assert_eq!((figures.p50_micros / 100, figures.p99_micros / 100), (500, 990));
    }

    #[test]
    fn the_median_of_two_is_the_lower() {
        assert_eq!((median([3, 1, 2]), median([2, 1]), median(Vec::<u64>::new())), (Some(2), Some(1), None));
    }
}
