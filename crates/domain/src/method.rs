//! How a buyer pays. A full card number lives only here, in memory, between the request and the acquirer.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::Bank;

/// Who acquires: the protocol an attempt was sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConnectorName {
    /// The simulated acquirer that ships with Steelyard, over HTTP.
    Simulator,
    /// A card company that knows only validate and approve.
    CardMock,
    /// Answers in process at once: for benchmarks.
    Stub,
    /// Nobody outside: a payer's balance is ours, and is charged in the commit that decides it.
    Balance,
}

impl ConnectorName {
    pub const ALL: [Self; 4] = [Self::Simulator, Self::CardMock, Self::Stub, Self::Balance];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::CardMock => "cardMock",
            Self::Stub => "stub",
            Self::Balance => "balance",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

/// The kinds of method the API names. `app` is a way to a payer, who then pays by card or balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MethodType {
    Card,
    Transfer,
    VirtualAccount,
    Wallet,
    BillingKey,
    App,
}

impl MethodType {
    pub const ALL: [Self; 6] =
        [Self::Card, Self::Transfer, Self::VirtualAccount, Self::Wallet, Self::BillingKey, Self::App];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Transfer => "transfer",
            Self::VirtualAccount => "virtualAccount",
            Self::Wallet => "wallet",
            Self::BillingKey => "billingKey",
            Self::App => "app",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }
}

/// What may be kept of how a buyer pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tender {
    Card(CardSummary),
    Transfer(AccountSummary),
    /// The number is empty until the acquirer has issued one.
    VirtualAccount(AccountSummary),
    /// A payer's balance.
    Balance,
}

impl Tender {
    #[must_use]
    pub const fn method(&self) -> MethodType {
        match self {
            Self::Card(_) => MethodType::Card,
            Self::Transfer(_) => MethodType::Transfer,
            Self::VirtualAccount(_) => MethodType::VirtualAccount,
            Self::Balance => MethodType::Wallet,
        }
    }

    #[must_use]
    pub const fn card(&self) -> Option<&CardSummary> {
        match self {
            Self::Card(card) => Some(card),
            Self::Transfer(_) | Self::VirtualAccount(_) | Self::Balance => None,
        }
    }

    #[must_use]
    pub const fn account(&self) -> Option<&AccountSummary> {
        match self {
            Self::Transfer(account) | Self::VirtualAccount(account) => Some(account),
            Self::Card(_) | Self::Balance => None,
        }
    }

    /// Months of an instalment plan; 0 is a single payment.
    #[must_use]
    pub fn installment_months(&self) -> u8 {
        self.card().map_or(0, |card| card.installment_months)
    }
}

/// A bank account as it is kept: of a transfer the last four digits, of a virtual account all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSummary {
    pub bank: Bank,
    pub number: String,
    pub holder: Option<String>,
    /// Until when a virtual account takes its deposit.
    pub due_at: Option<crate::Timestamp>,
}

/// Why card data cannot be sent to an acquirer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CardError {
    #[error("a card number has 14 to 19 digits")]
    NumberLength,
    #[error("the card number's check digit is wrong")]
    NumberCheckDigit,
    #[error("an expiry month lies between 1 and 12")]
    ExpiryMonth,
    #[error("the card has expired")]
    Expired,
    #[error("a card verification code has 3 or 4 digits")]
    Cvc,
    #[error("a birth date is YYMMDD, or a business number of 10 digits")]
    BirthDate,
    #[error("the password prefix is the first 2 digits")]
    PasswordPrefix,
}

/// A primary account number. Never shown, never stored, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(Zeroizing<String>);

/// Numbers of one repeated digit that integrators try first. They fail Luhn's check and are let through in
/// test mode by name. Source: docs/API.md, "Test cards".
const REPEATED_TEST_NUMBERS: [&str; 2] = ["1111111111111111", "2222222222222222"];

impl CardNumber {
    /// Reads 14 to 19 digits, spaces and hyphens ignored, and checks Luhn's digit.
    pub fn parse(text: &str, mode: crate::Mode) -> Result<Self, CardError> {
        let mut digits = Zeroizing::new(String::with_capacity(19));
        for letter in text.chars() {
            match letter {
                '0'..='9' if digits.len() < 19 => digits.push(letter),
                ' ' | '-' => {}
                _ => return Err(CardError::NumberLength),
            }
        }
        // Fourteen at least: bin and last four together must leave something unsaid.
        if digits.len() < 14 {
            return Err(CardError::NumberLength);
        }
        let exempt = mode == crate::Mode::Test && REPEATED_TEST_NUMBERS.contains(&digits.as_str());
        if !exempt && !luhn(&digits) {
            return Err(CardError::NumberCheckDigit);
        }
        Ok(Self(digits))
    }

    /// The digits, for the wire to the acquirer and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first six digits: which issuer.
    #[must_use]
    pub fn bin(&self) -> &str {
        &self.0[..6]
    }

    #[must_use]
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardNumber({}…{})", self.bin(), self.last4())
    }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if index % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Digits a card holder proves themselves with. Wiped when dropped, never shown, never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretDigits(Zeroizing<String>);

