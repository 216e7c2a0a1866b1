//! The janitor: finishes what a lost answer or a dead server left open, and ends what is over.

mod clocks;

use std::time::Duration;

pub(crate) use clocks::Clocks;
use steelyard_connectors::{Inquiry, NetCancel};
use steelyard_domain::{
    OrderId, Span, Tenant, Timestamp,
    limits::JANITOR_CLAIM_MAX,
    payment::{
        Attempt, AttemptState,
        resolution::{Resolution, ResolutionStep},
    },
};
use steelyard_store::Reader;
use steelyard_store::{
    commit_marker, idempotency,
    notice::purge_notices,
    order::expiring_orders,
    payer,
    payment::{attempts, due_attempts, expiring_authorizations, expiring_deposits},
};
use tokio::sync::watch;

use crate::{
    App,
    crash::{self, CrashPoint},
    order::ExpireOrder,
    payment::{
        AbandonAttempt, Deposit, Heard, Resolve, Resolved, SettleDeposit, StartVoidOfExpired, Subject, own_request_id,
    },
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

/// Works until told to stop.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut passes = 0_u32;
    loop {
        app.resolve_due().await;
        app.expire_due().await;
        if passes.is_multiple_of(PURGE_EVERY) {
            purge(&app).await;
        }
        passes = passes.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            changed = stop.changed() => if changed.is_err() || *stop.borrow() { break },
        }
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

impl App {
    /// Looks at every attempt whose time has come. The answer is how many there were.
    pub async fn resolve_due(&self) -> usize {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let due = match self.reader().await {
            Ok(reader) => due_attempts(&reader, self.clock().now(), limit).await.map_err(unavailable),
            Err(problem) => Err(problem),
        };
        let due = match due {
            Ok(due) => due,
            Err(problem) => {
                tracing::warn!(?problem, "the janitor could not look for open attempts");
                return 0;
            }
        };
        metrics::gauge!("steelyard_due_attempts").set(u32::try_from(due.len()).unwrap_or(u32::MAX));
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
            AttemptState::Approved => self.look_for_deposit(&attempt).await,
            AttemptState::Abandoned | AttemptState::NotSent => Ok(()),
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

    /// Asks whether an account was paid into, and closes it once its time is over.
    pub(crate) async fn look_for_deposit(&self, attempt: &Attempt) -> Result<(), Problem> {
        let subject = Subject { tenant: attempt.tenant, order: attempt.order, attempt: attempt.id };
        let settle = |heard| SettleDeposit { subject, heard };
        let connector = self.connectors().get(attempt.connector)?.clone();
        let (reference, patience) = (attempt.reference(), self.pace().patience);
        if attempt.resolution.step == ResolutionStep::Inquire {
            let heard = Heard::Inquiry(connector.inquire(&reference, patience).await);
            crash::point(CrashPoint::AfterInquiry);
            if self.pipeline().submit(settle(heard)).await? == Deposit::Nothing {
                return Ok(());
            }
        }
        let heard = Heard::NetCancel(connector.net_cancel(&reference, patience).await);
        crash::point(CrashPoint::AfterNetCancel);
        self.pipeline().submit(settle(heard)).await?;
        Ok(())
    }

    /// Closes virtual accounts whose due date is over, by each merchant's own clock.
    async fn close_due_accounts(&self, reader: &Reader, clocks: &Clocks) -> Result<(), Problem> {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            let found = expiring_deposits(reader, clocks.horizon(), after, limit).await.map_err(unavailable)?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.ends_at.micros(), last.id.uuid()));
            let due = found.iter().filter(|awaited| awaited.ends_at <= clocks.of(awaited.tenant));
            let orders: Vec<OrderId> = due.map(|awaited| awaited.order).collect();
            self.close_accounts(&attempts(reader, &orders).await.map_err(unavailable)?).await;
        }
    }

    async fn close_accounts(&self, attempts: &[Attempt]) {
        // What was asked about in vain since, or is being closed, is looked at again in its time like any other: an
        // acquirer that does not answer must not keep the janitor here.
        let untried = |attempt: &&Attempt| {
            attempt.state == AttemptState::Approved
                && attempt.operation.charges()
                && attempt.resolution == Resolution::START
        };
        let untried: Vec<&Attempt> = attempts.iter().filter(untried).collect();
        for some in untried.chunks(AT_ONCE) {
            let looks = some.iter().map(|attempt| self.look_for_deposit(attempt));
            for looked in futures_util::future::join_all(looks).await {
                if let Err(problem) = looked {
                    tracing::warn!(?problem, "a virtual account's end is tried again");
                }
            }
        }
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

    /// Ends orders and authorizations whose time is over, by each merchant's own clock.
    pub async fn expire_due(&self) {
        if let Err(problem) = self.try_expire().await {
            tracing::warn!(?problem, "expiry is tried again");
        }
        if let Err(problem) = self.expire_gift_cards().await {
            tracing::warn!(?problem, "gift cards' expiry is tried again");
        }
    }

    async fn try_expire(&self) -> Result<(), Problem> {
        let reader = self.reader().await?;
        let clocks = Clocks::look(&reader, self.clock().now()).await?;
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            let orders = expiring_orders(&reader, clocks.horizon(), after, limit).await.map_err(unavailable)?;
            let Some(last) = orders.last().copied() else { break };
            after = Some((last.expires_at.micros(), last.id.uuid()));
            let due = orders.into_iter().filter(|order| order.expires_at <= clocks.of(order.tenant));
            let ends = due.map(|order| async move {
                let place = self.pipeline().place_when_free().await?;
                place.submit(ExpireOrder { tenant: order.tenant, order: order.id }).await
            });
            for ended in futures_util::future::join_all(ends).await {
                if let Err(problem) = ended {
                    tracing::warn!(?problem, "an order's end is tried again");
                }
            }
        }
        self.close_due_accounts(&reader, &clocks).await?;
        self.release_due(&reader, &clocks).await
    }

    async fn release_due(&self, reader: &Reader, clocks: &Clocks) -> Result<(), Problem> {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            let held = expiring_authorizations(reader, clocks.horizon(), after, limit).await.map_err(unavailable)?;
            let Some(last) = held.last() else { return Ok(()) };
            after = Some((last.ends_at.micros(), last.id.uuid()));
            let due: Vec<_> = held.iter().filter(|payment| payment.ends_at <= clocks.of(payment.tenant)).collect();
            for some in due.chunks(AT_ONCE) {
                let releases = some.iter().map(|payment| self.release(payment.tenant, payment.order));
                for released in futures_util::future::join_all(releases).await {
                    if let Err(problem) = released {
                        tracing::warn!(?problem, "an authorization's end is tried again");
                    }
                }
            }
        }
    }

    /// Releases an authorization whose time is over.
    async fn release(&self, tenant: Tenant, order: OrderId) -> Result<(), Problem> {
        let place = self.pipeline().place()?;
        let command = StartVoidOfExpired { tenant, order, pace: self.pace() };
        if let Some(intent) = self.pipeline().submit(command).await? {
            // The answer is for nobody: what matters is on record.
            let _ = self.ask_and_settle(intent, None, crate::payment::own_voice(), place).await;
        }
        Ok(())
    }
}
