//! Statements as both engines take them.

use steelyard_domain::{
    catalog::Product,
    fee::FeePolicy,
    gift_card::GiftCard,
    ledger::{Account, Entry, LedgerTransaction},
    merchant::{ApiKey, Merchant},
    order::{Order, OrderLine},
    payer::{Payer, PayerSession},
    payment::{Attempt, Payment, PaymentStatus, Refund, movement::Movement},
    seller::Seller,
    vault::VaultCard,
};
use steelyard_store::{
    Reader, Record, RowReader, Script, StoreError, Value, Writer,
    column::Kind,
    event::EventRecord,
    idempotency::IdempotencyRecord,
    ledger::Seal,
    payment::PartOfRefund,
    product::StockMovement,
    sqlite::numbered,
    table::{Role, Statement, Table},
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    every_statement_of_every_table_can_be_prepared,
    a_parameter_is_found_by_its_number_in_whatever_order,
    every_kind_of_value_comes_back_as_it_went,
    a_value_of_another_kind_is_reported_with_its_column,
    rows_of_plain_values_are_written_with_their_nulls,
    a_nul_that_postgres_cannot_keep_is_replaced_on_both,
    a_script_is_all_or_nothing,
    a_statement_that_is_wrong_is_our_fault,
);

/// The tables of all records.
fn tables() -> [&'static Table; 23] {
    [
        Merchant::table(),
        ApiKey::table(),
        FeePolicy::table(),
        Seller::table(),
        Product::table(),
        StockMovement::table(),
        Order::table(),
        OrderLine::table(),
        Payment::table(),
        Attempt::table(),
        Refund::table(),
        PartOfRefund::table(),
        Movement::table(),
        Account::table(),
        LedgerTransaction::table(),
        Entry::table(),
        Seal::table(),
        EventRecord::table(),
        IdempotencyRecord::table(),
        Payer::table(),
        PayerSession::table(),
        VaultCard::table(),
        GiftCard::table(),
    ]
}

async fn every_statement_of_every_table_can_be_prepared(database: &Database) {
    let writer = database.writer().await;
    for table in tables() {
        let changes = table.columns.iter().any(|column| matches!(column.role, Role::Mutable | Role::Version));
        let mut statements = vec![table.insert()];
        if changes {
            statements.push(table.update());
        }
        for statement in statements {
            match &writer {
                Writer::Sqlite { connection, .. } => {
                    let prepared = connection.prepare(&statement.sqlite);
                    assert!(prepared.is_ok(), "{}: {:?}", statement.sqlite, prepared.err());
                }
                Writer::Postgres(connection) => {
                    let prepared = connection.client().prepare(&statement.postgres).await;
                    assert!(prepared.is_ok(), "{}: {:?}", statement.postgres, prepared.err());
                }
            }
        }
    }
}

async fn a_parameter_is_found_by_its_number_in_whatever_order(database: &Database) {
    let numbers = |row: &mut RowReader<'_>| Ok([row.int()?, row.int()?, row.int()?]);
    let sql = "SELECT CAST($3 AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT) + CAST($1 AS BIGINT)";
    let parameters = [Value::Int(1), Value::Int(20), Value::Int(3)];
    let expected = [[3, 1, 21]];
    assert_eq!(database.look(async |tx| tx.rows(sql, &parameters, numbers).await).await, expected);
    let reader = database.reader().await;
    assert_eq!(reader.rows(sql, parameters.to_vec(), numbers).await.unwrap(), expected);
    assert_eq!(reader.row(sql, parameters.to_vec(), numbers).await.unwrap(), Some(expected[0]));
    assert_eq!(reader.row("SELECT 1 WHERE 1 = 2", Vec::new(), |_| Ok(())).await.unwrap(), None);

    let insert = "INSERT INTO server_secret (name, value) VALUES ($2, $1)";
    let update = "UPDATE server_secret SET value = $3 WHERE value = $2 AND name = $1";
    let bytes = |byte: u8| Value::Bytes(vec![byte]);
    let changed = database
        .write(async |tx| {
            let inserted = tx.execute(insert, &[bytes(7), Value::from("a")]).await?;
            let missed = tx.execute(update, &[Value::from("a"), bytes(8), bytes(9)]).await?;
            let updated = tx.execute(update, &[Value::from("a"), bytes(7), bytes(9)]).await?;
            Ok([inserted, missed, updated])
        })
        .await;
    assert_eq!(changed.unwrap(), [1, 0, 1]);
}

