//! Bodies of the payer app. Some hold card numbers, passwords and PINs: none can be shown.

use serde::Deserialize;
use steelyard_app::{Code, Problem, TopUpSource, request::Secret};
use steelyard_domain::{
    AccountNumber, Bank, Mode, Timestamp, VaultCardId,
    method::{Card, CardNumber, SecretDigits, check_expiry},
};

use crate::checkout::{expiry, of_card, wrong};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignUpBody {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) name: String,
    pub(super) pin: String,
    pub(super) mode: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignInBody {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) mode: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NothingBody {}

pub(super) fn mode(text: &str) -> Result<Mode, Problem> {
    Mode::parse(text).ok_or_else(|| wrong("mode", "mode is test or live", "mode는 test나 live예요"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CardBody {
    number: String,
    expiry: String,
    cvc: Option<String>,
    birth_date: Option<String>,
    password_prefix: Option<String>,
    nickname: Option<String>,
}

/// Characters of a name that a payer gives a card.
const NICKNAME_CHARS_MAX: usize = 30;

impl CardBody {
    pub(super) fn parsed(self, mode: Mode, now: Timestamp) -> Result<(Card, Option<String>), Problem> {
        let number = CardNumber::parse(&self.number, mode).map_err(|error| of_card("number", error))?;
        let (expiry_month, expiry_year) = expiry(&self.expiry)?;
        check_expiry(expiry_month, expiry_year, now).map_err(|error| of_card("expiry", error))?;
        let secret = |name: &str, value: Option<String>, lengths: &[usize], error| {
            let given = value.filter(|text| !text.is_empty());
            let parse = |text: String| SecretDigits::parse(&text, lengths).ok_or_else(|| of_card(name, error));
            given.map(parse).transpose()
        };
        use steelyard_domain::method::CardError::{BirthDate, Cvc, PasswordPrefix};
        let nickname = self.nickname.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        if nickname.as_ref().is_some_and(|name| name.chars().count() > NICKNAME_CHARS_MAX) {
            return Err(wrong("nickname", "a card's name has 1 to 30 characters", "카드 이름은 30자까지예요"));
        }
        let card = Card {
            number,
            expiry_month,
            expiry_year,
            cvc: secret("cvc", self.cvc, &[3, 4], Cvc)?,
            birth_date: secret("birthDate", self.birth_date, &[6, 10], BirthDate)?,
            password_prefix: secret("passwordPrefix", self.password_prefix, &[2], PasswordPrefix)?,
        };
        Ok((card, nickname))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TopUpBody {
    pub(super) amount: i64,
    pub(super) pin: String,
    pub(super) source: SourceBody,
}

/// From where money comes. Which fields belong to which kind is checked by hand, so that each can be named.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SourceBody {
    #[serde(rename = "type")]
    kind: String,
    card_id: Option<String>,
    installment_months: Option<u8>,
    bank: Option<String>,
    account_number: Option<String>,
}

/// What a source is, once it is read.
pub(super) enum Source {
    Balance,
    Card { id: VaultCardId, installment_months: u8 },
    Transfer { bank: Bank, account: AccountNumber },
}

impl SourceBody {
    pub(super) fn parsed(self) -> Result<Source, Problem> {
        let missing = |name: &str| {
            wrong(
                &format!("source.{name}"),
                &format!("source.{name} is missing"),
                &format!("source.{name} 값이 없어요"),
            )
        };
        match self.kind.as_str() {
            "balance" => Ok(Source::Balance),
            "card" => {
                let id = self.card_id.ok_or_else(|| missing("cardId"))?;
                let unknown = |_| Problem::new(Code::NotFound).detail("cardId").param("source.cardId");
                let installment_months = self.installment_months.unwrap_or(0);
                if installment_months == 1 || installment_months > 36 {
                    let (english, korean) = ("installmentMonths is 0, or 2 to 36", "할부는 0이나 2~36개월이에요");
                    return Err(wrong("source.installmentMonths", english, korean));
                }
                Ok(Source::Card { id: VaultCardId::parse(&id).map_err(unknown)?, installment_months })
            }
            "transfer" => {
                let bank = self.bank.ok_or_else(|| missing("bank"))?;
                let bank = Bank::parse(&bank)
                    .ok_or_else(|| wrong("source.bank", "there is no such bank", "목록에 없는 은행이에요"))?;
                let number = self.account_number.ok_or_else(|| missing("accountNumber"))?;
                let account = AccountNumber::parse(&number).map_err(|error| {
                    wrong("source.accountNumber", &error.to_string(), "계좌번호는 숫자 10~16자리예요")
                })?;
                Ok(Source::Transfer { bank, account })
            }
            _ => Err(wrong("source.type", "source.type is balance, card or transfer", "지원하지 않는 결제수단이에요")),
        }
    }
}

impl Source {
    /// A source that money can be brought from; `open` opens a kept card.
    pub(super) fn refuse_balance(self) -> Result<Self, Problem> {
        match self {
            Self::Balance => Err(wrong("source.type", "a balance cannot top itself up", "잔액으로는 충전할 수 없어요")),
            Self::Card { .. } | Self::Transfer { .. } => Ok(self),
        }
    }

    pub(super) fn transfer(bank: Bank, account: AccountNumber) -> TopUpSource {
        TopUpSource::Transfer { bank, account }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RedeemBody {
    pub(super) code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ResolveBody {
    pub(super) token: Option<String>,
    pub(super) code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ApproveBody {
    #[serde(rename = "match")]
    pub(super) number: Option<i64>,
    pub(super) pin: String,
    pub(super) shown_amount: i64,
    pub(super) source: SourceBody,
}

pub(super) fn pin(text: String) -> Secret {
    Secret::new(text)
}
