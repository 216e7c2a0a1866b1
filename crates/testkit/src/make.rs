//! Objects that hold together, to be changed where a test is about something else than the default.

mod ledger;
mod money;
mod payer;
mod sale;

pub use sale::Item;
use steelyard_domain::{
    ApiKeyId, Currency, FeePolicyId, MerchantId, Mode, ProductId, Rate, SellerId, Span, Tenant, Timestamp,
    catalog::Product,
    fee::{FeePolicy, FeeTerms, RefundFee},
    merchant::{ApiKey, KeyKind, Merchant, MerchantStatus},
    method::ConnectorName,
    seller::{Seller, SellerKind},
    stock::Stock,
};
use uuid::Uuid;

use crate::{Clock, Ids};

/// Makes objects, each with an id of its own, at the clock's time.
#[derive(Debug, Clone, Default)]
pub struct Make {
    pub clock: Clock,
    pub ids: Ids,
}

impl Make {
    /// What is made by makers with different seeds can lie in one database.
    #[must_use]
    pub fn seeded(seed: u16) -> Self {
        Self { clock: Clock::default(), ids: Ids::new(seed) }
    }

    pub fn id(&mut self) -> Uuid {
        self.ids.next(self.clock.now())
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn merchant(&mut self) -> Merchant {
        Merchant {
            id: MerchantId::from_uuid(self.id()),
            name: String::from("봄날상점"),
            status: MerchantStatus::Active,
            connector: ConnectorName::Simulator,
            test_clock_ahead: Span::ZERO,
            created_at: self.now(),
        }
    }

    /// A merchant's test world, for tables that do not ask whether the merchant is there.
    pub fn tenant(&mut self) -> Tenant {
        Tenant { merchant: MerchantId::from_uuid(self.id()), mode: Mode::Test }
    }

    pub fn api_key(&mut self, tenant: Tenant) -> ApiKey {
        ApiKey {
            id: ApiKeyId::from_uuid(self.id()),
            tenant,
            kind: KeyKind::Secret,
            scopes: Vec::new(),
            hash: vec![7; 32],
            hint: String::from("x9Qz"),
            api_version: String::from("2026-11-01"),
            rate_limit: None,
            created_at: self.now(),
            expires_at: None,
            revoked_at: None,
            rotated_to: None,
        }
    }

    pub fn seller(&mut self, tenant: Tenant) -> Seller {
        Seller {
            id: SellerId::from_uuid(self.id()),
            tenant,
            name: String::from("한강문구"),
            kind: SellerKind::Business,
            withholding: false,
            bank: None,
            account_number: None,
            account_holder: None,
            is_default: false,
            created_at: self.now(),
        }
    }

    pub fn default_seller(&mut self, tenant: Tenant) -> Seller {
        Seller { is_default: true, ..self.seller(tenant) }
    }

    /// 3 %, given back in proportion.
    pub fn fee_policy(&mut self, tenant: Tenant) -> FeePolicy {
        FeePolicy {
            id: FeePolicyId::from_uuid(self.id()),
            tenant,
            terms: FeeTerms {
                rate: Rate::from_per_million(30_000).expect("3 % is a rate"),
                fixed: 0,
                refund_fee: RefundFee::Proportional,
            },
            method: None,
            effective_from: self.now(),
            created_at: self.now(),
        }
    }

    /// Without stock; its sku is its id's last part.
    pub fn product(&mut self, tenant: Tenant) -> Product {
        let id = self.id();
        Product {
            id: ProductId::from_uuid(id),
            tenant,
            sku: format!("SKU-{}", id.as_u64_pair().1 & 0xffff_ffff),
            name: String::from("아메리카노"),
            seller: None,
            price: 4_500,
            currency: Currency::Krw,
            tax_free: false,
            stock: Stock { on_hand: 0, reserved: 0, threshold: None, low: false },
            metadata: None,
            created_at: self.now(),
            updated_at: self.now(),
            version: 1,
        }
    }
}
