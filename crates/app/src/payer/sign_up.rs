//! Signing up: an e-mail, a password, a PIN.

use steelyard_domain::{
    PayerId,
    payer::{Payer, PayerSession, SignUpError, Tries, check_password, check_pin, email, name},
};

use super::session::{self, SignedIn};
use crate::{
    App,
    clock::new_id,
    pipeline::Command,
    problem::{Code, Problem},
    request::NewPayer,
    workset::{Needs, Workset},
};

struct SignUp {
    payer: Payer,
    session: PayerSession,
}

impl Command for SignUp {
    type Answer = ();

    fn name(&self) -> &'static str {
        "signUp"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.payer_of_email(self.payer.mode, &self.payer.email);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        if workset.people.payer_of_email(self.payer.mode, &self.payer.email).is_some() {
            return Err(Problem::new(Code::EmailTaken).param("email"));
        }
        workset.people.insert_payer(self.payer.clone());
        workset.people.insert_session(self.session.clone());
        Ok(())
    }
}

fn refused(error: SignUpError) -> Problem {
    let (param, korean) = match error {
        SignUpError::Email => ("email", "이메일 주소를 확인해 주세요"),
        SignUpError::Name => ("name", "이름은 1자에서 100자까지예요. 카드 번호는 쓸 수 없어요"),
        SignUpError::PasswordLength => ("password", "비밀번호는 10자에서 128자까지 쓸 수 있어요"),
        SignUpError::PinDigits => ("pin", "결제 비밀번호는 숫자 6자리예요"),
        SignUpError::PinWeak => ("pin", "같은 숫자만 쓰거나 123456처럼 이어지는 숫자는 쓸 수 없어요"),
    };
    Problem::new(Code::InvalidRequest).said(error.to_string(), korean).param(param)
}

impl App {
    /// Makes a payer and signs them in.
    ///
    /// # Errors
    /// `EMAIL_TAKEN`; `INVALID_REQUEST` naming what is not taken.
    pub async fn sign_up(&self, new: NewPayer) -> Result<SignedIn, Problem> {
        let email = email(&new.email).map_err(refused)?;
        let name = name(&new.name).map_err(refused)?;
        check_password(new.password.expose()).map_err(refused)?;
        check_pin(new.pin.expose()).map_err(refused)?;
        let password_hash = self.hasher().hash(new.password).await?;
        let pin_hash = self.hasher().hash(new.pin).await?;
        let now = self.clock().now();
        let id = PayerId::from_uuid(new_id());
        let payer = Payer {
            id,
            mode: new.mode,
            email,
            name,
            password_hash,
            pin_hash,
            pin: Tries::default(),
            sign_in: Tries::default(),
            created_at: now,
            version: 1,
        };
        let (session, token) = session::begin(id, now);
        let expires_at = session.expires_at;
        self.pipeline().submit(SignUp { payer, session }).await?;
        Ok(SignedIn { payer: self.payer_view(id).await?, token, expires_at })
    }
}
