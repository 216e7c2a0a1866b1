//! More time for a buyer who asks for it. Source: WCAG 2.2.1, "Timing Adjustable".

use steelyard_domain::{
    CheckoutSessionId, OrderId, Tenant,
    order::{EXTENSION, EXTENSIONS_MAX},
};

use super::gate;
use crate::{
    pipeline::Command,
    problem::{Code, Problem},
    workset::{Needs, Workset},
};

/// Keeps the order, and with it its stock, ten minutes longer.
pub(super) struct ExtendCheckout {
    pub(super) tenant: Tenant,
    pub(super) order: OrderId,
    pub(super) session: CheckoutSessionId,
}

impl Command for ExtendCheckout {
    type Answer = ();

    fn name(&self) -> &'static str {
        "extendCheckout"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
        needs.checkout(self.session);
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let session = gate::open(workset, self.tenant, self.session)?;
        if session.extensions >= EXTENSIONS_MAX {
            return Err(Problem::new(Code::TooMany).said(
                format!("a checkout is extended at most {EXTENSIONS_MAX} times"),
                format!("결제 시간은 {EXTENSIONS_MAX}번까지 연장할 수 있어요"),
            ));
        }
        let now = workset.business_now(self.tenant)?;
        workset.checkout_mut(self.tenant, self.session)?.extensions += 1;
        let order = &mut workset.family_mut(self.tenant, self.order)?.order;
        order.expires_at = order.expires_at.after(EXTENSION);
        order.updated_at = now;
        order.version += 1;
        Ok(())
    }
}
