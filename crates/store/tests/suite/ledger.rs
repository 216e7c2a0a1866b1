//! Accounts, transactions, entries.

use proptest::{
    prelude::{Strategy as _, any},
    strategy::ValueTree as _,
    test_runner::TestRunner,
};
use steelyard_domain::{
    AccountId, Currency, LedgerTransactionId, Mode, OrderId, SellerId, Span, Tenant, Timestamp,
    ledger::{
        Account, AccountCode, AccountKey, AccountOwner, Entry, Layer, LedgerTransaction, PostingKind, Side, SourceType,
        account,
        posting::{self, Beneficiary, Funds, Scene, SellerShare},
    },
    method::ConnectorName,
};
use steelyard_store::{StoreError, ledger};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    accounts_are_read_as_written_and_changed,
    each_counter_of_an_account_is_in_its_own_column,
    an_account_posted_to_meanwhile_is_a_conflict,
    accounts_come_in_pages_and_narrowed,
    transactions_are_read_as_written,
    transactions_come_in_pages_latest_first_and_narrowed,
    entries_are_read_as_written,
    an_accounts_entries_come_latest_first,
    the_balance_at_a_time_is_the_last_entry_not_after_it,
);

fn key(tenant: Tenant, code: AccountCode, owner: AccountOwner) -> AccountKey {
    AccountKey::new(tenant, code, owner, Currency::Krw)
}

/// Every number another.
fn full_account(make: &mut Make, tenant: Tenant) -> Account {
    let seller = SellerId::from_uuid(make.id());
    Account {
        debits_posted: 1,
        credits_posted: 2,
        debits_pending: 3,
        credits_pending: i64::MAX,
        version: 5,
        last_posted_at: Timestamp::from_micros(6),
        ..Account::open(key(tenant, AccountCode::SellerPayable, AccountOwner::Seller(seller)))
    }
}

async fn accounts_are_read_as_written_and_changed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let full = full_account(&mut make, tenant);
    let acquirer = AccountOwner::Connector(ConnectorName::CardMock);
    let bare = Account::open(key(tenant, AccountCode::AcquirerReceivable, acquirer));
    let suspense = Account::open(posting::suspense_account(Mode::Live, Currency::Eur));
    database.save(|script| script.insert(vec![&bare, &full, &suspense])).await.unwrap();

    let reader = database.reader().await;
    for one in [bare, full, suspense] {
        assert_eq!(ledger::account(&reader, one.id).await.unwrap(), Some(one));
    }
    assert_eq!(ledger::account(&reader, AccountId::from_uuid(make.id())).await.unwrap(), None);
    let mut found = ledger::accounts_of(&reader, &[full.id, suspense.id, full.id]).await.unwrap();
    found.sort_by_key(|account| account.key.code);
    assert_eq!(found, [full, suspense]);
    assert_eq!(ledger::accounts_of(&reader, &[]).await.unwrap(), []);

    let changed = Account {
        debits_posted: 10,
        credits_posted: 20,
        debits_pending: 30,
        credits_pending: 40,
        version: 1,
        last_posted_at: make.now(),
        ..bare
    };
    database.save(|script| script.update(vec![(&changed, 0)])).await.unwrap();
    let mut ids = [bare.id.uuid(), full.id.uuid(), make.id()];
    ids.reverse();
    let found = database.look(async |tx| ledger::accounts_by_id(tx, &ids).await).await;
    let mut expected = [changed, full];
    expected.sort_by_key(|account| account.id);
    let mut sorted = found.clone();
    sorted.sort_by_key(|account| account.id);
    assert_eq!(sorted, expected);
}

async fn each_counter_of_an_account_is_in_its_own_column(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let full = full_account(&mut make, tenant);
    database.save(|script| script.insert(vec![&full])).await.unwrap();
    for (column, value) in [
        ("debits_posted", 1),
        ("credits_posted", 2),
        ("debits_pending", 3),
        ("credits_pending", i64::MAX),
        ("version", 5),
        ("last_posted_at", 6),
    ] {
        assert_eq!(database.numbers(&format!("SELECT {column} FROM account")).await, [value], "{column}");
    }
}

