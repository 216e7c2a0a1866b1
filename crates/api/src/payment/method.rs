//! How a buyer pays, as it is sent. Nothing here can be shown: it holds card numbers.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use steelyard_app::request::NewMethod;
use steelyard_domain::{
    AccountNumber, Bank, Mode, Timestamp,
    method::{Card, CardError, CardNumber, MethodType, SecretDigits, check_expiry},
};
use utoipa::ToSchema;

use crate::{
    fault::{Fault, Rule},
    field,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MethodBody {
    /// `card`, `transfer` or `virtualAccount`. A payer's balance (`wallet`, `app`) is charged only by the payer: open a
    /// checkout. Not available yet: `billingKey`.
    #[serde(rename = "type")]
    #[schema(example = "card")]
    kind: String,
    /// With `card`.
    #[schema(nullable = false)]
    card: Option<CardBody>,
    /// With `billingKey`.
    #[schema(nullable = false)]
    billing_key_id: Option<String>,
    /// With `virtualAccount` and `transfer`: `kookmin`, `shinhan`, `kakao` …
    #[schema(nullable = false, example = "kookmin")]
    bank: Option<String>,
    /// With `virtualAccount`: until when it has to be paid.
    #[schema(nullable = false)]
    due_at: Option<String>,
    /// With `transfer`.
    #[schema(nullable = false)]
    account_number: Option<String>,
    /// With `wallet`.
    #[schema(nullable = false)]
    payer_id: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CardBody {
    /// 14 to 19 digits; spaces and hyphens are ignored.
    #[schema(example = "4242 4242 4242 4242")]
    number: String,
    /// 1 to 12, as a number or a text.
    #[schema(value_type = i64, example = 12)]
    expiry_month: Digits,
    /// 2 or 4 digits, as a number or a text.
    #[schema(value_type = i64, example = 2030)]
    expiry_year: Digits,
    /// YYMMDD, or a business number of 10 digits.
    #[schema(nullable = false)]
    birth_date: Option<String>,
    /// The first two digits of the card's password.
    #[schema(nullable = false)]
    password_prefix: Option<String>,
    /// 3 or 4 digits.
    #[schema(nullable = false)]
    cvc: Option<String>,
}

/// A short number that comes as one or as a text: forms send `"05"`.
struct Digits(String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText)
    }
}

struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = Digits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("i64")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Digits, E> {
        Ok(Digits(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Digits, E> {
        Ok(Digits(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Digits, E> {
        Ok(Digits(value.to_owned()))
    }
}

impl Digits {
    /// 1 or 2 digits.
    fn month(&self) -> Option<u8> {
        let digits = (1..=2).contains(&self.0.len()) && self.0.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| self.0.parse().ok()).flatten()
    }

    /// `30` is 2030; a card is good for less than a century.
    fn year(&self) -> Option<u16> {
        let digits = self.0.bytes().all(|byte| byte.is_ascii_digit());
        let year: u16 = digits.then(|| self.0.parse().ok()).flatten()?;
        match self.0.len() {
            2 => Some(2_000 + year),
            4 => Some(year),
            _ => None,
        }
    }
}

impl MethodBody {
    /// The card, if it is one.
    ///
    /// # Errors
    /// A method of another kind is refused for its form first, then because it is not available.
    pub(super) fn card(self, mode: Mode, now: Timestamp) -> Result<Card, Fault> {
        match self.method(mode, now)? {
            NewMethod::Card(card) => Ok(card),
            NewMethod::Transfer { .. } => Err(Self::unavailable(MethodType::Transfer)),
            NewMethod::VirtualAccount { .. } => Err(Self::unavailable(MethodType::VirtualAccount)),
        }
    }

    fn unavailable(kind: MethodType) -> Fault {
        Fault::new("type", Rule::MethodUnavailable(kind)).under("method")
    }

    /// Whatever it is that a merchant's server can charge.
    pub(super) fn method(self, mode: Mode, now: Timestamp) -> Result<NewMethod, Fault> {
        self.checked(mode, now).map_err(|fault| fault.under("method"))
    }

    fn checked(self, mode: Mode, now: Timestamp) -> Result<NewMethod, Fault> {
        let kind = field::choice("type", &self.kind, &MethodType::ALL, MethodType::as_str)?;
        let (required, optional): (&[&str], &[&str]) = match kind {
            MethodType::Card => (&["card"], &[]),
            MethodType::Transfer => (&["bank", "accountNumber"], &[]),
            MethodType::VirtualAccount => (&["bank"], &["dueAt"]),
            MethodType::Wallet => (&["payerId"], &[]),
            MethodType::BillingKey => (&["billingKeyId"], &[]),
            MethodType::App => (&[], &[]),
        };
        for (name, given) in [
            ("card", self.card.is_some()),
            ("billingKeyId", self.billing_key_id.is_some()),
            ("bank", self.bank.is_some()),
            ("dueAt", self.due_at.is_some()),
            ("accountNumber", self.account_number.is_some()),
            ("payerId", self.payer_id.is_some()),
        ] {
            if !given && required.contains(&name) {
                return Err(Fault::new(name, Rule::Missing));
            }
            if given && !required.contains(&name) && !optional.contains(&name) {
                return Err(Fault::new(name, Rule::Unknown));
            }
        }
        let due_at = self.due_at.map(|due_at| field::time("dueAt", &due_at)).transpose()?;
        let bank = |code: Option<String>| field::choice("bank", &code.unwrap_or_default(), &Bank::ALL, Bank::code);
        let missing = |name| move || Fault::new(name, Rule::Missing);
        match kind {
            MethodType::Card => {
                let card = self.card.ok_or_else(missing("card"))?.checked(mode, now);
                Ok(NewMethod::Card(card.map_err(|fault| fault.under("card"))?))
            }
            MethodType::Transfer => {
                let wrong = |_| Fault::new("accountNumber", Rule::AccountNumber);
                let number = self.account_number.ok_or_else(missing("accountNumber"))?;
                let account = AccountNumber::parse(&number).map_err(wrong)?;
                Ok(NewMethod::Transfer { bank: bank(self.bank)?, account })
            }
            MethodType::VirtualAccount => Ok(NewMethod::VirtualAccount { bank: bank(self.bank)?, due_at }),
            // A payer's own to approve: by checkout session and payer app. Billing keys are not there yet.
            MethodType::Wallet | MethodType::BillingKey | MethodType::App => {
                Err(Fault::new("type", Rule::MethodUnavailable(kind)))
            }
        }
    }
}

impl CardBody {
    fn checked(self, mode: Mode, now: Timestamp) -> Result<Card, Fault> {
        let wrong = |name: &'static str| move |error| Fault::new(name, Rule::Card(error));
        let number = CardNumber::parse(&self.number, mode).map_err(wrong("number"))?;
        let expiry_month = self.expiry_month.month().ok_or(CardError::ExpiryMonth).map_err(wrong("expiryMonth"))?;
        let expiry_year = self.expiry_year.year().ok_or_else(|| Fault::new("expiryYear", Rule::ExpiryYear))?;
        check_expiry(expiry_month, expiry_year, now).map_err(|error| {
            let name = if error == CardError::ExpiryMonth { "expiryMonth" } else { "expiryYear" };
            Fault::new(name, Rule::Card(error))
        })?;
        let secret = |name: &'static str, value: Option<String>, lengths: &[usize], error: CardError| {
            let parse = |text: String| SecretDigits::parse(&text, lengths).ok_or_else(|| wrong(name)(error));
            value.map(parse).transpose()
        };
        Ok(Card {
            number,
            expiry_month,
            expiry_year,
            cvc: secret("cvc", self.cvc, &[3, 4], CardError::Cvc)?,
            birth_date: secret("birthDate", self.birth_date, &[6, 10], CardError::BirthDate)?,
            password_prefix: secret("passwordPrefix", self.password_prefix, &[2], CardError::PasswordPrefix)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use steelyard_app::Language;

    use super::*;
    use crate::json::read;

    /// 2026-11-21 in Seoul.
    const NOW: Timestamp = Timestamp::from_micros(1_795_240_000_000_000);

    fn card(body: Value) -> Result<Card, (String, Rule)> {
        read::<MethodBody>(body).and_then(|method| method.card(Mode::Test, NOW)).map_err(|fault| {
            let path = fault.problem(Language::English).param.unwrap_or_default();
            (path, fault.rule().clone())
        })
    }

    fn with_card(card: Value) -> Value {
        json!({"type": "card", "card": card})
    }

    #[test]
    fn an_expiry_comes_as_number_or_text_with_two_or_four_digits() {
        for (month, year) in
            [(json!(5), json!(2030)), (json!("05"), json!("2030")), (json!("5"), json!(30)), (json!(5), json!("30"))]
        {
            let body = with_card(json!({"number": "4242-4242-4242-4242", "expiryMonth": month, "expiryYear": year}));
            let card = card(body).unwrap();
            assert_eq!((card.expiry_month, card.expiry_year, card.number.last4()), (5, 2030, "4242"));
        }
    }

    #[test]
    fn card_data_that_cannot_be_right_is_refused_by_its_field() {
        let good = json!({"number": "4242424242424242", "expiryMonth": 11, "expiryYear": 2026, "cvc": "123",
            "birthDate": "900101", "passwordPrefix": "12"});
        assert!(card(with_card(good.clone())).is_ok());
        for (name, value, rule) in [
            ("number", json!("4242424242424241"), Rule::Card(CardError::NumberCheckDigit)),
            ("number", json!("42"), Rule::Card(CardError::NumberLength)),
            ("expiryMonth", json!(13), Rule::Card(CardError::ExpiryMonth)),
            ("expiryMonth", json!(0), Rule::Card(CardError::ExpiryMonth)),
            ("expiryMonth", json!("+5"), Rule::Card(CardError::ExpiryMonth)),
            ("expiryMonth", json!(-1), Rule::Card(CardError::ExpiryMonth)),
            ("expiryYear", json!(203), Rule::ExpiryYear),
            ("expiryYear", json!("20300"), Rule::ExpiryYear),
            ("expiryYear", json!("year"), Rule::ExpiryYear),
            ("expiryYear", json!(2025), Rule::Card(CardError::Expired)),
            ("cvc", json!("12"), Rule::Card(CardError::Cvc)),
            ("birthDate", json!("1990-01-01"), Rule::Card(CardError::BirthDate)),
            ("passwordPrefix", json!("1"), Rule::Card(CardError::PasswordPrefix)),
        ] {
            let mut body = good.clone();
            body[name] = value.clone();
            let expected = (format!("method.card.{name}"), rule);
            assert_eq!(card(with_card(body)).unwrap_err(), expected, "{name}: {value}");
        }
    }

    #[test]
    fn another_method_of_the_right_form_is_not_available_and_one_of_the_wrong_form_is_wrong() {
        for (body, kind) in [
            (json!({"type": "transfer", "bank": "shinhan", "accountNumber": "110123456789"}), MethodType::Transfer),
            (json!({"type": "virtualAccount", "bank": "shinhan"}), MethodType::VirtualAccount),
            (
                json!({"type": "virtualAccount", "bank": "shinhan", "dueAt": "2026-11-30T00:00:00+09:00"}),
                MethodType::VirtualAccount,
            ),
            (json!({"type": "wallet", "payerId": "pyr_1"}), MethodType::Wallet),
            (json!({"type": "billingKey", "billingKeyId": "bk_1"}), MethodType::BillingKey),
            (json!({"type": "app"}), MethodType::App),
        ] {
            let expected = ("method.type".to_owned(), Rule::MethodUnavailable(kind));
            assert_eq!(card(body.clone()).unwrap_err(), expected, "{body}");
        }
        for (body, path, rule) in [
            (json!({"type": "cash"}), "method.type", None),
            (json!({"type": "transfer", "bank": "088"}), "method.accountNumber", Some(Rule::Missing)),
            (json!({"type": "app", "bank": "088"}), "method.bank", Some(Rule::Unknown)),
            (json!({"type": "card"}), "method.card", Some(Rule::Missing)),
            (json!({"type": "virtualAccount", "bank": "shinhan", "dueAt": "soon"}), "method.dueAt", Some(Rule::Time)),
            (json!({"type": "virtualAccount", "bank": "088"}), "method.bank", None),
            (json!({"card": {}}), "method.card.number", Some(Rule::Missing)),
            (json!({}), "method.type", Some(Rule::Missing)),
        ] {
            let (at, broken) = card(body.clone()).unwrap_err();
            // What serde itself refuses is not seen from the method: the body around it adds that.
            assert!(path.ends_with(&at), "{body}: {at}");
            assert!(rule.is_none_or(|rule| rule == broken), "{body}: {broken:?}");
        }
    }
}
