//! Accounts that wait for their deposit, and the ends of what an acquirer holds.

use steelyard_connectors::Inquiry;
use steelyard_domain::{
    OrderId, Tenant,
    limits::JANITOR_CLAIM_MAX,
    payment::{Attempt, AttemptState, resolution::Resolution},
};
use steelyard_store::{
    payment::{attempts, due_deposits, expiring_authorizations, expiring_deposits},
    reach::Reach,
};

use super::{AT_ONCE, Clocks, claimed};
use crate::{
    App,
    crash::{self, CrashPoint},
    payment::{Deposit, Heard, SettleDeposit, StartVoidOfExpired, Subject, is_asked_about},
    problem::Problem,
    read::unavailable,
};

impl App {
    /// Asks about the accounts whose time for that has come. The answer is how many there were.
    pub(super) async fn look_for_deposits(&self) -> usize {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let due = match self.reader().await {
            Ok(reader) => due_deposits(&reader, self.clock().now(), limit).await.map_err(unavailable),
            Err(problem) => Err(problem),
        };
        let due = claimed(due, "steelyard_due_deposits");
        let due: Vec<&Attempt> = due.iter().collect();
        self.look_for_deposits_of(&due).await;
        due.len()
    }

    async fn look_for_deposits_of(&self, attempts: &[&Attempt]) {
        for some in attempts.chunks(AT_ONCE) {
            let looks = some.iter().map(|attempt| self.look_for_deposit(attempt));
            for (attempt, looked) in some.iter().zip(futures_util::future::join_all(looks).await) {
                if let Err(problem) = looked {
                    tracing::warn!(attempt = %attempt.id, ?problem, "a virtual account is looked at again later");
                }
            }
        }
    }

    /// Asks whether an account was paid into, and closes it once its time is over.
    pub(crate) async fn look_for_deposit(&self, attempt: &Attempt) -> Result<(), Problem> {
        let subject = Subject { tenant: attempt.tenant, order: attempt.order, attempt: attempt.id };
        let settle = |heard| SettleDeposit { subject, heard, pace: self.pace() };
        let Ok(connector) = self.connectors().get(attempt.connector).cloned() else {
            // Looked at again in its time, so that it does not stand before the others at every pass.
            let detail = format!("no connector named {}", attempt.connector.as_str());
            let heard = Heard::Inquiry(Inquiry::Unanswered { detail });
            self.pipeline().submit(settle(heard)).await?;
            return Ok(());
        };
        let (reference, patience) = (attempt.reference(), self.pace().patience);
        if is_asked_about(attempt) {
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

    /// Ends what an acquirer holds longer than it may: accounts without a deposit, and authorizations.
    pub(super) async fn end_held(&self) {
        if let Err(problem) = self.try_end_held().await {
            tracing::warn!(?problem, "the ends of accounts and authorizations are tried again");
        }
    }

    async fn try_end_held(&self) -> Result<(), Problem> {
        let clocks = Clocks::look(&self.reader().await?, self.clock().now()).await?;
        for reach in clocks.reaches() {
            self.close_due_accounts(reach).await?;
            self.release_due(reach).await?;
        }
        Ok(())
    }

    /// Closes virtual accounts whose due date is over, by each merchant's own clock.
    async fn close_due_accounts(&self, reach: Reach) -> Result<(), Problem> {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            // Given back before the acquirer is asked, who may let us wait.
            let reader = self.reader().await?;
            let found = expiring_deposits(&reader, reach, after, limit).await.map_err(unavailable)?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.ends_at.micros(), last.id.uuid()));
            let orders: Vec<OrderId> = found.iter().map(|awaited| awaited.order).collect();
            let attempts = attempts(&reader, &orders).await.map_err(unavailable)?;
            drop(reader);
            let untried: Vec<&Attempt> = attempts.iter().filter(|attempt| is_untried(attempt)).collect();
            self.look_for_deposits_of(&untried).await;
        }
    }

    /// Releases authorizations that nobody captured, by each merchant's own clock.
    async fn release_due(&self, reach: Reach) -> Result<(), Problem> {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            let reader = self.reader().await?;
            let held = expiring_authorizations(&reader, reach, after, limit).await.map_err(unavailable)?;
            drop(reader);
            let Some(last) = held.last() else { return Ok(()) };
            after = Some((last.ends_at.micros(), last.id.uuid()));
            for some in held.chunks(AT_ONCE) {
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

/// What was asked about in vain since, or is being closed, is looked at again in its time like any other: an
/// acquirer that does not answer must not keep the janitor here.
fn is_untried(attempt: &Attempt) -> bool {
    attempt.state == AttemptState::Approved && attempt.operation.charges() && attempt.resolution == Resolution::START
}
