//! `steelyard doctor`

use std::net::TcpListener;

use serde_json::Value;

use crate::program::Folder;

/// What the doctor says, and whether all is well.
fn examine(folder: &Folder, environment: &[(&str, &str)]) -> (bool, Value) {
    let mut command = folder.command(&["doctor", "--json"]);
    command.envs(environment.iter().copied());
    let output = command.output().unwrap();
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap())
}

fn verdict<'a>(report: &'a Value, about: &str) -> &'a str {
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["about"] == about);
    finding.unwrap_or_else(|| panic!("nothing about {about}: {report:#}"))["verdict"].as_str().unwrap()
}

const FREE_PORT: (&str, &str) = ("STEELYARD_LISTEN", "127.0.0.1:0");

#[test]
fn a_database_with_a_merchant_is_well() {
    let folder = Folder::new();
    folder.merchant();
    let (healthy, report) = examine(&folder, &[FREE_PORT]);
    assert!(healthy, "{report:#}");
    for about in ["clock", "fsync", "port", "schema", "database", "durability", "merchants", "attempts"] {
        assert_eq!(verdict(&report, about), "ok", "{about}");
    }
}

#[test]
fn nothing_there_yet_is_well_too_and_nothing_is_made() {
    let folder = Folder::new();
    let (healthy, report) = examine(&folder, &[FREE_PORT]);
    assert!(healthy, "{report:#}");
    assert_eq!(verdict(&report, "database"), "note");
    assert!(!folder.data().exists());
}

#[test]
fn an_acquirer_that_does_not_answer_is_told_with_a_remedy() {
    let folder = Folder::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    let (healthy, report) = examine(&folder, &[FREE_PORT, ("ACQUIRER_URL", &url)]);
    assert!(!healthy);
    assert_eq!(verdict(&report, "acquirer"), "BAD");
    assert!(report.to_string().contains("ACQUIRER_URL"));
}

#[test]
fn a_port_that_is_taken_by_something_else_is_told() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let answering = std::thread::spawn({
        let taken = taken.try_clone().unwrap();
        // Whoever asks whether a server lives here is turned away at once.
        move || drop(taken.accept())
    });
    let address = taken.local_addr().unwrap().to_string();
    let (healthy, report) = examine(&folder, &[("STEELYARD_LISTEN", &address)]);
    assert!(!healthy);
    assert_eq!(verdict(&report, "port"), "BAD");
    answering.join().unwrap();
}

#[test]
fn a_running_server_is_noticed_and_is_no_fault() {
    let folder = Folder::new();
    let server = folder.serve();
    let address = server.said["url"].as_str().unwrap().strip_prefix("http://").unwrap();
    let (healthy, report) = examine(&folder, &[("STEELYARD_LISTEN", address)]);
    assert!(healthy, "{report:#}");
    assert_eq!((verdict(&report, "lock"), verdict(&report, "port")), ("note", "note"));
}

#[test]
fn a_database_that_cannot_be_reached_is_told() {
    let folder = Folder::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let port = closed.port().to_string();
    let (healthy, report) = examine(&folder, &[FREE_PORT, ("DB_HOST", "127.0.0.1"), ("DB_PORT", &port)]);
    assert!(!healthy);
    assert_eq!(verdict(&report, "database"), "BAD");
    assert_eq!(verdict(&report, "acquirer"), "BAD");
}
