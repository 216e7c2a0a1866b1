//! What becomes of an order's stock: sold at capture, given back at cancel or expiry, taken back with a return.

use steelyard_domain::{
    OrderId, Tenant,
    order::{Reservation, returns::ReturnPart},
    stock::StockMovementKind,
};

use crate::{
    problem::Problem,
    workset::{Family, Needs, Workset},
};

/// What an order's end touches besides itself: the products it holds, and the session it is paid in.
pub(crate) fn need_rest(family: &Family, needs: &mut Needs) {
    for product in family.lines.iter().filter_map(|line| line.product) {
        needs.product(product);
    }
    if let Some(session) = family.order.checkout {
        needs.checkout(session);
    }
}

/// The order is paid: what it held is sold.
pub(crate) fn consume(workset: &mut Workset, tenant: Tenant, order: OrderId) -> Result<(), Problem> {
    end_reservation(workset, tenant, order, Reservation::Consumed)
}

/// The order came to nothing: what it held is free again.
pub(crate) fn release(workset: &mut Workset, tenant: Tenant, order: OrderId) -> Result<(), Problem> {
    end_reservation(workset, tenant, order, Reservation::Released)
}

fn end_reservation(workset: &mut Workset, tenant: Tenant, order: OrderId, end: Reservation) -> Result<(), Problem> {
    let family = workset.family_mut(tenant, order)?;
    assert_eq!(family.order.reservation, Reservation::Held, "a reservation ends once");
    family.order.reservation = end;
    let held: Vec<_> = family.lines.iter().filter_map(|line| Some((line.product?, line.quantity))).collect();
    for (id, quantity) in held {
        let product = workset.product_mut(tenant, id)?;
        match end {
            Reservation::Consumed => {
                product.stock.consume(quantity);
                workset.move_stock(id, StockMovementKind::Sale, -quantity, Some(order), None);
            }
            Reservation::Released => product.stock.release(quantity),
            Reservation::Held => {}
        }
    }
    Ok(())
}

/// Units came back and go on sale again.
pub(crate) fn restock(
    workset: &mut Workset,
    tenant: Tenant,
    order: OrderId,
    parts: &[ReturnPart],
    reason: &str,
) -> Result<(), Problem> {
    for part in parts.iter().filter(|part| part.quantity > 0) {
        let family = workset.family(tenant, order)?;
        let product = family.lines.iter().find(|line| line.id == part.line).and_then(|line| line.product);
        let Some(id) = product else { continue };
        let product = workset.product_mut(tenant, id)?;
        let before = product.stock.on_hand;
        product.stock.restock(part.quantity);
        let delta = product.stock.on_hand - before;
        if delta != 0 {
            workset.move_stock(id, StockMovementKind::Return, delta, Some(order), Some(reason.to_owned()));
        }
    }
    Ok(())
}
