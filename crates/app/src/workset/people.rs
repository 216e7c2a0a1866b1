//! Payers with the cards they keep, their new sessions, and gift cards.

use futures_util::try_join;
use rustc_hash::{FxHashMap, FxHashSet};
use steelyard_domain::{
    GiftCardId, MerchantId, Mode, OrderId, PayerId, VaultCardId,
    gift_card::GiftCard,
    payer::{Payer, PayerSession},
    vault::VaultCard,
};
use steelyard_store::{
    Script, StoreError, Tx, Value,
    gift_card::{gift_cards_by_code, gift_cards_by_id},
    payer::{TopUpUnderWay, payers_by_email, payers_by_id, top_ups_under_way, vault_cards_of_payers},
};
use uuid::Uuid;

use super::rows::Rows;
use crate::problem::{Code, Problem};

/// What commands ask for.
#[derive(Debug, Default)]
pub struct Needs {
    payers: FxHashSet<PayerId>,
    emails: FxHashSet<(Mode, String)>,
    /// Those of `payers` whose top-ups under way are wanted, too.
    with_top_ups: FxHashSet<PayerId>,
    gift_cards: FxHashSet<GiftCardId>,
    codes: FxHashSet<Vec<u8>>,
}

impl Needs {
    pub fn has_no_names(&self) -> bool {
        self.emails.is_empty() && self.codes.is_empty()
    }
}

impl super::Needs {
    /// A payer with the cards they keep.
    pub fn payer(&mut self, id: PayerId) {
        self.people.payers.insert(id);
    }

    /// The same, with what is on its way to their balance.
    pub fn payer_with_top_ups(&mut self, id: PayerId) {
        self.people.payers.insert(id);
        self.people.with_top_ups.insert(id);
    }

    /// Whoever has this e-mail.
    pub fn payer_of_email(&mut self, mode: Mode, email: &str) {
        self.people.emails.insert((mode, email.to_owned()));
    }

    pub fn gift_card(&mut self, id: GiftCardId) {
        self.people.gift_cards.insert(id);
    }

    /// Whatever gift card has a code of this hash, and its issuer.
    pub fn gift_card_of_code(&mut self, hash: &[u8]) {
        self.people.codes.insert(hash.to_vec());
    }
}

/// Rows of a batch that belong to people rather than to merchants.
#[derive(Default)]
pub struct People {
    payers: Rows<PayerId, Payer>,
    emails: FxHashMap<(Mode, String), PayerId>,
    top_ups: FxHashMap<OrderId, TopUpUnderWay>,
    pub(crate) cards: Rows<VaultCardId, VaultCard>,
    pub(crate) gift_cards: Rows<GiftCardId, GiftCard>,
    codes: FxHashMap<Vec<u8>, GiftCardId>,
    new_sessions: Vec<PayerSession>,
    /// How many sessions there were when the command under way began.
    mark: usize,
}

fn sorted(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids
}

impl People {
    pub fn begin(&mut self) {
        self.mark = self.new_sessions.len();
        self.payers.begin();
        self.cards.begin();
        self.gift_cards.begin();
    }

    pub fn undo(&mut self) {
        self.new_sessions.truncate(self.mark);
        self.payers.undo();
        self.cards.undo();
        self.gift_cards.undo();
        let payers = &self.payers;
        self.emails.retain(|_, id| payers.contains(id));
    }

    pub fn has_changes(&self) -> bool {
        !self.new_sessions.is_empty()
            || self.payers.has_changes()
            || self.cards.has_changes()
            || self.gift_cards.has_changes()
    }

