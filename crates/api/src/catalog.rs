//! `/v1/products` and their stock.

use serde::{Deserialize, Deserializer};
use steelyard_app::{
    Code,
    request::{NewProduct, ProductChange, StockChange},
    view::{ProductView, StockMovementView},
};
use steelyard_domain::{Currency, ProductId, SellerId, merchant::Scope, stock::ON_HAND_MAX};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field::{self, Metadata},
    idempotency::Keyed,
    page::PageView,
    query,
};

const LIST: &str = "products";
const MOVEMENTS: &str = "stockMovements";
const SKU_CHARS_MAX: usize = 64;

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let write = |keyed, codes| Terms::write(Scope::ProductsWrite, keyed).codes(codes);
    let read = Terms::read(Scope::ProductsRead);
    endpoints
        .add(write(Keyed::Optional, &[Code::SkuExists, Code::NotFound, Code::TooMany]), routes!(create_product))
        .add(read, routes!(list_products))
        .add(read, routes!(get_product))
        .add(write(Keyed::No, &[Code::Overloaded]), routes!(update_product))
        .add(write(Keyed::Optional, &[Code::StateConflict, Code::OutOfStock, Code::TooMany]), routes!(change_stock))
        .add(read, routes!(list_stock_movements))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"sku": "bean-1kg", "name": "원두 1kg", "price": 18000, "onHand": 100, "threshold": 10}))]
struct ProductBody {
    /// Yours; unique per merchant and mode.
    #[schema(min_length = 1, max_length = 64)]
    sku: String,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Minor units, VAT included.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    price: i64,
    /// ISO 4217; `KRW` where it is left out.
    #[schema(nullable = false)]
    currency: Option<String>,
    #[schema(nullable = false)]
    tax_free: Option<bool>,
    /// `sel_…`; the default seller where it is left out.
    #[schema(pattern = "^sel_[0-7][0-9a-hjkmnp-tv-z]{25}$", nullable = false)]
    seller_id: Option<String>,
    /// Units to begin with.
    #[schema(minimum = 0, maximum = 1_000_000_000, nullable = false)]
    on_hand: Option<i64>,
    /// Warn when what is available falls to this.
    #[schema(minimum = 0, maximum = 1_000_000_000, nullable = false)]
    threshold: Option<i64>,
    /// At most 50 pairs of texts.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>, nullable = false)]
    metadata: Option<Metadata>,
}

impl ProductBody {
    fn parsed(self) -> Result<NewProduct, Fault> {
        Ok(NewProduct {
            sku: field::text("sku", self.sku, SKU_CHARS_MAX)?,
            name: field::named("name", self.name)?,
            price: field::price("price", self.price)?,
            currency: field::currency("currency", self.currency.as_deref())?.unwrap_or(Currency::Krw),
            tax_free: self.tax_free.unwrap_or(false),
            seller: self.seller_id.map(|id| field::id("sellerId", &id, SellerId::parse)).transpose()?,
            on_hand: field::within("onHand", self.on_hand.unwrap_or(0), 0, ON_HAND_MAX)?,
            threshold: threshold(self.threshold)?,
            metadata: field::metadata(self.metadata)?,
        })
    }
}

fn threshold(value: Option<i64>) -> Result<Option<i64>, Fault> {
    value.map(|units| field::within("threshold", units, 0, ON_HAND_MAX)).transpose()
}

/// Make a product
#[utoipa::path(post, path = "/v1/products", tag = "Products", operation_id = "createProduct",
    request_body = ProductBody,
    responses((status = 201, description = "The product", body = Answer<ProductView>)))]
async fn create_product(mut ask: Write) -> Answered {
    let product = ask.read(ProductBody::parsed)?;
    ask.run(|app, call| async move { app.create_product(call, product).await }).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProductQuery {
    /// Only those at or below their threshold (`true`), or only the others (`false`).
    #[param(value_type = Option<bool>)]
    low: Option<String>,
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List products
#[utoipa::path(get, path = "/v1/products", tag = "Products", operation_id = "listProducts", params(ProductQuery),
    responses((status = 200, description = "Products, newest first", body = Answer<PageView<ProductView>>)))]
async fn list_products(ask: Read) -> Answered {
    let query: ProductQuery = ask.query()?;
    let low = query::flag("low", query.low.as_deref())?;
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor(LIST, query.cursor.as_deref()).await?.map(|key| (key.at, key.id));
    let page = ask.app().products(ask.tenant(), low, cursor, limit).await?;
    ask.page(LIST, page).await
}

