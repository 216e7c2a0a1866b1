//! What is there before anything is measured: a merchant, sellers, products in stock, and orders to be paid.

use std::cell::Cell;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use steelyard_app::{
    App, Clock, Config, Language, NewMerchant, Problem,
    request::{Buyer, Call, Claim, NewLine, NewOrder, NewProduct, NewSeller, Reply},
};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_domain::{
    Currency, Mode, OrderId, ProductId, Rate, SellerId, Tenant, method::ConnectorName, seller::SellerKind,
};
use steelyard_store::engine::Target;

use crate::output::Failed;

/// Commands under way at a time.
pub const AT_ONCE: usize = 512;
const STOCK: i64 = 100_000_000;
const PRICE: i64 = 10_000;
/// Of a request that nobody sent.
const HASH: [u8; 32] = [0; 32];

/// Whose wallet the payments go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// All to one seller.
    Hot,
    /// Each to the next seller.
    Spread,
}

impl Load {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Spread => "spread",
        }
    }
}

/// A product and who sells it.
#[derive(Debug, Clone, Copy)]
pub struct Ware {
    pub product: ProductId,
    pub seller: SellerId,
}

/// A merchant on a database, tended in process and in batches, whatever the server under test does.
pub struct Shop {
    pub app: App,
    pub tenant: Tenant,
    /// The secret key; it has no limit of requests.
    pub key: String,
    pub hot: Ware,
    pub spread: Vec<Ware>,
    made: Cell<u64>,
}

impl Shop {
    /// Opens a shop with one seller, and `sellers` more.
    pub async fn open(target: &Target, connector: ConnectorName, clock: Clock, sellers: usize) -> Result<Self, Failed> {
        let app = start(target, clock).await?;
        let rate = Rate::parse("0.03").map_err(|error| Failed(error.to_string()))?;
        let new =
            NewMerchant { name: String::from("Bench"), connector, rate, fixed_fee: 0, rate_limit: Some(i64::MAX) };
        let keys = app.create_merchant(new).await.map_err(refused)?;
        let tenant = Tenant { merchant: keys.merchant, mode: Mode::Test };
        let wares: Vec<Ware> = stream::iter((0..=sellers).map(|number| ware(&app, tenant, number)))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut wares = wares.into_iter();
        let hot = wares.next().ok_or_else(|| Failed(String::from("no ware was made")))?;
        Ok(Self { app, tenant, key: keys.test_secret_key, hot, spread: wares.collect(), made: Cell::new(0) })
    }

    /// The same shop at another time.
    pub async fn with_clock(self, target: &Target, clock: Clock) -> Result<Self, Failed> {
        self.app.stop().await;
        Ok(Self { app: start(target, clock).await?, ..self })
    }

    /// Makes orders of one line to be paid.
    pub async fn orders(&self, load: Load, count: usize) -> Result<Vec<String>, Failed> {
        let made = (0..count).map(|turn| {
            let ware = match load {
                Load::Hot => self.hot,
                Load::Spread => self.spread.get(turn % self.spread.len().max(1)).copied().unwrap_or(self.hot),
            };
            order(&self.app, self.tenant, ware, self.next_number(), None)
        });
        let orders: Vec<OrderId> = stream::iter(made).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(orders.iter().map(ToString::to_string).collect())
    }

    /// The next number nobody has had.
    pub fn next_number(&self) -> u64 {
        self.made.replace(self.made.get() + 1)
    }

    pub async fn close(self) {
        self.app.stop().await;
    }
}

/// The application without its workers: the server under test has some.
async fn start(target: &Target, clock: Clock) -> Result<App, Failed> {
    let mut config = Config::new(target.clone(), vec![Connector::Stub(Stub)]);
    config.clock = clock;
    config.workers = false;
    Ok(App::start(config).await?)
}

async fn ware(app: &App, tenant: Tenant, number: usize) -> Result<Ware, Failed> {
    let new = NewSeller {
        name: format!("판매자 {number}"),
        kind: SellerKind::Business,
        withholding: false,
        bank: None,
        account_number: None,
        account_holder: None,
    };
    let reply = app.create_seller(call(tenant, format!("seller-{number}")), new).await.map_err(refused)?;
    let seller = SellerId::parse(&id_of(&reply)?)?;
    let new = NewProduct {
        sku: format!("ware-{number}"),
        name: String::from("아메리카노"),
        price: PRICE,
        currency: Currency::Krw,
        tax_free: false,
        seller: Some(seller),
        on_hand: STOCK,
        threshold: None,
        metadata: None,
    };
    let reply = app.create_product(call(tenant, format!("ware-{number}")), new).await.map_err(refused)?;
    Ok(Ware { product: ProductId::parse(&id_of(&reply)?)?, seller })
}

/// Makes an order of one ware.
pub async fn order(
    app: &App,
    tenant: Tenant,
    ware: Ware,
    number: u64,
    buyer: Option<String>,
) -> Result<OrderId, Failed> {
    let line = NewLine {
        product: Some(ware.product),
        seller: None,
        name: None,
        quantity: 1,
        unit_price: None,
        tax_free: None,
    };
    let new = NewOrder {
        merchant_order_id: format!("bench-{number}"),
        name: None,
        currency: Currency::Krw,
        lines: vec![line],
        shipping_fee: 0,
        buyer: Buyer { name: Some(buyer.unwrap_or_else(|| String::from("홍길동"))), ..Buyer::default() },
        total: None,
        metadata: None,
        top_up_of: None,
        is_claim: false,
    };
    let reply = app.create_order(call(tenant, format!("order-{number}")), new).await.map_err(refused)?;
    Ok(OrderId::parse(&id_of(&reply)?)?)
}

/// A call in process.
#[must_use]
pub fn call(tenant: Tenant, key: String) -> Call {
    let idempotency = Some(Claim { key, request_hash: HASH.to_vec() });
    Call { tenant, key: None, request_id: String::from("req_bench"), language: Language::English, idempotency }
}

/// The id in an answer.
pub fn id_of(reply: &Reply) -> Result<String, Failed> {
    let body: serde_json::Value = serde_json::from_str(&reply.body)?;
    let id = body.pointer("/data/id").and_then(serde_json::Value::as_str);
    id.map(str::to_owned).ok_or_else(|| Failed(format!("answered {}: {}", reply.status, reply.body)))
}

pub fn refused(problem: Problem) -> Failed {
    Failed(format!("refused: {problem:?}"))
}
