//! Payments and attempts.

use steelyard_domain::{
    AttemptId, Currency, FeePolicyId, IdempotencyId, Mode, PaymentId, Rate, RefundId, Span, Tenant, Timestamp,
    fee::{Fee, FeeTerms, RefundFee},
    method::{CardSummary, ConnectorName, MethodType},
    order::Order,
    payment::{
        Attempt, AttemptState, CaptureMode, Failure, Operation, Payment, PaymentStatus,
        resolution::{Resolution, ResolutionStep},
    },
};
use steelyard_store::{
    StoreError,
    payment::{self, AttemptLink, ComparedAttempt, EndingPayment},
    reach::Reach,
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    payments_are_read_as_written_and_changed,
    each_amount_of_a_payment_is_in_its_own_column,
    a_payment_changed_meanwhile_is_a_conflict,
    authorizations_that_end_are_found_earliest_first,
    attempts_are_read_as_written_and_changed,
    each_number_of_an_attempt_is_in_its_own_column,
    attempts_that_are_due_are_found_most_overdue_first,
    attempts_are_compared_with_an_acquirers_book_in_pages,
);

/// With every optional field set, every amount another.
fn full_payment(make: &mut Make, order: &Order) -> Payment {
    Payment {
        status: PaymentStatus::PartiallyRefunded,
        connector: ConnectorName::Stub,
        method: MethodType::BillingKey,
        card: Some(CardSummary {
            brand: String::new(),
            issuer: String::from("하나"),
            bin: String::from("12345678"),
            last4: String::from("0000"),
            installment_months: u8::MAX,
        }),
        capture_mode: CaptureMode::Manual,
        currency: Currency::Jpy,
        amount: 1_000_000,
        captured: 900_000,
        canceled: 1,
        refunded: 2,
        in_flight: 3,
        fee_policy: FeePolicyId::from_uuid(make.id()),
        fee_terms: FeeTerms { rate: Rate::from_per_million(7).unwrap(), fixed: 8, refund_fee: RefundFee::Keep },
        fee: Fee { amount: 90, vat: 80 },
        fee_returned: Fee { amount: 9, vat: 10 },
        approval_number: Some(String::from("00000001")),
        acquirer_transaction_id: Some(String::from("T-1")),
        failure: Some(Failure {
            code: String::from("PAYMENT_DECLINED"),
            decline_code: Some(String::from("INSUFFICIENT_LIMIT")),
            message: String::from("한도 초과"),
        }),
        metadata: Some(String::from("{}")),
        created_at: Timestamp::from_micros(11),
        approved_at: Some(Timestamp::from_micros(12)),
        captured_at: Some(Timestamp::from_micros(13)),
        authorized_until: Some(Timestamp::from_micros(14)),
        updated_at: Timestamp::from_micros(15),
        version: 16,
        ..make.payment(order)
    }
}

async fn payments_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let (other, _) = make.plain_order(tenant);
    let bare = Payment { card: None, ..make.payment(&order) };
    let full = full_payment(&mut make, &other);
    database.save(|script| script.insert(vec![&bare, &full])).await.unwrap();

    let reader = database.reader().await;
    let live = Tenant { mode: Mode::Live, ..tenant };
    for one in [&bare, &full] {
        assert_eq!(payment::payment(&reader, tenant, one.id).await.unwrap().as_ref(), Some(one));
        assert_eq!(payment::payment(&reader, live, one.id).await.unwrap(), None);
        assert_eq!(payment::payment_of_order(&reader, one.order).await.unwrap().as_ref(), Some(one));
        assert_eq!(payment::order_of_payment(&reader, tenant, one.id).await.unwrap(), Some(one.order));
        assert_eq!(payment::order_of_payment(&reader, live, one.id).await.unwrap(), None);
    }
    let mut all = payment::payments(&reader, &[full.id, bare.id]).await.unwrap();
    all.sort_by_key(|payment| payment.id);
    assert_eq!(all, [bare.clone(), full.clone()]);
    assert_eq!(payment::payments(&reader, &[]).await.unwrap(), []);
    let mut of_orders = payment::payments_by_order(&reader, &[other.id, order.id]).await.unwrap();
    of_orders.sort_by_key(|payment| payment.id);
    assert_eq!(of_orders, all);
    assert_eq!(payment::payments_by_order(&reader, &[]).await.unwrap(), []);

    // Each takes over what an update may change of the other.
    let now_full = Payment {
        method: bare.method,
        currency: bare.currency,
        amount: bare.amount,
        captured: bare.amount,
        fee_policy: bare.fee_policy,
        fee_terms: bare.fee_terms,
        created_at: bare.created_at,
        id: bare.id,
        order: bare.order,
        version: 2,
        ..full.clone()
    };
    let failure = Failure { code: String::from("NET_CANCELED"), decline_code: None, message: String::new() };
    let now_bare = Payment {
        card: None,
        approval_number: None,
        acquirer_transaction_id: None,
        failure: Some(failure),
        metadata: None,
        approved_at: None,
        captured_at: None,
        authorized_until: None,
        version: 17,
        ..full.clone()
    };
    database.save(|script| script.update(vec![(&now_full, 1), (&now_bare, 16)])).await.unwrap();
    let orders = [order.id.uuid(), other.id.uuid()];
    let mut found = database.look(async |tx| payment::payments_of_orders(tx, &orders).await).await;
    found.sort_by_key(|payment| payment.id);
    assert_eq!(found, [now_full, now_bare]);
}

