//! `steelyard demo`

use std::collections::BTreeSet;

use crate::program::{Folder, Server, text};

const FEW: [&str; 6] = ["demo", "--json", "--payments", "60", "--listen", "127.0.0.1:0"];

#[tokio::test]
async fn a_demonstration_has_every_state_takes_a_payment_and_keeps_every_invariant() {
    let folder = Folder::new();
    let demo = Server::start(folder.command(&FEW));
    let key = demo.said["secretKey"].as_str().unwrap();
    assert!(key.starts_with("sk_test_"));
    assert!(demo.said["publishableKey"].as_str().unwrap().starts_with("pk_test_"));
    assert!(demo.said["merchantId"].as_str().unwrap().starts_with("mer_"));
    for (field, path) in [("shopUrl", "/shop"), ("payerAppUrl", "/app/"), ("examplesUrl", "/examples/")] {
        assert_eq!(demo.said[field], demo.url(path));
    }
    let payers = demo.said["payers"].as_array().unwrap();
    assert_eq!(payers.iter().filter(|payer| payer["mode"] == "test").count(), 2, "{payers:?}");

    let (status, payment) = demo.pay(key, "by-hand").await;
    assert_eq!((status, payment["data"]["status"].as_str()), (201, Some("captured")), "{payment}");

    let mut states = BTreeSet::new();
    let mut count = 0;
    for merchant in demo.said["merchants"].as_array().unwrap() {
        let key = merchant["secretKey"].as_str().unwrap();
        let (status, page) = demo.get(key, "/v1/payments?limit=100").await;
        assert_eq!(status, 200, "{page}");
        for payment in page["data"]["items"].as_array().unwrap() {
            states.insert(payment["status"].as_str().unwrap().to_owned());
            count += 1;
        }
    }
    assert_eq!(count, 61);
    let expected = [
        "authorized",
        "canceled",
        "captured",
        "expired",
        "failed",
        "partiallyCanceled",
        "partiallyRefunded",
        "ready",
        "refunded",
        "unknown",
    ];
    assert_eq!(states.iter().map(String::as_str).collect::<Vec<_>>(), expected);

    // Beside the running server, and again when it has gone.
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean, "{report:#}");
    assert_eq!(report["bookCompared"], true);
    assert_eq!(report["inFlight"].as_array().unwrap().len(), 2, "{report:#}");
    let (ended_well, rest) = demo.stop();
    assert!(ended_well);
    assert_eq!(rest, "", "one line is all that is said");
    let (clean, report) = folder.ask(&["verify", "--json"]);
    assert!(clean, "{report:#}");
    assert!(report["sealed"].as_i64().unwrap() > 0);
}

#[test]
fn a_folder_that_no_demonstration_made_is_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir(folder.data()).unwrap();
    let precious = folder.data().join("steelyard.db");
    std::fs::write(&precious, "precious").unwrap();
    let refused = folder.run(&FEW);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("is not empty"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "precious");
}

#[tokio::test]
async fn a_new_demonstration_replaces_the_old_one_but_not_while_that_runs() {
    let folder = Folder::new();
    let first = Server::start(folder.command(&FEW));
    let refused = folder.run(&FEW);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("is running"), "{}", text(&refused.stderr));
    let old_key = first.said["secretKey"].as_str().unwrap().to_owned();
    assert_eq!(first.get(&old_key, "/v1/payments").await.0, 200);
    assert!(first.stop().0);

    let second = Server::start(folder.command(&FEW));
    assert_eq!(second.get(&old_key, "/v1/payments").await.0, 401);
    assert_eq!(second.get(second.said["secretKey"].as_str().unwrap(), "/v1/payments").await.0, 200);
}

#[tokio::test]
async fn a_database_that_is_named_must_be_empty() {
    let (taken, folder) = (Folder::new(), Folder::new());
    taken.merchant();
    let database = format!("sqlite:{}", taken.data().join("steelyard.db").display());
    let mut demo = folder.command(&FEW);
    let refused = demo.arg("--database-url").arg(&database).output().unwrap();
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("the database is not empty"), "{}", text(&refused.stderr));
}
