//! A network that fails at the worst moment: while COMMIT is under way.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_postgres::{Config, config::Host};

/// What becomes of a COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It never reaches the server.
    Request,
    /// It takes place, and nobody hears of it.
    Answer,
}

const COMMIT: &[u8] = b"COMMIT\0";

/// The address of `server` by way of a network that cuts every connection at its first COMMIT.
///
/// # Panics
/// If the server is not named by host and port.
pub async fn at_commit(server: &Config, cut: Cut) -> Config {
    let host = server.get_hosts().first().expect("the server has a name");
    let Host::Tcp(host) = host else { panic!("the server is reached over TCP") };
    let target = format!("{host}:{}", server.get_ports().first().expect("the server has a port"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
    let address: SocketAddr = listener.local_addr().expect("a listener has an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let target = target.clone();
            tokio::spawn(async move {
                if let Ok(server) = TcpStream::connect(target).await {
                    // Whichever side ends it, both are gone.
                    let _ = carry(client, server, cut).await;
                }
            });
        }
    });
    // Everything but where it is.
    let mut config = Config::new();
    config.host(address.ip().to_string()).port(address.port());
    config.user(server.get_user().unwrap_or("postgres")).dbname(server.get_dbname().unwrap_or("postgres"));
    if let Some(password) = server.get_password() {
        config.password(password);
    }
    config
}

async fn carry(mut client: TcpStream, mut server: TcpStream, cut: Cut) -> std::io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 16_384], vec![0; 16_384]);
    // The end of what was asked before, in case COMMIT comes in two pieces.
    let mut tail: Vec<u8> = Vec::new();
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                tail.extend_from_slice(&asked[..read]);
                if tail.windows(COMMIT.len()).any(|window| window == COMMIT) {
                    if cut == Cut::Answer {
                        server.write_all(&asked[..read]).await?;
                        // Once the server has something to say, the commit has taken place.
                        server.read_u8().await?;
                    }
                    return Ok(());
                }
                let keep = tail.len().min(COMMIT.len() - 1);
                tail.drain(..tail.len() - keep);
                server.write_all(&asked[..read]).await?;
            }
            read = server.read(&mut answered) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                client.write_all(&answered[..read]).await?;
            }
        }
    }
}
