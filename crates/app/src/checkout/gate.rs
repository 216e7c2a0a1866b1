//! Where a buyer came in, asked in the very commit in which money is asked for.

use steelyard_domain::{
    CheckoutSessionId, PayerId, Tenant,
    checkout::{CheckoutMethod, CheckoutSession},
};

use super::end::closed;
use crate::{
    problem::{Code, Problem},
    workset::{Needs, Workset},
};

/// The way by which a charge was asked for.
#[derive(Debug, Clone)]
pub enum Gate {
    /// The merchant's server, with its key.
    Server,
    /// A page of the session, by one of the methods that it offers.
    Page { session: CheckoutSessionId, method: CheckoutMethod },
    /// The payer app.
    Payer(PayerAtGate),
}

/// A payer who approves what they were shown.
#[derive(Debug, Clone)]
pub struct PayerAtGate {
    pub session: CheckoutSessionId,
    pub payer: PayerId,
    /// The amount on the payer's screen, in minor units.
    pub shown_amount: i64,
    /// The number that the payer found on the other screen.
    pub match_number: Option<i64>,
}

impl Gate {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Server => {}
            Self::Page { session, .. } => needs.checkout(*session),
            Self::Payer(payer) => needs.checkout(payer.session),
        }
    }

    /// Whether the charge may be decided. A problem in `Ok` refuses it while what was noted stays: a wrong number
    /// spends the code.
    ///
    /// # Errors
    /// Refuses it and leaves everything as it was.
    pub(crate) fn pass(&self, workset: &mut Workset, tenant: Tenant) -> Result<Option<Problem>, Problem> {
        match self {
            Self::Server => Ok(None),
            Self::Page { session, method } => {
                let session = open(workset, tenant, *session)?;
                if !session.offers(*method) {
                    let refused = Problem::new(Code::MethodNotAvailable).detail(method.as_str());
                    return Err(refused.param("method"));
                }
                let now = workset.business_now(tenant)?;
                let taken = session.qr.as_ref().is_some_and(|qr| qr.bound(now).is_some());
                if taken {
                    // Who sits before the page has chosen another way: the payer with the phone is told that it is over.
                    let session = workset.checkout_mut(tenant, session.id)?;
                    session.qr = None;
                }
                Ok(None)
            }
            Self::Payer(payer) => payer.pass(workset, tenant),
        }
    }
}

/// The session, if it is still open.
pub(super) fn open(workset: &Workset, tenant: Tenant, id: CheckoutSessionId) -> Result<CheckoutSession, Problem> {
    let session = workset.checkout(tenant, id)?;
    let family = workset.family(tenant, session.order)?;
    let now = workset.business_now(tenant)?;
    if session.is_open(family.order.status, family.order.expires_at, now) {
        return Ok(session.clone());
    }
    Err(closed(session))
}

impl PayerAtGate {
    fn pass(&self, workset: &mut Workset, tenant: Tenant) -> Result<Option<Problem>, Problem> {
        let session = open(workset, tenant, self.session)?;
        let now = workset.business_now(tenant)?;
        let qr = session.qr.as_ref().ok_or_else(|| Problem::new(Code::QrExpired))?;
        match qr.bound(now) {
            Some(binding) if binding.payer == self.payer => {}
            Some(_) => return Err(Problem::new(Code::QrTaken)),
            None => return Err(Problem::new(Code::QrExpired)),
        }
        let total = workset.family(tenant, session.order)?.order.total;
        if total != self.shown_amount {
            let english = format!("{} was shown, the order's total is {total}", self.shown_amount);
            let korean = format!("표시된 금액 {}, 주문 합계 {total}", self.shown_amount);
            return Err(Problem::new(Code::AmountMismatch).said(english, korean).param("shownAmount"));
        }
        if qr.match_number.is_some() && qr.match_number != self.match_number {
            // One guess in three is too many to give twice.
            workset.checkout_mut(tenant, session.id)?.qr = None;
            return Ok(Some(Problem::new(Code::WrongNumber).param("match")));
        }
        Ok(None)
    }
}
