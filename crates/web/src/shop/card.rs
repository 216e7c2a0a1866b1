//! A card on a receipt, in words: the API names brands and issuers by codes.

use serde::{Deserialize, Serialize};
use steelyard_app::Language;

const BRANDS: [(&str, &str, &str); 7] = [
    ("visa", "비자", "Visa"),
    ("mastercard", "마스터카드", "Mastercard"),
    ("amex", "아멕스", "American Express"),
    ("jcb", "JCB", "JCB"),
    ("unionpay", "유니온페이", "UnionPay"),
    ("domestic", "국내 카드", "Korean card"),
    ("unknown", "카드", "Card"),
];
const ISSUERS: [(&str, &str, &str); 8] = [
    ("kookmin", "KB국민", "KB Kookmin"),
    ("samsung", "삼성", "Samsung"),
    ("hyundai", "현대", "Hyundai"),
    ("shinhan", "신한", "Shinhan"),
    ("bc", "BC", "BC"),
    ("lotte", "롯데", "Lotte"),
    ("hana", "하나", "Hana"),
    ("nonghyup", "NH농협", "NH Nonghyup"),
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
        let brand = named(&BRANDS, &brand, language).unwrap_or(brand);
        Card { brand, issuer: named(&ISSUERS, &issuer, language), last4, installment_months }
    }
}

fn named(table: &[(&str, &str, &str)], code: &str, language: Language) -> Option<String> {
    let (_, korean, english) = table.iter().find(|(known, _, _)| *known == code)?;
    Some(String::from(match language {
        Language::Korean => *korean,
        Language::English => *english,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_names_and_what_nobody_knows_is_left_out() {
        let told = |brand: &str, issuer: &str| CardTold {
            brand: brand.to_owned(),
            issuer: issuer.to_owned(),
            last4: String::from("4242"),
            installment_months: 0,
        };
        let card = told("visa", "unknown").shown(Language::Korean);
        assert_eq!((card.brand.as_str(), card.issuer), ("비자", None));
        let card = told("domestic", "shinhan").shown(Language::English);
        assert_eq!((card.brand.as_str(), card.issuer.as_deref()), ("Korean card", Some("Shinhan")));
        assert_eq!(told("new", "new").shown(Language::English).brand, "new");
    }
}
