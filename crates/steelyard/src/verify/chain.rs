//! The hash chain over the ledger, computed again from the beginning.

use std::collections::{HashMap, HashSet};

use steelyard_app::{GENESIS, link};
use steelyard_domain::{LedgerTransactionId, ledger::Entry};
use steelyard_store::{Reader, StoreError, audit::FINDINGS_MAX, ledger};

/// Seals at a time; ids of one page fit into one statement on both engines.
const PAGE: i64 = 2_000;

pub struct Chain {
    pub sealed: i64,
    pub findings: Vec<String>,
}

/// Follows the chain. Transactions behind its end are not sealed yet, and that is no finding.
pub async fn check(reader: &Reader) -> Result<Chain, StoreError> {
    let mut chain = Chain { sealed: 0, findings: Vec::new() };
    let mut previous = GENESIS.to_vec();
    let mut seen: HashSet<LedgerTransactionId> = HashSet::new();
    let mut after = 0;
    loop {
        let seals = ledger::seals_after(reader, after, PAGE).await?;
        let Some(last) = seals.last() else { return Ok(chain) };
        let ids: Vec<LedgerTransactionId> = seals.iter().map(|seal| seal.transaction).collect();
        let transactions = ledger::transactions_by_id(reader, &ids).await?;
        let transactions: HashMap<_, _> =
            transactions.into_iter().map(|transaction| (transaction.id, transaction)).collect();
        let mut entries: HashMap<LedgerTransactionId, Vec<Entry>> = HashMap::new();
        for entry in ledger::entries(reader, &ids).await? {
            entries.entry(entry.transaction).or_default().push(entry);
        }
        for seal in &seals {
            let mut fault = |what: &str| {
                if chain.findings.len() < FINDINGS_MAX {
                    chain.findings.push(format!("{} position {}: {what}", seal.transaction, seal.position));
                }
            };
            if seal.position != chain.sealed + 1 {
                fault("positions have a gap before it");
            }
            if !seen.insert(seal.transaction) {
                fault("it is sealed twice");
            }
            if seal.previous_hash != previous {
                fault("it does not follow the seal before");
            }
            match transactions.get(&seal.transaction) {
                None => fault("the transaction is gone"),
                Some(transaction) => {
                    let of = entries.get(&seal.transaction).map_or(&[][..], Vec::as_slice);
                    // Judged by what the seal itself follows, so that one fault is not reported to the end.
                    if link(&seal.previous_hash, transaction, of) != seal.hash {
                        fault("the transaction or its entries were changed after sealing");
                    }
                }
            }
            chain.sealed = seal.position;
            previous.clone_from(&seal.hash);
        }
        after = last.position;
    }
}
