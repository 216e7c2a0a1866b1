//! The card mock and our side of its protocol, over real HTTP on loopback.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use steelyard_connectors::{
    Answer, Approval, Connector, Inquiry, Instrument, NetCancel, Request,
    answer::AuthenticationAnswer,
    card_mock::{CardMock, server::serve},
    request::Authentication,
    simulator::server::Clock,
};
use steelyard_domain::{
    Currency, Mode, Money,
    method::{Card, CardNumber, SecretDigits},
};
use tokio::net::TcpListener;

use crate::raw_server::canned;

const PATIENCE: Duration = Duration::from_secs(30);

async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Clock::default(), std::future::pending()));
    address
}

fn at(address: SocketAddr) -> Connector {
    Connector::CardMock(CardMock::new(&format!("http://{address}")).unwrap())
}

fn card(number: &str) -> Card {
    Card {
        number: CardNumber::parse(number, Mode::Test).unwrap(),
        expiry_month: 12,
        expiry_year: 2049,
        cvc: SecretDigits::parse("123", &[3]),
        birth_date: None,
        password_prefix: None,
    }
}

fn purchase(card: Card) -> Request {
    Request::Purchase {
        reference: "att_00000001".to_owned(),
        amount: Money::krw(10_000),
        instrument: Instrument::Card(card),
        installment_months: 0,
    }
}

fn code(answer: &Answer) -> &str {
    match answer {
        Answer::Approved(_) => "approved",
        Answer::Issued(_) => "issued",
        Answer::Declined { code, .. } => code,
        Answer::NotSent { .. } => "not sent",
        Answer::Unknown { .. } => "unknown",
    }
}

const GOOD_CARD: &str = "9410000000000013";

#[tokio::test]
async fn a_purchase_is_approved_under_an_id_made_of_our_reference() {
    let mock = at(start().await);
    // In a task, as everybody asks: the seam can be used from any thread.
    let asked = tokio::spawn(async move { mock.send(&purchase(card(GOOD_CARD)), PATIENCE).await });
    let answer = asked.await.unwrap();
    let approval = Approval {
        acquirer_transaction_id: "mock_att_00000001".to_owned(),
        approval_number: "00000001".to_owned(),
        amount: Money::krw(10_000),
    };
    assert_eq!(answer, Answer::Approved(approval));
}

