//! Two servers on one database: still exactly one wins what only one can have.

use std::sync::atomic::{AtomicBool, AtomicU64};

use futures_util::future::join_all;
use serde_json::json;
use steelyard_testkit::{Database, engines::on_postgres};

use crate::{
    journal::Journal,
    load::{Draws, Load},
    process::Process,
    world::{Ask, GOOD_CARD, LOOKS_MAX, Seen, World, pause},
};

struct Two<'d> {
    world: World<'d>,
    servers: [Process; 2],
}

async fn two(database: &Database) -> Two<'_> {
    let world = World::start(database).await;
    let servers = [world.serve(&[]).await, world.serve(&[]).await];
    Two { world, servers }
}

impl Two<'_> {
    fn url(&self, n: usize) -> &str {
        &self.servers[n % 2].url
    }

    async fn paid(&self, name: &str, amount: i64) -> String {
        let seen = self.world.ask(self.url(0), &Ask::pay(name, amount, "auto", GOOD_CARD)).await.unwrap();
        assert_eq!(seen.status, 201, "{seen:?}");
        seen.payment().unwrap().to_owned()
    }
}

fn with_status(seen: &[Seen], status: u16) -> usize {
    seen.iter().filter(|seen| seen.status == status).count()
}

#[test]
fn of_twenty_full_returns_at_two_servers_on_postgres_one_wins() {
    on_postgres(async |database| {
        let two = two(database).await;
        let payment = two.paid("order", 10_000).await;
        let asks = (0..20).map(|n| (n, Ask::cancel(&format!("key-{n}"), &payment, None)));
        let seen = join_all(asks.map(async |(n, ask)| two.world.ask(two.url(n), &ask).await.unwrap())).await;
        assert_eq!(with_status(&seen, 200), 1, "{seen:?}");
        assert_eq!(with_status(&seen, 422), 19, "{seen:?}");
        let small = two.paid("small", 100).await;
        let asks = (0..2).map(|n| (n, Ask::cancel(&format!("small-{n}"), &small, Some(60))));
        let seen = join_all(asks.map(async |(n, ask)| two.world.ask(two.url(n), &ask).await.unwrap())).await;
        assert_eq!((with_status(&seen, 200), with_status(&seen, 422)), (1, 1), "{seen:?}");
        two.world.is_true().await;
    });
}

#[test]
fn of_fifty_buyers_of_a_stock_of_ten_at_two_servers_on_postgres_ten_win() {
    on_postgres(async |database| {
        let two = two(database).await;
        let (world, secret) = (&two.world, two.world.secret_key.clone());
        let product = json!({"sku": "limited", "name": "한정판", "price": 1_000});
        let made = world.post(two.url(0), "/v1/products", Some("product"), &secret, &product).await.unwrap();
        assert_eq!(made.status, 201, "{made:?}");
        let path = format!("/v1/products/{}/stock", made.data()["id"].as_str().unwrap());
        let stocked = json!({"set": 10, "reason": "입고"});
        let stocked = world.post(two.url(0), &path, Some("stock"), &secret, &stocked).await.unwrap();
        assert_eq!(stocked.status, 200, "{stocked:?}");
        let line = json!([{"productId": made.data()["id"], "quantity": 1}]);
        let buys = (0..50).map(|n| {
            let (line, secret) = (&line, &secret);
            let two = &two;
            async move {
                let name = format!("buyer-{n}");
                let order = json!({"merchantOrderId": name, "lines": line});
                let ordered = two.world.post(two.url(n), "/v1/orders", Some(&name), secret, &order).await.unwrap();
                if ordered.status != 201 {
                    return ordered;
                }
                let mut ask = Ask::pay(&name, 1_000, "auto", GOOD_CARD);
                let body = ask.body.as_object_mut().unwrap();
                body.remove("merchantOrderId");
                body.remove("orderName");
                body.insert(String::from("orderId"), ordered.data()["id"].clone());
                // The other server takes the money.
                two.world.ask(two.url(n + 1), &ask).await.unwrap()
            }
        });
        let seen = join_all(buys).await;
        assert_eq!(with_status(&seen, 201), 10, "{seen:?}");
        assert!(seen.iter().all(|seen| seen.status == 201 || seen.code() == "OUT_OF_STOCK"), "{seen:?}");
        world.is_true().await;
    });
}

#[test]
fn fifty_callers_with_one_key_at_two_servers_on_postgres_have_one_effect_and_one_answer() {
    on_postgres(async |database| {
        let two = two(database).await;
        let ask = Ask::pay("order", 10_000, "auto", GOOD_CARD);
        let insist = async |n: usize| {
            for _ in 0..LOOKS_MAX {
                let seen = two.world.ask(two.url(n), &ask).await.unwrap();
                if seen.status != 409 {
                    return seen;
                }
                assert_eq!(seen.code(), "REQUEST_IN_PROGRESS");
                pause().await;
            }
            panic!("still running")
        };
        let seen = join_all((0..50).map(insist)).await;
        assert!(seen.iter().all(|one| one.status == 201 && one.body == seen[0].body), "{seen:?}");
        assert_eq!(seen.iter().filter(|seen| !seen.replayed).count(), 1);
        two.world.is_true().await;
    });
}

#[test]
fn one_of_two_servers_on_postgres_is_killed_under_load_and_the_other_finishes_its_work() {
    on_postgres(async |database| {
        let mut two = two(database).await;
        let (journal, names, mut draws) = (Journal::default(), AtomicU64::new(0), Draws::seeded());
        let urls = [two.servers[0].url.clone(), two.servers[1].url.clone()];
        let [first, _second] = &mut two.servers;
        let load = Load {
            world: &two.world,
            journal: &journal,
            names: &names,
            stop: AtomicBool::new(false),
            unanswered: Default::default(),
        };
        let killer = async {
            while journal.len() < 40 {
                tokio::task::yield_now().await;
            }
            first.kill().await;
            while journal.len() < 70 {
                tokio::task::yield_now().await;
            }
            load.stop.store(true, std::sync::atomic::Ordering::SeqCst);
        };
        let servers = [urls[0].as_str(), urls[1].as_str()];
        tokio::join!(load.run(&servers, 8, &mut draws), killer);
        for ask in load.unanswered.into_inner().unwrap() {
            let seen = two.world.insist(&urls[1], &ask).await;
            journal.note(&ask, &seen);
        }
        two.world.resolved().await;
        journal.holds(&two.world, &urls[1], 0).await;
        two.world.is_true().await;
    });
}