async fn an_account_posted_to_meanwhile_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let account = Account::open(key(tenant, AccountCode::FeeIncome, AccountOwner::Merchant));
    database.save(|script| script.insert(vec![&account])).await.unwrap();
    let posted = Account { credits_posted: 5, version: 1, ..account };
    database.save(|script| script.update(vec![(&posted, 0)])).await.unwrap();
    let late = Account { credits_posted: 9, version: 1, ..account };
    let refused = database.save(|script| script.update(vec![(&late, 0)])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let again = database.save(|script| script.insert(vec![&account])).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    let reader = database.reader().await;
    assert_eq!(ledger::account(&reader, account.id).await.unwrap(), Some(posted));
}

async fn accounts_come_in_pages_and_narrowed(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let sellers = [make.id(), make.id()].map(|id| AccountOwner::Seller(SellerId::from_uuid(id)));
    let keys = [
        key(tenant, AccountCode::SellerPayable, sellers[0]),
        key(tenant, AccountCode::SellerPayable, sellers[1]),
        key(tenant, AccountCode::SellerReserve, sellers[0]),
        key(tenant, AccountCode::FeeIncome, AccountOwner::Merchant),
    ];
    let mut all = keys.map(Account::open);
    all.sort_by_key(|account| account.id);
    let foreign =
        Account::open(key(Tenant { mode: Mode::Live, ..tenant }, AccountCode::FeeIncome, AccountOwner::Merchant));
    database.save(|script| script.insert(all.iter().chain([&foreign]).collect())).await.unwrap();

    let reader = database.reader().await;
    for (code, owner) in [
        (None, None),
        (Some(AccountCode::SellerPayable), None),
        (None, Some(sellers[0])),
        (Some(AccountCode::SellerPayable), Some(sellers[0])),
        (None, Some(AccountOwner::Merchant)),
    ] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = ledger::accounts(&reader, tenant, code, owner, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id.uuid());
            seen.extend(page);
        }
        let fits = |key: &AccountKey| code.is_none_or(|c| key.code == c) && owner.is_none_or(|o| key.owner == o);
        let expected: Vec<Account> = all.iter().filter(|account| fits(&account.key)).copied().collect();
        assert_eq!(seen, expected);
    }
}

fn scene(make: &mut Make, tenant: Tenant) -> Scene {
    let order = OrderId::from_uuid(make.id());
    Scene {
        tenant,
        funds: Funds::Acquirer(ConnectorName::Simulator),
        beneficiary: Beneficiary::Sellers,
        currency: Currency::Krw,
        order,
    }
}

/// A capture of 10 000 won for one seller.
fn capture(make: &mut Make, accounts: &mut Vec<Account>, tenant: Tenant) -> (LedgerTransaction, Vec<Entry>) {
    let scene = scene(make, tenant);
    let share = SellerShare { seller: SellerId::from_uuid(make.id()), gross: 10_000, fee: 300, fee_vat: 30 };
    let payment = make.id();
    make.post(accounts, &posting::captured(scene, payment, &[share], &[]))
}

