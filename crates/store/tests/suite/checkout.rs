//! Checkout sessions, settings and used tickets.

use steelyard_domain::{
    CheckoutSessionId, Mode, PayerId, Span, Tenant, TicketId,
    checkout::{Binding, CheckoutMethod, CheckoutSession, CheckoutSettings, Locale, Purpose, QrCode, SessionStatus},
    order::Order,
};
use steelyard_store::checkout::{
    checkout_session, checkout_sessions_by_id, checkout_sessions_by_short_code, checkout_settings,
    checkout_settings_by_tenant, checkout_versions, purge_tickets, use_ticket,
};
use steelyard_testkit::{Clock, Database, Make, both_engines, make::Item};

both_engines!(
    a_session_is_read_as_written_and_changed,
    a_session_is_found_by_its_short_code_while_it_is_open,
    the_versions_behind_a_page_follow_order_payment_and_session,
    settings_are_one_row_a_tenant,
    a_ticket_is_used_once,
);

fn session(make: &mut Make, order: &Order) -> CheckoutSession {
    CheckoutSession {
        id: CheckoutSessionId::from_uuid(make.id()),
        tenant: order.tenant,
        order: order.id,
        purpose: Purpose::Pay,
        status: SessionStatus::Open,
        methods: CheckoutMethod::ALL.to_vec(),
        locale: Locale::Auto,
        success_url: Some(String::from("https://shop.example/done")),
        cancel_url: None,
        match_from: Some(0),
        extensions: 0,
        qr: None,
        metadata: None,
        created_at: make.now(),
        opened_at: None,
        completed_at: None,
        version: 1,
    }
}

fn order_of(make: &mut Make, tenant: Tenant) -> Order {
    let seller = make.seller(tenant).id;
    make.order(tenant, &[Item::of(seller, "한라봉 5kg", 1, 36_000)]).0
}

fn scanned(make: &mut Make) -> QrCode {
    QrCode {
        generation: 3,
        short_code: String::from("48271936"),
        match_number: Some(47),
        expires_at: make.now().after(Span::from_minutes(3)),
        binding: Some(Binding {
            payer: PayerId::from_uuid(make.id()),
            label: String::from("김*수"),
            until: make.now().after(Span::from_secs(60)),
        }),
    }
}

fn tenant(make: &mut Make) -> Tenant {
    Tenant { merchant: make.merchant().id, mode: Mode::Test }
}

