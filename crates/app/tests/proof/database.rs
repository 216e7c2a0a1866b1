//! A database that goes away while money moves: errors for what was in flight, and nothing lost or doubled.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use steelyard_connectors::Connector;
use steelyard_domain::{PaymentId, payment::CaptureMode};
use steelyard_store::engine::Target;
use steelyard_testkit::engines::on_postgres;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_postgres::config::Host;

use crate::{
    truth,
    world::{Acquirer, Seen, World},
};

/// Asks with the same key until there is an answer that stands.
async fn insist(world: &World<'_>, name: &str) -> Seen {
    for _ in 0..2_000 {
        let seen = world.pay(name, name, 10_000, CaptureMode::Auto).await;
        match (seen.status, seen.code()) {
            (503, "DATABASE_UNAVAILABLE" | "OUTCOME_UNKNOWN") | (409, "REQUEST_IN_PROGRESS") => {
                // Without its outcome on record only the janitor can answer: it is at work beside.
                tokio::time::sleep(std::time::Duration::from_millis(5)).await; // tidy-allow: a pause between bounded polls
            }
            _ => return seen,
        }
    }
    panic!("{name} was never answered");
}

/// What a janitor would do, until `done`.
async fn janitor(world: &World<'_>, mut done: tokio::sync::oneshot::Receiver<()>) {
    while done.try_recv().is_err() {
        world.clock.advance(steelyard_domain::Span::from_secs(1));
        world.app.resolve_due().await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await; // tidy-allow: a pause between passes
    }
}

async fn pay_all(world: &World<'_>, count: usize, trouble: impl AsyncFn()) -> Vec<Seen> {
    let names: Vec<String> = (0..count).map(|_| world.name("pay")).collect();
    let (over, done) = tokio::sync::oneshot::channel();
    let pays = async {
        let (seen, ()) = tokio::join!(join_all(names.iter().map(|name| insist(world, name))), trouble());
        let _ = over.send(());
        seen
    };
    let (seen, ()) = tokio::join!(pays, janitor(world, done));
    if truth::open_attempts(world.database).await > 0 {
        world.resolve().await;
    }
    seen
}

async fn each_paid_once(world: &World<'_>, seen: &[Seen]) {
    let payments: HashSet<PaymentId> = seen.iter().map(Seen::payment).collect();
    assert_eq!(payments.len(), seen.len());
    for payment in payments {
        assert_eq!(world.status(payment).await, "captured");
    }
    world.is_true().await;
}

#[test]
fn a_connection_that_is_terminated_under_load_heals_and_loses_nothing_on_postgres() {
    on_postgres(async |database| {
        let world = World::start(database).await;
        let seen = pay_all(&world, 60, async || {
            for _ in 0..10 {
                let sql = "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
                database.numbers(sql).await;
                tokio::time::sleep(std::time::Duration::from_millis(15)).await; // tidy-allow: lets some load pass
            }
        })
        .await;
        assert!(seen.iter().all(|seen| matches!(seen.status, 201 | 202)), "{seen:?}");
        each_paid_once(&world, &seen).await;
        world.end().await;
    });
}

/// Where a COMMIT is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// It never reaches the server.
    Request,
    /// It takes place, and nobody hears of it.
    Answer,
}

/// A network that ends a connection at its next COMMIT, as often as it has been told to.
struct Network {
    address: SocketAddr,
    cuts: Arc<AtomicUsize>,
}

impl Network {
    async fn before(server: String, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let network = Self { address: listener.local_addr().unwrap(), cuts: Arc::default() };
        let cuts = Arc::clone(&network.cuts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, cut, Arc::clone(&cuts)));
            }
        });
        network
    }
}

const COMMIT: &[u8] = b"COMMIT\0";

async fn carry(mut client: TcpStream, mut server: TcpStream, cut: Cut, cuts: Arc<AtomicUsize>) -> std::io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let bytes = &asked[..read?];
                let commits = bytes.windows(COMMIT.len()).any(|part| part == COMMIT);
                let cuts_now = commits && cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
                if !cuts_now || cut == Cut::Answer {
                    server.write_all(bytes).await?;
                }
                if cuts_now && cut == Cut::Answer {
                    // Once the server has something to say, the commit has taken place.
                    server.read_u8().await?;
                }
                if cuts_now || bytes.is_empty() {
                    return Ok(());
                }
            }
            read = server.read(&mut answered) => {
                let bytes = &answered[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                client.write_all(bytes).await?;
            }
        }
    }
}

/// Charges and returns money while commits are cut; the batch's marker says what became of each.
fn commits_are_cut(cut: Cut) {
    on_postgres(async |database| {
        let Target::Postgres(server) = database.target() else { panic!("this is a PostgreSQL database") };
        let Host::Tcp(host) = &server.get_hosts()[0] else { panic!("the server is reached over TCP") };
        let network = Network::before(format!("{host}:{}", server.get_ports()[0]), cut).await;
        let mut config = tokio_postgres::Config::new();
        config.host(network.address.ip().to_string()).port(network.address.port());
        config.user(server.get_user().unwrap()).dbname(server.get_dbname().unwrap());
        if let Some(password) = server.get_password() {
            config.password(password);
        }
        let acquirer = Acquirer::start().await;
        let simulator = Connector::Simulator(acquirer.simulator.clone());
        let world = World::with(database, Target::Postgres(Box::new(config)), acquirer, simulator).await;
        // Intent and settlement of each, one after the other, lose their commit once or twice.
        for cuts in [1, 2] {
            network.cuts.store(cuts, Ordering::SeqCst);
            let name = world.name("pay");
            let paid = world.pay(&name, &name, 10_000, CaptureMode::Auto).await;
            assert_eq!(paid.status, 201, "{paid:?}");
            network.cuts.store(cuts, Ordering::SeqCst);
            let back = world.cancel(&world.name("back"), paid.payment(), Some(4_000)).await;
            assert_eq!(back.status, 200, "{back:?}");
            assert_eq!(network.cuts.load(Ordering::SeqCst), 0, "the network did cut");
            let payment = world.payment(paid.payment()).await;
            assert_eq!((&payment["capturedAmount"], &payment["canceledAmount"]), (&10_000.into(), &4_000.into()));
        }
        // Under load a whole batch is in that position.
        network.cuts.store(3, Ordering::SeqCst);
        let seen = pay_all(&world, 40, async || ()).await;
        assert!(seen.iter().all(|seen| seen.status == 201), "{seen:?}");
        each_paid_once(&world, &seen).await;
        world.end().await;
    });
}

#[test]
fn a_commit_whose_answer_is_lost_is_resolved_by_its_marker_on_postgres() {
    commits_are_cut(Cut::Answer);
}

#[test]
fn a_commit_that_never_arrives_is_resolved_by_its_marker_on_postgres() {
    commits_are_cut(Cut::Request);
}
