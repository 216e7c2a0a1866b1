//! An approval that is heard of after its charge was undone: undone again, and never kept.

use std::{net::SocketAddr, sync::Arc};

use serde_json::json;
use steelyard_connectors::{Connector, simulator::Simulator};
use steelyard_domain::payment::CaptureMode;
use steelyard_testkit::{Database, both_engines};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
};

use crate::{
    truth,
    world::{Acquirer, World},
};

both_engines!(
    a_late_approval_is_undone_and_leaves_suspense_at_zero,
    an_answer_that_comes_after_its_resolution_changes_nothing,
);

/// A network in which the answers to purchases come late.
struct Network {
    address: SocketAddr,
    /// An answer is waiting.
    arrived: Arc<Notify>,
    /// Lets it go on.
    release: Arc<Semaphore>,
}

impl Network {
    async fn before(acquirer: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let network = Self {
            address: listener.local_addr().unwrap(),
            arrived: Arc::default(),
            release: Arc::new(Semaphore::new(0)),
        };
        let (arrived, release) = (Arc::clone(&network.arrived), Arc::clone(&network.release));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(acquirer).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&arrived), Arc::clone(&release)));
            }
        });
        network
    }
}

async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    arrived: Arc<Notify>,
    release: Arc<Semaphore>,
) -> std::io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 16_384], vec![0; 16_384]);
    let mut hold = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let bytes = &asked[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                hold |= bytes.starts_with(b"POST /v1/purchases");
                server.write_all(bytes).await?;
            }
            read = server.read(&mut answered) => {
                let bytes = &answered[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                if std::mem::take(&mut hold) {
                    arrived.notify_one();
                    release.acquire().await.unwrap().forget();
                }
                client.write_all(bytes).await?;
            }
        }
    }
}

async fn behind_a_late_network(database: &Database) -> (World<'_>, Network) {
    let acquirer = Acquirer::start().await;
    let network = Network::before(acquirer.address).await;
    let simulator = Simulator::new(&format!("http://{}", network.address)).unwrap();
    let target = database.target().clone();
    (World::with(database, target, acquirer, Connector::Simulator(simulator)).await, network)
}

async fn a_late_approval_is_undone_and_leaves_suspense_at_zero(database: &Database) {
    let (world, network) = behind_a_late_network(database).await;
    // The janitor hears of another amount than was asked, and has the charge undone.
    world.arm(json!({"kind": "wrongAmount", "operations": ["inquiry"], "times": 1})).await;
    let pay = world.pay("k", "o", 10_000, CaptureMode::Auto);
    let meanwhile = async {
        network.arrived.notified().await;
        // Nothing was heard within the caller's patience and the time to put it on record.
        world.look_at(0, 14).await;
        assert_eq!(truth::open_attempts(database).await, 0);
        assert_eq!(world.balance("suspense").await, 0);
        network.release.add_permits(1);
    };
    let (seen, ()) = tokio::join!(pay, meanwhile);
    assert_eq!((seen.status, seen.code()), (402, "PAYMENT_DECLINED"), "{seen:?}");
    let payment = seen.payment();
    assert_eq!(world.status(payment).await, "ready");
    assert_eq!(world.balance("suspense").await, 10_000, "money that nobody wants is not hidden");
    truth::holds(database, world.now()).await;
    world.app.resolve_due().await;
    assert_eq!(world.balance("suspense").await, 0);
    assert_eq!(world.balance("acquirerReceivable").await, 0);
    network.release.add_permits(1);
    let paid = world.pay("k2", "o", 10_000, CaptureMode::Auto).await;
    assert_eq!((paid.status, paid.payment()), (201, payment));
    world.is_true().await;
    world.end().await;
}

async fn an_answer_that_comes_after_its_resolution_changes_nothing(database: &Database) {
    let (world, network) = behind_a_late_network(database).await;
    let pay = world.pay("k", "o", 10_000, CaptureMode::Auto);
    let meanwhile = async {
        network.arrived.notified().await;
        world.look_at(0, 14).await;
        assert_eq!(truth::open_attempts(database).await, 0);
        network.release.add_permits(1);
    };
    let (seen, ()) = tokio::join!(pay, meanwhile);
    assert_eq!((seen.status, seen.data()["status"].as_str()), (201, Some("captured")), "{seen:?}");
    let payment = seen.payment();
    let told = world.events(&payment.to_string()).await;
    assert_eq!(told.iter().filter(|kind| *kind == "payment.captured").count(), 1);
    world.is_true().await;
    world.end().await;
}
