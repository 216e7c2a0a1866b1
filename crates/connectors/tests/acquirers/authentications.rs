//! Authenticating first and charging later.

use steelyard_connectors::{Instrument, answer::AuthenticationAnswer, request::Authentication};
use steelyard_domain::{Money, Span};

use crate::world::{GOOD_CARD, PATIENCE, World, card, purchase_by, short};

const CHALLENGE_CARD: &str = "4000000000003220";

async fn authenticate(world: &World, reference: &str, number: &str, amount: i64) -> AuthenticationAnswer {
    let request = Authentication {
        reference: reference.to_owned(),
        amount: Money::krw(amount),
        card: card(number),
        return_url: None,
    };
    world.simulator.authenticate(&request, PATIENCE).await
}

async fn token(world: &World, reference: &str, number: &str, amount: i64) -> String {
    let answer = authenticate(world, reference, number, amount).await;
    let AuthenticationAnswer::Authenticated { token } = answer else { panic!("{answer:?}") };
    token
}

async fn charge(world: &World, reference: &str, amount: i64, token: &str) -> String {
    let request = purchase_by(reference, amount, Instrument::Authenticated(token.to_owned()));
    short(&world.send(&request).await)
}

#[tokio::test]
async fn a_token_is_charged_once_for_the_amount_it_was_given_for() {
    let world = World::start().await;
    let token = token(&world, "aut_1", GOOD_CARD, 1_000).await;
    assert_eq!(world.book().await, [], "authenticating charges nothing");
    assert_eq!(charge(&world, "att_1", 999, &token).await, "declined AMOUNT_MISMATCH");
    assert_eq!(charge(&world, "att_2", 1_000, &token).await, "approved 1000 KRW");
    assert_eq!(charge(&world, "att_2", 1_000, &token).await, "approved 1000 KRW");
    assert_eq!(charge(&world, "att_3", 1_000, &token).await, "declined TOKEN_USED");
    assert_eq!(charge(&world, "att_4", 1_000, "token_of_nobody").await, "declined TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn a_token_is_good_for_ten_minutes() {
    let world = World::start().await;
    let first = token(&world, "aut_1", GOOD_CARD, 1_000).await;
    let second = token(&world, "aut_2", GOOD_CARD, 1_000).await;
    world.clock.advance(Span::from_minutes(9));
    assert_eq!(charge(&world, "att_1", 1_000, &first).await, "approved 1000 KRW");
    world.clock.advance(Span::from_minutes(1));
    assert_eq!(charge(&world, "att_2", 1_000, &second).await, "declined TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_token_does_what_its_card_does() {
    let world = World::start().await;
    for (number, answer) in [
        ("4000000000000002", "declined GENERIC_DECLINE"),
        ("4000000000009995", "declined INSUFFICIENT_LIMIT"),
        ("4000000000009987", "declined STOLEN_OR_LOST"),
        ("4000000000000069", "declined EXPIRED_CARD"),
        ("4000000000000341", "approved 1000 KRW"),
        ("4000000000000119", "unknown"),
        ("4000000000005126", "unknown"),
        ("4000000000005134", "unknown"),
        ("4000000000005142", "approved 1000 KRW"),
    ] {
        let token = token(&world, &format!("aut_{number}"), number, 1_000).await;
        assert_eq!(charge(&world, &format!("att_{number}"), 1_000, &token).await, answer, "{number}");
    }
}

#[tokio::test]
async fn a_challenge_must_be_passed_before_its_token_can_be_charged() {
    let world = World::start().await;
    for (decision, answer) in [("pass", "approved 1000 KRW"), ("fail", "declined AUTHENTICATION_FAILED")] {
        let reference = format!("aut_{decision}");
        let challenged = authenticate(&world, &reference, CHALLENGE_CARD, 1_000).await;
        let AuthenticationAnswer::Challenge { token, url } = challenged.clone() else { panic!("{challenged:?}") };
        let early = charge(&world, &format!("att_early_{decision}"), 1_000, &token).await;
        assert_eq!(early, "declined AUTHENTICATION_REQUIRED");
        assert_eq!(authenticate(&world, &reference, CHALLENGE_CARD, 1_000).await, challenged);

        let (status, page) = world.get_text(&url).await;
        assert!(status == 200 && page.contains("value=\"pass\"") && page.contains("3220"), "{page}");
        assert_eq!(world.post_text(&url, "decision=perhaps").await.0, 400);
        let body = if decision == "pass" { "decision=pass" } else { "decision=fail" };
        assert_eq!(world.post_text(&url, body).await.0, 200);
        // The first decision stands.
        assert_eq!(world.post_text(&url, "decision=pass").await.0, 200);

        assert_eq!(charge(&world, &format!("att_{decision}"), 1_000, &token).await, answer);
        match authenticate(&world, &reference, CHALLENGE_CARD, 1_000).await {
            AuthenticationAnswer::Authenticated { token: passed } => {
                assert!(decision == "pass" && passed == token);
            }
            AuthenticationAnswer::Declined { code, .. } => {
                assert!(decision == "fail" && code == "AUTHENTICATION_FAILED", "{code}");
            }
            other @ (AuthenticationAnswer::Challenge { .. } | AuthenticationAnswer::Failed { .. }) => {
                panic!("{other:?}")
            }
        }
    }
}

#[tokio::test]
async fn a_challenge_expires_with_its_token() {
    let world = World::start().await;
    let answer = authenticate(&world, "aut_1", CHALLENGE_CARD, 1_000).await;
    let AuthenticationAnswer::Challenge { token, url } = answer else { panic!("{answer:?}") };
    world.clock.advance(Span::from_minutes(10));
    assert_eq!(world.get_text(&url).await.0, 410);
    assert_eq!(world.post_text(&url, "decision=pass").await.0, 410);
    assert_eq!(charge(&world, "att_1", 1_000, &token).await, "declined AUTHENTICATION_REQUIRED");
    assert_eq!(world.get_text(&format!("{url}0")).await.0, 404);
}

#[tokio::test]
async fn an_authentication_repeated_gives_the_same_token_and_reused_gives_none() {
    let world = World::start().await;
    let token = token(&world, "aut_1", GOOD_CARD, 1_000).await;
    let again = authenticate(&world, "aut_1", GOOD_CARD, 1_000).await;
    assert_eq!(again, AuthenticationAnswer::Authenticated { token });
    for (number, amount) in [(GOOD_CARD, 1_001), ("5555555555554444", 1_000)] {
        let answer = authenticate(&world, "aut_1", number, amount).await;
        assert!(
            matches!(answer, AuthenticationAnswer::Declined { ref code, .. } if code == "REFERENCE_TAKEN"),
            "{answer:?}"
        );
    }
}
