//! The book's file and tables.

use std::{path::Path, time::Duration};

use rusqlite::Connection;

use super::BookError;

const VERSION: i64 = 1;

/// Another process may hold the file for as long as a commit takes.
const BUSY: Duration = Duration::from_secs(5);

/// `synchronous=FULL` as SQLite answers it.
const SYNCHRONOUS_FULL: i64 = 2;

const TABLES: &str = "
    CREATE TABLE entry (
        sequence INTEGER PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        operation TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('approved', 'declined', 'undone', 'voided')),
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
        bin TEXT CHECK (length(bin) = 6),
        last4 TEXT CHECK (length(last4) = 4),
        token TEXT,
        installment_months INTEGER NOT NULL,
        recurring INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        undone_at INTEGER,
        CHECK ((state = 'declined') = (decline_code IS NOT NULL)),
        CHECK ((state = 'declined') = (acquirer_transaction_id IS NULL)),
        CHECK ((state = 'undone') = (undone_at IS NOT NULL))
    ) STRICT;
    CREATE INDEX entry_payment ON entry (payment_sequence) WHERE payment_sequence IS NOT NULL;

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
        charged_by TEXT
    ) STRICT, WITHOUT ROWID;";

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
    connection.pragma_update(None, "foreign_keys", true)?;
    create(&mut connection)?;
    Ok(connection)
}

fn create(connection: &mut Connection) -> Result<(), BookError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        VERSION => {}
        0 => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        _ => return Err(BookError::Version { found, known: VERSION }),
    }
    transaction.commit()?;
    Ok(())
}
