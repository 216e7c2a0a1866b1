//! One cell of the table: a server, a load, a number of callers; and its rounds.

use std::{fmt, sync::Arc, time::Duration};

use steelyard_store::engine::Engine;

use super::super::{
    backlog,
    figure::{Figures, grouped, median, millis},
    load::{self, Pace, Plan, Requests, payment_request},
    place::Place,
    probe::Flush,
    rig::{Commits, Rig},
    shop::{Load, Shop},
    stopwatch::Stopwatch,
};
use crate::output::Failed;

/// Enough for caches to fill and for a first guess at the rate.
const WARM_UP: Duration = Duration::from_millis(300);
/// An order expires in 15 minutes.
const ORDERS_KEPT: Duration = Duration::from_secs(480);

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    Product(Commits),
    /// (b) The same listener with nothing behind it.
    Empty,
}

impl Server {
    pub const ALL: [Self; 4] = [
        Self::Product(Commits::Batched),
        Self::Product(Commits::PerRequest),
        Self::Product(Commits::PerRequestAlone),
        Self::Empty,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Product(commits) => commits.as_str(),
            Self::Empty => "(b) empty handler",
        }
    }

    /// Whether it makes a difference to it who is paid. One connection makes none: it queues in any case.
    pub const fn is_of_each_load(self) -> bool {
        match self {
            Self::Product(Commits::Batched | Commits::PerRequest) => true,
            Self::Product(Commits::PerRequestAlone) | Self::Empty => false,
        }
    }

    /// Answers a second, before any was seen: at most as many orders are made for the first round.
    const fn guess(self) -> u64 {
        match self {
            Self::Product(Commits::Batched) => 12_000,
            Self::Product(Commits::PerRequest | Commits::PerRequestAlone) => 4_000,
            Self::Empty => 0,
        }
    }
}

/// What one round came to, and what a flush cost just before it.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    pub figures: Figures,
    pub flush: Flush,
}

#[derive(Debug)]
pub struct Cell {
    pub engine: Engine,
    pub server: Server,
    pub load: Load,
    pub callers: usize,
    pub rounds: Vec<Round>,
    /// Answers a second that there have to be orders for.
    rate: u64,
}

impl Cell {
    pub const fn new(engine: Engine, server: Server, load: Load, callers: usize) -> Self {
        Self { engine, server, load, callers, rounds: Vec::new(), rate: server.guess() }
    }

    /// The median round by what `figure` reads.
    pub fn median(&self, figure: impl Fn(&Round) -> u64) -> u64 {
        median(self.rounds.iter().map(figure)).unwrap_or_default()
    }

    /// The round just measured.
    pub fn last(&self) -> Last<'_> {
        Last(self)
    }
}

/// A line of progress.
pub struct Last<'a>(&'a Cell);

impl fmt::Display for Last<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Round { figures, flush }) = self.0.rounds.last() else { return Ok(()) };
        let (server, load) = (self.0.server.as_str(), self.0.load.as_str());
        write!(
            f,
            "{server}, {load}, {} callers: {}/s, p50 {} ms, p99 {} ms (flush {} µs)",
            self.0.callers,
            grouped(figures.per_second),
            millis(figures.p50_micros),
            millis(figures.p99_micros),
            flush.p50_micros
        )
    }
}

/// The product with one way to commit.
pub struct Product {
    commits: Commits,
    place: Place,
    shop: Shop,
    rig: Rig,
    hot: Unpaid,
    spread: Unpaid,
}

/// Orders that were made and not paid yet.
struct Unpaid {
    orders: Vec<String>,
    /// Since the oldest was made.
    since: Stopwatch,
}

impl Unpaid {
    fn none() -> Self {
        Self { orders: Vec::new(), since: Stopwatch::start() }
    }

    /// Those that can still be paid when a round ends.
    fn take(&mut self) -> Vec<String> {
        let orders = std::mem::take(&mut self.orders);
        if orders.is_empty() || self.since.elapsed() > ORDERS_KEPT {
            *self = Self::none();
            return Vec::new();
        }
        orders
    }
}

