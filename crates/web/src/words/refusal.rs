//! What a buyer at the checkout is told of a refusal: what happened, whether money moved, what to press. The API's own
//! sentences are for who wrote the request; a buyer wrote none, and can do other things.

use steelyard_app::{Code, Language, Outcome, Problem};

use super::{Words, words};

words! {
    Refusals {
        // What is typed, by field: the page says more beside each.
        number: "카드 번호가 맞지 않아요", "The card number is not right";
        number_next: "한 자리씩 다시 확인한 뒤 결제 버튼을 눌러 주세요.", "Check it digit by digit, then press the button again.";
        expiry: "유효기간이 맞지 않거나 지났어요", "The expiry is not right, or has passed";
        expiry_next: "카드에 적힌 월/년을 다시 적거나 다른 카드를 써 주세요.", "Enter month and year as on the card, or use another card.";
        cvc: "CVC가 맞지 않아요", "The CVC is not right";
        cvc_next: "카드 뒷면의 3자리, 아멕스는 앞면의 4자리를 적어 주세요.", "Enter the 3 digits on the back of the card; 4 on the front for Amex.";
        birth: "생년월일이나 사업자번호가 맞지 않아요", "The birth date or business number is not right";
        birth_next: "생년월일 6자리나 사업자번호 10자리를 적거나 비워 두세요.", "Enter 6 digits of the birth date or 10 of the business number, or leave it empty.";
        password: "카드 비밀번호 앞 2자리가 맞지 않아요", "The first 2 digits of the password are not right";
        password_next: "숫자 2자리를 적거나 비워 두세요.", "Enter 2 digits, or leave it empty.";
        months: "이 할부는 쓸 수 없어요", "These instalments are not available";
        months_next: "할부를 다시 골라 결제 버튼을 눌러 주세요.", "Choose the instalments again, then press the button.";
        bank: "은행을 고르지 않았어요", "No bank is chosen";
        bank_next: "은행을 고른 뒤 버튼을 눌러 주세요.", "Choose a bank, then press the button.";
        account: "계좌번호가 맞지 않아요", "The account number is not right";
        account_next: "숫자 10~16자리를 다시 확인한 뒤 결제 버튼을 눌러 주세요.", "Check its 10 to 16 digits, then press the button again.";

        // The way to pay.
        method: "이 방법으로는 지금 결제할 수 없어요", "This way to pay is not available";
        method_next: "다른 방법을 골라 주세요.", "Choose another way to pay.";
        declined: "결제가 거절됐어요", "The payment was declined";
        declined_next: "다른 카드나 다른 방법으로 결제해 주세요.", "Pay with another card, or another way.";
        unreached: "카드사나 은행에 연결하지 못했어요", "Your bank could not be reached";
        unreached_next: "잠시 뒤 같은 버튼을 다시 누르거나 다른 방법으로 결제해 주세요.", "Press the same button again in a moment, or pay another way.";
        verified_late: "본인 확인 시간이 지났어요", "The time for the verification is over";
        verified_late_next: "결제 버튼을 다시 누르거나 다른 방법으로 결제해 주세요.", "Press the button to pay again, or pay another way.";

        // The order.
        over: "결제 시간이 지났어요", "The time to pay is over";
        closed: "이 주문은 더 결제할 수 없어요", "This order can no longer be paid";
        sold_out: "그사이 재고가 떨어졌어요", "It has sold out in the meantime";
        order_next: "쇼핑몰로 돌아가 다시 주문해 주세요.", "Go back to the shop and order again.";
        paid: "이미 결제한 주문이에요", "This order is paid already";
        paid_next: "이 화면을 새로 고치면 영수증이 보여요.", "Reload this page to see the receipt.";
        amount: "주문 금액이 바뀌었어요", "The amount of the order has changed";
        changed: "그사이 결제 상태가 바뀌었어요", "Something has changed in the meantime";
        changed_next: "이 화면을 새로 고쳐 확인해 주세요.", "Reload this page to see how it stands.";
        limit: "더 할 수 없어요", "It cannot be done any more often";
        limit_next: "남은 시간 안에 결제하거나 쇼핑몰에서 다시 주문해 주세요.", "Pay in the time that is left, or order again at the shop.";
        shop: "이 쇼핑몰은 지금 결제를 받을 수 없어요", "This shop cannot take payments at present";
        shop_next: "쇼핑몰에 문의해 주세요.", "Please contact the shop.";
        trial: "테스트 결제에서만 쓸 수 있어요", "This is for test payments only";

        // What is under way, or unknown.
        busy: "이 주문은 이미 결제하는 중이에요", "This order is being paid already";
        unknown: "결과를 아직 확인하지 못했어요", "The outcome is not known yet";
        wait_next: "다시 결제하지 말고 이 화면을 새로 고쳐 결과를 확인해 주세요.", "Do not pay again. Reload this page to see the outcome.";
        broken: "저희 쪽에 문제가 생겼어요", "Something went wrong on our side";
        broken_next: "이 화면을 새로 고쳐 결과를 확인해 주세요. 같은 버튼을 다시 눌러도 두 번 결제되지 않아요.", "Reload this page to see how it ended. Pressing the same button again does not charge you twice.";

        // The way here.
        often: "짧은 시간에 너무 많이 눌렀어요", "Too many tries in a short time";
        crowded: "지금 결제하는 사람이 많아요", "Very many people are paying right now";
        resting: "저희 쪽이 잠시 쉬고 있어요", "We are out of service for a moment";
        slow: "연결이 느려 요청이 다 오지 못했어요", "The connection was too slow for your request";
        soon_next: "잠시 뒤 같은 버튼을 다시 눌러 주세요.", "Press the same button again in a moment.";
        odd: "이 화면에서 보낸 내용을 읽지 못했어요", "What this page sent could not be read";
        odd_next: "이 화면을 새로 고친 뒤 다시 눌러 주세요.", "Reload this page, then press again.";
        missing: "이 주소에는 결제창이 없어요", "There is no checkout at this address";
        missing_next: "주소가 잘렸을 수 있어요. 쇼핑몰로 돌아가 결제를 다시 시작해 주세요.", "The address may have been cut off. Go back to the shop and start the payment again.";
        other: "요청을 처리하지 못했어요", "This could not be done";
    }
}

