//! The code on the screen: shown and renewed, taken up by a payer, kept by them, let go of.

use steelyard_domain::{
    CheckoutSessionId, OrderId, PayerId, Tenant,
    checkout::{CheckoutMethod, QR_LIFE, QrCode, QrError},
};

use super::{end, gate, key::Keys};
use crate::{
    pipeline::Command,
    problem::{Code, Problem},
    workset::{Needs, Workset},
};

/// What a payer read off the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QrAddress {
    /// What stands behind `/q/` in the code.
    Token(String),
    /// The eight digits beside it.
    ShortCode(String),
}

/// The digits and the number of a generation.
fn numbers(keys: &Keys, id: CheckoutSessionId, generation: i64) -> (String, i64) {
    let (digits, number) = keys.numbers(id, generation);
    let number = i64::try_from(10 + number % 90).unwrap_or(10);
    (format!("{:08}", digits % 100_000_000), number)
}

/// The number on the screen among two others, in an order that says nothing about which it is.
pub(super) fn choices(keys: &Keys, id: CheckoutSessionId, qr: &QrCode) -> Option<[i64; 3]> {
    let right = qr.match_number?;
    let (seed, _) = keys.numbers(id, qr.generation.saturating_neg());
    // Drawn from all that are left, whatever the right one is: a distance between them would betray it.
    let mut others: Vec<i64> = (10..=99).filter(|number| *number != right).collect();
    let mut draw = |from: u64| {
        let at = usize::try_from(from).unwrap_or(0) % others.len();
        others.swap_remove(at)
    };
    let mut choices = [right, draw(seed % 89), draw((seed / 89) % 88)];
    let turn = usize::try_from((seed / (89 * 88)) % 3).unwrap_or(0);
    choices.rotate_left(turn);
    Some(choices)
}

/// Shows a code, or a new one in place of the last.
pub(super) struct ShowQr {
    pub(super) tenant: Tenant,
    pub(super) order: OrderId,
    pub(super) session: CheckoutSessionId,
    pub(super) keys: Keys,
}

impl Command for ShowQr {
    type Answer = ();

    fn name(&self) -> &'static str {
        "showQr"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
        needs.checkout(self.session);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let session = gate::open(workset, self.tenant, self.session)?;
        if !session.offers(CheckoutMethod::App) {
            return Err(Problem::new(Code::MethodNotAvailable).detail("app").param("method"));
        }
        let now = workset.business_now(self.tenant)?;
        if session.qr.as_ref().is_some_and(|qr| qr.bound(now).is_some()) {
            // A payer is about to approve: their code stays.
            return Ok(());
        }
        // A code that was spent is gone with its number, and no token may ever come back: the session's version grows
        // with every code that it shows, and no clock is asked.
        let generation = session.qr.as_ref().map_or(0, |qr| qr.generation).max(session.version) + 1;
        let (short_code, number) = numbers(&self.keys, session.id, generation);
        let total = workset.family(self.tenant, self.order)?.order.total;
        let asked = session.match_from.is_some_and(|from| total >= from);
        workset.checkout_mut(self.tenant, self.session)?.qr = Some(QrCode {
            generation,
            short_code,
            match_number: asked.then_some(number),
            expires_at: now.after(QR_LIFE),
            binding: None,
        });
        Ok(())
    }
}

/// What a payer does with a code.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Takes it up: `generation` is the one on the screen that was read.
    Scan {
        generation: i64,
        label: String,
    },
    /// Says that they are still there.
    Stay,
    Leave,
}

pub(super) struct HoldQr {
    pub(super) tenant: Tenant,
    pub(super) order: OrderId,
    pub(super) session: CheckoutSessionId,
    pub(super) payer: PayerId,
    pub(super) act: Act,
}

impl Command for HoldQr {
    type Answer = ();

