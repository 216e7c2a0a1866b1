//! The receipts: decide, ask, settle. No transaction is open while a connector is asked.

use std::time::Duration;

use steelyard_connectors::{
    Answer, Instrument, Request, answer::AuthenticationAnswer, request::Authentication as AuthenticationRequest,
};
use steelyard_domain::{
    OrderId, PaymentId, RequestId,
    method::{AccountSummary, Tender},
    payment::{CaptureMode, Operation, resolution::Ladder},
};
use steelyard_store::payment::{attempt_link, order_of_payment};

use super::{
    authenticate::{KeepAuthentication, StartAuthentication},
    capture::StartCapture,
    charge::Subject,
    charged_order::ChargedOrder,
    fail::FailPayment,
    give_back::StartReturn,
    intent::{Intent, Pace, Started},
    settle::{AnswerAs, Settle, Voice},
    start::{Charge, StartCharge, StartConfirmed},
};
use crate::{
    App,
    checkout::Gate,
    clock::new_id,
    crash::{self, CrashPoint},
    order::{self, CancelOpenOrder, Canceled},
    pipeline::{Failure, Place},
    problem::{Code, Outcome, Problem, success_body},
    request::{Authentication, Call, Confirmation, NewMethod, NewPayment, NewReturn, PaymentTarget, Reply, ReturnOf},
};

pub(crate) const PAY: &str = "POST /v1/payments";
pub(crate) const PAY_AGAIN: &str = "POST /v1/payments/{id}/attempts";
pub(crate) const CANCEL_PAYMENT: &str = "POST /v1/payments/{id}/cancel";
pub(crate) const REFUND_ORDER: &str = "POST /v1/orders/{id}/refunds";

/// Times an outcome is offered to a database that does not take it, before it is left to the janitor.
const SETTLE_TRIES: u32 = 5;
const SETTLE_PAUSE: Duration = Duration::from_millis(300);

/// How long what takes, from the configuration.
#[derive(Debug, Clone)]
pub struct Timing {
    /// A caller waits this long for the acquirer.
    pub patience: Duration,
    /// When an unknown outcome is asked about.
    pub ladder: Ladder,
}

impl Default for Timing {
    fn default() -> Self {
        Self { patience: Duration::from_secs(10), ladder: Ladder::default() }
    }
}

impl From<Timing> for Pace {
    fn from(timing: Timing) -> Self {
        Self { patience: timing.patience, ladder: timing.ladder }
    }
}

impl App {
    /// `POST /v1/payments`, `POST /v1/payments/{id}/attempts`
    pub async fn create_payment(&self, call: Call, new: NewPayment) -> Result<Reply, Problem> {
        require_key(&call)?;
        // Won, where nothing is said of an order that is only named.
        let mut currency = new.currency;
        let (operation, order) = match new.target {
            PaymentTarget::Order(order) => (PAY, ChargedOrder::Known(order)),
            PaymentTarget::Payment(payment) => (PAY_AGAIN, ChargedOrder::Known(self.order_of(&call, payment).await?)),
            PaymentTarget::Inline { merchant_order_id, order_name, amount, buyer } => {
                let in_won = *currency.get_or_insert(steelyard_domain::Currency::Krw);
                (PAY, ChargedOrder::inline(merchant_order_id, order_name, amount, in_won, buyer))
            }
        };
        let (tender, instrument) = tender(new.method, new.installment_months);
        let charge = Charge {
            order,
            amount: new.amount,
            currency,
            capture: new.capture,
            tender,
            payer: None,
            metadata: new.metadata,
        };
        // The outcome must be committed whatever the load is then: its place is taken before anything is asked.
        let place = self.pipeline().place()?;
        let voice = voice(&call, AnswerAs::Payment);
        let (connectors, pace) = (self.connectors(), self.pace());
        let command = StartCharge { call, operation, charge, gate: Gate::Server, connectors, pace };
        self.carry_out(self.pipeline().submit(command).await?, instrument, voice, place).await
    }

    /// Asks what is on record as sent, if there is anything to ask.
    async fn carry_out(
        &self,
        started: Started,
        instrument: Option<Instrument>,
        voice: Voice,
        place: Place,
    ) -> Result<Reply, Problem> {
        match started {
            Started::Done(reply) => Ok(reply),
            Started::Refused(problem) => Err(*problem),
            Started::Ask(intent) => self.ask_and_settle(intent, instrument, voice, place).await,
        }
    }

