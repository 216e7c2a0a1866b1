//! `/v1/sellers` and their wallets.

use serde::Deserialize;
use steelyard_app::{
    Code,
    request::NewSeller,
    view::{SellerView, WalletView},
};
use steelyard_domain::{Currency, SellerId, merchant::Scope, seller::SellerKind};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field,
    idempotency::Keyed,
    page::PageView,
    query,
};

const LIST: &str = "sellers";
const BANK_CHARS_MAX: usize = 40;
const ACCOUNT_CHARS_MAX: usize = 40;

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let read = Terms::read(Scope::SellersRead);
    endpoints
        .add(Terms::write(Scope::SellersWrite, Keyed::Optional).codes(&[Code::TooMany]), routes!(create_seller))
        .add(read, routes!(list_sellers))
        .add(read, routes!(get_seller))
        .add(read, routes!(get_wallet))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"name": "하늘 농장", "kind": "individual", "withholding": true,
    "bankAccount": {"bank": "088", "accountNumber": "110-123-456789", "holder": "김하늘"}}))]
struct SellerBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// `business` or `individual`
    kind: String,
    /// Whether income tax is withheld from payouts; for individuals only.
    #[schema(nullable = false)]
    withholding: Option<bool>,
    #[schema(nullable = false)]
    bank_account: Option<BankAccountBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BankAccountBody {
    #[schema(min_length = 1, max_length = 40)]
    bank: String,
    /// Digits; hyphens are kept.
    #[schema(min_length = 1, max_length = 40)]
    account_number: String,
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    holder: Option<String>,
}

impl SellerBody {
    fn parsed(self) -> Result<NewSeller, Fault> {
        let kinds = [SellerKind::Business, SellerKind::Individual];
        let kind = field::choice("kind", &self.kind, &kinds, SellerKind::as_str)?;
        let withholding = self.withholding.unwrap_or(false);
        if withholding && kind == SellerKind::Business {
            return Err(Fault::new("withholding", Rule::WithholdingOfBusiness));
        }
        let account = self.bank_account.map(BankAccountBody::checked).transpose();
        let account = account.map_err(|fault| fault.under("bankAccount"))?;
        let (bank, account_number, account_holder) = match account {
            Some(account) => (Some(account.bank), Some(account.account_number), account.holder),
            None => (None, None, None),
        };
        let name = field::named("name", self.name)?;
        Ok(NewSeller { name, kind, withholding, bank, account_number, account_holder })
    }
}

impl BankAccountBody {
    fn checked(self) -> Result<Self, Fault> {
        Ok(Self {
            bank: field::text("bank", self.bank, BANK_CHARS_MAX)?,
            account_number: field::text("accountNumber", self.account_number, ACCOUNT_CHARS_MAX)?,
            holder: self.holder.map(|holder| field::named("holder", holder)).transpose()?,
        })
    }
}

/// Add a seller
#[utoipa::path(post, path = "/v1/sellers", tag = "Sellers", operation_id = "createSeller", request_body = SellerBody,
    responses((status = 201, description = "The seller", body = Answer<SellerView>)))]
async fn create_seller(mut ask: Write) -> Answered {
    let seller = ask.read(SellerBody::parsed)?;
    ask.run(|app, call| async move { app.create_seller(call, seller).await }).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SellerQuery {
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List sellers
#[utoipa::path(get, path = "/v1/sellers", tag = "Sellers", operation_id = "listSellers", params(SellerQuery),
    responses((status = 200, description = "Sellers, newest first", body = Answer<PageView<SellerView>>)))]
async fn list_sellers(ask: Read) -> Answered {
    let query: SellerQuery = ask.query()?;
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor(LIST, query.cursor.as_deref()).await?.map(|key| (key.at, key.id));
    let page = ask.app().sellers(ask.tenant(), cursor, limit).await?;
    ask.page(LIST, page).await
}

/// Get a seller
#[utoipa::path(get, path = "/v1/sellers/{id}", tag = "Sellers", operation_id = "getSeller",
    params(("id" = String, Path, description = "`sel_…`")),
    responses((status = 200, description = "The seller", body = Answer<SellerView>)))]
async fn get_seller(Id(seller): Id<SellerId>, ask: Read) -> Answered {
    let seller = ask.app().seller(ask.tenant(), seller).await?;
    ask.answer(&seller)
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WalletQuery {
    /// How many of the latest moves are shown: 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// Each currency is a wallet of its own.
    #[param(example = "KRW", default = "KRW")]
    currency: Option<String>,
}

/// Get a seller's wallet
///
/// A view of the seller's ledger account: what is owed, what waits, and the latest moves.
#[utoipa::path(get, path = "/v1/sellers/{id}/wallet", tag = "Sellers", operation_id = "getWallet",
    params(("id" = String, Path, description = "`sel_…`"), WalletQuery),
    responses((status = 200, description = "The wallet", body = Answer<WalletView>)))]
async fn get_wallet(Id(seller): Id<SellerId>, ask: Read) -> Answered {
    let query: WalletQuery = ask.query()?;
    let moves = query::limit(query.limit.as_deref())?;
    let currency = field::currency("currency", query.currency.as_deref())?.unwrap_or(Currency::Krw);
    let wallet = ask.app().wallet(ask.tenant(), seller, currency, moves).await?;
    ask.answer(&wallet)
}
