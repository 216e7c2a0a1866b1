//! Accounts that are issued for one purchase, and the deposits that approve them, once.

use serde_json::json;
use steelyard_connectors::{
    Answer, Inquiry, NetCancel,
    simulator::{DepositError, EntryState, InstrumentKind},
};
use steelyard_domain::{Bank, Currency, Money, Span};

use crate::{
    raw_server::canned,
    world::{HOLDER, PATIENCE, World, by_account, cancel, capture, purchase, refund, short, short_inquiry, void},
};

#[tokio::test]
async fn an_account_is_issued_and_its_deposit_approves_it() {
    let world = World::start().await;
    let issued = world.issue("att_1", 50_000).await;
    assert_eq!((issued.bank, issued.holder.as_str()), (Bank::Woori, HOLDER));
    assert!(issued.number.len() == 14 && issued.number.starts_with("020"), "{}", issued.number);
    assert_eq!(world.inquire("att_1").await, Inquiry::Issued(issued.clone()));
    let entry = world.entry("att_1").await.unwrap();
    assert_eq!((entry.state, entry.captured), (EntryState::Issued, Money::krw(0)));
    assert_eq!((entry.instrument, entry.bank), (Some(InstrumentKind::VirtualAccount), Some(Bank::Woori)));
    let account = entry.account.unwrap();
    assert_eq!((&account.number, account.due_at), (&issued.number, issued.due_at));
    assert_eq!((account.deposited_at, account.depositor), (None, None));

    assert_eq!(world.deposit(&issued, 50_000).await, Ok(()));
    let Inquiry::Approved(approval) = world.inquire("att_1").await else { panic!("deposited") };
    assert_eq!(approval.acquirer_transaction_id, issued.acquirer_transaction_id);
    assert_eq!(approval.amount, Money::krw(50_000));
    assert_eq!(approval.approval_number.len(), 8);
    let entry = world.entry("att_1").await.unwrap();
    assert_eq!((entry.state, entry.captured), (EntryState::Approved, Money::krw(50_000)));
    assert!(entry.account.unwrap().deposited_at.is_some());
}

#[tokio::test]
async fn a_deposit_that_does_not_fit_changes_nothing() {
    let world = World::start().await;
    let issued = world.issue("att_1", 1_000).await;
    for amount in [999, 1_001] {
        assert_eq!(world.deposit(&issued, amount).await, Err(DepositError::WrongAmount), "{amount}");
    }
    let dollars = Money::new(1_000, Currency::Usd);
    let deposited = world.simulator.deposit(&issued.number, dollars, PATIENCE).await;
    assert_eq!(deposited, Err(DepositError::WrongAmount));
    let deposited = world.deposit(&issued, 0).await;
    assert!(matches!(deposited, Err(DepositError::Refused { .. })), "{deposited:?}");
    let deposited = world.simulator.deposit("02090000000000", Money::krw(1_000), PATIENCE).await;
    assert_eq!(deposited, Err(DepositError::AccountNotFound));
    let deposited = world.simulator.deposit("../faults", Money::krw(1_000), PATIENCE).await;
    assert_eq!(deposited, Err(DepositError::AccountNotFound));
    assert_eq!(world.inquire("att_1").await, Inquiry::Issued(issued.clone()));

    assert_eq!(world.deposit(&issued, 1_000).await, Ok(()));
    assert_eq!(world.deposit(&issued, 1_000).await, Err(DepositError::AlreadyDeposited));
    assert_eq!(world.entry("att_1").await.unwrap().captured, Money::krw(1_000));
}

