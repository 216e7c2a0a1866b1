//! Notices of acquirers.

use steelyard_domain::{Span, method::ConnectorName};
use steelyard_store::notice::{note_notice, purge_notices};
use steelyard_testkit::{Clock, Database, Make, both_engines};

both_engines!(a_notice_that_comes_twice_is_noted_once, old_notices_are_forgotten);

async fn a_notice_that_comes_twice_is_noted_once(database: &Database) {
    let mut make = Make::default();
    let (one, other) = (make.id(), make.id());
    for (id, expected) in [(one, true), (other, true), (one, false)] {
        let noted =
            database.write(async |tx| note_notice(tx, id, ConnectorName::Simulator, "att_1", Clock::START).await);
        assert_eq!(noted.await.unwrap(), expected);
    }
}

async fn old_notices_are_forgotten(database: &Database) {
    let mut make = Make::default();
    let later = Clock::START.after(Span::from_days(1));
    for received_at in [Clock::START, later] {
        let id = make.id();
        let noted =
            database.write(async |tx| note_notice(tx, id, ConnectorName::Simulator, "att_1", received_at).await);
        assert!(noted.await.unwrap());
    }
    for (before, expected) in [(Clock::START, 0), (later, 1), (later, 0), (later.after(Span::from_secs(1)), 1)] {
        assert_eq!(database.write(async |tx| purge_notices(tx, before).await).await.unwrap(), expected);
    }
}
