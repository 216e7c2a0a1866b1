//! What a merchant pays for a payment: a policy with a date, a snapshot on the payment, a fee and its VAT.

use thiserror::Error;

use crate::{
    FeePolicyId, Tenant, Timestamp,
    method::MethodType,
    money::{MoneyError, Rate, Rounding, ratio},
    tax,
};

/// What becomes of the fee when money is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundFee {
    /// Given back in proportion, cumulatively.
    Proportional,
    /// Kept.
    Keep,
}

impl RefundFee {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proportional => "proportional",
            Self::Keep => "keep",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Proportional, Self::Keep].into_iter().find(|rule| rule.as_str() == text)
    }
}

/// A policy is never changed: a new one takes effect on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeePolicy {
    pub id: FeePolicyId,
    pub tenant: Tenant,
    pub terms: FeeTerms,
    /// `None` is for every method; a policy for the method itself goes before it.
    pub method: Option<MethodType>,
    pub effective_from: Timestamp,
    pub created_at: Timestamp,
}

/// The part of a policy that is copied onto a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeTerms {
    pub rate: Rate,
    /// Minor units, once per payment.
    pub fixed: i64,
    pub refund_fee: RefundFee,
}

impl FeeTerms {
    /// For what is no sale.
    pub const FREE: Self = Self { rate: Rate::ZERO, fixed: 0, refund_fee: RefundFee::Proportional };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FeeError {
    #[error("no fee policy is in effect")]
    NoPolicy,
    #[error("fee {fee} and its VAT {vat} exceed the amount {amount}")]
    NetNegative { amount: i64, fee: i64, vat: i64 },
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The policy in effect at `now` for `method`: one made for the method before one made for all, the latest
/// `effective_from` of them, the later made of two with the same.
pub fn policy_at(policies: &[FeePolicy], method: MethodType, now: Timestamp) -> Result<&FeePolicy, FeeError> {
    policies
        .iter()
        .filter(|policy| policy.effective_from <= now && policy.method.is_none_or(|only| only == method))
        .max_by_key(|policy| (policy.method.is_some(), policy.effective_from, policy.id))
        .ok_or(FeeError::NoPolicy)
}

/// A fee and the VAT on it, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fee {
    pub amount: i64,
    pub vat: i64,
}

impl FeeTerms {
    /// The fee on a captured `amount`: `round_half_up(amount × rate) + fixed`, VAT `round_half_up(fee ÷ 10)`.
    pub fn fee(&self, amount: i64) -> Result<Fee, FeeError> {
        let by_rate = self.rate.of(amount, Rounding::HalfUp)?;
        let fee = by_rate.checked_add(self.fixed).ok_or(MoneyError::Overflow)?;
        let vat = tax::vat_on_fee(fee)?;
        if fee.checked_add(vat).is_none_or(|both| both > amount) {
            return Err(FeeError::NetNegative { amount, fee, vat });
        }
        Ok(Fee { amount: fee, vat })
    }

    /// What is left of `whole` when `remaining` of `captured` has not been returned.
    pub fn remaining(&self, whole: Fee, remaining: i64, captured: i64) -> Result<Fee, MoneyError> {
        match self.refund_fee {
            RefundFee::Keep => Ok(whole),
            RefundFee::Proportional => Ok(Fee {
                amount: ratio(whole.amount, remaining, captured, Rounding::HalfUp)?,
                vat: ratio(whole.vat, remaining, captured, Rounding::HalfUp)?,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{MerchantId, Mode};

    fn terms(rate: &str, fixed: i64) -> FeeTerms {
        FeeTerms { rate: Rate::parse(rate).unwrap(), fixed, refund_fee: RefundFee::Proportional }
    }

    fn policy(id: u128, method: Option<MethodType>, from: i64) -> FeePolicy {
        FeePolicy {
            id: FeePolicyId::from_uuid(Uuid::from_u128(id)),
            tenant: Tenant { merchant: MerchantId::from_uuid(Uuid::nil()), mode: Mode::Test },
            terms: terms("0.03", 0),
            method,
            effective_from: Timestamp::from_micros(from),
            created_at: Timestamp::from_micros(0),
        }
    }

    #[test]
    fn the_fee_is_the_rounded_share_plus_the_fixed_part_and_its_vat_is_a_tenth() {
        for (rate, fixed, amount, fee, vat) in [
            ("0.03", 0, 10_000, 300, 30),
            ("0.0235", 0, 10_000, 235, 24),
            ("0.03", 100, 10_000, 400, 40),
            ("0.0235", 0, 1_000, 24, 2),
            ("0", 0, 1, 0, 0),
        ] {
            assert_eq!(terms(rate, fixed).fee(amount), Ok(Fee { amount: fee, vat }), "{rate} + {fixed} of {amount}");
        }
    }

    #[test]
    fn a_fee_above_the_amount_is_refused_and_one_that_takes_it_all_is_not() {
        assert_eq!(terms("0", 100).fee(109), Err(FeeError::NetNegative { amount: 109, fee: 100, vat: 10 }));
        assert_eq!(terms("0", 100).fee(110), Ok(Fee { amount: 100, vat: 10 }));
    }

    #[test]
    fn the_latest_policy_in_effect_counts_and_the_methods_own_goes_first() {
        let all = [policy(1, None, 0), policy(2, None, 10), policy(3, Some(MethodType::Card), 5), policy(4, None, 99)];
        let pick = |method, now| policy_at(&all, method, Timestamp::from_micros(now)).map(|p| p.id.uuid().as_u128());
        assert_eq!(pick(MethodType::Card, 4), Ok(1));
        assert_eq!(pick(MethodType::Card, 50), Ok(3));
        assert_eq!(pick(MethodType::Transfer, 50), Ok(2));
        assert_eq!(pick(MethodType::Transfer, 99), Ok(4));
        assert_eq!(pick(MethodType::Card, -1), Err(FeeError::NoPolicy));
    }

    #[test]
    fn the_fee_that_remains_is_proportional_or_kept() {
        let whole = Fee { amount: 300, vat: 30 };
        assert_eq!(terms("0.03", 0).remaining(whole, 6_000, 10_000), Ok(Fee { amount: 180, vat: 18 }));
        assert_eq!(terms("0.03", 0).remaining(whole, 0, 10_000), Ok(Fee::default()));
        let keep = FeeTerms { refund_fee: RefundFee::Keep, ..terms("0.03", 0) };
        assert_eq!(keep.remaining(whole, 0, 10_000), Ok(whole));
    }
}
