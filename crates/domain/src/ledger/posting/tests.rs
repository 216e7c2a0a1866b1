use proptest::prelude::*;

use super::*;
use crate::{MerchantId, SellerId};

fn scene() -> Scene {
    Scene {
        tenant: Tenant { merchant: MerchantId::from_uuid(Uuid::from_u128(1)), mode: Mode::Test },
        funds: Funds::Acquirer(ConnectorName::Simulator),
        beneficiary: Beneficiary::Sellers,
        currency: Currency::Krw,
        order: OrderId::from_uuid(Uuid::from_u128(2)),
    }
}

fn share(seller: u128, gross: i64, fee: i64, fee_vat: i64) -> SellerShare {
    SellerShare { seller: SellerId::from_uuid(Uuid::from_u128(seller)), gross, fee, fee_vat }
}

fn told(posting: &Posting) -> Vec<(AccountCode, Side, Layer, i64)> {
    posting.assert_balanced();
    posting.lines.iter().map(|line| (line.account.code, line.side, line.layer, line.amount)).collect()
}

use AccountCode::{AcquirerReceivable, FeeIncome, FeeVatPayable, RefundClearing, SellerPayable, Suspense};
use Layer::{Pending, Posted};
use Side::{Credit, Debit};

const PAYMENT: Uuid = Uuid::from_u128(9);

#[test]
fn ten_thousand_won_are_captured_as_the_ledger_page_says() {
    assert_eq!(
        told(&captured(scene(), PAYMENT, &[share(1, 10_000, 300, 30)], &[])),
        [
            (AcquirerReceivable, Debit, Posted, 10_000),
            (SellerPayable, Credit, Posted, 9_670),
            (FeeIncome, Credit, Posted, 300),
            (FeeVatPayable, Credit, Posted, 30),
        ]
    );
}

#[test]
fn a_partial_capture_reverses_all_that_was_pending_and_posts_the_part() {
    let held = [share(1, 10_000, 300, 30)];
    let lines = told(&captured(scene(), PAYMENT, &[share(1, 4_000, 120, 12)], &held));
    assert_eq!(lines[0], (AcquirerReceivable, Credit, Pending, 10_000));
    assert_eq!(lines[4], (AcquirerReceivable, Debit, Posted, 4_000));
    assert_eq!(lines.len(), 8);
}

#[test]
fn a_void_is_the_mirror_of_its_authorization() {
    let held = [share(1, 6_000, 180, 18), share(2, 4_000, 120, 12)];
    let forward = told(&authorized(scene(), PAYMENT, &held));
    let back = told(&voided(scene(), PAYMENT, &held));
    let mirrored: Vec<_> =
        forward.iter().map(|(code, side, layer, amount)| (*code, side.opposite(), *layer, *amount)).collect();
    assert_eq!(back, mirrored);
}

#[test]
fn a_refund_is_promised_confirmed_or_exactly_reversed() {
    let shares = [share(1, 4_000, 120, 12)];
    let requested = told(&refund_requested(scene(), PAYMENT, &shares));
    assert_eq!(
        requested,
        [
            (SellerPayable, Debit, Posted, 3_868),
            (FeeIncome, Debit, Posted, 120),
            (FeeVatPayable, Debit, Posted, 12),
            (RefundClearing, Credit, Posted, 4_000),
        ]
    );
    assert_eq!(
        told(&refund_succeeded(scene(), PAYMENT, 4_000)),
        [(RefundClearing, Debit, Posted, 4_000), (AcquirerReceivable, Credit, Posted, 4_000)]
    );
    let named = LedgerTransactionId::from_uuid(Uuid::from_u128(5));
    let declined = refund_declined(scene(), PAYMENT, &shares, named);
    assert_eq!(declined.reverses, Some(named));
    let mirrored: Vec<_> =
        requested.iter().map(|(code, side, layer, amount)| (*code, side.opposite(), *layer, *amount)).collect();
    assert_eq!(told(&declined), mirrored);
}

#[test]
fn a_late_approval_waits_in_suspense_until_it_is_undone() {
    let found = late_approval(scene(), PAYMENT, 700);
    assert_eq!(told(&found), [(AcquirerReceivable, Debit, Posted, 700), (Suspense, Credit, Posted, 700)]);
    let undone = late_approval_undone(scene(), PAYMENT, 700, LedgerTransactionId::from_uuid(Uuid::nil()));
    assert_eq!(told(&undone), [(AcquirerReceivable, Credit, Posted, 700), (Suspense, Debit, Posted, 700)]);
}

#[test]
fn one_key_has_one_account_and_two_keys_have_two() {
    let tenant = scene().tenant;
    let live = Tenant { mode: Mode::Live, ..tenant };
    let seller = AccountOwner::Seller(SellerId::from_uuid(Uuid::from_u128(3)));
    let keys = [
        AccountKey::new(tenant, FeeIncome, AccountOwner::Merchant, Currency::Krw),
        AccountKey::new(live, FeeIncome, AccountOwner::Merchant, Currency::Krw),
        AccountKey::new(tenant, FeeVatPayable, AccountOwner::Merchant, Currency::Krw),
        AccountKey::new(tenant, FeeIncome, AccountOwner::Merchant, Currency::Usd),
        AccountKey::new(tenant, SellerPayable, seller, Currency::Krw),
    ];
    for (i, a) in keys.iter().enumerate() {
        for (j, b) in keys.iter().enumerate() {
            assert_eq!(a.id() == b.id(), i == j);
        }
        assert_eq!(AccountOwner::parse(&a.owner.to_text()), Some(a.owner));
    }
}

#[test]
fn entries_of_one_account_never_go_back_in_time() {
    let key = AccountKey::new(scene().tenant, FeeIncome, AccountOwner::Merchant, Currency::Krw);
    let mut account = Account::open(key);
    let line = PostingLine { account: key, side: Credit, layer: Posted, amount: 5 };
    let id = LedgerTransactionId::from_uuid(Uuid::nil());
    let first = post_line(&mut account, &line, id, 0, Timestamp::from_micros(100)).unwrap();
    let second = post_line(&mut account, &line, id, 0, Timestamp::from_micros(50)).unwrap();
    assert_eq!((first.posted_at, second.posted_at), (Timestamp::from_micros(100), Timestamp::from_micros(100)));
    assert_eq!((second.account_version, second.posted_balance_after), (2, 10));
}

proptest! {
    #[test]
    fn every_posting_balances(
        shares in proptest::collection::vec((1_u128..5, 1_i64..1_000_000, 0_i64..2_000, 0_i64..200), 1..6),
    ) {
        let shares: Vec<SellerShare> = shares.into_iter().map(|(s, g, f, v)| share(s, g, f, v)).collect();
        let gross = shares.iter().map(|s| s.gross).sum();
        let named = LedgerTransactionId::from_uuid(Uuid::nil());
        for posting in [
            authorized(scene(), PAYMENT, &shares),
            captured(scene(), PAYMENT, &shares, &[]),
            captured(scene(), PAYMENT, &shares, &shares),
            voided(scene(), PAYMENT, &shares),
            refund_requested(scene(), PAYMENT, &shares),
            refund_succeeded(scene(), PAYMENT, gross),
            refund_declined(scene(), PAYMENT, &shares, named),
        ] {
            posting.assert_balanced();
            prop_assert!(posting.lines.iter().all(|line| line.amount > 0));
        }
    }
}
