//! Answers that no honest simulator gives, and connections that break: what is believed of them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use steelyard_connectors::{Inquiry, NetCancel, simulator::Simulator};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::raw_server::{canned, read_request};
use crate::world::{PATIENCE, purchase, short, short_inquiry};

fn http(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

fn at(address: SocketAddr) -> Simulator {
    Simulator::new(&format!("http://{address}")).unwrap()
}

const APPROVED: &str = r#"{"status":"approved","reference":"att_1","acquirerTransactionId":"sim_1","approvalNumber":"00000001","amount":1000,"currency":"KRW"}"#;
const DECLINED: &str = r#"{"status":"declined","reference":"att_1","code":"GENERIC_DECLINE","message":"no"}"#;

#[tokio::test]
async fn only_a_whole_answer_about_our_reference_is_believed() {
    let unread = r#"{"status":"declined","reference":null,"code":"BAD_REQUEST","message":"no"}"#;
    let canned_answers = [
        (http("200 OK", APPROVED), "approved 1000 KRW"),
        (http("402 Payment Required", DECLINED), "declined GENERIC_DECLINE"),
        (http("422 Unprocessable Entity", DECLINED), "declined GENERIC_DECLINE"),
        (http("400 Bad Request", unread), "declined BAD_REQUEST"),
        // Contradictions between the status and the body.
        (http("201 Created", APPROVED), "unknown"),
        (http("202 Accepted", APPROVED), "unknown"),
        (http("402 Payment Required", APPROVED), "unknown"),
        (http("200 OK", DECLINED), "unknown"),
        (http("500 Internal Server Error", DECLINED), "unknown"),
        (http("503 Service Unavailable", APPROVED), "unknown"),
        (http("200 OK", r#"{"status":"undone","reference":"att_1"}"#), "unknown"),
        (http("404 Not Found", r#"{"status":"notFound","reference":"att_1"}"#), "unknown"),
        (http("409 Conflict", DECLINED), "unknown"),
        (http("402 Payment Required", unread), "unknown"),
        // Somebody else's reference, currency, or nothing at all.
        (http("200 OK", &APPROVED.replace("att_1", "att_2")), "unknown"),
        (http("402 Payment Required", &DECLINED.replace("att_1", "att_2")), "unknown"),
        (http("200 OK", &APPROVED.replace("KRW", "KRX")), "unknown"),
        (http("200 OK", &APPROVED.replace("sim_1", "")), "unknown"),
        (http("200 OK", &APPROVED.replace("00000001", "")), "unknown"),
        (http("200 OK", &APPROVED.replace("1000", "1000.5")), "unknown"),
        (http("200 OK", &APPROVED.replace("1000", "\"1000\"")), "unknown"),
        (http("200 OK", &APPROVED.replace("{", r#"{"amount":1000,"#)), "unknown"),
        (http("200 OK", &APPROVED.replace("{", r#"{"extra":1,"#)), "unknown"),
        (http("200 OK", &format!("{APPROVED}{APPROVED}")), "unknown"),
        (http("200 OK", &format!("{APPROVED}{DECLINED}")), "unknown"),
        (http("200 OK", &APPROVED[..40]), "unknown"),
        (http("200 OK", ""), "unknown"),
        (http("404 Not Found", ""), "unknown"),
        (http("413 Content Too Large", "<html>proxy</html>"), "unknown"),
        // Not even HTTP, or not all of it.
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "unknown"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"status\"".to_vec(), "unknown"),
        (b"HTTP/1.1 200 OK\r\n".to_vec(), "unknown"),
        (Vec::new(), "unknown"),
    ];
    for (canned_answer, expected) in canned_answers {
        let shown = String::from_utf8_lossy(&canned_answer).into_owned();
        let (address, requests) = canned(vec![canned_answer]).await;
        let answer = at(address).send(&purchase("att_1", 1_000), PATIENCE).await;
        assert_eq!(short(&answer), expected, "{shown}");
        assert_eq!(requests.load(Ordering::SeqCst), 1, "sent more than once: {shown}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let (elsewhere, charged) = canned(vec![http("200 OK", APPROVED)]).await;
        let redirect =
            format!("HTTP/1.1 {status}\r\nlocation: http://{elsewhere}/v1/purchases\r\ncontent-length: 0\r\n\r\n");
        let (address, asked) = canned(vec![redirect.into_bytes()]).await;
        let answer = at(address).send(&purchase("att_1", 1_000), PATIENCE).await;
        assert_eq!(short(&answer), "unknown", "{status}");
        assert_eq!((asked.load(Ordering::SeqCst), charged.load(Ordering::SeqCst)), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_given_up() {
    let mut endless = b"HTTP/1.1 200 OK\r\ncontent-length: 4000000\r\n\r\n".to_vec();
    endless.resize(4_000_000, b' ');
    let (address, _) = canned(vec![endless]).await;
    let answer = at(address).send(&purchase("att_1", 1_000), PATIENCE).await;
    assert_eq!(short(&answer), "unknown");
}

#[tokio::test]
async fn what_met_no_listener_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let simulator = at(address);
    assert_eq!(short(&simulator.send(&purchase("att_1", 1_000), PATIENCE).await), "not sent");
    assert_eq!(short_inquiry(&simulator.inquire("att_1", PATIENCE).await), "unanswered");
    let answer = simulator.net_cancel("att_1", PATIENCE).await;
    assert!(matches!(answer, NetCancel::Unanswered { .. }));
}

#[tokio::test]
async fn a_listener_that_never_answers_leaves_it_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let simulator = at(listener.local_addr().unwrap());
    let short_patience = Duration::from_millis(50);
    assert_eq!(short(&simulator.send(&purchase("att_1", 1_000), short_patience).await), "unknown");
    assert_eq!(short_inquiry(&simulator.inquire("att_1", short_patience).await), "unanswered");
}

#[tokio::test]
async fn a_kept_connection_that_closes_on_the_second_request_leaves_it_unknown_and_unrepeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&requests);
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(read_request(&mut stream).await);
        let keep = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{APPROVED}", APPROVED.len());
        stream.write_all(keep.as_bytes()).await.unwrap();
        // On the same connection: read all of it, then go without a word.
        assert!(read_request(&mut stream).await);
        seen.fetch_add(1, Ordering::SeqCst);
        drop(stream);
        // Whoever comes again repeats a charge.
        while let Ok((mut stream, _)) = listener.accept().await {
            if read_request(&mut stream).await {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let simulator = at(address);
    assert_eq!(short(&simulator.send(&purchase("att_1", 1_000), PATIENCE).await), "approved 1000 KRW");
    assert_eq!(short(&simulator.send(&purchase("att_2", 1_000), PATIENCE).await), "unknown");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    served.abort();
}

#[tokio::test]
async fn an_inquiry_or_net_cancel_is_believed_only_if_it_says_so() {
    for (answer, inquiry, confirmed) in [
        (http("200 OK", APPROVED), "approved 1000 KRW", false),
        (http("200 OK", DECLINED), "declined GENERIC_DECLINE", false),
        (http("200 OK", r#"{"status":"undone","reference":"att_1"}"#), "undone", true),
        (http("404 Not Found", r#"{"status":"notFound","reference":"att_1"}"#), "not found", false),
        (http("404 Not Found", ""), "unanswered", false),
        (http("404 Not Found", r#"{"status":"notFound","reference":"att_2"}"#), "unanswered", false),
        (http("200 OK", r#"{"status":"notFound","reference":"att_1"}"#), "unanswered", false),
        (http("200 OK", r#"{"status":"undone","reference":"att_2"}"#), "unanswered", false),
        (http("202 Accepted", r#"{"status":"undone","reference":"att_1"}"#), "unanswered", false),
        (http("200 OK", ""), "unanswered", false),
        (http("402 Payment Required", DECLINED), "unanswered", false),
    ] {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let (address, _) = canned(vec![answer]).await;
        let told: Inquiry = at(address).inquire("att_1", PATIENCE).await;
        assert_eq!(short_inquiry(&told), inquiry, "{shown}");
        let answer = at(address).net_cancel("att_1", PATIENCE).await;
        assert_eq!(answer == NetCancel::Confirmed, confirmed, "{shown}");
    }
}
