//! The page of 3-D Secure: what it says, who may show it, and where it leads.

use reqwest::{Client, Response, header, redirect};
use steelyard_connectors::{Instrument, answer::AuthenticationAnswer, request::Authentication};
use steelyard_domain::{Money, Span};

use crate::world::{PATIENCE, World, card, purchase_by, short};

const RETURN_URL: &str = "https://pay.example/c/cs_1/return?attempt=att_1&b=2";

async fn challenge(world: &World, reference: &str, return_url: Option<&str>) -> AuthenticationAnswer {
    let request = Authentication {
        reference: reference.to_owned(),
        amount: Money::krw(12_000),
        card: card("4000000000003220"),
        return_url: return_url.map(str::to_owned),
    };
    world.simulator.authenticate(&request, PATIENCE).await
}

async fn page_of(world: &World, reference: &str, return_url: Option<&str>) -> (String, String) {
    match challenge(world, reference, return_url).await {
        AuthenticationAnswer::Challenge { token, url } => (token, url),
        other @ (AuthenticationAnswer::Authenticated { .. }
        | AuthenticationAnswer::Declined { .. }
        | AuthenticationAnswer::Failed { .. }) => panic!("{other:?}"),
    }
}

/// A browser that stops where it is sent.
#[expect(clippy::disallowed_methods, reason = "visits the page as a browser does")]
fn browser() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

async fn get(url: &str, language: &str) -> Response {
    browser().get(url).header(header::ACCEPT_LANGUAGE, language).send().await.unwrap()
}

async fn decide(url: &str, decision: &str) -> Response {
    browser().post(url).body(format!("decision={decision}")).send().await.unwrap()
}

fn header_of(response: &Response, name: header::HeaderName) -> String {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

#[tokio::test]
async fn a_decision_leads_back_and_stands() {
    let world = World::start().await;
    for (decision, later, answer) in
        [("pass", "fail", "approved 12000 KRW"), ("fail", "pass", "declined AUTHENTICATION_FAILED")]
    {
        let (token, url) = page_of(&world, decision, Some(RETURN_URL)).await;
        for decision in [decision, decision, later] {
            let decided = decide(&url, decision).await;
            assert_eq!(decided.status(), 303);
            assert_eq!(header_of(&decided, header::LOCATION), RETURN_URL);
        }
        let page = get(&url, "en").await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(page.contains("href=\"https://pay.example/c/cs_1/return?attempt=att_1&amp;b=2\""), "{page}");
        let charge = purchase_by(&format!("att_{decision}"), 12_000, Instrument::Authenticated(token));
        assert_eq!(short(&world.send(&charge).await), answer);
    }
}

#[tokio::test]
async fn without_an_address_a_decision_stays_on_the_page() {
    let world = World::start().await;
    let (_, url) = page_of(&world, "aut_1", None).await;
    let decided = decide(&url, "pass").await;
    assert_eq!((decided.status().as_u16(), header_of(&decided, header::LOCATION)), (200, String::new()));
    assert!(!decided.text().await.unwrap().contains("<a "));
}

#[tokio::test]
async fn an_expired_challenge_leads_back_by_a_link_only() {
    let world = World::start().await;
    let (_, url) = page_of(&world, "aut_1", Some(RETURN_URL)).await;
    world.clock.advance(Span::from_minutes(10));
    for response in [get(&url, "ko").await, decide(&url, "pass").await] {
        assert_eq!(response.status(), 410);
        let page = response.text().await.unwrap();
        assert!(page.contains("결제창으로 돌아가기") && page.contains("attempt=att_1&amp;b=2"), "{page}");
    }
    let missing = get(&format!("{url}0"), "ko").await;
    assert_eq!(missing.status(), 404);
    assert!(!missing.text().await.unwrap().contains("<a "));
    assert_eq!(decide(&url, "perhaps").await.status(), 400);
}

#[tokio::test]
async fn the_page_speaks_the_buyers_language() {
    let world = World::start().await;
    let (_, url) = page_of(&world, "aut_1", Some(RETURN_URL)).await;
    for (language, lang, words) in [
        ("ko-KR,ko;q=0.9,en;q=0.8", "<html lang=\"ko\">", ["인증 성공", "인증 실패", "12,000원", "3220"]),
        ("en-GB,en;q=0.9", "<html lang=\"en\">", ["Pass", "Fail", "₩12,000", "3220"]),
        ("de", "<html lang=\"ko\">", ["인증 성공", "인증 실패", "12,000원", "3220"]),
    ] {
        let page = get(&url, language).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        for word in words.into_iter().chain([lang, "<title>", "<h1>", "<main>", "name=\"viewport\""]) {
            assert!(page.contains(word), "{language}: no {word} in {page}");
        }
        assert!(page.contains("name=\"decision\" value=\"pass\"") && page.contains("value=\"fail\""), "{page}");
    }
}

#[tokio::test]
async fn a_checkout_may_frame_the_page_which_has_one_style_and_no_script() {
    let world = World::start().await;
    let (_, url) = page_of(&world, "aut_1", Some(RETURN_URL)).await;
    let style = get(&url.replace(url.rsplit('/').next().unwrap(), "style.css"), "ko").await;
    assert_eq!(style.status(), 200);
    assert!(header_of(&style, header::CONTENT_TYPE).starts_with("text/css"));
    assert!(style.text().await.unwrap().contains("prefers-color-scheme: dark"));
    for response in [get(&url, "ko").await, get(&format!("{url}0"), "ko").await, decide(&url, "pass").await] {
        let policy = header_of(&response, header::CONTENT_SECURITY_POLICY);
        for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors *", "form-action *"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-store");
        assert_eq!(header_of(&response, header::REFERRER_POLICY), "no-referrer");
        let page = response.text().await.unwrap();
        for banned in ["<script", "<style", "style=", "onclick"] {
            assert!(!page.contains(banned), "{page}");
        }
    }
}