    fn name(&self) -> &'static str {
        "holdQr"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
        needs.checkout(self.session);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let session = match gate::open(workset, self.tenant, self.session) {
            Ok(session) => session,
            // Nobody holds what is over.
            Err(_) if matches!(self.act, Act::Leave) => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let now = workset.business_now(self.tenant)?;
        let Some(mut qr) = session.qr else { return Err(Problem::new(Code::QrExpired)) };
        let holds = qr.bound(now).is_some_and(|binding| binding.payer == self.payer);
        match &self.act {
            Act::Scan { generation, label } => {
                if *generation != qr.generation {
                    return Err(Problem::new(Code::QrExpired));
                }
                qr.bind(self.payer, label, now).map_err(qr_problem)?;
            }
            Act::Stay => {
                let label = qr.binding.as_ref().map(|binding| binding.label.clone()).unwrap_or_default();
                if !holds {
                    // After a minute of silence others may have it: they scan it again, if it is still there.
                    return Err(Problem::new(Code::QrExpired));
                }
                qr.bind(self.payer, &label, now).map_err(qr_problem)?;
            }
            Act::Leave if holds => qr.binding = None,
            Act::Leave => return Ok(()),
        }
        let session = workset.checkout_mut(self.tenant, self.session)?;
        session.qr = Some(qr);
        if matches!(self.act, Act::Scan { .. }) && !holds {
            let session = session.clone();
            let family = workset.family(self.tenant, self.order)?.clone();
            end::emit(workset, &session, &family, "checkout.scanned");
        }
        Ok(())
    }
}

fn qr_problem(error: QrError) -> Problem {
    match error {
        QrError::Expired => Problem::new(Code::QrExpired),
        QrError::Taken => Problem::new(Code::QrTaken),
    }
}

#[cfg(test)]
mod tests {
    use steelyard_domain::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn three_different_numbers_are_offered_and_the_right_one_is_among_them() {
        let keys = Keys::for_tests();
        let mut places = [0; 3];
        for generation in 1..2_000 {
            let id = CheckoutSessionId::from_uuid(Uuid::from_u128(7));
            let (short_code, number) = numbers(&keys, id, generation);
            assert!(short_code.len() == 8 && (10..=99).contains(&number));
            let expires_at = Timestamp::from_micros(0);
            let qr = QrCode { generation, short_code, match_number: Some(number), expires_at, binding: None };
            let choices = choices(&keys, id, &qr).unwrap();
            assert!(choices.iter().all(|choice| (10..=99).contains(choice)), "{choices:?}");
            let [a, b, c] = choices;
            assert!(a != b && b != c && a != c, "{choices:?}");
            places[choices.iter().position(|choice| *choice == number).unwrap()] += 1;
        }
        assert!(places.iter().all(|times| (500..900).contains(times)), "the place says nothing: {places:?}");
    }

    #[test]
    fn the_distances_between_the_numbers_say_nothing_about_the_right_one() {
        let keys = Keys::for_tests();
        let id = CheckoutSessionId::from_uuid(Uuid::from_u128(7));
        let mut right_ones = [0; 3];
        for generation in 1..3_000 {
            let (short_code, number) = numbers(&keys, id, generation);
            let expires_at = Timestamp::from_micros(0);
            let qr = QrCode { generation, short_code, match_number: Some(number), expires_at, binding: None };
            let mut choices = choices(&keys, id, &qr).unwrap();
            choices.sort_unstable();
            let [low, middle, high] = choices;
            // The one that stands across the widest of the three gaps, around the circle; the next one; the last.
            let gaps = [(high - middle, low), (90 - (high - low), middle), (middle - low, high)];
            let (_, across) = gaps.into_iter().max().unwrap();
            let at = choices.iter().position(|choice| *choice == across).unwrap();
            right_ones[(choices.iter().position(|choice| *choice == number).unwrap() + 3 - at) % 3] += 1;
        }
        assert!(right_ones.iter().all(|times| (880..1_120).contains(times)), "{right_ones:?}");
    }
}