/// Three sentences, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub title: &'static str,
    pub money: &'static str,
    pub next: &'static str,
}

/// `moved` is the refusal's own outcome, unless it only refused a look.
#[must_use]
pub fn told(problem: &Problem, moved: Outcome, language: Language) -> Told {
    let (title, next) = said(problem, Refusals::of(language));
    let words = Words::of(language);
    let money = match moved {
        Outcome::None => words.no_money,
        Outcome::Unknown => words.maybe_money,
        Outcome::Done => words.no_more_money,
    };
    Told { title, money, next }
}

type Sentences = (&'static str, &'static str);

fn said(problem: &Problem, words: &Refusals) -> Sentences {
    match problem.code {
        Code::InvalidRequest | Code::InvalidCard => {
            field(problem.param.as_deref().unwrap_or_default(), words).unwrap_or((words.odd, words.odd_next))
        }
        Code::InvalidJson
        | Code::UnknownField
        | Code::IdempotencyKeyRequired
        | Code::IdempotencyMismatch
        | Code::MethodNotAllowed
        | Code::BodyTooLarge
        | Code::UnsupportedMediaType
        | Code::HeadersTooLarge => (words.odd, words.odd_next),
        Code::NotFound => (words.missing, words.missing_next),
        Code::RateLimited => (words.often, words.soon_next),
        Code::RequestTimeout => (words.slow, words.soon_next),
        Code::Overloaded => (words.crowded, words.soon_next),
        Code::DatabaseUnavailable => (words.resting, words.soon_next),
        Code::Internal => (words.broken, words.broken_next),
        Code::OutcomeUnknown => (words.unknown, words.wait_next),
        Code::RequestInProgress | Code::PaymentInProgress => (words.busy, words.wait_next),
        Code::MethodNotAvailable | Code::NotSupportedByConnector => (words.method, words.method_next),
        Code::PaymentDeclined => (words.declined, words.declined_next),
        Code::ConnectorUnavailable => (words.unreached, words.unreached_next),
        Code::AuthenticationExpired => (words.verified_late, words.verified_late_next),
        // Its time is over, or its shop has taken it back: the page that follows says which.
        Code::CheckoutExpired | Code::OrderNotOpen => (words.closed, words.order_next),
        Code::OrderExpired => (words.over, words.order_next),
        Code::OutOfStock => (words.sold_out, words.order_next),
        Code::AlreadyPaid => (words.paid, words.paid_next),
        Code::AmountMismatch => (words.amount, words.changed_next),
        Code::StateConflict | Code::QrTaken | Code::QrExpired => (words.changed, words.changed_next),
        Code::TooMany => (words.limit, words.limit_next),
        Code::TestModeOnly => (words.trial, words.method_next),
        Code::MerchantSuspended | Code::NoFeePolicy | Code::NetNegative | Code::CurrencyMismatch => {
            (words.shop, words.shop_next)
        }
        // No route of the checkout answers with one of these: they are a server's, or the payer app's.
        Code::InvalidCursor
        | Code::UnsupportedVersion
        | Code::MissingKey
        | Code::InvalidSignature
        | Code::InvalidTicket
        | Code::InvalidKey
        | Code::SignInRequired
        | Code::WrongCredentials
        | Code::CaptureDeclined
        | Code::RefundDeclined
        | Code::OriginNotAllowed
        | Code::KeyNotAllowed
        | Code::GiftCardUnknown
        | Code::OrderExists
        | Code::ExpectedAmountDiffers
        | Code::SkuExists
        | Code::EmailTaken
        | Code::GiftCardUsed
        | Code::GiftCardExpired
        | Code::WrongNumber
        | Code::WrongPin
        | Code::PinLocked
        | Code::InsufficientBalance
        | Code::BalanceLimit
        | Code::StockBelowReserved
        | Code::TotalMismatch
        | Code::ExceedsRefundable
        | Code::ExceedsAuthorized
        | Code::NothingToReturn
        | Code::VaultUnavailable => (words.other, words.odd_next),
    }
}

