//! The order a charge is for: one that is there, or one made with the payment.

use steelyard_domain::{OrderId, Tenant, money::Currency, order::OrderStatus};

use crate::{
    order,
    problem::{Code, Problem},
    request::{Buyer, NewLine, NewOrder},
    workset::{Family, Needs, Workset},
};

/// The order a charge is for.
#[derive(Debug, Clone)]
pub enum ChargedOrder {
    Known(OrderId),
    /// Found by the merchant's own id if it costs as much, or made. One line is all that is known of it.
    Named(Box<NewOrder>),
    /// Found by the merchant's own id if it says the same, or made.
    Inline(Box<NewOrder>),
}

impl ChargedOrder {
    #[must_use]
    pub fn inline(merchant_order_id: String, name: String, amount: i64, currency: Currency, buyer: Buyer) -> Self {
        Self::Named(Box::new(Self::of_one_line(merchant_order_id, name, amount, currency, buyer)))
    }

    /// An order of a single line, which is all that is known of it.
    #[must_use]
    pub fn of_one_line(
        merchant_order_id: String,
        name: String,
        amount: i64,
        currency: Currency,
        buyer: Buyer,
    ) -> NewOrder {
        let line = NewLine {
            product: None,
            seller: None,
            name: Some(name.clone()),
            quantity: 1,
            unit_price: Some(amount),
            tax_free: None,
        };
        NewOrder {
            merchant_order_id,
            name: Some(name),
            currency,
            lines: vec![line],
            shipping_fee: 0,
            buyer,
            total: Some(amount),
            metadata: None,
            top_up_of: None,
            is_claim: false,
        }
    }

    pub(crate) fn needs(&self, tenant: Tenant, needs: &mut Needs) {
        needs.merchant(tenant.merchant);
        match self {
            Self::Known(order) => needs.order(*order),
            Self::Named(order) | Self::Inline(order) => needs.order_name(tenant, &order.merchant_order_id),
        }
    }

    /// What a claim takes with it that has to make room.
    pub(crate) fn needs_of_claim(&self, workset: &Workset, tenant: Tenant, needs: &mut Needs) {
        match self {
            Self::Known(_) => {}
            Self::Named(order) | Self::Inline(order) => order::need_claim(workset, tenant, order, needs),
        }
    }

    /// The order, if it is there.
    pub(crate) fn find<'w>(&self, workset: &'w Workset, tenant: Tenant) -> Result<&'w Family, Problem> {
        let id = match self {
            Self::Known(order) => Some(*order),
            Self::Named(new) | Self::Inline(new) => workset.order_by_name(tenant, &new.merchant_order_id),
        };
        let missing = || Problem::new(Code::NotFound).said("no such order yet", "아직 없는 주문이에요");
        workset.family(tenant, id.ok_or_else(missing)?)
    }

    /// The order, made now if there is none of that name, or only one that a browser claimed otherwise.
    pub(crate) fn find_or_build(&self, workset: &mut Workset, tenant: Tenant) -> Result<OrderId, Problem> {
        let new = match self {
            Self::Known(order) => return workset.family(tenant, *order).map(|family| family.order.id),
            Self::Named(new) | Self::Inline(new) => new,
        };
        let Some(found) = workset.order_by_name(tenant, &new.merchant_order_id) else {
            return order::build(workset, tenant, new);
        };
        let family = workset.family(tenant, found)?;
        let payment_id = family.payment.as_ref().map(|payment| payment.id.to_string());
        let Err(differs) = self.check_found(workset, tenant, family, new) else { return Ok(found) };
        let is_there = |problem: &Problem| problem.code == Code::OrderExists;
        match order::build(workset, tenant, new) {
            Err(problem) if is_there(&problem) => Err(Problem { payment_id, ..differs }),
            built => built,
        }
    }

    /// Whether the order that is there is the one that is meant.
    fn check_found(&self, workset: &Workset, tenant: Tenant, family: &Family, new: &NewOrder) -> Result<(), Problem> {
        let order = &family.order;
        if order.is_claim && !new.is_claim && order.status != OrderStatus::Open && order.paid == 0 {
            // A browser's claim that came to nothing is no order of the server's.
            return Err(Problem::new(Code::OrderExpired));
        }
        if let Some(amount) = new.total.filter(|amount| *amount != family.order.total) {
            return Err(mismatch(amount, family.order.total));
        }
        check_currency(new.currency, family.order.currency)?;
        if matches!(self, Self::Inline(_)) && !order::is_same(workset, tenant, family, new)? {
            let english = format!("{}, with other lines", family.order.id);
            let korean = format!("{}, 다른 품목", family.order.id);
            return Err(Problem::new(Code::OrderExists).said(english, korean).param("order"));
        }
        Ok(())
    }
}

pub(super) fn check_currency(given: Currency, of_order: Currency) -> Result<(), Problem> {
    if given == of_order {
        return Ok(());
    }
    let english = format!("{given} given, the order is in {of_order}");
    let korean = format!("받은 통화 {given}, 주문 통화 {of_order}");
    Err(Problem::new(Code::CurrencyMismatch).said(english, korean).param("currency"))
}

pub(super) fn mismatch(given: i64, total: i64) -> Problem {
    Problem::new(Code::AmountMismatch)
        .said(format!("{given} given, the order's total is {total}"), format!("받은 금액 {given}, 주문 합계 {total}"))
        .param("amount")
}
