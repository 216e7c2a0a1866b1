//! What is for sale: the merchant's products that have a picture, with the prices and the stock the API tells.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use steelyard_app::Language;
use steelyard_domain::{Span, limits::AMOUNT_MAX};
use tokio::sync::Mutex;

use super::{
    Shop,
    api::{Call, Noted, Trouble},
    happening::Kind,
};

/// Products are asked for again after so long, if somebody wants to see them.
const FRESH: Span = Span::from_millis(1_000);
const SHOWN_MAX: usize = 24;

/// A product as the shop's page has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product {
    pub id: String,
    pub sku: String,
    pub name: String,
    pub name_en: String,
    /// Minor units.
    pub price: i64,
    /// What is not promised to anybody.
    pub stock: i64,
    /// Which picture.
    pub art: String,
    pub currency: String,
    pub low: bool,
}

impl Product {
    pub(super) fn name_in(&self, language: Language) -> &str {
        match language {
            Language::Korean => &self.name,
            Language::English => &self.name_en,
        }
    }
}

/// A product as the API has it.
#[derive(Deserialize)]
struct Told {
    id: String,
    sku: String,
    name: String,
    price: i64,
    currency: String,
    stock: Stock,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Stock {
    available: i64,
    low: bool,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Told>,
}

impl Told {
    /// The merchant sells other things elsewhere: only what has a picture stands here.
    fn shown(mut self) -> Option<Product> {
        let art = self.metadata.remove("art")?;
        let name_en = self.metadata.remove("nameEn").unwrap_or_else(|| self.name.clone());
        Some(Product {
            id: self.id,
            sku: self.sku,
            name: self.name,
            name_en,
            price: self.price,
            stock: self.stock.available.max(0),
            art,
            currency: self.currency,
            low: self.stock.low,
        })
    }
}

/// The products, and when they were asked for.
#[derive(Debug, Clone)]
struct Shelf {
    products: Arc<Vec<Product>>,
    at: Span,
}

#[derive(Default)]
pub(super) struct Catalogue {
    shelf: RwLock<Option<Shelf>>,
    /// One question at a time.
    asking: Mutex<()>,
}

impl Catalogue {
    fn seen(&self) -> Option<Shelf> {
        self.shelf.read().clone()
    }
}

#[derive(Serialize)]
struct StockChange<'a> {
    sku: &'a str,
    stock: i64,
    price: i64,
    low: bool,
}

impl Shop {
    /// For who wants to look: as of this second.
    pub(super) async fn products(&self) -> Result<Arc<Vec<Product>>, Trouble> {
        self.products_since(self.clock().ticks().micros() - FRESH.micros(), Noted::Always).await
    }

    /// The prices that buyers were shown, however old: what an order is made of.
    pub(super) async fn shown_products(&self) -> Result<Arc<Vec<Product>>, Trouble> {
        match self.0.catalogue.seen() {
            Some(shelf) => Ok(shelf.products),
            None => self.products().await,
        }
    }

    /// Looks again, and tells everybody what has changed since it was shown; where nothing was, nothing can have.
    pub(super) async fn look_at_stock(&self, noted: Noted) -> Result<(), Trouble> {
        if self.0.catalogue.seen().is_none() {
            return Ok(());
        }
        self.products_since(self.clock().ticks().micros(), noted).await.map(drop)
    }

    async fn products_since(&self, since: i64, noted: Noted) -> Result<Arc<Vec<Product>>, Trouble> {
        let catalogue = &self.0.catalogue;
        let fresh = || catalogue.seen().filter(|shelf| shelf.at.micros() >= since);
        if let Some(shelf) = fresh() {
            return Ok(shelf.products);
        }
        let _one_at_a_time = catalogue.asking.lock().await;
        // Somebody may have asked while this one waited.
        if let Some(shelf) = fresh() {
            return Ok(shelf.products);
        }
        // The time of asking, not of the answer: what changes in between is asked about again.
        let at = self.clock().ticks();
        let call = Call::get("/v1/products?limit=100", Language::Korean).noted(noted);
        let page: Page = self.api().ask(&call).await?;
        // The API's newest stand first; a shelf is filled from the left.
        let shown = page.items.into_iter().rev().filter_map(Told::shown).take(SHOWN_MAX);
        let products = Arc::new(shown.collect::<Vec<_>>());
        let before = catalogue.seen();
        *catalogue.shelf.write() = Some(Shelf { products: Arc::clone(&products), at });
        if let Some(before) = before {
            self.tell_changes(&before.products, &products);
        }
        Ok(products)
    }

