//! The sentences of the rules, in both languages.

use steelyard_app::Language;
use steelyard_domain::{method::CardError, money::RateError};

use super::{Kind, Rule};

/// What a caller is told, the field first.
pub(super) fn detail(path: &str, rule: &Rule, language: Language) -> String {
    match rule {
        // The problem's own sentence says what is wrong; these only say with what.
        Rule::Unknown => return path.to_owned(),
        Rule::MethodUnavailable(method) => return method.as_str().to_owned(),
        Rule::Card(error) => return card(*error, language).to_owned(),
        Rule::ExpiryYear => {
            return pick(language, "the expiry year has 2 or 4 digits", "유효기간 연도는 2자리 또는 4자리예요")
                .to_owned();
        }
        Rule::Missing
        | Rule::Type(_)
        | Rule::Range { .. }
        | Rule::NotZero
        | Rule::Characters { .. }
        | Rule::Items { .. }
        | Rule::ControlCharacter
        | Rule::OneOf(_)
        | Rule::Id(_)
        | Rule::Time
        | Rule::TimeOrder
        | Rule::Past
        | Rule::Rate(_)
        | Rule::Email
        | Rule::Phone
        | Rule::Url
        | Rule::Origin
        | Rule::AccountNumber
        | Rule::Alternatives(_)
        | Rule::NotWith(_)
        | Rule::WithholdingOfBusiness
        | Rule::GiftCode
        | Rule::Repeated
        | Rule::KeyForm
        | Rule::Framing
        | Rule::NotJson { .. }
        | Rule::NamedTwice { .. } => {}
    }
    match language {
        Language::English if path.is_empty() => sentence_english("the body", rule),
        Language::English => sentence_english(path, rule),
        Language::Korean if path.is_empty() => sentence_korean("본문", rule),
        Language::Korean => sentence_korean(path, rule),
    }
}

const fn pick(language: Language, english: &'static str, korean: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Korean => korean,
    }
}

fn sentence_english(subject: &str, rule: &Rule) -> String {
    match rule {
        Rule::Missing => format!("{subject} is required"),
        Rule::Type(kind) => format!("{subject} must be {}", kind_english(*kind)),
        Rule::Range { min, max } => format!("{subject} must lie between {min} and {max}"),
        Rule::NotZero => format!("{subject} must not be 0"),
        Rule::Characters { max } => format!("{subject} must have 1 to {max} characters"),
        Rule::Items { min, max } => format!("{subject} must have {min} to {max} items"),
        Rule::ControlCharacter => format!("{subject} must not have control characters"),
        Rule::OneOf(names) => format!("{subject} must be one of {}", names.join(", ")),
        Rule::Id(prefix) => format!("{subject} must be an id of the form {prefix}_…"),
        Rule::Time => {
            format!("{subject} must be a time in RFC 3339 with an offset, as in 2026-11-21T09:00:00+09:00")
        }
        Rule::TimeOrder => format!("{subject} must not lie before from"),
        Rule::Past => format!("{subject} must lie in the future"),
        Rule::Rate(error) => format!("{subject}: {error}"),
        Rule::Email => format!("{subject} must be an e-mail address"),
        Rule::Phone => format!("{subject} must be a telephone number: digits, spaces, + - ( )"),
        Rule::Url => format!("{subject} must be an https address of at most 2048 characters (http in test mode)"),
        Rule::Origin => format!("{subject} must be an origin, as in https://shop.example (http in test mode)"),
        Rule::AccountNumber => format!("{subject} must be an account number of 10 to 16 digits"),
        Rule::Alternatives(names) => format!("exactly one of {} must be given", names.join(", ")),
        Rule::NotWith(other) => format!("{subject} cannot be given together with {other}"),
        Rule::WithholdingOfBusiness => format!("{subject} is for sellers that are individuals"),
        Rule::GiftCode => format!("{subject} must be the 16 letters and numbers of a gift card"),
        Rule::Repeated => format!("{subject} must not be given more than once"),
        Rule::KeyForm => format!("{subject} must be one header of 1 to 255 visible ASCII characters, quoted or bare"),
        Rule::Framing => "send either one Content-Length or Transfer-Encoding: chunked".to_owned(),
        Rule::NotJson { line, column } => format!("line {line}, column {column}"),
        Rule::NamedTwice { line, column } => format!("a field is given twice before line {line}, column {column}"),
        Rule::Unknown | Rule::MethodUnavailable(_) | Rule::Card(_) | Rule::ExpiryYear => subject.to_owned(),
    }
}

