//! Accounts, each with four counters and a version. Source: docs/LEDGER.md, "Accounts".

use uuid::Uuid;

use crate::{
    AccountId, Currency, MerchantId, Mode, PayerId, SellerId, Tenant, Timestamp,
    ledger::{Layer, Side},
    method::ConnectorName,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountCode {
    AcquirerReceivable,
    Bank,
    SellerPayable,
    SellerReserve,
    PayerBalance,
    GiftCardOutstanding,
    GiftCardExpense,
    VirtualAccountClearing,
    FeeIncome,
    FeeVatPayable,
    ConnectorFee,
    WithholdingPayable,
    PayoutClearing,
    RefundClearing,
    Suspense,
}

/// Decides which side makes a balance grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    Asset,
    Expense,
    Liability,
    Income,
}

impl AccountKind {
    /// The side that increases the balance.
    #[must_use]
    pub const fn normal_side(self) -> Side {
        match self {
            Self::Asset | Self::Expense => Side::Debit,
            Self::Liability | Self::Income => Side::Credit,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Expense => "expense",
            Self::Liability => "liability",
            Self::Income => "income",
        }
    }
}

impl AccountCode {
    pub const ALL: [Self; 15] = [
        Self::AcquirerReceivable,
        Self::Bank,
        Self::SellerPayable,
        Self::SellerReserve,
        Self::PayerBalance,
        Self::GiftCardOutstanding,
        Self::GiftCardExpense,
        Self::VirtualAccountClearing,
        Self::FeeIncome,
        Self::FeeVatPayable,
        Self::ConnectorFee,
        Self::WithholdingPayable,
        Self::PayoutClearing,
        Self::RefundClearing,
        Self::Suspense,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AcquirerReceivable => "acquirerReceivable",
            Self::Bank => "bank",
            Self::SellerPayable => "sellerPayable",
            Self::SellerReserve => "sellerReserve",
            Self::PayerBalance => "payerBalance",
            Self::GiftCardOutstanding => "giftCardOutstanding",
            Self::GiftCardExpense => "giftCardExpense",
            Self::VirtualAccountClearing => "virtualAccountClearing",
            Self::FeeIncome => "feeIncome",
            Self::FeeVatPayable => "feeVatPayable",
            Self::ConnectorFee => "connectorFee",
            Self::WithholdingPayable => "withholdingPayable",
            Self::PayoutClearing => "payoutClearing",
            Self::RefundClearing => "refundClearing",
            Self::Suspense => "suspense",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    #[must_use]
    pub const fn kind(self) -> AccountKind {
        match self {
            Self::AcquirerReceivable | Self::Bank => AccountKind::Asset,
            Self::GiftCardExpense | Self::ConnectorFee => AccountKind::Expense,
            Self::SellerPayable
            | Self::SellerReserve
            | Self::PayerBalance
            | Self::GiftCardOutstanding
            | Self::VirtualAccountClearing
            | Self::FeeVatPayable
            | Self::WithholdingPayable
            | Self::PayoutClearing
            | Self::RefundClearing
            | Self::Suspense => AccountKind::Liability,
            Self::FeeIncome => AccountKind::Income,
        }
    }
}

/// Beside the merchant: what else an account belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountOwner {
    /// The merchant itself.
    Merchant,
    Seller(SellerId),
    Payer(PayerId),
    Connector(ConnectorName),
}

impl AccountOwner {
    /// A short text for the database: empty, a seller's or payer's id, or a connector's name.
    #[must_use]
    pub fn to_text(self) -> String {
        match self {
            Self::Merchant => String::new(),
            Self::Seller(seller) => seller.to_string(),
            Self::Payer(payer) => payer.to_string(),
            Self::Connector(connector) => connector.as_str().to_owned(),
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Merchant);
        }
        let connector = ConnectorName::parse(text).map(Self::Connector);
        let seller = || SellerId::parse(text).ok().map(Self::Seller);
        connector.or_else(seller).or_else(|| PayerId::parse(text).ok().map(Self::Payer))
    }
}

/// What an account is for. There is one account per key, and its id follows from the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey {
    pub tenant: Tenant,
    pub code: AccountCode,
    pub owner: AccountOwner,
    pub currency: Currency,
}

impl AccountKey {
    #[must_use]
    pub const fn new(tenant: Tenant, code: AccountCode, owner: AccountOwner, currency: Currency) -> Self {
        Self { tenant, code, owner, currency }
    }

    /// An account of the platform itself, such as `suspense`.
    #[must_use]
    pub const fn platform(mode: Mode, code: AccountCode, currency: Currency) -> Self {
        let tenant = Tenant { merchant: MerchantId::from_uuid(Uuid::nil()), mode };
        Self { tenant, code, owner: AccountOwner::Merchant, currency }
    }

    /// What a payer has: theirs at every merchant, so it is an account of the platform.
    #[must_use]
    pub const fn payer(mode: Mode, payer: PayerId, currency: Currency) -> Self {
        let tenant = Tenant { merchant: MerchantId::from_uuid(Uuid::nil()), mode };
        Self { tenant, code: AccountCode::PayerBalance, owner: AccountOwner::Payer(payer), currency }
    }

    #[must_use]
    pub fn id(&self) -> AccountId {
        let mut name = Vec::with_capacity(64);
        for part in [self.tenant.mode.as_str(), self.code.as_str(), self.currency.code()] {
            name.extend_from_slice(part.as_bytes());
            name.push(0);
        }
        match self.owner {
            AccountOwner::Merchant => {}
            AccountOwner::Seller(seller) => name.extend_from_slice(seller.uuid().as_bytes()),
            AccountOwner::Payer(payer) => name.extend_from_slice(payer.uuid().as_bytes()),
            AccountOwner::Connector(connector) => name.extend_from_slice(connector.as_str().as_bytes()),
        }
        AccountId::from_uuid(Uuid::new_v5(&self.tenant.merchant.uuid(), &name))
    }
}

/// An account as it stands. The counters only grow; a balance is their difference. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub key: AccountKey,
    pub debits_posted: i64,
    pub credits_posted: i64,
    pub debits_pending: i64,
    pub credits_pending: i64,
    /// Grows by one per entry, without gaps.
    pub version: i64,
    /// When the last entry was posted: an account's entries never go back in time.
    pub last_posted_at: Timestamp,
}

impl Account {
    /// A new account without entries.
    #[must_use]
    pub fn open(key: AccountKey) -> Self {
        Self {
            id: key.id(),
            key,
            debits_posted: 0,
            credits_posted: 0,
            debits_pending: 0,
            credits_pending: 0,
            version: 0,
            last_posted_at: Timestamp::from_micros(0),
        }
    }

    /// The balance of one layer, its sign by the account's kind.
    #[must_use]
    pub const fn balance(&self, layer: Layer) -> i64 {
        let (debits, credits) = match layer {
            Layer::Posted => (self.debits_posted, self.credits_posted),
            Layer::Pending => (self.debits_pending, self.credits_pending),
        };
        match self.key.code.kind().normal_side() {
            Side::Debit => debits - credits,
            Side::Credit => credits - debits,
        }
    }
}
