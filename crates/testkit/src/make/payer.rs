//! People who pay, what they keep, and gift cards.

use steelyard_domain::{
    Currency, GiftCardId, Mode, PayerId, Tenant, VaultCardId,
    gift_card::{GiftCard, GiftCardKind, GiftCardState},
    payer::{Payer, PayerSession, SESSION_LIFE, Tries},
    vault::VaultCard,
};

use super::Make;

impl Make {
    /// Their e-mail is their id's.
    pub fn payer(&mut self, mode: Mode) -> Payer {
        let id = PayerId::from_uuid(self.id());
        Payer {
            id,
            mode,
            email: format!("{id}@example.com"),
            name: String::from("김민수"),
            password_hash: String::from("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$cGFzc3dvcmQ"),
            pin_hash: String::from("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$cGlu"),
            pin: Tries::default(),
            sign_in: Tries::default(),
            created_at: self.now(),
            version: 1,
        }
    }

    /// Its token's hash holds its own id twice.
    pub fn payer_session(&mut self, payer: PayerId) -> PayerSession {
        let id = self.id();
        let mut token_hash = [0; 32];
        for (into, byte) in token_hash.iter_mut().zip(id.as_bytes().iter().cycle()) {
            *into = *byte;
        }
        PayerSession {
            token_hash,
            payer,
            created_at: self.now(),
            expires_at: self.now().after(SESSION_LIFE),
            revoked_at: None,
        }
    }

    pub fn vault_card(&mut self, payer: &Payer) -> VaultCard {
        VaultCard {
            id: VaultCardId::from_uuid(self.id()),
            payer: payer.id,
            mode: payer.mode,
            brand: String::from("visa"),
            issuer: String::from("unknown"),
            bin: String::from("424242"),
            last4: String::from("4242"),
            expiry_month: 12,
            expiry_year: 2049,
            key_version: 1,
            sealed: Some(vec![9; 48]),
            nickname: None,
            created_at: self.now(),
            removed_at: None,
            version: 1,
        }
    }

    /// Given away, good for ever; its code's hash holds its own id twice.
    pub fn gift_card(&mut self, tenant: Tenant, amount: i64) -> GiftCard {
        let id = self.id();
        GiftCard {
            id: GiftCardId::from_uuid(id),
            tenant,
            code_hash: id.as_bytes().repeat(2),
            kind: GiftCardKind::Given,
            state: GiftCardState::Issued,
            amount,
            currency: Currency::Krw,
            issued_at: self.now(),
            expires_at: None,
            redeemed_by: None,
            redeemed_at: None,
            version: 1,
        }
    }
}
