//! A merchant is a tenant; test and live mode are two worlds of it.

use std::fmt;

use crate::{ApiKeyId, MerchantId, Span, Timestamp, method::ConnectorName};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    Test,
    Live,
}

impl Mode {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Test, Self::Live].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// Whose rows: taken from the credential and from nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant {
    pub merchant: MerchantId,
    pub mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MerchantStatus {
    Active,
    Suspended,
}

impl MerchantStatus {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    pub id: MerchantId,
    pub name: String,
    pub status: MerchantStatus,
    /// Who acquires this merchant's cards.
    pub connector: ConnectorName,
    /// How far the test world's clock is ahead of real time. Never negative.
    pub test_clock_ahead: Span,
    pub created_at: Timestamp,
}

impl Merchant {
    /// Business time in `mode` when it is really `now`.
    #[must_use]
    pub const fn clock(&self, mode: Mode, now: Timestamp) -> Timestamp {
        match mode {
            Mode::Test => now.after(self.test_clock_ahead),
            Mode::Live => now,
        }
    }
}

/// What kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A server's: everything.
    Secret,
    /// A browser's: only what a buyer may.
    Publishable,
    /// A server's, limited to its scopes.
    Restricted,
}

impl KeyKind {
    pub const ALL: [Self; 3] = [Self::Secret, Self::Publishable, Self::Restricted];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Publishable => "publishable",
            Self::Restricted => "restricted",
        }
    }

    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::Publishable => "pk",
            Self::Restricted => "rk",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A family of endpoints and whether they are read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    OrdersRead,
    OrdersWrite,
    PaymentsRead,
    PaymentsWrite,
    PaymentsAuthenticate,
    RefundsWrite,
    ProductsRead,
    ProductsWrite,
    SellersRead,
    SellersWrite,
    GiftCardsRead,
    GiftCardsWrite,
    FeePoliciesRead,
    FeePoliciesWrite,
    LedgerRead,
    CheckoutRead,
    CheckoutWrite,
    EventsRead,
    ApiKeysRead,
    ApiKeysWrite,
    TestWrite,
}

impl Scope {
    pub const ALL: [Self; 21] = [
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::PaymentsRead,
        Self::PaymentsWrite,
        Self::PaymentsAuthenticate,
        Self::RefundsWrite,
        Self::ProductsRead,
        Self::ProductsWrite,
        Self::SellersRead,
        Self::SellersWrite,
        Self::GiftCardsRead,
        Self::GiftCardsWrite,
        Self::FeePoliciesRead,
        Self::FeePoliciesWrite,
        Self::LedgerRead,
        Self::CheckoutRead,
        Self::CheckoutWrite,
        Self::EventsRead,
        Self::ApiKeysRead,
        Self::ApiKeysWrite,
        Self::TestWrite,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::PaymentsRead => "payments:read",
            Self::PaymentsWrite => "payments:write",
            Self::PaymentsAuthenticate => "payments:authenticate",
            Self::RefundsWrite => "refunds:write",
            Self::ProductsRead => "products:read",
            Self::ProductsWrite => "products:write",
            Self::SellersRead => "sellers:read",
            Self::SellersWrite => "sellers:write",
            Self::GiftCardsRead => "giftCards:read",
            Self::GiftCardsWrite => "giftCards:write",
            Self::FeePoliciesRead => "feePolicies:read",
            Self::FeePoliciesWrite => "feePolicies:write",
            Self::LedgerRead => "ledger:read",
            Self::CheckoutRead => "checkout:read",
            Self::CheckoutWrite => "checkout:write",
            Self::EventsRead => "events:read",
            Self::ApiKeysRead => "apiKeys:read",
            Self::ApiKeysWrite => "apiKeys:write",
            Self::TestWrite => "test:write",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A credential. The secret itself is shown once and never kept: only its SHA-256 is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub tenant: Tenant,
    pub kind: KeyKind,
    pub scopes: Vec<Scope>,
    /// SHA-256 of the whole key.
    pub hash: Vec<u8>,
    /// The last four characters, so that a person can tell keys apart.
    pub hint: String,
    /// The version of the API this key was made for, as in `2026-11-01`.
    pub api_version: String,
    /// Requests a second; `None` is the server's `rate_limit`.
    pub rate_limit: Option<i64>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub rotated_to: Option<ApiKeyId>,
}

impl ApiKey {
    /// Whether this key opens anything at `now` (real time: a credential does not follow a test clock).
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// What this key lacks to make another one: no key gives more than it has, nor for longer.
    #[must_use]
    pub fn lacks_to_give(&self, new: &Self) -> Option<&'static str> {
        match self.kind {
            KeyKind::Secret => None,
            KeyKind::Publishable => Some(KeyKind::Secret.as_str()),
            KeyKind::Restricted => {
                if new.kind != KeyKind::Restricted {
                    return Some(KeyKind::Secret.as_str());
                }
                let more = match (self.rate_limit, new.rate_limit) {
                    (Some(own), Some(given)) => given > own,
                    (None, None) => false,
                    (Some(_), None) | (None, Some(_)) => true,
                };
                let longer = self.expires_at.is_some_and(|own| new.expires_at.is_none_or(|given| given > own));
                let scope = new.scopes.iter().find(|scope| !self.scopes.contains(scope)).map(|scope| scope.as_str());
                scope.or_else(|| more.then_some("rateLimit")).or_else(|| longer.then_some("expiresAt"))
            }
        }
    }

    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        match self.kind {
            KeyKind::Secret => true,
            KeyKind::Publishable => scope == Scope::PaymentsAuthenticate,
            KeyKind::Restricted => self.scopes.contains(&scope),
        }
    }
}