async fn each_amount_of_a_payment_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let full = full_payment(&mut make, &order);
    database.save(|script| script.insert(vec![&full])).await.unwrap();
    for (column, value) in [
        ("amount", 1_000_000),
        ("captured", 900_000),
        ("canceled", 1),
        ("refunded", 2),
        ("in_flight", 3),
        ("fee_rate", 7),
        ("fee_fixed", 8),
        ("fee", 90),
        ("fee_vat", 80),
        ("fee_returned", 9),
        ("fee_vat_returned", 10),
        ("created_at", 11),
        ("approved_at", 12),
        ("captured_at", 13),
        ("authorized_until", 14),
        ("updated_at", 15),
        ("version", 16),
        ("installment_months", 255),
    ] {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM payment")).await, [value], "{column}");
    }
}

async fn a_payment_changed_meanwhile_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let ready = make.payment(&order);
    database.save(|script| script.insert(vec![&ready])).await.unwrap();
    let sent = Payment { status: PaymentStatus::InProgress, version: 2, ..ready.clone() };
    database.save(|script| script.update(vec![(&sent, 1)])).await.unwrap();
    let late = Payment { status: PaymentStatus::Failed, version: 2, ..ready };
    let refused = database.save(|script| script.update(vec![(&late, 1)])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let reader = database.reader().await;
    assert_eq!(payment::payment(&reader, tenant, sent.id).await.unwrap(), Some(sent));
}

async fn authorizations_that_end_are_found_earliest_first(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let horizon = make.now();
    let mut payments = Vec::new();
    for (status, after) in [
        (PaymentStatus::Authorized, 0),
        (PaymentStatus::Authorized, -2),
        (PaymentStatus::Authorized, 1),
        (PaymentStatus::Canceled, -3),
        (PaymentStatus::Authorized, -1),
    ] {
        let (order, _) = make.plain_order(tenant);
        let authorized_until = Some(horizon.after(Span::from_micros(after)));
        payments.push(Payment { status, authorized_until, ..make.payment(&order) });
    }
    database.save(|script| script.insert(payments.iter().collect())).await.unwrap();
    let held = |payment: &Payment| EndingPayment {
        id: payment.id,
        order: payment.order,
        tenant,
        ends_at: payment.authorized_until.unwrap(),
    };
    let reader = database.reader().await;
    let all = payment::expiring_authorizations(&reader, Reach::all(horizon), None, 10).await.unwrap();
    assert_eq!(all, [held(&payments[1]), held(&payments[4]), held(&payments[0])]);
    let first = payment::expiring_authorizations(&reader, Reach::all(horizon), None, 1).await.unwrap();
    assert_eq!(first, [held(&payments[1])]);
    let after = first.last().map(|last| (last.ends_at.micros(), last.id.uuid()));
    let rest = payment::expiring_authorizations(&reader, Reach::all(horizon), after, 10).await.unwrap();
    assert_eq!(rest, [held(&payments[4]), held(&payments[0])]);
}

/// With every optional field set.
fn full_attempt(make: &mut Make, payment: &Payment) -> Attempt {
    let sent = make.sent_attempt(payment);
    Attempt {
        refund: Some(RefundId::from_uuid(make.id())),
        connector: ConnectorName::CardMock,
        operation: Operation::Refund,
        state: AttemptState::Unknown,
        currency: Currency::Usd,
        amount: 1,
        authentication: Some(String::from("auth-1")),
        acquirer_transaction_id: Some(String::from("T-1")),
        approval_number: Some(String::from("A-1")),
        code: Some(String::from("C-1")),
        message: Some(String::from("응답 없음")),
        created_at: Timestamp::from_micros(2),
        sent_at: Some(Timestamp::from_micros(3)),
        answered_at: Some(Timestamp::from_micros(4)),
        resolution: Resolution { step: ResolutionStep::NetCancel, checks: 5, not_found: 6 },
        next_check_at: Some(Timestamp::from_micros(7)),
        idempotency: Some(IdempotencyId::from_uuid(make.id())),
        version: 8,
        ..sent
    }
}

