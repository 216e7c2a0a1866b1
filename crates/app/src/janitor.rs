//! The janitor: finishes what a lost answer or a dead server left open, and ends what is over.

mod clocks;
mod deposits;

use std::time::Duration;

pub(crate) use clocks::Clocks;
use steelyard_connectors::{Inquiry, NetCancel};
use steelyard_domain::{
    Span, Timestamp,
    limits::JANITOR_CLAIM_MAX,
    payment::{Attempt, AttemptState, resolution::ResolutionStep},
};
use steelyard_store::{
    commit_marker, idempotency, notice::purge_notices, order::expiring_orders, payer, payment::due_attempts,
    reach::Reach,
};
use tokio::sync::watch;

use crate::{
    App,
    crash::{self, CrashPoint},
    order::ExpireOrder,
    payment::{AbandonAttempt, Heard, Resolve, Resolved, Subject, own_request_id},
    problem::Problem,
    read::unavailable,
};

/// Between two passes.
const PAUSE: Duration = Duration::from_millis(500);
/// Attempts asked about at a time.
const AT_ONCE: usize = 16;
/// Passes between two purges.
const PURGE_EVERY: u32 = 7_200;
/// Portions of one purge, so that a backlog does not keep the janitor from its other work for long.
const PORTIONS_MAX: u32 = 1_000;
/// Answers and acquirers' notices are kept this long, markers one day.
const ANSWERS_KEPT: Span = Span::from_days(35);
const NOTICES_KEPT: Span = Span::from_days(35);
const MARKERS_KEPT: Span = Span::from_days(1);
/// After they expired.
const SESSIONS_KEPT: Span = Span::from_days(1);

/// Works until told to stop. What waits for an acquirer keeps nobody waiting who asks for something else: unknown
/// outcomes, accounts without a deposit, ends that an acquirer must hear of, and ends that it need not.
pub(crate) async fn run(app: App, stop: watch::Receiver<bool>) {
    tokio::join!(
        resolve(&app, stop.clone()),
        look_for_deposits(&app, stop.clone()),
        end_held(&app, stop.clone()),
        end_and_forget(&app, stop)
    );
}

async fn resolve(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        app.resolve_open().await;
        if is_stopped(&mut stop).await {
            return;
        }
    }
}

async fn look_for_deposits(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        app.look_for_deposits().await;
        if is_stopped(&mut stop).await {
            return;
        }
    }
}

async fn end_held(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        app.end_held().await;
        if is_stopped(&mut stop).await {
            return;
        }
    }
}

async fn end_and_forget(app: &App, mut stop: watch::Receiver<bool>) {
    let mut passes = 0_u32;
    loop {
        app.end_unpaid().await;
        if passes.is_multiple_of(PURGE_EVERY) {
            purge(app).await;
        }
        passes = passes.wrapping_add(1);
        if is_stopped(&mut stop).await {
            return;
        }
    }
}

/// Whether to end, after a pause.
async fn is_stopped(stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(PAUSE) => false,
        changed = stop.changed() => changed.is_err() || *stop.borrow(),
    }
}

/// Forgets what is old, a portion at a time, so that commits never wait for more than one.
async fn purge(app: &App) {
    let now = app.clock().now();
    for _ in 0..PORTIONS_MAX {
        let purged = app.pipeline().run(move |tx| {
            Box::pin(async move {
                tx.begin().await?;
                let purged = async {
                    let markers = commit_marker::purge(&tx, now.before(MARKERS_KEPT)).await?;
                    let keys = idempotency::purge(&tx, now.before(ANSWERS_KEPT)).await?;
                    let sessions = payer::purge_sessions(&tx, now.before(SESSIONS_KEPT)).await?;
                    let notices = purge_notices(&tx, now.before(NOTICES_KEPT)).await?;
                    tx.commit().await?;
                    Ok(markers.max(keys).max(sessions).max(notices))
                }
                .await;
                if purged.is_err() {
                    tx.rollback().await;
                }
                purged
            })
        });
        match purged.await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "old answers could not be purged; it is tried again");
                return;
            }
        }
    }
}

/// What a look for due attempts brought, and how much it was.
fn claimed(due: Result<Vec<Attempt>, Problem>, gauge: &'static str) -> Vec<Attempt> {
    match due {
        Ok(due) => {
            metrics::gauge!(gauge).set(u32::try_from(due.len()).unwrap_or(u32::MAX));
            due
        }
        Err(problem) => {
            tracing::warn!(?problem, "the janitor could not look for attempts that are due");
            Vec::new()
        }
    }
}

impl App {
    /// Looks at every attempt whose time has come, open or waiting for a deposit. The answer is how many there were.
    pub async fn resolve_due(&self) -> usize {
        self.resolve_open().await + self.look_for_deposits().await
    }

