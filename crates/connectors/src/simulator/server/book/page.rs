//! The whole book, page by page: the truth that others compare theirs with.

use rusqlite::{Connection, Row};
use steelyard_domain::Timestamp;

use super::{Book, BookError};
use crate::simulator::wire::{Entry, EntryAccount, Page, Time};

/// A page of this many stays well below what a client reads of one answer.
pub(crate) const PAGE_ENTRIES_MAX: u32 = 1_000;

impl Book {
    /// The entries after `after`, at most `limit` of them.
    pub(crate) async fn page(&self, after: i64, limit: u32) -> Result<Page, BookError> {
        self.read(move |connection| page(connection, after, limit)).await
    }
}

fn page(connection: &Connection, after: i64, limit: u32) -> rusqlite::Result<Page> {
    const PAGE: &str = "
        SELECT entry.sequence, entry.reference, entry.operation, entry.state, entry.amount,
            entry.currency, entry.captured_amount, entry.returned_amount,
            entry.acquirer_transaction_id, entry.decline_code, entry.instrument, entry.bank, entry.holder,
            entry.due_at, entry.account_number, entry.deposited_at, entry.depositor,
            payment.reference AS original_reference
        FROM entry
        LEFT JOIN entry AS payment ON payment.sequence = entry.payment_sequence
        WHERE entry.sequence > ?1
        ORDER BY entry.sequence
        LIMIT ?2";
    assert!(limit <= PAGE_ENTRIES_MAX, "a limit was checked when it was read");
    // One more than asked for tells whether another page follows.
    let mut entries = connection
        .prepare_cached(PAGE)?
        .query_map((after, limit + 1), entry)?
        .collect::<rusqlite::Result<Vec<Entry>>>()?;
    let full = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if entries.len() > full {
        entries.truncate(full);
        entries.last().map(|last| last.sequence)
    } else {
        None
    };
    Ok(Page { entries, next })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        sequence: row.get("sequence")?,
        reference: row.get("reference")?,
        operation: row.get("operation")?,
        state: row.get("state")?,
        amount: row.get("amount")?,
        currency: row.get("currency")?,
        captured_amount: row.get("captured_amount")?,
        returned_amount: row.get("returned_amount")?,
        acquirer_transaction_id: row.get("acquirer_transaction_id")?,
        original_reference: row.get("original_reference")?,
        decline_code: row.get("decline_code")?,
        instrument: row.get("instrument")?,
        bank: row.get("bank")?,
        account: account(row)?,
    })
}

fn account(row: &Row<'_>) -> rusqlite::Result<Option<EntryAccount>> {
    let Some(number) = row.get("account_number")? else { return Ok(None) };
    let deposited_at: Option<i64> = row.get("deposited_at")?;
    Ok(Some(EntryAccount {
        number,
        holder: row.get("holder")?,
        due_at: Time(Timestamp::from_micros(row.get("due_at")?)),
        deposited_at: deposited_at.map(|micros| Time(Timestamp::from_micros(micros))),
        depositor: row.get("depositor")?,
    }))
}
