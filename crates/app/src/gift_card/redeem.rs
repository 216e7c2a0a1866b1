//! A code becomes a payer's balance: once, whoever asks, however often and however many at once.
//!
//! The card's row is locked, its machine knows no way out of redeemed, its version is compared, and the ledger takes
//! one redemption a card.

use steelyard_domain::{
    Money, PayerId, Span, Tenant,
    gift_card::{GiftCard, GiftCardError, GiftCardState, GiftCode},
    ledger::{AccountKey, gift_card},
};

use crate::{
    App,
    idempotency::{self, Claimed},
    payment::check_room,
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, Reply},
    view::{GiftCardView, RedeemedView, RedemptionView, to_json},
    workset::{Needs, Workset},
};

const OPERATION: &str = "POST /v1/payers/{id}/redeem";

/// How long a payer who types their code once more is told again what it brought.
const ANSWER_LOST: Span = Span::from_minutes(10);

/// Whose code, for whom.
struct Redemption {
    payer: PayerId,
    code_hash: Vec<u8>,
}

impl Redemption {
    fn needs(&self, needs: &mut Needs) {
        needs.payer_with_top_ups(self.payer);
        needs.gift_card_of_code(&self.code_hash);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Some(card) = workset.people.gift_card_of_code(&self.code_hash) {
            needs.account(&gift_card::outstanding(card));
            needs.account(&AccountKey::payer(card.tenant.mode, self.payer, card.currency));
        }
    }

    /// `issuer`: whose cards only are known.
    fn decide(&self, workset: &mut Workset, issuer: Option<Tenant>) -> Result<GiftCard, Problem> {
        let unknown = || Problem::new(Code::GiftCardUnknown).param("code");
        let mode = workset.people.payer(self.payer)?.mode;
        let card = workset.people.gift_card_of_code(&self.code_hash).ok_or_else(unknown)?;
        let (id, tenant) = (card.id, card.tenant);
        // Test money never becomes live, nor does a merchant learn of another's cards.
        if tenant.mode != mode || issuer.is_some_and(|issuer| issuer != tenant) {
            return Err(unknown());
        }
        let now = workset.business_now(tenant)?;
        let lately = card.redeemed_at.is_some_and(|at| now < at.after(ANSWER_LOST));
        if card.redeemed_by == Some(self.payer) && lately && issuer.is_none() {
            // A phone that lost the answer asks again, and the card is in their balance.
            return Ok(card.clone());
        }
        if card.state == GiftCardState::Issued {
            check_room(workset, mode, self.payer, Money::new(card.amount, card.currency))?;
        }
        let card = workset.people.gift_cards.edit(&id).ok_or_else(unknown)?;
        card.redeem(self.payer, now).map_err(|error| {
            let code = match error {
                GiftCardError::Used => Code::GiftCardUsed,
                GiftCardError::Expired => Code::GiftCardExpired,
            };
            Problem::new(code).param("code")
        })?;
        let card = card.clone();
        workset.post(&gift_card::redeemed(&card, self.payer))?;
        let data = to_json(&GiftCardView::new(&card));
        workset.emit(tenant, "giftCard.redeemed", id.to_string(), card.version, data);
        Ok(card)
    }
}

/// A payer types the code into the app.
struct RedeemByPayer(Redemption);

impl Command for RedeemByPayer {
    type Answer = GiftCard;

    fn name(&self) -> &'static str {
        "redeemGiftCard"
    }

    fn needs(&self, needs: &mut Needs) {
        self.0.needs(needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        self.0.needs_of_orders(workset, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<GiftCard, Problem> {
        self.0.decide(workset, None)
    }
}

/// The issuer redeems a card of its own for a payer.
struct RedeemByIssuer {
    call: Call,
    redemption: Redemption,
}

impl Command for RedeemByIssuer {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "redeemGiftCardForPayer"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
        self.redemption.needs(needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        self.redemption.needs_of_orders(workset, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        // A payer of the other mode is not there for this key.
        let payer = self.redemption.payer;
        if workset.people.payer(payer)?.mode != self.call.tenant.mode {
            return Err(Problem::new(Code::NotFound).detail(payer.to_string()));
        }
        let card = self.redemption.decide(workset, Some(self.call.tenant))?;
        let data = to_json(&RedemptionView::new(payer, &card));
        let body = success_body(&data, self.call.language, &self.call.request_id);
        let reply = Reply { status: 200, body, replayed: false };
        idempotency::finish(workset, &self.call, OPERATION, key, card.id.uuid(), &reply);
        Ok(reply)
    }
}

impl App {
    async fn redemption(&self, payer: PayerId, code: &GiftCode) -> Result<Redemption, Problem> {
        let code_hash = self.code_hashes(std::iter::once(code)).await?.pop().unwrap_or_default();
        Ok(Redemption { payer, code_hash })
    }

    /// Adds a gift card to a payer's balance.
    ///
    /// # Errors
    /// `GIFT_CARD_UNKNOWN`, also for a card of the other mode; `GIFT_CARD_USED`; `GIFT_CARD_EXPIRED`; `BALANCE_LIMIT`.
    pub async fn redeem(&self, payer: PayerId, code: &GiftCode) -> Result<RedeemedView, Problem> {
        let redemption = self.redemption(payer, code).await?;
        let card = self.pipeline().submit(RedeemByPayer(redemption)).await?;
        let payer = self.payer_view(payer).await?;
        Ok(RedeemedView { amount: card.amount, currency: card.currency.code(), payer })
    }

    /// The same, by the card's issuer: other merchants' cards are unknown to it.
    pub async fn redeem_for_payer(&self, call: Call, payer: PayerId, code: &GiftCode) -> Result<Reply, Problem> {
        let redemption = self.redemption(payer, code).await?;
        Ok(self.pipeline().submit(RedeemByIssuer { call, redemption }).await?)
    }
}
