//! Ninety days of trade, thought out before any of it happens.

use steelyard_domain::{Span, Timestamp, payment::AUTHORIZATION_LIFE, time::Day};

use super::{
    dice::Dice,
    shop::{BINS, FAMILY_NAMES, GIVEN_NAMES, INLINE, SHOPS, card_number},
};

const DAYS: i64 = 90;
/// When trade happens on a day in Seoul, in minutes after midnight.
///
/// Each is a handful of commits one behind the other, however much is sold at it: three a day keep the whole
/// history within seconds even where a disk takes milliseconds to sync.
const HOURS: [i64; 3] = [10 * 60, 15 * 60, 20 * 60 + 30];
const JITTER_MINUTES: i64 = 40;
/// The last hour belongs to what is still under way.
const LAST_HOUR: Span = Span::from_minutes(60);

/// What becomes of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Captured,
    /// Declined, then paid with another card.
    PaidAgain,
    /// Declined, and nobody comes back.
    Expired,
    /// Declined, and the merchant closes it.
    Failed,
    /// Declined, and the order is cancelled.
    GivenUp,
    CapturedLater,
    CapturedInPart,
    Voided,
    /// Authorized and forgotten.
    HeldTooLong,
    PartiallyCanceled,
    Canceled,
    PartiallyRefunded,
    Refunded,
    /// The answer is lost after the money moved: found approved.
    LostApproval,
    /// The request is lost before anything moved: net-cancelled.
    LostRequest,
    StillAuthorized,
    StillReady,
    StillUnknown,
}

impl Fate {
    /// Fates of the past, with their parts of a hundred.
    const PAST: [(Self, usize); 15] = [
        (Self::Captured, 62),
        (Self::PaidAgain, 5),
        (Self::Expired, 4),
        (Self::Failed, 2),
        (Self::GivenUp, 1),
        (Self::CapturedLater, 4),
        (Self::CapturedInPart, 2),
        (Self::Voided, 2),
        (Self::HeldTooLong, 1),
        (Self::PartiallyCanceled, 4),
        (Self::Canceled, 4),
        (Self::PartiallyRefunded, 3),
        (Self::Refunded, 4),
        (Self::LostApproval, 1),
        (Self::LostRequest, 1),
    ];
    /// What the last hour leaves open.
    const PRESENT: [Self; 8] = [
        Self::StillUnknown,
        Self::StillAuthorized,
        Self::Captured,
        Self::StillUnknown,
        Self::StillAuthorized,
        Self::Captured,
        Self::StillReady,
        Self::StillReady,
    ];

    const fn manual(self) -> bool {
        match self {
            Self::CapturedLater | Self::CapturedInPart | Self::Voided | Self::HeldTooLong | Self::StillAuthorized => {
                true
            }
            Self::Captured
            | Self::PaidAgain
            | Self::Expired
            | Self::Failed
            | Self::GivenUp
            | Self::PartiallyCanceled
            | Self::Canceled
            | Self::PartiallyRefunded
            | Self::Refunded
            | Self::LostApproval
            | Self::LostRequest
            | Self::StillReady
            | Self::StillUnknown => false,
        }
    }

    pub const fn declined(self) -> bool {
        matches!(self, Self::PaidAgain | Self::Expired | Self::Failed | Self::GivenUp | Self::StillReady)
    }

    /// Whether its fate is an answer that gets lost: such a payment has an amount of its own to be found by.
    pub const fn lost(self) -> bool {
        matches!(self, Self::LostApproval | Self::LostRequest | Self::StillUnknown)
    }

    /// What is done later, and how many sittings later. Counted in sittings, of which a day has three.
    fn later(self, sitting_of_day: usize, dice: &mut Dice) -> Option<(usize, Act)> {
        let days = |days: usize| days * HOURS.len() - sitting_of_day.min(1);
        match self {
            Self::CapturedLater => Some((days(1 + dice.below(3)), Act::Capture)),
            Self::CapturedInPart => Some((days(1 + dice.below(2)), Act::CapturePart)),
            Self::Voided => Some((1 + dice.below(6), Act::ReturnAll)),
            Self::PartiallyCanceled => Some((1, Act::ReturnPart)),
            Self::Canceled => Some((1, Act::ReturnAll)),
            Self::PartiallyRefunded => Some((days(2 + dice.below(9)), Act::ReturnPart)),
            Self::Refunded => Some((days(2 + dice.below(9)), Act::ReturnAll)),
            Self::Captured
            | Self::PaidAgain
            | Self::Expired
            | Self::Failed
            | Self::GivenUp
            | Self::HeldTooLong
            | Self::LostApproval
            | Self::LostRequest
            | Self::StillAuthorized
            | Self::StillReady
            | Self::StillUnknown => None,
        }
    }