    /// `POST /v1/payments/authenticate`
    pub async fn authenticate_payment(&self, call: Call, new: Authentication) -> Result<Reply, Problem> {
        let card = new.card;
        let (name, amount, currency) = (new.merchant_order_id, new.amount, new.currency);
        let mut claimed = ChargedOrder::of_one_line(name, new.order_name, amount, currency, new.buyer);
        claimed.is_claim = call.is_public();
        let charge = Charge {
            order: ChargedOrder::Named(Box::new(claimed)),
            amount: Some(amount),
            currency: Some(currency),
            capture: CaptureMode::Auto,
            tender: Tender::Card(card.summary(new.installment_months)),
            payer: None,
            metadata: None,
        };
        let connectors = self.connectors();
        let command = StartAuthentication { call: call.clone(), charge, gate: Gate::Server, connectors };
        let waiting = self.pipeline().submit(command).await?;
        let connector = self.connectors().get(waiting.connector)?.clone();
        let reference = waiting.attempt.to_string();
        let request = AuthenticationRequest { reference, amount: waiting.amount, card, return_url: None };
        let answer = connector.authenticate(&request, self.pace().patience).await;
        self.pipeline().submit(KeepAuthentication::of(call.tenant, &waiting, answer.clone())).await?;
        let payment_id = Some(waiting.payment.to_string());
        let challenge = match answer {
            AuthenticationAnswer::Authenticated { .. } => None,
            AuthenticationAnswer::Challenge { url, .. } => Some(url),
            AuthenticationAnswer::Declined { code, .. } => {
                let decline_code = Some(code.clone());
                let declined = Problem::new(Code::PaymentDeclined).detail(code);
                return Err(Problem { decline_code, payment_id, ..declined });
            }
            AuthenticationAnswer::Failed { .. } => {
                let unavailable = Problem::new(Code::ConnectorUnavailable);
                return Err(Problem { payment_id, outcome: Some(Outcome::None), ..unavailable });
            }
        };
        let data = serde_json::json!({
            "paymentKey": waiting.attempt.to_string(),
            "paymentId": waiting.payment.to_string(),
            "challengeUrl": challenge,
            "expiresAt": waiting.expires_at.to_string(),
        });
        let body = success_body(&data.to_string(), call.language, &call.request_id);
        Ok(Reply { status: 201, body, replayed: false })
    }

    /// `POST /v1/payments/confirm`
    pub async fn confirm_payment(&self, call: Call, new: Confirmation) -> Result<Reply, Problem> {
        require_key(&call)?;
        let missing = || Problem::new(Code::NotFound).detail("paymentKey").param("paymentKey");
        let link = attempt_link(&self.reader().await?, new.attempt).await.map_err(crate::read::unavailable)?;
        let link = link.filter(|link| link.tenant == call.tenant).ok_or_else(missing)?;
        let place = self.pipeline().place()?;
        let voice = voice(&call, AnswerAs::Payment);
        let started = self
            .pipeline()
            .submit(StartConfirmed {
                call,
                order: link.order,
                attempt: new.attempt,
                merchant_order_id: new.merchant_order_id,
                amount: new.amount,
                currency: new.currency,
                gate: Gate::Server,
                connectors: self.connectors(),
                pace: self.pace(),
            })
            .await?;
        self.carry_out(started, None, voice, place).await
    }

    /// `POST /v1/payments/{id}/capture`
    pub async fn capture_payment(&self, call: Call, id: PaymentId, amount: Option<i64>) -> Result<Reply, Problem> {
        require_key(&call)?;
        let order = self.order_of(&call, id).await?;
        let place = self.pipeline().place()?;
        let voice = voice(&call, AnswerAs::Payment);
        let pace = self.pace();
        let started = self.pipeline().submit(StartCapture { call, order, amount, pace }).await?;
        self.carry_out(started, None, voice, place).await
    }

    /// `POST /v1/payments/{id}/cancel`
    pub async fn cancel_payment(&self, call: Call, id: PaymentId, new: NewReturn) -> Result<Reply, Problem> {
        require_key(&call)?;
        let order = self.order_of(&call, id).await?;
        self.give_back(call, CANCEL_PAYMENT, order, new, AnswerAs::Payment).await
    }

