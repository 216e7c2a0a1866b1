//! SQLite's log, kept short while commits go on: a thread of its own copies it back into the database, so that
//! between two commits there is only the little to copy that came meanwhile.

use std::{
    mem,
    path::Path,
    thread::{self, JoinHandle},
};

use crate::{StoreError, Writer, sqlite};

/// A writer at full speed writes on while its log is copied; what it wrote is copied in turn, until there was no
/// more to copy than this, in pages, or so often.
const FRAMES_LEFT: i64 = 2_000;
const PASSES_MAX: u32 = 8;

/// The upkeep of one writer's log. Nothing to do on PostgreSQL.
pub struct Upkeep {
    wal_bytes_max: u64,
    state: State,
}

enum State {
    Idle,
    Copying(JoinHandle<Result<(), StoreError>>),
    Copied,
}

impl Upkeep {
    /// The log is to start over once it has grown past `wal_bytes_max`.
    #[must_use]
    pub const fn new(wal_bytes_max: u64) -> Self {
        Self { wal_bytes_max, state: State::Idle }
    }

    /// The next step, to be taken between two commits now and then: begins to copy a log that has grown, or starts
    /// one over that has been copied. Neither keeps a commit waiting for long.
    ///
    /// # Errors
    /// What the copying failed with. The log goes on growing, and the next step tries again.
    pub fn step(&mut self, writer: &Writer) -> Result<(), StoreError> {
        let Writer::Sqlite { connection, path } = writer else { return Ok(()) };
        if let State::Copying(thread) = &self.state
            && thread.is_finished()
        {
            self.wait()?;
        }
        match self.state {
            State::Idle => {
                if sqlite::log_bytes(connection)? > self.wal_bytes_max {
                    self.state = State::Copying(copy_back(path)?);
                }
                Ok(())
            }
            State::Copying(_) => Ok(()),
            State::Copied => {
                self.state = State::Idle;
                sqlite::checkpoint_restart(connection)
            }
        }
    }

    /// Whether a log that has grown is being seen to: then the next step is due after every commit, for what is
    /// written between the copy and the new beginning is copied by the writer itself.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        match self.state {
            State::Idle => false,
            State::Copying(_) | State::Copied => true,
        }
    }

    /// Waits for a copy that is under way.
    ///
    /// # Errors
    /// What it failed with.
    pub fn wait(&mut self) -> Result<(), StoreError> {
        match mem::replace(&mut self.state, State::Idle) {
            State::Copying(thread) => {
                let ended_badly = |_| StoreError::Unavailable { detail: String::from("copying the log ended badly") };
                thread.join().map_err(ended_badly)??;
                self.state = State::Copied;
            }
            state @ (State::Idle | State::Copied) => self.state = state,
        }
        Ok(())
    }
}

fn copy_back(path: &Path) -> Result<JoinHandle<Result<(), StoreError>>, StoreError> {
    let path = path.to_owned();
    let thread = thread::Builder::new().name(String::from("log-copier"));
    let spawned = thread.spawn(move || {
        let connection = sqlite::open_writer(&path)?;
        let mut copied = 0;
        for _ in 0..PASSES_MAX {
            let frames = sqlite::checkpoint_passive(&connection)?;
            if frames - copied < FRAMES_LEFT {
                break;
            }
            copied = frames;
        }
        Ok(())
    });
    spawned.map_err(|error| StoreError::Unavailable { detail: error.to_string() })
}
