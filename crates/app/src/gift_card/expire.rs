//! Gift cards whose time is over, by each issuer's own clock.

use steelyard_domain::{GiftCardId, Tenant, gift_card::GiftCard, ledger::gift_card, limits::JANITOR_CLAIM_MAX};
use steelyard_store::{gift_card::expiring_gift_cards, reach::Reach};

use crate::{
    App,
    janitor::Clocks,
    pipeline::Command,
    problem::Problem,
    read::unavailable,
    view::{GiftCardView, to_json},
    workset::{Needs, Workset},
};

struct ExpireGiftCard {
    tenant: Tenant,
    id: GiftCardId,
}

impl ExpireGiftCard {
    fn card<'w>(&self, workset: &'w Workset) -> Option<&'w GiftCard> {
        workset.people.gift_cards.get(&self.id)
    }
}

impl Command for ExpireGiftCard {
    type Answer = ();

    fn name(&self) -> &'static str {
        "expireGiftCard"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.gift_card(self.id);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Some(card) = self.card(workset) {
            needs.account(&gift_card::source(card));
            needs.account(&gift_card::outstanding(card));
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.business_now(self.tenant)?;
        let Some(card) = self.card(workset) else { return Ok(()) };
        let mut ended = card.clone();
        // Redeemed or ended since it was looked for, or its time has not come: nothing to do.
        if ended.expire(now) != Ok(true) {
            return Ok(());
        }
        if let Some(posting) = gift_card::expired(&ended) {
            workset.post(&posting)?;
        }
        let data = to_json(&GiftCardView::new(&ended));
        workset.emit(self.tenant, "giftCard.expired", self.id.to_string(), ended.version, data);
        if let Some(card) = workset.people.gift_cards.edit(&self.id) {
            *card = ended;
        }
        Ok(())
    }
}

impl App {
    pub(crate) async fn expire_gift_cards(&self) -> Result<(), Problem> {
        let reader = self.reader().await?;
        let clocks = Clocks::look(&reader, self.clock().now()).await?;
        drop(reader);
        for reach in clocks.reaches() {
            self.expire_gift_cards_within(reach).await?;
        }
        Ok(())
    }

    async fn expire_gift_cards_within(&self, reach: Reach) -> Result<(), Problem> {
        let limit = i64::try_from(JANITOR_CLAIM_MAX).unwrap_or(i64::MAX);
        let mut after = None;
        loop {
            let reader = self.reader().await?;
            let cards = expiring_gift_cards(&reader, reach, after, limit).await.map_err(unavailable)?;
            drop(reader);
            let Some(last) = cards.last() else { return Ok(()) };
            after = last.expires_at.map(|at| (at.micros(), last.id.uuid()));
            let ends = cards.into_iter().map(|card| async move {
                let place = self.pipeline().place_when_free().await?;
                place.submit(ExpireGiftCard { tenant: card.tenant, id: card.id }).await
            });
            for ended in futures_util::future::join_all(ends).await {
                if let Err(problem) = ended {
                    tracing::warn!(?problem, "a gift card's end is tried again");
                }
            }
        }
    }
}
