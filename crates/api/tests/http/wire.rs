//! The server on the wire: what clients do that no library would.

use std::time::Duration;

use steelyard_api::{Limits, Options, recorder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{Setup, World, pay};

/// Sends `bytes` and reads until the server closes.
async fn exchange(world: &World, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is reset behind its answer has been read as far as it goes.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(world: &World, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /v1/sellers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         {headers}\r\n\r\n{body}",
        world.ours.test_secret_key
    )
    .into_bytes()
}

const SELLER: &str = r#"{"name":"a","kind":"business"}"#;

async fn sellers(world: &World) -> usize {
    world.get("/v1/sellers?limit=100").await.data(200)["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_body_whose_length_is_told_in_two_ways_is_refused_and_the_connection_closed() {
    let world = World::start().await;
    let length = SELLER.len();
    let chunked = format!("{length:x}\r\n{SELLER}\r\n0\r\n\r\n");
    for (headers, body) in [
        (format!("Content-Length: {}\r\nTransfer-Encoding: chunked", chunked.len()), chunked.as_str()),
        (format!("Transfer-Encoding: chunked\r\nContent-Length: {}", chunked.len()), chunked.as_str()),
        (format!("Content-Length: {length}\r\nContent-Length: {length}"), SELLER),
        ("Transfer-Encoding: gzip, chunked".to_owned(), chunked.as_str()),
        ("Transfer-Encoding: chunked\t".to_owned(), chunked.as_str()),
    ] {
        let answer = exchange(&world, &post(&world, &headers, body)).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{headers}: {answer}");
        assert!(answer.contains("INVALID_REQUEST"), "{headers}: {answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{headers}: {answer}");
    }
    assert_eq!(sellers(&world).await, 1, "the default one and no other");
    for (headers, body) in
        [(format!("Content-Length: {length}"), SELLER), ("Transfer-Encoding: chunked".to_owned(), chunked.as_str())]
    {
        let request = post(&world, &format!("Connection: close\r\n{headers}"), body);
        let answer = exchange(&world, &request).await;
        assert!(answer.starts_with("HTTP/1.1 201 "), "{headers}: {answer}");
    }
}

#[tokio::test]
async fn a_request_hidden_behind_an_ill_framed_one_is_not_served() {
    let world = World::start().await;
    let hidden = String::from_utf8(post(&world, &format!("Content-Length: {}", SELLER.len()), SELLER)).unwrap();
    let headers = format!("Content-Length: {}\r\nTransfer-Encoding: chunked", hidden.len() + 5);
    let answer = exchange(&world, &post(&world, &headers, &format!("0\r\n\r\n{hidden}"))).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert_eq!(sellers(&world).await, 1);
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let world = World::start().await;
    for request in [
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ] {
        let answer = exchange(&world, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{request:?}: {answer}");
    }
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(200_000));
    let answer = exchange(&world, endless.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let options = Options { body_timeout: Duration::from_millis(50), ..Options::new(recorder()) };
    let world = World::with(Setup { options, ..Setup::default() }).await;
    for (headers, body) in [
        (format!("Content-Length: {}", SELLER.len()), "{"),
        (format!("Content-Length: {}", SELLER.len()), ""),
        ("Transfer-Encoding: chunked".to_owned(), "1\r\n{\r\n"),
    ] {
        let answer = exchange(&world, &post(&world, &headers, body)).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{headers}: {answer}");
        assert!(answer.contains("REQUEST_TIMEOUT"), "{answer}");
    }
    assert_eq!(sellers(&world).await, 1);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let limits = Limits { header_timeout: Duration::from_millis(50), ..Limits::default() };
    let world = World::with(Setup { limits, ..Setup::default() }).await;
    for beginning in ["", "GET /health/live HTTP/1.1\r\nHost:"] {
        let answer = exchange(&world, beginning.as_bytes()).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_it_comes() {
    let world = World::start().await;
    let request = post(&world, "Content-Length: 1048577", "");
    let answer = exchange(&world, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("BODY_TOO_LARGE"), "{answer}");
    // In chunks it is noticed when it has come.
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000));
    let mut request = post(&world, "Transfer-Encoding: chunked", "");
    request.extend_from_slice(chunk.as_bytes());
    request.extend_from_slice(b"1\r\n \r\n0\r\n\r\n");
    let answer = exchange(&world, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_a_place() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let world = World::with(Setup { limits, ..Setup::default() }).await;
    let live = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut first = TcpStream::connect(world.address).await.unwrap();
    let mut second = TcpStream::connect(world.address).await.unwrap();
    second.write_all(live).await.unwrap();
    let mut answer = [0; 4_096];
    for _ in 0..20 {
        first.write_all(live).await.unwrap();
        let read = first.read(&mut answer).await.unwrap();
        assert!(String::from_utf8_lossy(&answer[..read]).contains(" 200 "));
        let waiting = second.try_read(&mut answer).unwrap_err();
        assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock);
    }
    drop(first);
    let read = second.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).contains(" 200 "));
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_its_payment() {
    let world = World::start().await;
    let body = pay("order-1", 1_000).to_string();
    let request = format!(
        "POST /v1/payments HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: gone\r\nContent-Length: {}\r\n\r\n{body}",
        world.ours.test_secret_key,
        body.len()
    );
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    drop(stream);
    // Whether it had begun or not when the connection went, the same request again finds one payment.
    let again = world.ask(reqwest::Method::POST, "/v1/payments").idempotency(Some("gone"));
    let mut answer = again.body(pay("order-1", 1_000)).send().await;
    while answer.status == 409 {
        let again = world.ask(reqwest::Method::POST, "/v1/payments").idempotency(Some("gone"));
        answer = again.body(pay("order-1", 1_000)).send().await;
    }
    answer.data(201);
    let sums = world.get("/v1/transactions").await.data(200)["summary"].clone();
    assert_eq!(sums["payment"]["count"], 1);
}

#[tokio::test]
async fn a_server_told_to_stop_finishes_what_has_begun_and_takes_nothing_new() {
    let mut world = World::start().await;
    let address = world.address;
    let mut begun = TcpStream::connect(address).await.unwrap();
    let request = post(&world, &format!("Expect: 100-continue\r\nContent-Length: {}", SELLER.len()), "");
    begun.write_all(&request).await.unwrap();
    // The server asks for the body: the request has begun.
    let mut asked = [0; 25];
    begun.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    world.stop();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    begun.write_all(SELLER.as_bytes()).await.unwrap();
    let answer = rest(&mut begun).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    (&mut world.served).await.unwrap().unwrap();
}
