//! A card on a receipt, in words: the API names brands and issuers by codes. `assets/js/card-name.mjs` has the same
//! names; the examples in `tests/format.json` hold both to them.

use serde::{Deserialize, Serialize};
use steelyard_app::Language;

use crate::words::Words;

const ISSUERS: [(&str, &str, &str); 8] = [
    ("kookmin", "KB국민카드", "KB Kookmin"),
    ("samsung", "삼성카드", "Samsung"),
    ("hyundai", "현대카드", "Hyundai"),
    ("shinhan", "신한카드", "Shinhan"),
    ("bc", "BC카드", "BC"),
    ("lotte", "롯데카드", "Lotte"),
    ("hana", "하나카드", "Hana"),
    ("nonghyup", "NH농협카드", "NH Nonghyup"),
];

/// As the API tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CardTold {
    brand: String,
    issuer: String,
    last4: String,
    installment_months: u8,
}

/// As the receipt shows it. Who issued a card from abroad is not known; it has its brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    brand: String,
    issuer: Option<String>,
    last4: String,
    installment_months: u8,
}

impl CardTold {
    pub(super) fn shown(self, language: Language) -> Card {
        let CardTold { brand, issuer, last4, installment_months } = self;
        let brand = Words::of(language).brand(&brand).to_owned();
        Card { brand, issuer: issued_by(&issuer, language), last4, installment_months }
    }
}

fn issued_by(code: &str, language: Language) -> Option<String> {
    let (_, korean, english) = ISSUERS.iter().find(|(known, _, _)| *known == code)?;
    Some(String::from(match language {
        Language::Korean => *korean,
        Language::English => *english,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Examples {
        cards: Vec<(String, String, String, String, Option<String>)>,
    }

    #[test]
    fn cards_are_called_what_the_browser_calls_them() {
        let examples: Examples = serde_json::from_str(include_str!("../../tests/format.json")).unwrap();
        assert!(ISSUERS.iter().all(|(code, _, _)| examples.cards.iter().any(|(_, issuer, ..)| issuer == code)));
        for (brand, issuer, tag, brand_name, issuer_name) in examples.cards {
            let told = CardTold { brand, issuer, last4: String::from("4242"), installment_months: 0 };
            let card = told.shown(Language::named(&tag).unwrap());
            assert_eq!((card.brand, card.issuer), (brand_name, issuer_name));
        }
    }
}