/// Get a product
#[utoipa::path(get, path = "/v1/products/{id}", tag = "Products", operation_id = "getProduct",
    params(("id" = String, Path, description = "`prd_…`")),
    responses((status = 200, description = "The product", body = Answer<ProductView>)))]
async fn get_product(Id(product): Id<ProductId>, ask: Read) -> Answered {
    let product = ask.app().product(ask.tenant(), product).await?;
    ask.answer(&product)
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"price": 17000, "threshold": null}))]
struct ProductChangeBody {
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name: Option<String>,
    /// Minor units, VAT included. Orders that are there keep the price they were made with.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, nullable = false)]
    price: Option<i64>,
    #[schema(nullable = false)]
    tax_free: Option<bool>,
    /// `null` stops the warning.
    #[serde(default, deserialize_with = "told")]
    #[schema(minimum = 0, value_type = Option<i64>)]
    threshold: Option<Option<i64>>,
    /// Takes the place of what was there.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>, nullable = false)]
    metadata: Option<Metadata>,
}

/// Tells a field that is null from one that is absent.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl ProductChangeBody {
    fn parsed(self) -> Result<ProductChange, Fault> {
        Ok(ProductChange {
            name: self.name.map(|name| field::named("name", name)).transpose()?,
            price: self.price.map(|price| field::price("price", price)).transpose()?,
            tax_free: self.tax_free,
            threshold: self.threshold.map(threshold).transpose()?,
            metadata: field::metadata(self.metadata)?,
        })
    }
}

/// Change a product
///
/// What is left out stays.
#[utoipa::path(patch, path = "/v1/products/{id}", tag = "Products", operation_id = "updateProduct",
    params(("id" = String, Path, description = "`prd_…`")), request_body = ProductChangeBody,
    responses((status = 200, description = "The product", body = Answer<ProductView>)))]
async fn update_product(Id(product): Id<ProductId>, mut ask: Write) -> Answered {
    let change = ask.read(ProductChangeBody::parsed)?;
    ask.run(|app, call| async move { app.update_product(call, product, change).await }).await
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"delta": 50, "reason": "입고"}))]
struct StockBody {
    /// Units more, or fewer where it is negative. Not together with `set`.
    #[schema(nullable = false)]
    delta: Option<i64>,
    /// Units there are, after a count.
    #[schema(minimum = 0, maximum = 1_000_000_000, nullable = false)]
    set: Option<i64>,
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl StockBody {
    fn parsed(self) -> Result<(StockChange, String), Fault> {
        let change = match (self.delta, self.set) {
            (Some(0), None) => return Err(Fault::new("delta", Rule::NotZero)),
            (Some(delta), None) => StockChange::Delta(field::within("delta", delta, -ON_HAND_MAX, ON_HAND_MAX)?),
            (None, Some(set)) => StockChange::Set(field::within("set", set, 0, ON_HAND_MAX)?),
            (Some(_), Some(_)) => return Err(Fault::new("set", Rule::NotWith("delta"))),
            (None, None) => return Err(Fault::new("delta", Rule::Alternatives(&["delta", "set"]))),
        };
        Ok((change, field::reason(self.reason)?))
    }
}

/// Change stock
///
/// A delivery, a loss, a count. What is promised to open orders cannot be taken away.
#[utoipa::path(post, path = "/v1/products/{id}/stock", tag = "Products", operation_id = "changeStock",
    params(("id" = String, Path, description = "`prd_…`")), request_body = StockBody,
    responses((status = 200, description = "The product", body = Answer<ProductView>)))]
async fn change_stock(Id(product): Id<ProductId>, mut ask: Write) -> Answered {
    let (change, reason) = ask.read(StockBody::parsed)?;
    ask.run(|app, call| async move { app.change_stock(call, product, change, reason).await }).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StockMovementQuery {
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List a product's stock movements
#[utoipa::path(get, path = "/v1/products/{id}/stock-movements", tag = "Products",
    operation_id = "listStockMovements",
    params(("id" = String, Path, description = "`prd_…`"), StockMovementQuery),
    responses((status = 200, description = "Movements, newest first", body = Answer<PageView<StockMovementView>>)))]
async fn list_stock_movements(Id(product): Id<ProductId>, ask: Read) -> Answered {
    let query: StockMovementQuery = ask.query()?;
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor(MOVEMENTS, query.cursor.as_deref()).await?.map(|key| key.id);
    let page = ask.app().stock_movements(ask.tenant(), product, cursor, limit).await?;
    ask.page(MOVEMENTS, page).await
}