async fn a_session_is_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = tenant(&mut make);
    let order = order_of(&mut make, tenant);
    let bare = session(&mut make, &order);
    let full = CheckoutSession {
        purpose: Purpose::Authenticate,
        methods: vec![CheckoutMethod::Card],
        locale: Locale::Korean,
        cancel_url: Some(String::from("https://shop.example/cart")),
        match_from: None,
        qr: Some(scanned(&mut make)),
        metadata: Some(String::from(r#"{"a":"b"}"#)),
        opened_at: Some(make.now()),
        ..session(&mut make, &order)
    };
    database.save(|script| script.insert(vec![&bare, &full])).await.unwrap();
    let reader = database.reader().await;
    for one in [&bare, &full] {
        assert_eq!(checkout_session(&reader, one.id).await.unwrap().as_ref(), Some(one));
    }
    let nobody = CheckoutSessionId::from_uuid(make.id());
    assert_eq!(checkout_session(&reader, nobody).await.unwrap(), None);

    let changed = CheckoutSession {
        status: SessionStatus::Completed,
        extensions: 6,
        qr: Some(scanned(&mut make)),
        completed_at: Some(make.now()),
        version: 2,
        ..bare.clone()
    };
    database.save(|script| script.update(vec![(&changed, 1)])).await.unwrap();
    assert!(database.save(|script| script.update(vec![(&changed, 1)])).await.is_err(), "a version that is over");
    let ids = [bare.id.uuid(), full.id.uuid()];
    let mut found = database.look(async |tx| checkout_sessions_by_id(tx, &ids).await).await;
    found.sort_by_key(|session| session.id);
    assert_eq!(found, [changed, full]);
}

async fn a_session_is_found_by_its_short_code_while_it_is_open(database: &Database) {
    let mut make = Make::default();
    let tenant = tenant(&mut make);
    let order = order_of(&mut make, tenant);
    let open = CheckoutSession { qr: Some(scanned(&mut make)), ..session(&mut make, &order) };
    let over =
        CheckoutSession { status: SessionStatus::Expired, qr: Some(scanned(&mut make)), ..session(&mut make, &order) };
    database.save(|script| script.insert(vec![&open, &over])).await.unwrap();
    let reader = database.reader().await;
    for (mode, code, expected) in [
        (Mode::Test, "48271936", vec![open.clone()]),
        (Mode::Live, "48271936", vec![]),
        (Mode::Test, "00000000", vec![]),
    ] {
        assert_eq!(checkout_sessions_by_short_code(&reader, mode, code).await.unwrap(), expected);
    }
}

async fn the_versions_behind_a_page_follow_order_payment_and_session(database: &Database) {
    let mut make = Make::default();
    let tenant = tenant(&mut make);
    let (paid, unpaid) = (order_of(&mut make, tenant), order_of(&mut make, tenant));
    let payment = make.payment(&paid);
    let sessions = [session(&mut make, &paid), session(&mut make, &unpaid)];
    database
        .save(|script| {
            script.insert(vec![&paid, &unpaid]);
            script.insert(vec![&payment]);
            script.insert(sessions.iter().collect());
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    let ids = [sessions[0].id, sessions[1].id, CheckoutSessionId::from_uuid(make.id())];
    let mut found = checkout_versions(&reader, &ids).await.unwrap();
    found.sort_by_key(|versions| versions.session);
    let versions: Vec<_> = found.iter().map(|found| found.versions).collect();
    assert_eq!(versions, [(1, paid.version, payment.version), (1, unpaid.version, 0)]);
    assert_eq!(checkout_versions(&reader, &[]).await.unwrap(), []);
}

async fn settings_are_one_row_a_tenant(database: &Database) {
    let mut make = Make::default();
    let tenant = tenant(&mut make);
    let settings = CheckoutSettings {
        origins: vec![String::from("https://a.example"), String::from("https://b.example:8443")],
        match_from: Some(50_000),
        updated_at: make.now(),
        version: 1,
        ..CheckoutSettings::untouched(tenant)
    };
    let reader = database.reader().await;
    assert_eq!(checkout_settings(&reader, tenant).await.unwrap(), None);
    database.save(|script| script.insert(vec![&settings])).await.unwrap();
    assert!(database.save(|script| script.insert(vec![&settings])).await.is_err(), "one a tenant");
    assert_eq!(checkout_settings(&reader, tenant).await.unwrap(), Some(settings.clone()));
    assert_eq!(checkout_settings(&reader, Tenant { mode: Mode::Live, ..tenant }).await.unwrap(), None);
    let changed = CheckoutSettings { origins: Vec::new(), match_from: None, version: 2, ..settings };
    database.save(|script| script.update(vec![(&changed, 1)])).await.unwrap();
    let keys = [vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into()]];
    assert_eq!(database.look(async |tx| checkout_settings_by_tenant(tx, &keys).await).await, [changed]);
}

async fn a_ticket_is_used_once(database: &Database) {
    let mut make = Make::default();
    let ticket = TicketId::from_uuid(make.id());
    let later = Clock::START.after(Span::from_secs(60));
    for expected in [true, false] {
        let used = database.write(async |tx| use_ticket(tx, ticket, Clock::START).await).await.unwrap();
        assert_eq!(used, expected);
    }
    for (before, expected) in [(Clock::START, 0), (later, 1), (later, 0)] {
        assert_eq!(database.write(async |tx| purge_tickets(tx, before).await).await.unwrap(), expected);
    }
}
