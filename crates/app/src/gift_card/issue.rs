//! `POST /v1/gift-cards`: codes come into the world, and are shown once.

use steelyard_domain::{
    Currency, GiftCardId,
    gift_card::{GiftCard, GiftCardState, GiftCode},
    ledger::gift_card,
    limits::BALANCE_MAX,
    merchant::MerchantStatus,
};

use crate::{
    App,
    clock::{new_id, random_bytes},
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, NewGiftCards, Reply},
    view::{GiftCardView, GiftCardsView, IssuedGiftCardView, to_json},
    workset::{Needs, Workset},
};

const OPERATION: &str = "POST /v1/gift-cards";

struct IssueGiftCards {
    call: Call,
    new: NewGiftCards,
    /// Ids, codes and the codes' hashes.
    made: Vec<(GiftCardId, GiftCode, Vec<u8>)>,
}

impl IssueGiftCards {
    fn card(&self, workset: &Workset, id: GiftCardId, code_hash: &[u8]) -> Result<GiftCard, Problem> {
        Ok(GiftCard {
            id,
            tenant: self.call.tenant,
            code_hash: code_hash.to_vec(),
            kind: self.new.kind,
            state: GiftCardState::Issued,
            amount: self.new.amount,
            currency: self.new.currency,
            issued_at: workset.business_now(self.call.tenant)?,
            expires_at: self.new.expires_at,
            redeemed_by: None,
            redeemed_at: None,
            version: 1,
        })
    }

    fn answer(&self, cards: &[GiftCard], with_codes: bool) -> Reply {
        let items = cards.iter().zip(&self.made).map(|(card, (_, code, _))| IssuedGiftCardView {
            card: GiftCardView::new(card),
            code: with_codes.then(|| code.shown()),
        });
        let data = to_json(&GiftCardsView { items: items.collect() });
        let body = success_body(&data, self.call.language, &self.call.request_id);
        Reply { status: 201, body, replayed: false }
    }
}

impl Command for IssueGiftCards {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "issueGiftCards"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        // All cards of a request are alike, so are their accounts.
        let first = self.made.first().and_then(|(id, _, hash)| self.card(workset, *id, hash).ok());
        if let Some(card) = first {
            needs.account(&gift_card::source(&card));
            needs.account(&gift_card::outstanding(&card));
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        if workset.merchant(tenant.merchant)?.status != MerchantStatus::Active {
            return Err(Problem::new(Code::MerchantSuspended));
        }
        let now = workset.business_now(tenant)?;
        if self.new.expires_at.is_some_and(|expires_at| expires_at <= now) {
            let problem = Problem::new(Code::InvalidRequest);
            return Err(problem.said("expiresAt is not in the future", "expiresAt이 이미 지났어요").param("expiresAt"));
        }
        let mut cards = Vec::with_capacity(self.made.len());
        for (id, _, hash) in &self.made {
            let card = self.card(workset, *id, hash)?;
            workset.post(&gift_card::issued(&card))?;
            workset.emit(tenant, "giftCard.issued", id.to_string(), 1, to_json(&GiftCardView::new(&card)));
            workset.people.gift_cards.insert(*id, card.clone());
            cards.push(card);
        }
        let object = cards.first().map_or(tenant.merchant.uuid(), |card| card.id.uuid());
        idempotency::finish(workset, &self.call, OPERATION, key, object, &self.answer(&cards, false));
        Ok(self.answer(&cards, true))
    }
}

fn check_redeemable(new: &NewGiftCards) -> Result<(), Problem> {
    if new.currency != Currency::Krw {
        let (english, korean) = ("a payer's balance is in KRW", "결제자의 잔액은 KRW예요");
        return Err(Problem::new(Code::CurrencyMismatch).said(english, korean).param("currency"));
    }
    if new.amount > BALANCE_MAX {
        return Err(Problem::new(Code::BalanceLimit).param("amount"));
    }
    Ok(())
}

impl App {
    /// Issues gift cards. The answer holds the only copies of their codes: asked again, it is without them.
    ///
    /// # Errors
    /// Of another currency than won, or of more than a balance holds: nobody could ever redeem it.
    pub async fn issue_gift_cards(&self, call: Call, new: NewGiftCards) -> Result<Reply, Problem> {
        check_redeemable(&new)?;
        let codes: Vec<GiftCode> = (0..new.count).map(|_| GiftCode::from_bytes(random_bytes())).collect();
        let hashes = self.code_hashes(codes.iter()).await?;
        let made = codes.into_iter().zip(hashes).map(|(code, hash)| (GiftCardId::from_uuid(new_id()), code, hash));
        let made = made.collect();
        Ok(self.pipeline().submit(IssueGiftCards { call, new, made }).await?)
    }
}
