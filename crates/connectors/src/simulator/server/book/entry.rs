//! One transaction of the book: looked up by our reference, answered again, or added.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use steelyard_domain::{Money, Timestamp, id::write_suffix};
use uuid::Uuid;

use super::{Book, BookError, columns::CurrencyColumn};
use crate::simulator::{
    EntryState, Operation,
    server::{cards::CardEnds, decline::Decline},
};

/// The end of one request, as it is answered now and every time the same request comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recorded {
    Approved(Approved),
    Declined(Decline),
    /// The reference belongs to a request with another content.
    ReferenceTaken,
    /// The reference has been net-cancelled.
    NetCanceled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approved {
    pub(crate) acquirer_transaction_id: String,
    pub(crate) approval_number: String,
    pub(crate) amount: Money,
}

/// Everything that must be the same for a request to be the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) operation: Operation,
    pub(super) amount: Money,
    pub(super) original: Option<String>,
    pub(super) card: Option<CardEnds>,
    pub(super) token: Option<String>,
    pub(super) installment_months: u8,
    pub(super) recurring: bool,
}

/// What the book knows of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Approved(Approved),
    Declined(Decline),
    /// Nothing is left of it: net-cancelled, forbidden before it came, or voided.
    Undone,
    NotFound,
}

impl Book {
    pub(crate) async fn standing(&self, reference: &str) -> Result<Standing, BookError> {
        let reference = reference.to_owned();
        self.read(move |connection| standing(connection, &reference)).await
    }
}

fn standing(connection: &Connection, reference: &str) -> rusqlite::Result<Standing> {
    let Some(entry) = find(connection, reference)? else {
        let forbidden = is_forbidden(connection, reference)?;
        return Ok(if forbidden { Standing::Undone } else { Standing::NotFound });
    };
    Ok(match entry.state {
        EntryState::Undone | EntryState::Voided => Standing::Undone,
        EntryState::Approved | EntryState::Declined => match entry.verdict {
            Verdict::Approve(approved) => Standing::Approved(approved),
            Verdict::Decline(decline) => Standing::Declined(decline),
        },
    })
}

/// What was decided about a request when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Approve(Approved),
    Decline(Decline),
}

/// An entry as far as its own request is concerned.
pub(super) struct Found {
    pub(super) sequence: i64,
    pub(super) state: EntryState,
    pub(super) content: Content,
    pub(super) payment_sequence: Option<i64>,
    verdict: Verdict,
}

/// If `reference` has been seen or forbidden, the answer it gets; `None` if it is new.
pub(super) fn replay(
    connection: &Connection,
    reference: &str,
    content: &Content,
) -> rusqlite::Result<Option<Recorded>> {
    let Some(entry) = find(connection, reference)? else {
        return Ok(is_forbidden(connection, reference)?.then_some(Recorded::NetCanceled));
    };
    if entry.content != *content {
        return Ok(Some(Recorded::ReferenceTaken));
    }
    if entry.state == EntryState::Undone {
        return Ok(Some(Recorded::NetCanceled));
    }
    Ok(Some(entry.verdict.into()))
}

impl From<Verdict> for Recorded {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve(approved) => Self::Approved(approved),
            Verdict::Decline(decline) => Self::Declined(decline),
        }
    }
}

const FIND: &str = "
    SELECT sequence, operation, state, amount, currency, acquirer_transaction_id, approval_number,
        decline_code, decline_message, payment_sequence, original, bin, last4, token,
        installment_months, recurring
    FROM entry
    WHERE reference = ?1";

pub(super) fn find(connection: &Connection, reference: &str) -> rusqlite::Result<Option<Found>> {
    connection.prepare_cached(FIND)?.query_row([reference], found).optional()
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let CurrencyColumn(currency) = row.get("currency")?;
    let amount = Money::new(row.get("amount")?, currency);
    let verdict = match row.get::<_, Option<String>>("decline_code")? {
        Some(code) => {
            Verdict::Decline(Decline { code: code.into(), message: row.get::<_, String>("decline_message")?.into() })
        }
        None => Verdict::Approve(Approved {
            acquirer_transaction_id: row.get("acquirer_transaction_id")?,
            approval_number: row.get("approval_number")?,
            amount,
        }),
    };
    let bin: Option<String> = row.get("bin")?;
    let last4: Option<String> = row.get("last4")?;
    Ok(Found {
        sequence: row.get("sequence")?,
        state: row.get("state")?,
        content: Content {
            operation: row.get("operation")?,
            amount,
            original: row.get("original")?,
            card: bin.zip(last4).map(|(bin, last4)| CardEnds { bin, last4 }),
            token: row.get("token")?,
            installment_months: row.get("installment_months")?,
            recurring: row.get("recurring")?,
        },
        payment_sequence: row.get("payment_sequence")?,
        verdict,
    })
}