    /// What is done as soon as the first attempt has its answer.
    pub const fn at_once(self) -> Option<Act> {
        match self {
            Self::PaidAgain => Some(Act::PayAgain),
            Self::Failed => Some(Act::Fail),
            Self::GivenUp => Some(Act::CancelOrder),
            Self::Captured
            | Self::Expired
            | Self::CapturedLater
            | Self::CapturedInPart
            | Self::Voided
            | Self::HeldTooLong
            | Self::PartiallyCanceled
            | Self::Canceled
            | Self::PartiallyRefunded
            | Self::Refunded
            | Self::LostApproval
            | Self::LostRequest
            | Self::StillAuthorized
            | Self::StillReady
            | Self::StillUnknown => None,
        }
    }
}

/// What a merchant or a buyer does with a payment that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    PayAgain,
    Fail,
    CancelOrder,
    Capture,
    CapturePart,
    ReturnPart,
    ReturnAll,
}

#[derive(Debug, Clone)]
pub enum Basket {
    /// Articles of the shop's shelf, with quantities.
    Articles(Vec<(usize, i64)>),
    Inline {
        name: String,
        amount: i64,
    },
}

/// One payment to come.
#[derive(Debug, Clone)]
pub struct Purchase {
    pub number: usize,
    pub shop: usize,
    pub fate: Fate,
    pub manual: bool,
    pub basket: Basket,
    pub buyer: String,
    pub email: String,
    /// Of the first attempt.
    pub card: String,
    /// Of the attempt that may follow.
    pub good_card: String,
    pub in_instalments: bool,
}

#[derive(Debug, Clone)]
pub enum Job {
    Pay(Box<Purchase>),
    /// Something is done with the payment of that purchase.
    Act(usize, Act),
}

/// A time at which things happen.
#[derive(Debug, Clone)]
pub struct Sitting {
    pub at: Timestamp,
    pub jobs: Vec<Job>,
    /// Whether lost answers are asked about before it: not in the last hour, which keeps its open questions.
    pub resolves: bool,
}

/// Everything that happens until `now`, oldest first.
#[must_use]
pub fn plan(now: Timestamp, payments: usize, seed: u64) -> Vec<Sitting> {
    let mut dice = Dice::new(seed);
    let (mut sittings, today) = sittings(now, &mut dice);
    let past = sittings.len();
    let least = Fate::PAST.len() + Fate::PRESENT.len();
    let count = payments.max(least) - Fate::PRESENT.len();
    for number in 0..count {
        let fate = past_fate(number, &mut dice);
        let room = room(fate, past, today);
        let at = place(fate, number, room, past, &mut dice);
        let purchase = purchase(number, fate, &mut dice);
        sittings[at].jobs.push(Job::Pay(Box::new(purchase)));
        if let Some((later, act)) = fate.later(at % HOURS.len(), &mut dice) {
            let then = (at + later).min(past - 1);
            sittings[then].jobs.push(Job::Act(number, act));
        }
    }
    for (index, fate) in Fate::PRESENT.into_iter().enumerate() {
        let number = count + index;
        let back = Span::from_minutes(i64::try_from((Fate::PRESENT.len() - index) * 6).unwrap_or(0));
        let job = Job::Pay(Box::new(purchase(number, fate, &mut dice)));
        sittings.push(Sitting { at: now.before(back), jobs: vec![job], resolves: false });
    }
    sittings
}

/// Sittings up to the last hour, and how many of them are of today.
fn sittings(now: Timestamp, dice: &mut Dice) -> (Vec<Sitting>, usize) {
    let today = now.seoul_day().number();
    let mut sittings = Vec::new();
    let mut of_today = 0;
    for day in today - DAYS..=today {
        for hour in HOURS {
            let minutes = hour + dice.between(0, JITTER_MINUTES);
            let at = Day::from_number(day).start().after(Span::from_minutes(minutes));
            if at < now.before(LAST_HOUR) {
                of_today += usize::from(day == today);
                sittings.push(Sitting { at, jobs: Vec::new(), resolves: true });
            }
        }
    }
    (sittings, of_today)
}

/// Each fate once, so that none is missing however few there are; then by its parts of a hundred.
fn past_fate(number: usize, dice: &mut Dice) -> Fate {
    if let Some((fate, _)) = Fate::PAST.get(number) {
        return *fate;
    }
    let mut left = dice.below(Fate::PAST.iter().map(|(_, parts)| parts).sum());
    for (fate, parts) in Fate::PAST {
        if left < parts {
            return fate;
        }
        left -= parts;
    }
    Fate::Captured
}

