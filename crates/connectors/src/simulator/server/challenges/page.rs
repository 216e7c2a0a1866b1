//! What a challenge's page says, in two languages.

use steelyard_domain::{Currency, Money};

use super::super::language::Language;

/// A page without buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    Passed,
    Failed,
    Expired,
    NotFound,
    /// The form was sent with something else than one of its two buttons.
    Undecided,
}

impl Note {
    /// The heading, and a sentence that says what to do.
    const fn text(self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::Korean => match self {
                Self::Passed => ("인증했어요", "결제창으로 돌아가면 결제가 이어져요. 이 창은 닫아도 돼요."),
                Self::Failed => ("인증하지 못했어요", "결제되지 않았어요. 결제창에서 다시 시도해 주세요."),
                Self::Expired => ("인증 시간이 지났어요", "결제되지 않았어요. 결제창에서 다시 시도해 주세요."),
                Self::NotFound => ("이런 인증은 없어요", "주소를 확인하거나 결제창에서 다시 시도해 주세요."),
                Self::Undecided => ("답을 알 수 없어요", "뒤로 가서 성공과 실패 중 하나를 눌러 주세요."),
            },
            Language::English => match self {
                Self::Passed => ("Authenticated", "Your payment goes on at the checkout. You may close this page."),
                Self::Failed => ("Not authenticated", "Nothing was paid. Please try again at the checkout."),
                Self::Expired => ("This page has expired", "Nothing was paid. Please try again at the checkout."),
                Self::NotFound => ("There is no such page", "Check the address, or try again at the checkout."),
                Self::Undecided => ("That was neither yes nor no", "Go back and press one of the two buttons."),
            },
        }
    }
}

pub(super) fn note(language: Language, note: Note, return_url: Option<&str>) -> String {
    let (heading, sentence) = note.text(language);
    let back = match language {
        Language::Korean => "결제창으로 돌아가기",
        Language::English => "Back to the checkout",
    };
    let link = return_url
        .map_or_else(String::new, |url| format!("\n<p><a class=\"button\" href=\"{}\">{back}</a></p>", escape(url)));
    document(language, &format!("<h1>{heading}</h1>\n<p>{sentence}</p>{link}"))
}

/// The question: two buttons, of which the form sends one as `decision`.
pub(super) fn question(language: Language, amount: Money, last4: &str) -> String {
    let shown = shown(language, amount);
    let body = match language {
        Language::Korean => format!(
            "<h1>본인 인증</h1>\n\
             <p>끝자리 {last4} 카드로 결제해요.</p>\n\
             <p class=\"amount\">{shown}</p>\n\
             <form method=\"post\">\n\
             <button name=\"decision\" value=\"pass\">인증 성공</button>\n\
             <button name=\"decision\" value=\"fail\">인증 실패</button>\n\
             </form>\n\
             <p class=\"quiet\">시험용 카드사의 페이지예요. 실제 돈은 움직이지 않아요.</p>"
        ),
        Language::English => format!(
            "<h1>Confirm it is you</h1>\n\
             <p>You are paying with the card ending in {last4}.</p>\n\
             <p class=\"amount\">{shown}</p>\n\
             <form method=\"post\">\n\
             <button name=\"decision\" value=\"pass\">Pass</button>\n\
             <button name=\"decision\" value=\"fail\">Fail</button>\n\
             </form>\n\
             <p class=\"quiet\">This is a simulated card issuer. No real money moves.</p>"
        ),
    };
    document(language, &body)
}

fn document(language: Language, body: &str) -> String {
    let title = match language {
        Language::Korean => "카드 본인 인증 (시험용)",
        Language::English => "Card authentication (simulated)",
    };
    // The icon keeps browsers from asking for one that is not there.
    format!(
        "<!doctype html>\n\
         <html lang=\"{}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"style.css\">\n\
         </head>\n\
         <body>\n\
         <main>\n\
         {body}\n\
         </main>\n\
         </body>\n\
         </html>\n",
        language.tag()
    )
}

/// `12,000원`, `₩12,000`; others as money shows itself.
fn shown(language: Language, amount: Money) -> String {
    match amount.currency {
        Currency::Krw => {
            let digits = amount.amount.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            match language {
                Language::Korean => format!("{grouped}원"),
                Language::English => format!("₩{grouped}"),
            }
        }
        Currency::Usd | Currency::Jpy | Currency::Eur => amount.to_string(),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_as_people_write_it() {
        for (amount, korean, english) in [
            (Money::krw(7), "7원", "₩7"),
            (Money::krw(999), "999원", "₩999"),
            (Money::krw(1_000), "1,000원", "₩1,000"),
            (Money::krw(1_234_567), "1,234,567원", "₩1,234,567"),
            (Money::new(1_234, Currency::Usd), "12.34 USD", "12.34 USD"),
        ] {
            assert_eq!(shown(Language::Korean, amount), korean);
            assert_eq!(shown(Language::English, amount), english);
        }
    }

    #[test]
    fn an_address_in_a_link_cannot_leave_its_quotes() {
        let page = note(Language::English, Note::Expired, Some("https://shop.example/?a=1&b=\"'<>"));
        assert!(page.contains("href=\"https://shop.example/?a=1&amp;b=&quot;&#39;&lt;&gt;\""), "{page}");
    }
}