    fn tell_changes(&self, before: &[Product], now: &[Product]) {
        for product in now {
            let same = |other: &&Product| other.sku == product.sku;
            if before.iter().find(same).is_some_and(|before| before != product) {
                let Product { sku, stock, price, low, .. } = product;
                self.log().tell(Kind::Stock, &StockChange { sku, stock: *stock, price: *price, low: *low });
            }
        }
    }
}

/// What somebody wants of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub sku: String,
    pub quantity: i64,
}

/// One line of a cart, at the shop's own price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub product: Product,
    pub quantity: i64,
    pub amount: i64,
}

/// Why a cart is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoCart {
    Empty,
    TooManyLines,
    Quantity(usize),
    Twice(usize),
    Unknown(usize),
}

const LINES_MAX: usize = SHOWN_MAX;
/// As the cart's own page has it.
pub(super) const QUANTITY_MAX: i64 = 20;

/// Puts prices to what a browser wants; it names none itself.
pub(super) fn priced(items: &[Item], products: &[Product]) -> Result<Vec<Line>, NoCart> {
    if items.is_empty() {
        return Err(NoCart::Empty);
    }
    if items.len() > LINES_MAX {
        return Err(NoCart::TooManyLines);
    }
    let mut lines: Vec<Line> = Vec::with_capacity(items.len());
    for (index, Item { sku, quantity }) in items.iter().enumerate() {
        if !(1..=QUANTITY_MAX).contains(quantity) {
            return Err(NoCart::Quantity(index));
        }
        if lines.iter().any(|line| line.product.sku == *sku) {
            return Err(NoCart::Twice(index));
        }
        let product = products.iter().find(|product| product.sku == *sku).ok_or(NoCart::Unknown(index))?;
        let amount = product.price.checked_mul(*quantity).filter(|amount| *amount <= AMOUNT_MAX);
        let amount = amount.ok_or(NoCart::Quantity(index))?;
        lines.push(Line { product: product.clone(), quantity: *quantity, amount });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(sku: &str, price: i64) -> Product {
        Product {
            id: format!("prd_{sku}"),
            sku: sku.to_owned(),
            name: sku.to_owned(),
            name_en: sku.to_owned(),
            price,
            stock: 5,
            art: sku.to_owned(),
            currency: "KRW".to_owned(),
            low: false,
        }
    }

    fn items(wanted: &[(&str, i64)]) -> Vec<Item> {
        wanted.iter().map(|(sku, quantity)| Item { sku: (*sku).to_owned(), quantity: *quantity }).collect()
    }

    #[test]
    fn a_cart_is_priced_by_the_shop() {
        let shelf = [product("cup", 18_000), product("book", 16_000)];
        let lines = priced(&items(&[("book", 1), ("cup", 2)]), &shelf).unwrap();
        assert_eq!(lines.iter().map(|line| line.amount).collect::<Vec<_>>(), [16_000, 36_000]);
        assert!(priced(&items(&[("cup", QUANTITY_MAX)]), &shelf).is_ok());
        for (wanted, why) in [
            (items(&[]), NoCart::Empty),
            (items(&[("cup", 0)]), NoCart::Quantity(0)),
            (items(&[("book", 1), ("cup", QUANTITY_MAX + 1)]), NoCart::Quantity(1)),
            (items(&[("cup", 1), ("cup", 1)]), NoCart::Twice(1)),
            (items(&[("gold", 1)]), NoCart::Unknown(0)),
            (items(&[("cup", 1); LINES_MAX + 1]), NoCart::TooManyLines),
        ] {
            assert_eq!(priced(&wanted, &shelf), Err(why), "{wanted:?}");
        }
    }

    #[test]
    fn only_what_has_a_picture_is_shown() {
        let told = |metadata: &str| -> Told {
            let text = format!(
                r#"{{"id":"prd_1","sku":"cup","name":"잔","price":1,"currency":"KRW","taxFree":false,
                    "stock":{{"onHand":3,"reserved":1,"available":2,"threshold":null,"low":true}},"metadata":{metadata}}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(told("{}").shown(), None);
        let shown = told(r#"{"art":"cup","nameEn":"Cup"}"#).shown().unwrap();
        assert_eq!((shown.name_en.as_str(), shown.stock, shown.low), ("Cup", 2, true));
    }
}