async fn transactions_are_read_as_written(database: &Database) {
    let mut make = Make::default();
    let (tenant, mut accounts) = (make.tenant(), Vec::new());
    let (bare, _) = capture(&mut make, &mut accounts, tenant);
    let full = LedgerTransaction {
        id: LedgerTransactionId::from_uuid(make.id()),
        kind: PostingKind::LateApprovalUndone,
        source_type: SourceType::Attempt,
        source_id: make.id(),
        currency: Currency::Usd,
        reverses: Some(bare.id),
        posted_at: Timestamp::from_micros(i64::MIN),
        ..bare.clone()
    };
    database.save(|script| script.insert(vec![&bare, &full])).await.unwrap();

    let reader = database.reader().await;
    let live = Tenant { mode: Mode::Live, ..tenant };
    for one in [&bare, &full] {
        assert_eq!(ledger::transaction(&reader, tenant, one.id).await.unwrap().as_ref(), Some(one));
        assert_eq!(ledger::transaction(&reader, live, one.id).await.unwrap(), None);
    }
    let mut by_id = ledger::transactions_by_id(&reader, &[full.id, bare.id]).await.unwrap();
    by_id.sort_by_key(|transaction| transaction.id);
    assert_eq!(by_id, [bare.clone(), full.clone()]);
    assert_eq!(ledger::transactions_by_id(&reader, &[]).await.unwrap(), []);
    let sources = [full.source_id, bare.source_id, make.id()];
    assert_eq!(ledger::transactions_of(&reader, &sources).await.unwrap(), [bare.clone(), full.clone()]);
    assert_eq!(ledger::transactions_of(&reader, &[]).await.unwrap(), []);
    let mut found = database.look(async |tx| ledger::transactions_by_source(tx, &sources).await).await;
    found.sort_by_key(|transaction| transaction.id);
    assert_eq!(found, [bare, full]);
}

async fn transactions_come_in_pages_latest_first_and_narrowed(database: &Database) {
    let mut make = Make::default();
    let (tenant, mut accounts) = (make.tenant(), Vec::new());
    let mut all = Vec::new();
    for _ in 0..5 {
        make.clock.advance(Span::from_secs(1));
        all.push(capture(&mut make, &mut accounts, tenant).0);
    }
    let (foreign, _) = capture(&mut make, &mut accounts, Tenant { mode: Mode::Live, ..tenant });
    for one in all.iter().chain([&foreign]) {
        database.save(|script| script.insert(vec![one])).await.unwrap();
    }

    let reader = database.reader().await;
    let (source, third) = (all[1].source_id, all[2].posted_at);
    for (only, at, expected) in [
        (None, None, vec![4, 3, 2, 1, 0]),
        (Some(source), None, vec![1]),
        (None, Some(third), vec![2, 1, 0]),
        (Some(source), Some(all[0].posted_at), Vec::new()),
    ] {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = ledger::transactions(&reader, tenant, only, at, before, 2).await.unwrap();
            let Some((number, _)) = page.last() else { break };
            before = Some(*number);
            seen.extend(page.into_iter().map(|(_, transaction)| transaction));
        }
        let expected: Vec<LedgerTransaction> = expected.into_iter().map(|n: usize| all[n].clone()).collect();
        assert_eq!(seen, expected);
    }
}

async fn entries_are_read_as_written(database: &Database) {
    let mut make = Make::default();
    let (tenant, mut accounts) = (make.tenant(), Vec::new());
    let (first, entries) = capture(&mut make, &mut accounts, tenant);
    let (second, _) = capture(&mut make, &mut accounts, tenant);
    let extreme = Entry {
        transaction: second.id,
        number: i64::MAX,
        account: AccountId::from_uuid(make.id()),
        side: Side::Credit,
        layer: Layer::Pending,
        amount: 1,
        account_version: 2,
        posted_balance_after: i64::MIN,
        pending_balance_after: 4,
        posted_at: Timestamp::from_micros(-5),
    };
    let all: Vec<&Entry> = entries.iter().rev().chain([&extreme]).collect();
    database.save(|script| script.insert(all)).await.unwrap();
    for (column, value) in [
        ("amount", 1),
        ("account_version", 2),
        ("posted_balance_after", i64::MIN),
        ("pending_balance_after", 4),
        ("posted_at", -5),
    ] {
        let sql = format!("SELECT {column} FROM entry WHERE layer = 'pending'");
        assert_eq!(database.numbers(&sql).await, [value], "{column}");
    }

    let reader = database.reader().await;
    let expected: Vec<Entry> = entries.iter().chain([&extreme]).cloned().collect();
    assert_eq!(ledger::entries(&reader, &[second.id, first.id]).await.unwrap(), expected);
    assert_eq!(ledger::entries(&reader, &[]).await.unwrap(), []);
    let ids = [first.id.uuid(), second.id.uuid()];
    let mut found = database.look(async |tx| ledger::entries_of(tx, &ids).await).await;
    found.sort_by_key(|entry| (entry.transaction, entry.number));
    assert_eq!(found, expected);
}

