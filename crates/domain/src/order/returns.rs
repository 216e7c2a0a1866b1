//! Returning money line by line: price, VAT, tax-free part, fee, fee VAT and the seller's share.
//!
//! Everything is cumulative. What goes back is the difference between what stood before and what the
//! remainder is worth by the same rule, so the parts of all returns sum to the whole by construction.

use thiserror::Error;

use crate::{
    OrderLineId, SellerId,
    allocation::{split, split_remaining},
    fee::{Fee, FeeTerms},
    money::{MoneyError, Rounding, ratio},
    order::OrderLine,
    tax,
};

/// What was captured, and the fee on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    pub amount: i64,
    pub fee: Fee,
    pub terms: FeeTerms,
}

/// What the merchant wants back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnRequest {
    /// All that remains, unit by unit.
    Everything,
    /// An amount, spread over what remains of the lines.
    Amount(i64),
    /// Units of lines.
    Lines(Vec<(OrderLineId, i64)>),
}

/// One line's part of a return. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnPart {
    pub line: OrderLineId,
    pub seller: SellerId,
    pub quantity: i64,
    pub amount: i64,
    pub tax_free: i64,
    pub vat: i64,
    pub fee: i64,
    pub fee_vat: i64,
}

impl ReturnPart {
    /// What the seller gives back: the amount less the fee and VAT that come back with it.
    #[must_use]
    pub const fn seller_share(&self) -> i64 {
        self.amount - self.fee - self.fee_vat
    }
}

/// A return, allocated. The sums are those of the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    pub amount: i64,
    pub tax_free: i64,
    pub vat: i64,
    pub fee: Fee,
    pub parts: Vec<ReturnPart>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReturnError {
    #[error("{requested} asked back, {refundable} can be returned")]
    ExceedsRefundable { requested: i64, refundable: i64 },
    #[error("{requested} units of line {line} asked back, {returnable} can be returned")]
    ExceedsQuantity { line: OrderLineId, requested: i64, returnable: i64 },
    #[error("line {line} is not of this order")]
    UnknownLine { line: OrderLineId },
    #[error("line {line} is named twice")]
    RepeatedLine { line: OrderLineId },
    #[error("nothing is left to return")]
    NothingLeft,
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// One line's share of what was captured. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineShare {
    pub amount: i64,
    pub vat: i64,
    pub fee: i64,
    pub fee_vat: i64,
}

/// What each line stands for in a capture: amount by line, VAT by taxable line, fee and fee VAT by seller
/// and then by line, each column split apart.
pub fn shares(captured: &Captured, lines: &[OrderLine]) -> Result<Vec<LineShare>, MoneyError> {
    let whole: Vec<i64> = lines.iter().map(OrderLine::amount).collect();
    let amounts = split(captured.amount, &whole)?;
    let vats = split(vat_of(lines, &amounts)?, &taxable(lines, &amounts))?;
    let unbounded = vec![i64::MAX; lines.len()];
    let fees = by_seller(captured.fee.amount, lines, &amounts, &unbounded)?;
    let fee_vats = by_seller(captured.fee.vat, lines, &amounts, &unbounded)?;
    Ok((0..lines.len())
        .map(|i| LineShare { amount: amounts[i], vat: vats[i], fee: fees[i], fee_vat: fee_vats[i] })
        .collect())
}

/// What of each line has not gone back yet.
pub fn remaining(captured: &Captured, lines: &[OrderLine]) -> Result<Vec<LineShare>, MoneyError> {
    let mut shares = shares(captured, lines)?;
    for (share, line) in shares.iter_mut().zip(lines) {
        share.amount -= line.returned.amount;
        share.vat -= line.returned.vat;
        share.fee -= line.returned.fee;
        share.fee_vat -= line.returned.fee_vat;
    }
    Ok(shares)
}

/// Decides what a return takes from each line. Nothing is changed: see [`apply`].
///
/// # Errors
/// Every way in which more is asked back than there is, with the numbers.
pub fn allocate(captured: &Captured, lines: &[OrderLine], request: &ReturnRequest) -> Result<Return, ReturnError> {
    let before = remaining(captured, lines)?;
    let refundable: i64 = before.iter().map(|share| share.amount).sum();
    if refundable == 0 {
        return Err(ReturnError::NothingLeft);
    }
    let (amounts, quantities) = wanted(lines, &before, refundable, request)?;
    let amount: i64 = amounts.iter().sum();
    if amount == 0 {
        return Err(ReturnError::NothingLeft);
    }
    let after: Vec<i64> = before.iter().zip(&amounts).map(|(share, amount)| share.amount - amount).collect();
    let left: i64 = after.iter().sum();

    let column = |pick: fn(&LineShare) -> i64| -> Vec<i64> { before.iter().map(pick).collect() };
    let vat_before = column(|share| share.vat);
    let fee_before = column(|share| share.fee);
    let fee_vat_before = column(|share| share.fee_vat);
    let kept = captured.terms.remaining(captured.fee, left, captured.amount)?;
    // A declined return put its exact parts back, which may differ by a unit from the rule: never take more
    // than stands there.
    let vat_total = vat_of(lines, &after)?.min(vat_before.iter().sum());
    let vats = split_remaining(vat_total, &taxable(lines, &after), &vat_before)?;
    let (fees, fee_vats) = match captured.terms.refund_fee {
        crate::fee::RefundFee::Keep => (fee_before.clone(), fee_vat_before.clone()),
        crate::fee::RefundFee::Proportional => (
            by_seller(kept.amount.min(fee_before.iter().sum()), lines, &after, &fee_before)?,
            by_seller(kept.vat.min(fee_vat_before.iter().sum()), lines, &after, &fee_vat_before)?,
        ),
    };

    let parts: Vec<ReturnPart> = (0..lines.len())
        .map(|i| ReturnPart {
            line: lines[i].id,
            seller: lines[i].seller,
            quantity: quantities[i],
            amount: amounts[i],
            tax_free: if lines[i].tax_free { amounts[i] } else { 0 },
            vat: vat_before[i] - vats[i],
            fee: fee_before[i] - fees[i],
            fee_vat: fee_vat_before[i] - fee_vats[i],
        })
        .filter(|part| part.amount != 0 || part.quantity != 0 || part.vat != 0 || part.fee != 0 || part.fee_vat != 0)
        .collect();
    let sum = |pick: fn(&ReturnPart) -> i64| parts.iter().map(pick).sum();
    Ok(Return {
        amount,
        tax_free: sum(|part| part.tax_free),
        vat: sum(|part| part.vat),
        fee: Fee { amount: sum(|part| part.fee), vat: sum(|part| part.fee_vat) },
        parts,
    })
}

