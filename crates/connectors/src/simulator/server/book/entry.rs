//! One transaction of the book: looked up by our reference, answered again, or added.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use steelyard_domain::{Bank, Money, Timestamp, id::write_suffix};
use uuid::Uuid;

use super::{
    Book, BookError,
    content::{Content, Instrument},
};
use crate::simulator::{
    EntryState,
    server::{accounts::Wanted, decline::Decline},
};

/// The end of one request, as it is answered now and every time the same request comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recorded {
    Approved(Approved),
    Issued(IssuedAccount),
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

/// An account that waits for its deposit, or has waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuedAccount {
    pub(crate) acquirer_transaction_id: String,
    pub(crate) bank: Bank,
    pub(crate) number: String,
    pub(crate) holder: String,
    pub(crate) due_at: Timestamp,
    pub(crate) amount: Money,
}

/// What the book knows of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Approved(Approved),
    Issued(IssuedAccount),
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
        EntryState::Approved | EntryState::Issued | EntryState::Declined => match entry.verdict {
            Verdict::Approve(approved) => Standing::Approved(approved),
            Verdict::Issue(issued) => match entry.deposit_approval_number {
                Some(approval_number) => Standing::Approved(Approved {
                    acquirer_transaction_id: issued.acquirer_transaction_id,
                    approval_number,
                    amount: issued.amount,
                }),
                None => Standing::Issued(issued),
            },
            Verdict::Decline(decline) => Standing::Declined(decline),
        },
    })
}

/// What was decided about a request when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Approve(Approved),
    Issue(IssuedAccount),
    Decline(Decline),
}

/// An entry as far as its own request is concerned.
pub(super) struct Found {
    pub(super) sequence: i64,
    pub(super) state: EntryState,
    pub(super) content: Content,
    pub(super) payment_sequence: Option<i64>,
    verdict: Verdict,
    /// Of an account that has had its deposit.
    deposit_approval_number: Option<String>,
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
            Verdict::Issue(issued) => Self::Issued(issued),
            Verdict::Decline(decline) => Self::Declined(decline),
        }
    }
}

const FIND: &str = "
    SELECT sequence, operation, state, amount, currency, acquirer_transaction_id, approval_number,
        decline_code, decline_message, payment_sequence, original, instrument, bin, last4, token, bank,
        holder, due_at, account_number, installment_months, recurring
    FROM entry
    WHERE reference = ?1";

pub(super) fn find(connection: &Connection, reference: &str) -> rusqlite::Result<Option<Found>> {
    connection.prepare_cached(FIND)?.query_row([reference], found).optional()
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let content = Content::read(row)?;
    let mut deposit_approval_number = None;
    let verdict = match (row.get::<_, Option<String>>("decline_code")?, &content.instrument) {
        (Some(code), _) => {
            Verdict::Decline(Decline { code: code.into(), message: row.get::<_, String>("decline_message")?.into() })
        }
        (None, Some(Instrument::VirtualAccount(wanted))) => {
            deposit_approval_number = row.get("approval_number")?;
            let number = row.get("account_number")?;
            Verdict::Issue(issued(row.get("acquirer_transaction_id")?, number, content.amount, wanted))
        }
        (None, _) => Verdict::Approve(Approved {
            acquirer_transaction_id: row.get("acquirer_transaction_id")?,
            approval_number: row.get("approval_number")?,
            amount: content.amount,
        }),
    };
    Ok(Found {
        sequence: row.get("sequence")?,
        state: row.get("state")?,
        payment_sequence: row.get("payment_sequence")?,
        content,
        verdict,
        deposit_approval_number,
    })
}

fn issued(acquirer_transaction_id: String, number: String, amount: Money, wanted: &Wanted) -> IssuedAccount {
    let Wanted { bank, holder, due_at } = wanted.clone();
    IssuedAccount { acquirer_transaction_id, bank, number, holder, due_at, amount }
}

