//! `serve`, `merchant`, `migrate`, and the configuration they share.

use std::net::TcpListener;

use crate::program::{Folder, text};

#[tokio::test]
async fn a_merchant_made_by_hand_is_paid_by_a_server_started_later() {
    let folder = Folder::new();
    let merchant = folder.merchant();
    let server = folder.serve();
    let key = merchant["secretKey"].as_str().unwrap();
    let (status, payment) = server.pay(key, "order-1").await;
    assert_eq!(status, 201, "{payment}");
    assert_eq!(payment["data"]["merchantId"], merchant["merchantId"]);
    let (status, again) = server.pay(key, "order-1").await;
    assert_eq!((status, &again["data"]["id"]), (201, &payment["data"]["id"]));
}

#[test]
fn a_merchant_is_made_only_with_an_acquirer_that_can_be_reached() {
    let folder = Folder::new();
    for (connector, said) in [("stub", "simulator or cardMock"), ("cardMock", "card_mock_url"), ("kftc", "kftc")] {
        let refused = folder.run(&["merchant", "create", "--name", "우리 상점", "--connector", connector]);
        assert!(!refused.status.success(), "{connector}");
        assert!(text(&refused.stderr).contains(said), "{}", text(&refused.stderr));
    }
    std::fs::write(folder.path().join("steelyard.toml"), "card_mock_url = \"http://127.0.0.1:9\"\n").unwrap();
    let made = folder.run(&["merchant", "create", "--name", "우리 상점", "--connector", "cardMock"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

#[test]
fn serve_says_one_line_of_json_and_ends_well_when_told_to() {
    let server = Folder::new();
    let server = server.serve();
    assert!(server.said["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(server.said["engine"], "sqlite");
    let (ended_well, rest) = server.stop();
    assert!(ended_well);
    assert_eq!(rest, "");
}

#[test]
fn a_second_server_on_the_same_files_is_refused() {
    let folder = Folder::new();
    let first = folder.serve();
    let refused = folder.run(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("another server is running"), "{}", text(&refused.stderr));
    assert!(first.stop().0);
}

#[test]
fn migrate_shows_what_is_missing_and_applies_it() {
    let folder = Folder::new();
    let shown = text(&folder.run(&["migrate"]).stdout);
    assert!(shown.contains("missing") && !shown.contains("applied"), "{shown}");
    let applied = folder.run(&["migrate", "--apply"]);
    assert!(applied.status.success());
    for said in [text(&applied.stdout), text(&folder.run(&["migrate"]).stdout)] {
        assert!(said.contains("applied") && !said.contains("missing"), "{said}");
    }
}

#[test]
fn what_only_looks_makes_no_folder() {
    for (looks, code) in [("migrate", 0), ("verify", 1)] {
        let folder = Folder::new();
        let shown = folder.run(&[looks]);
        assert_eq!(shown.status.code(), Some(code), "{looks}: {}", text(&shown.stderr));
        assert!(!folder.data().exists(), "{looks}");
    }
    let folder = Folder::new();
    assert!(folder.run(&["migrate", "--apply"]).status.success());
    assert!(folder.data().exists());
}

#[test]
fn a_setting_that_does_not_exist_is_refused_by_name() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("steelyard.toml"), "lisen = \"127.0.0.1:0\"\n").unwrap();
    let refused = folder.run(&["migrate"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("lisen"), "{}", text(&refused.stderr));
    std::fs::write(folder.path().join("steelyard.toml"), "listen = \"127.0.0.1:0\"\n").unwrap();
    assert!(folder.run(&["migrate"]).status.success());
}

#[test]
fn the_variables_integrators_try_first_lead_to_their_database() {
    let folder = Folder::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let with = |port: &str| {
        let mut command = folder.command(&["migrate"]);
        command.envs([
            ("DB_HOST", "127.0.0.1"),
            ("DB_PORT", port),
            ("DB_NAME", "shop"),
            ("DB_USERNAME", "a user"),
            ("DB_PASSWORD", "p@ss/word"),
        ]);
        command.output().unwrap()
    };
    let refused = with(&closed.port().to_string());
    assert_eq!(refused.status.code(), Some(1), "nobody listens there");
    assert!(!folder.data().join("steelyard.db").exists());
    let said = text(&refused.stderr);
    assert!(said.contains("connect") && !said.contains("p@ss"), "{said}");
    let refused = with("many");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("DB_PORT"), "{}", text(&refused.stderr));
}
