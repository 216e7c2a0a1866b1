//! The simulator's own durable record. One thread writes it, a batch to a commit; what has been answered
//! is on disk. It shares no table with Steelyard; of a card it keeps the two ends of its number, of an account the last
//! four digits.

mod authentication;
mod charge;
mod columns;
mod content;
mod deposit;
mod entry;
mod follow_up;
mod net_cancel;
mod page;
mod schema;

use std::{
    mem,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rusqlite::{Connection, TransactionBehavior};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};

pub(super) use authentication::{Challenge, Challenged, FAILED, NewAuthentication, Outcome, Registered};
pub(super) use charge::{Charge, ChargeOperation, ChargedBy};
pub(super) use deposit::{Deposit, Deposited};
pub(super) use entry::{Approved, IssuedAccount, Recorded, Standing};
pub(super) use follow_up::{FollowUp, FollowUpOperation};
pub(super) use page::PAGE_ENTRIES_MAX;

/// Requests that wait for the writer; the next ones wait in their own connections.
const QUEUE_MAX: usize = 4_096;

/// Requests that share a commit.
const BATCH_MAX: usize = 512;

/// Why the book did not do something, or why nobody can tell whether it did.
#[derive(Debug, Error)]
pub enum BookError {
    #[error("the book: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the book answered {answer} to {pragma}")]
    Pragma { pragma: &'static str, answer: String },
    #[error("the book has version {found}, this program writes {known}")]
    Version { found: i64, known: i64 },
    #[error("entries of the old book that act on a payment it does not have: {rows}")]
    Torn { rows: usize },
    #[error("no thread to write the book with: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the book is closed, or its last commit failed")]
    Lost,
}

/// Runs inside the batch's transaction; what it returns runs after the commit.
type Work = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Deliver> + Send>;
type Deliver = Box<dyn FnOnce() + Send>;

enum Message {
    Work(Work),
    Close,
}

/// The book, open. Clones share it.
#[derive(Debug, Clone)]
pub struct Book {
    writer: mpsc::Sender<Message>,
    /// Sees what is committed. One is enough: inquiries are rare and pages are short.
    reader: Arc<Mutex<Connection>>,
    /// Ends with the writing thread.
    ended: watch::Receiver<()>,
}

impl Book {
    /// Opens or creates the file at `path` and starts its writer.
    pub fn open(path: &Path) -> Result<Self, BookError> {
        let mut connection = schema::open(path)?;
        let reader = Arc::new(Mutex::new(schema::open(path)?));
        let (writer, mut messages) = mpsc::channel(QUEUE_MAX);
        let (running, ended) = watch::channel(());
        thread::Builder::new().name("simulator-book".to_owned()).spawn(move || {
            write_batches(&mut connection, &mut messages);
            drop(connection);
            drop(running);
        })?;
        Ok(Self { writer, reader, ended })
    }

    /// Ends the writer after everything that was asked before; the file may then be opened again.
    pub(super) async fn close(&self) {
        if self.writer.send(Message::Close).await.is_err() {
            return;
        }
        let mut ended = self.ended.clone();
        // The channel never carries anything: it ends when the thread drops its side.
        while ended.changed().await.is_ok() {}
    }

    /// Does `work` in the next batch; its value is returned once that batch is on disk.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, BookError> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let value = work(connection)?;
            let deliver: Deliver = Box::new(move || {
                // Whoever asked may have gone; the book stands.
                let _ = reply.send(value);
            });
            Ok(deliver)
        });
        self.writer.send(Message::Work(work)).await.map_err(|_| BookError::Lost)?;
        answer.await.map_err(|_| BookError::Lost)
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, BookError> {
        let reader = Arc::clone(&self.reader);
        let value = tokio::task::spawn_blocking(move || {
            // A reader that panicked has changed nothing.
            let connection = reader.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection)
        });
        Ok(value.await.map_err(|_| BookError::Lost)??)
    }
}

fn write_batches(connection: &mut Connection, messages: &mut mpsc::Receiver<Message>) {
    let mut batch = Vec::new();
    let mut closing = false;
    while !closing {
        let Some(first) = messages.blocking_recv() else { return };
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Work(work) => batch.push(work),
                Message::Close => closing = true,
            }
            let full = closing || batch.len() == BATCH_MAX;
            next = if full { None } else { messages.try_recv().ok() };
        }
        match commit(connection, mem::take(&mut batch)) {
            Ok(deliveries) => deliveries.into_iter().for_each(|deliver| deliver()),
            // Everyone in the batch hears that nobody knows: their senders are gone.
            Err(error) => tracing::error!(%error, "a batch was not committed"),
        }
    }
}

fn commit(connection: &mut Connection, batch: Vec<Work>) -> rusqlite::Result<Vec<Deliver>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let deliveries = batch.into_iter().map(|work| work(&transaction)).collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    Ok(deliveries)
}
