//! The hash chain over recorded transactions: appended by one leader, checked by anyone.

use steelyard_domain::LedgerTransactionId;
use steelyard_domain::ledger::LedgerTransaction;
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx, Value,
    column::Kind::{Bytes, Int, Uuid as UuidKind},
    record::RowWriterExt as _,
    table::{Table, fixed, key},
};

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// From 1, without gaps.
    pub position: i64,
    pub transaction: LedgerTransactionId,
    /// SHA-256, 32 bytes; zeros before the first.
    pub previous_hash: Vec<u8>,
    /// SHA-256 of the previous hash and the transaction's canonical bytes.
    pub hash: Vec<u8>,
}

static SEAL: Table = Table::new(
    "ledger_seal",
    &[key("position", Int), fixed("transaction_id", UuidKind), fixed("previous_hash", Bytes), fixed("hash", Bytes)],
);

impl Record for Seal {
    fn table() -> &'static Table {
        &SEAL
    }

    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>) {
        row.number(self.position);
        row.id(self.transaction.uuid());
        row.bytes(Some(&self.previous_hash));
        row.bytes(Some(&self.hash));
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            position: row.int()?,
            transaction: LedgerTransactionId::from_uuid(row.uuid()?),
            previous_hash: row.bytes()?,
            hash: row.bytes()?,
        })
    }
}

/// The end of the chain.
pub async fn last_seal(tx: &Tx<'_>) -> Result<Option<Seal>, StoreError> {
    let sql = "
        SELECT position, transaction_id, previous_hash, hash
        FROM ledger_seal
        ORDER BY position DESC
        LIMIT 1";
    Ok(tx.rows(sql, &[], Seal::read).await?.into_iter().next())
}

/// A page of the chain, from the beginning.
pub async fn seals_after(reader: &Reader, position: i64, limit: i64) -> Result<Vec<Seal>, StoreError> {
    let sql = "
        SELECT position, transaction_id, previous_hash, hash
        FROM ledger_seal
        WHERE position > $1
        ORDER BY position
        LIMIT $2";
    reader.rows(sql, vec![position.into(), limit.into()], Seal::read).await
}

/// A transaction that is in no seal yet, with its number in the order of recording.
pub type Unsealed = (i64, LedgerTransaction);

/// Transactions above number `above` that are not sealed, in the order of recording.
pub async fn unsealed(tx: &Tx<'_>, above: i64, limit: i64) -> Result<Vec<Unsealed>, StoreError> {
    let sql = "
        SELECT t.seq, t.id, t.merchant_id, t.mode, t.kind, t.source_type, t.source_id, t.order_id, t.currency,
            t.reverses, t.posted_at
        FROM ledger_transaction t
        WHERE t.seq > $1 AND NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.transaction_id = t.id)
        ORDER BY t.seq
        LIMIT $2";
    let parameters: [Value; 2] = [above.into(), limit.into()];
    tx.rows(sql, &parameters, |row| Ok((row.int()?, LedgerTransaction::read(row)?))).await
}

/// Entries of transactions, within a commit.
pub async fn entries_of(
    tx: &Tx<'_>,
    transactions: &[Uuid],
) -> Result<Vec<steelyard_domain::ledger::Entry>, StoreError> {
    tx.find(&super::ENTRIES_OF, transactions).await
}
