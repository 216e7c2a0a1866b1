//! The cards that the mock knows, and why it says no.

use steelyard_domain::{Timestamp, method::check_expiry};

use super::super::wire::Validate;

/// In the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound,
    WrongExpiryDate,
    WrongCvc,
    WrongCardCompany,
    NotValid,
    Expired,
}

impl Refusal {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "CARD_NOT_FOUND",
            Self::WrongExpiryDate => "CARD_WRONG_EXP_DATE",
            Self::WrongCvc => "CARD_WRONG_CVC",
            Self::WrongCardCompany => "CARD_WRONG_CARD_COMPANY",
            Self::NotValid => "CARD_NOT_VALID",
            Self::Expired => "CARD_EXPIRED",
        }
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::NotFound => "no such card",
            Self::WrongExpiryDate => "the expiry date is another",
            Self::WrongCvc => "the verification code is another",
            Self::WrongCardCompany => "another company issued the card",
            Self::NotValid => "the card is blocked",
            Self::Expired => "the card has expired",
        }
    }
}

struct MockCard {
    number: &'static str,
    company: &'static str,
    month: u8,
    year: u16,
    cvc: &'static str,
    blocked: bool,
}

const fn card(number: &'static str, company: &'static str, month: u8, year: u16) -> MockCard {
    MockCard { number, company, month, year, cvc: "123", blocked: false }
}

/// The companies are those that our own side tells by the first digits of a number.
const CARDS: [MockCard; 12] = [
    card("9410000000000013", "kookmin", 12, 2049),
    card("9420000000000011", "shinhan", 12, 2049),
    card("9430000000000019", "hyundai", 12, 2049),
    card("9440000000000017", "samsung", 12, 2049),
    card("9450000000000014", "bc", 12, 2049),
    card("9460000000000012", "lotte", 12, 2049),
    card("9470000000000010", "hana", 12, 2049),
    card("9480000000000018", "nonghyup", 12, 2049),
    card("9410000000000021", "kookmin", 12, 2020),
    card("9440000000000025", "samsung", 6, 2022),
    card("9430000000000027", "hyundai", 1, 2024),
    MockCard { blocked: true, ..card("9420000000000029", "shinhan", 12, 2049) },
];

pub(super) fn validate(request: &Validate<'_>, now: Timestamp) -> Result<(), Refusal> {
    let card = find(&request.card_number)?;
    if expiry_date(card) != request.expiry_date {
        return Err(Refusal::WrongExpiryDate);
    }
    if card.cvc != request.cvc {
        return Err(Refusal::WrongCvc);
    }
    if card.company != request.card_company {
        return Err(Refusal::WrongCardCompany);
    }
    usable(card, now)
}

pub(super) fn approve(number: &str, now: Timestamp) -> Result<(), Refusal> {
    usable(find(number)?, now)
}

fn find(number: &str) -> Result<&'static MockCard, Refusal> {
    CARDS.iter().find(|card| card.number == number).ok_or(Refusal::NotFound)
}

fn usable(card: &MockCard, now: Timestamp) -> Result<(), Refusal> {
    if card.blocked {
        return Err(Refusal::NotValid);
    }
    check_expiry(card.month, card.year, now).map_err(|_| Refusal::Expired)
}

fn expiry_date(card: &MockCard) -> String {
    format!("{:02}/{:02}", card.month, card.year % 100)
}
