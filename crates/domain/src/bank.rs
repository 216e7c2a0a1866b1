//! Korean banks, and account numbers. A full account number of a payer lives only here, in memory, between the
//! request and the acquirer.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// A bank in Korea that holds accounts and can issue virtual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bank {
    Kookmin,
    Shinhan,
    Woori,
    Hana,
    Nonghyup,
    Ibk,
    Kakao,
    Toss,
    Kbank,
    Sc,
    Citi,
    Busan,
    /// Called iM Bank since 2024.
    Daegu,
    Gwangju,
    Jeonbuk,
    Gyeongnam,
    Jeju,
    Saemaul,
    Post,
    Suhyup,
    Shinhyup,
    Kdb,
}

/// What is known of a bank: our code, its number in interbank clearing, and its names.
struct Facts {
    code: &'static str,
    clearing_code: &'static str,
    korean: &'static str,
    english: &'static str,
}

const fn facts(code: &'static str, clearing_code: &'static str, korean: &'static str, english: &'static str) -> Facts {
    Facts { code, clearing_code, korean, english }
}

impl Bank {
    /// In the order in which a buyer is shown them.
    pub const ALL: [Self; 22] = [
        Self::Kookmin,
        Self::Shinhan,
        Self::Woori,
        Self::Hana,
        Self::Nonghyup,
        Self::Ibk,
        Self::Kakao,
        Self::Toss,
        Self::Kbank,
        Self::Sc,
        Self::Citi,
        Self::Busan,
        Self::Daegu,
        Self::Gwangju,
        Self::Jeonbuk,
        Self::Gyeongnam,
        Self::Jeju,
        Self::Saemaul,
        Self::Post,
        Self::Suhyup,
        Self::Shinhyup,
        Self::Kdb,
    ];

    const fn facts(self) -> Facts {
        match self {
            Self::Kookmin => facts("kookmin", "004", "KB국민은행", "KB Kookmin Bank"),
            Self::Shinhan => facts("shinhan", "088", "신한은행", "Shinhan Bank"),
            Self::Woori => facts("woori", "020", "우리은행", "Woori Bank"),
            Self::Hana => facts("hana", "081", "하나은행", "Hana Bank"),
            Self::Nonghyup => facts("nonghyup", "011", "NH농협은행", "NH NongHyup Bank"),
            Self::Ibk => facts("ibk", "003", "IBK기업은행", "Industrial Bank of Korea"),
            Self::Kakao => facts("kakao", "090", "카카오뱅크", "KakaoBank"),
            Self::Toss => facts("toss", "092", "토스뱅크", "Toss Bank"),
            Self::Kbank => facts("kbank", "089", "케이뱅크", "K bank"),
            Self::Sc => facts("sc", "023", "SC제일은행", "SC First Bank"),
            Self::Citi => facts("citi", "027", "한국씨티은행", "Citibank Korea"),
            Self::Busan => facts("busan", "032", "부산은행", "Busan Bank"),
            Self::Daegu => facts("daegu", "031", "iM뱅크(대구)", "iM Bank (Daegu)"),
            Self::Gwangju => facts("gwangju", "034", "광주은행", "Kwangju Bank"),
            Self::Jeonbuk => facts("jeonbuk", "037", "전북은행", "Jeonbuk Bank"),
            Self::Gyeongnam => facts("gyeongnam", "039", "경남은행", "Kyongnam Bank"),
            Self::Jeju => facts("jeju", "035", "제주은행", "Jeju Bank"),
            Self::Saemaul => facts("saemaul", "045", "새마을금고", "Saemaul Geumgo (MG)"),
            Self::Post => facts("post", "071", "우체국", "Korea Post"),
            Self::Suhyup => facts("suhyup", "007", "수협은행", "Suhyup Bank"),
            Self::Shinhyup => facts("shinhyup", "048", "신협", "Shinhyup (Credit Unions)"),
            Self::Kdb => facts("kdb", "002", "KDB산업은행", "Korea Development Bank"),
        }
    }

    /// Our name of it, on every wire and in every column.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.facts().code
    }

    /// Three digits: its number in interbank clearing.
    #[must_use]
    pub const fn clearing_code(self) -> &'static str {
        self.facts().clearing_code
    }

    #[must_use]
    pub const fn korean(self) -> &'static str {
        self.facts().korean
    }

    #[must_use]
    pub const fn english(self) -> &'static str {
        self.facts().english
    }

    /// By its [`code`](Self::code).
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bank| bank.code() == code)
    }
}

/// Why a text is no account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccountNumberError {
    #[error("an account number has 10 to 16 digits")]
    Length,
    #[error("an account number has digits, spaces and hyphens only")]
    Letter,
}

/// The number of a payer's bank account. Never shown in full, never stored, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(Zeroizing<String>);

impl AccountNumber {
    const DIGITS_MIN: usize = 10;
    const DIGITS_MAX: usize = 16;

    /// Reads 10 to 16 digits; spaces and hyphens are ignored.
    pub fn parse(text: &str) -> Result<Self, AccountNumberError> {
        // Never longer than its capacity: a string that grows leaves its first half behind in memory.
        let mut digits = Zeroizing::new(String::with_capacity(Self::DIGITS_MAX));
        for letter in text.chars() {
            match letter {
                '0'..='9' if digits.len() < Self::DIGITS_MAX => digits.push(letter),
                '0'..='9' => return Err(AccountNumberError::Length),
                ' ' | '-' => {}
                _ => return Err(AccountNumberError::Letter),
            }
        }
        if digits.len() < Self::DIGITS_MIN {
            return Err(AccountNumberError::Length);
        }
        Ok(Self(digits))
    }

    /// The digits, for the wire to the acquirer and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountNumber(…{})", self.last4())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bank_has_codes_and_names_of_its_own() {
        for bank in Bank::ALL {
            assert_eq!(Bank::parse(bank.code()), Some(bank));
            assert!(bank.clearing_code().len() == 3 && bank.clearing_code().bytes().all(|byte| byte.is_ascii_digit()));
            let same = Bank::ALL.into_iter().filter(|other| {
                other.clearing_code() == bank.clearing_code()
                    || other.korean() == bank.korean()
                    || other.english() == bank.english()
            });
            assert_eq!(same.collect::<Vec<_>>(), [bank]);
        }
        for code in ["", "Kookmin", "kb", "004", "kookmin "] {
            assert_eq!(Bank::parse(code), None, "{code}");
        }
    }

    #[test]
    fn an_account_number_has_ten_to_sixteen_digits_and_shows_its_last_four() {
        for (text, digits) in [
            ("1234567890", "1234567890"),
            ("110-123-456789", "110123456789"),
            (" 3333 01 2345678 ", "3333012345678"),
            ("1234567890123456", "1234567890123456"),
        ] {
            let number = AccountNumber::parse(text).unwrap();
            assert_eq!(number.expose(), digits, "{text}");
            assert_eq!(number.last4(), &digits[digits.len() - 4..], "{text}");
            assert_eq!(format!("{number:?}"), format!("AccountNumber(…{})", number.last4()));
        }
        for (text, why) in [
            ("", AccountNumberError::Length),
            ("123-456-789", AccountNumberError::Length),
            ("12345678901234567", AccountNumberError::Length),
            ("1234567890x", AccountNumberError::Letter),
            ("110.123.456789", AccountNumberError::Letter),
            ("１１０１２３４５６７８９", AccountNumberError::Letter),
        ] {
            assert_eq!(AccountNumber::parse(text), Err(why), "{text}");
        }
    }
}
