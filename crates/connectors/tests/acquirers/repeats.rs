//! The same reference again: the same answer, never a second effect.

use steelyard_connectors::{Answer, Instrument, Request};
use steelyard_domain::Money;

use crate::world::{World, approval, authorize, cancel, capture, card, purchase, purchase_by, refund, short, void};

#[tokio::test]
async fn every_request_repeated_gets_the_same_answer_and_has_one_effect() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_paid", 1_000)).await;
    let held = world.approve(&authorize("att_held", 1_000)).await;
    let taken = world.approve(&authorize("att_taken", 1_000)).await;
    let requests = [
        purchase("att_1", 500),
        authorize("att_2", 500),
        capture("att_3", &taken, 700),
        void("att_4", &held, 1_000),
        cancel("att_5", &paid, 300),
        refund("att_6", &paid, 200),
        refund("att_7", &paid, 9_000),
        purchase_by("att_8", 500, Instrument::Card(card("4000000000009995"))),
    ];
    for request in &requests {
        let first = world.send(request).await;
        let entries = world.book().await;
        assert_eq!(world.send(request).await, first, "{request:?}");
        assert_eq!(world.book().await, entries, "{request:?}");
    }
    let payment = world.entry("att_paid").await.unwrap();
    assert_eq!((payment.captured, payment.returned), (Money::krw(1_000), Money::krw(500)));
}

#[tokio::test]
async fn a_reference_used_for_something_else_is_not_a_decline() {
    let world = World::start().await;
    let paid = world.approve(&purchase("att_1", 1_000)).await;
    // An approval lives under this reference: saying "declined" would say that nothing has moved.
    for other in [
        purchase("att_1", 1_001),
        authorize("att_1", 1_000),
        purchase_by("att_1", 1_000, Instrument::Card(card("5555555555554444"))),
        Request::Purchase {
            reference: "att_1".to_owned(),
            amount: Money::krw(1_000),
            instrument: Instrument::Card(card("4242424242424242")),
            installment_months: 3,
        },
        refund("att_1", &paid, 1_000),
    ] {
        assert_eq!(short(&world.send(&other).await), "unknown", "{other:?}");
    }
    assert_eq!(world.book().await.len(), 1);
}

#[tokio::test]
async fn fifty_copies_at_once_are_one_purchase() {
    let world = World::start().await;
    let copies: Vec<_> = (0..50)
        .map(|_| {
            let simulator = world.simulator.clone();
            tokio::spawn(async move { simulator.send(&purchase("att_1", 1_000), crate::world::PATIENCE).await })
        })
        .collect();
    let mut answers: Vec<Answer> = Vec::new();
    for copy in copies {
        answers.push(copy.await.unwrap());
    }
    let first = approval(answers[0].clone());
    assert!(answers.iter().all(|answer| *answer == Answer::Approved(first.clone())), "{answers:?}");
    assert_eq!(world.book().await.len(), 1);
}

#[tokio::test]
async fn purchases_at_once_are_all_booked_with_ids_of_their_own() {
    let world = World::start().await;
    let purchases: Vec<_> = (0..300)
        .map(|number| {
            let simulator = world.simulator.clone();
            let request = purchase(&format!("att_{number}"), 1_000 + number);
            tokio::spawn(async move { simulator.send(&request, crate::world::PATIENCE).await })
        })
        .collect();
    let (mut ids, mut numbers) = (Vec::new(), Vec::new());
    for purchase in purchases {
        let approval = approval(purchase.await.unwrap());
        assert!(approval.approval_number.len() == 8);
        assert!(approval.approval_number.bytes().all(|byte| byte.is_ascii_digit()));
        ids.push(approval.acquirer_transaction_id);
        numbers.push(approval.approval_number);
    }
    for list in [&mut ids, &mut numbers] {
        list.sort();
        list.dedup();
        assert_eq!(list.len(), 300);
    }
    assert_eq!(world.book().await.len(), 300);
}
