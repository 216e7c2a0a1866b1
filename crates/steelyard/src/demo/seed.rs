//! Lives through the plan: every order, payment and refund is a real command, asked of the real simulated
//! acquirer, at the time it says.

mod trade;

use std::collections::HashMap;

use steelyard_app::{App, Clock, NewMerchant, NewMerchantKeys, Problem, request::Reply};
use steelyard_domain::{
    Mode, ProductId, Rate, SellerId, Span, Tenant, Timestamp, method::ConnectorName, money::Currency,
    payment::resolution::Ladder, seller::SellerKind,
};
use tokio::task::JoinSet;

use super::{
    faults::Faults,
    plan::{Job, Sitting, plan},
    shop::{SHOPS, Shop},
};
use crate::{config::Config, output::Failed, serve};
use steelyard_store::engine::Target;
pub use trade::call;
use trade::{Paid, Trade};

/// Makes the demonstration the same every time.
const SEED: u64 = 20_261_121;
/// Payments under way at a time.
const AT_ONCE: usize = 128;

/// A merchant of the demonstration, ready to sell.
#[derive(Debug, Clone)]
pub struct Merchant {
    pub shop: usize,
    pub tenant: Tenant,
    pub keys: NewMerchantKeys,
    pub products: Vec<ProductId>,
}

/// What a refused command says.
pub fn refused(problem: &Problem) -> Failed {
    Failed(format!("{}: {}", problem.code.facts().name, problem.detail))
}

/// The object in an answer.
pub fn data(reply: &Reply) -> Result<serde_json::Value, Failed> {
    let mut body: serde_json::Value = serde_json::from_str(&reply.body)?;
    Ok(body["data"].take())
}

pub fn text<'a>(object: &'a serde_json::Value, field: &str) -> Result<&'a str, Failed> {
    object[field].as_str().ok_or_else(|| Failed(format!("an answer without {field}")))
}

/// Seeds a fresh database. `tell` hears how many jobs there are, and of each that is done.
pub async fn seed(
    config: &Config,
    target: Target,
    acquirer_url: &str,
    payments: usize,
    tell: impl Fn(Progress),
) -> Result<Vec<Merchant>, Failed> {
    let now = Clock::System.now();
    let sittings = plan(now, payments, SEED);
    let start = sittings.first().map_or(now, |sitting| sitting.at).before(Span::from_hours(1));
    let clock = Clock::manual(start);
    let mut settings = serve::app_config(config, target, acquirer_url, clock.clone())?;
    // Nothing happens by itself: time stands still between two sittings.
    settings.workers = false;
    settings.timing.ladder = Ladder::default();
    let app = App::start(settings).await?;
    let faults = Faults::of(acquirer_url)?;
    let seeded = live(&app, &clock, &faults, sittings, now, tell).await;
    app.stop().await;
    seeded
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    Planned(usize),
    Done(usize),
}

async fn live(
    app: &App,
    clock: &Clock,
    faults: &Faults,
    sittings: Vec<Sitting>,
    now: Timestamp,
    tell: impl Fn(Progress),
) -> Result<Vec<Merchant>, Failed> {
    let mut merchants = Vec::with_capacity(SHOPS.len());
    for (index, shop) in SHOPS.iter().enumerate() {
        merchants.push(open(app, index, shop).await?);
    }
    tell(Progress::Planned(sittings.iter().map(|sitting| sitting.jobs.len()).sum()));
    let trade = Trade { app: app.clone(), merchants: merchants.clone() };
    let mut paid: HashMap<usize, Paid> = HashMap::new();
    for sitting in sittings {
        move_to(clock, sitting.at);
        lose_answers(faults, &sitting.jobs).await?;
        let done = sitting.jobs.len();
        // As on a real server, the janitor works beside the merchants.
        let janitor = async {
            if sitting.resolves {
                app.resolve_due().await;
            }
            app.expire_due().await;
        };
        let ((), paid_now) = tokio::join!(janitor, sit(&trade, clock, sitting.jobs, &paid));
        paid.extend(paid_now?.into_iter().map(|paid| (paid.number, paid)));
        tell(Progress::Done(done));
    }
    move_to(clock, now);
    app.expire_due().await;
    // What is unknown now was asked about in vain, and is asked about again while somebody looks on.
    faults.refuse_inquiries().await?;
    app.resolve_due().await;
    faults.clear().await?;
    Ok(merchants)
}