async fn attempts_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let payment = make.payment(&order);
    let sent = make.sent_attempt(&payment);
    let bare = Attempt { state: AttemptState::Created, sent_at: None, next_check_at: None, ..sent };
    let full = full_attempt(&mut make, &payment);
    database.save(|script| script.insert(vec![&full, &bare])).await.unwrap();

    let reader = database.reader().await;
    assert_eq!(payment::attempts(&reader, &[order.id]).await.unwrap(), [bare.clone(), full.clone()]);
    assert_eq!(payment::attempts(&reader, &[]).await.unwrap(), []);
    let link = AttemptLink { order: order.id, payment: payment.id, tenant };
    assert_eq!(payment::attempt_link(&reader, full.id).await.unwrap(), Some(link));
    assert_eq!(payment::attempt_link(&reader, AttemptId::from_uuid(make.id())).await.unwrap(), None);

    let now_full = Attempt {
        id: bare.id,
        refund: None,
        connector: bare.connector,
        operation: bare.operation,
        currency: bare.currency,
        amount: bare.amount,
        created_at: bare.created_at,
        acquirer_transaction_id: Some(String::from("T-2")),
        version: 2,
        ..full.clone()
    };
    let now_bare = Attempt {
        state: AttemptState::Declined,
        authentication: None,
        acquirer_transaction_id: None,
        approval_number: None,
        code: None,
        message: None,
        sent_at: None,
        answered_at: None,
        next_check_at: None,
        idempotency: None,
        version: 9,
        ..full.clone()
    };
    database.save(|script| script.update(vec![(&now_full, 1), (&now_bare, 8)])).await.unwrap();
    let orders = [order.id.uuid()];
    let mut found = database.look(async |tx| payment::attempts_of_orders(tx, &orders).await).await;
    found.sort_by_key(|attempt| attempt.id);
    assert_eq!(found, [now_full, now_bare.clone()]);
    let stale = database.save(|script| script.update(vec![(&now_bare, 8)])).await;
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
}

async fn each_number_of_an_attempt_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let payment = make.payment(&order);
    let full = full_attempt(&mut make, &payment);
    database.save(|script| script.insert(vec![&full])).await.unwrap();
    for (column, value) in [
        ("amount", 1),
        ("created_at", 2),
        ("sent_at", 3),
        ("answered_at", 4),
        ("checks", 5),
        ("not_found", 6),
        ("next_check_at", 7),
        ("version", 8),
    ] {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM attempt")).await, [value], "{column}");
    }
}

async fn attempts_that_are_due_are_found_most_overdue_first(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let now = make.now();
    let mut attempts = Vec::new();
    let (open, issued) = (AttemptState::Sent, AttemptState::Approved);
    for (after, state) in [
        (Some(0), open),
        (Some(-2), open),
        (Some(1), open),
        (None, AttemptState::Declined),
        (Some(-1), open),
        (Some(0), issued),
        (Some(-9), issued),
        (Some(1), issued),
        (None, issued),
    ] {
        let (order, _) = make.plain_order(tenant);
        let payment = Payment { id: PaymentId::from_uuid(make.id()), ..make.payment(&order) };
        let next_check_at = after.map(|after| now.after(Span::from_micros(after)));
        attempts.push(Attempt { state, next_check_at, ..make.sent_attempt(&payment) });
    }
    database.save(|script| script.insert(attempts.iter().collect())).await.unwrap();
    let pick = |numbers: &[usize]| -> Vec<Attempt> { numbers.iter().map(|n| attempts[*n].clone()).collect() };
    let reader = database.reader().await;
    assert_eq!(payment::due_attempts(&reader, now, 10).await.unwrap(), pick(&[1, 4, 0]));
    assert_eq!(payment::due_attempts(&reader, now, 2).await.unwrap(), pick(&[1, 4]));
    assert_eq!(payment::due_deposits(&reader, now, 10).await.unwrap(), pick(&[6, 5]));
    assert_eq!(payment::due_deposits(&reader, now, 1).await.unwrap(), pick(&[6]));
}

async fn attempts_are_compared_with_an_acquirers_book_in_pages(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (mut payments, mut attempts) = (Vec::new(), Vec::new());
    for connector in [ConnectorName::Simulator, ConnectorName::CardMock, ConnectorName::Simulator] {
        let (order, _) = make.plain_order(tenant);
        let payment = Payment { canceled: 7, refunded: 8, ..make.captured_payment(&order) };
        attempts.push(Attempt { connector, ..make.sent_attempt(&payment) });
        payments.push(payment);
    }
    database
        .save(|script| {
            script.insert(payments.iter().collect());
            script.insert(attempts.iter().collect());
        })
        .await
        .unwrap();
    let compared = |number: usize| ComparedAttempt {
        id: attempts[number].id,
        payment: payments[number].id,
        operation: attempts[number].operation,
        state: attempts[number].state,
        currency: attempts[number].currency,
        amount: attempts[number].amount,
        sent_at: attempts[number].sent_at,
        next_check_at: attempts[number].next_check_at,
        captured: payments[number].captured,
        returned: 15,
    };
    let reader = database.reader().await;
    let simulator = ConnectorName::Simulator;
    let first = payment::compared_attempts(&reader, simulator, None, 1).await.unwrap();
    assert_eq!(first, [compared(0)]);
    let rest = payment::compared_attempts(&reader, simulator, Some(first[0].id), 10).await.unwrap();
    assert_eq!(rest, [compared(2)]);
    let other = payment::compared_attempts(&reader, ConnectorName::CardMock, None, 10).await.unwrap();
    assert_eq!(other, [compared(1)]);
}
