//! The questions of `steelyard verify`: clean data passes them all, and each fault is found by its check.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod books_and_money;
mod clean;
mod faults;
mod people;
mod sale_and_rest;
mod ways;
mod world;

use steelyard_domain::Timestamp;
use steelyard_store::audit::{Check, checks, run};
use steelyard_testkit::Database;

/// Every check that found something, with what it found.
async fn findings(database: &Database, now: Timestamp) -> Vec<(&'static Check, Vec<String>)> {
    let reader = database.reader().await;
    reader.begin_snapshot().await.unwrap();
    let mut all = Vec::new();
    for check in checks() {
        let found = run(&reader, check, now).await;
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", check.name));
        if !found.is_empty() {
            all.push((check, found));
        }
    }
    reader.end_snapshot().await.unwrap();
    all
}
