//! The second wall: every constraint of the schema refuses what it is there to refuse.

mod violations;

use std::collections::BTreeSet;

use steelyard_domain::{
    CheckoutSessionId, Currency, Mode, OrderId, PayerId, Tenant, TicketId,
    catalog::Product,
    checkout::{CheckoutMethod, CheckoutSession, CheckoutSettings, Locale, Purpose, QR_LIFE, QrCode, SessionStatus},
    ledger::posting::{self, Beneficiary, Funds, Scene},
    method::ConnectorName,
    order::{Order, OrderLine},
};
use steelyard_store::{
    Engine, StoreError, Writer,
    checkout::use_ticket,
    commit_marker,
    notice::note_notice,
    payment::PartOfRefund,
    rollup::{MovementBucket, MovementSum, PaymentBucket, PaymentSum, grow_movements, grow_payments},
    secret,
};
use steelyard_testkit::{Database, Make, both_engines};
use violations::{VIOLATIONS, Violation};

both_engines!(every_constraint_refuses_a_copy_of_a_good_row_that_breaks_it);

/// One good row in every table.
async fn fill(database: &Database) {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    database.save(|script| script.insert(vec![&merchant])).await.unwrap();
    let order = fill_sale(database, &mut make, tenant).await;
    fill_money(database, &mut make, &order).await;
    fill_ledger(database, &mut make, tenant).await;
    fill_payer(database, &mut make, tenant).await;
    fill_checkout(database, &mut make, &order.0).await;
    let batch = make.id();
    let answered = make.answered_key(tenant, "k");
    let answer = Make::answer_of(&answered);
    let event = make.event(tenant, "order.created", order.0.id.to_string(), 1);
    database
        .save(|script| {
            script.insert(vec![&answered]);
            script.insert(vec![&answer]);
            script.insert(vec![&event]);
            commit_marker::mark(script, batch, make.now());
        })
        .await
        .unwrap();
    database.write(async |tx| secret::secret_or_insert(tx, "cursor", &[1]).await).await.unwrap();
    if database.engine() == Engine::Postgres {
        database.sql("INSERT INTO event_position SELECT 1, seq FROM event").await.unwrap();
    }
}

/// What is sold: the answer is an order with its line.
async fn fill_sale(database: &Database, make: &mut Make, tenant: Tenant) -> (Order, OrderLine) {
    let (key, policy, seller) = (make.api_key(tenant), make.fee_policy(tenant), make.default_seller(tenant));
    let product = Product { seller: Some(seller.id), ..make.product(tenant) };
    let stock = make.stock_movement(product.id, 1);
    let (order, mut lines) = make.plain_order(tenant);
    let line = lines.remove(0);
    database
        .save(|script| {
            script.insert(vec![&key]);
            script.insert(vec![&seller]);
            script.insert(vec![&policy]);
            script.insert(vec![&product]);
            script.insert(vec![&stock]);
            script.insert(vec![&order]);
            script.insert(vec![&line]);
        })
        .await
        .unwrap();
    (order, line)
}

/// What is paid and given back.
async fn fill_money(database: &Database, make: &mut Make, (order, line): &(Order, OrderLine)) {
    let payment = make.captured_payment(order);
    let attempt = make.approved_attempt(&payment);
    let refund = make.refund(&payment, attempt.id, vec![Make::return_part(line)]);
    let part = PartOfRefund { refund: refund.id, order: order.id, part: refund.parts[0] };
    let (taken, returned) = (make.movement(&payment), make.return_movement(&payment, &refund));
    let (tenant, day) = (order.tenant, make.now().seoul_day());
    let (method, currency) = (payment.method, payment.currency);
    let paid = PaymentBucket { tenant, day, status: payment.status, method, currency };
    let moved = MovementBucket { tenant, day, kind: taken.kind, status: taken.status, method, currency };
    database
        .save(|script| {
            script.insert(vec![&payment]);
            script.insert(vec![&attempt]);
            script.insert(vec![&refund]);
            script.insert(vec![&part]);
            script.insert(vec![&taken, &returned]);
            grow_payments(script, vec![(paid, PaymentSum::default())]);
            grow_movements(script, vec![(moved, MovementSum::default())]);
        })
        .await
        .unwrap();
}

