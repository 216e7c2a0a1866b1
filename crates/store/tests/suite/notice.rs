//! Notices of acquirers.

use steelyard_domain::method::ConnectorName;
use steelyard_store::notice::note_notice;
use steelyard_testkit::{Clock, Database, Make, both_engines};

both_engines!(a_notice_that_comes_twice_is_noted_once);

async fn a_notice_that_comes_twice_is_noted_once(database: &Database) {
    let mut make = Make::default();
    let (one, other) = (make.id(), make.id());
    for (id, expected) in [(one, true), (other, true), (one, false)] {
        let noted =
            database.write(async |tx| note_notice(tx, id, ConnectorName::Simulator, "att_1", Clock::START).await);
        assert_eq!(noted.await.unwrap(), expected);
    }
}
