//! What the commands write breaks nothing.

use steelyard_domain::Span;
use steelyard_store::audit::{checks, run};
use steelyard_testkit::{Clock, Database, both_engines};

use crate::{findings, world::World};

both_engines!(an_empty_database_passes_every_check, a_shop_in_which_everything_happened_passes_every_check);

async fn an_empty_database_passes_every_check(database: &Database) {
    assert!(findings(database, Clock::START).await.is_empty());
}

async fn a_shop_in_which_everything_happened_passes_every_check(database: &Database) {
    let world = World::new();
    world.save(database).await;
    let later = world.now().after(Span::from_hours(5));
    let found: Vec<_> = findings(database, later).await.into_iter().map(|(check, found)| (check.name, found)).collect();
    assert_eq!(found, Vec::new());
}

both_engines!(a_check_may_be_run_outside_of_a_snapshot);

async fn a_check_may_be_run_outside_of_a_snapshot(database: &Database) {
    World::new().save(database).await;
    let reader = database.reader().await;
    assert_eq!(run(&reader, &checks()[0], Clock::START).await.unwrap(), Vec::<String>::new());
}
