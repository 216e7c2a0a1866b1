//! Tells whoever wants to know of a deposit. A notice that is lost is lost: it lives in memory, and whoever waits
//! for a deposit inquires anyway.

use std::{fmt, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::sync::Semaphore;

use super::{
    super::{
        NoticeKind,
        notice::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign},
        wire,
    },
    Acquirer,
    book::Deposited,
    faults::Target,
    script::{After, Before, Script, Waited},
};
use crate::exchange::{AddressError, Exchange, Http};

/// Notices under way at once; the next ones are lost.
const NOTICES_MAX: u32 = 256;

const ATTEMPTS_MAX: u32 = 5;

/// Before the second attempt; each later pause is three times as long as the one before.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_GROWTH: u32 = 3;

/// How long the other side may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// As many as no search finds.
const SECRET_BYTES_MIN: usize = 16;

/// Where notices go, and the secret they are signed with.
#[derive(Clone)]
pub struct Notify {
    http: Http,
    secret: Vec<u8>,
    pause: Duration,
}

/// Why notices cannot be sent so.
#[derive(Debug, Error)]
pub enum NotifyError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("a secret has at least {SECRET_BYTES_MIN} bytes")]
    SecretTooShort,
}

impl Notify {
    /// Each notice is posted to `url` itself.
    pub fn new(url: &str, secret: &[u8]) -> Result<Self, NotifyError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(NotifyError::SecretTooShort);
        }
        Ok(Self { http: Http::new(url)?, secret: secret.to_owned(), pause: PAUSE })
    }

    /// The same, with another pause before the second attempt.
    #[must_use]
    pub fn pausing(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").field("http", &self.http).field("pause", &self.pause).finish_non_exhaustive()
    }
}

/// Counts the notices under way.
#[derive(Debug)]
pub(super) struct Underway(Arc<Semaphore>);

impl Default for Underway {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(NOTICES_MAX).unwrap_or(usize::MAX))))
    }
}

impl Underway {
    /// Returns when none is left.
    pub(super) async fn ended(&self) {
        // The semaphore is never closed; all its permits are free when every task has gone.
        drop(self.0.acquire_many(NOTICES_MAX).await);
    }
}

impl Acquirer {
    /// Begins to tell of a deposit, if anybody wants to know.
    pub(super) fn announce(self: &Arc<Self>, deposited: &Deposited) {
        let Some(notify) = self.settings.notify.clone() else { return };
        let (reference, amount) = (&deposited.reference, deposited.amount);
        let script = self.faults.strike(Target::Notice, reference, Some(amount.amount)).unwrap_or(Script::PLAIN);
        if script.before == Before::Drop {
            return;
        }
        let copies = if script.after == After::Twice { 2 } else { 1 };
        let Ok(permit) = Arc::clone(&self.notices.0).try_acquire_owned() else {
            tracing::warn!(reference, "too many notices are under way: this one is lost");
            return;
        };
        let notice = wire::Notice {
            reference: reference.clone(),
            acquirer_transaction_id: deposited.acquirer_transaction_id.clone(),
            kind: NoticeKind::Deposit,
            amount: amount.amount,
            currency: amount.currency.code().to_owned(),
            occurred_at: wire::Time(deposited.at),
        };
        let acquirer = Arc::clone(self);
        tokio::spawn(async move {
            for _ in 0..copies {
                acquirer.deliver(&notify, &notice).await;
            }
            drop(permit);
        });
    }

    /// Tries until the other side takes it, this server stops, or nothing more is to be hoped for.
    async fn deliver(&self, notify: &Notify, notice: &wire::Notice) {
        let Ok(body) = serde_json::to_vec(notice) else { return };
        let mut closing = self.closing.clone();
        let mut pause = notify.pause;
        for attempt in 1..=ATTEMPTS_MAX {
            let (timestamp, signature) = sign(&notify.secret, self.settings.clock.now(), &body);
            let headers = [(TIMESTAMP_HEADER, timestamp), (SIGNATURE_HEADER, signature)];
            let exchange = tokio::select! {
                exchange = notify.http.post_signed(headers, body.clone(), PATIENCE) => exchange,
                _ = closing.changed() => return,
            };
            match exchange {
                Exchange::Answered { status, .. } if status.is_success() => return,
                Exchange::Answered { status, .. } => {
                    tracing::info!(reference = notice.reference, attempt, %status, "a notice was not taken");
                }
                Exchange::NotSent { detail } | Exchange::Lost { detail } => {
                    tracing::info!(reference = notice.reference, attempt, detail, "a notice was not taken");
                }
            }
            if attempt < ATTEMPTS_MAX && self.wait(pause, None).await == Waited::UntilClosing {
                return;
            }
            pause *= PAUSE_GROWTH;
        }
        tracing::warn!(reference = notice.reference, "a notice was given up");
    }
}