impl Product {
    pub fn new(commits: Commits, place: Place, shop: Shop, rig: Rig) -> Self {
        Self { commits, place, shop, rig, hot: Unpaid::none(), spread: Unpaid::none() }
    }

    const fn unpaid(&mut self, load: Load) -> &mut Unpaid {
        match load {
            Load::Hot => &mut self.hot,
            Load::Spread => &mut self.spread,
        }
    }

    /// `count` orders at least, the oldest first. Nothing of their making is left to do.
    async fn orders(&mut self, load: Load, count: usize) -> Result<Arc<Vec<String>>, Failed> {
        let mut orders = self.unpaid(load).take();
        let missing = count.saturating_sub(orders.len());
        orders.extend(self.shop.orders(load, missing).await?);
        backlog::quiet(&self.place.target).await?;
        Ok(Arc::new(orders))
    }

    /// Pays orders for a while.
    pub async fn pay(
        &mut self,
        load: Load,
        callers: usize,
        pace: Pace,
        time: Duration,
        count: usize,
    ) -> Result<Figures, Failed> {
        let orders = self.orders(load, count).await?;
        let requests = Requests::Payments { key: self.shop.key.clone(), orders: Arc::clone(&orders) };
        let plan = Plan { address: self.rig.address, callers, pace, time, requests, status: 201 };
        let measured = load::run(plan).await?;
        // Turns are taken in order and each is answered, so what is behind the last was not touched.
        self.unpaid(load).orders = orders.get(measured.nanos.len()..).unwrap_or_default().to_vec();
        Figures::of(&measured)
    }

    pub async fn close(self) -> Result<(), Failed> {
        self.rig.stop().await?;
        self.shop.close().await;
        Ok(())
    }
}

/// All servers of one engine.
pub struct Sides {
    pub empty: Rig,
    pub products: Vec<Product>,
}

impl Sides {
    pub fn has(&self, server: Server) -> bool {
        match server {
            Server::Product(commits) => self.products.iter().any(|product| product.commits == commits),
            Server::Empty => true,
        }
    }

    pub async fn warm_up(&mut self, cell: &mut Cell, pace: Pace) -> Result<(), Failed> {
        let figures = self.run(cell, pace, WARM_UP).await?;
        cell.rate = figures.per_second;
        Ok(())
    }

    pub async fn measure(&mut self, cell: &mut Cell, pace: Pace, time: Duration, flush: Flush) -> Result<(), Failed> {
        let figures = self.run(cell, pace, time).await?;
        cell.rate = cell.rate.max(figures.per_second);
        cell.rounds.push(Round { figures, flush });
        Ok(())
    }

    async fn run(&mut self, cell: &Cell, pace: Pace, time: Duration) -> Result<Figures, Failed> {
        let callers = cell.callers;
        match cell.server {
            Server::Product(commits) => {
                let product = self.products.iter_mut().find(|product| product.commits == commits);
                let product = product.ok_or_else(|| Failed(format!("no server is {}", commits.as_str())))?;
                product.pay(cell.load, callers, pace, time, orders_for(cell, pace, time)).await
            }
            Server::Empty => {
                let request = payment_request("sk_test_of_nobody", "ord_00000000000000000000000000");
                let requests = Requests::Same(Arc::new(request));
                let address = self.empty.address;
                let plan = Plan { address, callers, pace, time, requests, status: 201 };
                Figures::of(&load::run(plan).await?)
            }
        }
    }

    pub async fn close(self) -> Result<(), Failed> {
        self.empty.stop().await?;
        for product in self.products {
            product.close().await?;
        }
        Ok(())
    }
}

/// Orders for a round, a third more than seen before; a round that is faster still ends when they are paid.
fn orders_for(cell: &Cell, pace: Pace, time: Duration) -> usize {
    let rate = match pace {
        Pace::Closed => cell.rate + cell.rate / 3,
        Pace::Open { per_second } => per_second,
    };
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    usize::try_from(rate.saturating_mul(millis) / 1_000).unwrap_or(usize::MAX).saturating_add(cell.callers)
}