#[tokio::test]
async fn a_deposit_is_refused_with_a_status_and_a_code() {
    let world = World::start().await;
    let issued = world.issue("att_1", 1_000).await;
    let path = format!("/virtual-accounts/{}/deposits", issued.number);
    for (body, status, code) in [
        (json!({"amount": 999}), 422, "WRONG_AMOUNT"),
        (json!({"amount": -1_000}), 400, "BAD_REQUEST"),
        (json!({"amount": "1000"}), 400, "BAD_REQUEST"),
        (json!({"amount": 1_000, "currency": "KRX"}), 400, "BAD_REQUEST"),
        (json!({"amount": 1_000, "depositor": ""}), 400, "BAD_REQUEST"),
        (json!({"amount": 1_000, "depositor": "a".repeat(41)}), 400, "BAD_REQUEST"),
        (json!({"amount": 1_000, "tip": 1}), 400, "BAD_REQUEST"),
        (json!({"amount": 1_000, "depositor": "김구매"}), 200, ""),
        (json!({"amount": 1_000, "depositor": "김구매"}), 409, "ALREADY_DEPOSITED"),
    ] {
        let (answered, refusal) = world.post(&path, &body).await;
        assert_eq!((answered, refusal["code"].as_str().unwrap_or("")), (status, code), "{body}");
    }
    let entry = world.entry("att_1").await.unwrap();
    assert_eq!(entry.account.unwrap().depositor.as_deref(), Some("김구매"));
    let (status, refusal) = world.post("/virtual-accounts/1/deposits", &json!({"amount": 1})).await;
    assert_eq!((status, refusal["code"].as_str()), (404, Some("ACCOUNT_NOT_FOUND")));
}

#[tokio::test]
async fn an_account_takes_its_deposit_before_the_due_date_and_not_at_it() {
    let world = World::start().await;
    let (first, second) = (world.issue("att_1", 1_000).await, world.issue("att_2", 1_000).await);
    world.clock.advance(Span::from_minutes(59));
    assert_eq!(world.deposit(&first, 1_000).await, Ok(()));
    world.clock.advance(Span::from_minutes(1));
    assert_eq!(world.deposit(&second, 1_000).await, Err(DepositError::AccountExpired));
    // Nothing came, and nothing will: it is for us to close it.
    assert_eq!(world.inquire("att_2").await, Inquiry::Issued(second.clone()));
    assert_eq!(world.net_cancel("att_2").await, NetCancel::Confirmed);
    assert_eq!(world.deposit(&second, 1_000).await, Err(DepositError::AccountClosed));

    let late = world.send(&by_account("att_3", 1_000, world.clock.now())).await;
    assert_eq!(short(&late), "declined INVALID_DUE_DATE");
    assert_eq!(world.entry("att_3").await.unwrap().account, None);
}

#[tokio::test]
async fn a_purchase_repeated_is_answered_as_the_first_time() {
    let world = World::start().await;
    let request = by_account("att_1", 1_000, world.in_an_hour());
    let first = world.send(&request).await;
    assert_eq!(world.send(&request).await, first);
    let Answer::Issued(issued) = &first else { panic!("{first:?}") };
    assert_eq!(world.deposit(issued, 1_000).await, Ok(()));
    assert_eq!(world.send(&request).await, first, "an inquiry tells how it stands now");
    assert_eq!(world.book().await.len(), 1);
    let other = by_account("att_1", 1_000, issued.due_at.after(Span::from_micros(1)));
    assert_eq!(short(&world.send(&other).await), "unknown");
    assert_eq!(short(&world.send(&purchase("att_1", 1_000)).await), "unknown");
    assert_ne!(world.issue("att_2", 1_000).await.number, issued.number);
}

#[tokio::test]
async fn a_net_cancel_closes_an_account_or_gives_its_deposit_back() {
    let world = World::start().await;
    let (closed, returned) = (world.issue("att_1", 1_000).await, world.issue("att_2", 1_000).await);
    assert_eq!(world.deposit(&returned, 1_000).await, Ok(()));
    for (reference, account) in [("att_1", &closed), ("att_2", &returned)] {
        for _ in 0..2 {
            assert_eq!(world.net_cancel(reference).await, NetCancel::Confirmed);
            assert_eq!(world.inquire(reference).await, Inquiry::Undone);
            assert_eq!(world.deposit(account, 1_000).await, Err(DepositError::AccountClosed));
        }
        let entry = world.entry(reference).await.unwrap();
        assert_eq!((entry.state, entry.captured), (EntryState::Undone, Money::krw(0)));
        let again = by_account(reference, 1_000, account.due_at);
        assert_eq!(short(&world.send(&again).await), "declined NET_CANCELED");
    }
    assert_eq!(world.net_cancel("att_3").await, NetCancel::Confirmed);
    let forbidden = world.send(&by_account("att_3", 1_000, world.in_an_hour())).await;
    assert_eq!(short(&forbidden), "declined NET_CANCELED");
}

