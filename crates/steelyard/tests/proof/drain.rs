//! SIGTERM under load: what has begun is finished and answered, and nothing of the rest has begun.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, AtomicU64},
};

use steelyard_testkit::{Database, both_engines};

use crate::{
    journal::Journal,
    load::{Draws, Load},
    truth,
    world::World,
};

both_engines!(a_server_told_to_stop_answers_what_it_has_begun);

async fn a_server_told_to_stop_answers_what_it_has_begun(database: &Database) {
    let world = World::start(database).await;
    let (journal, names, mut draws) = (Journal::default(), AtomicU64::new(0), Draws::seeded());
    for _ in 0..2 {
        let from = journal.len();
        // Patient, so that an outcome is unknown only if the stop left it so, however slow the machine is.
        let mut server = world.serve(&[("STEELYARD_PATIENCE_MS", "15000")]).await;
        let url = server.url.clone();
        let load = Load {
            world: &world,
            journal: &journal,
            names: &names,
            stop: AtomicBool::new(false),
            unanswered: Default::default(),
        };
        let mut own = draws.clone();
        let answers = from + 20 + usize::try_from(draws.below(30)).unwrap();
        let told = async {
            while journal.len() < answers {
                tokio::task::yield_now().await;
            }
            server.terminate().await;
            server.ended().await
        };
        let servers = [url.as_str()];
        let ((), status) = tokio::join!(load.run(&servers, 8, &mut own), told);
        assert!(status.success(), "{status}");
        assert_eq!(truth::open_attempts(database).await, 0, "nothing is left half done");
        let on_record: HashSet<String> = keys_on_record(database).await.into_iter().collect();
        for ask in load.unanswered.into_inner().unwrap() {
            assert!(!on_record.contains(&ask.key), "begun and not answered: {ask:?}");
        }
        world.is_true().await;
        let again = world.serve(&[]).await;
        journal.holds(&world, &again.url, from).await;
        again.terminate().await;
        let mut again = again;
        assert!(again.ended().await.success());
    }
    assert!(journal.keys().len() >= 40);
}

async fn keys_on_record(database: &Database) -> Vec<String> {
    database.reader().await.rows("SELECT key FROM idempotency", Vec::new(), |row| row.text()).await.unwrap()
}
