//! Every sentence of our pages, in both languages, side by side. A sentence that is missing in one of them does not
//! compile; one that nobody uses, or that a script asks for in vain, fails a test.

mod checkout;
mod refusal;

pub use checkout::Words;
pub use refusal::{Refusals, Told, told};
use serde::Serialize;
use steelyard_app::Language;

/// `key: "한국어", "English";` makes a struct of sentences with one value per language.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $korean:literal, $english:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $(pub $key: &'static str),* }

        impl $name {
            pub const KOREAN: Self = Self { $($key: $korean),* };
            pub const ENGLISH: Self = Self { $($key: $english),* };
            /// All of them: key, Korean, English.
            pub const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($key), $korean, $english)),*];

            #[must_use]
            pub const fn of(language: steelyard_app::Language) -> &'static Self {
                match language {
                    steelyard_app::Language::Korean => &Self::KOREAN,
                    steelyard_app::Language::English => &Self::ENGLISH,
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What the checkout's script says by itself.
    Script {
        left_label: "결제 시간 {time} 남음", "{time} left to pay";
        qr_label: "QR 코드 {time} 남음", "QR code good for {time}";
        minutes: "{m}분 {s}초", "{m} min {s} s";
        seconds: "{s}초", "{s} s";
        live: "실시간", "Live";
        reconnecting: "다시 연결 중", "Reconnecting";
        polling: "3초마다 확인 중", "Checking every 3 s";
        copied: "복사했어요", "Copied";
        copy_failed: "복사하지 못했어요. 번호를 길게 눌러 복사해 주세요.", "Could not copy. Press and hold the number to copy it.";
        returning: "{s}초 뒤 쇼핑몰로 돌아가요", "Back to the shop in {s} s";
        busy: "처리하고 있어요", "Working on it";
        network_title: "연결이 끊겼어요", "The connection was lost";
        network_money: "결제가 접수됐을 수 있어요.", "Your payment may have been received.";
        network_next: "같은 버튼을 다시 눌러도 두 번 결제되지 않아요.", "Pressing the same button again will not charge you twice.";
        number_length: "카드 번호는 14~19자리예요. 번호를 다시 확인해 주세요.", "A card number has 14 to 19 digits. Check the number.";
        number_check: "카드 번호가 맞지 않아요. 한 자리씩 다시 확인해 주세요.", "This card number is not right. Check it digit by digit.";
        expiry_form: "유효기간을 월/년 순서로 적어 주세요. 예: 12/30", "Enter the expiry as month/year, for example 12/30.";
        expiry_month: "월은 01부터 12까지예요.", "The month lies between 01 and 12.";
        expiry_past: "유효기간이 지난 카드예요. 다른 카드를 써 주세요.", "This card has expired. Use another card.";
        cvc_form: "카드 뒷면의 숫자 3자리예요. 아멕스는 앞면 4자리예요.", "The 3 digits on the back of the card; 4 on the front for Amex.";
        birth_form: "생년월일 6자리나 사업자번호 10자리예요.", "6 digits of the birth date (YYMMDD), or a business number of 10.";
        password_form: "카드 비밀번호의 앞 2자리예요.", "The first 2 digits of the card's password.";
        account_form: "계좌번호를 숫자 10~16자리로 적어 주세요.", "Enter the account number, 10 to 16 digits.";
        bank_missing: "은행을 골라 주세요.", "Choose a bank.";
        said_scanned: "휴대폰에서 QR을 찍었어요.", "The QR code was scanned.";
        said_renewed: "새 QR 코드를 만들었어요.", "There is a new QR code.";
        frame_silent: "카드사 화면이 보이지 않으면 전체 화면으로 열어 주세요.", "If your bank's page does not show, open it as a full page.";
    }
}

impl Words {
    /// A card brand's own name, the same in every language, or what kind of card it is.
    #[must_use]
    pub fn brand(&self, brand: &str) -> &'static str {
        let words = self;
        match brand {
            "visa" => "Visa",
            "mastercard" => "Mastercard",
            "amex" => "Amex",
            "jcb" => "JCB",
            "unionpay" => "UnionPay",
            "domestic" => words.domestic_card,
            _ => words.some_card,
        }
    }
}

/// A table as JSON, for a script.
#[must_use]
pub fn script_words(language: Language) -> String {
    json(Script::of(language))
}

/// JSON that may stand in a `<script>` element: nothing in it can end the element or begin a comment.
#[must_use]
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_else(|_| String::from("null"));
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests;