    /// Names to ids. The answer is the merchants that gift cards belong to.
    pub async fn load_names(&mut self, tx: &Tx<'_>, needs: &mut Needs) -> Result<Vec<MerchantId>, StoreError> {
        let mut emails: Vec<&(Mode, String)> = needs.emails.iter().collect();
        emails.sort_unstable();
        let emails: Vec<Vec<Value>> =
            emails.into_iter().map(|(mode, email)| vec![mode.as_str().into(), email.as_str().into()]).collect();
        let mut codes: Vec<&Vec<u8>> = needs.codes.iter().collect();
        codes.sort_unstable();
        let codes: Vec<Vec<Value>> = codes.into_iter().map(|hash| vec![Value::Bytes(hash.clone())]).collect();
        let (payers, cards) = try_join!(payers_by_email(tx, &emails), gift_cards_by_code(tx, &codes))?;
        for payer in payers {
            self.emails.insert((payer.mode, payer.email), payer.id);
            needs.payers.insert(payer.id);
        }
        let issuers = cards.iter().map(|card| card.tenant.merchant).collect();
        for card in cards {
            self.codes.insert(card.code_hash, card.id);
            needs.gift_cards.insert(card.id);
        }
        Ok(issuers)
    }

    /// Payers, locked, with their cards; then gift cards, locked.
    pub async fn load(&mut self, tx: &Tx<'_>, needs: &Needs) -> Result<(), StoreError> {
        let payers = sorted(needs.payers.iter().map(|id| id.uuid()));
        let with_top_ups = sorted(needs.with_top_ups.iter().map(|id| id.uuid()));
        let gift_cards = sorted(needs.gift_cards.iter().map(|id| id.uuid()));
        let (payers, cards, gift_cards) = try_join!(
            payers_by_id(tx, &payers),
            vault_cards_of_payers(tx, &payers),
            gift_cards_by_id(tx, &gift_cards),
        )?;
        // Asked when the payers' locks are held: what their last holder committed is seen.
        for top_up in top_ups_under_way(tx, &with_top_ups).await? {
            self.top_ups.insert(top_up.order, top_up);
        }
        for payer in payers {
            let version = payer.version;
            self.payers.load(payer.id, payer, version);
        }
        for card in cards {
            let version = card.version;
            self.cards.load(card.id, card, version);
        }
        for card in gift_cards {
            let version = card.version;
            self.gift_cards.load(card.id, card, version);
        }
        Ok(())
    }

    /// Writes new rows, those first that others name.
    pub fn insert<'a>(&'a self, script: &mut Script<'a>) {
        script.insert(self.payers.writes().inserts);
        script.insert(self.new_sessions.iter().collect());
        script.insert(self.cards.writes().inserts);
        script.insert(self.gift_cards.writes().inserts);
    }

    pub fn update<'a>(&'a self, script: &mut Script<'a>) {
        script.update(self.payers.writes().updates);
        script.update(self.cards.writes().updates);
        script.update(self.gift_cards.writes().updates);
    }

    /// A payer of this id. One that is not there has not signed up.
    pub fn payer(&self, id: PayerId) -> Result<&Payer, Problem> {
        self.payers.get(&id).ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    pub fn payer_mut(&mut self, id: PayerId) -> Result<&mut Payer, Problem> {
        self.payers.edit(&id).ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    pub fn payer_of_email(&self, mode: Mode, email: &str) -> Option<PayerId> {
        self.emails.get(&(mode, email.to_owned())).copied()
    }

    pub fn insert_payer(&mut self, payer: Payer) {
        self.emails.insert((payer.mode, payer.email.clone()), payer.id);
        self.payers.insert(payer.id, payer);
    }

    pub fn insert_session(&mut self, session: PayerSession) {
        self.new_sessions.push(session);
    }

    /// A payer's top-ups that were under way when the batch was loaded.
    pub fn top_ups_of(&self, payer: PayerId) -> impl Iterator<Item = &TopUpUnderWay> {
        self.top_ups.values().filter(move |top_up| top_up.payer == payer)
    }

    /// How many cards a payer keeps now.
    pub fn cards_of(&self, payer: PayerId) -> usize {
        self.cards.slots().filter(|(_, slot)| slot.value.payer == payer && slot.value.is_live()).count()
    }

    pub fn gift_card_of_code(&self, hash: &[u8]) -> Option<&GiftCard> {
        self.codes.get(hash).and_then(|id| self.gift_cards.get(id))
    }
}
