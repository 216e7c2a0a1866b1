//! The cards a payer keeps: added, removed, opened to be charged, sealed anew.

use steelyard_domain::{
    PayerId, VaultCardId,
    limits::{RESEAL_BATCH_MAX, VAULT_CARDS_MAX},
    method::{Card, check_expiry},
    payer::name,
    vault::VaultCard,
};
use steelyard_store::payer::{payer, vault_card, vault_cards_not_sealed_with};

use crate::{
    App,
    clock::new_id,
    pipeline::Command,
    problem::{Code, Problem},
    read::{missing, unavailable},
    request::NewVaultCard,
    vault::{Sealed, UnsealError, VaultKeys},
    view::PayerView,
    workset::{Needs, Workset},
};

struct AddCard {
    card: VaultCard,
}

impl Command for AddCard {
    type Answer = ();

    fn name(&self) -> &'static str {
        "addCard"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.payer(self.card.payer);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let payer = workset.people.payer(self.card.payer)?.id;
        if workset.people.cards_of(payer) >= VAULT_CARDS_MAX {
            let (english, korean) =
                (format!("{VAULT_CARDS_MAX} cards"), format!("카드는 {VAULT_CARDS_MAX}장까지 보관할 수 있어요"));
            return Err(Problem::new(Code::TooMany).said(english, korean));
        }
        workset.people.cards.insert(self.card.id, self.card.clone());
        Ok(())
    }
}

struct RemoveCard {
    payer: PayerId,
    card: VaultCardId,
}

impl Command for RemoveCard {
    type Answer = ();

    fn name(&self) -> &'static str {
        "removeCard"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.payer(self.payer);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.now;
        let card = workset.people.cards.edit(&self.card).filter(|card| card.payer == self.payer);
        let card = card.ok_or_else(|| missing(self.card))?;
        card.remove(now).map_err(|_| missing(self.card))
    }
}

/// Cards under the current key. One that was removed or sealed by somebody else meanwhile stays as it is.
struct Reseal {
    cards: Vec<(PayerId, VaultCardId, i64, Sealed)>,
}

impl Command for Reseal {
    type Answer = usize;

