//! Buyers who pay, merchants who capture and give back: some at once, each with a plan drawn from a seed.

use std::{
    hash::{BuildHasher as _, Hasher as _},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use futures_util::future::join_all;

use crate::{
    journal::Journal,
    world::{Ask, GOOD_CARD, Seen, World},
};

/// Draws that follow from a seed.
#[derive(Debug, Clone)]
pub struct Draws(u64);

impl Draws {
    /// The seed named by `STEELYARD_TEST_SEED`, or a new one, told so that it can be named.
    pub fn seeded() -> Self {
        let named = std::env::var("STEELYARD_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = named.unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
        println!("STEELYARD_TEST_SEED={seed}");
        Self(seed | 1)
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Callers of one load, and what became of what they asked.
pub struct Load<'w> {
    pub world: &'w World<'w>,
    pub journal: &'w Journal,
    pub names: &'w AtomicU64,
    pub stop: AtomicBool,
    /// Requests of which no answer came.
    pub unanswered: std::sync::Mutex<Vec<Ask>>,
}

impl Load<'_> {
    /// Runs `callers` until told to stop, or until each has lost its server.
    pub async fn run(&self, servers: &[&str], callers: usize, draws: &mut Draws) {
        let callers = (0..callers).map(|caller| {
            let mut own = Draws(draws.below(u64::MAX) | 1);
            async move { while self.turn(servers[caller % servers.len()], &mut own).await.is_some() {} }
        });
        let callers: Vec<_> = callers.collect();
        join_all(callers).await;
    }

    fn name(&self, what: &str) -> String {
        format!("{what}-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// One buyer's story. `None` ends the caller.
    async fn turn(&self, server: &str, draws: &mut Draws) -> Option<()> {
        let name = self.name("order");
        match draws.below(10) {
            0 => {
                self.ask(server, Ask::pay(&name, 5_000, "auto", "4000000000000002")).await?;
            }
            1..4 => {
                let held = self.ask(server, Ask::pay(&name, 7_000, "manual", GOOD_CARD)).await?;
                if held.status == 201 {
                    let (payment, key) = (held.payment()?, self.name("end"));
                    let void = draws.below(2) == 0;
                    let end = if void { Ask::cancel(&key, payment, None) } else { Ask::capture(&key, payment) };
                    self.ask(server, end).await?;
                }
            }
            _ => {
                let paid = self.ask(server, Ask::pay(&name, 10_000, "auto", GOOD_CARD)).await?;
                if paid.status == 201 && draws.below(2) == 0 {
                    let amount = (draws.below(3) > 0).then(|| 1_000 + i64::try_from(draws.below(5_000)).unwrap());
                    self.ask(server, Ask::cancel(&self.name("back"), paid.payment()?, amount)).await?;
                }
            }
        }
        Some(())
    }

    async fn ask(&self, server: &str, ask: Ask) -> Option<Seen> {
        if self.stop.load(Ordering::SeqCst) {
            return None;
        }
        match self.world.ask(server, &ask).await {
            Some(seen) => {
                assert!(seen.status < 500 || seen.status == 503, "{ask:?}: {seen:?}");
                self.journal.note(&ask, &seen);
                Some(seen)
            }
            None => {
                self.unanswered.lock().unwrap().push(ask);
                None
            }
        }
    }
}
