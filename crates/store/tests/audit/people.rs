//! Payers and gift cards in the small shop, and faults in them.

use steelyard_domain::{
    Span, Tenant, Timestamp,
    gift_card::{GiftCard, GiftCardKind},
    ledger::{Posting, gift_card},
    payer::{Payer, PayerSession},
    vault::VaultCard,
};
use steelyard_store::Script;
use steelyard_testkit::Make;

use crate::faults::{Fault, only};

pub struct People {
    pub payer: Payer,
    session: PayerSession,
    cards: Vec<VaultCard>,
    gift_cards: Vec<GiftCard>,
}

impl People {
    pub fn new(make: &mut Make, tenant: Tenant) -> Self {
        let payer = make.payer(tenant.mode);
        let session = make.payer_session(payer.id);
        let mut removed = make.vault_card(&payer);
        removed.remove(make.now()).unwrap();
        let cards = vec![make.vault_card(&payer), removed];
        let mut gift_cards = Vec::new();
        for kind in GiftCardKind::ALL {
            for amount in [1_000, 3_000, 9_000] {
                let expires_at = Some(make.now().after(Span::from_micros(amount)));
                gift_cards.push(GiftCard { kind, expires_at, ..make.gift_card(tenant, amount) });
            }
        }
        Self { payer, session, cards, gift_cards }
    }

    /// Of each kind one stays issued, one is redeemed, and one expires. Each step with its posting and event.
    pub fn spend(&mut self, now: Timestamp) -> Vec<(Option<Posting>, GiftCard, &'static str)> {
        let mut steps = Vec::new();
        for card in &mut self.gift_cards {
            steps.push((Some(gift_card::issued(card)), card.clone(), "giftCard.issued"));
            match card.amount {
                3_000 => {
                    card.redeem(self.payer.id, card.issued_at).unwrap();
                    steps.push((Some(gift_card::redeemed(card, self.payer.id)), card.clone(), "giftCard.redeemed"));
                }
                9_000 => {
                    assert_eq!(card.expire(now), Ok(true));
                    steps.push((gift_card::expired(card), card.clone(), "giftCard.expired"));
                }
                _ => card.expires_at = None,
            }
        }
        steps
    }

    pub fn fill<'a>(&'a self, script: &mut Script<'a>) {
        script.insert(vec![&self.payer]);
        script.insert(vec![&self.session]);
        script.insert(self.cards.iter().collect());
        script.insert(self.gift_cards.iter().collect());
    }
}

pub const FAULTS: &[Fault] = &[
    only(
        &["postings.sources"],
        "UPDATE ledger_transaction SET order_id = (SELECT id FROM product) WHERE kind = 'giftCardIssued'",
    ),
    Fault {
        plant: "UPDATE gift_card SET state = 'issued', redeemed_by = NULL, redeemed_at = NULL WHERE state = 'redeemed'",
        noticed_by: &["giftCards.postings", "balance.giftCards"],
    },
    Fault {
        plant: "UPDATE gift_card SET state = 'redeemed', redeemed_by = (SELECT id FROM payer), redeemed_at = issued_at
            WHERE state = 'issued'",
        noticed_by: &["giftCards.postings", "balance.giftCards"],
    },
    Fault {
        plant: "DELETE FROM ledger_transaction WHERE kind = 'giftCardRedeemed'",
        noticed_by: &["giftCards.postings", "ledger.entries", "ledger.seals"],
    },
    // A sold card that expired is still owed, a given one is not.
    Fault {
        plant: "UPDATE gift_card SET kind = 'given' WHERE state = 'expired' AND kind = 'sold'",
        noticed_by: &["giftCards.postings", "giftCards.amounts", "balance.giftCards"],
    },
    only(&["giftCards.amounts"], "UPDATE gift_card SET kind = 'sold' WHERE state = 'issued' AND kind = 'given'"),
    Fault {
        plant: "UPDATE gift_card SET amount = amount + 1 WHERE state = 'issued' AND kind = 'sold'",
        noticed_by: &["balance.giftCards", "giftCards.amounts"],
    },
    only(&["giftCards.redeemer"], "UPDATE payer SET mode = 'live'"),
    Fault {
        plant: "UPDATE account SET debits_posted = credits_posted + 1 WHERE code = 'payerBalance'",
        noticed_by: &["balance.payers", "ledger.counters"],
    },
    only(&["balance.payers"], "UPDATE account SET owner = '' WHERE code = 'payerBalance'"),
    only(&["vault.sealed"], "UPDATE vault_card SET sealed = NULL WHERE removed_at IS NULL"),
    only(&["cardNumber.payers"], "UPDATE payer SET name = '4242 4242 4242 4242'"),
    only(&["cardNumber.vault"], "UPDATE vault_card SET nickname = '4242-4242-4242-4242' WHERE removed_at IS NULL"),
];