    fn name(&self) -> &'static str {
        "resealCards"
    }

    fn needs(&self, needs: &mut Needs) {
        for (payer, ..) in &self.cards {
            needs.payer(*payer);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<usize, Problem> {
        let mut resealed = 0;
        for (_, id, seen, sealed) in &self.cards {
            let unchanged = workset.people.cards.get(id).is_some_and(|card| card.version == *seen && card.is_live());
            if let Some(card) = workset.people.cards.edit(id).filter(|_| unchanged) {
                card.key_version = sealed.key_version;
                card.sealed = Some(sealed.bytes.clone());
                card.version += 1;
                resealed += 1;
            }
        }
        Ok(resealed)
    }
}

fn closed(error: UnsealError) -> Problem {
    match error {
        UnsealError::Removed => Problem::new(Code::NotFound).said("the card was removed", "삭제한 카드예요"),
        UnsealError::NoKey { version } => Problem::new(Code::VaultUnavailable).said(
            format!("the server lacks the vault key of version {version}; see steelyard doctor"),
            format!("서버에 {version}번 보관 키가 없어요. steelyard doctor로 확인해 주세요"),
        ),
        UnsealError::Foreign => Problem::new(Code::VaultUnavailable)
            .said("this card cannot be read; add it again", "카드를 읽을 수 없어요. 다시 등록해 주세요"),
    }
}

impl App {
    fn vault_keys(&self) -> Result<&VaultKeys, Problem> {
        self.vault().ok_or_else(|| {
            Problem::new(Code::VaultUnavailable).said(
                "this server has no vault keys; set vault_keys (STEELYARD_VAULT_KEYS), see steelyard doctor",
                "서버에 카드 보관 키가 없어요. vault_keys(STEELYARD_VAULT_KEYS)를 설정하고 steelyard doctor로 확인해 주세요",
            )
        })
    }

    /// Keeps a card for a payer.
    ///
    /// # Errors
    /// `VAULT_UNAVAILABLE` without keys, `INVALID_CARD` if it has expired, `TOO_MANY` beyond 20 cards.
    pub async fn add_card(&self, id: PayerId, new: NewVaultCard) -> Result<PayerView, Problem> {
        let keys = self.vault_keys()?;
        let owner = payer(&self.reader().await?, id).await.map_err(unavailable)?.ok_or_else(|| missing(id))?;
        let now = self.clock().now();
        check_expiry(new.card.expiry_month, new.card.expiry_year, now).map_err(|error| {
            Problem::new(Code::InvalidCard)
                .said(error.to_string(), "유효 기간이 지났거나 올바르지 않아요")
                .param("expiry")
        })?;
        let nickname = new.nickname.as_deref().map(name).transpose().map_err(|error| {
            let korean = "카드 별명은 1자에서 100자까지예요. 카드 번호는 쓸 수 없어요";
            Problem::new(Code::InvalidRequest).said(error.to_string(), korean).param("nickname")
        })?;
        let card_id = VaultCardId::from_uuid(new_id());
        let sealed = keys.seal(card_id, id, &new.card);
        let summary = new.card.summary(0);
        let card = VaultCard {
            id: card_id,
            payer: id,
            mode: owner.mode,
            brand: summary.brand,
            issuer: summary.issuer,
            bin: summary.bin,
            last4: summary.last4,
            expiry_month: new.card.expiry_month,
            expiry_year: new.card.expiry_year,
            key_version: sealed.key_version,
            sealed: Some(sealed.bytes),
            nickname,
            created_at: now,
            removed_at: None,
            version: 1,
        };
        self.pipeline().submit(AddCard { card }).await?;
        self.payer_view(id).await
    }

    /// Removes a card: what could be charged is gone with it.
    pub async fn remove_card(&self, payer: PayerId, card: VaultCardId) -> Result<PayerView, Problem> {
        self.pipeline().submit(RemoveCard { payer, card }).await?;
        self.payer_view(payer).await
    }

    /// A payer's card, ready for the acquirer: without CVC, birth date or password prefix, which are kept nowhere.
    ///
    /// # Errors
    /// `NOT_FOUND` for another payer's card or a removed one, `VAULT_UNAVAILABLE` if it does not open.
    pub async fn open_card(&self, payer: PayerId, id: VaultCardId) -> Result<(VaultCard, Card), Problem> {
        let keys = self.vault_keys()?;
        let found = vault_card(&self.reader().await?, payer, id).await.map_err(unavailable)?;
        let row = found.filter(VaultCard::is_live).ok_or_else(|| missing(id))?;
        let card = keys.open(&row).map_err(|error| {
            tracing::error!(card = %row.id, %error, "a card of the vault did not open");
            closed(error)
        })?;
        Ok((row, card))
    }

    /// Seals every card anew that is not under the current key. The answer is how many were, and how many did not
    /// open and stay as they are.
    pub async fn reseal_vault(&self) -> Result<(usize, usize), Problem> {
        let keys = self.vault_keys()?;
        let (mut resealed, mut failed, mut after) = (0, 0, None);
        loop {
            let reader = self.reader().await?;
            let rows = vault_cards_not_sealed_with(&reader, keys.current(), after, RESEAL_BATCH_MAX).await;
            drop(reader);
            let rows = rows.map_err(unavailable)?;
            let Some(last) = rows.last() else { return Ok((resealed, failed)) };
            after = Some(last.id);
            let mut cards = Vec::with_capacity(rows.len());
            for row in &rows {
                match keys.reseal(row) {
                    Ok(sealed) => cards.push((row.payer, row.id, row.version, sealed)),
                    Err(error) => {
                        tracing::error!(card = %row.id, %error, "a card of the vault did not open");
                        failed += 1;
                    }
                }
            }
            resealed += self.pipeline().submit(Reseal { cards }).await?;
        }
    }
}
