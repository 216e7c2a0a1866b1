//! What can go wrong with a database, sorted by what to do about it.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    /// Another writer was first: a natural key taken, a row changed since it was read, a deadlock, a
    /// serialization failure. Run the whole batch again.
    #[error("another writer was first ({what})")]
    Conflict { what: String },
    /// A constraint refused a row. The core should have: a bug or a race.
    #[error("a constraint refused a row: {detail}")]
    Rejected { detail: String },
    /// The connection was lost while COMMIT was under way: it may have taken place.
    #[error("the connection was lost at COMMIT: {detail}")]
    Ambiguous { detail: String },
    /// The database cannot be reached or cannot write now.
    #[error("the database is not available: {detail}")]
    Unavailable { detail: String },
    /// A statement of ours is wrong.
    #[error("the database refused a statement: {detail}")]
    Statement { detail: String },
    /// A stored value that no row of ours can hold.
    #[error("column {column} holds a value that cannot be read: {detail}")]
    Corrupt { column: usize, detail: String },
    /// The database was made by a newer release.
    #[error(
        "the database is at version {found}, newer than {known}, the latest this release knows; use a newer release"
    )]
    FromTheFuture { found: u32, known: u32 },
    #[error("migration failed: {detail}")]
    Migration { detail: String },
    #[error("{detail}")]
    Configuration { detail: String },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        let Some(code) = error.sqlite_error_code() else {
            return Self::Statement { detail };
        };
        match code {
            rusqlite::ErrorCode::ConstraintViolation => {
                let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
                let unique = [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
                if unique.contains(&extended) { Self::Conflict { what: detail } } else { Self::Rejected { detail } }
            }
            rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => Self::Conflict { what: detail },
            rusqlite::ErrorCode::DiskFull
            | rusqlite::ErrorCode::SystemIoFailure
            | rusqlite::ErrorCode::CannotOpen
            | rusqlite::ErrorCode::ReadOnly
            | rusqlite::ErrorCode::OutOfMemory
            | rusqlite::ErrorCode::PermissionDenied
            | rusqlite::ErrorCode::FileLockingProtocolFailed
            | rusqlite::ErrorCode::NoLargeFileSupport
            | rusqlite::ErrorCode::DatabaseCorrupt => Self::Unavailable { detail },
            rusqlite::ErrorCode::NotADatabase => Self::Configuration { detail },
            rusqlite::ErrorCode::InternalMalfunction
            | rusqlite::ErrorCode::OperationAborted
            | rusqlite::ErrorCode::OperationInterrupted
            | rusqlite::ErrorCode::NotFound
            | rusqlite::ErrorCode::SchemaChanged
            | rusqlite::ErrorCode::TooBig
            | rusqlite::ErrorCode::TypeMismatch
            | rusqlite::ErrorCode::ApiMisuse
            | rusqlite::ErrorCode::AuthorizationForStatementDenied
            | rusqlite::ErrorCode::ParameterOutOfRange
            | rusqlite::ErrorCode::Unknown
            | _ => Self::Statement { detail },
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            return Self::Unavailable { detail: chain(&error) };
        };
        let code = db.code().code();
        let detail = format!("{} ({code})", db.message());
        match (code.get(..2).unwrap_or(""), code) {
            // 40: rollback, as serialization failure and deadlock. 55: a lock not available.
            ("40" | "55", _) | ("23", "23505") => Self::Conflict { what: detail },
            ("23", _) => Self::Rejected { detail },
            // 08 connection, 53 out of resources, 57 shut down or canceled, 58 the system. A read-only server is
            // a standby; one that closes an idle transaction closes its connection.
            ("08" | "53" | "57" | "58", _) | ("25", "25006" | "25P03") => Self::Unavailable { detail },
            // 28: who we say we are is not believed. 3D: there is no such database.
            ("28" | "3D", _) => Self::Configuration { detail },
            _ => Self::Statement { detail },
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
