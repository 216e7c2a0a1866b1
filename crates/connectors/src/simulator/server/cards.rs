//! The test cards. Source: docs/CONNECTORS.md, "Test cards".

use steelyard_domain::{
    Mode, Timestamp,
    method::{self, CardError, CardNumber},
};

use super::{super::wire::CardData, decline::Decline};

/// What charging a card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    Approve,
    DeclineGeneric,
    DeclineInsufficientLimit,
    DeclineStolenOrLost,
    DeclineExpired,
    /// Approves when the buyer is present, declines a renewal.
    DeclineRenewal,
    /// Declines unless it is charged by a token.
    RequireAuthentication,
    /// The effect happens, the answer cannot be read.
    Garbage,
    /// Nothing happens, and no answer comes.
    TimeoutBefore,
    /// The effect happens, and no answer comes.
    TimeoutAfter,
    /// The effect and the answer come late.
    Slow,
}

impl Behavior {
    const ALL: [Self; 11] = [
        Self::Approve,
        Self::DeclineGeneric,
        Self::DeclineInsufficientLimit,
        Self::DeclineStolenOrLost,
        Self::DeclineExpired,
        Self::DeclineRenewal,
        Self::RequireAuthentication,
        Self::Garbage,
        Self::TimeoutBefore,
        Self::TimeoutAfter,
        Self::Slow,
    ];

    /// How the book calls it, for a token that is charged later.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::DeclineGeneric => "declineGeneric",
            Self::DeclineInsufficientLimit => "declineInsufficientLimit",
            Self::DeclineStolenOrLost => "declineStolenOrLost",
            Self::DeclineExpired => "declineExpired",
            Self::DeclineRenewal => "declineRenewal",
            Self::RequireAuthentication => "requireAuthentication",
            Self::Garbage => "garbage",
            Self::TimeoutBefore => "timeoutBefore",
            Self::TimeoutAfter => "timeoutAfter",
            Self::Slow => "slow",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|behavior| behavior.as_str() == text)
    }

    /// Why a charge is declined, if it is.
    pub(crate) fn decline(self, presence: Presence) -> Option<Decline> {
        match self {
            Self::DeclineGeneric => Some(GENERIC),
            Self::DeclineInsufficientLimit => Some(INSUFFICIENT_LIMIT),
            Self::DeclineStolenOrLost => Some(STOLEN_OR_LOST),
            Self::DeclineExpired => Some(EXPIRED),
            Self::DeclineRenewal => match presence {
                Presence::Absent => Some(GENERIC),
                Presence::Unproven | Presence::Proven => None,
            },
            Self::RequireAuthentication => match presence {
                Presence::Absent | Presence::Unproven => Some(AUTHENTICATION_REQUIRED),
                Presence::Proven => None,
            },
            Self::Approve | Self::Garbage | Self::TimeoutBefore | Self::TimeoutAfter | Self::Slow => None,
        }
    }
}

/// Whether the card holder takes part in a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// A renewal.
    Absent,
    /// Typed the card.
    Unproven,
    /// Has authenticated.
    Proven,
}

const GENERIC: Decline = Decline::of("GENERIC_DECLINE", "the issuer declined");
const INSUFFICIENT_LIMIT: Decline = Decline::of("INSUFFICIENT_LIMIT", "the card's limit is not enough");
const STOLEN_OR_LOST: Decline = Decline::of("STOLEN_OR_LOST", "the card is reported stolen or lost");
const EXPIRED: Decline = Decline::of("EXPIRED_CARD", "the card has expired");
const AUTHENTICATION_REQUIRED: Decline =
    Decline::of("AUTHENTICATION_REQUIRED", "the card holder must authenticate first");
const INVALID_NUMBER: Decline = Decline::of("INVALID_CARD_NUMBER", "no card has this number");
const INVALID_EXPIRY: Decline = Decline::of("INVALID_EXPIRY", "an expiry month is 1 to 12");

/// Card numbers that do something particular; every other one approves.
const TEST_CARDS: [(&str, Behavior); 11] = [
    ("4000000000000002", Behavior::DeclineGeneric),
    ("2222222222222222", Behavior::DeclineGeneric),
    ("4000000000009995", Behavior::DeclineInsufficientLimit),
    ("4000000000009987", Behavior::DeclineStolenOrLost),
    ("4000000000000069", Behavior::DeclineExpired),
    ("4000000000000341", Behavior::DeclineRenewal),
    ("4000000000003220", Behavior::RequireAuthentication),
    ("4000000000000119", Behavior::Garbage),
    ("4000000000005126", Behavior::TimeoutBefore),
    ("4000000000005134", Behavior::TimeoutAfter),
    ("4000000000005142", Behavior::Slow),
];

/// The two ends of a card number: all that is ever kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardEnds {
    pub(crate) bin: String,
    pub(crate) last4: String,
}

/// A card after its number has been forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenCard {
    /// None if the number is no card number.
    pub(crate) ends: Option<CardEnds>,
    /// What it does, or why it is refused at sight.
    pub(crate) behavior: Result<Behavior, Decline>,
}

pub(crate) fn look_at(data: &CardData<'_>, now: Timestamp) -> SeenCard {
    let number = match CardNumber::parse(&data.number, Mode::Test) {
        Ok(number) => number,
        Err(error) => return SeenCard { ends: None, behavior: Err(decline(error)) },
    };
    let behavior =
        method::check_expiry(data.expiry_month, data.expiry_year, now).map(|()| behavior(&number)).map_err(decline);
    let ends = CardEnds { bin: number.bin().to_owned(), last4: number.last4().to_owned() };
    SeenCard { ends: Some(ends), behavior }
}

fn behavior(number: &CardNumber) -> Behavior {
    let known = TEST_CARDS.into_iter().find(|(test_number, _)| *test_number == number.expose());
    known.map_or(Behavior::Approve, |(_, behavior)| behavior)
}

fn decline(error: CardError) -> Decline {
    match error {
        CardError::NumberLength | CardError::NumberCheckDigit => INVALID_NUMBER,
        CardError::ExpiryMonth => INVALID_EXPIRY,
        CardError::Expired => EXPIRED,
        CardError::Cvc | CardError::BirthDate | CardError::PasswordPrefix => GENERIC,
    }
}
