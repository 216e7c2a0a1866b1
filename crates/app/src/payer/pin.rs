//! The PIN, without which no money goes.

use steelyard_domain::{PayerId, Timestamp, payer::Tried};
use steelyard_store::payer::payer;

use crate::{
    App,
    pipeline::Command,
    problem::{Code, Problem},
    read::{missing, unavailable},
    request::Secret,
    workset::{Needs, Workset},
};

/// Counts a try. Its answer is no error where it was wrong: the count must be committed.
struct TryPin {
    payer: PayerId,
    right: bool,
}

impl Command for TryPin {
    type Answer = Tried;

    fn name(&self) -> &'static str {
        "tryPin"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.payer(self.payer);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Tried, Problem> {
        let now = workset.now;
        let before = workset.people.payer(self.payer)?.clone();
        let mut after = before.clone();
        let tried = after.try_pin(self.right, now);
        // Most tries are right and change nothing: then nothing is written.
        if after != before {
            *workset.people.payer_mut(self.payer)? = after;
        }
        Ok(tried)
    }
}

fn locked(until: Timestamp) -> Problem {
    Problem::new(Code::PinLocked).detail(until.to_string()).param("pin")
}

impl App {
    /// Whether this is the payer's PIN. A wrong one counts, however many ask at once; 5 lock it for 30 minutes, and
    /// then a right one is refused too.
    ///
    /// # Errors
    /// `WRONG_PIN` with the tries left, `PIN_LOCKED`.
    pub async fn check_pin(&self, id: PayerId, pin: Secret) -> Result<(), Problem> {
        let found = payer(&self.reader().await?, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        if let Some(until) = found.pin.locked(self.clock().now()) {
            return Err(locked(until));
        }
        let right = self.hasher().matches(pin, Some(&found.pin_hash)).await?;
        match self.pipeline().submit(TryPin { payer: id, right }).await? {
            Tried::Right => Ok(()),
            Tried::Wrong { left } => Err(Problem::new(Code::WrongPin).detail(left.to_string()).param("pin")),
            Tried::Locked { until } => Err(locked(until)),
        }
    }
}
