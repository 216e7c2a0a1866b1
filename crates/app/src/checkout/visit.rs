//! A buyer before the door: who holds a session's client secret may see it and pay.

use steelyard_domain::{
    CheckoutSessionId, Mode, OrderId, Tenant,
    checkout::{CheckoutSession, Locale},
};
use steelyard_store::checkout::checkout_session;

use super::{CheckoutChanges, end, extend::ExtendCheckout, gate};
use crate::{
    App,
    pipeline::Command,
    problem::{Code, Language, Problem},
    view::CheckoutView,
    workset::{Needs, Workset},
};

/// One buyer's look at one session.
#[derive(Debug, Clone)]
pub struct Visit {
    pub id: CheckoutSessionId,
    pub mode: Mode,
    pub locale: Locale,
    /// Who may frame the page.
    pub origins: Vec<String>,
    pub(super) tenant: Tenant,
    pub(super) order: OrderId,
    pub(super) client_secret: String,
    /// Where buyers reach this server, without a slash at its end.
    pub(super) public_url: String,
}

/// Notes that a buyer has seen the page.
struct OpenCheckout {
    tenant: Tenant,
    order: OrderId,
    session: CheckoutSessionId,
}

impl Command for OpenCheckout {
    type Answer = ();

    fn name(&self) -> &'static str {
        "openCheckout"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
        needs.checkout(self.session);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let now = workset.business_now(self.tenant)?;
        if workset.checkout(self.tenant, self.session)?.opened_at.is_some()
            || gate::open(workset, self.tenant, self.session).is_err()
        {
            return Ok(());
        }
        let session = workset.checkout_mut(self.tenant, self.session)?;
        session.opened_at = Some(now);
        let session = session.clone();
        let family = workset.family(self.tenant, self.order)?.clone();
        end::emit(workset, &session, &family, "checkout.opened");
        Ok(())
    }
}

impl App {
    /// Whose session a client secret opens.
    ///
    /// # Errors
    /// `NOT_FOUND` alike for a secret that is wrong, and for a session that never was.
    pub async fn checkout_visit(&self, client_secret: &str, public_url: &str) -> Result<Visit, Problem> {
        let missing = || {
            let problem = Problem::new(Code::NotFound);
            problem.said("a checkout with this address", "이 주소의 결제창")
        };
        let id = self.checkout_keys().await?.session_of(client_secret).ok_or_else(missing)?;
        let found = checkout_session(&self.reader().await?, id).await.map_err(crate::read::unavailable)?;
        let session = found.ok_or_else(missing)?;
        let origins = self.settings_of(session.tenant).await?.origins;
        let visit = Visit {
            id,
            mode: session.mode(),
            locale: session.locale,
            origins,
            tenant: session.tenant,
            order: session.order,
            client_secret: client_secret.to_owned(),
            public_url: public_url.to_owned(),
        };
        self.note_opened(&visit, &session).await?;
        Ok(visit)
    }

    async fn note_opened(&self, visit: &Visit, session: &CheckoutSession) -> Result<(), Problem> {
        if session.opened_at.is_some() {
            return Ok(());
        }
        let command = OpenCheckout { tenant: visit.tenant, order: visit.order, session: visit.id };
        Ok(self.pipeline().submit(command).await?)
    }

    /// Ten minutes more.
    pub async fn checkout_extend(&self, visit: &Visit, language: Language) -> Result<CheckoutView, Problem> {
        let command = ExtendCheckout { tenant: visit.tenant, order: visit.order, session: visit.id };
        self.pipeline().submit(command).await?;
        self.checkout_view(visit, language).await
    }

    /// Changes of what a visit shows.
    ///
    /// # Errors
    /// `OVERLOADED` where so many watch the session that one more is none of its buyers.
    pub fn checkout_changes(&self, visit: &Visit) -> Result<CheckoutChanges, Problem> {
        self.watched().changes(visit.id).ok_or_else(|| Problem::new(Code::Overloaded))
    }
}
