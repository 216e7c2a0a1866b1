//! Who sells what in the demonstration.

/// A merchant, its sellers and its shelf.
pub struct Shop {
    pub name: &'static str,
    /// As in `"0.0235"`.
    pub rate: &'static str,
    pub fixed_fee: i64,
    /// Short, for order ids.
    pub prefix: &'static str,
    pub sellers: &'static [Party],
    pub shelf: &'static [Article],
}

pub struct Party {
    pub name: &'static str,
    /// An individual, from whose payouts tax is withheld.
    pub individual: bool,
    pub bank: &'static str,
    pub account_number: &'static str,
}

pub struct Article {
    pub sku: &'static str,
    pub name: &'static str,
    pub price: i64,
    pub tax_free: bool,
    /// Index in the shop's sellers; none is the merchant itself.
    pub seller: Option<usize>,
    pub on_hand: i64,
    pub threshold: i64,
}

const fn article(
    sku: &'static str,
    name: &'static str,
    price: i64,
    seller: Option<usize>,
    on_hand: i64,
    threshold: i64,
) -> Article {
    Article { sku, name, price, tax_free: false, seller, on_hand, threshold }
}

const fn fresh(
    sku: &'static str,
    name: &'static str,
    price: i64,
    seller: Option<usize>,
    on_hand: i64,
    threshold: i64,
) -> Article {
    Article { sku, name, price, tax_free: true, seller, on_hand, threshold }
}

pub const SHOPS: [Shop; 3] = [
    Shop {
        name: "저울상회",
        rate: "0.0235",
        fixed_fee: 0,
        prefix: "HG",
        sellers: &[
            Party { name: "북촌 로스터스", individual: false, bank: "kookmin", account_number: "110-234-567890" },
            Party { name: "김다은 베이킹", individual: true, bank: "shinhan", account_number: "140-012-345678" },
        ],
        shelf: &[
            article("BEAN-YIRGA", "예가체프 원두 200g", 16_000, Some(0), 1_800, 100),
            article("BEAN-HOUSE", "하우스 블렌드 500g", 24_000, Some(0), 1_200, 100),
            article("DRIP-10", "드립백 10개입", 12_900, None, 2_500, 150),
            article("SCONE-6", "버터 스콘 6개", 15_600, Some(1), 240, 40),
            article("MUG-01", "손잡이 머그", 18_000, None, 150, 20),
            article("GRINDER", "핸드 그라인더", 69_000, None, 120, 15),
        ],
    },
    Shop {
        name: "제주 밭담 농장",
        rate: "0.0190",
        fixed_fee: 100,
        prefix: "JJ",
        sellers: &[
            Party {
                name: "성산 감귤 농가", individual: true, bank: "nonghyup", account_number: "301-0012-3456-71"
            },
            Party {
                name: "애월 영농조합", individual: false, bank: "nonghyup", account_number: "301-0098-7654-31"
            },
            Party { name: "이정호", individual: true, bank: "hana", account_number: "620-123456-78907" },
        ],
        shelf: &[
            fresh("GAM-5", "노지 감귤 5kg", 23_900, Some(0), 1_500, 100),
            fresh("HALLA-3", "한라봉 3kg", 34_500, Some(0), 900, 80),
            fresh("CARROT-5", "흙당근 5kg", 17_800, Some(1), 1_200, 100),
            article("JAM-2", "감귤잼 2병", 19_000, Some(2), 300, 50),
            article("TEA-40", "청귤차 40포", 22_000, Some(2), 260, 40),
        ],
    },
    Shop {
        name: "을지로 책방",
        rate: "0.03",
        fixed_fee: 0,
        prefix: "EB",
        sellers: &[
            Party { name: "골목 출판사", individual: false, bank: "hana", account_number: "620-998877-66504" },
            Party { name: "박서연", individual: true, bank: "kookmin", account_number: "942-21-0123-456" },
        ],
        shelf: &[
            fresh("BOOK-ALLEY", "골목의 시간", 17_000, Some(0), 1_400, 100),
            fresh("BOOK-BRIDGE", "다리 위의 사람들", 21_000, Some(0), 900, 60),
            article("NOTE-3", "가죽 노트 3권", 27_000, Some(1), 220, 40),
            article("PEN-BRASS", "황동 볼펜", 48_000, Some(1), 140, 20),
            article("BAG-TOTE", "캔버스 책가방", 33_000, None, 400, 40),
            article("GIFT-SET", "연말 선물 세트", 132_000, None, 160, 20),
        ],
    },
];

pub const FAMILY_NAMES: [&str; 10] = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"];
pub const GIVEN_NAMES: [&str; 12] =
    ["민준", "서연", "도윤", "지우", "하준", "서현", "예준", "수아", "시우", "지민", "은우", "다인"];

/// What is bought without a product of the catalogue.
pub const INLINE: [(&str, i64); 4] =
    [("모바일 상품권", 50_000), ("정기 후원", 10_000), ("클래스 수강권", 88_000), ("배송비 추가 결제", 3_500)];

/// Bins of Korean issuers, as the domain knows them.
pub const BINS: [&str; 10] =
    ["457973", "436420", "433028", "451842", "490220", "467009", "411900", "409220", "540926", "424242"];

/// A card number of `bin` with a right check digit.
#[must_use]
pub fn card_number(bin: &str, account: i64) -> String {
    let mut number = format!("{bin}{:09}", account.rem_euclid(1_000_000_000));
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            let counted = if index % 2 == 0 { digit * 2 } else { digit };
            if counted > 9 { counted - 9 } else { counted }
        })
        .sum();
    number.push_str(&((10 - sum % 10) % 10).to_string());
    number
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{Mode, method::CardNumber};

    use super::*;

    #[test]
    fn every_card_of_the_demonstration_passes_the_check() {
        for bin in BINS {
            for account in [0, 7, 123_456_789, 999_999_999] {
                CardNumber::parse(&card_number(bin, account), Mode::Live).unwrap();
            }
        }
    }

    #[test]
    fn every_article_belongs_to_a_seller_of_its_shop() {
        for shop in SHOPS {
            for article in shop.shelf {
                assert!(article.seller.is_none_or(|seller| seller < shop.sellers.len()), "{}", article.sku);
                assert!(article.on_hand > article.threshold && article.price > 0, "{}", article.sku);
            }
        }
    }
}