/// Sittings at the end that a fate needs after its own to come true.
fn room(fate: Fate, past: usize, today: usize) -> usize {
    let days = |days: usize| today + days * HOURS.len();
    let room = match fate {
        Fate::HeldTooLong => {
            days(usize::try_from(AUTHORIZATION_LIFE.micros() / Span::from_days(1).micros()).unwrap_or(7) + 1)
        }
        Fate::CapturedLater | Fate::CapturedInPart => days(4),
        Fate::PartiallyRefunded | Fate::Refunded => days(11),
        Fate::Voided => days(2),
        Fate::PartiallyCanceled | Fate::Canceled | Fate::LostApproval | Fate::LostRequest => days(1),
        Fate::Captured
        | Fate::PaidAgain
        | Fate::Expired
        | Fate::Failed
        | Fate::GivenUp
        | Fate::StillAuthorized
        | Fate::StillReady
        | Fate::StillUnknown => 0,
    };
    room.min(past - 1)
}

/// The sitting at which a purchase is made. Trade grows: later sittings get more.
fn place(fate: Fate, number: usize, room: usize, past: usize, dice: &mut Dice) -> usize {
    let end = past - room;
    // The first of each fate are recent, so that a short list shows them.
    let at = if number < Fate::PAST.len() { end - 1 } else { dice.below(end).max(dice.below(end)) };
    let same_day = matches!(fate, Fate::PartiallyCanceled | Fate::Canceled);
    // Second attempts take their time; they share the last sitting of a day.
    if fate.at_once().is_some() {
        return (at - at % HOURS.len() + HOURS.len() - 1).min(past - 1);
    }
    // What is returned before midnight is not sold at the last sitting of a day.
    if same_day && at % HOURS.len() == HOURS.len() - 1 { at.saturating_sub(1) } else { at }
}

fn purchase(number: usize, fate: Fate, dice: &mut Dice) -> Purchase {
    let shop = dice.below(SHOPS.len());
    let good_card = card_number(dice.pick::<&str>(&BINS), dice.between(0, 999_999_999));
    let declined = ["4000000000000002", "4000000000009995", "4000000000009987", "4000000000000069"];
    let card = if fate.declined() { (*dice.pick(&declined)).to_owned() } else { good_card.clone() };
    let shelf = SHOPS[shop].shelf;
    let basket = if fate.lost() {
        // No price in the shop ends in 3: a fault that strikes this amount strikes nobody else.
        let amount = 30_003 + i64::try_from(number).unwrap_or(0) * 10;
        Basket::Inline { name: String::from("주문 제작"), amount }
    } else if fate != Fate::GivenUp && dice.below(10) < 2 {
        let (name, amount) = dice.pick(&INLINE);
        Basket::Inline { name: (*name).to_owned(), amount: *amount }
    } else {
        let first = dice.below(shelf.len());
        let mut lines = vec![(first, dice.between(1, 2))];
        if dice.below(3) == 0 {
            let second = (first + 1 + dice.below(shelf.len() - 1)) % shelf.len();
            lines.push((second, 1));
        }
        Basket::Articles(lines)
    };
    let buyer = format!("{}{}", dice.pick(&FAMILY_NAMES), dice.pick(&GIVEN_NAMES));
    Purchase {
        number,
        shop,
        fate,
        manual: fate.manual(),
        basket,
        buyer,
        email: format!("buyer{}@example.com", dice.below(800)),
        card,
        good_card,
        in_instalments: dice.below(12) == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_240_000_000_000);

    fn purchases(sittings: &[Sitting]) -> usize {
        sittings.iter().flat_map(|sitting| &sitting.jobs).filter(|job| matches!(job, Job::Pay(_))).count()
    }

    #[test]
    fn time_runs_forward_and_ends_before_now() {
        for hours in 0..24 {
            let now = NOW.after(Span::from_hours(hours));
            let sittings = plan(now, 300, 1);
            assert!(sittings.is_sorted_by(|one, next| one.at < next.at), "{hours}");
            assert!(sittings.last().unwrap().at < now);
            assert_eq!(purchases(&sittings), 300);
        }
    }

    #[test]
    fn nothing_is_done_with_a_payment_before_it_is_made() {
        let sittings = plan(NOW, 2_000, 1);
        let mut made = std::collections::HashSet::new();
        for job in sittings.iter().flat_map(|sitting| &sitting.jobs) {
            match job {
                Job::Pay(purchase) => assert!(made.insert(purchase.number)),
                Job::Act(number, act) => assert!(made.contains(number), "{act:?} of {number}"),
            }
        }
    }

    #[test]
    fn even_the_shortest_history_has_every_fate() {
        let sittings = plan(NOW, 1, 1);
        let jobs = sittings.iter().flat_map(|sitting| &sitting.jobs);
        let fates: Vec<Fate> = jobs
            .filter_map(|job| match job {
                Job::Pay(purchase) => Some(purchase.fate),
                Job::Act(..) => None,
            })
            .collect();
        for (fate, _) in Fate::PAST {
            assert!(fates.contains(&fate), "{fate:?}");
        }
        for fate in Fate::PRESENT {
            assert!(fates.contains(&fate), "{fate:?}");
        }
    }
}