#[test]
fn numbered_parameters_mean_what_they_say() {
    assert_eq!(numbered("SELECT $2, $1, $12"), "SELECT ?2, ?1, ?12");
    assert_eq!(numbered("SELECT 1"), "SELECT 1");
}

static EACH_KIND: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();

async fn every_kind_of_value_comes_back_as_it_went(database: &Database) {
    let mut make = Make::default();
    let statement = EACH_KIND.get_or_init(|| Statement {
        sqlite: String::from("SELECT ?1, ?2, ?3, ?4, ?5"),
        postgres: String::from(
            "SELECT * FROM UNNEST($1::uuid[], $2::bigint[], $3::text[], $4::bytea[], $5::boolean[])",
        ),
    });
    let kinds = [Kind::Uuid, Kind::Int, Kind::Text, Kind::Bytes, Kind::Bool];
    let texts = ["", "'\"; DROP TABLE payment; --", "한글 😀\n\t"];
    let rows: Vec<Vec<Value>> = (0..)
        .zip(texts)
        .map(|(index, text)| {
            let bytes = vec![0, 255, index];
            let number = if index == 0 { i64::MIN } else { i64::MAX };
            vec![make.id().into(), number.into(), text.into(), Value::Bytes(bytes), Value::Bool(index == 1)]
        })
        .chain([vec![Value::Null, Value::Null, Value::Null, Value::Null, Value::Bool(false)]])
        .collect();
    let read = |row: &mut RowReader<'_>| {
        let or_null = |value: Option<Value>| value.unwrap_or(Value::Null);
        Ok(vec![
            or_null(row.opt_uuid()?.map(Value::Uuid)),
            or_null(row.opt_int()?.map(Value::Int)),
            or_null(row.opt_text()?.map(Value::Text)),
            or_null(row.opt_bytes()?.map(Value::Bytes)),
            Value::Bool(row.bool()?),
        ])
    };
    let found = database.look(async |tx| tx.each(statement, &kinds, &rows, read).await).await;
    assert_eq!(found, rows);
    assert_eq!(database.look(async |tx| tx.each(statement, &kinds, &[], read).await).await, Vec::<Vec<Value>>::new());
}

async fn a_value_of_another_kind_is_reported_with_its_column(database: &Database) {
    async fn fails<T: std::fmt::Debug + Send + 'static>(
        reader: &Reader,
        read: fn(&mut RowReader<'_>) -> Result<T, StoreError>,
    ) -> usize {
        let failed = reader.rows("SELECT 'x', NULL, 'captured'", Vec::new(), read).await;
        let Err(StoreError::Corrupt { column, .. }) = failed else { panic!("{failed:?}") };
        column
    }
    let reader = database.reader().await;
    assert_eq!(fails(&reader, |row| row.int()).await, 0);
    assert_eq!(fails(&reader, |row| row.uuid()).await, 0);
    assert_eq!(fails(&reader, |row| row.bool()).await, 0);
    assert_eq!(fails(&reader, |row| row.parsed(PaymentStatus::parse)).await, 0);
    assert_eq!(fails(&reader, |row| row.text().and_then(|_| row.text())).await, 1);
    assert_eq!(fails(&reader, |row| row.text().and_then(|_| row.parsed(PaymentStatus::parse))).await, 1);
    assert_eq!(fails(&reader, |row| row.text().and_then(|_| Err::<(), _>(row.corrupt("no")))).await, 0);
    let read = |row: &mut RowReader<'_>| {
        row.text()?;
        assert_eq!(row.opt_text()?, None);
        row.parsed(PaymentStatus::parse)
    };
    let found = reader.rows("SELECT 'x', NULL, 'captured'", Vec::new(), read).await.unwrap();
    assert_eq!(found, [PaymentStatus::Captured]);
}

static PLAIN: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();

