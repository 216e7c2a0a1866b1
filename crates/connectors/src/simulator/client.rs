//! Our side of the simulator's protocol.

mod belief;

use std::{borrow::Cow, time::Duration};

use steelyard_domain::{Bank, Currency, Money, Span, method::Card};

use super::{BookAccount, BookEntry, BookPage, BookPageError, DepositError, Operation, deposit, wire};
use crate::{
    Answer, Capabilities, Inquiry, Instrument, NetCancel, Request,
    answer::AuthenticationAnswer,
    exchange::{AddressError, Exchange, Http},
    request::Authentication,
};

/// The simulated acquirer, asked over HTTP. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Simulator {
    http: Http,
}

impl Simulator {
    /// Source: docs/CONNECTORS.md, "Capabilities".
    pub const CAPABILITIES: Capabilities = Capabilities {
        manual_capture: true,
        cancel: true,
        partial_cancel: true,
        inquiry: true,
        net_cancel: true,
        authentication: true,
        transfer: true,
        virtual_account: true,
        delay_max: Span::from_secs(10),
    };

    /// Nothing is connected yet.
    pub fn new(base_url: &str) -> Result<Self, AddressError> {
        Ok(Self { http: Http::new(base_url)? })
    }

    pub async fn send(&self, request: &Request, patience: Duration) -> Answer {
        let reference = request.reference();
        let exchange = match request {
            Request::Authorize { amount, instrument, installment_months, .. } => {
                let charge = charge(reference, *amount, instrument, *installment_months);
                self.act(Operation::Authorize, &charge, patience).await
            }
            Request::Purchase { amount, instrument, installment_months, .. } => {
                let charge = charge(reference, *amount, instrument, *installment_months);
                self.act(Operation::Purchase, &charge, patience).await
            }
            Request::Capture { original, amount, .. } => {
                self.act(Operation::Capture, &follow_up(reference, original, *amount), patience).await
            }
            Request::Void { original, amount, .. } => {
                self.act(Operation::Void, &follow_up(reference, original, *amount), patience).await
            }
            Request::Cancel { original, amount, .. } => {
                self.act(Operation::Cancel, &follow_up(reference, original, *amount), patience).await
            }
            Request::Refund { original, amount, .. } => {
                self.act(Operation::Refund, &follow_up(reference, original, *amount), patience).await
            }
        };
        belief::in_place(request, belief::answer(reference, exchange))
    }

    async fn act(&self, operation: Operation, body: &impl serde::Serialize, patience: Duration) -> Exchange {
        self.http.post(&["v1", operation.path()], body, patience).await
    }

    pub async fn inquire(&self, reference: &str, patience: Duration) -> Inquiry {
        let exchange = self.http.get(&["v1", "transactions", reference], &[], patience).await;
        belief::inquiry(reference, exchange)
    }

    pub async fn net_cancel(&self, reference: &str, patience: Duration) -> NetCancel {
        let body = wire::NetCancel { reference: Cow::Borrowed(reference) };
        let exchange = self.http.post(&["v1", "net-cancels"], &body, patience).await;
        belief::net_cancel(reference, exchange)
    }

    pub async fn authenticate(&self, request: &Authentication, patience: Duration) -> AuthenticationAnswer {
        let body = wire::Authentication {
            reference: Cow::Borrowed(&request.reference),
            amount: request.amount.amount,
            currency: Cow::Borrowed(request.amount.currency.code()),
            card: card_data(&request.card),
            return_url: request.return_url.as_deref().map(Cow::Borrowed),
        };
        let exchange = self.http.post(&["v1", "authentications"], &body, patience).await;
        belief::authentication(&request.reference, exchange)
    }

    /// Deposits `amount` into the virtual account `number`: what a buyer does at their bank.
    pub async fn deposit(&self, number: &str, amount: Money, patience: Duration) -> Result<(), DepositError> {
        let path = ["virtual-accounts", number, "deposits"];
        let exchange = self.http.post(&path, &deposit::body(amount), patience).await;
        deposit::read(number, amount, exchange)
    }

