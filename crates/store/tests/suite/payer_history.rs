//! What payers paid, got back and brought in; and payments that wait for a deposit.

use steelyard_domain::{
    Bank, Mode, Span, Tenant,
    gift_card::{GiftCard, GiftCardState},
    method::{AccountSummary, MethodType},
    order::Order,
    payment::{
        Payment, PaymentStatus,
        movement::{Movement, MovementKind, MovementStatus},
    },
};
use steelyard_store::{
    payer::{TopUpUnderWay, payer_history, payment_of_payer, top_ups_under_way},
    payment::{expiring_deposits, movements_of_payment, payment_by_account},
    reach::Reach,
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    a_history_has_what_was_paid_and_what_came_latest_first,
    a_payment_is_there_for_its_payer_alone,
    what_is_on_its_way_to_a_balance_is_found_by_its_payer,
    a_payment_is_found_by_the_number_of_its_account,
    accounts_whose_time_is_over_are_found_by_their_due_date,
    the_movements_of_a_payment_come_oldest_first,
);

async fn a_history_has_what_was_paid_and_what_came_latest_first(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let (payer, other) = (make.payer(Mode::Test), make.payer(Mode::Test));
    let (bought, lines) = make.plain_order(tenant);
    let paid = Payment { payer: Some(payer.id), method: MethodType::Wallet, ..make.captured_payment(&bought) };
    let (plain, _) = make.plain_order(tenant);
    let top_up = Order { top_up_of: Some(payer.id), ..plain };
    let brought = make.captured_payment(&top_up);
    let came_in = make.movement(&brought);
    make.clock.advance(Span::from_secs(1));
    let went_out = make.movement(&paid);
    make.clock.advance(Span::from_secs(1));
    let redeemed = GiftCard {
        state: GiftCardState::Redeemed,
        redeemed_by: Some(payer.id),
        redeemed_at: Some(make.now()),
        version: 2,
        ..make.gift_card(tenant, 5_000)
    };
    let attempt = make_attempt(&mut make);
    let refund = steelyard_domain::payment::Refund { amount: 100, ..make.refund(&paid, attempt, Vec::new()) };
    make.clock.advance(Span::from_secs(1));
    let came_back = Movement { status: MovementStatus::Done, ..make.return_movement(&paid, &refund) };
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&payer, &other]);
            script.insert(vec![&bought, &top_up]);
            script.insert(lines.iter().collect());
            script.insert(vec![&paid, &brought]);
            script.insert(vec![&came_in, &went_out, &came_back]);
            script.insert(vec![&redeemed]);
        })
        .await
        .unwrap();

    let reader = database.reader().await;
    let all = payer_history(&reader, payer.id, None, 10).await.unwrap();
    let told: Vec<_> = all.iter().map(|row| (row.kind.as_str(), row.amount, row.title.as_deref())).collect();
    let name = Some(bought.name.as_str());
    assert_eq!(
        told,
        [
            (came_back.kind.as_str(), 100, name),
            ("redemption", 5_000, None),
            ("payment", -paid.amount, name),
            ("topUp", brought.amount, None),
        ]
    );
    assert!(
        all.iter()
            .all(|row| (row.merchant, &row.merchant_name) == (merchant.id, &merchant.name) && row.status == "done")
    );
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let page = payer_history(&reader, payer.id, cursor, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some((last.occurred_at.micros(), last.id));
        pages.extend(page);
    }
    assert_eq!(pages, all);
    assert_eq!(payer_history(&reader, other.id, None, 10).await.unwrap(), []);
}

fn make_attempt(make: &mut Make) -> steelyard_domain::AttemptId {
    steelyard_domain::AttemptId::from_uuid(make.id())
}

