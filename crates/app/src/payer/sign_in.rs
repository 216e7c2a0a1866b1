//! Signing in. A wrong password, an unknown e-mail and a locked payer take as long and are told the same.

use steelyard_domain::{
    PayerId,
    payer::{PayerSession, Tried, email},
};
use steelyard_store::payer::payer_by_email;

use super::session::{self, SignedIn};
use crate::{
    App,
    pipeline::Command,
    problem::{Code, Problem},
    read::unavailable,
    request::SignIn,
    workset::{Needs, Workset},
};

/// Counts a try, and begins a session where it was right. Its answer is no error where it was wrong: the count must
/// be committed.
struct TryPassword {
    payer: PayerId,
    right: bool,
    session: PayerSession,
}

impl Command for TryPassword {
    type Answer = Tried;

    fn name(&self) -> &'static str {
        "tryPassword"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.payer(self.payer);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Tried, Problem> {
        let now = workset.now;
        let tried = workset.people.payer_mut(self.payer)?.try_password(self.right, now);
        match tried {
            Tried::Right => workset.people.insert_session(self.session.clone()),
            Tried::Wrong { .. } | Tried::Locked { .. } => {}
        }
        Ok(tried)
    }
}

impl App {
    /// Signs a payer in on one more device.
    ///
    /// # Errors
    /// `WRONG_CREDENTIALS` for whatever is wrong; 10 wrong passwords lock signing in for 15 minutes.
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, Problem> {
        let wrong = || Problem::new(Code::WrongCredentials);
        let payer = match email(&sign_in.email) {
            Ok(email) => {
                let reader = self.reader().await?;
                payer_by_email(&reader, sign_in.mode, &email).await.map_err(unavailable)?
            }
            Err(_) => None,
        };
        let hash = payer.as_ref().map(|payer| payer.password_hash.as_str());
        let right = self.hasher().matches(sign_in.password, hash).await?;
        let id = payer.ok_or_else(wrong)?.id;
        let (session, token) = session::begin(id, self.clock().now());
        let expires_at = session.expires_at;
        match self.pipeline().submit(TryPassword { payer: id, right, session }).await? {
            Tried::Right => Ok(SignedIn { payer: self.payer_view(id).await?, token, expires_at }),
            Tried::Wrong { .. } | Tried::Locked { .. } => Err(wrong()),
        }
    }
}
