//! kill -9 under load: whatever was answered stays so, and what was not is found out.

use std::sync::atomic::{AtomicBool, AtomicU64};

use steelyard_testkit::{Database, both_engines};

use crate::{
    journal::Journal,
    load::{Draws, Load},
    world::{World, is_long},
};

both_engines!(nothing_that_was_answered_is_lost_when_the_server_is_killed);

const CALLERS: usize = 8;

fn rounds() -> u32 {
    if is_long() { 50 } else { 3 }
}

async fn nothing_that_was_answered_is_lost_when_the_server_is_killed(database: &Database) {
    let mut world = World::start(database).await;
    let (journal, names, mut draws) = (Journal::default(), AtomicU64::new(0), Draws::seeded());
    for round in 0..rounds() {
        let from = journal.len();
        let mut server = world.serve(&[]).await;
        let url = server.url.clone();
        let unanswered = {
            let load = Load {
                world: &world,
                journal: &journal,
                names: &names,
                stop: AtomicBool::new(false),
                unanswered: Default::default(),
            };
            let answers = from + 10 + usize::try_from(draws.below(60)).unwrap();
            let mut own = draws.clone();
            let killer = async {
                while journal.len() < answers {
                    tokio::task::yield_now().await;
                }
                server.kill().await;
            };
            let servers = [url.as_str()];
            tokio::join!(load.run(&servers, CALLERS, &mut own), killer);
            load.unanswered.into_inner().unwrap()
        };
        if round % 2 == 1 {
            // The acquirer dies as well; what it has answered is in its book.
            world.restart_acquirer().await;
        }
        let mut server = world.serve(&[]).await;
        journal.holds(&world, &server.url, from).await;
        // Whoever was not answered asks again, with the same key, and is.
        for ask in &unanswered {
            let seen = world.insist(&server.url, ask).await;
            journal.note(ask, &seen);
        }
        world.resolved().await;
        journal.holds(&world, &server.url, from).await;
        world.is_true().await;
        server.kill().await;
    }
}
