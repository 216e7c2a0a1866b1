//! The hash chain over recorded transactions.

use steelyard_domain::{
    Currency, OrderId, SellerId,
    ledger::{
        Entry, LedgerTransaction,
        posting::{self, Beneficiary, Funds, Scene, SellerShare},
    },
    method::ConnectorName,
};
use steelyard_store::ledger::{self, Seal};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    transactions_wait_for_their_seal_in_the_order_of_recording,
    what_waits_for_its_seal_is_read_with_its_entries,
    the_chain_is_read_in_pages,
);

fn transactions(make: &mut Make, count: usize) -> Vec<LedgerTransaction> {
    posted(make, count).into_iter().map(|(transaction, _)| transaction).collect()
}

fn posted(make: &mut Make, count: usize) -> Vec<(LedgerTransaction, Vec<Entry>)> {
    let (tenant, mut accounts) = (make.tenant(), Vec::new());
    let scene = Scene {
        tenant,
        funds: Funds::Acquirer(ConnectorName::Simulator),
        beneficiary: Beneficiary::Sellers,
        currency: Currency::Krw,
        order: OrderId::from_uuid(make.id()),
    };
    let share = SellerShare { seller: SellerId::from_uuid(make.id()), gross: 10_000, fee: 300, fee_vat: 30 };
    let mut one = |make: &mut Make| {
        let payment = make.id();
        make.post(&mut accounts, &posting::captured(scene, payment, &[share], &[]))
    };
    std::iter::repeat_with(|| one(make)).take(count).collect()
}

async fn transactions_wait_for_their_seal_in_the_order_of_recording(database: &Database) {
    let mut make = Make::default();
    let all = transactions(&mut make, 4);
    for one in &all {
        database.save(|script| script.insert(vec![one])).await.unwrap();
    }
    let waiting = async |above, limit| database.look(async |tx| ledger::unsealed(tx, above, limit).await).await;
    let first = waiting(0, 10).await;
    assert_eq!(first.iter().map(|(_, transaction)| transaction).collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
    assert_eq!(waiting(0, 1).await, first[..1]);
    assert_eq!(waiting(first[1].0, 10).await, first[2..]);

    assert_eq!(database.look(async |tx| ledger::last_seal(tx).await).await, None);
    let seal = Make::seal(1, all[0].id);
    database.save(|script| script.insert(vec![&seal])).await.unwrap();
    assert_eq!(waiting(0, 10).await, first[1..]);
    assert_eq!(database.look(async |tx| ledger::last_seal(tx).await).await, Some(seal));
}

async fn what_waits_for_its_seal_is_read_with_its_entries(database: &Database) {
    let mut make = Make::default();
    let all = posted(&mut make, 4);
    for (transaction, entries) in &all {
        database
            .save(|script| {
                script.insert(vec![transaction]);
                script.insert(entries.iter().collect());
            })
            .await
            .unwrap();
    }
    let reader = database.reader().await;
    assert_eq!((ledger::last_sealed(&reader).await.unwrap(), ledger::end_of_chain(&reader).await.unwrap()), (0, None));
    let mut above = 0;
    for (sealed, (from, to)) in (1..).zip([(0, 2), (2, 4)]) {
        let (found, entries) = ledger::unsealed_with_entries(&reader, above, 2).await.unwrap();
        let expected: Vec<&LedgerTransaction> = all[from..to].iter().map(|(transaction, _)| transaction).collect();
        assert_eq!(found.iter().map(|(_, transaction)| transaction).collect::<Vec<_>>(), expected);
        let mut expected: Vec<Entry> = all[from..to].iter().flat_map(|(_, entries)| entries.clone()).collect();
        expected.sort_by_key(|entry| (entry.transaction, entry.number));
        assert_eq!(entries, expected);
        let seals = [(2 * sealed - 1, from), (2 * sealed, from + 1)].map(|(at, of)| Make::seal(at, all[of].0.id));
        database.save(|script| script.insert(seals.iter().collect())).await.unwrap();
        assert_eq!(ledger::end_of_chain(&reader).await.unwrap().as_ref(), Some(&seals[1]));
        above = ledger::last_sealed(&reader).await.unwrap();
        assert_eq!(Some(above), found.last().map(|(number, _)| *number));
    }
    assert_eq!(ledger::unsealed_with_entries(&reader, 0, 10).await.unwrap(), (Vec::new(), Vec::new()));
}

async fn the_chain_is_read_in_pages(database: &Database) {
    let mut make = Make::default();
    let seals: Vec<Seal> = (1..=3)
        .map(|position: u8| Seal {
            previous_hash: vec![position - 1; 32],
            hash: vec![position; 32],
            ..Make::seal(i64::from(position), steelyard_domain::LedgerTransactionId::from_uuid(make.id()))
        })
        .collect();
    database.save(|script| script.insert(seals.iter().collect())).await.unwrap();
    let reader = database.reader().await;
    assert_eq!(ledger::seals_after(&reader, 0, 2).await.unwrap(), seals[..2]);
    assert_eq!(ledger::seals_after(&reader, 2, 2).await.unwrap(), seals[2..]);
    assert_eq!(ledger::seals_after(&reader, 3, 2).await.unwrap(), []);
    assert_eq!(database.look(async |tx| ledger::last_seal(tx).await).await.as_ref(), seals.last());
}
