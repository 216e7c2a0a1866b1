use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    OrderId, Rate,
    fee::RefundFee,
    order::line::{LineKind, Returned},
};

fn line(index: u128, seller: u128, quantity: i64, unit_price: i64, tax_free: bool) -> OrderLine {
    OrderLine {
        id: OrderLineId::from_uuid(Uuid::from_u128(index)),
        order: OrderId::from_uuid(Uuid::nil()),
        position: i64::try_from(index).unwrap(),
        kind: LineKind::Product,
        seller: SellerId::from_uuid(Uuid::from_u128(seller)),
        product: None,
        name: String::from("line"),
        quantity,
        unit_price,
        tax_free,
        returned: Returned::default(),
    }
}

fn id(index: u128) -> OrderLineId {
    OrderLineId::from_uuid(Uuid::from_u128(index))
}

fn captured(amount: i64, rate: &str, refund_fee: RefundFee) -> Captured {
    let terms = FeeTerms { rate: Rate::parse(rate).unwrap(), fixed: 0, refund_fee };
    Captured { amount, fee: terms.fee(amount).unwrap(), terms }
}

#[test]
fn a_partial_return_gives_back_price_vat_and_fee_in_proportion() {
    // The example of docs/LEDGER.md: 10 000 at 3 %, 4 000 returned.
    let lines = [line(0, 1, 1, 10_000, false)];
    let whole = captured(10_000, "0.03", RefundFee::Proportional);
    let part = allocate(&whole, &lines, &ReturnRequest::Amount(4_000)).unwrap();
    assert_eq!((part.amount, part.vat, part.tax_free), (4_000, 364, 0));
    assert_eq!(part.fee, Fee { amount: 120, vat: 12 });
    assert_eq!(part.parts[0].seller_share(), 3_868);
    assert_eq!(part.parts[0].quantity, 0);
}

#[test]
fn a_kept_fee_stays_with_the_platform() {
    let lines = [line(0, 1, 2, 5_000, false)];
    let whole = captured(10_000, "0.03", RefundFee::Keep);
    let all = allocate(&whole, &lines, &ReturnRequest::Everything).unwrap();
    assert_eq!((all.amount, all.fee, all.parts[0].seller_share()), (10_000, Fee::default(), 10_000));
    assert_eq!(all.parts[0].quantity, 2);
}

#[test]
fn units_of_a_line_return_their_price_and_tax_free_lines_bear_no_vat() {
    let lines = [line(0, 1, 3, 1_100, false), line(1, 2, 2, 1_000, true)];
    let whole = captured(5_300, "0.03", RefundFee::Proportional);
    let request = ReturnRequest::Lines(vec![(id(0), 1), (id(1), 2)]);
    let back = allocate(&whole, &lines, &request).unwrap();
    assert_eq!((back.amount, back.tax_free, back.vat), (3_100, 2_000, 100));
    let amounts: Vec<_> = back.parts.iter().map(|part| (part.quantity, part.amount)).collect();
    assert_eq!(amounts, [(1, 1_100), (2, 2_000)]);
}

#[test]
fn a_line_that_lost_value_by_amount_returns_the_rest_unit_by_unit() {
    let mut lines = [line(0, 1, 3, 1_000, false)];
    let whole = captured(3_000, "0.03", RefundFee::Proportional);
    let first = allocate(&whole, &lines, &ReturnRequest::Amount(1_000)).unwrap();
    apply(&mut lines, &first.parts);
    let amounts: Vec<i64> = (0..3)
        .map(|_| {
            let unit = allocate(&whole, &lines, &ReturnRequest::Lines(vec![(id(0), 1)])).unwrap();
            apply(&mut lines, &unit.parts);
            unit.amount
        })
        .collect();
    assert_eq!(amounts, [667, 667, 666]);
    assert_eq!(allocate(&whole, &lines, &ReturnRequest::Everything), Err(ReturnError::NothingLeft));
}

#[test]
fn asking_for_more_than_there_is_is_refused_with_the_numbers() {
    let lines = [line(0, 1, 2, 500, false), line(1, 1, 1, 0, false)];
    let whole = captured(1_000, "0", RefundFee::Proportional);
    for (request, error) in [
        (ReturnRequest::Amount(1_001), ReturnError::ExceedsRefundable { requested: 1_001, refundable: 1_000 }),
        (
            ReturnRequest::Lines(vec![(id(0), 3)]),
            ReturnError::ExceedsQuantity { line: id(0), requested: 3, returnable: 2 },
        ),
        (ReturnRequest::Lines(vec![(id(9), 1)]), ReturnError::UnknownLine { line: id(9) }),
        (ReturnRequest::Lines(vec![(id(0), 1), (id(0), 1)]), ReturnError::RepeatedLine { line: id(0) }),
        (ReturnRequest::Lines(vec![(id(1), 1)]), ReturnError::NothingLeft),
    ] {
        assert_eq!(allocate(&whole, &lines, &request), Err(error), "{request:?}");
    }
    assert!(allocate(&whole, &lines, &ReturnRequest::Amount(1_000)).is_ok());
}