/// The fee account of a merchant after `times.len()` captures, posted at those times since the clock's.
fn fee_account(make: &mut Make, times: &[i64]) -> (Account, Vec<Entry>) {
    let (tenant, mut accounts, mut entries) = (make.tenant(), Vec::new(), Vec::new());
    let start = make.now();
    for time in times {
        make.clock.set(start.after(Span::from_micros(*time)));
        entries.extend(capture(make, &mut accounts, tenant).1);
    }
    let fees = *accounts.iter().find(|account| account.key.code == AccountCode::FeeIncome).unwrap();
    assert_eq!(fees.balance(Layer::Posted), 300 * fees.version);
    assert_eq!(fees.key.code.kind(), account::AccountKind::Income);
    entries.retain(|entry| entry.account == fees.id);
    (fees, entries)
}

async fn an_accounts_entries_come_latest_first(database: &Database) {
    let mut make = Make::default();
    let (account, mut entries) = fee_account(&mut make, &[1, 2, 3, 4, 5]);
    // What is promised and not yet posted is no move of the account.
    let pending = Entry {
        layer: Layer::Pending,
        account_version: 6,
        transaction: LedgerTransactionId::from_uuid(make.id()),
        ..entries[4].clone()
    };
    database.save(|script| script.insert(entries.iter().chain([&pending]).collect())).await.unwrap();
    let reader = database.reader().await;
    for entry in &entries {
        let found = ledger::entry_at_version(&reader, account.id, entry.account_version).await.unwrap();
        assert_eq!(found.as_ref(), Some(entry));
    }
    assert_eq!(ledger::entry_at_version(&reader, account.id, 7).await.unwrap(), None);
    entries.reverse();
    let page = ledger::posted_entries(&reader, account.id, None, 2).await.unwrap();
    assert_eq!(page, entries[..2]);
    let rest = ledger::posted_entries(&reader, account.id, Some(page[1].account_version), 10).await.unwrap();
    assert_eq!(rest, entries[2..]);
}

async fn the_balance_at_a_time_is_the_last_entry_not_after_it(database: &Database) {
    let mut make = Make::default();
    let mut runner = TestRunner::deterministic();
    let times = proptest::collection::vec(0_i64..40, 0..40);
    let reader = database.reader().await;
    for _ in 0..6 {
        let times = times.new_tree(&mut runner).unwrap().current();
        let start = make.now();
        // Out of order too: an account's entries never go back in time, whatever the clock does.
        let (account, entries) = if times.is_empty() {
            let tenant = make.tenant();
            (Account::open(key(tenant, AccountCode::FeeIncome, AccountOwner::Merchant)), Vec::new())
        } else {
            fee_account(&mut make, &times)
        };
        database.save(|script| script.insert(entries.iter().collect())).await.unwrap();
        let some = (any::<u8>()).new_tree(&mut runner).unwrap().current();
        for at in [-1, 0, 1, 39, 40, i64::from(some % 40)].map(|at| start.after(Span::from_micros(at))) {
            let expected = entries.iter().rfind(|entry| entry.posted_at <= at);
            let found = ledger::entry_at(&reader, &account, at).await.unwrap();
            assert_eq!(found.as_ref(), expected, "{times:?} at {at}");
        }
    }
}
