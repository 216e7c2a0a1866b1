//! Cards that payers keep with us. What an acquirer needs of them is sealed; what a person is shown is not.

use thiserror::Error;

use crate::{Mode, PayerId, Timestamp, VaultCardId, method::check_expiry};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultCard {
    pub id: VaultCardId,
    pub payer: PayerId,
    pub mode: Mode,
    pub brand: String,
    pub issuer: String,
    pub bin: String,
    pub last4: String,
    /// 1 to 12.
    pub expiry_month: u8,
    /// Four digits.
    pub expiry_year: u16,
    /// The key of the vault that it is sealed with.
    pub key_version: u32,
    /// Number and expiry, encrypted; `None` once the card is removed.
    pub sealed: Option<Vec<u8>>,
    /// What its payer calls it.
    pub nickname: Option<String>,
    pub created_at: Timestamp,
    pub removed_at: Option<Timestamp>,
    pub version: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the card was removed already")]
pub struct Removed;

impl VaultCard {
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.removed_at.is_none()
    }

    /// Whether no acquirer takes it any more.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        check_expiry(self.expiry_month, self.expiry_year, now).is_err()
    }

    /// As on the card: `12/49`.
    #[must_use]
    pub fn expiry(&self) -> String {
        format!("{:02}/{:02}", self.expiry_month, self.expiry_year % 100)
    }

    /// Forgets what could be charged. The rest stays, for receipts.
    pub fn remove(&mut self, now: Timestamp) -> Result<(), Removed> {
        if !self.is_live() {
            return Err(Removed);
        }
        self.sealed = None;
        self.removed_at = Some(now);
        self.version += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_removed_card_keeps_nothing_that_could_be_charged() {
        let mut card = VaultCard {
            id: VaultCardId::from_uuid(Uuid::from_u128(1)),
            payer: PayerId::from_uuid(Uuid::from_u128(2)),
            mode: Mode::Test,
            brand: String::from("visa"),
            issuer: String::from("unknown"),
            bin: String::from("424242"),
            last4: String::from("4242"),
            expiry_month: 1,
            expiry_year: 2049,
            key_version: 1,
            sealed: Some(vec![1; 40]),
            nickname: None,
            created_at: Timestamp::from_micros(0),
            removed_at: None,
            version: 1,
        };
        assert_eq!(card.expiry(), "01/49");
        let now = Timestamp::from_micros(5);
        assert!(!card.is_expired(now));
        assert_eq!(card.remove(now), Ok(()));
        assert_eq!((card.sealed.as_ref(), card.removed_at, card.version), (None, Some(now), 2));
        assert_eq!(card.remove(now), Err(Removed));
    }
}
