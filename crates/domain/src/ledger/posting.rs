//! Postings: every business event that moves money, as balanced debits and credits.
//! Source: docs/LEDGER.md, "Postings".

use thiserror::Error;
use uuid::Uuid;

use crate::{
    AccountId, Currency, LedgerTransactionId, Mode, OrderId, PayerId, SellerId, Tenant, Timestamp,
    ledger::account::{Account, AccountCode, AccountKey, AccountOwner},
    method::ConnectorName,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Debit,
    Credit,
}

impl Side {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debit => "debit",
            Self::Credit => "credit",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Debit, Self::Credit].into_iter().find(|side| side.as_str() == text)
    }

    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

/// Pending entries stand for authorizations; posted ones for money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    Pending,
    Posted,
}

impl Layer {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Posted => "posted",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Posted].into_iter().find(|layer| layer.as_str() == text)
    }
}

/// Which business event a transaction records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PostingKind {
    Authorized,
    /// The buyer paid into the virtual account that was issued for the payment.
    Deposited,
    Captured,
    /// The pending entries reversed: by the merchant, by expiry, or by a net cancel.
    Voided,
    RefundRequested,
    RefundSucceeded,
    /// The exact reversal of what `RefundRequested` posted.
    RefundDeclined,
    /// An approval nobody wants: held in suspense until it is undone.
    LateApproval,
    LateApprovalUndone,
    GiftCardIssued,
    GiftCardRedeemed,
    /// A card that was given away is not redeemed any more: the exact opposite of its issue.
    GiftCardExpired,
}

impl PostingKind {
    pub const ALL: [Self; 12] = [
        Self::Authorized,
        Self::Deposited,
        Self::Captured,
        Self::Voided,
        Self::RefundRequested,
        Self::RefundSucceeded,
        Self::RefundDeclined,
        Self::LateApproval,
        Self::LateApprovalUndone,
        Self::GiftCardIssued,
        Self::GiftCardRedeemed,
        Self::GiftCardExpired,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Deposited => "deposited",
            Self::Captured => "captured",
            Self::Voided => "voided",
            Self::RefundRequested => "refundRequested",
            Self::RefundSucceeded => "refundSucceeded",
            Self::RefundDeclined => "refundDeclined",
            Self::LateApproval => "lateApproval",
            Self::LateApprovalUndone => "lateApprovalUndone",
            Self::GiftCardIssued => "giftCardIssued",
            Self::GiftCardRedeemed => "giftCardRedeemed",
            Self::GiftCardExpired => "giftCardExpired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The kind of object that caused a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceType {
    Payment,
    Refund,
    Attempt,
    GiftCard,
}

impl SourceType {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Attempt => "attempt",
            Self::GiftCard => "giftCard",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Payment, Self::Refund, Self::Attempt, Self::GiftCard].into_iter().find(|source| source.as_str() == text)
    }
}

/// One debit or credit to be posted. `amount` is positive minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingLine {
    pub account: AccountKey,
    pub side: Side,
    pub layer: Layer,
    pub amount: i64,
}

/// A business event in double entry: per layer, debits equal credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    pub tenant: Tenant,
    pub kind: PostingKind,
    pub source_type: SourceType,
    pub source_id: Uuid,
    pub order: OrderId,
    pub currency: Currency,
    pub reverses: Option<LedgerTransactionId>,
    pub lines: Vec<PostingLine>,
}

/// What a seller gets of a capture. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellerShare {
    pub seller: SellerId,
    pub gross: i64,
    pub fee: i64,
    pub fee_vat: i64,
}

impl SellerShare {
    #[must_use]
    pub const fn net(&self) -> i64 {
        self.gross - self.fee - self.fee_vat
    }
}

/// Whose money a payment is made of: who is debited when it is captured, and credited when it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Funds {
    /// The acquirer owes us.
    Acquirer(ConnectorName),
    /// A payer's balance.
    Payer(PayerId),
    /// A deposit to a virtual account.
    Deposit,
}

