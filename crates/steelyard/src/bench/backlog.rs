//! Work behind the requests: sealing, positions of events, the search index. A round begins when none of what came
//! before it is left.

use std::time::Duration;

use steelyard_store::{Store, engine::Target};

use super::stopwatch::Stopwatch;
use crate::output::Failed;

const PAUSE: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Fewer orders than these wait in any case until there are more: see the search index.
const SEARCH_PENDING_MAX: i64 = 500;

const UNSEALED: &str = "
    SELECT COUNT(*)
    FROM (
        SELECT 1 AS one
        FROM ledger_transaction
        WHERE seq > COALESCE((
            SELECT t.seq
            FROM ledger_seal s
            JOIN ledger_transaction t ON t.id = s.transaction_id
            ORDER BY s.position DESC
            LIMIT 1), 0)
        LIMIT 1) AS found";
const UNPOSITIONED: &str = "
    SELECT COUNT(*)
    FROM (SELECT 1 AS one FROM event WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM event_position) LIMIT 1) AS found";
const UNSEARCHABLE: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM search_pending LIMIT 500) AS found";

/// Waits until the server on `target` has caught up with itself.
pub async fn quiet(target: &Target) -> Result<(), Failed> {
    let store = Store::open(target.clone(), 1)?;
    let watch = Stopwatch::start();
    for (sql, enough) in [(UNSEARCHABLE, SEARCH_PENDING_MAX), (UNSEALED, 1), (UNPOSITIONED, 1)] {
        while number(&store, sql).await? >= enough {
            if watch.elapsed() > PATIENCE {
                return Err(Failed(String::from("the server does not catch up with sealing or searching")));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

async fn number(store: &Store, sql: &str) -> Result<i64, Failed> {
    let found = store.reader().await?.row(sql, Vec::new(), |row| row.int()).await?;
    Ok(found.unwrap_or_default())
}