fn move_to(clock: &Clock, at: Timestamp) {
    let now = clock.now();
    if at > now {
        clock.advance(at.since(now));
    }
}

/// Sets the faults that this sitting's payments meet.
async fn lose_answers(faults: &Faults, jobs: &[Job]) -> Result<(), Failed> {
    for job in jobs {
        if let Job::Pay(purchase) = job
            && let Some((amount, takes_effect)) = purchase.lost()
        {
            faults.lose_charge(amount, takes_effect).await?;
        }
    }
    Ok(())
}

/// Does the jobs of a sitting beside each other.
async fn sit(trade: &Trade, clock: &Clock, jobs: Vec<Job>, paid: &HashMap<usize, Paid>) -> Result<Vec<Paid>, Failed> {
    let mut running = JoinSet::new();
    let mut results = Vec::new();
    for job in jobs {
        if running.len() >= AT_ONCE
            && let Some(result) = running.join_next().await
        {
            results.push(result);
        }
        // A few seconds pass between two buyers.
        clock.advance(Span::from_secs(3));
        let trade = trade.clone();
        match job {
            Job::Pay(purchase) => {
                running.spawn(async move { trade.pay(&purchase).await.map(Some) });
            }
            Job::Act(number, act) => {
                let paid = paid.get(&number).cloned();
                let paid = paid.ok_or_else(|| Failed(format!("nothing was paid as number {number}")))?;
                running.spawn(async move { trade.act(&paid, act).await.map(|()| None) });
            }
        }
    }
    while let Some(result) = running.join_next().await {
        results.push(result);
    }
    let mut paid_now = Vec::new();
    for result in results {
        paid_now.extend(result.map_err(|error| Failed(error.to_string()))??);
    }
    Ok(paid_now)
}

/// Opens a shop: merchant, sellers, shelf.
async fn open(app: &App, index: usize, shop: &Shop) -> Result<Merchant, Failed> {
    let new = NewMerchant {
        name: shop.name.to_owned(),
        connector: ConnectorName::Simulator,
        rate: Rate::parse(shop.rate)?,
        fixed_fee: shop.fixed_fee,
        rate_limit: None,
    };
    let keys = app.create_merchant(new).await.map_err(|problem| refused(&problem))?;
    let tenant = Tenant { merchant: keys.merchant, mode: Mode::Test };
    let mut sellers = Vec::with_capacity(shop.sellers.len());
    for (number, party) in shop.sellers.iter().enumerate() {
        let new = steelyard_app::request::NewSeller {
            name: party.name.to_owned(),
            kind: if party.individual { SellerKind::Individual } else { SellerKind::Business },
            withholding: party.individual,
            bank: Some(party.bank.to_owned()),
            account_number: Some(party.account_number.to_owned()),
            account_holder: Some(party.name.to_owned()),
        };
        let call = trade::call(tenant, "/v1/sellers", &format!("{}-seller-{number}", shop.prefix));
        let reply = app.create_seller(call, new).await.map_err(|problem| refused(&problem))?;
        sellers.push(SellerId::parse(text(&data(&reply)?, "id")?)?);
    }
    let mut products = Vec::with_capacity(shop.shelf.len());
    for article in shop.shelf {
        let new = steelyard_app::request::NewProduct {
            sku: article.sku.to_owned(),
            name: article.name.to_owned(),
            price: article.price,
            currency: Currency::Krw,
            tax_free: article.tax_free,
            seller: article.seller.map(|seller| sellers[seller]),
            on_hand: article.on_hand,
            threshold: Some(article.threshold),
            metadata: None,
        };
        let call = trade::call(tenant, "/v1/products", &format!("{}-product-{}", shop.prefix, article.sku));
        let reply = app.create_product(call, new).await.map_err(|problem| refused(&problem))?;
        products.push(ProductId::parse(text(&data(&reply)?, "id")?)?);
    }
    Ok(Merchant { shop: index, tenant, keys, products })
}