/// Counts a return on its lines.
pub fn apply(lines: &mut [OrderLine], parts: &[ReturnPart]) {
    change(lines, parts, 1);
}

/// Takes a declined return out again, exactly.
pub fn revert(lines: &mut [OrderLine], parts: &[ReturnPart]) {
    change(lines, parts, -1);
}

fn change(lines: &mut [OrderLine], parts: &[ReturnPart], sign: i64) {
    for part in parts {
        let line = lines.iter_mut().find(|line| line.id == part.line);
        let returned = &mut line.expect("a return's lines are of its order").returned;
        returned.quantity += sign * part.quantity;
        returned.amount += sign * part.amount;
        returned.vat += sign * part.vat;
        returned.fee += sign * part.fee;
        returned.fee_vat += sign * part.fee_vat;
    }
}

/// Amount and units that `request` takes from each line.
fn wanted(
    lines: &[OrderLine],
    before: &[LineShare],
    refundable: i64,
    request: &ReturnRequest,
) -> Result<(Vec<i64>, Vec<i64>), ReturnError> {
    let untouched = vec![0; lines.len()];
    match request {
        ReturnRequest::Everything => Ok((
            before.iter().map(|share| share.amount).collect(),
            lines.iter().map(|line| line.quantity - line.returned.quantity).collect(),
        )),
        ReturnRequest::Amount(amount) => {
            if *amount > refundable {
                return Err(ReturnError::ExceedsRefundable { requested: *amount, refundable });
            }
            let weights: Vec<i64> = before.iter().map(|share| share.amount).collect();
            Ok((split(*amount, &weights)?, untouched))
        }
        ReturnRequest::Lines(wanted) => {
            let (mut amounts, mut quantities) = (untouched.clone(), untouched);
            for (id, quantity) in wanted {
                let index = lines.iter().position(|line| line.id == *id);
                let index = index.ok_or(ReturnError::UnknownLine { line: *id })?;
                if quantities[index] != 0 {
                    return Err(ReturnError::RepeatedLine { line: *id });
                }
                let returnable = lines[index].quantity - lines[index].returned.quantity;
                if *quantity > returnable {
                    return Err(ReturnError::ExceedsQuantity { line: *id, requested: *quantity, returnable });
                }
                // The units that stay keep the rounded-down part: the earlier units take the remainder.
                let value = before[index].amount;
                amounts[index] = value - ratio(value, returnable - quantity, returnable, Rounding::Down)?;
                quantities[index] = *quantity;
            }
            Ok((amounts, quantities))
        }
    }
}

fn taxable(lines: &[OrderLine], amounts: &[i64]) -> Vec<i64> {
    lines.iter().zip(amounts).map(|(line, amount)| if line.tax_free { 0 } else { *amount }).collect()
}

fn vat_of(lines: &[OrderLine], amounts: &[i64]) -> Result<i64, MoneyError> {
    tax::vat_included(taxable(lines, amounts).iter().sum(), 0)
}

/// Splits a fee over the sellers, and each seller's over its lines. `before` bounds each line's share.
fn by_seller(total: i64, lines: &[OrderLine], amounts: &[i64], before: &[i64]) -> Result<Vec<i64>, MoneyError> {
    if let [_] = lines {
        return Ok(vec![total]);
    }
    let mut sellers: Vec<SellerId> = Vec::new();
    for line in lines {
        if !sellers.contains(&line.seller) {
            sellers.push(line.seller);
        }
    }
    let of = |seller: SellerId| (0..lines.len()).filter(move |i| lines[*i].seller == seller);
    let sum = |seller: SellerId, column: &[i64]| of(seller).map(|i| column[i]).fold(0_i64, i64::saturating_add);
    let weights: Vec<i64> = sellers.iter().map(|seller| sum(*seller, amounts)).collect();
    let bounds: Vec<i64> = sellers.iter().map(|seller| sum(*seller, before)).collect();
    let mut parts = vec![0; lines.len()];
    for (seller, part) in sellers.iter().zip(split_remaining(total, &weights, &bounds)?) {
        let own: Vec<usize> = of(*seller).collect();
        let pick = |column: &[i64]| -> Vec<i64> { own.iter().map(|i| column[*i]).collect() };
        for (i, share) in own.iter().zip(split_remaining(part, &pick(amounts), &pick(before))?) {
            parts[*i] = share;
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
