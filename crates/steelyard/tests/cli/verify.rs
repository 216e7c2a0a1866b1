//! `steelyard verify`

use serde_json::Value;

use crate::program::{Folder, text};

const LOOKS_MAX: u32 = 500;

/// A folder with one payment in it, and that payment.
async fn with_a_payment() -> (Folder, Value) {
    let folder = Folder::new();
    let merchant = folder.merchant();
    let server = folder.serve();
    let (status, payment) = server.pay(merchant["secretKey"].as_str().unwrap(), "order-1").await;
    assert_eq!(status, 201, "{payment}");
    // The chain is appended beside the payments; each look at it takes its time.
    let sealed = (0..LOOKS_MAX).any(|_| folder.ask(&["verify", "--json"]).1["sealed"].as_i64() > Some(0));
    assert!(sealed);
    assert!(server.stop().0);
    (folder, payment["data"].clone())
}

fn findings(report: &Value, name: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let mut named = checks.iter().filter(|check| check["name"] == name);
    let check = named.next().unwrap();
    assert!(named.next().is_none(), "two checks are called {name}");
    check["findings"].to_string()
}

#[tokio::test]
async fn what_nobody_touched_is_clean_and_says_so() {
    let (folder, _) = with_a_payment().await;
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean, "{report:#}");
    assert_eq!((&report["ok"], &report["bookCompared"]), (&true.into(), &true.into()));
    let said = text(&folder.run(&["verify"]).stdout);
    assert!(said.contains("checks hold") && !said.contains("FAILED"), "{said}");
}

#[tokio::test]
async fn a_changed_entry_fails_with_the_id_of_its_transaction() {
    let (folder, _) = with_a_payment().await;
    let sql = "
        DROP TRIGGER entry_is_never_changed;
        UPDATE entry SET amount = amount + 1 WHERE number = 1";
    folder.tamper("steelyard.db", sql).await;
    let output = folder.run(&["verify"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains("FAILED") && said.contains("txn_"), "{said}");
}

#[tokio::test]
async fn a_change_that_balances_still_breaks_the_chain() {
    let (folder, _) = with_a_payment().await;
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean && report["sealed"].as_i64().unwrap() > 0, "{report:#}");
    let sql = "
        DROP TRIGGER ledger_transaction_is_never_changed;
        UPDATE ledger_transaction SET posted_at = posted_at - 1";
    folder.tamper("steelyard.db", sql).await;
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(!clean);
    assert!(findings(&report, "ledger.hashes").contains("txn_"), "{report:#}");
}

#[tokio::test]
async fn a_payment_the_book_does_not_know_fails_with_its_id() {
    let (folder, payment) = with_a_payment().await;
    folder.tamper("acquirer.db", "DELETE FROM entry").await;
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(!clean);
    let found = findings(&report, "acquirer.book");
    let attempt = payment["attempts"][0]["id"].as_str().unwrap();
    assert!(found.contains(attempt) && found.contains(payment["id"].as_str().unwrap()), "{found}");
}

#[tokio::test]
async fn another_sum_in_the_book_fails_with_both_sums() {
    let (folder, payment) = with_a_payment().await;
    folder.tamper("acquirer.db", "UPDATE entry SET returned_amount = 500").await;
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(!clean);
    let found = findings(&report, "acquirer.book");
    assert!(found.contains(payment["id"].as_str().unwrap()) && found.contains("500"), "{found}");
}

#[tokio::test]
async fn money_in_the_book_that_is_not_ours_fails_with_its_reference() {
    let (folder, _) = with_a_payment().await;
    let sql = "
        INSERT INTO entry (
            sequence, reference, operation, state, amount, currency, captured_amount, returned_amount,
            acquirer_transaction_id, approval_number, installment_months, recurring, created_at, instrument
        )
        VALUES (9, 'att_stranger', 'purchase', 'approved', 100, 'KRW', 100, 0, 'sim_stranger', '1', 0, 0, 0, 'card')";
    folder.tamper("acquirer.db", sql).await;
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(!clean);
    assert!(findings(&report, "acquirer.book").contains("att_stranger"), "{report:#}");
}

#[test]
fn where_there_is_nothing_nothing_is_proven() {
    let folder = Folder::new();
    let output = folder.run(&["verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no database"), "{}", text(&output.stderr));
}