#[test]
fn a_seller_whose_lines_all_went_back_bears_no_fee() {
    let mut lines = [line(0, 1, 1, 333, false), line(1, 2, 1, 334, false), line(2, 3, 1, 333, false)];
    let whole = captured(1_000, "0.0235", RefundFee::Proportional);
    let back = allocate(&whole, &lines, &ReturnRequest::Lines(vec![(id(0), 1)])).unwrap();
    apply(&mut lines, &back.parts);
    let left = remaining(&whole, &lines).unwrap();
    assert_eq!((left[0].fee, left[0].fee_vat, left[0].amount, left[0].vat), (0, 0, 0, 0));
    assert_eq!(left.iter().map(|share| share.fee).sum::<i64>(), 16); // round_half_up(24 × 667 ÷ 1000)
}

#[derive(Debug, Clone)]
enum Step {
    Amount(i64),
    Units(usize, i64),
    DeclineLast,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1_i64..5_000).prop_map(Step::Amount),
        (0_usize..5, 1_i64..4).prop_map(|(index, units)| Step::Units(index, units)),
        Just(Step::DeclineLast),
    ];
    proptest::collection::vec(step, 0..12)
}

proptest! {
    #[test]
    fn all_parts_of_all_returns_sum_to_the_whole_and_returning_everything_leaves_nothing(
        shape in proptest::collection::vec((1_u128..4, 1_i64..5, 1_i64..5_000, any::<bool>()), 1..6),
        capture_percent in 1_i64..=100,
        rate in 0_i64..90_000,
        steps in steps(),
    ) {
        let mut lines: Vec<OrderLine> = shape
            .iter()
            .enumerate()
            .map(|(i, (seller, quantity, price, free))| line(u128::try_from(i).unwrap(), *seller, *quantity, *price, *free))
            .collect();
        let total: i64 = lines.iter().map(OrderLine::amount).sum();
        let amount = (total * capture_percent / 100).max(1);
        let terms = FeeTerms {
            rate: Rate::from_per_million(rate).unwrap(),
            fixed: 0,
            refund_fee: RefundFee::Proportional,
        };
        let Ok(fee) = terms.fee(amount) else { return Ok(()) };
        let whole = Captured { amount, fee, terms };

        let at_capture = shares(&whole, &lines).unwrap();
        prop_assert_eq!(at_capture.iter().map(|s| s.amount).sum::<i64>(), amount);
        prop_assert_eq!(at_capture.iter().map(|s| s.fee).sum::<i64>(), fee.amount);
        prop_assert_eq!(at_capture.iter().map(|s| s.fee_vat).sum::<i64>(), fee.vat);

        let mut done: Vec<Return> = Vec::new();
        for step in steps {
            let request = match step {
                Step::Amount(amount) => ReturnRequest::Amount(amount),
                Step::Units(index, units) => ReturnRequest::Lines(vec![(id(u128::try_from(index % lines.len()).unwrap()), units)]),
                Step::DeclineLast => {
                    if let Some(last) = done.pop() {
                        revert(&mut lines, &last.parts);
                    }
                    continue;
                }
            };
            if let Ok(back) = allocate(&whole, &lines, &request) {
                prop_assert_eq!(back.parts.iter().map(|p| p.amount).sum::<i64>(), back.amount);
                prop_assert!(back.parts.iter().all(|p| p.amount >= 0 && p.quantity >= 0));
                prop_assert!(back.fee.amount >= 0 && back.fee.vat >= 0 && back.vat >= 0);
                apply(&mut lines, &back.parts);
                done.push(back);
            }
            let left = remaining(&whole, &lines).unwrap();
            prop_assert!(left.iter().all(|s| s.amount >= 0));
            prop_assert!(left.iter().map(|s| s.fee).sum::<i64>() >= 0);
        }
        if let Ok(rest) = allocate(&whole, &lines, &ReturnRequest::Everything) {
            apply(&mut lines, &rest.parts);
            done.push(rest);
        }
        for share in remaining(&whole, &lines).unwrap() {
            prop_assert_eq!(share, LineShare::default());
        }
        prop_assert_eq!(done.iter().map(|r| r.amount).sum::<i64>(), amount);
        prop_assert_eq!(done.iter().map(|r| r.fee.amount).sum::<i64>(), fee.amount);
        prop_assert_eq!(done.iter().map(|r| r.fee.vat).sum::<i64>(), fee.vat);
        prop_assert!(lines.iter().all(|l| l.returned.quantity <= l.quantity));
    }
}
