use axum::http::{HeaderMap, header};
use steelyard_app::{Config, NewMerchant, NewMerchantKeys};
use steelyard_connectors::{Connector, stub::Stub};
use steelyard_domain::{Mode, Rate, method::ConnectorName};
use steelyard_store::engine::Target;

use super::*;
use crate::{Api, Options, edge::recorder};

#[test]
fn a_page_that_is_not_full_ends_behind_all_that_was_seen_and_a_full_one_behind_its_last() {
    let full: Vec<i64> = (11..=10 + i64::from(PAGE_MAX)).collect();
    for (after, seen, positions, told) in [
        (10, 10, &[][..], 10),
        (10, 90, &[], 90),
        (10, 90, &[12, 40], 90),
        // Found behind what was seen: it came between the two looks.
        (10, 90, &[12, 95], 95),
        // Nobody has looked for the newest one yet, or it lies far behind.
        (10, 0, &[], 10),
        (10, 0, &[12], 12),
        (10, 10_000, &full, 10 + i64::from(PAGE_MAX)),
        (10, 10_000, &full[1..], 10_000),
    ] {
        assert_eq!(told_up_to(after, seen, positions), told, "{after} {seen} {positions:?}");
    }
}

/// A database of its own, with one merchant, and nothing at work: what is newest is what a test says.
struct Place {
    api: Api,
    keys: NewMerchantKeys,
    folder: std::path::PathBuf,
}

impl Place {
    async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("steelyard-stream-{}", steelyard_app::clock::new_id()));
        std::fs::create_dir(&folder).unwrap();
        let mut config = Config::new(Target::Sqlite(folder.join("steelyard.db")), vec![Connector::Stub(Stub)]);
        config.workers = false;
        let app = App::start(config).await.unwrap();
        let rate = Rate::parse("0.03").unwrap();
        let connector = ConnectorName::Stub;
        let new = NewMerchant { name: "Shop".to_owned(), connector, rate, fixed_fee: 0, rate_limit: None };
        let keys = app.create_merchant(new).await.unwrap();
        Self { api: Api::new(app, Options::new(recorder())), keys, folder }
    }

    fn source(&self, authorization: &str, newest: watch::Receiver<i64>) -> Source {
        let tenant = Tenant { merchant: self.keys.merchant, mode: Mode::Test };
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, authorization.parse().unwrap())]);
        Source {
            app: self.api.app().clone(),
            tenant,
            pass: Pass::new(&self.api, &headers, None),
            types: vec!["order.paid".to_owned()],
            after: 3,
            newest,
            closing: None,
            until: Instant::now() + LIFE,
            quiet: Duration::ZERO,
            _seat: self.api.seats().take(tenant).unwrap(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn a_look_that_finds_nothing_is_not_taken_again_over_the_same_history() {
    let place = Place::new().await;
    let (news, newest) = watch::channel(0);
    let mut source = place.source(&format!("Bearer {}", place.keys.test_secret_key), newest);
    for (newest, after) in [(0, 3), (2, 3), (7, 7), (900, 900)] {
        news.send_replace(newest);
        assert!(source.look().await.unwrap().is_empty());
        assert_eq!(source.after, after);
    }
}

#[tokio::test]
async fn a_quiet_stream_pings_and_ends_instead_if_its_key_is_not_good() {
    let place = Place::new().await;
    let (_news, newest) = watch::channel(0);
    let good = format!("Bearer {}", place.keys.test_secret_key);
    let wrong = "Bearer sk_test_1".to_owned();
    for (authorization, goes_on) in [(good, true), (wrong, false)] {
        let mut source = place.source(&authorization, newest.clone());
        let page = source.next_page().await;
        assert_eq!(page.map(|events| events.len()), goes_on.then_some(1), "{authorization}");
    }
}
