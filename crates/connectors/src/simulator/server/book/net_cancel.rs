//! Net cancel (망취소): undoes whatever happened to a reference, and forbids that it still happens.

use rusqlite::{Connection, named_params};
use steelyard_domain::Timestamp;

use super::{
    Book, BookError,
    entry::{self, Found},
};
use crate::simulator::{EntryState, Operation};

impl Book {
    pub(crate) async fn net_cancel(&self, reference: String, now: Timestamp) -> Result<(), BookError> {
        self.write(move |connection| undo(connection, &reference, now)).await
    }
}

fn undo(connection: &Connection, reference: &str, now: Timestamp) -> rusqlite::Result<()> {
    let Some(entry) = entry::find(connection, reference)? else {
        return forbid(connection, reference, now);
    };
    match entry.state {
        // Nothing is left to undo, and the reference is taken for good.
        EntryState::Declined | EntryState::Undone => return Ok(()),
        // An account that was issued is closed by it: who deposits later is refused.
        EntryState::Approved | EntryState::Issued | EntryState::Voided => {}
    }
    mark_undone(connection, &entry, now)?;
    match entry.content.operation {
        // What was built on a payment goes with it: none of it moved anything on its own.
        Operation::Authorize | Operation::Purchase => {
            undo_all(connection, entry.sequence, now)?;
            reset_amounts(connection, entry.sequence)
        }
        Operation::Capture => {
            let payment = payment_of(&entry);
            undo_returns(connection, payment, now)?;
            reset_amounts(connection, payment)
        }
        Operation::Void => revive(connection, payment_of(&entry)),
        Operation::Cancel | Operation::Refund => take_back(connection, payment_of(&entry), entry.content.amount.amount),
    }
}

fn payment_of(entry: &Found) -> i64 {
    // Only a declined follow-up can lack its payment.
    entry.payment_sequence.expect("an approved follow-up acts on a payment")
}

fn forbid(connection: &Connection, reference: &str, now: Timestamp) -> rusqlite::Result<()> {
    const FORBID: &str = "
        INSERT INTO forbidden (reference, forbidden_at)
        VALUES (?1, ?2)
        ON CONFLICT DO NOTHING";
    connection.prepare_cached(FORBID)?.execute((reference, now.micros()))?;
    Ok(())
}

fn mark_undone(connection: &Connection, entry: &Found, now: Timestamp) -> rusqlite::Result<()> {
    const MARK_UNDONE: &str = "
        UPDATE entry
        SET state = 'undone', undone_at = :now
        WHERE sequence = :sequence AND state = :old_state";
    let rows = connection.prepare_cached(MARK_UNDONE)?.execute(named_params! {
        ":now": now.micros(),
        ":sequence": entry.sequence,
        ":old_state": entry.state,
    })?;
    assert_eq!(rows, 1, "an entry changes only under the writer's eyes");
    Ok(())
}

fn undo_all(connection: &Connection, payment_sequence: i64, now: Timestamp) -> rusqlite::Result<()> {
    const UNDO_ALL: &str = "
        UPDATE entry
        SET state = 'undone', undone_at = ?2
        WHERE payment_sequence = ?1 AND state = 'approved'";
    connection.prepare_cached(UNDO_ALL)?.execute((payment_sequence, now.micros()))?;
    Ok(())
}

fn undo_returns(connection: &Connection, payment_sequence: i64, now: Timestamp) -> rusqlite::Result<()> {
    const UNDO_RETURNS: &str = "
        UPDATE entry
        SET state = 'undone', undone_at = ?2
        WHERE payment_sequence = ?1 AND state = 'approved' AND operation IN ('cancel', 'refund')";
    connection.prepare_cached(UNDO_RETURNS)?.execute((payment_sequence, now.micros()))?;
    Ok(())
}

fn reset_amounts(connection: &Connection, payment_sequence: i64) -> rusqlite::Result<()> {
    const RESET_AMOUNTS: &str = "
        UPDATE entry
        SET captured_amount = 0, returned_amount = 0
        WHERE sequence = ?1";
    let rows = connection.prepare_cached(RESET_AMOUNTS)?.execute([payment_sequence])?;
    assert_eq!(rows, 1, "a payment is never deleted");
    Ok(())
}

fn revive(connection: &Connection, payment_sequence: i64) -> rusqlite::Result<()> {
    const REVIVE: &str = "
        UPDATE entry
        SET state = 'approved'
        WHERE sequence = ?1 AND state = 'voided'";
    let rows = connection.prepare_cached(REVIVE)?.execute([payment_sequence])?;
    assert_eq!(rows, 1, "an approved void has voided its authorization");
    Ok(())
}

fn take_back(connection: &Connection, payment_sequence: i64, amount: i64) -> rusqlite::Result<()> {
    const TAKE_BACK: &str = "
        UPDATE entry
        SET returned_amount = returned_amount - ?2
        WHERE sequence = ?1 AND returned_amount >= ?2";
    let rows = connection.prepare_cached(TAKE_BACK)?.execute([payment_sequence, amount])?;
    assert_eq!(rows, 1, "an approved return is part of what was returned");
    Ok(())
}
