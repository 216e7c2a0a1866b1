//! What was put on record and is now to be asked.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use steelyard_connectors::{Answer, Capabilities, Connector, Instrument};
use steelyard_domain::{
    AttemptId, Currency, IdempotencyId, Mode, Money, OrderId, PaymentId, RefundId, Span, Tenant, Timestamp,
    method::ConnectorName,
    payment::{
        Attempt, AttemptState, Operation,
        resolution::{Ladder, Resolution},
    },
};

use crate::{
    clock::moment,
    problem::{Code, Problem},
    request::Reply,
};

/// The connectors of this server, by name.
#[derive(Debug, Default)]
pub struct Connectors {
    by_name: FxHashMap<ConnectorName, Connector>,
    /// Those that have not answered lately.
    silent: Mutex<FxHashMap<(ConnectorName, Mode), Silence>>,
}

/// How often in a row an acquirer did not answer, and when it last did not.
#[derive(Debug, Clone, Copy)]
struct Silence {
    times: u32,
    last: Timestamp,
}

/// As often in a row an acquirer must not have answered before buyers are told that it does not.
const SILENCES: u32 = 3;
/// So long they are told; then they may find out, and what counted is forgotten.
const SILENCE_BELIEVED: Span = Span::from_secs(30);

impl Silence {
    fn is_believed(&self, now: Timestamp) -> bool {
        now < self.last.after(SILENCE_BELIEVED)
    }
}

impl Connectors {
    #[must_use]
    pub fn new(connectors: Vec<Connector>) -> Self {
        let by_name = connectors.into_iter().map(|connector| (connector.name(), connector)).collect();
        Self { by_name, silent: Mutex::default() }
    }

    /// Notes whether an acquirer answered what it was sent. Test cards that are never answered say nothing about
    /// live ones: each mode is heard for itself.
    pub fn heard(&self, name: ConnectorName, mode: Mode, answer: &Answer, now: Timestamp) {
        let mut silent = self.silent.lock();
        match answer {
            Answer::Approved(_) | Answer::Issued(_) | Answer::Declined { .. } => {
                silent.remove(&(name, mode));
            }
            Answer::NotSent { .. } | Answer::Unknown { .. } => {
                let before = silent.get(&(name, mode)).filter(|silence| silence.is_believed(now));
                let times = before.map_or(0, |silence| silence.times).saturating_add(1);
                silent.insert((name, mode), Silence { times, last: now });
            }
        }
    }

    /// Whether it makes sense to send a buyer to this acquirer now.
    #[must_use]
    pub fn answers(&self, name: ConnectorName, mode: Mode, now: Timestamp) -> bool {
        let silent = self.silent.lock();
        silent.get(&(name, mode)).is_none_or(|silence| silence.times < SILENCES || !silence.is_believed(now))
    }

    /// Who acquires for the platform itself.
    #[must_use]
    pub fn of_platform(&self) -> ConnectorName {
        let mut names: Vec<ConnectorName> = self.by_name.keys().copied().collect();
        names.sort_unstable();
        names.first().copied().unwrap_or(ConnectorName::Simulator)
    }

    pub fn get(&self, name: ConnectorName) -> Result<&Connector, Problem> {
        let missing = || Problem::new(Code::ConnectorUnavailable).detail(name.as_str());
        self.by_name.get(&name).ok_or_else(missing)
    }

    pub fn capabilities(&self, name: ConnectorName) -> Result<Capabilities, Problem> {
        if name == ConnectorName::Balance {
            return Ok(OF_BALANCES);
        }
        self.get(name).map(Connector::capabilities)
    }
}

/// What can be done with a payer's balance: nobody is asked, so nothing can be lost or late.
const OF_BALANCES: Capabilities = Capabilities {
    manual_capture: false,
    cancel: true,
    partial_cancel: true,
    inquiry: false,
    net_cancel: false,
    authentication: false,
    transfer: false,
    virtual_account: false,
    delay_max: Span::ZERO,
};

/// How long what takes.
#[derive(Debug, Clone)]
pub struct Pace {
    /// A caller waits this long for the acquirer before it is told that the outcome is unknown.
    pub patience: Duration,
    pub ladder: Ladder,
}

impl Pace {
    /// Between the end of our patience and the moment a request without outcome counts as one whose server
    /// died: long enough to commit what was learned.
    const SETTLE_GRACE: Span = Span::from_secs(3);

