//! Rows that are read to be changed are kept from others, in one order.

use futures_util::future::join_all;
use steelyard_domain::{
    Currency, Mode, SellerId, Tenant,
    ledger::{Account, AccountCode, AccountKey, AccountOwner},
};
use steelyard_store::{Engine, StoreError, Tx, Writer, gift_card, ledger, merchant, order, payer, product, visibility};
use steelyard_testkit::{Database, Make, both_engines};
use uuid::Uuid;

both_engines!(
    a_row_read_to_be_changed_is_kept_from_others_until_the_end,
    transactions_that_want_the_same_rows_in_any_order_never_wait_in_a_circle,
    one_transaction_at_a_time_leads,
    the_horizon_moves_past_what_has_ended,
);

const ROWS: usize = 40;

/// What a set of rows is locked by.
#[derive(Debug, Clone, Copy)]
enum Family {
    Orders,
    Products,
    Accounts,
    ApiKeys,
    Payers,
    GiftCards,
}

impl Family {
    const ALL: [Self; 6] = [Self::Orders, Self::Products, Self::Accounts, Self::ApiKeys, Self::Payers, Self::GiftCards];

    /// How many rows were found and locked.
    async fn lock(self, tx: &Tx<'_>, rows: &Rows, reversed: bool) -> Result<usize, StoreError> {
        let turned =
            |ids: &[Uuid]| -> Vec<Uuid> { if reversed { ids.iter().rev().copied().collect() } else { ids.to_vec() } };
        match self {
            Self::Orders => order::orders_by_id(tx, &turned(&rows.orders)).await.map(|found| found.len()),
            Self::Products => product::products_by_id(tx, &turned(&rows.products)).await.map(|found| found.len()),
            Self::Accounts => ledger::accounts_by_id(tx, &turned(&rows.accounts)).await.map(|found| found.len()),
            Self::ApiKeys => merchant::api_keys_by_id(tx, &turned(&rows.keys)).await.map(|found| found.len()),
            Self::Payers => payer::payers_by_id(tx, &turned(&rows.payers)).await.map(|found| found.len()),
            Self::GiftCards => gift_card::gift_cards_by_id(tx, &turned(&rows.cards)).await.map(|found| found.len()),
        }
    }
}

#[derive(Default)]
struct Rows {
    orders: Vec<Uuid>,
    products: Vec<Uuid>,
    accounts: Vec<Uuid>,
    keys: Vec<Uuid>,
    payers: Vec<Uuid>,
    cards: Vec<Uuid>,
}

async fn fill(database: &Database) -> Rows {
    let mut make = Make::default();
    let merchant = make.merchant();
    let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
    let orders: Vec<_> = (0..ROWS).map(|_| make.plain_order(tenant).0).collect();
    let products: Vec<_> = (0..ROWS).map(|_| make.product(tenant)).collect();
    let keys: Vec<_> = (0..ROWS).map(|_| make.api_key(tenant)).collect();
    let payers: Vec<_> = (0..ROWS).map(|_| make.payer(Mode::Test)).collect();
    let cards: Vec<_> = (0..ROWS).map(|_| make.gift_card(tenant, 1_000)).collect();
    let accounts: Vec<_> = (0..ROWS)
        .map(|_| {
            let owner = AccountOwner::Seller(SellerId::from_uuid(make.id()));
            Account::open(AccountKey::new(tenant, AccountCode::SellerPayable, owner, Currency::Krw))
        })
        .collect();
    database
        .save(|script| {
            script.insert(vec![&merchant]);
            script.insert(orders.iter().collect());
            script.insert(products.iter().collect());
            script.insert(keys.iter().collect());
            script.insert(accounts.iter().collect());
            script.insert(payers.iter().collect());
            script.insert(cards.iter().collect());
        })
        .await
        .unwrap();
    Rows {
        orders: orders.iter().map(|order| order.id.uuid()).collect(),
        products: products.iter().map(|product| product.id.uuid()).collect(),
        accounts: accounts.iter().map(|account| account.id.uuid()).collect(),
        keys: keys.iter().map(|key| key.id.uuid()).collect(),
        payers: payers.iter().map(|payer| payer.id.uuid()).collect(),
        cards: cards.iter().map(|card| card.id.uuid()).collect(),
    }
}