#[tokio::test]
async fn what_was_deposited_can_go_back_and_what_was_not_cannot() {
    let world = World::start().await;
    let issued = world.issue("att_1", 1_000).await;
    // Follow-ups name the id of the issue, which is the approval's.
    let original = steelyard_connectors::Approval {
        acquirer_transaction_id: issued.acquirer_transaction_id.clone(),
        approval_number: String::new(),
        amount: issued.amount,
    };
    for request in [
        cancel("att_2", &original, 1_000),
        refund("att_3", &original, 1_000),
        void("att_4", &original, 1_000),
        capture("att_5", &original, 1_000),
    ] {
        assert_eq!(short(&world.send(&request).await), "declined NOT_DEPOSITED", "{request:?}");
    }
    assert_eq!(world.deposit(&issued, 1_000).await, Ok(()));
    for (request, answer) in [
        (void("att_6", &original, 1_000), "declined ALREADY_CAPTURED"),
        (cancel("att_7", &original, 400), "approved 400 KRW"),
        (refund("att_8", &original, 601), "declined EXCEEDS_CAPTURED"),
        (refund("att_9", &original, 600), "approved 600 KRW"),
    ] {
        assert_eq!(short(&world.send(&request).await), answer, "{request:?}");
    }
    assert_eq!(world.deposit(&issued, 1_000).await, Err(DepositError::AlreadyDeposited));
    assert_eq!(world.entry("att_1").await.unwrap().returned, Money::krw(1_000));
}

#[tokio::test]
async fn deposits_at_once_are_one() {
    let world = World::start().await;
    let issued = world.issue("att_1", 1_000).await;
    let deposits: Vec<_> = (0..40)
        .map(|_| {
            let (simulator, number) = (world.simulator.clone(), issued.number.clone());
            tokio::spawn(async move { simulator.deposit(&number, Money::krw(1_000), PATIENCE).await })
        })
        .collect();
    let mut taken = 0;
    for deposit in deposits {
        match deposit.await.unwrap() {
            Ok(()) => taken += 1,
            Err(refusal) => assert_eq!(refusal, DepositError::AlreadyDeposited),
        }
    }
    assert_eq!(taken, 1);
    assert_eq!(world.entry("att_1").await.unwrap().captured, Money::krw(1_000));
}

