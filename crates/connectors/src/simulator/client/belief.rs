//! What may be believed of an exchange. Whatever is neither a whole answer of the protocol about our very
//! reference nor a proof that nothing left us is not known.

use reqwest::StatusCode;
use steelyard_domain::{Bank, Currency, Money};

use super::super::wire;
use crate::{
    Answer, Approval, Inquiry, Instrument, Issued, NetCancel, Request, answer::AuthenticationAnswer, exchange::Exchange,
};

/// An answer that can be believed about the reference asked for.
enum Believed {
    Approved(Approval),
    Issued(Issued),
    Declined { code: String, message: String },
    Undone,
    NotFound,
    Authenticated { token: String },
    Challenge { token: String, url: String },
}

pub(super) fn answer(reference: &str, exchange: Exchange) -> Answer {
    let (status, body) = match exchange {
        Exchange::Answered { status, body } => (status, body),
        Exchange::NotSent { detail } => return Answer::NotSent { detail },
        Exchange::Lost { detail } => return Answer::Unknown { detail },
    };
    // 409 says that another transaction lives under our reference. That one may have moved money, so this
    // is not a decline: an inquiry will tell.
    if status == StatusCode::CONFLICT {
        return Answer::Unknown { detail: "the reference is taken by another transaction".to_owned() };
    }
    match believe(reference, status, &body) {
        Ok(Believed::Approved(approval)) if status == StatusCode::OK => Answer::Approved(approval),
        Ok(Believed::Issued(issued)) if status == StatusCode::OK => Answer::Issued(issued),
        Ok(Believed::Declined { code, message }) if status.is_client_error() => Answer::Declined { code, message },
        Ok(believed) => Answer::Unknown { detail: out_of_place(&believed, status) },
        Err(detail) => Answer::Unknown { detail },
    }
}

/// Only what asks for an account is answered with one, and it is never approved before its deposit; what says
/// otherwise contradicts the protocol.
pub(super) fn in_place(request: &Request, answer: Answer) -> Answer {
    let issues = matches!(request, Request::Purchase { instrument: Instrument::VirtualAccount { .. }, .. });
    let contradiction = match &answer {
        Answer::Approved(_) => issues,
        Answer::Issued(_) => !issues,
        Answer::Declined { .. } | Answer::NotSent { .. } | Answer::Unknown { .. } => false,
    };
    if contradiction {
        return Answer::Unknown { detail: "an answer to something else".to_owned() };
    }
    answer
}

pub(super) fn inquiry(reference: &str, exchange: Exchange) -> Inquiry {
    let (status, body) = match exchange {
        Exchange::Answered { status, body } => (status, body),
        Exchange::NotSent { detail } | Exchange::Lost { detail } => return Inquiry::Unanswered { detail },
    };
    match believe(reference, status, &body) {
        Ok(Believed::Approved(approval)) if status == StatusCode::OK => Inquiry::Approved(approval),
        Ok(Believed::Issued(issued)) if status == StatusCode::OK => Inquiry::Issued(issued),
        Ok(Believed::Declined { code, message }) if status == StatusCode::OK => Inquiry::Declined { code, message },
        Ok(Believed::Undone) if status == StatusCode::OK => Inquiry::Undone,
        Ok(Believed::NotFound) if status == StatusCode::NOT_FOUND => Inquiry::NotFound,
        Ok(believed) => Inquiry::Unanswered { detail: out_of_place(&believed, status) },
        Err(detail) => Inquiry::Unanswered { detail },
    }
}

pub(super) fn net_cancel(reference: &str, exchange: Exchange) -> NetCancel {
    let (status, body) = match exchange {
        Exchange::Answered { status, body } => (status, body),
        Exchange::NotSent { detail } | Exchange::Lost { detail } => return NetCancel::Unanswered { detail },
    };
    match believe(reference, status, &body) {
        Ok(Believed::Undone) if status == StatusCode::OK => NetCancel::Confirmed,
        Ok(believed) => NetCancel::Unanswered { detail: out_of_place(&believed, status) },
        Err(detail) => NetCancel::Unanswered { detail },
    }
}