/// What is written into the books, a reversal among it.
async fn fill_ledger(database: &Database, make: &mut Make, tenant: Tenant) {
    let order = OrderId::from_uuid(make.id());
    let scene = Scene {
        tenant,
        funds: Funds::Acquirer(ConnectorName::Simulator),
        beneficiary: Beneficiary::Sellers,
        currency: Currency::Krw,
        order,
    };
    let (mut accounts, source) = (Vec::new(), make.id());
    let (found, _) = make.post(&mut accounts, &posting::late_approval(scene, source, 1));
    let (undone, entries) = make.post(&mut accounts, &posting::late_approval_undone(scene, source, 1, found.id));
    let seal = Make::seal(1, undone.id);
    database
        .save(|script| {
            script.insert(accounts.iter().collect());
            script.insert(vec![&undone]);
            script.insert(entries.iter().collect());
            script.insert(vec![&seal]);
        })
        .await
        .unwrap();
}

/// Who pays with the app, what they keep, and gift cards: one issued, one redeemed.
async fn fill_payer(database: &Database, make: &mut Make, tenant: Tenant) {
    let payer = make.payer(tenant.mode);
    let (session, card) = (make.payer_session(payer.id), make.vault_card(&payer));
    let (issued, mut redeemed) = (make.gift_card(tenant, 1_000), make.gift_card(tenant, 1_000));
    redeemed.redeem(payer.id, make.now()).unwrap();
    database
        .save(|script| {
            script.insert(vec![&payer]);
            script.insert(vec![&session]);
            script.insert(vec![&card]);
            script.insert(vec![&issued, &redeemed]);
        })
        .await
        .unwrap();
}

/// A door to an order, with its code on the screen and a payer who has scanned it.
async fn fill_checkout(database: &Database, make: &mut Make, order: &Order) {
    let settings = CheckoutSettings::untouched(order.tenant);
    let expires_at = make.now().after(QR_LIFE);
    let mut code = QrCode {
        generation: 1,
        short_code: String::from("48271936"),
        match_number: Some(47),
        expires_at,
        binding: None,
    };
    code.bind(PayerId::from_uuid(make.id()), "김*수", make.now()).unwrap();
    let session = CheckoutSession {
        id: CheckoutSessionId::from_uuid(make.id()),
        tenant: order.tenant,
        order: order.id,
        purpose: Purpose::Pay,
        status: SessionStatus::Open,
        methods: CheckoutMethod::ALL.to_vec(),
        locale: Locale::Auto,
        success_url: None,
        cancel_url: None,
        match_from: settings.match_from,
        extensions: 0,
        qr: Some(code),
        metadata: None,
        created_at: make.now(),
        opened_at: None,
        completed_at: None,
        version: 1,
    };
    database
        .save(|script| {
            script.insert(vec![&session]);
            script.insert(vec![&settings]);
        })
        .await
        .unwrap();
    let (ticket, notice, now) = (TicketId::from_uuid(make.id()), make.id(), make.now());
    database
        .write(async |tx| {
            assert!(use_ticket(tx, ticket, now).await?);
            note_notice(tx, notice, ConnectorName::Simulator, "att_1", now).await
        })
        .await
        .unwrap();
}

/// The columns that a row of a table is copied by: all but the number it gets by itself.
async fn columns(database: &Database, table: &str) -> Vec<String> {
    let sql = match database.engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'seq'"),
        Engine::Postgres => format!(
            "SELECT column_name::text FROM information_schema.columns
            WHERE table_name = '{table}' AND is_identity = 'NO' ORDER BY ordinal_position"
        ),
    };
    database.reader().await.rows(&sql, Vec::new(), |row| row.text()).await.unwrap()
}

