//! The demonstration's payers: each with a card and a gift card redeemed, made by real commands.

use steelyard_app::{
    App,
    request::{NewGiftCards, NewPayer, NewVaultCard, Secret},
    vault::VaultKeys,
};
use steelyard_domain::{
    Mode, PayerId,
    gift_card::{GiftCardKind, GiftCode},
    method::{Card, CardNumber},
    money::Currency,
};
use steelyard_store::engine::Target;
use steelyard_web::DemoPayer;

use super::seed::{Merchant, call, data, refused, text};
use crate::{
    config::{Config, Hidden},
    output::Failed,
};

const PEOPLE: [(&str, &str); 2] = [("김하늘", "haneul@example.com"), ("이바다", "bada@example.com")];
const PASSWORD: &str = "steelyard-demo";
const PIN: &str = "204060";
/// Won, of each one's gift card.
const BALANCE: i64 = 150_000;

/// Whom the payer app and the demonstration's box show.
pub fn shown() -> Vec<DemoPayer> {
    let payer = |(name, email): (&str, &str)| DemoPayer {
        name: name.to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        pin: PIN.to_owned(),
        mode: Mode::Test.as_str(),
    };
    PEOPLE.into_iter().map(payer).collect()
}

/// On PostgreSQL there is no file with keys for the payers' cards. Nothing of a demonstration outlives its run: nor do
/// the keys of this one.
pub fn keep_cards(config: &mut Config, target: &Target) {
    if matches!(target, Target::Postgres(_)) && config.settings.vault_keys.is_none() {
        config.settings.vault_keys = Some(Hidden::new(VaultKeys::generate().text().to_string()));
    }
}

/// Signs everybody up. The gift cards are `merchant`'s.
pub async fn invite(app: &App, merchant: &Merchant) -> Result<(), Failed> {
    let call = call(merchant.tenant, "/v1/gift-cards", "demo-gift-cards");
    let new = NewGiftCards {
        count: PEOPLE.len(),
        amount: BALANCE,
        currency: Currency::Krw,
        kind: GiftCardKind::Given,
        expires_at: None,
    };
    let issued = data(&app.issue_gift_cards(call, new).await.map_err(|problem| refused(&problem))?)?;
    let code = |index: usize| {
        let code = GiftCode::parse(text(&issued["items"][index], "code")?);
        code.ok_or_else(|| Failed(String::from("a gift card without a code")))
    };
    let [first, second] = PEOPLE;
    // Passwords take their time on purpose: both at once.
    tokio::try_join!(welcome(app, first, code(0)?), welcome(app, second, code(1)?))?;
    Ok(())
}

async fn welcome(app: &App, (name, email): (&str, &str), code: GiftCode) -> Result<(), Failed> {
    let new = NewPayer {
        mode: Mode::Test,
        email: email.to_owned(),
        name: name.to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
        pin: Secret::new(PIN.to_owned()),
    };
    let payer = app.sign_up(new).await.map_err(|problem| refused(&problem))?.payer;
    let id = PayerId::parse(&payer.id)?;
    let number = CardNumber::parse("4242424242424242", Mode::Test)?;
    let card = Card { number, expiry_month: 12, expiry_year: 2049, cvc: None, birth_date: None, password_prefix: None };
    let card = NewVaultCard { card, nickname: None };
    app.add_card(id, card).await.map_err(|problem| refused(&problem))?;
    app.redeem(id, &code).await.map_err(|problem| refused(&problem))?;
    Ok(())
}
