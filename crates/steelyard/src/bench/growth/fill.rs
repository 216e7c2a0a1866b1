//! Fills a database with a month of payments, by the product itself: every row is one that it would write, so
//! `steelyard verify` has nothing to say about it.

use std::collections::VecDeque;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use steelyard_app::{
    App, Clock, Config,
    request::{NewMethod, NewPayment, NewReturn, PaymentTarget, ReturnOf},
};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_domain::{
    Mode, PaymentId, Span, Tenant, Timestamp,
    method::{Card, CardNumber, ConnectorName},
    payment::CaptureMode,
};
use steelyard_store::engine::Engine;

use super::super::{
    backlog,
    figure::{grouped, per_second},
    place::{Place, statement},
    shop::{AT_ONCE, Shop, Ware, call, id_of, order, refused},
    stopwatch::Stopwatch,
};
use crate::output::Failed;

/// Answers are kept longer than this, so none is purged while others are timed.
pub const DAYS: i64 = 30;
/// Payments between two moves of the clock.
const CHUNK: u64 = 1_024;
/// One payment in so many is canceled at once, and one is refunded some days later.
const CANCELED: u64 = 40;
const REFUNDED: u64 = 50;
const REFUNDED_AFTER: Span = Span::from_days(2);

const SURNAMES: [&str; 16] =
    ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황"];
const GIVEN: [&str; 24] = [
    "민준", "서연", "도윤", "서윤", "예준", "지우", "시우", "서현", "하준", "하은", "주원", "하윤", "지호", "민서",
    "지후", "지유", "준서", "윤서", "건우", "채원", "도현", "수아", "현우", "지아",
];

/// A database with payments in it.
pub struct Filled {
    pub place: Place,
    pub shop: Shop,
    pub rows: u64,
    /// The first instant of the first day.
    pub from: Timestamp,
}

/// A buyer; the same few hundred come again.
pub fn buyer(number: u64) -> String {
    let pick = |names: &[&'static str], number: u64| {
        let index = usize::try_from(number).unwrap_or_default() % names.len().max(1);
        names.get(index).copied().unwrap_or_default()
    };
    format!("{}{}", pick(&SURNAMES, number), pick(&GIVEN, number / 16))
}

/// Makes `rows` payments over the last days, and waits until all of them are sealed and found by search.
pub async fn fill(place: Place, rows: u64, sellers: usize) -> Result<Filled, Failed> {
    let watch = Stopwatch::start();
    let from = Clock::System.now().seoul_day().start().before(Span::from_days(DAYS));
    let clock = Clock::manual(from);
    let shop = Shop::open(&place.target, ConnectorName::Stub, clock.clone(), sellers).await?;
    let mut config = Config::new(place.target.clone(), vec![Connector::Stub(Stub)]);
    config.clock = clock.clone();
    let app = App::start(config).await?;
    make(&app, &shop, &clock, rows).await?;
    let took = watch.elapsed();
    backlog::quiet(&place.target).await?;
    app.stop().await;
    if place.target.engine() == Engine::Postgres {
        // What autovacuum and the checkpointer would have done in the course of that month.
        statement(&place.url, "VACUUM ANALYZE").await?;
        statement(&place.url, "CHECKPOINT").await?;
    }
    eprintln!(
        "{}: {} payments in {:.0?} ({}/s), sealed and searchable after {:.0?}",
        place.target.engine().as_str(),
        grouped(rows),
        took,
        grouped(per_second(rows, took)),
        watch.elapsed()
    );
    let shop = shop.with_clock(&place.target, Clock::System).await?;
    Ok(Filled { place, shop, rows, from })
}

/// Payments in chunks, the clock moved between them; some are given back.
async fn make(app: &App, shop: &Shop, clock: &Clock, rows: u64) -> Result<(), Failed> {
    let bar = bar(rows);
    let chunks = rows.div_ceil(CHUNK);
    let step = Span::from_micros(Span::from_days(DAYS).micros() / i64::try_from(chunks.max(1))?);
    let mut later: VecDeque<(Timestamp, u64, PaymentId)> = VecDeque::new();
    for chunk in 0..chunks {
        let numbers = chunk * CHUNK..rows.min((chunk + 1) * CHUNK);
        bar.inc(numbers.end - numbers.start);
        let made: Vec<(u64, PaymentId)> = stream::iter(numbers.map(|number| payment(app, shop, number)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let now = clock.now();
        let mut back: Vec<(u64, PaymentId)> =
            made.iter().copied().filter(|(number, _)| number % CANCELED == 0).collect();
        later.extend(made.iter().filter(|(number, _)| number % REFUNDED == 1).map(|(number, id)| (now, *number, *id)));
        while let Some((_, number, id)) = later.pop_front_if(|(at, ..)| *at < now.before(REFUNDED_AFTER)) {
            back.push((number, id));
        }
        let backs = back.into_iter().map(|(number, id)| give_back(app, shop.tenant, number, id));
        stream::iter(backs).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        clock.advance(step);
    }
    bar.finish_and_clear();
    Ok(())
}

fn bar(rows: u64) -> ProgressBar {
    let bar = ProgressBar::new(rows);
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} payments, {per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Every tenth payment goes to the first seller, the others to the rest in turn.
fn ware(shop: &Shop, number: u64) -> Ware {
    if number.is_multiple_of(10) {
        return shop.hot;
    }
    let index = usize::try_from(number).unwrap_or_default() % shop.spread.len().max(1);
    shop.spread.get(index).copied().unwrap_or(shop.hot)
}

async fn payment(app: &App, shop: &Shop, number: u64) -> Result<(u64, PaymentId), Failed> {
    let made = shop.next_number();
    let order = order(app, shop.tenant, ware(shop, number), made, Some(buyer(number))).await?;
    let card = Card {
        number: CardNumber::parse("4242424242424242", Mode::Test)?,
        expiry_month: 12,
        expiry_year: 2_099,
        cvc: None,
        birth_date: None,
        password_prefix: None,
    };
    let new = NewPayment {
        target: PaymentTarget::Order(order),
        amount: None,
        currency: None,
        capture: CaptureMode::Auto,
        method: NewMethod::Card(card),
        installment_months: 0,
        metadata: None,
    };
    let reply = app.create_payment(call(shop.tenant, format!("pay-{made}")), new).await.map_err(refused)?;
    Ok((number, PaymentId::parse(&id_of(&reply)?)?))
}

async fn give_back(app: &App, tenant: Tenant, number: u64, payment: PaymentId) -> Result<(), Failed> {
    let new =
        NewReturn { of: ReturnOf::Everything, reason: String::from("단순 변심"), restock: true, expected: None };
    let reply = app.cancel_payment(call(tenant, format!("back-{number}")), payment, new).await.map_err(refused)?;
    if reply.status == 200 { Ok(()) } else { Err(Failed(format!("answered {}: {}", reply.status, reply.body))) }
}