    /// `POST /v1/orders/{id}/refunds`
    pub async fn refund_order(&self, call: Call, order: OrderId, new: NewReturn) -> Result<Reply, Problem> {
        require_key(&call)?;
        self.give_back(call, REFUND_ORDER, order, new, AnswerAs::Refund).await
    }

    /// `POST /v1/orders/{id}/cancel`
    pub async fn cancel_order(&self, call: Call, order: OrderId, reason: String) -> Result<Reply, Problem> {
        require_key(&call)?;
        let command = CancelOpenOrder { call: call.clone(), order, reason: reason.clone() };
        match self.pipeline().submit(command).await? {
            Canceled::Done(reply) => Ok(reply),
            Canceled::MoneyFirst => {
                let new = NewReturn { of: ReturnOf::Everything, reason, restock: true, expected: None };
                self.give_back(call, order::CANCEL, order, new, AnswerAs::Order).await
            }
        }
    }

    /// `POST /v1/payments/{id}/fail`
    pub async fn fail_payment(&self, call: Call, id: PaymentId) -> Result<Reply, Problem> {
        let order = self.order_of(&call, id).await?;
        Ok(self.pipeline().submit(FailPayment { call, order }).await?)
    }

    async fn give_back(
        &self,
        call: Call,
        operation: &'static str,
        order: OrderId,
        new: NewReturn,
        answer_as: AnswerAs,
    ) -> Result<Reply, Problem> {
        let place = self.pipeline().place()?;
        let voice = voice(&call, answer_as);
        let (connectors, pace) = (self.connectors(), self.pace());
        let command = StartReturn { call, operation, order, new, answer_as, connectors, pace };
        self.carry_out(self.pipeline().submit(command).await?, None, voice, place).await
    }

