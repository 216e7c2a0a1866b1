//! Merchants, sellers, wallets, keys and fee policies.

use serde::Serialize;
use steelyard_domain::{
    fee::FeePolicy,
    ledger::{Account, Entry, Layer},
    merchant::{ApiKey, Merchant},
    seller::Seller,
};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MerchantView {
    /// `mer_…`
    pub id: String,
    pub name: String,
    pub status: &'static str,
    pub connector: &'static str,
    pub created_at: String,
}

impl MerchantView {
    #[must_use]
    pub fn new(merchant: &Merchant) -> Self {
        Self {
            id: merchant.id.to_string(),
            name: merchant.name.clone(),
            status: merchant.status.as_str(),
            connector: merchant.connector.as_str(),
            created_at: merchant.created_at.to_string(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SellerView {
    /// `sel_…`
    pub id: String,
    pub name: String,
    /// `business` or `individual`
    pub kind: &'static str,
    pub withholding: bool,
    pub bank_account: Option<BankAccountView>,
    pub is_default: bool,
    pub created_at: String,
}

/// The number is masked but for its last four digits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BankAccountView {
    pub bank: String,
    pub account_number: String,
    pub holder: Option<String>,
}

impl SellerView {
    #[must_use]
    pub fn new(seller: &Seller) -> Self {
        let bank_account = seller.bank.as_ref().zip(seller.account_number.as_ref()).map(|(bank, number)| {
            let shown = number.chars().count().saturating_sub(4);
            let masked = number.chars().enumerate().map(|(index, digit)| if index < shown { '*' } else { digit });
            BankAccountView {
                bank: bank.clone(),
                account_number: masked.collect(),
                holder: seller.account_holder.clone(),
            }
        });
        Self {
            id: seller.id.to_string(),
            name: seller.name.clone(),
            kind: seller.kind.as_str(),
            withholding: seller.withholding,
            bank_account,
            is_default: seller.is_default,
            created_at: seller.created_at.to_string(),
        }
    }
}

/// A seller's wallet: a view of its ledger account. Minor units.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletView {
    pub seller_id: String,
    pub currency: &'static str,
    /// Owed to the seller; negative if returns exceed sales.
    pub payable: i64,
    /// Of authorizations not captured yet.
    pub pending: i64,
    /// Sent and not confirmed by the bank.
    pub pending_payout: i64,
    /// A negative balance carried into later payouts.
    pub carried: i64,
    pub account_id: String,
    pub version: i64,
    /// Latest first.
    pub moves: Vec<WalletMoveView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletMoveView {
    pub transaction_id: String,
    /// Positive into the wallet.
    pub amount: i64,
    pub balance_after: i64,
    pub posted_at: String,
}

impl WalletView {
    /// The wallet of `seller`; without an account nothing was ever posted to it.
    #[must_use]
    pub fn new(seller: &Seller, account: &Account, entries: &[Entry]) -> Self {
        let payable = account.balance(Layer::Posted);
        let side = account.key.code.kind().normal_side();
        Self {
            seller_id: seller.id.to_string(),
            currency: account.key.currency.code(),
            payable,
            pending: account.balance(Layer::Pending),
            pending_payout: 0,
            carried: payable.min(0),
            account_id: account.id.to_string(),
            version: account.version,
            moves: entries
                .iter()
                .filter(|entry| entry.layer == Layer::Posted)
                .map(|entry| WalletMoveView {
                    transaction_id: entry.transaction.to_string(),
                    amount: if entry.side == side { entry.amount } else { -entry.amount },
                    balance_after: entry.posted_balance_after,
                    posted_at: entry.posted_at.to_string(),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeePolicyView {
    /// `fee_…`
    pub id: String,
    #[schema(example = "0.03")]
    pub rate: String,
    pub fixed_fee: i64,
    /// `proportional` or `keep`
    pub refund_fee: &'static str,
    pub method: Option<&'static str>,
    pub effective_from: String,
    pub created_at: String,
}

impl FeePolicyView {
    #[must_use]
    pub fn new(policy: &FeePolicy) -> Self {
        Self {
            id: policy.id.to_string(),
            rate: policy.terms.rate.to_string(),
            fixed_fee: policy.terms.fixed,
            refund_fee: policy.terms.refund_fee.as_str(),
            method: policy.method.map(|method| method.as_str()),
            effective_from: policy.effective_from.to_string(),
            created_at: policy.created_at.to_string(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    /// `key_…`
    pub id: String,
    /// `secret`, `publishable` or `restricted`
    pub kind: &'static str,
    pub mode: &'static str,
    pub scopes: Vec<&'static str>,
    /// The last four characters.
    pub hint: String,
    pub api_version: String,
    pub created_at: String,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
    pub rotated_to: Option<String>,
    /// The key itself, shown once: when it is issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl ApiKeyView {
    #[must_use]
    pub fn new(key: &ApiKey, secret: Option<String>) -> Self {
        Self {
            id: key.id.to_string(),
            kind: key.kind.as_str(),
            mode: key.tenant.mode.as_str(),
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            hint: key.hint.clone(),
            api_version: key.api_version.clone(),
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
            rotated_to: key.rotated_to.map(|id| id.to_string()),
            key: secret,
        }
    }
}
