//! Signed-in devices. The token is 256 random bits; only its SHA-256 is kept, which is enough for what nobody guesses.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use steelyard_domain::{
    Mode, PayerId, PayerSessionId, Timestamp,
    payer::{PayerSession, SESSION_LIFE},
};
use steelyard_store::payer;

use crate::{App, clock::random_bytes, problem::Problem, read::unavailable, request::Secret, view::PayerView};

/// Somebody who has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub payer: PayerView,
    /// For the cookie. Letters, digits, `-` and `_`; shown nowhere else.
    pub token: Secret,
    pub expires_at: Timestamp,
}

/// Who stands behind a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    pub payer: PayerId,
    pub mode: Mode,
    pub session: PayerSessionId,
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A session from `now` on, with the token that leads to it.
pub(super) fn begin(payer: PayerId, now: Timestamp) -> (PayerSession, Secret) {
    let token = Secret::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    let session = PayerSession {
        token_hash: hash(token.expose()),
        payer,
        created_at: now,
        expires_at: now.after(SESSION_LIFE),
        revoked_at: None,
    };
    (session, token)
}

impl App {
    /// Who this token belongs to: nobody if it is unknown, signed out, or 30 days old.
    pub async fn payer_of_session(&self, token: &str) -> Result<Option<Visitor>, Problem> {
        let reader = self.reader().await?;
        let session = payer::session(&reader, hash(token)).await.map_err(unavailable)?;
        let now = self.clock().now();
        let Some(session) = session.filter(|session| session.is_live(now)) else { return Ok(None) };
        let payer = payer::payer(&reader, session.payer).await.map_err(unavailable)?;
        Ok(payer.map(|payer| Visitor { payer: payer.id, mode: payer.mode, session: session.id() }))
    }

    /// Ends the session of a token. One that is over already stays over.
    pub async fn sign_out(&self, token: &str) -> Result<(), Problem> {
        let (hash, now) = (hash(token), self.clock().now());
        let ended = self.pipeline().run(move |tx| {
            Box::pin(async move {
                tx.begin().await?;
                let ended = async {
                    payer::revoke_session(&tx, hash, now).await?;
                    tx.commit().await
                }
                .await;
                if ended.is_err() {
                    tx.rollback().await;
                }
                ended
            })
        });
        ended.await.map_err(unavailable)
    }
}