#[tokio::test]
async fn a_deposit_and_a_net_cancel_at_once_leave_nothing_either_way() {
    let world = World::start().await;
    for round in 0..20 {
        let reference = format!("att_{round}");
        let issued = world.issue(&reference, 1_000).await;
        let (deposited, canceled) = tokio::join!(world.deposit(&issued, 1_000), world.net_cancel(&reference));
        assert_eq!(canceled, NetCancel::Confirmed);
        assert!(matches!(deposited, Ok(()) | Err(DepositError::AccountClosed)), "{deposited:?}");
        assert_eq!(world.inquire(&reference).await, Inquiry::Undone);
        assert_eq!(world.entry(&reference).await.unwrap().captured, Money::krw(0));
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_by_asking() {
    let world = World::start().await;
    let due_at = world.in_an_hour();
    for (kind, answer, inquiry) in [
        ("dropBefore", "unknown", "not found"),
        ("timeoutBefore", "unknown", "not found"),
        ("timeoutAfter", "unknown", "issued 1000 KRW"),
        ("dropAfter", "unknown", "issued 1000 KRW"),
        ("duplicateAnswer", "unknown", "issued 1000 KRW"),
        ("garbage", "unknown", "issued 1000 KRW"),
        ("serverErrorAfter", "unknown", "issued 1000 KRW"),
        ("wrongAmount", "issued 1001 KRW", "issued 1000 KRW"),
        ("decline", "declined GENERIC_DECLINE", "declined GENERIC_DECLINE"),
    ] {
        let mut fault = json!({"kind": kind, "operations": ["purchase"], "reference": kind});
        if kind == "decline" {
            fault["code"] = json!("GENERIC_DECLINE");
        }
        world.arm(fault).await;
        assert_eq!(short(&world.send(&by_account(kind, 1_000, due_at)).await), answer, "{kind}");
        assert_eq!(short_inquiry(&world.inquire(kind).await), inquiry, "{kind}");
    }
}

#[tokio::test]
async fn accounts_and_deposits_outlive_their_server() {
    let world = World::start().await;
    let (open, paid) = (world.issue("att_1", 1_000).await, world.issue("att_2", 1_000).await);
    assert_eq!(world.deposit(&paid, 1_000).await, Ok(()));
    let before = world.book().await;
    let world = world.restart().await;
    assert_eq!(world.book().await, before);
    assert_eq!(world.deposit(&paid, 1_000).await, Err(DepositError::AlreadyDeposited));
    assert_eq!(world.deposit(&open, 1_000).await, Ok(()));
}

const ISSUED: &str = r#"{"status":"issued","reference":"att_1","acquirerTransactionId":"sim_1","bank":"woori","number":"02091234567890","holder":"가게","dueAt":"2099-01-01T00:00:00Z","amount":1000,"currency":"KRW"}"#;
const APPROVED: &str = r#"{"status":"approved","reference":"att_1","acquirerTransactionId":"sim_1","approvalNumber":"00000001","amount":1000,"currency":"KRW"}"#;

#[tokio::test]
async fn only_a_whole_answer_about_an_account_is_believed() {
    let due_at = steelyard_domain::Timestamp::from_micros(4_070_908_800_000_000);
    let account = by_account("att_1", 1_000, due_at);
    let http = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    };
    for (request, answer, expected) in [
        (&account, http("200 OK", ISSUED), "issued 1000 KRW"),
        (&account, http("201 Created", ISSUED), "unknown"),
        (&account, http("402 Payment Required", ISSUED), "unknown"),
        (&account, http("200 OK", &ISSUED.replace("att_1", "att_2")), "unknown"),
        (&account, http("200 OK", &ISSUED.replace("woori", "nobank")), "unknown"),
        (&account, http("200 OK", &ISSUED.replace("02091234567890", "")), "unknown"),
        (&account, http("200 OK", &ISSUED.replace("2099-01-01T00:00:00Z", "2099-13-01")), "unknown"),
        (&account, http("200 OK", &ISSUED.replace("KRW", "KRX")), "unknown"),
        // Approved without a deposit, or an account that nobody asked for.
        (&account, http("200 OK", APPROVED), "unknown"),
        (&purchase("att_1", 1_000), http("200 OK", ISSUED), "unknown"),
        (&purchase("att_1", 1_000), http("200 OK", APPROVED), "approved 1000 KRW"),
    ] {
        let shown = answer.clone();
        let (address, _) = canned(vec![answer.into_bytes()]).await;
        let simulator = steelyard_connectors::simulator::Simulator::new(&format!("http://{address}")).unwrap();
        assert_eq!(short(&simulator.send(request, PATIENCE).await), expected, "{shown}");
    }
    let (address, _) = canned(vec![http("200 OK", ISSUED).into_bytes()]).await;
    let simulator = steelyard_connectors::simulator::Simulator::new(&format!("http://{address}")).unwrap();
    let Inquiry::Issued(issued) = simulator.inquire("att_1", PATIENCE).await else { panic!("issued") };
    assert_eq!((issued.due_at, issued.holder.as_str()), (due_at, "가게"));
}