fn sentence_korean(subject: &str, rule: &Rule) -> String {
    match rule {
        Rule::Missing => format!("{subject}: 꼭 필요한 값이에요"),
        Rule::Type(kind) => format!("{subject}: {} 형식이어야 해요", kind_korean(*kind)),
        Rule::Range { min, max } => format!("{subject}: {min} 이상 {max} 이하여야 해요"),
        Rule::NotZero => format!("{subject}: 0은 쓸 수 없어요"),
        Rule::Characters { max } => format!("{subject}: 1자 이상 {max}자 이하여야 해요"),
        Rule::Items { min, max } => format!("{subject}: {min}개 이상 {max}개 이하여야 해요"),
        Rule::ControlCharacter => format!("{subject}: 제어 문자는 쓸 수 없어요"),
        Rule::OneOf(names) => format!("{subject}: 다음 중 하나여야 해요: {}", names.join(", ")),
        Rule::Id(prefix) => format!("{subject}: {prefix}_… 형식의 ID여야 해요"),
        Rule::Time => {
            format!("{subject}: 2026-11-21T09:00:00+09:00처럼 시간대가 있는 RFC 3339 시각이어야 해요")
        }
        Rule::TimeOrder => format!("{subject}: from보다 앞설 수 없어요"),
        Rule::Past => format!("{subject}: 미래 시각이어야 해요"),
        Rule::Rate(error) => format!("{subject}: {}", rate_korean(*error)),
        Rule::Email => format!("{subject}: 이메일 주소여야 해요"),
        Rule::Phone => format!("{subject}: 전화번호여야 해요(숫자, 공백, + - ( ))"),
        Rule::Url => format!("{subject}: https 주소여야 해요(2048자까지, 테스트 모드에서는 http도 가능)"),
        Rule::Origin => format!("{subject}: https://shop.example 같은 출처여야 해요(테스트 모드에서는 http도 가능)"),
        Rule::AccountNumber => format!("{subject}: 숫자 10~16자리 계좌번호여야 해요"),
        Rule::Alternatives(names) => format!("{} 중 하나만 보내 주세요", names.join(", ")),
        Rule::NotWith(other) => format!("{subject}: {other}와(과) 함께 쓸 수 없어요"),
        Rule::WithholdingOfBusiness => format!("{subject}: 개인 판매자에게만 쓸 수 있어요"),
        Rule::GiftCode => format!("{subject}: 기프트카드의 글자와 숫자 16자리를 입력해 주세요"),
        Rule::Repeated => format!("{subject}: 한 번만 보내 주세요"),
        Rule::KeyForm => format!("{subject}: 눈에 보이는 ASCII 1~255자를 헤더 하나로 보내 주세요"),
        Rule::Framing => "Content-Length 하나 또는 Transfer-Encoding: chunked 중 하나만 보내 주세요".to_owned(),
        Rule::NotJson { line, column } => format!("{line}행 {column}열"),
        Rule::NamedTwice { line, column } => format!("{line}행 {column}열 앞에 같은 필드가 두 번 있어요"),
        Rule::Unknown | Rule::MethodUnavailable(_) | Rule::Card(_) | Rule::ExpiryYear => subject.to_owned(),
    }
}

const fn kind_english(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::List => "a list",
        Kind::Text => "a string",
        Kind::Integer => "an integer, without quotes or decimals",
        Kind::Boolean => "true or false",
    }
}

const fn kind_korean(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "객체",
        Kind::List => "목록",
        Kind::Text => "문자열",
        Kind::Integer => "따옴표와 소수점이 없는 정수",
        Kind::Boolean => "true 또는 false",
    }
}

const fn rate_korean(error: RateError) -> &'static str {
    match error {
        RateError::NotADecimal => "0.0235 같은 소수 문자열이어야 해요",
        RateError::TooPrecise => "소수점 아래 여섯 자리까지 쓸 수 있어요",
        RateError::OutOfRange => "0 이상 1 이하여야 해요",
    }
}

const fn card(error: CardError, language: Language) -> &'static str {
    match error {
        CardError::NumberLength => {
            pick(language, "a card number has 14 to 19 digits", "카드 번호는 14~19자리 숫자예요")
        }
        CardError::NumberCheckDigit => {
            pick(language, "the card number's check digit is wrong", "카드 번호의 검증 숫자가 맞지 않아요")
        }
        CardError::ExpiryMonth => {
            pick(language, "an expiry month lies between 1 and 12", "유효기간 월은 1에서 12 사이예요")
        }
        CardError::Expired => pick(language, "the card has expired", "유효기간이 지난 카드예요"),
        CardError::Cvc => {
            pick(language, "a card verification code has 3 or 4 digits", "CVC는 3자리 또는 4자리 숫자예요")
        }
        CardError::BirthDate => pick(
            language,
            "a birth date is YYMMDD, or a business number of 10 digits",
            "생년월일은 YYMMDD 6자리 또는 사업자번호 10자리예요",
        ),
        CardError::PasswordPrefix => {
            pick(language, "the password prefix is the first 2 digits", "비밀번호 앞자리는 숫자 2자리예요")
        }
    }
}
