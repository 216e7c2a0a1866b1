//! The commit pipeline: every write of the product goes through it, many to a commit.
//!
//! A command names the rows it needs and decides on them; it holds no SQL and asks nobody. A lane collects
//! what waits, loads, lets each command decide in turn, writes, commits, and only then answers.

mod batch;
mod lane;

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
};

pub use lane::{LaneOptions, Pipeline};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::{
    problem::{Code, Problem},
    workset::{Needs, Workset},
};

/// A decision on some rows. It may be asked again: after a conflict with another instance the whole batch
/// runs once more on what is there then.
pub trait Command: Send + 'static {
    type Answer: Send + 'static;

    /// For metrics and logs.
    fn name(&self) -> &'static str;

    /// Rows known by name or id.
    fn needs(&self, needs: &mut Needs);

    /// Rows that orders lead to: products and accounts. Asked once the orders are there.
    fn needs_of_orders(&self, _workset: &Workset, _needs: &mut Needs) {}

    /// Decides. An error leaves no trace.
    fn decide(&self, workset: &mut Workset) -> Result<Self::Answer, Problem>;
}

/// Why a command has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// Decided against; nothing was written for it.
    #[error("{}", .0.code.facts().name)]
    Refused(Box<Problem>),
    /// The queue is full. Nothing was touched.
    #[error("the queue is full")]
    Overloaded,
    /// The database cannot be reached or cannot write. Nothing was written.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The commit may have taken place, and nobody could say.
    #[error("the commit's outcome is not known: {0}")]
    Ambiguous(String),
    /// A defect of ours: the command stood alone in its batch and still failed. Nothing was written.
    #[error("the command failed: {0}")]
    Defect(String),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(problem) => *problem,
            Failure::Overloaded => Self::new(Code::Overloaded),
            Failure::Unavailable(_) => Self::new(Code::DatabaseUnavailable),
            Failure::Ambiguous(_) => Self::new(Code::OutcomeUnknown),
            Failure::Defect(_) => Self { outcome: Some(crate::Outcome::None), ..Self::new(Code::Internal) },
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

/// A command in the queue, its answer's type forgotten.
pub(crate) trait Waiting: Send {
    fn name(&self) -> &'static str;
    fn needs(&self, needs: &mut Needs);
    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs);
    /// Decides and keeps the decision until the batch is committed or run again.
    fn decide(&mut self, workset: &mut Workset);
    /// The batch is committed (or had nothing to write): tells the caller.
    fn answer(self: Box<Self>);
    /// The batch was not committed.
    fn fail(self: Box<Self>, failure: Failure);
}

struct Queued<C: Command> {
    command: C,
    decision: Option<Result<C::Answer, Failure>>,
    reply: oneshot::Sender<Result<C::Answer, Failure>>,
}

impl<C: Command> Waiting for Queued<C> {
    fn name(&self) -> &'static str {
        self.command.name()
    }

    fn needs(&self, needs: &mut Needs) {
        self.command.needs(needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        self.command.needs_of_orders(workset, needs);
    }

    fn decide(&mut self, workset: &mut Workset) {
        workset.begin();
        // A failed assertion is a defect of one command; the others go on.
        let decided = catch_unwind(AssertUnwindSafe(|| self.command.decide(workset)));
        let decision = match decided {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(problem)) => Err(Failure::Refused(Box::new(problem))),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                let text = text.unwrap_or_else(|| String::from("panicked"));
                tracing::error!(command = self.command.name(), panic = %text, "a command failed an assertion");
                metrics::counter!("steelyard_command_defects_total", "command" => self.command.name()).increment(1);
                Err(Failure::Defect(text))
            }
        };
        if decision.is_err() {
            workset.undo();
        }
        self.decision = Some(decision);
    }

    fn answer(self: Box<Self>) {
        let decision = self.decision.unwrap_or_else(|| Err(Failure::Defect(String::from("it was never decided"))));
        // Whoever asked may be gone; what was committed stays.
        let _ = self.reply.send(decision);
    }

    fn fail(self: Box<Self>, failure: Failure) {
        let _ = self.reply.send(Err(failure));
    }
}

/// A place in a lane's queue, taken in advance, so that what must be committed cannot be refused for load.
pub struct Place(tokio::sync::mpsc::OwnedPermit<Box<dyn Waiting>>);

impl Place {
    /// Submits a command to the place.
    pub fn submit<C: Command>(self, command: C) -> impl Future<Output = Result<C::Answer, Failure>> + Send + use<C> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Box::new(Queued { command, decision: None, reply }));
        async move { answer.await.unwrap_or_else(|_| Err(Failure::Ambiguous(String::from("the lane has stopped")))) }
    }
}
