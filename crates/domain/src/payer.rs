//! Payers: people who pay with the app. They sign in with a password and let money go with a PIN.

use thiserror::Error;

use crate::{
    Mode, PayerId, PayerSessionId, Span, Timestamp,
    limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN},
};

/// Wrong PINs in a row that lock it, and for how long.
pub const PIN_TRIES: i64 = 5;
pub const PIN_LOCK: Span = Span::from_minutes(30);
/// Wrong passwords in a row that lock signing in, and for how long.
pub const SIGN_IN_TRIES: i64 = 10;
pub const SIGN_IN_LOCK: Span = Span::from_minutes(15);
/// How long a device stays signed in.
pub const SESSION_LIFE: Span = Span::from_days(30);
pub const PIN_DIGITS: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    pub id: PayerId,
    pub mode: Mode,
    /// As [`email`] made it; one payer a mode.
    pub email: String,
    pub name: String,
    /// PHC strings.
    pub password_hash: String,
    pub pin_hash: String,
    pub pin: Tries,
    pub sign_in: Tries,
    pub created_at: Timestamp,
    pub version: i64,
}

/// Wrong tries in a row, and the lock they led to. Real time: a lock does not follow a test clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    pub failures: i64,
    pub locked_until: Option<Timestamp>,
}

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    Right,
    /// Wrong, with so many tries left.
    Wrong {
        left: i64,
    },
    /// Locked: by this try, or before it. Then it did not count, right or wrong.
    Locked {
        until: Timestamp,
    },
}

impl Tries {
    /// When the lock ends, if there is one at `now`.
    #[must_use]
    pub fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }

    /// Counts a try. A lock that is over gives all tries anew.
    #[must_use]
    fn after(self, right: bool, now: Timestamp, max: i64, lock: Span) -> (Self, Tried) {
        if let Some(until) = self.locked(now) {
            return (self, Tried::Locked { until });
        }
        if right {
            return (Self::default(), Tried::Right);
        }
        let failures = if self.locked_until.is_some() { 1 } else { self.failures + 1 };
        if failures < max {
            return (Self { failures, locked_until: None }, Tried::Wrong { left: max - failures });
        }
        let until = now.after(lock);
        (Self { failures, locked_until: Some(until) }, Tried::Locked { until })
    }
}

impl Payer {
    /// Counts a try of the PIN. The version moves on if anything changed.
    pub fn try_pin(&mut self, right: bool, now: Timestamp) -> Tried {
        let (pin, tried) = self.pin.after(right, now, PIN_TRIES, PIN_LOCK);
        self.version += i64::from(pin != self.pin);
        self.pin = pin;
        tried
    }

    /// Counts a try of the password.
    pub fn try_password(&mut self, right: bool, now: Timestamp) -> Tried {
        let (sign_in, tried) = self.sign_in.after(right, now, SIGN_IN_TRIES, SIGN_IN_LOCK);
        self.version += i64::from(sign_in != self.sign_in);
        self.sign_in = sign_in;
        tried
    }
}

/// A signed-in device. Its token is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerSession {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    pub payer: PayerId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl PayerSession {
    /// What it is called where the token's hash may not be seen.
    #[must_use]
    pub fn id(&self) -> PayerSessionId {
        let mut half = [0; 16];
        half.copy_from_slice(&self.token_hash[..16]);
        PayerSessionId::from_uuid(uuid::Uuid::from_bytes(half))
    }

    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Why what somebody signs up with is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignUpError {
    #[error("not an e-mail address of at most {EMAIL_CHARS_MAX} characters")]
    Email,
    #[error("a name has 1 to {NAME_CHARS_MAX} characters and is no number")]
    Name,
    #[error("a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters")]
    PasswordLength,
    #[error("a PIN has {PIN_DIGITS} digits")]
    PinDigits,
    #[error("a PIN is not one digit repeated, nor a run such as 123456")]
    PinWeak,
}

/// A name as its owner writes it, without surrounding space: of a person, or of a card that they keep.
pub fn name(text: &str) -> Result<String, SignUpError> {
    let name = text.trim();
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    // Where a card's number is typed by mistake it is not kept.
    let is_number = name.chars().filter(char::is_ascii_digit).count() >= 13;
    if fits && !is_number { Ok(name.to_owned()) } else { Err(SignUpError::Name) }
}

/// An address in the one form in which it is kept: without surrounding space, in lower case.
///
/// Whether mail arrives there only mail can tell: what is checked is that it can be one.
pub fn email(text: &str) -> Result<String, SignUpError> {
    let email = text.trim().to_lowercase();
    let plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '@')
    };
    let fits = email.chars().count() <= EMAIL_CHARS_MAX;
    let (local, domain) = email.rsplit_once('@').ok_or(SignUpError::Email)?;
    let labels = domain.split('.').count() >= 2 && domain.split('.').all(|label| !label.is_empty());
    if fits && plain(local) && plain(domain) && labels { Ok(email) } else { Err(SignUpError::Email) }
}

pub fn check_password(text: &str) -> Result<(), SignUpError> {
    let fits = (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&text.chars().count());
    if fits { Ok(()) } else { Err(SignUpError::PasswordLength) }
}

