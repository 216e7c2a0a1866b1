//! Our attempts against the simulated acquirer's book.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::SocketAddr,
    time::Duration,
};

use steelyard_connectors::simulator::{BookEntry, EntryState, Operation as BookOperation, Simulator};
use steelyard_domain::{
    PaymentId,
    method::ConnectorName,
    payment::{AttemptState, Operation},
};
use steelyard_store::{
    Reader, StoreError,
    audit::FINDINGS_MAX,
    engine::Target,
    payment::{ComparedAttempt, compared_attempts},
};

use crate::{config::Config, output::Failed, sim};

const PAGE: u32 = 1_000;
const PATIENCE: Duration = Duration::from_secs(10);

/// The acquirer whose book is read.
pub struct Acquirer {
    simulator: Simulator,
    /// Served by ourselves, from the file beside the database.
    own: Option<sim::Running>,
}

impl Acquirer {
    /// The acquirer of the configuration, or the book beside a SQLite database.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub async fn reach(config: &Config, target: &Target) -> Result<Self, String> {
        if let Some(url) = &config.settings.acquirer_url {
            let simulator = Simulator::new(url).map_err(|error| error.to_string())?;
            return Ok(Self { simulator, own: None });
        }
        let Target::Sqlite(path) = target else {
            return Err(String::from("no acquirer is named: set ACQUIRER_URL or --acquirer-url"));
        };
        let book = path.with_file_name("acquirer.db");
        if !book.exists() {
            return Err(format!("there is no book at {}, and no acquirer is named", book.display()));
        }
        let own = sim::Running::start(&book, SocketAddr::from(([127, 0, 0, 1], 0)), None).await;
        let own = own.map_err(|Failed(why)| format!("{}: {why}", book.display()))?;
        let simulator = Simulator::new(&own.url).map_err(|error| error.to_string())?;
        Ok(Self { simulator, own: Some(own) })
    }

    /// The whole book, in the order of booking.
    pub async fn read(&self) -> Result<Vec<BookEntry>, String> {
        let mut entries = Vec::new();
        let mut after = Some(0);
        while let Some(from) = after {
            let page = self.simulator.book_page(from, PAGE, PATIENCE).await.map_err(|error| error.to_string())?;
            entries.extend(page.entries);
            after = page.next;
        }
        Ok(entries)
    }

    pub async fn leave(self) -> Result<(), Failed> {
        match self.own {
            Some(own) => own.stop().await,
            None => Ok(()),
        }
    }
}

/// Every attempt that the simulator was, or may have been, asked.
pub async fn attempts(reader: &Reader) -> Result<Vec<ComparedAttempt>, StoreError> {
    let mut attempts: Vec<ComparedAttempt> = Vec::new();
    loop {
        let after = attempts.last().map(|attempt| attempt.id);
        let page = compared_attempts(reader, ConnectorName::Simulator, after, i64::from(PAGE)).await?;
        if page.is_empty() {
            return Ok(attempts);
        }
        attempts.extend(page);
    }
}

/// Whether it is not yet certain what became of an attempt: a late approval that is being undone, too.
fn is_in_flight(attempt: &ComparedAttempt) -> bool {
    // Approved and still asked about: an account was issued, and its deposit may have come.
    let waits = matches!(attempt.state, AttemptState::NetCanceled | AttemptState::Approved);
    attempt.state.is_open() || (waits && attempt.next_check_at.is_some())
}

pub fn in_flight(attempts: &[ComparedAttempt]) -> Vec<String> {
    attempts
        .iter()
        .filter(|attempt| is_in_flight(attempt))
        .map(|attempt| {
            let at = |time: Option<steelyard_domain::Timestamp>| time.map_or_else(String::new, |time| time.to_string());
            format!(
                "{} of {}: {} {}, sent {}, asked about again {}",
                attempt.id,
                attempt.payment,
                attempt.operation.as_str(),
                attempt.state.as_str(),
                at(attempt.sent_at),
                at(attempt.next_check_at)
            )
        })
        .collect()
}

pub struct Comparison<'a> {
    pub attempts: &'a [ComparedAttempt],
}

