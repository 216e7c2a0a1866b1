//! `/v1/gift-cards`, and their redemption for a payer.

use serde::Deserialize;
use steelyard_app::{
    Code,
    request::NewGiftCards,
    view::{GiftCardView, GiftCardsView, RedemptionView},
};
use steelyard_domain::{
    Currency, PayerId,
    gift_card::{GiftCardKind, GiftCode},
    limits::GIFT_CARDS_ISSUED_MAX,
    merchant::Scope,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field,
    idempotency::Keyed,
    page::PageView,
    query,
};

const LIST: &str = "giftCards";

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let write = Terms::write(Scope::GiftCardsWrite, Keyed::Required);
    endpoints
        .add(
            write.codes(&[Code::MerchantSuspended, Code::CurrencyMismatch, Code::BalanceLimit, Code::TooMany]),
            routes!(issue_gift_cards),
        )
        .add(Terms::read(Scope::GiftCardsRead), routes!(list_gift_cards))
        .add(
            write.codes(&[
                Code::NotFound,
                Code::GiftCardUnknown,
                Code::GiftCardUsed,
                Code::GiftCardExpired,
                Code::BalanceLimit,
                Code::TooMany,
            ]),
            routes!(redeem_gift_card),
        )
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"count": 10, "amount": 10_000, "kind": "given", "expiresAt": "2031-11-21T00:00:00+09:00"}))]
struct GiftCardsBody {
    /// How many.
    #[schema(minimum = 1, maximum = 100)]
    count: i64,
    /// Of each, in minor units.
    #[schema(minimum = 1)]
    amount: i64,
    /// `KRW`, which a payer's balance is in.
    #[schema(nullable = false)]
    currency: Option<String>,
    /// `given` (the default) or `sold`: whether somebody paid you for them.
    #[schema(nullable = false)]
    kind: Option<String>,
    /// When they can be redeemed no more; never where it is left out.
    #[schema(nullable = false)]
    expires_at: Option<String>,
}

impl GiftCardsBody {
    fn parsed(self) -> Result<NewGiftCards, Fault> {
        let max = i64::try_from(GIFT_CARDS_ISSUED_MAX).unwrap_or(i64::MAX);
        let count = field::within("count", self.count, 1, max)?;
        let kind = self.kind.map(|kind| field::choice("kind", &kind, &GiftCardKind::ALL, GiftCardKind::as_str));
        Ok(NewGiftCards {
            count: usize::try_from(count).unwrap_or(GIFT_CARDS_ISSUED_MAX),
            amount: field::amount("amount", self.amount)?,
            currency: field::currency("currency", self.currency.as_deref())?.unwrap_or(Currency::Krw),
            kind: kind.transpose()?.unwrap_or(GiftCardKind::Given),
            expires_at: self.expires_at.map(|at| field::time("expiresAt", &at)).transpose()?,
        })
    }
}

/// Issue gift cards
///
/// The answer is the only time their codes are shown: the same request asked again is answered without them.
#[utoipa::path(post, path = "/v1/gift-cards", tag = "Gift cards", operation_id = "issueGiftCards",
    request_body = GiftCardsBody,
    responses((status = 201, description = "The cards, with their codes", body = Answer<GiftCardsView>)))]
async fn issue_gift_cards(mut ask: Write) -> Answered {
    let new = ask.read(GiftCardsBody::parsed)?;
    ask.run(|app, call| async move { app.issue_gift_cards(call, new).await }).await
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GiftCardQuery {
    /// 1 to 100.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    cursor: Option<String>,
}

/// List gift cards
#[utoipa::path(get, path = "/v1/gift-cards", tag = "Gift cards", operation_id = "listGiftCards", params(GiftCardQuery),
    responses((status = 200, description = "Gift cards without their codes, newest first",
        body = Answer<PageView<GiftCardView>>)))]
async fn list_gift_cards(ask: Read) -> Answered {
    let query: GiftCardQuery = ask.query()?;
    let limit = query::limit(query.limit.as_deref())?;
    let cursor = ask.cursor(LIST, query.cursor.as_deref()).await?.map(|key| (key.at, key.id));
    let page = ask.app().gift_cards(ask.tenant(), cursor, limit).await?;
    ask.page(LIST, page).await
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"code": "7K2M-9QXA-4ZTB-01HE"}))]
struct RedeemBody {
    /// 16 letters and numbers; case, spaces and hyphens do not count.
    code: String,
}

impl RedeemBody {
    fn parsed(self) -> Result<GiftCode, Fault> {
        GiftCode::parse(&self.code).ok_or_else(|| Fault::new("code", Rule::GiftCode))
    }
}

/// Redeem a gift card for a payer
///
/// One of your own cards becomes the balance of a payer, who spends it at any merchant. Other merchants' codes are
/// unknown here.
#[utoipa::path(post, path = "/v1/payers/{id}/redeem", tag = "Gift cards", operation_id = "redeemGiftCard",
    params(("id" = String, Path, description = "`pyr_…`")), request_body = RedeemBody,
    responses((status = 200, description = "What was added", body = Answer<RedemptionView>)))]
async fn redeem_gift_card(Id(payer): Id<PayerId>, mut ask: Write) -> Answered {
    let code = ask.read(RedeemBody::parsed)?;
    ask.run(move |app, call| async move { app.redeem_for_payer(call, payer, &code).await }).await
}