    /// The order a payment belongs to; an id of another tenant is as good as none.
    async fn order_of(&self, call: &Call, id: PaymentId) -> Result<OrderId, Problem> {
        let order = order_of_payment(&self.reader().await?, call.tenant, id).await.map_err(crate::read::unavailable)?;
        order.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// Asks the connector what is on record as sent, and settles what comes of it.
    pub(crate) async fn ask_and_settle(
        &self,
        intent: Intent,
        instrument: Option<Instrument>,
        voice: Voice,
        place: Place,
    ) -> Result<Reply, Problem> {
        crash::point(CrashPoint::AfterIntent);
        let (payment, operation, connector) = (intent.payment, intent.operation, intent.connector);
        let answer = self.ask(&intent, instrument).await;
        crash::point(CrashPoint::AfterAnswer);
        record_attempt(connector.as_str(), operation, &answer);
        let settled = self.settle(&intent, answer, voice, place).await;
        crash::point(CrashPoint::AfterSettle);
        match settled {
            Ok(Ok(reply)) => {
                if operation.charges() {
                    record_payment(reply.status);
                }
                Ok(reply)
            }
            Ok(Err(problem)) => Err(*problem),
            // What the acquirer said is not on record: the janitor asks again. Until then nobody knows.
            Err(failure) => {
                tracing::error!(payment = %payment, %failure, "an outcome could not be put on record");
                let unknown = Problem::new(Code::OutcomeUnknown);
                Err(Problem { payment_id: Some(payment.to_string()), ..unknown })
            }
        }
    }

    /// Offers an outcome to the database until it is taken, a few times.
    async fn settle(
        &self,
        intent: &Intent,
        answer: Answer,
        voice: Voice,
        place: Place,
    ) -> Result<Result<Reply, Box<Problem>>, Failure> {
        let command = || Settle {
            subject: Subject { tenant: intent.tenant, order: intent.order, attempt: intent.attempt },
            operation: intent.operation,
            answer: answer.clone(),
            idempotency: intent.idempotency,
            voice: voice.clone(),
            pace: self.pace(),
        };
        // Settling twice comes to the same, but for a request that was not sent: its key may be somebody else's by then.
        let repeatable = !matches!(answer, Answer::NotSent { .. });
        let mut settled = place.submit(command()).await;
        for _ in 1..SETTLE_TRIES {
            match &settled {
                Err(Failure::Ambiguous(_)) if !repeatable => break,
                Err(Failure::Unavailable(_) | Failure::Overloaded | Failure::Ambiguous(_) | Failure::Defect(_)) => {
                    tokio::time::sleep(SETTLE_PAUSE).await;
                    settled = self.pipeline().place_when_free().await?.submit(command()).await;
                }
                Ok(_) | Err(Failure::Refused(_)) => break,
            }
        }
        settled
    }

    async fn ask(&self, intent: &Intent, instrument: Option<Instrument>) -> Answer {
        let Ok(connector) = self.connectors().get(intent.connector).cloned() else {
            return Answer::NotSent { detail: format!("no connector named {}", intent.connector.as_str()) };
        };
        if Pace::is_too_late(intent.began) {
            return Answer::NotSent { detail: String::from("it could not be sent in time") };
        }
        match request_of(intent, instrument) {
            Some(request) => {
                let answer = connector.send(&request, self.pace().patience).await;
                self.connectors().heard(intent.connector, intent.tenant.mode, &answer, self.clock().now());
                answer
            }
            None => Answer::NotSent { detail: String::from("there is nothing to charge or act on") },
        }
    }
}

/// What is kept of a method, and what is sent of it; what is sent for an account, the commit says.
fn tender(method: NewMethod, installment_months: u8) -> (Tender, Option<Instrument>) {
    match method {
        NewMethod::Card(card) => (Tender::Card(card.summary(installment_months)), Some(Instrument::Card(card))),
        NewMethod::Transfer { bank, account } => {
            let number = account.last4().to_owned();
            let summary = AccountSummary { bank, number, holder: None, due_at: None };
            (Tender::Transfer(summary), Some(Instrument::Transfer { bank, account }))
        }
        NewMethod::VirtualAccount { bank, due_at } => {
            let summary = AccountSummary { bank, number: String::new(), holder: None, due_at };
            (Tender::VirtualAccount(summary), None)
        }
    }
}

/// What is sent for an intent. `None` if it lacks what it acts on: then nothing may leave.
pub(crate) fn request_of(intent: &Intent, instrument: Option<Instrument>) -> Option<Request> {
    let (reference, amount) = (intent.attempt.to_string(), intent.amount);
    let installment_months = intent.installment_months;
    let instrument = || {
        let token = intent.authentication.clone().map(Instrument::Authenticated);
        instrument.clone().or(token).or_else(|| intent.account.as_deref().cloned())
    };
    let original = || intent.original.clone();
    Some(match intent.operation {
        Operation::Authorize => Request::Authorize { reference, amount, instrument: instrument()?, installment_months },
        Operation::Purchase => Request::Purchase { reference, amount, instrument: instrument()?, installment_months },
        Operation::Capture => Request::Capture { reference, original: original()?, amount },
        Operation::Void => Request::Void { reference, original: original()?, amount },
        Operation::Cancel => Request::Cancel { reference, original: original()?, amount },
        Operation::Refund => Request::Refund { reference, original: original()?, amount },
    })
}

/// How a payment's outcome is told to who asked.
pub(crate) fn payment_voice(call: &Call) -> Voice {
    voice(call, AnswerAs::Payment)
}

fn voice(call: &Call, answer_as: AnswerAs) -> Voice {
    Voice { answer_as, language: call.language, request_id: call.request_id.clone() }
}

/// Money moves only under a key.
fn require_key(call: &Call) -> Result<(), Problem> {
    if call.idempotency.is_some() { Ok(()) } else { Err(Problem::new(Code::IdempotencyKeyRequired)) }
}

pub(crate) fn record_attempt(connector: &'static str, operation: Operation, answer: &Answer) {
    let outcome = match answer {
        Answer::Approved(_) => "approved",
        Answer::Issued(_) => "issued",
        Answer::Declined { .. } => "declined",
        Answer::NotSent { .. } => "notSent",
        Answer::Unknown { .. } => "unknown",
    };
    let operation = operation.as_str();
    metrics::counter!("steelyard_attempts_total", "connector" => connector, "operation" => operation, "outcome" => outcome)
        .increment(1);
}

fn record_payment(status: u16) {
    let outcome = match status {
        201 => "approved",
        202 => "unknown",
        _ => "declined",
    };
    metrics::counter!("steelyard_payments_total", "outcome" => outcome).increment(1);
}

/// A request id for work of our own.
pub(crate) fn own_request_id() -> String {
    RequestId::from_uuid(new_id()).to_string()
}

/// How an answer sounds that nobody waits for.
pub(crate) fn own_voice() -> Voice {
    Voice { answer_as: AnswerAs::Payment, language: crate::Language::English, request_id: own_request_id() }
}