/// A copy of a row, with other values in some columns. `NEW` stands for an id that is nowhere yet, `HASH` for a hash.
async fn copy(database: &Database, writer: &Writer, violation: &Violation, number: usize) -> Result<(), StoreError> {
    let (fresh, hash) = match database.engine() {
        Engine::Sqlite => (format!("X'0190000000007000800000000000{number:04x}'"), format!("X'{number:064x}'")),
        Engine::Postgres => {
            (format!("'01900000-0000-7000-8000-00000000{number:04x}'"), format!("decode('{number:064x}', 'hex')"))
        }
    };
    let columns = columns(database, violation.table).await;
    let with: Vec<String> = columns
        .iter()
        .map(|column| {
            let other = violation.with.iter().find(|(name, _)| name == column);
            other.map_or_else(|| column.clone(), |(_, value)| value.replace("NEW", &fresh).replace("HASH", &hash))
        })
        .collect();
    let known = |(name, _): &(&str, &str)| columns.iter().any(|column| column == name);
    assert!(violation.with.iter().all(known), "{}: {columns:?}", violation.constraint);
    let only = if violation.only.is_empty() { "1 = 1" } else { violation.only };
    let (table, columns) = (violation.table, columns.join(", "));
    let sql = format!("INSERT INTO {table} ({columns}) SELECT {} FROM {table} WHERE {only} LIMIT 1", with.join(", "));
    match writer {
        Writer::Sqlite { connection, .. } => assert!(connection.execute(&sql, [])? > 0, "{sql}: a row to copy"),
        Writer::Postgres(connection) => {
            assert!(connection.client().execute(&sql, &[]).await? > 0, "{sql}: a row to copy")
        }
    }
    Ok(())
}

async fn every_constraint_refuses_a_copy_of_a_good_row_that_breaks_it(database: &Database) {
    fill(database).await;
    let writer = database.writer().await;
    let mut refused = BTreeSet::new();
    for (number, violation) in VIOLATIONS.iter().enumerate() {
        let name = violation.constraint;
        if database.engine() == Engine::Sqlite && violation.table == "event_position" {
            continue;
        }
        let result = copy(database, &writer, violation, number).await;
        let detail = match result {
            Err(StoreError::Conflict { what }) if !violation.is_rule() => what,
            Err(StoreError::Rejected { detail }) if violation.is_rule() => detail,
            other => panic!("{name}: {other:?}"),
        };
        match database.engine() {
            Engine::Postgres => assert!(detail.contains(&format!("\"{name}\"")), "{name}: {detail}"),
            Engine::Sqlite => assert!(detail.contains(violation.kind_on_sqlite()), "{name}: {detail}"),
        }
        refused.insert(name.to_owned());
    }
    if database.engine() == Engine::Postgres {
        assert_eq!(refused, constraints_of_the_schema(database).await);
    }
}

/// Every constraint and unique index there is, by name. SQLite's have no names; both schemas are written alike.
async fn constraints_of_the_schema(database: &Database) -> BTreeSet<String> {
    let sql = "
        SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION
        SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace";
    let found = database.reader().await.rows(sql, Vec::new(), |row| row.text()).await.unwrap();
    // Keys of numbers that the database itself gives out, the tool's own table, and rules that others imply.
    let elsewhere = [
        "event_pkey",
        "ledger_transaction_pkey",
        "refinery_schema_history_pkey",
        "order_line_unit_price_check",
        "payment_fee_check",
        "payment_fee_vat_check",
    ];
    // The search index holds nothing that is not written elsewhere: its own tests rebuild it.
    let counts = |name: &String| !elsewhere.contains(&name.as_str()) && !name.starts_with("search_");
    found.into_iter().filter(counts).collect()
}

#[test]
fn both_schemas_have_the_same_number_of_rules_and_keys() {
    let written = |text: &str, word: &str| text.matches(word).count();
    let sqlite = include_str!("../../migrations/sqlite/V1__money_path.sql");
    let postgres = include_str!("../../migrations/postgres/V1__money_path.sql");
    for (word, more) in [("CHECK (", 1), ("REFERENCES", 0), ("CREATE UNIQUE INDEX", 0)] {
        // The positions of events are a table on PostgreSQL alone.
        assert_eq!(written(sqlite, word) + more, written(postgres, word), "{word}");
    }
    let sqlite = include_str!("../../migrations/sqlite/V3__payers.sql");
    let postgres = include_str!("../../migrations/postgres/V3__payers.sql");
    for word in ["CHECK (", "REFERENCES", "UNIQUE", "CREATE INDEX", "NOT NULL"] {
        assert_eq!(written(sqlite, word), written(postgres, word), "{word}");
    }
    let sqlite = include_str!("../../migrations/sqlite/V4__checkout.sql");
    let postgres = include_str!("../../migrations/postgres/V4__checkout.sql");
    for word in ["CHECK (", "REFERENCES", "PRIMARY KEY", "CREATE INDEX", "NOT NULL", "ADD COLUMN"] {
        assert_eq!(written(sqlite, word), written(postgres, word), "{word}");
    }
}
