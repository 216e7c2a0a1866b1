//! Our side of the card mock's protocol: a purchase is validate, then approve.

use std::{borrow::Cow, pin::pin, time::Duration};

use reqwest::StatusCode;
use steelyard_domain::{
    Currency, Money, Span,
    method::{Card, SecretDigits},
};

use super::wire::{Approve, Refused, Validate, Verdict};
use crate::{
    Answer, Approval, Capabilities, Inquiry, Instrument, NetCancel, Request,
    answer::AuthenticationAnswer,
    exchange::{AddressError, Exchange, Http},
    request::Authentication,
};

/// The card mock, asked over HTTP. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct CardMock {
    http: Http,
}

const NOT_SUPPORTED: &str = "the card mock's protocol has no word for this";

impl CardMock {
    /// It can sell and nothing else: what is lost stays unknown until a person looks.
    pub const CAPABILITIES: Capabilities = Capabilities {
        manual_capture: false,
        cancel: false,
        partial_cancel: false,
        inquiry: false,
        net_cancel: false,
        authentication: false,
        transfer: false,
        virtual_account: false,
        delay_max: Span::from_secs(10),
    };

    /// Nothing is connected yet.
    pub fn new(base_url: &str) -> Result<Self, AddressError> {
        Ok(Self { http: Http::new(base_url)? })
    }

    pub async fn send(&self, request: &Request, patience: Duration) -> Answer {
        match request {
            Request::Purchase { reference, amount, instrument, installment_months } => match instrument {
                Instrument::Card(_) if *installment_months > 0 => {
                    declined("INSTALLMENTS_NOT_SUPPORTED", "only single payments")
                }
                Instrument::Card(card) => self.purchase(reference, *amount, card, patience).await,
                Instrument::Authenticated(_) | Instrument::Transfer { .. } | Instrument::VirtualAccount { .. } => {
                    declined("NOT_SUPPORTED", NOT_SUPPORTED)
                }
            },
            Request::Authorize { .. }
            | Request::Capture { .. }
            | Request::Void { .. }
            | Request::Cancel { .. }
            | Request::Refund { .. } => declined("NOT_SUPPORTED", NOT_SUPPORTED),
        }
    }

    #[must_use]
    pub fn inquire(&self, _reference: &str) -> Inquiry {
        Inquiry::Unanswered { detail: NOT_SUPPORTED.to_owned() }
    }

    #[must_use]
    pub fn net_cancel(&self, _reference: &str) -> NetCancel {
        NetCancel::Unanswered { detail: NOT_SUPPORTED.to_owned() }
    }

    #[must_use]
    pub fn authenticate(&self, _request: &Authentication) -> AuthenticationAnswer {
        AuthenticationAnswer::Declined { code: "NOT_SUPPORTED".to_owned(), message: NOT_SUPPORTED.to_owned() }
    }

    async fn purchase(&self, reference: &str, amount: Money, card: &Card, patience: Duration) -> Answer {
        if amount.currency != Currency::Krw {
            return declined("CURRENCY_NOT_SUPPORTED", "the card mock sells for won");
        }
        let Some(cvc) = &card.cvc else {
            return declined("CVC_REQUIRED", "the card mock asks for the verification code");
        };
        // One patience for both questions.
        let mut deadline = pin!(tokio::time::sleep(patience));
        let validated = tokio::select! {
            validated = self.validate(card, cvc, patience) => validated,
            () = &mut deadline => Err(Answer::NotSent { detail: "validating took all the time".to_owned() }),
        };
        if let Err(answer) = validated {
            return answer;
        }
        let number = card.number.expose();
        let body = Approve { card_number: Cow::Borrowed(number), amount: amount.amount };
        let exchange = tokio::select! {
            exchange = self.http.post(&["mock", "card", "approve"], &body, patience) => exchange,
            () = &mut deadline => Exchange::Lost { detail: "no answer in time".to_owned() },
        };
        let (status, body) = match exchange {
            Exchange::Answered { status, body } => (status, body),
            Exchange::NotSent { detail } => return Answer::NotSent { detail },
            Exchange::Lost { detail } => return Answer::Unknown { detail },
        };
        match verdict(number, status, &body) {
            Ok(()) => Answer::Approved(approval(reference, amount)),
            Err(Doubt::Refused { code, message }) => Answer::Declined { code, message },
            Err(Doubt::NotBelieved { detail }) => Answer::Unknown { detail },
        }
    }

    /// Moves nothing, so whatever goes wrong here has moved nothing: the purchase was not sent.
    async fn validate(&self, card: &Card, cvc: &SecretDigits, patience: Duration) -> Result<(), Answer> {
        let number = card.number.expose();
        let body = Validate {
            card_number: Cow::Borrowed(number),
            expiry_date: Cow::Owned(format!("{:02}/{:02}", card.expiry_month, card.expiry_year % 100)),
            cvc: Cow::Borrowed(cvc.expose()),
            card_company: Cow::Owned(card.summary(0).issuer),
        };
        let (status, body) = match self.http.post(&["mock", "card", "validate"], &body, patience).await {
            Exchange::Answered { status, body } => (status, body),
            Exchange::NotSent { detail } | Exchange::Lost { detail } => {
                return Err(Answer::NotSent { detail });
            }
        };
        verdict(number, status, &body).map_err(|doubt| match doubt {
            Doubt::Refused { code, message } => Answer::Declined { code, message },
            Doubt::NotBelieved { detail } => Answer::NotSent { detail },
        })
    }
}

/// The protocol gives no ids, so they are made of our own reference. It repeats no amount either: what it
/// approved is what it was asked for.
fn approval(reference: &str, amount: Money) -> Approval {
    let tail = reference.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    Approval {
        acquirer_transaction_id: format!("mock_{reference}"),
        approval_number: reference[tail..].to_owned(),
        amount,
    }
}

enum Doubt {
    Refused { code: String, message: String },
    NotBelieved { detail: String },
}

fn verdict(number: &str, status: StatusCode, body: &[u8]) -> Result<(), Doubt> {
    if status == StatusCode::OK {
        let Ok(verdict) = serde_json::from_slice::<Verdict<'_>>(body) else {
            return Err(Doubt::NotBelieved { detail: "HTTP 200 without an answer of the protocol".to_owned() });
        };
        if verdict.card_number != number {
            return Err(Doubt::NotBelieved { detail: "HTTP 200 about another card".to_owned() });
        }
        if !verdict.is_valid {
            let message = "the card company says that the card is not valid".to_owned();
            return Err(Doubt::Refused { code: "CARD_NOT_VALID".to_owned(), message });
        }
        return Ok(());
    }
    match serde_json::from_slice::<Refused<'_>>(body) {
        Ok(refused) if status.is_client_error() => {
            Err(Doubt::Refused { code: refused.code.into_owned(), message: refused.message.into_owned() })
        }
        Ok(_) | Err(_) => Err(Doubt::NotBelieved { detail: format!("HTTP {status}") }),
    }
}

fn declined(code: &str, message: &str) -> Answer {
    Answer::Declined { code: code.to_owned(), message: message.to_owned() }
}