/// Who gets what is captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beneficiary {
    /// The sellers of the lines, less the fee.
    Sellers,
    /// A payer who tops up their balance.
    Payer(PayerId),
}

/// Where a posting takes place.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    pub tenant: Tenant,
    pub funds: Funds,
    pub beneficiary: Beneficiary,
    pub currency: Currency,
    pub order: OrderId,
}

impl Scene {
    /// The account that a capture debits.
    #[must_use]
    pub const fn source(&self) -> AccountKey {
        match self.funds {
            Funds::Acquirer(connector) => AccountKey::new(
                self.tenant,
                AccountCode::AcquirerReceivable,
                AccountOwner::Connector(connector),
                self.currency,
            ),
            Funds::Payer(payer) => AccountKey::payer(self.tenant.mode, payer, self.currency),
            Funds::Deposit => {
                AccountKey::new(self.tenant, AccountCode::VirtualAccountClearing, AccountOwner::Merchant, self.currency)
            }
        }
    }

    /// The account that a return is paid from: a deposit went to the bank, and leaves from there.
    #[must_use]
    pub const fn paid_back_from(&self) -> AccountKey {
        match self.funds {
            Funds::Acquirer(_) | Funds::Payer(_) => self.source(),
            Funds::Deposit => self.bank(),
        }
    }

    /// Where deposits to virtual accounts arrive.
    #[must_use]
    pub const fn bank(&self) -> AccountKey {
        AccountKey::new(self.tenant, AccountCode::Bank, AccountOwner::Merchant, self.currency)
    }

    /// The account that gets a seller's share.
    #[must_use]
    pub const fn destination(&self, seller: SellerId) -> AccountKey {
        match self.beneficiary {
            Beneficiary::Sellers => {
                AccountKey::new(self.tenant, AccountCode::SellerPayable, AccountOwner::Seller(seller), self.currency)
            }
            Beneficiary::Payer(payer) => AccountKey::payer(self.tenant.mode, payer, self.currency),
        }
    }
}

/// Collects lines, leaving out zeros and turning negative amounts to the other side.
struct Lines {
    scene: Scene,
    lines: Vec<PostingLine>,
}

impl Lines {
    const fn new(scene: Scene) -> Self {
        Self { scene, lines: Vec::new() }
    }

    fn add(&mut self, code: AccountCode, owner: AccountOwner, side: Side, layer: Layer, amount: i64) {
        let account = AccountKey::new(self.scene.tenant, code, owner, self.scene.currency);
        self.add_to(account, side, layer, amount);
    }

    fn add_to(&mut self, account: AccountKey, side: Side, layer: Layer, amount: i64) {
        let side = if amount < 0 { side.opposite() } else { side };
        if amount != 0 {
            self.lines.push(PostingLine { account, side, layer, amount: amount.abs() });
        }
    }

    /// What a capture posts, or an authorization pends: `forward` debits whoever pays.
    fn charge(&mut self, shares: &[SellerShare], layer: Layer, forward: Side) {
        let (sum_gross, sum_fee, sum_vat) =
            shares.iter().fold((0, 0, 0), |(gross, fee, vat), s| (gross + s.gross, fee + s.fee, vat + s.fee_vat));
        self.add_to(self.scene.source(), forward, layer, sum_gross);
        for share in shares {
            self.add_to(self.scene.destination(share.seller), forward.opposite(), layer, share.net());
        }
        self.add(AccountCode::FeeIncome, AccountOwner::Merchant, forward.opposite(), layer, sum_fee);
        self.add(AccountCode::FeeVatPayable, AccountOwner::Merchant, forward.opposite(), layer, sum_vat);
    }

    fn into_posting(self, kind: PostingKind, source_type: SourceType, source_id: Uuid) -> Posting {
        Posting {
            tenant: self.scene.tenant,
            kind,
            source_type,
            source_id,
            order: self.scene.order,
            currency: self.scene.currency,
            reverses: None,
            lines: self.lines,
        }
    }
}

