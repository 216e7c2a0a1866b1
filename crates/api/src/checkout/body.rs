//! Bodies of requests about checkouts.

use serde::Deserialize;
use steelyard_app::{
    checkout::inline_order,
    request::{NewCheckout, NewCheckoutOrder, NewCheckoutSettings},
};
use steelyard_domain::{
    Currency, Mode, OrderId,
    checkout::{CheckoutMethod, Locale, Purpose, is_origin},
    limits::{AMOUNT_MAX, ORIGINS_MAX},
};
use utoipa::ToSchema;

use crate::{
    fault::{Fault, Rule},
    field::{self, Metadata},
    order::{BuyerBody, OrderBody},
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "order": {
        "merchantOrderId": "order-20261121-0001",
        "lines": [{"name": "한라봉 5kg", "quantity": 1, "unitPrice": 36000}],
        "shippingFee": 6000
    },
    "successUrl": "https://shop.example/orders/order-20261121-0001",
    "cancelUrl": "https://shop.example/cart"
}))]
pub(crate) struct CheckoutBody {
    /// `ord_…`: an order that is there.
    #[schema(pattern = "^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$", nullable = false)]
    order_id: Option<String>,
    /// An order that is made now.
    #[schema(nullable = false)]
    order: Option<OrderBody>,
    /// With a publishable key, instead of the two.
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    merchant_order_id: Option<String>,
    /// With a publishable key.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    order_name: Option<String>,
    /// With a publishable key: a claim, in minor units, which your server compares with its own records.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, nullable = false)]
    amount: Option<i64>,
    /// With a publishable key; `KRW` where it is left out.
    #[schema(nullable = false)]
    currency: Option<String>,
    /// With a publishable key.
    #[schema(nullable = false)]
    buyer: Option<BuyerBody>,
    /// Where the buyer goes who has paid; `payment_id`, `order_id` and `signature` are added to it. Without it the page
    /// shows the receipt and stays.
    #[schema(max_length = 2048, nullable = false)]
    success_url: Option<String>,
    /// Where the buyer goes who does not pay.
    #[schema(max_length = 2048, nullable = false)]
    cancel_url: Option<String>,
    /// The same, of the second door.
    #[schema(max_length = 2048, nullable = false)]
    fail_url: Option<String>,
    /// `app`, `card`, `transfer`, `virtualAccount`, in the order in which they are offered; all where it is left out.
    #[schema(nullable = false)]
    methods: Option<Vec<String>>,
    /// `ko`, `en`, or `auto` where it is left out.
    #[schema(nullable = false)]
    locale: Option<String>,
    /// At most 50 pairs of texts.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>, nullable = false)]
    metadata: Option<Metadata>,
}

