//! Scripted faults: what goes wrong, for which requests, and how often. They live in memory only.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    decline::Decline,
    script::{After, Before, Script},
};

/// Armed at once; more is a test that forgot to clear.
const FAULTS_MAX: usize = 1_000;

/// As long as a connection is held without an answer.
const DELAY_MS_MAX: u64 = 60_000;

/// What can go wrong, as it is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    Decline,
    Delay,
    DropBefore,
    DropAfter,
    TimeoutBefore,
    TimeoutAfter,
    DuplicateAnswer,
    Garbage,
    WrongAmount,
    ServerError,
    ServerErrorAfter,
    Down,
    /// Of a notice: it is never sent.
    Drop,
    /// Of a notice: it is sent and sent again.
    Twice,
}

impl Kind {
    fn is_of_notices(self) -> bool {
        matches!(self, Self::Drop | Self::Twice)
    }
}

/// Which requests a fault may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Target {
    Authorize,
    Purchase,
    Capture,
    Void,
    Cancel,
    Refund,
    Inquiry,
    NetCancel,
    Authentication,
    /// What is sent and not asked: neither `ALL` nor `MONEY` has it.
    Notice,
}

impl Target {
    const ALL: [Self; 9] = [
        Self::Authorize,
        Self::Purchase,
        Self::Capture,
        Self::Void,
        Self::Cancel,
        Self::Refund,
        Self::Inquiry,
        Self::NetCancel,
        Self::Authentication,
    ];

    const MONEY: [Self; 6] = [Self::Authorize, Self::Purchase, Self::Capture, Self::Void, Self::Cancel, Self::Refund];

    /// Asking and undoing cannot be declined.
    const fn can_decline(self) -> bool {
        match self {
            Self::Authorize
            | Self::Purchase
            | Self::Capture
            | Self::Void
            | Self::Cancel
            | Self::Refund
            | Self::Authentication => true,
            Self::Inquiry | Self::NetCancel | Self::Notice => false,
        }
    }
}

/// One fault, as it is set and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// Of a `decline`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// Of a `delay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delay_ms: Option<u64>,
    /// Absent: all that move money; for `down`, all requests; for `drop` and `twice`, the notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operations: Option<Vec<Target>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<i64>,
    /// Absent: until it is cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u32>,
}

/// A fault with what it has done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    pub(super) id: u64,
    /// How often it has struck.
    pub(super) hits: u32,
    #[serde(flatten)]
    pub(super) fault: Fault,
}

#[derive(Debug)]
struct Armed {
    id: u64,
    hits: u32,
    fault: Fault,
    targets: Vec<Target>,
    before: Before,
    after: After,
    /// Dropped with the fault, which releases whoever waits because of it.
    clear: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Armory {
    last_id: u64,
    armed: Vec<Armed>,
}

/// The faults that are set. The oldest that fits a request strikes, and only that one.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armory: Mutex<Armory>,
}