    async fn resolve_open(&self) -> usize {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let due = match self.reader().await {
            Ok(reader) => due_attempts(&reader, self.clock().now(), limit).await.map_err(unavailable),
            Err(problem) => Err(problem),
        };
        let due = claimed(due, "steelyard_due_attempts");
        let count = due.len();
        let mut due = due.into_iter();
        loop {
            let some: Vec<Attempt> = due.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return count;
            }
            let looks = some.into_iter().map(|attempt| self.look_at(attempt));
            futures_util::future::join_all(looks).await;
        }
    }

    async fn look_at(&self, attempt: Attempt) {
        let id = attempt.id;
        let looked = match attempt.state {
            AttemptState::Created => self.abandon(&attempt).await,
            // Over, and still to be looked at: approved too late, and not yet undone again.
            AttemptState::Sent | AttemptState::Unknown | AttemptState::Declined | AttemptState::NetCanceled => {
                self.resolve(attempt).await
            }
            // An account that waits for its deposit is looked at elsewhere.
            AttemptState::Approved | AttemptState::Abandoned | AttemptState::NotSent => Ok(()),
        };
        if let Err(problem) = looked
            && !Resolve::is_gone(&problem)
        {
            tracing::warn!(attempt = %id, ?problem, "an open attempt is looked at again later");
        }
    }

    async fn abandon(&self, attempt: &Attempt) -> Result<(), Problem> {
        let (tenant, order, attempt) = (attempt.tenant, attempt.order, attempt.id);
        Ok(self.pipeline().submit(AbandonAttempt { tenant, order, attempt }).await?)
    }

    async fn resolve(&self, attempt: Attempt) -> Result<(), Problem> {
        let asked_at = self.clock().now();
        let Ok(connector) = self.connectors().get(attempt.connector).cloned() else {
            // Looked at again in its time, so that it does not stand before the others at every pass.
            let detail = format!("no connector named {}", attempt.connector.as_str());
            let heard = Heard::Inquiry(Inquiry::Unanswered { detail });
            self.pipeline().submit(self.resolve_command(&attempt, heard, asked_at, Span::ZERO)).await?;
            return Ok(());
        };
        let capabilities = connector.capabilities();
        let reference = attempt.reference();
        let patience = self.pace().patience;
        let undo = attempt.operation.charges() && attempt.resolution.step == ResolutionStep::NetCancel;
        if !undo {
            let inquiry = if capabilities.inquiry {
                connector.inquire(&reference, patience).await
            } else {
                Inquiry::Unanswered { detail: String::from("this acquirer cannot be asked: a person must find out") }
            };
            crash::point(CrashPoint::AfterInquiry);
            let resolve = self.resolve_command(&attempt, Heard::Inquiry(inquiry), asked_at, capabilities.delay_max);
            if self.pipeline().submit(resolve).await? == Resolved::Nothing {
                return Ok(());
            }
        }
        let undone = if capabilities.net_cancel {
            connector.net_cancel(&reference, patience).await
        } else {
            NetCancel::Unanswered { detail: String::from("this acquirer cannot undo: a person must") }
        };
        crash::point(CrashPoint::AfterNetCancel);
        let heard = Heard::NetCancel(undone);
        let resolve = self.resolve_command(&attempt, heard, asked_at, capabilities.delay_max);
        self.pipeline().submit(resolve).await?;
        Ok(())
    }

    fn resolve_command(&self, attempt: &Attempt, heard: Heard, asked_at: Timestamp, delay_max: Span) -> Resolve {
        Resolve {
            subject: Subject { tenant: attempt.tenant, order: attempt.order, attempt: attempt.id },
            heard,
            seen: attempt.version,
            asked_at,
            idempotency: attempt.idempotency,
            delay_max,
            request_id: own_request_id(),
            pace: self.pace(),
        }
    }

    /// Ends what is over by each merchant's own clock: orders, accounts, authorizations, gift cards.
    pub async fn expire_due(&self) {
        self.end_unpaid().await;
        self.end_held().await;
    }

    /// Orders and gift cards: nobody is asked.
    async fn end_unpaid(&self) {
        if let Err(problem) = self.try_expire_orders().await {
            tracing::warn!(?problem, "orders' expiry is tried again");
        }
        if let Err(problem) = self.expire_gift_cards().await {
            tracing::warn!(?problem, "gift cards' expiry is tried again");
        }
    }

    async fn try_expire_orders(&self) -> Result<(), Problem> {
        let clocks = Clocks::look(&self.reader().await?, self.clock().now()).await?;
        for reach in clocks.reaches() {
            self.expire_orders_within(reach).await?;
        }
        Ok(())
    }

    async fn expire_orders_within(&self, reach: Reach) -> Result<(), Problem> {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            let reader = self.reader().await?;
            let orders = expiring_orders(&reader, reach, after, limit).await.map_err(unavailable)?;
            drop(reader);
            let Some(last) = orders.last().copied() else { return Ok(()) };
            after = Some((last.expires_at.micros(), last.id.uuid()));
            let ends = orders.into_iter().map(|order| async move {
                let place = self.pipeline().place_when_free().await?;
                place.submit(ExpireOrder { tenant: order.tenant, order: order.id }).await
            });
            for ended in futures_util::future::join_all(ends).await {
                if let Err(problem) = ended {
                    tracing::warn!(?problem, "an order's end is tried again");
                }
            }
        }
    }
}