/// Makes a connection give up at once where it would wait for a lock.
async fn never_wait(writer: &Writer) {
    match writer {
        Writer::Sqlite { connection, .. } => connection.busy_timeout(std::time::Duration::ZERO).unwrap(),
        Writer::Postgres(connection) => connection.client().batch_execute("SET lock_timeout = 1").await.unwrap(),
    }
}

async fn a_row_read_to_be_changed_is_kept_from_others_until_the_end(database: &Database) {
    let rows = fill(database).await;
    let (first, second) = (database.writer().await, database.writer().await);
    never_wait(&second).await;
    for family in Family::ALL {
        first.tx().begin().await.unwrap();
        assert_eq!(family.lock(&first.tx(), &rows, false).await.unwrap(), ROWS);
        let refused = async {
            // SQLite has one lock, taken here; PostgreSQL one a row, taken by the reading.
            second.tx().begin().await?;
            family.lock(&second.tx(), &rows, true).await
        };
        let refused = refused.await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{family:?}: {refused:?}");
        second.tx().rollback().await;
        first.tx().commit().await.unwrap();

        second.tx().begin().await.unwrap();
        assert_eq!(family.lock(&second.tx(), &rows, true).await.unwrap(), ROWS);
        second.tx().rollback().await;
    }
}

async fn transactions_that_want_the_same_rows_in_any_order_never_wait_in_a_circle(database: &Database) {
    let rows = fill(database).await;
    if database.engine() == Engine::Sqlite {
        // Writers there go one after another, each on its own thread: see the test above.
        return;
    }
    for family in Family::ALL {
        let lanes = (0..4).map(async |lane| {
            let writer = database.writer().await;
            for round in 0..10 {
                writer.tx().begin().await?;
                let found = family.lock(&writer.tx(), &rows, (lane + round) % 2 == 0).await?;
                assert_eq!(found, ROWS);
                writer.tx().commit().await?;
            }
            Ok::<(), StoreError>(())
        });
        for lane in join_all(lanes).await {
            assert!(lane.is_ok(), "{family:?}: {lane:?}");
        }
    }
}

async fn one_transaction_at_a_time_leads(database: &Database) {
    let (first, second) = (database.writer().await, database.writer().await);
    first.tx().begin().await.unwrap();
    assert!(visibility::try_lead(&first.tx()).await.unwrap());
    if database.engine() == Engine::Postgres {
        second.tx().begin().await.unwrap();
        assert!(!visibility::try_lead(&second.tx()).await.unwrap());
        second.tx().rollback().await;
    }
    first.tx().rollback().await;
    second.tx().begin().await.unwrap();
    assert!(visibility::try_lead(&second.tx()).await.unwrap());
    second.tx().rollback().await;
}

async fn the_horizon_moves_past_what_has_ended(database: &Database) {
    let look = async || {
        let lead = async |tx: &Tx<'_>| {
            assert!(visibility::try_lead(tx).await?);
            visibility::horizon(tx).await
        };
        database.look(lead).await
    };
    if database.engine() == Engine::Sqlite {
        let horizon = look().await;
        assert!(horizon.oldest_open >= horizon.next, "nothing is ever open beside the writer");
        return;
    }
    let mut make = Make::default();
    let (open, early, late) = (database.writer().await, make.id(), make.id());
    let mark = "INSERT INTO commit_marker (batch_id, committed_at) VALUES ($1, 0)";
    database.write(async |tx| tx.execute(mark, &[late.into()]).await).await.unwrap();
    // The one that is open began after the last one that has ended.
    open.tx().begin().await.unwrap();
    open.tx().execute(mark, &[early.into()]).await.unwrap();
    let number = "SELECT pg_current_xact_id()::text::bigint";
    let number = open.tx().rows(number, &[], |row| row.int()).await.unwrap()[0];
    let during = look().await;
    assert!(during.oldest_open <= number, "the open one holds it");
    assert!(number < during.next, "the open one had begun");
    open.tx().commit().await.unwrap();
    // Transactions of other databases on the server hold it too, until they end.
    while look().await.oldest_open < during.next {}
}
