//! How a session ends: with its order, or by its merchant.

use steelyard_domain::{
    OrderId, Tenant,
    checkout::{CheckoutSession, SessionEvent, SessionStatus},
};

use crate::{
    problem::{Code, Problem},
    view::{CheckoutSessionView, to_json},
    workset::{Family, Workset},
};

/// Records an event about a session as it is now.
pub(super) fn emit(workset: &mut Workset, session: &CheckoutSession, family: &Family, kind: &str) {
    let data = to_json(&CheckoutSessionView::new(session, &family.order));
    workset.emit(session.tenant, kind, session.id.to_string(), session.version, data);
}

/// The order is paid: so its session is over, even if it had been closed before.
pub(crate) fn complete(workset: &mut Workset, tenant: Tenant, order: OrderId) -> Result<(), Problem> {
    end(workset, tenant, order, SessionEvent::Complete, "checkout.completed")
}

/// The order came to nothing.
pub(crate) fn expire(workset: &mut Workset, tenant: Tenant, order: OrderId) -> Result<(), Problem> {
    end(workset, tenant, order, SessionEvent::Expire, "checkout.expired")
}

fn end(workset: &mut Workset, tenant: Tenant, order: OrderId, event: SessionEvent, kind: &str) -> Result<(), Problem> {
    let Some(id) = workset.family(tenant, order)?.order.checkout else { return Ok(()) };
    let now = workset.business_now(tenant)?;
    // Who ends an order has asked for its session: without it here, a page would wait for ever.
    let Ok(status) = workset.checkout(tenant, id)?.status.apply(event) else { return Ok(()) };
    let session = workset.checkout_mut(tenant, id)?;
    session.status = status;
    session.completed_at = (status == SessionStatus::Completed).then_some(now);
    if let Some(qr) = &mut session.qr {
        qr.expires_at = qr.expires_at.min(now);
    }
    let session = session.clone();
    let family = workset.family(tenant, order)?.clone();
    emit(workset, &session, &family, kind);
    Ok(())
}

/// What a buyer is told who comes to a door that is shut.
pub(super) fn closed(session: &CheckoutSession) -> Problem {
    match session.status {
        SessionStatus::Completed => Problem::new(Code::AlreadyPaid),
        SessionStatus::Open | SessionStatus::Expired => Problem::new(Code::CheckoutExpired),
    }
}
