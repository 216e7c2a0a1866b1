//! What the demonstration's own shop sells, and where its checkouts may be framed.

use std::collections::BTreeSet;

use steelyard_app::{
    App,
    request::{NewCheckoutSettings, NewProduct},
};
use steelyard_domain::money::Currency;
use steelyard_web::ShopOptions;

use super::seed::{Merchant, call, refused};
use crate::output::Failed;

/// From this amount on, in won, the payer app asks for the number on the screen.
const MATCH_FROM: i64 = 100_000;

struct Good {
    /// Also the name of its picture.
    sku: &'static str,
    name: &'static str,
    name_en: &'static str,
    price: i64,
    tax_free: bool,
    on_hand: i64,
    threshold: i64,
}

const GOODS: [Good; 6] = [
    Good {
        sku: "hallabong",
        name: "한라봉 5kg",
        name_en: "Hallabong, 5 kg",
        price: 36_000,
        tax_free: false,
        on_hand: 24,
        threshold: 5,
    },
    Good {
        sku: "tangerine",
        name: "제주 감귤 10kg",
        name_en: "Jeju tangerines, 10 kg",
        price: 29_000,
        tax_free: false,
        on_hand: 42,
        threshold: 8,
    },
    Good {
        sku: "barley",
        name: "햇보리차 500g",
        name_en: "New barley tea, 500 g",
        price: 12_000,
        tax_free: false,
        on_hand: 31,
        threshold: 5,
    },
    Good {
        sku: "cup",
        name: "도자기 잔",
        name_en: "Stoneware cup",
        price: 18_000,
        tax_free: false,
        on_hand: 12,
        threshold: 3,
    },
    Good {
        sku: "sesame",
        name: "저온압착 참기름 320ml",
        name_en: "Cold-pressed sesame oil, 320 ml",
        price: 24_000,
        tax_free: false,
        on_hand: 18,
        threshold: 4,
    },
    Good {
        sku: "book",
        name: "『저울의 역사』",
        name_en: "A History of Scales",
        price: 16_000,
        tax_free: true,
        on_hand: 9,
        threshold: 3,
    },
];

/// With which keys the shop asks the API at `url`.
pub fn options(merchant: &Merchant, url: &str) -> ShopOptions {
    ShopOptions {
        api: url.to_owned(),
        secret_key: merchant.keys.test_secret_key.clone(),
        publishable_key: merchant.keys.test_publishable_key.clone(),
    }
}

/// Puts the goods on the shelf, and lets pages of `origins` frame the checkout.
pub async fn open(app: &App, merchant: &Merchant, origins: Vec<String>) -> Result<(), Failed> {
    for good in &GOODS {
        let metadata = serde_json::json!({ "art": good.sku, "nameEn": good.name_en });
        let new = NewProduct {
            sku: good.sku.to_owned(),
            name: good.name.to_owned(),
            price: good.price,
            currency: Currency::Krw,
            tax_free: good.tax_free,
            seller: None,
            on_hand: good.on_hand,
            threshold: Some(good.threshold),
            metadata: Some(metadata.to_string()),
        };
        let call = call(merchant.tenant, "/v1/products", &format!("shop-{}", good.sku));
        app.create_product(call, new).await.map_err(|problem| refused(&problem))?;
    }
    let call = call(merchant.tenant, "/v1/checkout/settings", "shop-settings");
    let new = NewCheckoutSettings { origins, match_from: Some(MATCH_FROM) };
    app.change_checkout_settings(call, new).await.map_err(|problem| refused(&problem))?;
    Ok(())
}

/// The addresses by which a browser on this machine finds the server, and the public one.
pub fn origins(url: &str, public_url: Option<&str>) -> Vec<String> {
    let port = url.rsplit_once(':').map_or("80", |(_, port)| port);
    let mut origins = BTreeSet::from([url.to_owned()]);
    origins.extend(["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{port}")));
    origins.extend(public_url.map(str::to_owned));
    origins.into_iter().collect()
}

/// Where the shop, which runs beside it, asks the API: an address that listens on all is asked on this machine.
pub fn api(url: &str) -> String {
    url.replace("http://0.0.0.0:", "http://127.0.0.1:").replace("http://[::]:", "http://[::1]:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_on_this_machine_may_use_either_name() {
        let found = origins("http://127.0.0.1:8080", Some("https://pay.example"));
        assert_eq!(found, ["http://127.0.0.1:8080", "http://localhost:8080", "https://pay.example"]);
        assert_eq!(api("http://0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(api("http://192.0.2.1:80"), "http://192.0.2.1:80");
    }
}