/// What a form has; anything else was not typed by a buyer.
fn field(name: &str, words: &Refusals) -> Option<Sentences> {
    Some(match name {
        "number" => (words.number, words.number_next),
        "expiry" => (words.expiry, words.expiry_next),
        "cvc" => (words.cvc, words.cvc_next),
        "birthDate" => (words.birth, words.birth_next),
        "passwordPrefix" => (words.password, words.password_next),
        "installmentMonths" => (words.months, words.months_next),
        "bank" => (words.bank, words.bank_next),
        "accountNumber" => (words.account, words.account_next),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 2] = [Language::Korean, Language::English];

    fn of(code: Code, language: Language) -> Told {
        told(&Problem::new(code).detail("merchantOrderId"), code.facts().outcome, language)
    }

    /// Words of those who write requests, or run servers.
    const FOREIGN: [&str; 26] = [
        "Idempotency",
        "Retry-After",
        "API",
        "JSON",
        "HTTP",
        "header",
        "field",
        "body",
        "request id",
        "requestId",
        "acquirer",
        "database",
        "merchant",
        "cursor",
        " key",
        "server",
        "헤더",
        "필드",
        "본문",
        "매입사",
        "데이터베이스",
        "가맹점",
        "객체",
        " 키",
        "서버",
        "merchantOrderId",
    ];

    #[test]
    fn every_code_is_told_in_three_sentences_that_a_buyer_understands() {
        for code in Code::ALL {
            for language in LANGUAGES {
                let Told { title, money, next } = of(*code, language);
                let name = code.facts().name;
                for sentence in [title, money, next] {
                    assert!(!sentence.trim().is_empty(), "{name}");
                    for word in FOREIGN {
                        assert!(!sentence.contains(word), "{name}: {sentence} says {word}");
                    }
                }
                assert!(!title.ends_with('.') && money.ends_with('.') && next.ends_with('.'), "{name}: {title} {next}");
            }
        }
    }

    #[test]
    fn whether_money_moved_is_the_refusals_own_to_say() {
        for code in Code::ALL {
            let money = of(*code, Language::English).money;
            let expected = match code.facts().outcome {
                Outcome::None => "No money moved.",
                Outcome::Unknown => "Money may have moved.",
                Outcome::Done => "No more money moved this time.",
            };
            assert_eq!(money, expected, "{}", code.facts().name);
        }
    }

    #[test]
    fn who_cannot_know_whether_they_paid_is_not_told_to_pay_again() {
        for code in Code::ALL.iter().filter(|code| code.facts().outcome == Outcome::Unknown) {
            let next = of(*code, Language::English).next;
            assert!(next.contains("Reload this page"), "{}: {next}", code.facts().name);
            assert!(next.contains("Do not pay again") || next.contains("does not charge you twice"), "{next}");
        }
    }

    #[test]
    fn what_was_typed_is_told_by_its_field_and_what_was_not_in_general() {
        let english = Language::English;
        for code in [Code::InvalidRequest, Code::InvalidCard] {
            for (param, title) in [
                ("number", "The card number is not right"),
                ("expiry", "The expiry is not right, or has passed"),
                ("cvc", "The CVC is not right"),
                ("birthDate", "The birth date or business number is not right"),
                ("passwordPrefix", "The first 2 digits of the password are not right"),
                ("installmentMonths", "These instalments are not available"),
                ("bank", "No bank is chosen"),
                ("accountNumber", "The account number is not right"),
                ("method", "What this page sent could not be read"),
                ("key", "What this page sent could not be read"),
            ] {
                assert_eq!(told(&Problem::new(code).param(param), Outcome::None, english).title, title);
            }
        }
    }

    #[test]
    fn each_refusal_that_a_checkout_gives_has_words_of_its_own() {
        for (code, title, next) in [
            (Code::RateLimited, "Too many tries in a short time", "Press the same button again in a moment."),
            (Code::CheckoutExpired, "This order can no longer be paid", "Go back to the shop and order again."),
            (Code::AlreadyPaid, "This order is paid already", "Reload this page to see the receipt."),
            (Code::MethodNotAvailable, "This way to pay is not available", "Choose another way to pay."),
            (
                Code::OutcomeUnknown,
                "The outcome is not known yet",
                "Do not pay again. Reload this page to see the outcome.",
            ),
            (Code::OutOfStock, "It has sold out in the meantime", "Go back to the shop and order again."),
        ] {
            let said = of(code, Language::English);
            assert_eq!((said.title, said.next), (title, next));
        }
    }
}