impl Faults {
    /// Sets `fault`, or says what is wrong with it.
    pub(super) fn arm(&self, fault: Fault) -> Result<Shown, &'static str> {
        let (before, after) = script(&fault)?;
        let targets = targets(&fault)?;
        let mut armory = self.armory();
        if armory.armed.len() >= FAULTS_MAX {
            armory.armed.retain(|armed| !armed.is_spent());
        }
        if armory.armed.len() >= FAULTS_MAX {
            return Err("too many faults are set: clear some");
        }
        armory.last_id += 1;
        let (clear, _) = watch::channel(());
        let armed = Armed { id: armory.last_id, hits: 0, fault, targets, before, after, clear };
        let shown = armed.show();
        armory.armed.push(armed);
        Ok(shown)
    }

    pub(super) fn list(&self) -> Vec<Shown> {
        self.armory().armed.iter().map(Armed::show).collect()
    }

    /// Whether there was a fault with this id.
    pub(super) fn clear(&self, id: u64) -> bool {
        let mut armory = self.armory();
        let before = armory.armed.len();
        armory.armed.retain(|armed| armed.id != id);
        armory.armed.len() < before
    }

    pub(super) fn clear_all(&self) {
        self.armory().armed.clear();
    }

    /// The script of the fault that strikes this request, if one does.
    pub(super) fn strike(&self, target: Target, reference: &str, amount: Option<i64>) -> Option<Script> {
        let mut armory = self.armory();
        let armed = armory.armed.iter_mut().find(|armed| armed.fits(target, reference, amount))?;
        armed.hits = armed.hits.saturating_add(1);
        tracing::info!(fault = armed.id, kind = ?armed.fault.kind, reference, "a fault strikes");
        Some(Script { before: armed.before.clone(), after: armed.after, cleared: Some(armed.clear.subscribe()) })
    }

    fn armory(&self) -> MutexGuard<'_, Armory> {
        // Nothing in here can be left half done.
        self.armory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    fn fits(&self, target: Target, reference: &str, amount: Option<i64>) -> bool {
        self.fault.times.is_none_or(|times| self.hits < times)
            && self.targets.contains(&target)
            && self.fault.reference.as_deref().is_none_or(|wanted| wanted == reference)
            && self.fault.amount.is_none_or(|wanted| amount == Some(wanted))
    }

    /// Strikes no more, and nobody waits because of it.
    fn is_spent(&self) -> bool {
        self.fault.times.is_some_and(|times| self.hits >= times) && self.clear.receiver_count() == 0
    }

    fn show(&self) -> Shown {
        Shown { id: self.id, hits: self.hits, fault: self.fault.clone() }
    }
}

fn targets(fault: &Fault) -> Result<Vec<Target>, &'static str> {
    let targets = match &fault.operations {
        Some(targets) => targets.clone(),
        None if fault.kind == Kind::Down => Target::ALL.to_vec(),
        None if fault.kind.is_of_notices() => vec![Target::Notice],
        None => Target::MONEY.to_vec(),
    };
    if targets.is_empty() {
        return Err("operations names none");
    }
    if targets.iter().any(|target| (*target == Target::Notice) != fault.kind.is_of_notices()) {
        return Err("a notice can be dropped or sent twice, and nothing else can");
    }
    if fault.kind == Kind::Decline && !targets.iter().all(|target| target.can_decline()) {
        return Err("inquiry and netCancel cannot be declined");
    }
    Ok(targets)
}

fn script(fault: &Fault) -> Result<(Before, After), &'static str> {
    if fault.code.is_some() != (fault.kind == Kind::Decline) {
        return Err("a decline has a code, and nothing else has one");
    }
    if fault.code.as_deref() == Some("") {
        return Err("a code has at least one letter");
    }
    if fault.delay_ms.is_some() != (fault.kind == Kind::Delay) {
        return Err("a delay has delayMs, and nothing else has it");
    }
    if fault.delay_ms.is_some_and(|delay| delay > DELAY_MS_MAX) {
        return Err("a delay is at most 60000 ms");
    }
    let proceed = |after| (Before::Proceed, after);
    Ok(match fault.kind {
        Kind::Decline => {
            let code = fault.code.as_deref().unwrap_or_default();
            (Before::Decline(Decline::scripted(code)), After::Answer)
        }
        Kind::Delay => {
            let delay = Duration::from_millis(fault.delay_ms.unwrap_or_default());
            (Before::Wait(delay), After::Answer)
        }
        Kind::DropBefore | Kind::Drop => (Before::Drop, After::Answer),
        Kind::TimeoutBefore => (Before::Hang, After::Answer),
        Kind::ServerError => (Before::Refuse(StatusCode::INTERNAL_SERVER_ERROR), After::Answer),
        Kind::Down => (Before::Refuse(StatusCode::SERVICE_UNAVAILABLE), After::Answer),
        Kind::DropAfter => proceed(After::Drop),
        Kind::TimeoutAfter => proceed(After::Hang),
        Kind::DuplicateAnswer | Kind::Twice => proceed(After::Twice),
        Kind::Garbage => proceed(After::Garbage),
        Kind::WrongAmount => proceed(After::WrongAmount),
        Kind::ServerErrorAfter => proceed(After::Refuse(StatusCode::INTERNAL_SERVER_ERROR)),
    })
}
