//! Passwords and PINs: argon2id, slow on purpose, a few at a time, beside the threads that serve.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use steelyard_domain::limits::{HASHES_AT_ONCE, HASHES_WAITING_MAX};
use tokio::sync::{OnceCell, Semaphore};

use crate::{
    clock::random_bytes,
    problem::{Code, Problem},
    request::Secret,
};

/// 19 MiB, two passes, one lane. Source: OWASP, Password Storage Cheat Sheet, argon2id.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

pub(crate) struct Hasher {
    /// Each holds the memory of a hash.
    at_once: Arc<Semaphore>,
    /// Who is taken in, hashed or waiting; whoever comes behind them is refused.
    taken_in: Arc<Semaphore>,
    /// What a secret is compared with where there is nobody to compare it with: it takes as long.
    nobody: OnceCell<String>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            taken_in: Arc::new(Semaphore::new(HASHES_AT_ONCE + HASHES_WAITING_MAX)),
            nobody: OnceCell::new(),
        }
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Hasher {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let overloaded = |_| Problem::new(Code::Overloaded);
        let _place = Arc::clone(&self.taken_in).try_acquire_owned().map_err(overloaded)?;
        let permit = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| Problem::new(Code::Overloaded))?;
        let worked = tokio::task::spawn_blocking(move || {
            // Held by the work and not by whoever waits for it: who hangs up does not make room.
            let _permit = permit;
            work()
        });
        worked.await.map_err(|error| {
            tracing::error!(%error, "a hash was not made");
            Problem { outcome: Some(crate::Outcome::None), ..Problem::new(Code::Internal) }
        })
    }

    /// A PHC string, its salt new.
    pub(crate) async fn hash(&self, secret: Secret) -> Result<String, Problem> {
        let salt = random_bytes::<16>();
        let hashed = self.run(move || {
            let hashed = argon2id().hash_password_with_salt(secret.expose().as_bytes(), &salt);
            hashed.map(|hash| hash.to_string())
        });
        hashed.await?.map_err(|error| {
            tracing::error!(%error, "a hash was not made");
            Problem { outcome: Some(crate::Outcome::None), ..Problem::new(Code::Internal) }
        })
    }

    /// Whether `secret` is the one that `hash` was made of. Without a hash it is not, and that takes as long.
    pub(crate) async fn matches(&self, secret: Secret, hash: Option<&str>) -> Result<bool, Problem> {
        let nobody = self.nobody.get_or_try_init(|| {
            let unknown = random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
            self.hash(Secret::new(unknown))
        });
        let nobody = nobody.await?;
        let (hash, somebody) = (hash.unwrap_or(nobody).to_owned(), hash.is_some());
        let right =
            self.run(move || argon2id().verify_password(secret.expose().as_bytes(), hash.as_str()).is_ok()).await?;
        Ok(right && somebody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_secret_matches_its_own_hash_and_nothing_matches_nobody() {
        let hasher = Hasher::default();
        let hash = hasher.hash(secret("열 글자가 넘는 비밀번호")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash(secret("열 글자가 넘는 비밀번호")).await.unwrap());
        for (tried, against, expected) in [
            ("열 글자가 넘는 비밀번호", Some(hash.as_str()), true),
            ("열 글자가 넘는 비밀번", Some(&hash), false),
            ("열 글자가 넘는 비밀번호", None, false),
            ("열 글자가 넘는 비밀번호", Some("no hash"), false),
        ] {
            assert_eq!(hasher.matches(secret(tried), against).await.unwrap(), expected, "{tried} {against:?}");
        }
    }

    #[tokio::test]
    async fn who_comes_behind_too_many_is_refused_at_once() {
        let hasher = Hasher::default();
        let everyone = u32::try_from(HASHES_AT_ONCE + HASHES_WAITING_MAX).unwrap();
        let taken = hasher.taken_in.acquire_many(everyone).await.unwrap();
        assert_eq!(hasher.hash(secret("1")).await.unwrap_err().code, Code::Overloaded);
        drop(taken);
        assert!(hasher.hash(secret("1")).await.is_ok());
    }
}