impl CheckoutBody {
    /// `may_charge`: whether the key is more than a browser's.
    pub(super) fn parsed(self, mode: Mode, may_charge: bool) -> Result<NewCheckout, Fault> {
        let claims = self.merchant_order_id.is_some();
        let purpose = if may_charge && !claims { Purpose::Pay } else { Purpose::Authenticate };
        let url =
            |name: &'static str, value: Option<String>| value.map(|value| field::url(name, value, mode)).transpose();
        let (success_url, cancel_url) = (url("successUrl", self.success_url)?, url("cancelUrl", self.cancel_url)?);
        let fail_url = url("failUrl", self.fail_url)?;
        if cancel_url.is_some() && fail_url.is_some() {
            return Err(Fault::new("failUrl", Rule::NotWith("cancelUrl")));
        }
        let methods = match self.methods {
            None => offered(purpose),
            Some(names) => chosen(&names, purpose)?,
        };
        let locale = self
            .locale
            .as_deref()
            .map_or(Ok(Locale::Auto), |name| field::choice("locale", name, &Locale::ALL, Locale::as_str))?;
        let missing = |name| Fault::new(name, Rule::Missing);
        let order = match (self.order_id, self.order, self.merchant_order_id) {
            (Some(_) | None, Some(_), Some(_)) | (Some(_), _, Some(_)) | (Some(_), Some(_), None) => {
                return Err(Fault::whole(Rule::Alternatives(&["orderId", "order", "merchantOrderId"])));
            }
            (None, None, None) if may_charge => {
                return Err(Fault::whole(Rule::Alternatives(&["orderId", "order", "merchantOrderId"])));
            }
            (None, None, None) => return Err(missing("merchantOrderId")),
            (Some(_), None, None) | (None, Some(_), None) if !may_charge => {
                return Err(Fault::new("merchantOrderId", Rule::Missing));
            }
            (Some(order), None, None) => NewCheckoutOrder::Known(field::id("orderId", &order, OrderId::parse)?),
            (None, Some(order), None) => {
                NewCheckoutOrder::Inline(Box::new(order.parsed().map_err(|fault| fault.under("order"))?))
            }
            (None, None, Some(merchant_order_id)) => {
                let id = field::merchant_order_id(merchant_order_id)?;
                let name = field::named("orderName", self.order_name.ok_or_else(|| missing("orderName"))?)?;
                let amount = field::amount("amount", self.amount.ok_or_else(|| missing("amount"))?)?;
                let currency = field::currency("currency", self.currency.as_deref())?.unwrap_or(Currency::Krw);
                let buyer = BuyerBody::parsed(self.buyer)?;
                NewCheckoutOrder::Inline(Box::new(inline_order(id, name, amount, currency, buyer)))
            }
        };
        Ok(NewCheckout {
            order,
            purpose,
            methods,
            locale,
            success_url,
            cancel_url: cancel_url.or(fail_url),
            metadata: field::metadata(self.metadata)?,
        })
    }
}

/// What is offered where nobody says: who only authenticates does so by card.
fn offered(purpose: Purpose) -> Vec<CheckoutMethod> {
    match purpose {
        Purpose::Pay => CheckoutMethod::ALL.to_vec(),
        Purpose::Authenticate => vec![CheckoutMethod::Card],
    }
}

fn chosen(names: &[String], purpose: Purpose) -> Result<Vec<CheckoutMethod>, Fault> {
    let all = offered(purpose);
    if !(1..=all.len()).contains(&names.len()) {
        return Err(Fault::new("methods", Rule::Items { min: 1, max: all.len() }));
    }
    let mut methods = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let method = field::choice("", name, &all, CheckoutMethod::as_str);
        let method = method.map_err(|fault| fault.at(index).under("methods"))?;
        if methods.contains(&method) {
            return Err(Fault::whole(Rule::Repeated).at(index).under("methods"));
        }
        methods.push(method);
    }
    Ok(methods)
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"origins": ["https://shop.example"], "numberMatchFrom": 100000}))]
pub(crate) struct SettingsBody {
    /// Origins of pages that may frame a checkout: scheme, host and perhaps a port. At most 20.
    #[schema(max_items = 20)]
    origins: Vec<String>,
    /// From this amount on, in minor units, the payer app asks for the number on the screen; `null` never.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true, minimum = 0, maximum = 1_000_000_000_000_i64)]
    number_match_from: Option<i64>,
}

impl SettingsBody {
    pub(super) fn parsed(self, mode: Mode) -> Result<NewCheckoutSettings, Fault> {
        if self.origins.len() > ORIGINS_MAX {
            return Err(Fault::new("origins", Rule::Items { min: 0, max: ORIGINS_MAX }));
        }
        for (index, origin) in self.origins.iter().enumerate() {
            if !is_origin(origin, mode) {
                return Err(Fault::whole(Rule::Origin).at(index).under("origins"));
            }
            if self.origins.iter().take(index).any(|earlier| earlier == origin) {
                return Err(Fault::whole(Rule::Repeated).at(index).under("origins"));
            }
        }
        let match_from = self.number_match_from;
        let match_from = match_from.map(|from| field::within("numberMatchFrom", from, 0, AMOUNT_MAX)).transpose()?;
        Ok(NewCheckoutSettings { origins: self.origins, match_from })
    }
}