pub(super) fn authentication(reference: &str, exchange: Exchange) -> AuthenticationAnswer {
    let (status, body) = match exchange {
        Exchange::Answered { status, body } => (status, body),
        Exchange::NotSent { detail } | Exchange::Lost { detail } => {
            return AuthenticationAnswer::Failed { detail };
        }
    };
    match believe(reference, status, &body) {
        Ok(Believed::Authenticated { token }) if status == StatusCode::OK => {
            AuthenticationAnswer::Authenticated { token }
        }
        Ok(Believed::Challenge { token, url }) if status == StatusCode::OK => {
            AuthenticationAnswer::Challenge { token, url }
        }
        Ok(Believed::Declined { code, message }) if status.is_client_error() => {
            AuthenticationAnswer::Declined { code, message }
        }
        Ok(believed) => AuthenticationAnswer::Failed { detail: out_of_place(&believed, status) },
        Err(detail) => AuthenticationAnswer::Failed { detail },
    }
}

/// Reads a whole answer about `reference`, or says why it is none.
fn believe(reference: &str, status: StatusCode, body: &[u8]) -> Result<Believed, String> {
    // The body itself is not repeated: nobody knows what is in it.
    let answer: wire::Answer = serde_json::from_slice(body)
        .map_err(|error| format!("HTTP {status} without an answer of the protocol ({:?})", error.classify()))?;
    let (about, believed) = match answer {
        wire::Answer::Approved { reference, acquirer_transaction_id, approval_number, amount, currency } => {
            let amount = money(status, amount, &currency)?;
            if acquirer_transaction_id.is_empty() || approval_number.is_empty() {
                return Err(format!("HTTP {status} with an approval that has no number"));
            }
            let approval = Approval { acquirer_transaction_id, approval_number, amount };
            (Some(reference), Believed::Approved(approval))
        }
        wire::Answer::Issued { reference, acquirer_transaction_id, bank, number, holder, due_at, amount, currency } => {
            let amount = money(status, amount, &currency)?;
            let bank = Bank::parse(&bank).ok_or_else(|| format!("HTTP {status} with a bank that is not known"))?;
            if acquirer_transaction_id.is_empty() || number.is_empty() {
                return Err(format!("HTTP {status} with an account that has no number"));
            }
            let due_at = due_at.0;
            let issued = Issued { acquirer_transaction_id, bank, number, holder, due_at, amount };
            (Some(reference), Believed::Issued(issued))
        }
        wire::Answer::Declined { reference, code, message } => (reference, Believed::Declined { code, message }),
        wire::Answer::Undone { reference } => (Some(reference), Believed::Undone),
        wire::Answer::NotFound { reference } => (Some(reference), Believed::NotFound),
        wire::Answer::Authenticated { reference, token } => (Some(reference), Believed::Authenticated { token }),
        wire::Answer::Challenge { reference, token, url } => (Some(reference), Believed::Challenge { token, url }),
    };
    match about {
        Some(about) if about == reference => Ok(believed),
        // What could not be read has no reference to name, and was not acted on either.
        None if status == StatusCode::BAD_REQUEST => Ok(believed),
        Some(_) => Err(format!("HTTP {status} about another reference")),
        None => Err(format!("HTTP {status} about no reference")),
    }
}

fn money(status: StatusCode, amount: i64, currency: &str) -> Result<Money, String> {
    let currency =
        Currency::parse(currency).ok_or_else(|| format!("HTTP {status} with a currency that does not exist"))?;
    Ok(Money::new(amount, currency))
}

fn out_of_place(believed: &Believed, status: StatusCode) -> String {
    let what = match believed {
        Believed::Approved(_) => "approved",
        Believed::Issued(_) => "issued",
        Believed::Declined { .. } => "declined",
        Believed::Undone => "undone",
        Believed::NotFound => "notFound",
        Believed::Authenticated { .. } => "authenticated",
        Believed::Challenge { .. } => "challenge",
    };
    format!("HTTP {status} with the contradicting answer {what}")
}
