//! A network between the application and its acquirer in which some answers wait until a test lets them go.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use steelyard_app::Config;
use steelyard_connectors::{Connector, simulator::Simulator};
use steelyard_testkit::Database;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
};

use crate::world::{Acquirer, World};

/// Which answers wait, by how their requests begin.
#[derive(Debug, Clone, Copy)]
pub enum Held {
    Every(&'static str),
    First(&'static str),
    Both(&'static str, &'static str),
}

pub struct Network {
    /// An answer is waiting.
    pub arrived: Arc<Notify>,
    /// Lets it go on.
    pub release: Arc<Semaphore>,
}

impl Network {
    /// A world behind such a network.
    pub async fn around(database: &Database, held: Held, change: impl FnOnce(&mut Config)) -> (World<'_>, Self) {
        let acquirer = Acquirer::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let network = Self { arrived: Arc::default(), release: Arc::new(Semaphore::new(0)) };
        tokio::spawn(network.carry(listener, acquirer.address, held));
        let simulator = Connector::Simulator(Simulator::new(&format!("http://{address}")).unwrap());
        let target = database.target().clone();
        (World::configured(database, target, acquirer, simulator, change).await, network)
    }

    fn carry(&self, listener: TcpListener, acquirer: SocketAddr, held: Held) -> impl Future<Output = ()> + use<> {
        let (arrived, release) = (Arc::clone(&self.arrived), Arc::clone(&self.release));
        let seen = Arc::new(AtomicUsize::new(0));
        async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(acquirer).await.unwrap();
                let line = Line { held, seen: Arc::clone(&seen), arrived: arrived.clone(), release: release.clone() };
                tokio::spawn(line.carry(client, server));
            }
        }
    }
}

/// One connection.
struct Line {
    held: Held,
    seen: Arc<AtomicUsize>,
    arrived: Arc<Notify>,
    release: Arc<Semaphore>,
}

impl Line {
    async fn carry(self, mut client: TcpStream, mut server: TcpStream) -> std::io::Result<()> {
        let (mut asked, mut answered) = (vec![0; 16_384], vec![0; 16_384]);
        let mut hold = false;
        loop {
            tokio::select! {
                read = client.read(&mut asked) => {
                    let bytes = &asked[..read?];
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    hold |= self.holds(bytes);
                    server.write_all(bytes).await?;
                }
                read = server.read(&mut answered) => {
                    let bytes = &answered[..read?];
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    if std::mem::take(&mut hold) {
                        self.arrived.notify_one();
                        self.release.acquire().await.unwrap().forget();
                    }
                    client.write_all(bytes).await?;
                }
            }
        }
    }

    fn holds(&self, request: &[u8]) -> bool {
        let begins = |with: &str| request.starts_with(with.as_bytes());
        match self.held {
            Held::Every(with) => begins(with),
            Held::First(with) => begins(with) && self.seen.fetch_add(1, Ordering::Relaxed) == 0,
            Held::Both(one, other) => begins(one) || begins(other),
        }
    }
}
