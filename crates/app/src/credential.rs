//! API keys: how they are made, read and checked.
//!
//! `sk_test_` + the key's id (26 characters) + 256 random bits (52) + a checksum (4). Only the SHA-256 of the
//! whole is kept; a fast hash is enough for a secret that cannot be guessed.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use steelyard_domain::{
    ApiKeyId, Mode, Span,
    id::{read_suffix, write_suffix},
    merchant::{ApiKey, KeyKind},
};
use steelyard_store::merchant::api_key;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    App,
    clock::{new_id, random_bytes},
    problem::{Code, Problem},
};

/// The one version of the API so far.
pub const API_VERSION: &str = "2026-11-01";

/// How long a key read from the database is believed: the longest another instance's revocation takes here.
const BELIEVED: Duration = Duration::from_secs(2);
/// Keys remembered at most.
const REMEMBERED_MAX: usize = 10_000;
const SUFFIX: usize = 26;
const CHECKSUM: usize = 4;

/// A key just made: the only time its text is known.
#[derive(Debug, Clone)]
pub struct Issued {
    pub id: ApiKeyId,
    pub key: String,
    pub hash: Vec<u8>,
    pub hint: String,
}

/// Makes a key.
#[must_use]
pub fn issue(kind: KeyKind, mode: Mode) -> Issued {
    let id = ApiKeyId::from_uuid(new_id());
    let mut key = format!("{}_{}_", kind.prefix(), mode.as_str());
    write_suffix(id.uuid(), &mut key);
    for half in [random_bytes::<16>(), random_bytes::<16>()] {
        write_suffix(Uuid::from_bytes(half), &mut key);
    }
    let sum = checksum(&key);
    key.push_str(&sum);
    let hash = Sha256::digest(key.as_bytes()).to_vec();
    let hint = key[key.len() - 4..].to_owned();
    Issued { id, key, hash, hint }
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let mut suffix = String::with_capacity(SUFFIX);
    write_suffix(Uuid::from_bytes(bytes), &mut suffix);
    // The first character carries three bits only; the last ones carry five each.
    suffix[SUFFIX - CHECKSUM..].to_owned()
}

/// The id in a key whose form and checksum are right: a typo costs no query.
fn id_of(key: &str) -> Option<ApiKeyId> {
    let (kind, rest) = key.split_once('_')?;
    let (mode, body) = rest.split_once('_')?;
    KeyKind::ALL.into_iter().find(|known| known.prefix() == kind)?;
    Mode::parse(mode)?;
    if body.len() != 3 * SUFFIX + CHECKSUM || !body.is_ascii() {
        return None;
    }
    let (unsummed, sum) = key.split_at(key.len() - CHECKSUM);
    if checksum(unsummed) != sum {
        return None;
    }
    read_suffix(&body[..SUFFIX]).map(ApiKeyId::from_uuid)
}

/// Keys seen lately.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    keys: Mutex<FxHashMap<ApiKeyId, (Arc<ApiKey>, Span)>>,
}

impl Remembered {
    fn get(&self, id: ApiKeyId, ticks: Span) -> Option<Arc<ApiKey>> {
        let believed = Span::from_micros(i64::try_from(BELIEVED.as_micros()).unwrap_or(0));
        let keys = self.keys.lock();
        keys.get(&id)
            .filter(|(_, read_at)| ticks.micros() - read_at.micros() < believed.micros())
            .map(|(key, _)| Arc::clone(key))
    }

    fn put(&self, key: Arc<ApiKey>, ticks: Span) {
        let mut keys = self.keys.lock();
        if keys.len() >= REMEMBERED_MAX {
            keys.clear();
        }
        keys.insert(key.id, (key, ticks));
    }

    pub(crate) fn forget(&self, id: ApiKeyId) {
        self.keys.lock().remove(&id);
    }
}

impl App {
    /// Whose key this is.
    ///
    /// # Errors
    /// `INVALID_KEY` alike for what is malformed, unknown, wrong, revoked or expired.
    pub async fn credential(&self, presented: &str) -> Result<Arc<ApiKey>, Problem> {
        let invalid = || Problem::new(Code::InvalidKey);
        let id = id_of(presented).ok_or_else(invalid)?;
        let key = self.key_by_id(id).await?;
        let hash = Sha256::digest(presented.as_bytes());
        if bool::from(hash.as_slice().ct_eq(&key.hash)) { Ok(key) } else { Err(invalid()) }
    }

    /// The key that a ticket stands for: who had it made has shown the key itself.
    ///
    /// # Errors
    /// `INVALID_KEY` if it was revoked or has expired since.
    pub async fn key_by_id(&self, id: ApiKeyId) -> Result<Arc<ApiKey>, Problem> {
        let invalid = || Problem::new(Code::InvalidKey);
        let (now, ticks) = (self.clock().now(), self.clock().ticks());
        let key = match self.remembered().get(id, ticks) {
            Some(key) => key,
            None => {
                let found = api_key(&self.reader().await?, id).await.map_err(crate::read::unavailable)?;
                let key = Arc::new(found.ok_or_else(invalid)?);
                self.remembered().put(Arc::clone(&key), ticks);
                key
            }
        };
        if key.is_live(now) { Ok(key) } else { Err(invalid()) }
    }

    pub(crate) fn forget_credential(&self, id: ApiKeyId) {
        self.remembered().forget(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_carries_its_id_and_a_typo_is_noticed() {
        let issued = issue(KeyKind::Secret, Mode::Test);
        assert!(issued.key.starts_with("sk_test_"));
        assert_eq!(id_of(&issued.key), Some(issued.id));
        let mut typo = issued.key.clone();
        typo.replace_range(40..41, if &typo[40..41] == "a" { "b" } else { "a" });
        for bad in [typo.as_str(), "", "sk_test_", "sk_live_abc", &issued.key[..issued.key.len() - 1], "한글_test_키"]
        {
            assert_eq!(id_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_two_keys_are_alike() {
        let keys: std::collections::HashSet<String> =
            (0..2_000).map(|_| issue(KeyKind::Publishable, Mode::Live).key).collect();
        assert_eq!(keys.len(), 2_000);
    }
}
