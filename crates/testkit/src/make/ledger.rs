//! What is written into the books: transactions with their entries, seals, events.

use steelyard_domain::{
    EventId, LedgerTransactionId, Tenant,
    ledger::{Account, Entry, LedgerTransaction, Posting, posting::post_line},
};
use steelyard_store::{event::EventRecord, ledger::Seal};

use super::Make;

impl Make {
    /// Records a posting on accounts that are there; an account missing among them is opened.
    pub fn post(&mut self, accounts: &mut Vec<Account>, posting: &Posting) -> (LedgerTransaction, Vec<Entry>) {
        posting.assert_balanced();
        let (id, now) = (LedgerTransactionId::from_uuid(self.id()), self.now());
        let entries = (0..).zip(&posting.lines).map(|(number, line)| {
            let known = accounts.iter().position(|account| account.key == line.account);
            let index = known.unwrap_or_else(|| {
                accounts.push(Account::open(line.account));
                accounts.len() - 1
            });
            post_line(&mut accounts[index], line, id, number, now).expect("no counter overflows")
        });
        let entries = entries.collect();
        let transaction = LedgerTransaction {
            id,
            tenant: posting.tenant,
            kind: posting.kind,
            source_type: posting.source_type,
            source_id: posting.source_id,
            order: posting.order,
            currency: posting.currency,
            reverses: posting.reverses,
            posted_at: now,
        };
        (transaction, entries)
    }

    pub fn event(&mut self, tenant: Tenant, kind: &str, object: String, version: i64) -> EventRecord {
        EventRecord {
            id: EventId::from_uuid(self.id()),
            tenant,
            kind: kind.to_owned(),
            object,
            version,
            created_at: self.now(),
            data: String::from("{}"),
        }
    }

    /// A seal with hashes that only look like some.
    #[must_use]
    pub fn seal(position: i64, transaction: LedgerTransactionId) -> Seal {
        Seal { position, transaction, previous_hash: vec![1; 32], hash: vec![2; 32] }
    }
}