impl Comparison<'_> {
    /// What contradicts the book as it was read before our snapshot and as it was read after it.
    pub fn contradictions(&self, before: &[BookEntry], after: &[BookEntry]) -> Vec<String> {
        let after = self.against(after);
        self.against(before).into_iter().filter(|finding| after.contains(finding)).take(FINDINGS_MAX).collect()
    }

    fn against(&self, book: &[BookEntry]) -> BTreeSet<String> {
        let entries: HashMap<&str, &BookEntry> = book.iter().map(|entry| (entry.reference.as_str(), entry)).collect();
        let ours: HashSet<String> = self.attempts.iter().map(|attempt| attempt.id.to_string()).collect();
        let open: HashSet<PaymentId> =
            self.attempts.iter().filter(|attempt| is_in_flight(attempt)).map(|attempt| attempt.payment).collect();
        let mut findings = BTreeSet::new();
        for attempt in self.attempts.iter().filter(|attempt| !is_in_flight(attempt)) {
            let reference = attempt.id.to_string();
            let entry = entries.get(reference.as_str()).copied();
            if let Some(why) = contradiction(attempt, entry) {
                findings.insert(format!("{reference} of {}: {why}", attempt.payment));
            }
            // What is under way may have moved money already.
            if attempt.operation.charges()
                && attempt.state == AttemptState::Approved
                && !open.contains(&attempt.payment)
                && let Some(entry) = entry
                && (entry.captured.amount, entry.returned.amount) != (attempt.captured, attempt.returned)
            {
                findings.insert(format!(
                    "{}: captured {} and returned {}, the book says {} and {}",
                    attempt.payment, attempt.captured, attempt.returned, entry.captured.amount, entry.returned.amount
                ));
            }
        }
        for entry in book.iter().filter(|entry| !ours.contains(&entry.reference)) {
            match entry.state {
                EntryState::Approved | EntryState::Issued | EntryState::Undone | EntryState::Voided => {
                    findings.insert(format!(
                        "{}: in the book, {}, and not ours",
                        entry.reference,
                        entry.state.as_str()
                    ));
                }
                // Nothing moved, so nothing is missing.
                EntryState::Declined => {}
            }
        }
        findings
    }
}

const fn in_the_book(operation: Operation) -> BookOperation {
    match operation {
        Operation::Authorize => BookOperation::Authorize,
        Operation::Purchase => BookOperation::Purchase,
        Operation::Capture => BookOperation::Capture,
        Operation::Void => BookOperation::Void,
        Operation::Cancel => BookOperation::Cancel,
        Operation::Refund => BookOperation::Refund,
    }
}

/// Why an attempt that is over and its entry cannot both be true.
fn contradiction(attempt: &ComparedAttempt, entry: Option<&BookEntry>) -> Option<String> {
    let Some(entry) = entry else {
        return match attempt.state {
            AttemptState::Approved => Some(String::from("approved, and the book does not know it")),
            AttemptState::Created
            | AttemptState::Sent
            | AttemptState::Abandoned
            | AttemptState::Declined
            | AttemptState::NotSent
            | AttemptState::Unknown
            | AttemptState::NetCanceled => None,
        };
    };
    if entry.operation != in_the_book(attempt.operation) {
        return Some(format!("{}, the book says {:?}", attempt.operation.as_str(), entry.operation));
    }
    if (entry.amount.amount, entry.amount.currency) != (attempt.amount, attempt.currency) {
        return Some(format!("{} {}, the book says {}", attempt.amount, attempt.currency, entry.amount));
    }
    let agrees = match entry.state {
        EntryState::Approved | EntryState::Issued => attempt.state == AttemptState::Approved,
        EntryState::Voided => attempt.state == AttemptState::Approved && attempt.operation == Operation::Authorize,
        EntryState::Undone => attempt.state == AttemptState::NetCanceled,
        EntryState::Declined => matches!(attempt.state, AttemptState::Declined | AttemptState::NetCanceled),
    };
    (!agrees).then(|| format!("{}, the book says {}", attempt.state.as_str(), entry.state.as_str()))
}
