//! Captures, voids, cancels and refunds: what may be done with a payment, and what it does to it.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use steelyard_domain::{Currency, Money, Timestamp};
use uuid::Uuid;

use super::{
    Book, BookError, Recorded,
    columns::CurrencyColumn,
    content::Content,
    entry::{self, NewEntry, Yes},
};
use crate::simulator::{EntryState, Operation, server::decline::Decline};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FollowUpOperation {
    Capture,
    Void,
    Cancel,
    Refund,
}

impl FollowUpOperation {
    pub(crate) const fn operation(self) -> Operation {
        match self {
            Self::Capture => Operation::Capture,
            Self::Void => Operation::Void,
            Self::Cancel => Operation::Cancel,
            Self::Refund => Operation::Refund,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct FollowUp {
    pub(crate) operation: FollowUpOperation,
    pub(crate) reference: String,
    pub(crate) amount: Money,
    /// The simulator's id of the payment, or of its capture.
    pub(crate) original: String,
    /// Why it must be declined, if a fault says so.
    pub(crate) decline: Option<Decline>,
    pub(crate) id: Uuid,
    pub(crate) now: Timestamp,
}

impl Book {
    pub(crate) async fn follow_up(&self, follow_up: FollowUp) -> Result<Recorded, BookError> {
        self.write(move |connection| record(connection, &follow_up)).await
    }
}

/// An authorization or purchase as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Payment {
    sequence: i64,
    operation: Operation,
    state: EntryState,
    currency: Currency,
    amount: i64,
    captured: i64,
    returned: i64,
}

/// What a payment becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    state: EntryState,
    captured: i64,
    returned: i64,
}

const NOT_FOUND: Decline = Decline::of("ORIGINAL_NOT_FOUND", "no payment has this id");
const UNDONE: Decline = Decline::of("ORIGINAL_UNDONE", "the payment has been net-cancelled");
const VOIDED: Decline = Decline::of("ALREADY_VOIDED", "the authorization has been voided");
const CAPTURED: Decline = Decline::of("ALREADY_CAPTURED", "the payment has been captured");
const NOT_DEPOSITED: Decline = Decline::of("NOT_DEPOSITED", "nothing has been deposited into the account");
const NOT_CAPTURED: Decline = Decline::of("NOT_CAPTURED", "the payment has not been captured");
const EXCEEDS_AUTHORIZED: Decline = Decline::of("EXCEEDS_AUTHORIZED", "more than was authorized");
const EXCEEDS_CAPTURED: Decline = Decline::of("EXCEEDS_CAPTURED", "more than is left of what was captured");
const NOT_THE_WHOLE: Decline = Decline::of("AMOUNT_MISMATCH", "a void releases the whole authorization");
const CURRENCY_MISMATCH: Decline = Decline::of("CURRENCY_MISMATCH", "the payment is in another currency");

fn record(connection: &Connection, follow_up: &FollowUp) -> rusqlite::Result<Recorded> {
    let content = Content {
        operation: follow_up.operation.operation(),
        amount: follow_up.amount,
        original: Some(follow_up.original.clone()),
        instrument: None,
        installment_months: 0,
        recurring: false,
    };
    if let Some(answer) = entry::replay(connection, &follow_up.reference, &content)? {
        return Ok(answer);
    }
    let payment = payment_of(connection, &follow_up.original)?;
    let scripted = follow_up.decline.clone().map_or(Ok(()), Err);
    let change = scripted.and_then(|()| decide(payment.as_ref(), follow_up.operation, follow_up.amount));
    if let (Some(payment), Ok(change)) = (&payment, &change) {
        apply(connection, payment, change)?;
    }
    let entry = NewEntry {
        reference: &follow_up.reference,
        content,
        verdict: change.map(|_| Yes::Approve),
        payment_sequence: payment.map(|payment| payment.sequence),
        captured_amount: 0,
        id: follow_up.id,
        now: follow_up.now,
    };
    entry::add(connection, entry)
}

fn decide(payment: Option<&Payment>, operation: FollowUpOperation, amount: Money) -> Result<Change, Decline> {
    let payment = payment.ok_or(NOT_FOUND)?;
    match payment.state {
        EntryState::Approved => {}
        EntryState::Issued => return Err(NOT_DEPOSITED),
        EntryState::Declined => return Err(NOT_FOUND),
        EntryState::Undone => return Err(UNDONE),
        EntryState::Voided => return Err(VOIDED),
    }
    if payment.currency != amount.currency {
        return Err(CURRENCY_MISMATCH);
    }
    let amount = amount.amount;
    assert!(amount > 0, "an amount was checked when it was read");
    let unchanged = Change { state: payment.state, captured: payment.captured, returned: payment.returned };
    match operation {
        FollowUpOperation::Capture | FollowUpOperation::Void if payment.captured > 0 => Err(CAPTURED),
        FollowUpOperation::Capture if amount > payment.amount => Err(EXCEEDS_AUTHORIZED),
        FollowUpOperation::Capture => Ok(Change { captured: amount, ..unchanged }),
        FollowUpOperation::Void if amount != payment.amount => Err(NOT_THE_WHOLE),
        FollowUpOperation::Void => Ok(Change { state: EntryState::Voided, ..unchanged }),
        FollowUpOperation::Cancel | FollowUpOperation::Refund if payment.captured == 0 => Err(NOT_CAPTURED),
        FollowUpOperation::Cancel | FollowUpOperation::Refund if amount > payment.captured - payment.returned => {
            Err(EXCEEDS_CAPTURED)
        }
        FollowUpOperation::Cancel | FollowUpOperation::Refund => {
            Ok(Change { returned: payment.returned + amount, ..unchanged })
        }
    }
}

fn payment_of(connection: &Connection, original: &str) -> rusqlite::Result<Option<Payment>> {
    const PAYMENT_OF: &str = "
        SELECT payment.sequence, payment.operation, payment.state, payment.currency, payment.amount,
            payment.captured_amount, payment.returned_amount
        FROM entry AS named
        JOIN entry AS payment ON payment.sequence = COALESCE(named.payment_sequence, named.sequence)
        WHERE named.acquirer_transaction_id = ?1
            AND (
                named.operation IN ('authorize', 'purchase')
                OR (named.operation = 'capture' AND named.state = 'approved')
            )";
    connection.prepare_cached(PAYMENT_OF)?.query_row([original], payment).optional()
}

fn payment(row: &Row<'_>) -> rusqlite::Result<Payment> {
    let CurrencyColumn(currency) = row.get("currency")?;
    Ok(Payment {
        sequence: row.get("sequence")?,
        operation: row.get("operation")?,
        state: row.get("state")?,
        currency,
        amount: row.get("amount")?,
        captured: row.get("captured_amount")?,
        returned: row.get("returned_amount")?,
    })
}

fn apply(connection: &Connection, payment: &Payment, change: &Change) -> rusqlite::Result<()> {
    const APPLY: &str = "
        UPDATE entry
        SET state = :state, captured_amount = :captured, returned_amount = :returned
        WHERE sequence = :sequence
            AND state = :old_state
            AND captured_amount = :old_captured
            AND returned_amount = :old_returned";
    let rows = connection.prepare_cached(APPLY)?.execute(named_params! {
        ":state": change.state,
        ":captured": change.captured,
        ":returned": change.returned,
        ":sequence": payment.sequence,
        ":old_state": payment.state,
        ":old_captured": payment.captured,
        ":old_returned": payment.returned,
    })?;
    assert_eq!(rows, 1, "a payment changes only under the writer's eyes");
    Ok(())
}
