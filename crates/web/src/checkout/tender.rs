//! What a buyer pays with, as it is typed. Nothing here can be shown: it holds card numbers.

use axum::http::{HeaderMap, HeaderName};
use serde::{Deserialize, Deserializer, de::Error as _};
use steelyard_app::{Code, Problem, checkout::CheckoutTender};
use steelyard_domain::{
    AccountNumber, Bank, Mode, Timestamp,
    bank::AccountNumberError,
    method::{Card, CardError, CardNumber, SecretDigits, check_expiry},
};

use super::body::missing;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const KEY_CHARS_MAX: usize = 255;
const INSTALLMENT_MONTHS_MAX: u8 = 36;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AttemptBody {
    method: String,
    /// What a form says instead of the header.
    key: Option<String>,
    number: Option<String>,
    expiry: Option<String>,
    cvc: Option<String>,
    birth_date: Option<String>,
    password_prefix: Option<String>,
    #[serde(default, deserialize_with = "months")]
    installment_months: Option<u8>,
    bank: Option<String>,
    account_number: Option<String>,
}

/// A form sends text.
fn months<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Months {
        Number(u8),
        Text(String),
    }
    match Option::<Months>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Months::Number(months)) => Ok(Some(months)),
        Some(Months::Text(text)) if text.is_empty() => Ok(None),
        Some(Months::Text(text)) => {
            text.parse().map(Some).map_err(|_| D::Error::custom("installmentMonths is no number"))
        }
    }
}

impl AttemptBody {
    /// # Errors
    /// A field is missing, belongs to another method, or cannot be right; it is named.
    pub(super) fn tender(mut self, headers: &HeaderMap, mode: Mode, now: Timestamp) -> Result<CheckoutTender, Problem> {
        self.check_key(headers)?;
        self.drop_empty();
        match self.method.as_str() {
            "card" => {
                self.only(&["number", "expiry", "cvc", "birthDate", "passwordPrefix", "installmentMonths"])?;
                let installment_months = self.installment_months.unwrap_or(0);
                if installment_months == 1 || installment_months > INSTALLMENT_MONTHS_MAX {
                    return Err(wrong(
                        "installmentMonths",
                        "installmentMonths is 0, or 2 to 36",
                        "할부는 0이나 2~36개월이에요",
                    ));
                }
                Ok(CheckoutTender::Card { card: self.card(mode, now)?, installment_months })
            }
            "transfer" => {
                self.only(&["bank", "accountNumber"])?;
                let account_number = self.account_number.as_deref().ok_or_else(|| missing("accountNumber"))?;
                let account = AccountNumber::parse(account_number).map_err(of_account)?;
                Ok(CheckoutTender::Transfer { bank: self.bank()?, account })
            }
            "virtualAccount" => {
                self.only(&["bank"])?;
                Ok(CheckoutTender::VirtualAccount { bank: self.bank()? })
            }
            "app" => {
                self.only(&[])?;
                Ok(CheckoutTender::App)
            }
            _ => {
                let (english, korean) = (
                    "method must be app, card, transfer or virtualAccount",
                    "method는 app, card, transfer, virtualAccount 중 하나예요",
                );
                Err(wrong("method", english, korean))
            }
        }
    }

