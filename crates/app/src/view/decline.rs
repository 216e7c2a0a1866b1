//! Why a try to pay came to nothing, in words for who paid: what happened, and what to do. That no money moved is said
//! beside it.

use steelyard_domain::payment::Failure;

use super::CheckoutFailureView;
use crate::problem::Language;

struct Words {
    code: &'static str,
    korean: &'static str,
    english: &'static str,
    next_korean: &'static str,
    next_english: &'static str,
}

const ANOTHER_CARD: (&str, &str) =
    ("다른 카드나 다른 결제수단으로 다시 시도해 주세요.", "Try again with another card or in another way.");

/// By the acquirer's code, or ours where there is none. Source: docs/CONNECTORS.md, "Test cards".
const WORDS: [Words; 11] = [
    Words {
        code: "GENERIC_DECLINE",
        korean: "카드사가 결제를 거절했어요.",
        english: "The card company declined the payment.",
        next_korean: ANOTHER_CARD.0,
        next_english: ANOTHER_CARD.1,
    },
    Words {
        code: "INSUFFICIENT_LIMIT",
        korean: "카드 한도가 부족해요.",
        english: "The card's limit is not enough.",
        next_korean: ANOTHER_CARD.0,
        next_english: ANOTHER_CARD.1,
    },
    Words {
        code: "STOLEN_OR_LOST",
        korean: "분실 또는 도난 신고된 카드예요.",
        english: "The card has been reported lost or stolen.",
        next_korean: "카드사에 문의하거나 다른 카드를 사용해 주세요.",
        next_english: "Ask the card company, or use another card.",
    },
    Words {
        code: "EXPIRED_CARD",
        korean: "유효기간이 지난 카드예요.",
        english: "The card has expired.",
        next_korean: "유효기간을 확인하거나 다른 카드를 사용해 주세요.",
        next_english: "Check its date, or use another card.",
    },
    Words {
        code: "AUTHENTICATION_FAILED",
        korean: "본인 인증을 마치지 못했어요.",
        english: "The card holder was not authenticated.",
        next_korean: "다시 시도해서 인증을 마치거나 다른 결제수단을 골라 주세요.",
        next_english: "Try again and finish the authentication, or pay in another way.",
    },
    Words {
        code: "AUTHENTICATION_REQUIRED",
        korean: "본인 인증이 필요한 카드예요.",
        english: "The card needs its holder to be authenticated.",
        next_korean: "다시 시도해서 인증을 마쳐 주세요.",
        next_english: "Try again and finish the authentication.",
    },
    Words {
        code: "INSUFFICIENT_BALANCE",
        korean: "잔액이 부족해요.",
        english: "The balance is not enough.",
        next_korean: "잔액을 채우거나 다른 결제수단을 골라 주세요.",
        next_english: "Top up, or pay in another way.",
    },
    Words {
        code: "ACCOUNT_CLOSED",
        korean: "해지되었거나 사용할 수 없는 계좌예요.",
        english: "The account is closed or cannot be used.",
        next_korean: "계좌번호를 확인하거나 다른 계좌를 사용해 주세요.",
        next_english: "Check the number, or use another account.",
    },
    Words {
        code: "NET_CANCELED",
        korean: "결과를 제때 확인하지 못해 결제를 되돌렸어요.",
        english: "The outcome was not known in time, so the payment was undone.",
        next_korean: "다시 결제해 주세요.",
        next_english: "Please pay again.",
    },
    Words {
        code: "CONNECTOR_UNAVAILABLE",
        korean: "카드사와 연결되지 않아 결제를 요청하지 못했어요.",
        english: "The acquirer could not be reached; nothing was asked of it.",
        next_korean: "잠시 후 다시 시도하거나 다른 결제수단을 골라 주세요.",
        next_english: "Try again in a moment, or pay in another way.",
    },
    Words {
        code: "",
        korean: "결제가 승인되지 않았어요.",
        english: "The payment was not approved.",
        next_korean: ANOTHER_CARD.0,
        next_english: ANOTHER_CARD.1,
    },
];

/// `can_try_again`: whether the order still waits to be paid.
pub(crate) fn failure_in_words(failure: &Failure, can_try_again: bool, language: Language) -> CheckoutFailureView {
    let code = failure.decline_code.as_deref().unwrap_or(&failure.code);
    let known = WORDS.iter().find(|words| words.code == code);
    let words = known.unwrap_or(&WORDS[WORDS.len() - 1]);
    let (message, next) = match (language, can_try_again) {
        (Language::Korean, true) => (words.korean, words.next_korean),
        (Language::English, true) => (words.english, words.next_english),
        (Language::Korean, false) => (words.korean, "가게로 돌아가 새로 주문해 주세요."),
        (Language::English, false) => (words.english, "Go back to the shop and order again."),
    };
    CheckoutFailureView {
        code: failure.code.clone(),
        decline_code: failure.decline_code.clone(),
        message: message.to_owned(),
        money_moved: String::from("no"),
        next: next.to_owned(),
        retryable: can_try_again,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_said_in_both_languages_and_an_unknown_one_in_general() {
        for words in &WORDS {
            let failure = Failure {
                code: String::from("PAYMENT_DECLINED"),
                decline_code: Some(words.code.to_owned()),
                message: String::new(),
            };
            let korean = failure_in_words(&failure, true, Language::Korean);
            let english = failure_in_words(&failure, true, Language::English);
            assert_eq!((korean.message.as_str(), english.message.as_str()), (words.korean, words.english));
            assert!(!korean.message.is_ascii() && english.message.is_ascii());
        }
        let odd = Failure { code: String::from("X"), decline_code: None, message: String::new() };
        assert_eq!(failure_in_words(&odd, true, Language::English).message, "The payment was not approved.");
    }
}
