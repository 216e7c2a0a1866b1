//! The book's file and tables.

use std::{path::Path, time::Duration};

use rusqlite::Connection;

use super::BookError;

/// 1 knew cards only; 2 knows accounts, deposits, and where a challenge leads back to.
const VERSION: i64 = 2;

/// Another process may hold the file for as long as a commit takes.
const BUSY: Duration = Duration::from_secs(5);

/// `synchronous=FULL` as SQLite answers it.
const SYNCHRONOUS_FULL: i64 = 2;

const ENTRY: &str = "
    CREATE TABLE entry (
        sequence INTEGER PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        operation TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('approved', 'issued', 'declined', 'undone', 'voided')),
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        captured_amount INTEGER NOT NULL CHECK (captured_amount BETWEEN 0 AND amount),
        returned_amount INTEGER NOT NULL CHECK (returned_amount BETWEEN 0 AND captured_amount),
        acquirer_transaction_id TEXT UNIQUE,
        approval_number TEXT,
        decline_code TEXT,
        decline_message TEXT,
        -- The payment that a capture, void, cancel or refund acts on, and how the request named it.
        payment_sequence INTEGER REFERENCES entry (sequence),
        original TEXT,
        -- What an authorization or purchase was made with; last4 is of a card or of a transfer's account.
        instrument TEXT CHECK (instrument IN ('card', 'token', 'transfer', 'virtualAccount')),
        bin TEXT CHECK (length(bin) = 6),
        last4 TEXT CHECK (length(last4) = 4),
        token TEXT,
        bank TEXT,
        -- Of a virtual account: what was asked for, what was issued, and the deposit.
        holder TEXT,
        due_at INTEGER,
        account_number TEXT UNIQUE,
        deposited_at INTEGER,
        depositor TEXT,
        installment_months INTEGER NOT NULL,
        recurring INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        undone_at INTEGER,
        CHECK ((state = 'declined') = (decline_code IS NOT NULL)),
        CHECK ((state = 'declined') = (acquirer_transaction_id IS NULL)),
        CHECK ((state = 'undone') = (undone_at IS NOT NULL)),
        CHECK ((operation IN ('authorize', 'purchase')) = (instrument IS NOT NULL)),
        CHECK ((account_number IS NOT NULL) = (instrument IS 'virtualAccount' AND state <> 'declined')),
        CHECK (account_number IS NULL OR (bank IS NOT NULL AND holder IS NOT NULL AND due_at IS NOT NULL)),
        CHECK (deposited_at IS NULL OR account_number IS NOT NULL),
        CHECK (state <> 'issued' OR (account_number IS NOT NULL AND deposited_at IS NULL AND captured_amount = 0)),
        CHECK (state <> 'approved' OR account_number IS NULL OR deposited_at IS NOT NULL),
        -- An account is approved by its deposit, everything else when it is booked.
        CHECK (
            (approval_number IS NULL)
            = (state = 'declined' OR (account_number IS NOT NULL AND deposited_at IS NULL))
        )
    ) STRICT;
    CREATE INDEX entry_payment ON entry (payment_sequence) WHERE payment_sequence IS NOT NULL;";

const OTHER_TABLES: &str = "
    -- References that were net-cancelled before any request with them came.
    CREATE TABLE forbidden (
        reference TEXT PRIMARY KEY,
        forbidden_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE authentication (
        reference TEXT PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        challenge TEXT UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('pending', 'passed', 'failed')),
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        bin TEXT NOT NULL CHECK (length(bin) = 6),
        last4 TEXT NOT NULL CHECK (length(last4) = 4),
        behavior TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        charged_by TEXT,
        return_url TEXT
    ) STRICT, WITHOUT ROWID;";

/// A `CHECK` cannot be changed in place, so the entries of version 1 move into a table of version 2.
const SET_ENTRIES_1_ASIDE: &str = "
    DROP INDEX entry_payment;
    ALTER TABLE entry RENAME TO entry_1;";
const MOVE_ENTRIES_1: &str = "
    INSERT INTO entry (
        sequence, reference, operation, state, amount, currency, captured_amount, returned_amount,
        acquirer_transaction_id, approval_number, decline_code, decline_message,
        payment_sequence, original, instrument, bin, last4, token, installment_months, recurring,
        created_at, undone_at
    )
    SELECT sequence, reference, operation, state, amount, currency, captured_amount, returned_amount,
        acquirer_transaction_id, approval_number, decline_code, decline_message,
        payment_sequence, original,
        CASE
            WHEN operation NOT IN ('authorize', 'purchase') THEN NULL
            WHEN token IS NOT NULL THEN 'token'
            ELSE 'card'
        END,
        bin, last4, token, installment_months, recurring, created_at, undone_at
    FROM entry_1
    ORDER BY sequence;
    DROP TABLE entry_1;
    ALTER TABLE authentication ADD COLUMN return_url TEXT;";

/// Opens the file durably, or not at all: the pragmas' answers are read.
pub(super) fn open(path: &Path) -> Result<Connection, BookError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(BookError::Pragma { pragma: "journal_mode", answer: mode });
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if synchronous != SYNCHRONOUS_FULL {
        return Err(BookError::Pragma { pragma: "synchronous", answer: synchronous.to_string() });
    }
    // Off while entries move from table to table, and that can only be said outside of a transaction.
    connection.pragma_update(None, "foreign_keys", false)?;
    bring_up_to_date(&mut connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// All of it in one transaction: what fails half way leaves the file as it was.
fn bring_up_to_date(connection: &mut Connection) -> Result<(), BookError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        VERSION => return Ok(()),
        0 => {
            transaction.execute_batch(ENTRY)?;
            transaction.execute_batch(OTHER_TABLES)?;
        }
        1 => {
            transaction.execute_batch(SET_ENTRIES_1_ASIDE)?;
            transaction.execute_batch(ENTRY)?;
            transaction.execute_batch(MOVE_ENTRIES_1)?;
            let rows = torn_rows(&transaction)?;
            if rows > 0 {
                return Err(BookError::Torn { rows });
            }
        }
        _ => return Err(BookError::Version { found, known: VERSION }),
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// How many entries name a payment that is not there.
fn torn_rows(connection: &Connection) -> rusqlite::Result<usize> {
    let mut check = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = check.query([])?;
    let mut count = 0;
    while rows.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}