fn is_forbidden(connection: &Connection, reference: &str) -> rusqlite::Result<bool> {
    const IS_FORBIDDEN: &str = "
        SELECT EXISTS (SELECT 1 FROM forbidden WHERE reference = ?1)";
    connection.prepare_cached(IS_FORBIDDEN)?.query_row([reference], |row| row.get(0))
}

/// A request that is new to the book, and what was decided about it.
pub(super) struct NewEntry<'a> {
    pub(super) reference: &'a str,
    pub(super) content: Content,
    pub(super) verdict: Result<(), Decline>,
    /// The payment acted on.
    pub(super) payment_sequence: Option<i64>,
    /// Taken at once, by a purchase.
    pub(super) captured_amount: i64,
    /// Becomes the simulator's own transaction id.
    pub(super) id: Uuid,
    pub(super) now: Timestamp,
}

pub(super) fn add(connection: &Connection, entry: NewEntry<'_>) -> rusqlite::Result<Recorded> {
    const NEXT: &str = "
        SELECT COALESCE(MAX(sequence), 0) + 1
        FROM entry";
    let sequence: i64 = connection.prepare_cached(NEXT)?.query_row([], |row| row.get(0))?;
    let verdict = match &entry.verdict {
        Ok(()) => Verdict::Approve(Approved {
            acquirer_transaction_id: acquirer_transaction_id(entry.id),
            approval_number: approval_number(sequence),
            amount: entry.content.amount,
        }),
        Err(decline) => {
            assert_eq!(entry.captured_amount, 0, "what is declined takes nothing");
            Verdict::Decline(decline.clone())
        }
    };
    insert(connection, sequence, &entry, &verdict)?;
    Ok(verdict.into())
}

const INSERT: &str = "
    INSERT INTO entry (
        sequence, reference, operation, state, amount, currency, captured_amount, returned_amount,
        acquirer_transaction_id, approval_number, decline_code, decline_message,
        payment_sequence, original, bin, last4, token, installment_months, recurring, created_at
    )
    VALUES (
        :sequence, :reference, :operation, :state, :amount, :currency, :captured_amount, 0,
        :acquirer_transaction_id, :approval_number, :decline_code, :decline_message,
        :payment_sequence, :original, :bin, :last4, :token, :installment_months, :recurring, :created_at
    )";

fn insert(connection: &Connection, sequence: i64, entry: &NewEntry<'_>, verdict: &Verdict) -> rusqlite::Result<()> {
    let (state, approved, decline) = match verdict {
        Verdict::Approve(approved) => (EntryState::Approved, Some(approved), None),
        Verdict::Decline(decline) => (EntryState::Declined, None, Some(decline)),
    };
    let content = &entry.content;
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":sequence": sequence,
        ":reference": entry.reference,
        ":operation": content.operation,
        ":state": state,
        ":amount": content.amount.amount,
        ":currency": content.amount.currency.code(),
        ":captured_amount": entry.captured_amount,
        ":acquirer_transaction_id": approved.map(|approved| &approved.acquirer_transaction_id),
        ":approval_number": approved.map(|approved| &approved.approval_number),
        ":decline_code": decline.map(|decline| &decline.code),
        ":decline_message": decline.map(|decline| &decline.message),
        ":payment_sequence": entry.payment_sequence,
        ":original": content.original,
        ":bin": content.card.as_ref().map(|card| &card.bin),
        ":last4": content.card.as_ref().map(|card| &card.last4),
        ":token": content.token,
        ":installment_months": content.installment_months,
        ":recurring": content.recurring,
        ":created_at": entry.now.micros(),
    })?;
    Ok(())
}

/// Sorts by the time it was made, and says nothing else.
fn acquirer_transaction_id(id: Uuid) -> String {
    let mut text = "sim_".to_owned();
    write_suffix(id, &mut text);
    text
}

/// Eight digits, different for a hundred million transactions: the factor shares no divisor with 10⁸, so
/// neighbours look unrelated and none repeats.
fn approval_number(sequence: i64) -> String {
    format!("{:08}", (i128::from(sequence) * 61_803_399).rem_euclid(100_000_000))
}