async fn a_payment_is_there_for_its_payer_alone(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (payer, other) = (make.payer(Mode::Test), make.payer(Mode::Test));
    let (bought, _) = make.plain_order(tenant);
    let paid = Payment { payer: Some(payer.id), ..make.captured_payment(&bought) };
    let (plain, _) = make.plain_order(tenant);
    let top_up = Order { top_up_of: Some(payer.id), ..plain };
    let brought = make.captured_payment(&top_up);
    database
        .save(|script| {
            script.insert(vec![&bought, &top_up]);
            script.insert(vec![&paid, &brought]);
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    for own in [&paid, &brought] {
        assert_eq!(payment_of_payer(&reader, payer.id, own.id).await.unwrap().as_ref(), Some(own));
        assert_eq!(payment_of_payer(&reader, other.id, own.id).await.unwrap(), None);
    }
}

fn waiting(make: &mut Make, order: &Order, number: &str) -> Payment {
    let account = AccountSummary {
        bank: Bank::parse("kookmin").unwrap(),
        number: number.to_owned(),
        holder: Some(String::from("제주 감귤상회")),
        due_at: Some(make.now().after(Span::from_hours(24))),
    };
    Payment {
        status: PaymentStatus::WaitingForDeposit,
        method: MethodType::VirtualAccount,
        card: None,
        account: Some(account),
        ..make.payment(order)
    }
}

async fn a_payment_is_found_by_the_number_of_its_account(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let payment = waiting(&mut make, &order, "00412345678901");
    database
        .save(|script| {
            script.insert(vec![&order]);
            script.insert(vec![&payment]);
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    let live = Tenant { mode: Mode::Live, ..tenant };
    for (tenant, number, expected) in
        [(tenant, "00412345678901", Some(&payment)), (live, "00412345678901", None), (tenant, "0", None)]
    {
        assert_eq!(payment_by_account(&reader, tenant, number).await.unwrap().as_ref(), expected);
    }
}

async fn accounts_whose_time_is_over_are_found_by_their_due_date(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let ((first, _), (second, _)) = (make.plain_order(tenant), make.plain_order(tenant));
    let waits = waiting(&mut make, &first, "00412345678901");
    let over = Payment { status: PaymentStatus::Expired, ..waiting(&mut make, &second, "00412345678902") };
    database
        .save(|script| {
            script.insert(vec![&first, &second]);
            script.insert(vec![&waits, &over]);
        })
        .await
        .unwrap();
    let due = waits.account.as_ref().and_then(|account| account.due_at).unwrap();
    let reader = database.reader().await;
    assert_eq!(expiring_deposits(&reader, Reach::all(due.before(Span::from_secs(1))), None, 10).await.unwrap(), []);
    let found = expiring_deposits(&reader, Reach::all(due), None, 10).await.unwrap();
    let told: Vec<_> = found.iter().map(|awaited| (awaited.order, awaited.tenant, awaited.ends_at)).collect();
    assert_eq!(told, [(first.id, tenant, due)]);
    let after = found.last().map(|last| (last.ends_at.micros(), last.id.uuid()));
    assert_eq!(expiring_deposits(&reader, Reach::all(due), after, 10).await.unwrap(), []);
}

async fn the_movements_of_a_payment_come_oldest_first(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, _) = make.plain_order(tenant);
    let payment = make.captured_payment(&order);
    let first = make.movement(&payment);
    make.clock.advance(Span::from_secs(1));
    let attempt = make_attempt(&mut make);
    let refund = steelyard_domain::payment::Refund { amount: 100, ..make.refund(&payment, attempt, Vec::new()) };
    let second = make.return_movement(&payment, &refund);
    database.save(|script| script.insert(vec![&second, &first])).await.unwrap();
    let reader = database.reader().await;
    let found = movements_of_payment(&reader, payment.id).await.unwrap();
    assert_eq!(found.iter().map(|movement| movement.kind).collect::<Vec<_>>(), [MovementKind::Payment, second.kind]);
    assert_eq!(found, [first, second]);
}

async fn what_is_on_its_way_to_a_balance_is_found_by_its_payer(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let (payer, other) = (make.payer(Mode::Test), make.payer(Mode::Test));
    let mut rows = Vec::new();
    for (of, status) in [
        (Some(payer.id), PaymentStatus::InProgress),
        (Some(payer.id), PaymentStatus::Unknown),
        (Some(payer.id), PaymentStatus::Ready),
        (Some(payer.id), PaymentStatus::Captured),
        (Some(other.id), PaymentStatus::InProgress),
        (None, PaymentStatus::InProgress),
    ] {
        let (plain, lines) = make.plain_order(tenant);
        let order = Order { top_up_of: of, ..plain };
        let payment = if status == PaymentStatus::Captured {
            make.captured_payment(&order)
        } else {
            Payment { status, ..make.payment(&order) }
        };
        rows.push((order, lines, payment));
    }
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(vec![&payer, &other]);
            script.insert(rows.iter().map(|(order, ..)| order).collect());
            script.insert(rows.iter().flat_map(|(_, lines, _)| lines).collect());
            script.insert(rows.iter().map(|(.., payment)| payment).collect());
        })
        .await
        .unwrap();

    let under_way = |number: usize| {
        let (order, _, payment) = &rows[number];
        let payer = order.top_up_of.unwrap();
        TopUpUnderWay { payer, order: order.id, currency: order.currency, amount: payment.amount }
    };
    for (payers, expected) in [
        (vec![payer.id], vec![under_way(0), under_way(1)]),
        (vec![payer.id, other.id], vec![under_way(0), under_way(1), under_way(4)]),
        (vec![], vec![]),
    ] {
        let ids: Vec<_> = payers.iter().map(|id| id.uuid()).collect();
        let mut found = database.look(async |tx| top_ups_under_way(tx, &ids).await).await;
        found.sort_by_key(|top_up| top_up.order);
        assert_eq!(found, expected);
    }
}