#[tokio::test]
async fn each_card_of_the_table_ends_as_it_is_listed() {
    let mock = at(start().await);
    let another_cvc = Card { cvc: SecretDigits::parse("321", &[3]), ..card(GOOD_CARD) };
    let another_date = Card { expiry_month: 11, ..another_cvc.clone() };
    let expired = Card { expiry_year: 2020, ..card("9410000000000021") };
    for (card, expected) in [
        (card(GOOD_CARD), "approved"),
        (card("9480000000000018"), "approved"),
        (card("4242424242424242"), "CARD_NOT_FOUND"),
        (another_date, "CARD_WRONG_EXP_DATE"),
        (another_cvc, "CARD_WRONG_CVC"),
        (card("9420000000000029"), "CARD_NOT_VALID"),
        (expired, "CARD_EXPIRED"),
        (Card { cvc: None, ..card(GOOD_CARD) }, "CVC_REQUIRED"),
    ] {
        let answer = mock.send(&purchase(card.clone()), PATIENCE).await;
        assert_eq!(code(&answer), expected, "{card:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "speaks with the mock as its own protocol does")]
async fn post(address: SocketAddr, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("http://{address}/mock/card/{path}");
    let response = reqwest::Client::new().post(url).json(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn what_is_wrong_is_looked_for_in_one_order() {
    let address = start().await;
    let validate = |number: &str, date: &str, cvc: &str, company: &str| json!({"cardNumber": number, "expiryDate": date, "cvc": cvc, "cardCompany": company});
    // Each row repairs the first thing that is wrong with the row before it.
    let (blocked, expired) = ("9420000000000029", "9440000000000025");
    for (body, status, expected) in [
        (validate("9999", "01/01", "000", "nobody"), 404, "CARD_NOT_FOUND"),
        (validate(blocked, "01/01", "000", "nobody"), 400, "CARD_WRONG_EXP_DATE"),
        (validate(blocked, "12/49", "000", "nobody"), 400, "CARD_WRONG_CVC"),
        (validate(blocked, "12/49", "123", "nobody"), 400, "CARD_WRONG_CARD_COMPANY"),
        (validate(blocked, "12/49", "123", "shinhan"), 400, "CARD_NOT_VALID"),
        (validate(expired, "06/22", "123", "samsung"), 400, "CARD_EXPIRED"),
    ] {
        let (answered, refused) = post(address, "validate", &body).await;
        assert_eq!((answered, refused["code"].as_str()), (status, Some(expected)));
    }
    let good = validate(GOOD_CARD, "12/49", "123", "kookmin");
    let yes = json!({"cardNumber": GOOD_CARD, "isValid": true});
    assert_eq!(post(address, "validate", &good).await, (200, yes.clone()));
    let approve = |number: &str| json!({"cardNumber": number, "amount": 1_000});
    assert_eq!(post(address, "approve", &approve(GOOD_CARD)).await, (200, yes));
    for (number, status, expected) in
        [("9999", 404, "CARD_NOT_FOUND"), (blocked, 400, "CARD_NOT_VALID"), (expired, 400, "CARD_EXPIRED")]
    {
        let (answered, refused) = post(address, "approve", &approve(number)).await;
        assert_eq!((answered, refused["code"].as_str()), (status, Some(expected)));
    }
}

#[tokio::test]
async fn what_it_has_no_word_for_is_said_without_asking() {
    // Nobody listens here, so any request would end as not sent.
    let mock = at(SocketAddr::from(([127, 0, 0, 1], 1)));
    let (reference, original, amount) = ("att_1".to_owned(), "mock_att_0".to_owned(), Money::krw(100));
    let instrument = Instrument::Card(card(GOOD_CARD));
    let dollars = Money::new(100, Currency::Usd);
    for (request, expected) in [
        (
            Request::Authorize {
                reference: reference.clone(),
                amount,
                instrument: instrument.clone(),
                installment_months: 0,
            },
            "NOT_SUPPORTED",
        ),
        (
            Request::Purchase {
                reference: reference.clone(),
                amount,
                instrument: Instrument::Authenticated("token".to_owned()),
                installment_months: 0,
            },
            "NOT_SUPPORTED",
        ),
        (
            Request::Purchase {
                reference: reference.clone(),
                amount,
                instrument: instrument.clone(),
                installment_months: 3,
            },
            "INSTALLMENTS_NOT_SUPPORTED",
        ),
        (
            Request::Purchase { reference: reference.clone(), amount: dollars, instrument, installment_months: 0 },
            "CURRENCY_NOT_SUPPORTED",
        ),
        (Request::Capture { reference: reference.clone(), original: original.clone(), amount }, "NOT_SUPPORTED"),
        (Request::Void { reference: reference.clone(), original: original.clone(), amount }, "NOT_SUPPORTED"),
        (Request::Cancel { reference: reference.clone(), original: original.clone(), amount }, "NOT_SUPPORTED"),
        (Request::Refund { reference, original, amount }, "NOT_SUPPORTED"),
    ] {
        assert_eq!(code(&mock.send(&request, PATIENCE).await), expected, "{request:?}");
    }
    assert!(matches!(mock.inquire("att_1", PATIENCE).await, Inquiry::Unanswered { .. }));
    assert!(matches!(mock.net_cancel("att_1", PATIENCE).await, NetCancel::Unanswered { .. }));
    let authentication =
        Authentication { reference: "aut_1".to_owned(), amount, card: card(GOOD_CARD), return_url: None };
    let answer = mock.authenticate(&authentication, PATIENCE).await;
    assert!(matches!(answer, AuthenticationAnswer::Declined { ref code, .. } if code == "NOT_SUPPORTED"));
}

const YES: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"cardNumber\":\"9410000000000013\",\"isValid\":true}";
const NO: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"cardNumber\":\"9410000000000013\",\"isValid\":false}";
const OTHER_CARD: &str =
    "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"cardNumber\":\"9480000000000018\",\"isValid\":true}";
const ERROR: &str = "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n";
const GARBAGE: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<html>";
const REFUSED: &str =
    "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n{\"code\":\"CARD_EXPIRED\",\"message\":\"no\"}";

async fn answering(validate: &str, approve: &str) -> SocketAddr {
    canned(vec![validate.into(), approve.into()]).await.0
}

#[tokio::test]
async fn a_lost_validation_was_not_sent_and_a_lost_approval_is_unknown() {
    for (answer, validation, approval) in [
        (YES, "approved", "approved"),
        (NO, "CARD_NOT_VALID", "CARD_NOT_VALID"),
        (REFUSED, "CARD_EXPIRED", "CARD_EXPIRED"),
        (OTHER_CARD, "not sent", "unknown"),
        (ERROR, "not sent", "unknown"),
        (GARBAGE, "not sent", "unknown"),
        ("", "not sent", "unknown"),
    ] {
        let to_validate = at(answering(answer, YES).await).send(&purchase(card(GOOD_CARD)), PATIENCE).await;
        assert_eq!(code(&to_validate), validation, "{answer}");
        let to_approve = at(answering(YES, answer).await).send(&purchase(card(GOOD_CARD)), PATIENCE).await;
        assert_eq!(code(&to_approve), approval, "{answer}");
    }
    let nobody = at(SocketAddr::from(([127, 0, 0, 1], 1)));
    assert_eq!(code(&nobody.send(&purchase(card(GOOD_CARD)), PATIENCE).await), "not sent");
}