    /// The transactions booked after `after` (0 for the first page), at most `limit` of them.
    pub async fn book_page(&self, after: i64, limit: u32, patience: Duration) -> Result<BookPage, BookPageError> {
        let query = [("after", after.to_string()), ("limit", limit.to_string())];
        let (status, body) = match self.http.get(&["book"], &query, patience).await {
            Exchange::Answered { status, body } => (status.as_u16(), body),
            Exchange::NotSent { detail } | Exchange::Lost { detail } => {
                return Err(BookPageError::Unanswered { detail });
            }
        };
        if status != 200 {
            return Err(BookPageError::NotAPage { status, detail: "no page".to_owned() });
        }
        let page: wire::Page = serde_json::from_slice(&body)
            .map_err(|error| BookPageError::NotAPage { status, detail: error.to_string() })?;
        let entries: Option<Vec<BookEntry>> = page.entries.into_iter().map(entry).collect();
        let entries =
            entries.ok_or_else(|| BookPageError::NotAPage { status, detail: "unknown currency or bank".to_owned() })?;
        Ok(BookPage { entries, next: page.next })
    }
}

fn charge<'a>(
    reference: &'a str,
    amount: Money,
    instrument: &'a Instrument,
    installment_months: u8,
) -> wire::Charge<'a> {
    let mut charge = wire::Charge {
        reference: Cow::Borrowed(reference),
        amount: amount.amount,
        currency: Cow::Borrowed(amount.currency.code()),
        card: None,
        token: None,
        transfer: None,
        virtual_account: None,
        installment_months,
        recurring: false,
    };
    match instrument {
        Instrument::Card(card) => charge.card = Some(card_data(card)),
        Instrument::Authenticated(token) => charge.token = Some(Cow::Borrowed(token.as_str())),
        Instrument::Transfer { bank, account } => {
            let account_number = Cow::Borrowed(account.expose());
            charge.transfer = Some(wire::TransferData { bank: Cow::Borrowed(bank.code()), account_number });
        }
        Instrument::VirtualAccount { bank, holder, due_at } => {
            charge.virtual_account = Some(wire::VirtualAccountData {
                bank: Cow::Borrowed(bank.code()),
                holder: Cow::Borrowed(holder.as_str()),
                due_at: wire::Time(*due_at),
            });
        }
    }
    charge
}

fn follow_up<'a>(reference: &'a str, original: &'a str, amount: Money) -> wire::FollowUp<'a> {
    wire::FollowUp {
        reference: Cow::Borrowed(reference),
        amount: amount.amount,
        currency: Cow::Borrowed(amount.currency.code()),
        original: Cow::Borrowed(original),
    }
}

fn card_data(card: &Card) -> wire::CardData<'_> {
    wire::CardData {
        number: Cow::Borrowed(card.number.expose()),
        expiry_month: card.expiry_month,
        expiry_year: card.expiry_year,
        cvc: card.cvc.as_ref().map(|digits| Cow::Borrowed(digits.expose())),
        birth_date: card.birth_date.as_ref().map(|digits| Cow::Borrowed(digits.expose())),
        password_prefix: card.password_prefix.as_ref().map(|digits| Cow::Borrowed(digits.expose())),
    }
}

fn entry(entry: wire::Entry) -> Option<BookEntry> {
    let currency = Currency::parse(&entry.currency)?;
    let bank = match &entry.bank {
        Some(code) => Some(Bank::parse(code)?),
        None => None,
    };
    let account = entry.account.map(|account| BookAccount {
        number: account.number,
        holder: account.holder,
        due_at: account.due_at.0,
        deposited_at: account.deposited_at.map(|time| time.0),
        depositor: account.depositor,
    });
    Some(BookEntry {
        sequence: entry.sequence,
        reference: entry.reference,
        operation: entry.operation,
        state: entry.state,
        amount: Money::new(entry.amount, currency),
        captured: Money::new(entry.captured_amount, currency),
        returned: Money::new(entry.returned_amount, currency),
        acquirer_transaction_id: entry.acquirer_transaction_id,
        original_reference: entry.original_reference,
        decline_code: entry.decline_code,
        instrument: entry.instrument,
        bank,
        account,
    })
}