fn is_forbidden(connection: &Connection, reference: &str) -> rusqlite::Result<bool> {
    const IS_FORBIDDEN: &str = "
        SELECT EXISTS (SELECT 1 FROM forbidden WHERE reference = ?1)";
    connection.prepare_cached(IS_FORBIDDEN)?.query_row([reference], |row| row.get(0))
}

/// What is done with a request that is not declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yes {
    Approve,
    /// An account, which the deposit will approve.
    Issue(Wanted),
}

/// A request that is new to the book, and what was decided about it.
pub(super) struct NewEntry<'a> {
    pub(super) reference: &'a str,
    pub(super) content: Content,
    pub(super) verdict: Result<Yes, Decline>,
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
        Ok(Yes::Approve) => Verdict::Approve(Approved {
            acquirer_transaction_id: acquirer_transaction_id(entry.id),
            approval_number: approval_number(sequence),
            amount: entry.content.amount,
        }),
        Ok(Yes::Issue(wanted)) => {
            assert_eq!(entry.captured_amount, 0, "an account takes nothing before its deposit");
            let number = account_number(wanted.bank, sequence);
            Verdict::Issue(issued(acquirer_transaction_id(entry.id), number, entry.content.amount, wanted))
        }
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
        payment_sequence, original, instrument, bin, last4, token, bank, holder, due_at, account_number,
        installment_months, recurring, created_at
    )
    VALUES (
        :sequence, :reference, :operation, :state, :amount, :currency, :captured_amount, 0,
        :acquirer_transaction_id, :approval_number, :decline_code, :decline_message,
        :payment_sequence, :original, :instrument, :bin, :last4, :token, :bank, :holder, :due_at, :account_number,
        :installment_months, :recurring, :created_at
    )";

fn insert(connection: &Connection, sequence: i64, entry: &NewEntry<'_>, verdict: &Verdict) -> rusqlite::Result<()> {
    let (state, id, approval_number, account_number) = match verdict {
        Verdict::Approve(approved) => {
            (EntryState::Approved, Some(&approved.acquirer_transaction_id), Some(&approved.approval_number), None)
        }
        Verdict::Issue(issued) => {
            (EntryState::Issued, Some(&issued.acquirer_transaction_id), None, Some(&issued.number))
        }
        Verdict::Decline(_) => (EntryState::Declined, None, None, None),
    };
    let decline = match verdict {
        Verdict::Approve(_) | Verdict::Issue(_) => None,
        Verdict::Decline(decline) => Some(decline),
    };
    let content = &entry.content;
    let by = content.columns();
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":sequence": sequence,
        ":reference": entry.reference,
        ":operation": content.operation,
        ":state": state,
        ":amount": content.amount.amount,
        ":currency": content.amount.currency.code(),
        ":captured_amount": entry.captured_amount,
        ":acquirer_transaction_id": id,
        ":approval_number": approval_number,
        ":decline_code": decline.map(|decline| &decline.code),
        ":decline_message": decline.map(|decline| &decline.message),
        ":payment_sequence": entry.payment_sequence,
        ":original": content.original,
        ":instrument": by.kind,
        ":bin": by.bin,
        ":last4": by.last4,
        ":token": by.token,
        ":bank": by.bank,
        ":holder": by.holder,
        ":due_at": by.due_at,
        ":account_number": account_number,
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
pub(super) fn approval_number(sequence: i64) -> String {
    format!("{:08}", (i128::from(sequence) * 61_803_399).rem_euclid(100_000_000))
}

/// Fourteen digits, different for ten thousand million transactions, as approval numbers are. No bank's own
/// numbers have a 9 behind its clearing code.
fn account_number(bank: Bank, sequence: i64) -> String {
    let scattered = (i128::from(sequence) * 6_180_339_887).rem_euclid(10_000_000_000);
    format!("{}9{scattered:010}", bank.clearing_code())
}