    /// Until when a request that went on record at `sent_at` may leave. Later it must not: by then others may have
    /// looked for it, not found it, and said so.
    #[must_use]
    pub const fn leaves_until(sent_at: Timestamp) -> Timestamp {
        sent_at.after(Self::SETTLE_GRACE)
    }

    /// Whether that is over for what went on record in a commit that began at `began`. By the machine's own clock:
    /// neither a step of the system's time nor a process that stood still is to send a request twice as late.
    #[must_use]
    pub fn is_too_late(began: Instant) -> bool {
        let grace = u64::try_from(Self::SETTLE_GRACE.micros()).unwrap_or(0);
        moment().saturating_duration_since(began) >= Duration::from_micros(grace)
    }

    /// When a request sent at `sent_at` is looked at if nothing was heard of it.
    #[must_use]
    pub fn deadline(&self, sent_at: Timestamp) -> Timestamp {
        let patience = i64::try_from(self.patience.as_micros()).unwrap_or(i64::MAX);
        sent_at.after(Span::from_micros(patience)).after(Self::SETTLE_GRACE)
    }
}

/// A request on record, to be sent.
#[derive(Debug, Clone)]
pub struct Intent {
    pub tenant: Tenant,
    pub order: OrderId,
    pub payment: PaymentId,
    pub attempt: AttemptId,
    pub connector: ConnectorName,
    pub operation: Operation,
    /// When the commit began that put it on record as sent: from then on its time runs, whether it has left or not.
    pub began: Instant,
    pub amount: Money,
    /// The acquirer's id of the charge that a follow-up acts on.
    pub original: Option<String>,
    /// The acquirer's token of a passed authentication.
    pub authentication: Option<String>,
    /// The account to be issued. Whatever else is charged is on no record, and brought by who asks.
    pub account: Option<Box<Instrument>>,
    pub installment_months: u8,
    pub idempotency: Option<IdempotencyId>,
}

impl Intent {
    /// What acts on a charge, which is `original` at the acquirer.
    #[must_use]
    pub fn follow_up(attempt: &Attempt, original: Option<String>, began: Instant) -> Self {
        Self {
            tenant: attempt.tenant,
            order: attempt.order,
            payment: attempt.payment,
            attempt: attempt.id,
            connector: attempt.connector,
            operation: attempt.operation,
            began,
            amount: Money::new(attempt.amount, attempt.currency),
            original,
            authentication: None,
            account: None,
            installment_months: 0,
            idempotency: attempt.idempotency,
        }
    }
}

/// Either there is something to ask, or there is an answer already.
#[derive(Debug)]
pub enum Started {
    Ask(Intent),
    Done(Reply),
    /// Refused, and what was noted about it stays.
    Refused(Box<Problem>),
}

/// What a new attempt is made of.
pub struct NewAttempt {
    pub id: AttemptId,
    pub tenant: Tenant,
    pub order: OrderId,
    pub payment: PaymentId,
    pub refund: Option<RefundId>,
    pub connector: ConnectorName,
    pub operation: Operation,
    pub currency: Currency,
    pub amount: i64,
    pub idempotency: Option<IdempotencyId>,
}

impl NewAttempt {
    /// An attempt that leaves at `now`: on record as sent before a byte of it is.
    #[must_use]
    pub fn sent(self, now: Timestamp, pace: &Pace) -> Attempt {
        let deadline = pace.deadline(now);
        Attempt { state: AttemptState::Sent, sent_at: Some(now), next_check_at: Some(deadline), ..self.created(now) }
    }

    /// An attempt that waits for the merchant's confirm.
    #[must_use]
    pub fn created(self, now: Timestamp) -> Attempt {
        Attempt {
            id: self.id,
            tenant: self.tenant,
            order: self.order,
            payment: self.payment,
            refund: self.refund,
            connector: self.connector,
            operation: self.operation,
            state: AttemptState::Created,
            currency: self.currency,
            amount: self.amount,
            authentication: None,
            acquirer_transaction_id: None,
            approval_number: None,
            code: None,
            message: None,
            created_at: now,
            sent_at: None,
            answered_at: None,
            resolution: Resolution::START,
            next_check_at: None,
            idempotency: self.idempotency,
            version: 1,
        }
    }
}
