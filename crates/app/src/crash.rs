//! Named points at which a test lets the process die, and the one place where it ends itself.
//!
//! `STEELYARD_CRASH_AT=afterIntent:3` aborts at the third passing of that point. Without the variable a
//! point costs one load of an atomic.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// Every step between two durable states of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashPoint {
    /// Decided, nothing written.
    BeforeSave,
    /// Written, not committed.
    BeforeCommit,
    /// Committed, nobody answered.
    AfterCommit,
    /// The intent is on record; no byte has left.
    AfterIntent,
    /// The acquirer has answered; nothing of it is on record.
    AfterAnswer,
    /// The outcome is on record; the caller does not know it.
    AfterSettle,
    /// The janitor has asked; nothing of it is on record.
    AfterInquiry,
    /// The acquirer has undone a charge; that is not on record.
    AfterNetCancel,
}

impl CrashPoint {
    pub const ALL: [Self; 8] = [
        Self::BeforeSave,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::AfterIntent,
        Self::AfterAnswer,
        Self::AfterSettle,
        Self::AfterInquiry,
        Self::AfterNetCancel,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeSave => "beforeSave",
            Self::BeforeCommit => "beforeCommit",
            Self::AfterCommit => "afterCommit",
            Self::AfterIntent => "afterIntent",
            Self::AfterAnswer => "afterAnswer",
            Self::AfterSettle => "afterSettle",
            Self::AfterInquiry => "afterInquiry",
            Self::AfterNetCancel => "afterNetCancel",
        }
    }
}

struct Armed {
    point: CrashPoint,
    at: u64,
    passed: AtomicU64,
}

fn armed() -> Option<&'static Armed> {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    ARMED
        .get_or_init(|| {
            let text = std::env::var("STEELYARD_CRASH_AT").ok()?;
            let (name, at) = text.split_once(':').unwrap_or((&text, "1"));
            let point = CrashPoint::ALL.into_iter().find(|point| point.as_str() == name)?;
            Some(Armed { point, at: at.parse().ok()?, passed: AtomicU64::new(0) })
        })
        .as_ref()
}

/// Dies here if a test asked for it: no destructor runs, nothing is flushed.
pub fn point(point: CrashPoint) {
    if let Some(armed) = armed()
        && armed.point == point
        && armed.passed.fetch_add(1, Ordering::SeqCst) + 1 == armed.at
    {
        std::process::abort();
    }
}

/// Ends the process because what the disk holds is not known any more. A restart reads what is really there.
pub fn leave_at_once(detail: &str) -> ! {
    tracing::error!(%detail, "the disk failed during a commit: stopping, so that a restart can recover");
    std::process::abort()
}
