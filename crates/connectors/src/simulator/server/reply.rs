//! Answers before they are bytes.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    super::wire::{Answer, Time},
    book::{Approved, BookError, IssuedAccount, Recorded, Standing},
    decline::Decline,
};

const REFERENCE_TAKEN: Decline =
    Decline::of("REFERENCE_TAKEN", "another request with another content has this reference");
const NET_CANCELED: Decline = Decline::of("NET_CANCELED", "this reference has been net-cancelled");

/// A status and what goes with it.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) answer: Answer,
}

impl Reply {
    pub(super) const fn ok(answer: Answer) -> Self {
        Self { status: StatusCode::OK, answer }
    }

    pub(super) fn declined(status: StatusCode, reference: Option<&str>, decline: Decline) -> Self {
        let answer = Answer::Declined {
            reference: reference.map(str::to_owned),
            code: decline.code.into_owned(),
            message: decline.message.into_owned(),
        };
        Self { status, answer }
    }

    pub(super) fn reference_taken(reference: &str) -> Self {
        Self::declined(StatusCode::CONFLICT, Some(reference), REFERENCE_TAKEN)
    }

    /// `decline_status` tells an issuer's no (402) from a breach of a rule (422).
    pub(super) fn recorded(reference: &str, recorded: Recorded, decline_status: StatusCode) -> Self {
        match recorded {
            Recorded::Approved(approved) => Self::ok(self::approved(reference, approved)),
            Recorded::Issued(issued) => Self::ok(self::issued(reference, issued)),
            Recorded::Declined(decline) => Self::declined(decline_status, Some(reference), decline),
            Recorded::ReferenceTaken => Self::reference_taken(reference),
            Recorded::NetCanceled => Self::declined(StatusCode::GONE, Some(reference), NET_CANCELED),
        }
    }

    pub(super) fn standing(reference: &str, standing: Standing) -> Self {
        match standing {
            Standing::Approved(approved) => Self::ok(self::approved(reference, approved)),
            Standing::Issued(issued) => Self::ok(self::issued(reference, issued)),
            Standing::Declined(decline) => Self::declined(StatusCode::OK, Some(reference), decline),
            Standing::Undone => Self::ok(Answer::Undone { reference: reference.to_owned() }),
            Standing::NotFound => {
                Self { status: StatusCode::NOT_FOUND, answer: Answer::NotFound { reference: reference.to_owned() } }
            }
        }
    }

    /// The same answer with an amount that was not moved.
    pub(super) fn with_wrong_amount(mut self) -> Self {
        match &mut self.answer {
            Answer::Approved { amount, .. } | Answer::Issued { amount, .. } => *amount = amount.saturating_add(1),
            Answer::Declined { .. }
            | Answer::Undone { .. }
            | Answer::NotFound { .. }
            | Answer::Authenticated { .. }
            | Answer::Challenge { .. } => {}
        }
        self
    }
}

fn approved(reference: &str, approved: Approved) -> Answer {
    Answer::Approved {
        reference: reference.to_owned(),
        acquirer_transaction_id: approved.acquirer_transaction_id,
        approval_number: approved.approval_number,
        amount: approved.amount.amount,
        currency: approved.amount.currency.code().to_owned(),
    }
}

fn issued(reference: &str, issued: IssuedAccount) -> Answer {
    Answer::Issued {
        reference: reference.to_owned(),
        acquirer_transaction_id: issued.acquirer_transaction_id,
        bank: issued.bank.code().to_owned(),
        number: issued.number,
        holder: issued.holder,
        due_at: Time(issued.due_at),
        amount: issued.amount.amount,
        currency: issued.amount.currency.code().to_owned(),
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        (self.status, Json(self.answer)).into_response()
    }
}

/// Why a request ends before it is played out.
#[derive(Debug)]
pub(super) enum Refused {
    Reply(Reply),
    Book(BookError),
}

impl From<Reply> for Refused {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

impl From<BookError> for Refused {
    fn from(error: BookError) -> Self {
        Self::Book(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Reply(reply) => reply.into_response(),
            Self::Book(error) => book_failed(&error),
        }
    }
}

/// The book could not say; the caller cannot know either.
pub(super) fn book_failed(error: &BookError) -> Response {
    tracing::error!(%error, "the simulator's book failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
