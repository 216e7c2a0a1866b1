//! Marker rows of committed batches.

use steelyard_domain::Span;
use steelyard_store::commit_marker;
use steelyard_testkit::{Clock, Database, Make, both_engines};

both_engines!(a_batch_is_marked_in_its_own_commit, old_markers_are_forgotten, markers_are_forgotten_a_few_at_a_time,);

async fn a_batch_is_marked_in_its_own_commit(database: &Database) {
    let mut make = Make::default();
    let (marked, rolled_back) = (make.id(), make.id());
    database.save(|script| commit_marker::mark(script, marked, make.now())).await.unwrap();
    database
        .look(async |tx| {
            let mut script = steelyard_store::Script::new(tx);
            commit_marker::mark(&mut script, rolled_back, make.now());
            script.run(tx).await
        })
        .await;
    let unknown = make.id();
    // Asked twice: a question leaves nothing behind that would answer the next one.
    for (batch, expected) in [(marked, true), (rolled_back, false), (unknown, false), (unknown, false)] {
        assert_eq!(database.look(async |tx| commit_marker::is_marked(tx, batch, Clock::START).await).await, expected);
    }
}

async fn old_markers_are_forgotten(database: &Database) {
    let mut make = Make::default();
    let old = make.id();
    database.save(|script| commit_marker::mark(script, old, make.now())).await.unwrap();
    let cut = make.clock.advance(Span::from_secs(1));
    let new = make.id();
    database.save(|script| commit_marker::mark(script, new, make.now())).await.unwrap();
    assert_eq!(database.write(async |tx| commit_marker::purge(tx, cut).await).await.unwrap(), 1);
    assert!(!database.look(async |tx| commit_marker::is_marked(tx, old, Clock::START).await).await);
    assert!(database.look(async |tx| commit_marker::is_marked(tx, new, Clock::START).await).await);
}

async fn markers_are_forgotten_a_few_at_a_time(database: &Database) {
    let mut make = Make::default();
    let limit = u64::try_from(commit_marker::PURGE_MAX).unwrap();
    database.save(|script| (0..=limit).for_each(|_| commit_marker::mark(script, make.id(), make.now()))).await.unwrap();
    let cut = make.clock.advance(Span::from_micros(1));
    for expected in [limit, 1, 0] {
        let forgotten = database.write(async |tx| commit_marker::purge(tx, cut).await).await.unwrap();
        assert_eq!(forgotten, expected);
    }
}