    /// The contract's key. The session itself pays once, whatever the key: what is under way or done is shown instead.
    fn check_key(&mut self, headers: &HeaderMap) -> Result<(), Problem> {
        let header = headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok());
        let key = header.map(|key| key.trim().trim_matches('"').to_owned()).or_else(|| self.key.take());
        let key = key.filter(|key| !key.is_empty()).ok_or_else(|| Problem::new(Code::IdempotencyKeyRequired))?;
        if key.len() > KEY_CHARS_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("key", "the key has 1 to 255 visible characters", "키는 보이는 문자 1~255자예요"));
        }
        Ok(())
    }

    /// A form sends every field it has.
    fn drop_empty(&mut self) {
        let fields = [
            &mut self.number,
            &mut self.expiry,
            &mut self.cvc,
            &mut self.birth_date,
            &mut self.password_prefix,
            &mut self.bank,
            &mut self.account_number,
        ];
        for field in fields {
            *field = field.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    }

    fn bank(&self) -> Result<Bank, Problem> {
        let code = self.bank.as_deref().ok_or_else(|| missing("bank"))?;
        Bank::parse(code).ok_or_else(|| wrong("bank", "there is no such bank", "없는 은행이에요"))
    }

    fn only(&self, names: &[&str]) -> Result<(), Problem> {
        for (name, given) in [
            ("number", self.number.is_some()),
            ("expiry", self.expiry.is_some()),
            ("cvc", self.cvc.is_some()),
            ("birthDate", self.birth_date.is_some()),
            ("passwordPrefix", self.password_prefix.is_some()),
            ("installmentMonths", self.installment_months.is_some()),
            ("bank", self.bank.is_some()),
            ("accountNumber", self.account_number.is_some()),
        ] {
            if given && !names.contains(&name) {
                return Err(Problem::new(Code::UnknownField).detail(name).param(name));
            }
        }
        Ok(())
    }

    fn card(&self, mode: Mode, now: Timestamp) -> Result<Card, Problem> {
        let number = self.number.as_deref().ok_or_else(|| missing("number"))?;
        let number = CardNumber::parse(number, mode).map_err(|error| of_card("number", error))?;
        let (expiry_month, expiry_year) = expiry(self.expiry.as_deref().ok_or_else(|| missing("expiry"))?)?;
        check_expiry(expiry_month, expiry_year, now).map_err(|error| of_card("expiry", error))?;
        let secret = |name: &str, value: &Option<String>, lengths: &[usize], error: CardError| {
            let parse = |text: &String| SecretDigits::parse(text, lengths).ok_or_else(|| of_card(name, error));
            value.as_ref().map(parse).transpose()
        };
        Ok(Card {
            number,
            expiry_month,
            expiry_year,
            cvc: secret("cvc", &self.cvc, &[3, 4], CardError::Cvc)?,
            birth_date: secret("birthDate", &self.birth_date, &[6, 10], CardError::BirthDate)?,
            password_prefix: secret("passwordPrefix", &self.password_prefix, &[2], CardError::PasswordPrefix)?,
        })
    }
}

pub(crate) fn wrong(param: &str, english: &str, korean: &str) -> Problem {
    Problem::new(Code::InvalidRequest).said(english, korean).param(param)
}

/// `12/30`, `12 / 2030`, `1230`.
pub(crate) fn expiry(text: &str) -> Result<(u8, u16), Problem> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_clean = text.chars().all(|character| character.is_ascii_digit() || matches!(character, '/' | ' ' | '-'));
    let read = || {
        let (month, year) = digits.split_at_checked(2).filter(|(_, year)| matches!(year.len(), 2 | 4))?;
        let year: u16 = year.parse().ok()?;
        Some((month.parse::<u8>().ok()?, if year < 100 { 2_000 + year } else { year }))
    };
    let wrong = || wrong("expiry", "expiry is month and year, as 12/30", "유효기간은 12/30처럼 월/년이에요");
    read().filter(|_| is_clean).ok_or_else(wrong)
}

fn of_account(error: AccountNumberError) -> Problem {
    let korean = match error {
        AccountNumberError::Length => "계좌번호는 숫자 10~16자리예요",
        AccountNumberError::Letter => "계좌번호에는 숫자, 빈칸, 하이픈만 쓸 수 있어요",
    };
    wrong("accountNumber", &error.to_string(), korean)
}

