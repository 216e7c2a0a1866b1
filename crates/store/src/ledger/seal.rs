//! The hash chain over recorded transactions: appended by one leader, checked by anyone.

use steelyard_domain::{
    LedgerTransactionId,
    ledger::{Entry, LedgerTransaction},
};
use uuid::Uuid;

use crate::{
    Reader, Record, RowReader, RowWriter, StoreError, Tx,
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

const SELECT_LAST_SEAL: &str = "
    SELECT position, transaction_id, previous_hash, hash
    FROM ledger_seal
    ORDER BY position DESC
    LIMIT 1";

/// The end of the chain.
pub async fn last_seal(tx: &Tx<'_>) -> Result<Option<Seal>, StoreError> {
    Ok(tx.rows(SELECT_LAST_SEAL, &[], Seal::read).await?.into_iter().next())
}

/// The end of the chain, as far as it has been committed.
pub async fn end_of_chain(reader: &Reader) -> Result<Option<Seal>, StoreError> {
    reader.row(SELECT_LAST_SEAL, Vec::new(), Seal::read).await
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

const SELECT_UNSEALED: &str = "
    SELECT t.seq, t.id, t.merchant_id, t.mode, t.kind, t.source_type, t.source_id, t.order_id, t.currency,
        t.reverses, t.posted_at
    FROM ledger_transaction t
    WHERE t.seq > $1 AND NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.transaction_id = t.id)
    ORDER BY t.seq
    LIMIT $2";

fn read_unsealed(row: &mut RowReader<'_>) -> Result<Unsealed, StoreError> {
    Ok((row.int()?, LedgerTransaction::read(row)?))
}

/// Transactions above number `above` that are not sealed, in the order of recording.
pub async fn unsealed(tx: &Tx<'_>, above: i64, limit: i64) -> Result<Vec<Unsealed>, StoreError> {
    tx.rows(SELECT_UNSEALED, &[above.into(), limit.into()], read_unsealed).await
}

/// The same, as far as they have been committed, with their entries in order.
pub async fn unsealed_with_entries(
    reader: &Reader,
    above: i64,
    limit: i64,
) -> Result<(Vec<Unsealed>, Vec<Entry>), StoreError> {
    let found = reader.rows(SELECT_UNSEALED, vec![above.into(), limit.into()], read_unsealed).await?;
    let (Some((first, _)), Some((last, _))) = (found.first(), found.last()) else {
        return Ok((found, Vec::new()));
    };
    let sql = format!(
        "SELECT {}
        FROM entry
        WHERE transaction_id IN (SELECT id FROM ledger_transaction WHERE seq BETWEEN $1 AND $2)
        ORDER BY transaction_id, number",
        Entry::table().column_list("")
    );
    let entries = reader.rows(&sql, vec![(*first).into(), (*last).into()], Entry::read).await?;
    Ok((found, entries))
}

/// The number of the transaction at the end of the chain; 0 if nothing is sealed.
pub async fn last_sealed(reader: &Reader) -> Result<i64, StoreError> {
    let sql = "
        SELECT seq
        FROM ledger_transaction
        WHERE id = (SELECT transaction_id FROM ledger_seal ORDER BY position DESC LIMIT 1)";
    Ok(reader.row(sql, Vec::new(), |row| row.int()).await?.unwrap_or(0))
}

/// Entries of transactions, within a commit.
pub async fn entries_of(tx: &Tx<'_>, transactions: &[Uuid]) -> Result<Vec<Entry>, StoreError> {
    tx.find(&super::ENTRIES_OF, transactions).await
}
