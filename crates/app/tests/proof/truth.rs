//! What is true in the end: the acquirer's book and ours tell the same story, and every invariant holds.

use std::collections::HashMap;

use steelyard_connectors::simulator::{BookEntry, EntryState, Operation, Simulator};
use steelyard_domain::{AttemptId, MerchantId, PaymentId, Timestamp};
use steelyard_store::audit;
use steelyard_testkit::Database;

/// Far longer than a page of the book takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// The whole book.
pub async fn book(simulator: &Simulator) -> Vec<BookEntry> {
    let (mut entries, mut after) = (Vec::new(), Some(0));
    while let Some(from) = after {
        let page = simulator.book_page(from, 1_000, PATIENCE).await.unwrap();
        entries.extend(page.entries);
        after = page.next;
    }
    entries
}

/// A request of ours, as we have it on record.
struct Ours {
    reference: String,
    payment: PaymentId,
    operation: String,
    state: String,
    amount: i64,
}

/// A payment's money, as we have it on record.
struct Sums {
    payment: PaymentId,
    status: String,
    captured: i64,
    returned: i64,
    in_flight: i64,
}

async fn ours(database: &Database, merchant: MerchantId) -> Vec<Ours> {
    let sql = "SELECT id, payment_id, operation, state, amount FROM attempt \
        WHERE merchant_id = $1 AND connector <> 'balance' ORDER BY id";
    let reader = database.reader().await;
    let rows = reader.rows(sql, vec![merchant.uuid().into()], |row| {
        Ok(Ours {
            reference: AttemptId::from_uuid(row.uuid()?).to_string(),
            payment: PaymentId::from_uuid(row.uuid()?),
            operation: row.text()?,
            state: row.text()?,
            amount: row.int()?,
        })
    });
    rows.await.unwrap()
}

async fn sums(database: &Database, merchant: MerchantId) -> Vec<Sums> {
    let sql = "SELECT id, status, captured, canceled + refunded, in_flight FROM payment \
        WHERE merchant_id = $1 AND connector <> 'balance' ORDER BY id";
    let reader = database.reader().await;
    let rows = reader.rows(sql, vec![merchant.uuid().into()], |row| {
        Ok(Sums {
            payment: PaymentId::from_uuid(row.uuid()?),
            status: row.text()?,
            captured: row.int()?,
            returned: row.int()?,
            in_flight: row.int()?,
        })
    });
    rows.await.unwrap()
}

/// Requests whose outcome is not known yet.
pub async fn open_attempts(database: &Database) -> i64 {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM attempt \
        WHERE state IN ('sent', 'unknown') OR (state = 'netCanceled' AND next_check_at IS NOT NULL)";
    database.numbers(sql).await[0]
}

/// Nothing is open, each request of the merchant ended as its acquirer's book says, and each buyer paid what the
/// payment shows.
pub async fn agrees(database: &Database, merchant: MerchantId, entries: &[BookEntry]) {
    assert_eq!(open_attempts(database).await, 0, "everything is resolved");
    let ours = ours(database, merchant).await;
    let theirs: HashMap<&str, &BookEntry> = entries.iter().map(|entry| (entry.reference.as_str(), entry)).collect();
    for attempt in &ours {
        agrees_on(attempt, theirs.get(attempt.reference.as_str()).copied());
    }
    let known: HashMap<&str, PaymentId> = ours.iter().map(|ours| (ours.reference.as_str(), ours.payment)).collect();
    let (mut charged, mut held): (HashMap<PaymentId, i64>, HashMap<PaymentId, i64>) = Default::default();
    for entry in entries {
        let payment = known.get(entry.reference.as_str()).unwrap_or_else(|| panic!("{entry:?} is not on our record"));
        if entry.state == EntryState::Approved {
            match entry.operation {
                Operation::Authorize | Operation::Purchase => {
                    let net = entry.captured.amount - entry.returned.amount;
                    *charged.entry(*payment).or_default() += net;
                    let untaken = if entry.captured.amount == 0 { entry.amount.amount } else { 0 };
                    *held.entry(*payment).or_default() += untaken;
                }
                Operation::Capture | Operation::Void | Operation::Cancel | Operation::Refund => {}
            }
        }
    }
    for sums in sums(database, merchant).await {
        let net = charged.get(&sums.payment).copied().unwrap_or(0);
        assert_eq!(net, sums.captured - sums.returned, "{}: {} by our record", sums.payment, sums.status);
        assert_eq!(sums.in_flight, 0, "{}", sums.payment);
        let held = held.get(&sums.payment).copied().unwrap_or(0);
        assert_eq!(held > 0, sums.status == "authorized", "{}: {held} held, {}", sums.payment, sums.status);
    }
}

fn agrees_on(ours: &Ours, theirs: Option<&BookEntry>) {
    let told = format!("{} {} is {} here and {theirs:?} there", ours.operation, ours.reference, ours.state);
    match ours.state.as_str() {
        "approved" => {
            let theirs = theirs.unwrap_or_else(|| panic!("{told}"));
            // An account that waits for its deposit is issued there and approved here.
            assert!(matches!(theirs.state, EntryState::Approved | EntryState::Issued | EntryState::Voided), "{told}");
            assert_eq!(theirs.amount.amount, ours.amount, "{told}");
            assert_eq!(theirs.operation.as_str(), ours.operation, "{told}");
        }
        "declined" | "notSent" | "netCanceled" | "abandoned" | "created" => {
            let open = [EntryState::Approved, EntryState::Issued, EntryState::Voided];
            let moved = theirs.is_some_and(|theirs| open.contains(&theirs.state));
            assert!(!moved, "{told}");
        }
        _ => panic!("{told}"),
    }
}

/// Every invariant that `steelyard verify` asks about, on one snapshot.
pub async fn holds(database: &Database, now: Timestamp) {
    let reader = database.reader().await;
    reader.begin_snapshot().await.unwrap();
    for check in audit::checks() {
        let findings = audit::run(&reader, check, now).await.unwrap();
        assert!(findings.is_empty(), "{}: {} {findings:?}", check.name, check.invariant);
    }
    reader.end_snapshot().await.unwrap();
}
