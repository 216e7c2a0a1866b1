//! A new merchant, ready to take payments: default sellers, a fee policy and keys, in both modes.

use steelyard_domain::{
    ApiKeyId, FeePolicyId, MerchantId, Mode, Rate, SellerId, Span, Tenant, Timestamp,
    fee::{FeePolicy, FeeTerms, RefundFee},
    merchant::{ApiKey, KeyKind, Merchant, MerchantStatus},
    method::ConnectorName,
    seller::{Seller, SellerKind},
};

use crate::{
    App,
    clock::new_id,
    credential::{self, API_VERSION},
    pipeline::Command,
    problem::Problem,
    workset::{Needs, Workset},
};

#[derive(Debug, Clone)]
pub struct NewMerchant {
    pub name: String,
    pub connector: ConnectorName,
    /// Of the first fee policy, in effect at once.
    pub rate: Rate,
    pub fixed_fee: i64,
    /// Requests a second of the first keys; `None` is the configuration's.
    pub rate_limit: Option<i64>,
}

/// Shown once: of the keys, only hashes are kept.
#[derive(Debug, Clone)]
pub struct NewMerchantKeys {
    pub merchant: MerchantId,
    pub test_seller: SellerId,
    pub live_seller: SellerId,
    pub test_secret_key: String,
    pub test_publishable_key: String,
    pub live_secret_key: String,
    pub live_publishable_key: String,
}

struct CreateMerchant {
    merchant: Merchant,
    sellers: Vec<Seller>,
    policies: Vec<FeePolicy>,
    keys: Vec<ApiKey>,
}

impl Command for CreateMerchant {
    type Answer = ();

    fn name(&self) -> &'static str {
        "createMerchant"
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        workset.merchants.insert(self.merchant.id, self.merchant.clone());
        for seller in &self.sellers {
            workset.insert_seller(seller.clone());
        }
        for policy in &self.policies {
            workset.insert_policy(policy.clone());
        }
        for key in &self.keys {
            workset.api_keys.insert(key.id, key.clone());
        }
        Ok(())
    }
}

impl App {
    /// Makes a merchant. The answer holds the only copies of its keys.
    pub async fn create_merchant(&self, new: NewMerchant) -> Result<NewMerchantKeys, Problem> {
        let now = self.clock().now();
        let id = MerchantId::from_uuid(new_id());
        let merchant = Merchant {
            id,
            name: new.name.clone(),
            status: MerchantStatus::Active,
            connector: new.connector,
            test_clock_ahead: Span::ZERO,
            created_at: now,
        };
        let tenants = [Mode::Test, Mode::Live].map(|mode| Tenant { merchant: id, mode });
        let sellers = tenants.map(|tenant| default_seller(tenant, &new.name, now));
        let terms = FeeTerms { rate: new.rate, fixed: new.fixed_fee, refund_fee: RefundFee::Proportional };
        let policies = tenants.map(|tenant| FeePolicy {
            id: FeePolicyId::from_uuid(new_id()),
            tenant,
            terms,
            method: None,
            effective_from: now,
            created_at: now,
        });
        let (mut keys, mut secrets) = (Vec::new(), Vec::new());
        for tenant in tenants {
            for kind in [KeyKind::Secret, KeyKind::Publishable] {
                let issued = credential::issue(kind, tenant.mode);
                keys.push(ApiKey {
                    id: issued.id,
                    tenant,
                    kind,
                    scopes: Vec::new(),
                    hash: issued.hash,
                    hint: issued.hint,
                    api_version: API_VERSION.to_owned(),
                    rate_limit: new.rate_limit,
                    created_at: now,
                    expires_at: None,
                    revoked_at: None,
                    rotated_to: None::<ApiKeyId>,
                });
                secrets.push(issued.key);
            }
        }
        let (test_seller, live_seller) = (sellers[0].id, sellers[1].id);
        let command = CreateMerchant { merchant, sellers: sellers.to_vec(), policies: policies.to_vec(), keys };
        self.pipeline().submit(command).await?;
        let [test_secret_key, test_publishable_key, live_secret_key, live_publishable_key] =
            <[String; 4]>::try_from(secrets).unwrap_or_default();
        Ok(NewMerchantKeys {
            merchant: id,
            test_seller,
            live_seller,
            test_secret_key,
            test_publishable_key,
            live_secret_key,
            live_publishable_key,
        })
    }
}

fn default_seller(tenant: Tenant, name: &str, now: Timestamp) -> Seller {
    Seller {
        id: SellerId::from_uuid(new_id()),
        tenant,
        name: name.to_owned(),
        kind: SellerKind::Business,
        withholding: false,
        bank: None,
        account_number: None,
        account_holder: None,
        is_default: true,
        created_at: now,
    }
}