/// An approval with manual capture: the capture's entries, pending.
#[must_use]
pub fn authorized(scene: Scene, payment: Uuid, shares: &[SellerShare]) -> Posting {
    let mut lines = Lines::new(scene);
    lines.charge(shares, Layer::Pending, Side::Debit);
    lines.into_posting(PostingKind::Authorized, SourceType::Payment, payment)
}

/// A capture. `held` are the shares that were pending, reversed in the same transaction.
#[must_use]
pub fn captured(scene: Scene, payment: Uuid, shares: &[SellerShare], held: &[SellerShare]) -> Posting {
    let mut lines = Lines::new(scene);
    lines.charge(held, Layer::Pending, Side::Credit);
    lines.charge(shares, Layer::Posted, Side::Debit);
    lines.into_posting(PostingKind::Captured, SourceType::Payment, payment)
}

/// An authorization released.
#[must_use]
pub fn voided(scene: Scene, payment: Uuid, held: &[SellerShare]) -> Posting {
    let mut lines = Lines::new(scene);
    lines.charge(held, Layer::Pending, Side::Credit);
    lines.into_posting(PostingKind::Voided, SourceType::Payment, payment)
}

/// Money promised back: taken from the sellers and the fee, owed to the buyer. `shares` are the parts of
/// the return, gross being what goes back.
#[must_use]
pub fn refund_requested(scene: Scene, refund: Uuid, shares: &[SellerShare]) -> Posting {
    let mut lines = Lines::new(scene);
    let (fee, vat) = shares.iter().fold((0, 0), |(fee, vat), s| (fee + s.fee, vat + s.fee_vat));
    for share in shares {
        lines.add_to(scene.destination(share.seller), Side::Debit, Layer::Posted, share.net());
    }
    lines.add(AccountCode::FeeIncome, AccountOwner::Merchant, Side::Debit, Layer::Posted, fee);
    lines.add(AccountCode::FeeVatPayable, AccountOwner::Merchant, Side::Debit, Layer::Posted, vat);
    let gross = shares.iter().map(|share| share.gross).sum();
    lines.add(AccountCode::RefundClearing, AccountOwner::Merchant, Side::Credit, Layer::Posted, gross);
    lines.into_posting(PostingKind::RefundRequested, SourceType::Refund, refund)
}

/// A return of `amount` has reached the buyer.
#[must_use]
pub fn refund_succeeded(scene: Scene, refund: Uuid, amount: i64) -> Posting {
    let mut lines = Lines::new(scene);
    lines.add(AccountCode::RefundClearing, AccountOwner::Merchant, Side::Debit, Layer::Posted, amount);
    lines.add_to(scene.paid_back_from(), Side::Credit, Layer::Posted, amount);
    lines.into_posting(PostingKind::RefundSucceeded, SourceType::Refund, refund)
}

/// A deposit of `amount` to a virtual account arrived at the bank; the capture takes it from there.
#[must_use]
pub fn deposited(scene: Scene, payment: Uuid, amount: i64) -> Posting {
    let mut lines = Lines::new(scene);
    lines.add_to(scene.bank(), Side::Debit, Layer::Posted, amount);
    lines.add_to(scene.source(), Side::Credit, Layer::Posted, amount);
    lines.into_posting(PostingKind::Deposited, SourceType::Payment, payment)
}

/// The acquirer refused a return: the exact reversal of what was posted when it was requested.
#[must_use]
pub fn refund_declined(scene: Scene, refund: Uuid, shares: &[SellerShare], requested: LedgerTransactionId) -> Posting {
    let mut posting = refund_requested(scene, refund, shares);
    posting.kind = PostingKind::RefundDeclined;
    posting.reverses = Some(requested);
    for line in &mut posting.lines {
        line.side = line.side.opposite();
    }
    posting
}

/// An approval of `amount` was found that nobody wants: money of an unknown owner, for now.
#[must_use]
pub fn late_approval(scene: Scene, attempt: Uuid, amount: i64) -> Posting {
    suspense(scene, attempt, amount, Side::Debit, PostingKind::LateApproval)
}

