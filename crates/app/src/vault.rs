//! The vault: numbers and expiries of cards that payers keep, encrypted with AES-256-GCM under versioned keys.
//!
//! A sealed card is a random nonce of 96 bits, the ciphertext and its tag. With it are authenticated the card's id, its
//! payer's and the key's version: a ciphertext that was moved to another row, payer or key does not open. What proves a
//! card's holder (CVC, birth date, password prefix) never comes here.

use std::{collections::BTreeMap, fmt};

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use steelyard_domain::{
    PayerId, VaultCardId,
    method::{Card, CardNumber},
    vault::VaultCard,
};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::clock::random_bytes;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// Why a text is no set of keys. None of these says anything of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VaultKeysError {
    #[error("there is no key; write version:key, such as 1:<base64 of 32 bytes>")]
    Empty,
    #[error("key number {position} is not of the form version:key")]
    Form { position: usize },
    #[error("the version of key number {position} is not a whole number from 1")]
    Version { position: usize },
    #[error("version {version} is there twice")]
    Twice { version: u32 },
    #[error("the key of version {version} is not the base64 of 32 bytes")]
    Key { version: u32 },
}

/// The keys of the vault. The highest version seals; every version opens what it sealed.
#[derive(Clone)]
pub struct VaultKeys {
    current: u32,
    keys: BTreeMap<u32, Zeroizing<[u8; KEY_BYTES]>>,
}

impl fmt::Debug for VaultKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultKeys({:?})", self.keys.keys().collect::<Vec<_>>())
    }
}

/// Why a card does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnsealError {
    #[error("the card was removed")]
    Removed,
    #[error("there is no key of version {version}")]
    NoKey { version: u32 },
    /// Another key, another row's ciphertext, or changed bytes: nobody can tell which.
    #[error("the ciphertext does not belong to this card, payer and key version")]
    Foreign,
}

/// A sealed card and the version it was sealed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub key_version: u32,
    pub bytes: Vec<u8>,
}

impl VaultKeys {
    /// A set of one key of version 1, made now.
    #[must_use]
    pub fn generate() -> Self {
        Self { current: 1, keys: BTreeMap::from([(1, Zeroizing::new(random_bytes()))]) }
    }

    /// Reads `1:<base64 of 32 bytes>,2:…`, as [`Self::text`] writes it.
    pub fn parse(text: &str) -> Result<Self, VaultKeysError> {
        let mut keys = BTreeMap::new();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        for (position, part) in (1..).zip(parts) {
            let (version, key) = part.split_once(':').ok_or(VaultKeysError::Form { position })?;
            let version: u32 = version.trim().parse().map_err(|_| VaultKeysError::Version { position })?;
            if version == 0 {
                return Err(VaultKeysError::Version { position });
            }
            let wrong = VaultKeysError::Key { version };
            let decoded = Zeroizing::new(STANDARD.decode(key.trim()).map_err(|_| wrong)?);
            let key = <[u8; KEY_BYTES]>::try_from(decoded.as_slice()).map_err(|_| wrong)?;
            if keys.insert(version, Zeroizing::new(key)).is_some() {
                return Err(VaultKeysError::Twice { version });
            }
        }
        let current = keys.keys().next_back().copied().ok_or(VaultKeysError::Empty)?;
        Ok(Self { current, keys })
    }

    /// The keys themselves: for the file they are kept in, and for nothing else.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let keys: Vec<String> =
            self.keys.iter().map(|(version, key)| format!("{version}:{}", STANDARD.encode(key.as_slice()))).collect();
        Zeroizing::new(keys.join(","))
    }

    /// The version that seals.
    #[must_use]
    pub const fn current(&self) -> u32 {
        self.current
    }

    /// Every version, the lowest first.
    pub fn versions(&self) -> impl Iterator<Item = u32> {
        self.keys.keys().copied()
    }

    fn cipher(&self, version: u32) -> Result<Aes256Gcm, UnsealError> {
        let key = self.keys.get(&version).ok_or(UnsealError::NoKey { version })?;
        Ok(Aes256Gcm::new_from_slice(key.as_slice()).expect("a key of 32 bytes is AES-256's"))
    }

    /// Seals number and expiry of `card` for the row `id` of `payer`.
    #[must_use]
    pub fn seal(&self, id: VaultCardId, payer: PayerId, card: &Card) -> Sealed {
        let plain = written(card.number.expose(), card.expiry_month, card.expiry_year);
        self.seal_plain(id, payer, &plain)
    }

    fn seal_plain(&self, id: VaultCardId, payer: PayerId, plain: &[u8]) -> Sealed {
        let version = self.current;
        let cipher = self.cipher(version).expect("the current version is one of the keys");
        let nonce = random_bytes::<NONCE_BYTES>();
        let aad = aad(id, payer, version);
        let payload = Payload { msg: plain, aad: &aad };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).expect("a card is far shorter than AES-GCM's bound");
        let mut bytes = Vec::with_capacity(NONCE_BYTES + sealed.len());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Sealed { key_version: version, bytes }
    }

    /// What can be charged, without what proves its holder.
    pub fn open(&self, card: &VaultCard) -> Result<Card, UnsealError> {
        let plain = self.open_plain(card)?;
        let (number, expiry_month, expiry_year) = read(&plain).ok_or(UnsealError::Foreign)?;
        let number = CardNumber::parse(number, card.mode).map_err(|_| UnsealError::Foreign)?;
        Ok(Card { number, expiry_month, expiry_year, cvc: None, birth_date: None, password_prefix: None })
    }

    fn open_plain(&self, card: &VaultCard) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let bytes = card.sealed.as_deref().ok_or(UnsealError::Removed)?;
        let cipher = self.cipher(card.key_version)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(UnsealError::Foreign)?;
        let aad = aad(card.id, card.payer, card.key_version);
        let plain = cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &aad });
        plain.map(Zeroizing::new).map_err(|_| UnsealError::Foreign)
    }

    /// The same card under the current key.
    pub fn reseal(&self, card: &VaultCard) -> Result<Sealed, UnsealError> {
        Ok(self.seal_plain(card.id, card.payer, &self.open_plain(card)?))
    }
}

/// What is authenticated with a ciphertext.
fn aad(id: VaultCardId, payer: PayerId, version: u32) -> [u8; 36] {
    let mut aad = [0; 36];
    aad[..16].copy_from_slice(id.uuid().as_bytes());
    aad[16..32].copy_from_slice(payer.uuid().as_bytes());
    aad[32..].copy_from_slice(&version.to_be_bytes());
    aad
}

/// `number|month|year`.
fn written(number: &str, month: u8, year: u16) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(32));
    plain.extend_from_slice(number.as_bytes());
    plain.extend_from_slice(format!("|{month}|{year}").as_bytes());
    plain
}

fn read(plain: &[u8]) -> Option<(&str, u8, u16)> {
    let mut parts = str::from_utf8(plain).ok()?.split('|');
    let (number, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    Some((number, month.parse().ok()?, year.parse().ok()?))
}

#[cfg(test)]
mod tests;