impl SecretDigits {
    /// `text` if it is all digits and its length is one of `lengths`.
    #[must_use]
    pub fn parse(text: &str, lengths: &[usize]) -> Option<Self> {
        let fits = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigits(…)")
    }
}

/// What a buyer typed, ready for the acquirer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub number: CardNumber,
    /// 1 to 12.
    pub expiry_month: u8,
    /// Four digits.
    pub expiry_year: u16,
    pub cvc: Option<SecretDigits>,
    /// YYMMDD, or a business registration number.
    pub birth_date: Option<SecretDigits>,
    /// The first two digits of the card's password.
    pub password_prefix: Option<SecretDigits>,
}

impl Card {
    /// What may be kept of this card.
    #[must_use]
    pub fn summary(&self, installment_months: u8) -> CardSummary {
        CardSummary {
            brand: brand(self.number.expose()).to_owned(),
            issuer: issuer(self.number.bin()).to_owned(),
            bin: self.number.bin().to_owned(),
            last4: self.number.last4().to_owned(),
            installment_months,
        }
    }
}

/// Whether a card may be used in the Seoul month of `now`: through the last day of its expiry month.
pub fn check_expiry(month: u8, year: u16, now: crate::Timestamp) -> Result<(), CardError> {
    if !(1..=12).contains(&month) {
        return Err(CardError::ExpiryMonth);
    }
    let (this_year, this_month) = now.seoul_day().year_month();
    let expiry = (i64::from(year), i64::from(month));
    if expiry < (this_year, this_month) { Err(CardError::Expired) } else { Ok(()) }
}

/// Bin and last four: all that our database and logs know of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSummary {
    pub brand: String,
    pub issuer: String,
    pub bin: String,
    pub last4: String,
    /// 0 is a single payment (일시불).
    pub installment_months: u8,
}

fn brand(number: &str) -> &'static str {
    let prefix = |length: usize| number.get(..length).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    match (prefix(1), prefix(2), prefix(4)) {
        (4, _, _) => "visa",
        (_, 51..=55, _) | (_, _, 2221..=2720) => "mastercard",
        (_, 34 | 37, _) => "amex",
        (_, _, 3528..=3589) => "jcb",
        (_, 62, _) => "unionpay",
        (9, _, _) => "domestic",
        (_, _, _) => "unknown",
    }
}

/// Korean issuers by the first digits of their best-known ranges; others are `unknown`.
fn issuer(bin: &str) -> &'static str {
    match bin.get(..4).unwrap_or("") {
        "9410" | "4579" | "5409" => "kookmin",
        "9440" | "4364" | "4499" => "samsung",
        "9430" | "4330" | "4028" => "hyundai",
        "9420" | "4518" | "5107" => "shinhan",
        "9450" | "4902" | "5240" => "bc",
        "9460" | "4670" | "5462" => "lotte",
        "9470" | "4119" | "5310" => "hana",
        "9480" | "4092" | "5387" => "nonghyup",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;

    #[test]
    fn a_card_number_is_checked_and_shows_only_its_ends() {
        let number = CardNumber::parse("4242 4242-4242 4242", Mode::Live).unwrap();
        assert_eq!((number.bin(), number.last4()), ("424242", "4242"));
        assert_eq!(format!("{number:?}"), "CardNumber(424242…4242)");
        for (text, mode, why) in [
            ("4242424242424241", Mode::Test, CardError::NumberCheckDigit),
            ("1111111111111111", Mode::Live, CardError::NumberCheckDigit),
            ("3333333333333333", Mode::Test, CardError::NumberCheckDigit),
            ("4242", Mode::Test, CardError::NumberLength),
            ("4242x24242424242", Mode::Test, CardError::NumberLength),
            ("42424242424242424242", Mode::Test, CardError::NumberLength),
        ] {
            assert_eq!(CardNumber::parse(text, mode), Err(why), "{text}");
        }
        for text in ["1111111111111111", "2222-2222-2222-2222"] {
            assert!(CardNumber::parse(text, Mode::Test).is_ok());
        }
    }

    #[test]
    fn a_card_is_good_through_its_expiry_month_in_seoul() {
        let november_21st_2026 = crate::Timestamp::from_micros(1_795_240_000_000_000);
        assert_eq!(check_expiry(11, 2026, november_21st_2026), Ok(()));
        assert_eq!(check_expiry(10, 2026, november_21st_2026), Err(CardError::Expired));
        assert_eq!(check_expiry(1, 2027, november_21st_2026), Ok(()));
        assert_eq!(check_expiry(13, 2027, november_21st_2026), Err(CardError::ExpiryMonth));
    }

    #[test]
    fn secrets_do_not_show() {
        let cvc = SecretDigits::parse("123", &[3, 4]).unwrap();
        assert_eq!((format!("{cvc:?}").as_str(), cvc.expose()), ("SecretDigits(…)", "123"));
        assert!(SecretDigits::parse("12", &[3, 4]).is_none() && SecretDigits::parse("12a", &[3]).is_none());
    }
}