/// That approval has been undone.
#[must_use]
pub fn late_approval_undone(scene: Scene, attempt: Uuid, amount: i64, found: LedgerTransactionId) -> Posting {
    let mut posting = suspense(scene, attempt, amount, Side::Credit, PostingKind::LateApprovalUndone);
    posting.reverses = Some(found);
    posting
}

fn suspense(scene: Scene, attempt: Uuid, amount: i64, acquirer_side: Side, kind: PostingKind) -> Posting {
    let mut lines = Lines::new(scene);
    lines.add_to(scene.source(), acquirer_side, Layer::Posted, amount);
    let account = suspense_account(scene.tenant.mode, scene.currency);
    lines.add_to(account, acquirer_side.opposite(), Layer::Posted, amount);
    lines.into_posting(kind, SourceType::Attempt, attempt)
}

/// Where what nobody can explain yet is held, per mode and currency.
#[must_use]
pub const fn suspense_account(mode: Mode, currency: Currency) -> AccountKey {
    AccountKey::platform(mode, AccountCode::Suspense, currency)
}

/// A balanced set of entries, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerTransaction {
    pub id: LedgerTransactionId,
    pub tenant: Tenant,
    pub kind: PostingKind,
    pub source_type: SourceType,
    pub source_id: Uuid,
    /// What it belongs to: the order of a payment, refund or attempt, and the card itself for a gift card.
    pub order: OrderId,
    pub currency: Currency,
    pub reverses: Option<LedgerTransactionId>,
    pub posted_at: Timestamp,
}

/// One debit or credit, as recorded. Minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub transaction: LedgerTransactionId,
    /// From 0 within the transaction.
    pub number: i64,
    pub account: AccountId,
    pub side: Side,
    pub layer: Layer,
    /// Positive.
    pub amount: i64,
    /// The account's version after this entry.
    pub account_version: i64,
    /// The account's balances after this entry, signed by the account's kind.
    pub posted_balance_after: i64,
    pub pending_balance_after: i64,
    pub posted_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LedgerError {
    #[error("a counter of account {account} would overflow")]
    Overflow { account: AccountId },
}

/// Posts to one account: counters, version and time move on.
pub fn post_line(
    account: &mut Account,
    line: &PostingLine,
    transaction: LedgerTransactionId,
    number: i64,
    now: Timestamp,
) -> Result<Entry, LedgerError> {
    assert!(line.amount > 0, "an entry has an amount");
    assert_eq!(account.key, line.account, "an entry goes to its own account");
    let counter = match line.layer {
        Layer::Posted => match line.side {
            Side::Debit => &mut account.debits_posted,
            Side::Credit => &mut account.credits_posted,
        },
        Layer::Pending => match line.side {
            Side::Debit => &mut account.debits_pending,
            Side::Credit => &mut account.credits_pending,
        },
    };
    *counter = counter.checked_add(line.amount).ok_or(LedgerError::Overflow { account: account.id })?;
    account.version += 1;
    account.last_posted_at = account.last_posted_at.max(now);
    Ok(Entry {
        transaction,
        number,
        account: account.id,
        side: line.side,
        layer: line.layer,
        amount: line.amount,
        account_version: account.version,
        posted_balance_after: account.balance(Layer::Posted),
        pending_balance_after: account.balance(Layer::Pending),
        posted_at: account.last_posted_at,
    })
}

impl Posting {
    /// Asserts what must hold of every posting: two entries or more, debits equal to credits per layer.
    pub fn assert_balanced(&self) {
        assert!(self.lines.len() >= 2, "a transaction has at least two entries");
        for layer in [Layer::Pending, Layer::Posted] {
            let sum = |side| -> i128 {
                let of = self.lines.iter().filter(|line| line.layer == layer && line.side == side);
                of.map(|line| i128::from(line.amount)).sum()
            };
            assert_eq!(sum(Side::Debit), sum(Side::Credit), "a posting balances in each layer");
        }
        assert!(self.lines.iter().all(|line| line.account.currency == self.currency), "one currency");
    }
}

#[cfg(test)]
mod tests;