async fn rows_of_plain_values_are_written_with_their_nulls(database: &Database) {
    let mut make = Make::default();
    let statement = PLAIN.get_or_init(|| Statement {
        sqlite: String::from(
            "INSERT INTO stock_movement (id, product_id, kind, delta, order_id, reason, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        ),
        postgres: String::from(
            "INSERT INTO stock_movement (id, product_id, kind, delta, order_id, reason, created_at)
            SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::bigint[])",
        ),
    });
    let kinds = [Kind::Uuid, Kind::Uuid, Kind::Text, Kind::Int, Kind::Uuid, Kind::Text, Kind::Int];
    let mut row = |order: Value, reason: Value| -> Vec<Value> {
        vec![make.id().into(), make.id().into(), "sale".into(), (-1).into(), order, reason, 5.into()]
    };
    let rows = vec![row(Value::Null, Value::Null), row(Make::default().id().into(), "주문".into())];
    database.save(|script| script.rows("stock_movement", statement, &kinds, rows)).await.unwrap();
    let nulls = "SELECT COUNT(*) FROM stock_movement WHERE order_id IS NULL AND reason IS NULL";
    assert_eq!(database.numbers(nulls).await, [1]);
    assert_eq!(database.numbers("SELECT delta FROM stock_movement WHERE reason = '주문'").await, [-1]);
}

async fn a_nul_that_postgres_cannot_keep_is_replaced_on_both(database: &Database) {
    let mut make = Make::default();
    let merchant = Merchant { name: String::from("a\0b\0"), ..make.merchant() };
    database.save(|script| script.insert(vec![&merchant])).await.unwrap();
    let reader = database.reader().await;
    let kept = "SELECT name FROM merchant WHERE name = $1";
    let found = reader.rows(kept, vec![merchant.name.as_str().into()], |row| row.text()).await.unwrap();
    assert_eq!(found, ["a\u{fffd}b\u{fffd}"]);
    let statement = EACH_TEXT.get_or_init(|| Statement {
        sqlite: String::from("SELECT ?1"),
        postgres: String::from("SELECT * FROM UNNEST($1::text[])"),
    });
    let keys = [vec![Value::from("\0")], vec![Value::from("한\u{0}글")], vec![Value::from("한글")]];
    let found = database.look(async |tx| tx.each(statement, &[Kind::Text], &keys, |row| row.text()).await).await;
    assert_eq!(found, ["\u{fffd}", "한\u{fffd}글", "한글"]);
    let sql = "INSERT INTO server_secret (name, value) VALUES ($1, $2)";
    let parameters = [Value::from("x\0"), Value::Bytes(vec![0])];
    database.write(async |tx| tx.execute(sql, &parameters).await).await.unwrap();
    assert_eq!(database.numbers("SELECT COUNT(*) FROM server_secret WHERE name = 'x\u{fffd}'").await, [1]);
}

static EACH_TEXT: std::sync::OnceLock<Statement> = std::sync::OnceLock::new();

async fn a_script_is_all_or_nothing(database: &Database) {
    let mut make = Make::default();
    let (first, second) = (make.merchant(), make.merchant());
    // The second statement of three refuses: neither the one before nor the one after it stays.
    let stray = make.api_key(make.clone().tenant());
    let refused = database
        .save(|script| {
            script.insert(vec![&first]);
            script.insert(vec![&stray]);
            script.insert(vec![&second]);
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Rejected { .. })), "{refused:?}");
    assert_eq!(database.numbers("SELECT COUNT(*) FROM merchant").await, [0]);
    // Nothing to do is done.
    database.save(|script| script.insert::<Merchant>(Vec::new())).await.unwrap();
    database.save(|script| script.update::<Merchant>(Vec::new())).await.unwrap();
    database.look(async |tx| Script::run(Script::new(tx), tx).await).await;
}

async fn a_statement_that_is_wrong_is_our_fault(database: &Database) {
    let wrong = database.write(async |tx| tx.execute("UPDATE no_such_table SET a = $1", &[Value::Int(1)]).await).await;
    assert!(matches!(wrong, Err(StoreError::Statement { .. })), "{wrong:?}");
    let reader = database.reader().await;
    let wrong = reader.rows("SELECT no_such_column FROM payment", Vec::new(), |row| row.int()).await;
    assert!(matches!(wrong, Err(StoreError::Statement { .. })), "{wrong:?}");
}