#[tokio::test]
async fn an_address_to_return_to_is_http_and_not_too_long() {
    let world = World::start().await;
    let longest = format!("https://pay.example/{}", "a".repeat(2_048 - 20));
    for (at, url) in [RETURN_URL, "http://127.0.0.1:8080/", &longest].into_iter().enumerate() {
        page_of(&world, &format!("aut_{at}"), Some(url)).await;
    }
    let too_long = format!("{longest}a");
    let refused =
        ["", "/return", "javascript:alert(1)", "ftp://pay.example/", "data:text/html,hi", "https://", &too_long];
    for url in refused {
        let answer = challenge(&world, "aut_no", Some(url)).await;
        let AuthenticationAnswer::Declined { code, message } = answer else { panic!("{url}: {answer:?}") };
        assert!(code == "BAD_REQUEST" && message.contains("returnUrl"), "{code} {message}");
    }
    // No line of its own in a header.
    let (_, url) = page_of(&world, "aut_line", Some("https://pay.example/a\r\nset-cookie: b=c")).await;
    let decided = decide(&url, "pass").await;
    assert_eq!(header_of(&decided, header::LOCATION), "https://pay.example/aset-cookie:%20b=c");
    assert_eq!(header_of(&decided, header::SET_COOKIE), "");
}

#[tokio::test]
async fn an_authentication_with_another_address_is_another_one() {
    let world = World::start().await;
    let first = challenge(&world, "aut_1", Some(RETURN_URL)).await;
    assert_eq!(challenge(&world, "aut_1", Some(RETURN_URL)).await, first);
    for other in [None, Some("https://pay.example/elsewhere")] {
        let answer = challenge(&world, "aut_1", other).await;
        let AuthenticationAnswer::Declined { code, .. } = answer else { panic!("{answer:?}") };
        assert_eq!(code, "REFERENCE_TAKEN");
    }
}
