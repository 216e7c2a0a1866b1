//! A merchant whose acquirer knows only yes and no: what is lost with it stays unknown until a person looks.

use serde_json::Value;
use steelyard_connectors::{
    Connector,
    card_mock::{self, CardMock},
    simulator::server,
};
use steelyard_domain::{
    Mode,
    method::{Card, CardNumber, SecretDigits},
    payment::CaptureMode,
};
use steelyard_testkit::{Database, both_engines};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::world::{Acquirer, RUNGS, World};

both_engines!(
    a_merchant_of_the_card_mock_sells_and_takes_nothing_back,
    an_approval_lost_with_the_card_mock_stays_unknown
);

fn card(number: &str, month: u8, year: u16) -> Card {
    Card {
        number: CardNumber::parse(number, Mode::Test).unwrap(),
        expiry_month: month,
        expiry_year: year,
        cvc: SecretDigits::parse("123", &[3]),
        birth_date: None,
        password_prefix: None,
    }
}

async fn mock() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(card_mock::server::serve(listener, server::Clock::default(), std::future::pending()));
    address
}

/// The mock by way of a network that loses the answer to an approval.
async fn lossy(mock: std::net::SocketAddr) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(mock).await.unwrap();
            tokio::spawn(async move {
                let (mut asked, mut answered) = (vec![0; 16_384], vec![0; 16_384]);
                let mut approves = false;
                loop {
                    tokio::select! {
                        read = client.read(&mut asked) => {
                            let bytes = &asked[..read?];
                            approves |= bytes.windows(17).any(|part| part == b"/mock/card/approv");
                            server.write_all(bytes).await?;
                            if bytes.is_empty() {
                                return Ok::<(), std::io::Error>(());
                            }
                        }
                        read = server.read(&mut answered) => {
                            let read = read?;
                            if read == 0 || approves {
                                return Ok(());
                            }
                            client.write_all(&answered[..read]).await?;
                        }
                    }
                }
            });
        }
    });
    address
}

async fn world(database: &Database, address: std::net::SocketAddr) -> World<'_> {
    let connector = Connector::CardMock(CardMock::new(&format!("http://{address}")).unwrap());
    World::with(database, database.target().clone(), Acquirer::start().await, connector).await
}

async fn a_merchant_of_the_card_mock_sells_and_takes_nothing_back(database: &Database) {
    let world = world(database, mock().await).await;
    let paid = world.pay_by("k", "o", 10_000, CaptureMode::Auto, card("9410000000000013", 12, 2049)).await;
    assert_eq!((paid.status, paid.data()["status"].as_str()), (201, Some("captured")), "{paid:?}");
    assert_eq!(paid.data()["connector"], "cardMock");
    let refused = world.pay_by("k2", "o2", 10_000, CaptureMode::Auto, card("9420000000000029", 12, 2049)).await;
    assert_eq!((refused.status, refused.code()), (402, "PAYMENT_DECLINED"), "{refused:?}");
    assert_eq!(refused.body["error"]["declineCode"], "CARD_NOT_VALID");
    for amount in [None, Some(1_000)] {
        let back = world.cancel(&world.name("key"), paid.payment(), amount).await;
        assert_eq!((back.status, back.code()), (422, "NOT_SUPPORTED_BY_CONNECTOR"), "{back:?}");
    }
    let held = world.pay_by("k3", "o3", 10_000, CaptureMode::Manual, card("9410000000000013", 12, 2049)).await;
    assert_eq!((held.status, held.code()), (422, "NOT_SUPPORTED_BY_CONNECTOR"), "{held:?}");
    assert_eq!(world.status(paid.payment()).await, "captured");
    crate::truth::holds(database, world.now()).await;
    world.end().await;
}

async fn an_approval_lost_with_the_card_mock_stays_unknown(database: &Database) {
    let world = world(database, lossy(mock().await).await).await;
    let asked = world.pay_by("k", "o", 10_000, CaptureMode::Auto, card("9410000000000013", 12, 2049)).await;
    assert_eq!((asked.status, asked.data()["status"].as_str()), (202, Some("unknown")), "{asked:?}");
    let next = |payment: &Value| payment["unknown"]["nextCheckAt"].as_str().unwrap().to_owned();
    let (payment, mut last, mut at) = (asked.payment(), next(asked.data()), 0);
    for rung in RUNGS {
        world.look_at(at, rung).await;
        at = rung;
        let now = world.payment(payment).await;
        assert_eq!(now["status"], "unknown", "at {rung} s");
        assert!(next(&now) > last, "it is looked at again later");
        last = next(&now);
    }
    let back = world.cancel("c", payment, None).await;
    assert_eq!((back.status, back.code()), (409, "PAYMENT_IN_PROGRESS"));
    let again = world.pay_by("k2", "o", 10_000, CaptureMode::Auto, card("9410000000000013", 12, 2049)).await;
    assert_eq!((again.status, again.code()), (409, "PAYMENT_IN_PROGRESS"), "nobody is charged twice");
    crate::truth::holds(database, world.now()).await;
    world.end().await;
}