/// Six digits that are not the first ones anybody would try.
pub fn check_pin(text: &str) -> Result<(), SignUpError> {
    if text.len() != PIN_DIGITS || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SignUpError::PinDigits);
    }
    let digits = || text.bytes().map(i16::from);
    let steps_by = |step: i16| digits().zip(digits().skip(1)).all(|(digit, next)| next - digit == step);
    if [-1, 0, 1].into_iter().any(steps_by) { Err(SignUpError::PinWeak) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_795_240_000_000_000);

    fn payer() -> Payer {
        Payer {
            id: PayerId::from_uuid(Uuid::from_u128(1)),
            mode: Mode::Test,
            email: String::from("kim@example.com"),
            name: String::from("김민수"),
            password_hash: String::new(),
            pin_hash: String::new(),
            pin: Tries::default(),
            sign_in: Tries::default(),
            created_at: START,
            version: 1,
        }
    }

    /// Both rules, each with how it is tried and what of the payer it moves.
    type Rule = (fn(&mut Payer, bool, Timestamp) -> Tried, i64, Span);
    const RULES: [Rule; 2] =
        [(Payer::try_pin, PIN_TRIES, PIN_LOCK), (Payer::try_password, SIGN_IN_TRIES, SIGN_IN_LOCK)];

    #[test]
    fn so_many_wrong_tries_in_a_row_lock_for_so_long() {
        for (attempt, max, lock) in RULES {
            let mut payer = payer();
            for left in (1..max).rev() {
                assert_eq!(attempt(&mut payer, false, START), Tried::Wrong { left });
            }
            let until = START.after(lock);
            assert_eq!(attempt(&mut payer, false, START), Tried::Locked { until });
            // Nothing counts while it is locked, and nothing is written.
            let version = payer.version;
            let just_before = until.before(Span::from_micros(1));
            for right in [true, false] {
                assert_eq!(attempt(&mut payer, right, just_before), Tried::Locked { until });
            }
            assert_eq!(payer.version, version);
            // All tries anew, and not one.
            assert_eq!(attempt(&mut payer, false, until), Tried::Wrong { left: max - 1 });
            assert_eq!(attempt(&mut payer, true, until), Tried::Right);
            assert_eq!((payer.pin, payer.sign_in), (Tries::default(), Tries::default()));
        }
    }

    #[test]
    fn a_right_try_forgets_the_wrong_ones_and_changes_nothing_where_there_were_none() {
        for (attempt, max, _) in RULES {
            let mut payer = payer();
            assert_eq!(attempt(&mut payer, true, START), Tried::Right);
            assert_eq!(payer.version, 1);
            for _ in 0..3 {
                for left in (1..max).rev() {
                    assert_eq!(attempt(&mut payer, false, START), Tried::Wrong { left });
                }
                assert_eq!(attempt(&mut payer, true, START), Tried::Right);
            }
        }
    }

    #[test]
    fn the_first_pins_anybody_would_try_are_refused() {
        for (pin, expected) in [
            ("000000", Err(SignUpError::PinWeak)),
            ("777777", Err(SignUpError::PinWeak)),
            ("123456", Err(SignUpError::PinWeak)),
            ("456789", Err(SignUpError::PinWeak)),
            ("654321", Err(SignUpError::PinWeak)),
            ("12345", Err(SignUpError::PinDigits)),
            ("1234567", Err(SignUpError::PinDigits)),
            ("12a456", Err(SignUpError::PinDigits)),
            ("", Err(SignUpError::PinDigits)),
            ("123457", Ok(())),
            ("112233", Ok(())),
            ("901234", Ok(())),
            ("135790", Ok(())),
        ] {
            assert_eq!(check_pin(pin), expected, "{pin}");
        }
    }

    #[test]
    fn an_address_is_kept_in_one_form() {
        for (text, expected) in [
            (" Kim.MinSu@Example.COM ", Some("kim.minsu@example.com")),
            ("a@b.kr", Some("a@b.kr")),
            ("이서연@예시.한국", Some("이서연@예시.한국")),
            ("", None),
            ("kim", None),
            ("@example.com", None),
            ("kim@", None),
            ("kim@example", None),
            ("kim@.com", None),
            ("kim@example..com", None),
            ("kim@@example.com", None),
            ("kim min@example.com", None),
        ] {
            assert_eq!(email(text).ok().as_deref(), expected, "{text}");
        }
        let domain = "@example.com";
        let longest = "x".repeat(EMAIL_CHARS_MAX - domain.len());
        assert!(email(&format!("{longest}{domain}")).is_ok());
        assert_eq!(email(&format!("x{longest}{domain}")), Err(SignUpError::Email));
    }

    #[test]
    fn a_name_is_short_and_no_card_number() {
        for (text, expected) in [
            (" 김민수 ", Some("김민수")),
            ("생활비 2026", Some("생활비 2026")),
            ("", None),
            (" ", None),
            ("a\u{7}", None),
            ("4242 4242 4242 4242", None),
        ] {
            assert_eq!(name(text).ok().as_deref(), expected, "{text}");
        }
        assert!(name(&"가".repeat(NAME_CHARS_MAX)).is_ok());
        assert_eq!(name(&"가".repeat(NAME_CHARS_MAX + 1)), Err(SignUpError::Name));
    }

    #[test]
    fn a_password_is_counted_in_characters() {
        assert_eq!(check_password("가나다라마바사아자차"), Ok(()));
        assert_eq!(check_password("123456789"), Err(SignUpError::PasswordLength));
        assert_eq!(check_password(&"x".repeat(PASSWORD_CHARS_MAX)), Ok(()));
        assert_eq!(check_password(&"x".repeat(PASSWORD_CHARS_MAX + 1)), Err(SignUpError::PasswordLength));
    }

    #[test]
    fn a_session_ends_by_itself_or_by_signing_out() {
        let session = PayerSession {
            token_hash: [7; 32],
            payer: payer().id,
            created_at: START,
            expires_at: START.after(SESSION_LIFE),
            revoked_at: None,
        };
        assert!(session.is_live(session.expires_at.before(Span::from_micros(1))));
        assert!(!session.is_live(session.expires_at));
        assert!(!PayerSession { revoked_at: Some(START), ..session }.is_live(START));
    }
}
