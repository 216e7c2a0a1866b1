//! Money is an integer of minor units with a currency; a rate is an integer per million.

use std::fmt;

use thiserror::Error;

/// Why an amount could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    #[error("amount overflows")]
    Overflow,
    #[error("{left} and {right} cannot be added")]
    CurrencyMismatch { left: Currency, right: Currency },
    #[error("a part of {whole} cannot be more than the whole")]
    PartExceedsWhole { whole: i64 },
}

/// ISO 4217. KRW and JPY have no minor unit; USD and EUR have two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Currency {
    Krw,
    Usd,
    Jpy,
    Eur,
}

impl Currency {
    pub const ALL: [Self; 4] = [Self::Krw, Self::Usd, Self::Jpy, Self::Eur];

    /// The alphabetic code, as in `KRW`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Krw => "KRW",
            Self::Usd => "USD",
            Self::Jpy => "JPY",
            Self::Eur => "EUR",
        }
    }

    /// Digits behind the decimal point when shown.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Krw | Self::Jpy => 0,
            Self::Usd | Self::Eur => 2,
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code() == code)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units. May be negative: a balance, a difference, a row of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub amount: i64,
    pub currency: Currency,
}

impl Money {
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    #[must_use]
    pub const fn krw(amount: i64) -> Self {
        Self::new(amount, Currency::Krw)
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(amount, self.currency))
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_sub(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(amount, self.currency))
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
    }
}

impl fmt::Display for Money {
    /// `10000 KRW`, `12.34 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        if exponent == 0 {
            return write!(f, "{} {}", self.amount, self.currency);
        }
        let unit = 10_u64.pow(exponent);
        let absolute = self.amount.unsigned_abs();
        let sign = if self.amount < 0 { "-" } else { "" };
        let (whole, minor) = (absolute / unit, absolute % unit);
        write!(f, "{sign}{whole}.{minor:0width$} {}", self.currency, width = usize::try_from(exponent).unwrap_or(2))
    }
}

/// How a division that does not come out even is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Half away from zero for what is positive: 0.5 → 1.
    HalfUp,
    /// Toward negative infinity.
    Down,
}

/// `numerator × multiplier ÷ divisor` of non-negative numbers, rounded as named, without overflow in between.
pub fn ratio(amount: i64, multiplier: i64, divisor: i64, rounding: Rounding) -> Result<i64, MoneyError> {
    assert!(divisor > 0, "a divisor is positive");
    assert!(amount >= 0 && multiplier >= 0, "a share is taken of what is not negative");
    let product = i128::from(amount) * i128::from(multiplier);
    let divisor = i128::from(divisor);
    let quotient = match rounding {
        Rounding::HalfUp => (2 * product + divisor) / (2 * divisor),
        Rounding::Down => product / divisor,
    };
    i64::try_from(quotient).map_err(|_| MoneyError::Overflow)
}

/// A rate in millionths: 2.35 % is 23 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rate(i64);

/// Why a text is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RateError {
    #[error("a rate is a decimal such as 0.0235")]
    NotADecimal,
    #[error("a rate has at most six decimals")]
    TooPrecise,
    #[error("a rate lies between 0 and 1")]
    OutOfRange,
}

impl Rate {
    pub const ZERO: Self = Self(0);
    const ONE_MILLION: i64 = 1_000_000;
    const DECIMALS: usize = 6;

    /// A rate of `per_million` millionths, 0 to 1 000 000.
    pub fn from_per_million(per_million: i64) -> Result<Self, RateError> {
        if (0..=Self::ONE_MILLION).contains(&per_million) {
            return Ok(Self(per_million));
        }
        Err(RateError::OutOfRange)
    }

    #[must_use]
    pub const fn per_million(self) -> i64 {
        self.0
    }

    /// Reads `0.0235`. Decimals exist only here and in [`fmt::Display`].
    pub fn parse(text: &str) -> Result<Self, RateError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 7 || !digits(whole) || !digits(fraction) || text.ends_with('.') {
            return Err(RateError::NotADecimal);
        }
        if fraction.len() > Self::DECIMALS {
            return Err(RateError::TooPrecise);
        }
        let whole: i64 = whole.parse().map_err(|_| RateError::NotADecimal)?;
        let fraction: i64 = format!("{fraction:0<6}").parse().map_err(|_| RateError::NotADecimal)?;
        Self::from_per_million(whole * Self::ONE_MILLION + fraction)
    }

    /// This share of `amount` (not negative), in minor units.
    pub fn of(self, amount: i64, rounding: Rounding) -> Result<i64, MoneyError> {
        ratio(amount, self.0, Self::ONE_MILLION, rounding)
    }
}

impl fmt::Display for Rate {
    /// The shortest decimal: `0.0235`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / Self::ONE_MILLION, self.0 % Self::ONE_MILLION);
        let trimmed = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if trimmed.is_empty() { "0" } else { trimmed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_and_prints_the_same_decimal() {
        for (text, per_million) in [("0", 0), ("0.0235", 23_500), ("0.03", 30_000), ("1", 1_000_000), ("0.000001", 1)] {
            let rate = Rate::parse(text).unwrap();
            assert_eq!((rate.per_million(), rate.to_string().as_str()), (per_million, text));
        }
    }

    #[test]
    fn a_rate_that_is_no_decimal_between_zero_and_one_is_refused() {
        for (text, why) in [
            ("", RateError::NotADecimal),
            (".5", RateError::NotADecimal),
            ("0.", RateError::NotADecimal),
            ("-0.1", RateError::NotADecimal),
            ("3%", RateError::NotADecimal),
            ("0.0000001", RateError::TooPrecise),
            ("1.000001", RateError::OutOfRange),
        ] {
            assert_eq!(Rate::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_share_rounds_half_up_or_down_as_named() {
        let rate = Rate::parse("0.0235").unwrap();
        assert_eq!(rate.of(10_000, Rounding::HalfUp), Ok(235));
        assert_eq!(rate.of(1_000, Rounding::HalfUp), Ok(24)); // 23.5
        assert_eq!(rate.of(1_000, Rounding::Down), Ok(23));
        assert_eq!(rate.of(i64::MAX, Rounding::Down), Ok(216_749_242_866_087_231));
    }

    #[test]
    fn amounts_of_two_currencies_do_not_add() {
        let error = Money::krw(1).checked_add(Money::new(1, Currency::Usd));
        assert_eq!(error, Err(MoneyError::CurrencyMismatch { left: Currency::Krw, right: Currency::Usd }));
        assert_eq!(Money::krw(i64::MAX).checked_add(Money::krw(1)), Err(MoneyError::Overflow));
    }

    #[test]
    fn an_amount_is_shown_with_its_currencys_decimals() {
        assert_eq!(Money::krw(10_000).to_string(), "10000 KRW");
        assert_eq!(Money::new(-5, Currency::Usd).to_string(), "-0.05 USD");
    }
}