pub(crate) fn of_card(param: &str, error: CardError) -> Problem {
    let korean = match error {
        CardError::NumberLength => "카드 번호는 14~19자리예요",
        CardError::NumberCheckDigit => "카드 번호가 맞지 않아요",
        CardError::ExpiryMonth => "유효기간의 월은 1부터 12까지예요",
        CardError::Expired => "유효기간이 지난 카드예요",
        CardError::Cvc => "CVC는 3자리나 4자리예요",
        CardError::BirthDate => "생년월일 6자리나 사업자번호 10자리예요",
        CardError::PasswordPrefix => "비밀번호 앞 2자리예요",
    };
    Problem::new(Code::InvalidCard).said(error.to_string(), korean).param(param)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 in Seoul.
    const NOW: Timestamp = Timestamp::from_micros(1_795_240_000_000_000);

    fn read(body: serde_json::Value) -> Result<CheckoutTender, (String, Option<String>)> {
        let body: AttemptBody = serde_json::from_value(body).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(IDEMPOTENCY_KEY, "\"k1\"".parse().unwrap());
        body.tender(&headers, Mode::Test, NOW).map_err(|problem| (problem.code.facts().name.to_owned(), problem.param))
    }

    #[test]
    fn each_method_is_read_with_its_own_fields() {
        let card = serde_json::json!({"method": "card", "number": "4242 4242 4242 4242", "expiry": "12 / 30", "cvc": "",
            "installmentMonths": "3"});
        let CheckoutTender::Card { card, installment_months } = read(card).unwrap() else { panic!("no card") };
        assert_eq!((card.number.last4(), card.expiry_month, card.expiry_year), ("4242", 12, 2030));
        assert_eq!((installment_months, card.cvc), (3, None));
        let transfer = serde_json::json!({"method": "transfer", "bank": "kookmin", "accountNumber": "942-21-0123-456"});
        let CheckoutTender::Transfer { bank, account } = read(transfer).unwrap() else { panic!("no transfer") };
        assert_eq!((bank.code(), account.expose()), ("kookmin", "942210123456"));
    }

    #[test]
    fn what_cannot_be_right_is_named() {
        let card = |name: &str, value: &str| {
            let mut body = serde_json::json!({"method": "card", "number": "4242424242424242", "expiry": "12/30"});
            body[name] = value.into();
            body
        };
        for (body, code, param) in [
            (card("number", "4242424242424241"), "INVALID_CARD", "number"),
            (card("number", " "), "INVALID_REQUEST", "number"),
            (card("expiry", "13/30"), "INVALID_CARD", "expiry"),
            (card("expiry", "10/26"), "INVALID_CARD", "expiry"),
            (card("expiry", "soon"), "INVALID_REQUEST", "expiry"),
            (card("cvc", "12"), "INVALID_CARD", "cvc"),
            (card("birthDate", "1990"), "INVALID_CARD", "birthDate"),
            (card("passwordPrefix", "1"), "INVALID_CARD", "passwordPrefix"),
            (card("installmentMonths", "1"), "INVALID_REQUEST", "installmentMonths"),
            (card("bank", "kookmin"), "UNKNOWN_FIELD", "bank"),
            (serde_json::json!({"method": "cash"}), "INVALID_REQUEST", "method"),
            (serde_json::json!({"method": "virtualAccount"}), "INVALID_REQUEST", "bank"),
            (
                serde_json::json!({"method": "transfer", "bank": "kookmin", "accountNumber": "12a456"}),
                "INVALID_REQUEST",
                "accountNumber",
            ),
            (serde_json::json!({"method": "virtualAccount", "bank": "moon"}), "INVALID_REQUEST", "bank"),
            (serde_json::json!({"method": "app", "number": "1"}), "UNKNOWN_FIELD", "number"),
        ] {
            let refused = read(body.clone()).map(|_| ()).unwrap_err();
            assert_eq!(refused, (code.to_owned(), Some(param.to_owned())), "{body}");
        }
    }

    #[test]
    fn a_payment_without_a_key_is_refused_and_a_form_brings_its_own() {
        let body = |key: Option<&str>| -> AttemptBody {
            serde_json::from_value(serde_json::json!({"method": "app", "key": key})).unwrap()
        };
        let refused = body(None).tender(&HeaderMap::new(), Mode::Test, NOW).map(|_| ()).unwrap_err();
        assert_eq!(refused.code, Code::IdempotencyKeyRequired);
        assert!(body(Some("a b")).tender(&HeaderMap::new(), Mode::Test, NOW).is_err());
        assert!(body(Some("k2")).tender(&HeaderMap::new(), Mode::Test, NOW).is_ok());
    }
}
