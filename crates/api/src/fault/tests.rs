use super::*;

#[test]
fn a_path_grows_outward_from_the_field() {
    let fault = Fault::new("quantity", Rule::Missing).at(2).under("lines").under("order");
    assert_eq!(fault.path, "order.lines[2].quantity");
}

#[test]
fn every_rule_is_told_in_both_languages_with_the_field_it_is_about() {
    let rules = [
        Rule::Missing,
        Rule::Type(Kind::Integer),
        Rule::Range { min: 1, max: 9 },
        Rule::NotZero,
        Rule::Characters { max: 64 },
        Rule::Items { min: 1, max: 100 },
        Rule::ControlCharacter,
        Rule::OneOf(vec!["card", "wallet"]),
        Rule::Id("pay"),
        Rule::Time,
        Rule::TimeOrder,
        Rule::Past,
        Rule::Rate(RateError::TooPrecise),
        Rule::Email,
        Rule::Phone,
        Rule::NotWith("orderId"),
        Rule::WithholdingOfBusiness,
        Rule::GiftCode,
        Rule::Repeated,
        Rule::KeyForm,
    ];
    for rule in rules {
        let fault = Fault::new("some.field", rule);
        let (english, korean) = (fault.problem(Language::English), fault.problem(Language::Korean));
        assert!(english.detail.contains("some.field"), "{english:?}");
        assert!(korean.detail.contains("some.field"), "{korean:?}");
        assert!(korean.detail.chars().any(|letter| ('가'..='힣').contains(&letter)), "{korean:?}");
        assert_ne!(english.detail, korean.detail);
        assert_eq!(english.param.as_deref(), Some("some.field"));
        assert_eq!(english.status(), 400);
    }
}

#[test]
fn card_data_is_a_business_rule_and_so_is_a_method_that_is_not_there_yet() {
    let card = Fault::new("method.card.number", Rule::Card(CardError::NumberCheckDigit)).problem(Language::English);
    assert_eq!((card.code, card.status()), (Code::InvalidCard, 422));
    let method = Fault::new("method.type", Rule::MethodUnavailable(MethodType::Wallet)).problem(Language::Korean);
    assert_eq!((method.code, method.detail.as_str()), (Code::MethodNotAvailable, "wallet"));
}
