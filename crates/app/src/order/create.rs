//! A new order: lines with their sellers and prices, stock promised, all or nothing.

use steelyard_domain::{
    OrderId, OrderLineId, SellerId, Tenant, Timestamp,
    limits::AMOUNT_MAX,
    order::{
        ORDER_LIFE, Order, OrderLine, OrderStatus, Reservation,
        line::{LineKind, Returned},
    },
    stock::Crossing,
};

use crate::{
    App,
    clock::new_id,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, NewLine, NewOrder, Reply},
    view::{OrderView, ProductView, to_json},
    workset::{Family, Needs, Workset},
};

use super::claim;

pub(crate) const OPERATION: &str = "POST /v1/orders";

/// `POST /v1/orders`
pub struct CreateOrder {
    pub call: Call,
    pub order: NewOrder,
}

impl Command for CreateOrder {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "createOrder"
    }

    fn needs(&self, needs: &mut Needs) {
        let tenant = self.call.tenant;
        idempotency::need(&self.call, OPERATION, needs);
        needs.order_name(tenant, &self.order.merchant_order_id);
        needs_of(tenant, &self.order, needs);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        super::need_claim(workset, self.call.tenant, &self.order, needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let id = build(workset, self.call.tenant, &self.order)?;
        let family = workset.family(self.call.tenant, id)?;
        let data = to_json(&OrderView::new(&family.order, &family.lines, None));
        let body = success_body(&data, self.call.language, &self.call.request_id);
        let reply = Reply { status: 201, body, replayed: false };
        idempotency::finish(workset, &self.call, OPERATION, key, id.uuid(), &reply);
        Ok(reply)
    }
}

/// The rows a new order stands on.
pub(crate) fn needs_of(tenant: Tenant, order: &NewOrder, needs: &mut Needs) {
    needs.merchant(tenant.merchant);
    for line in &order.lines {
        if let Some(product) = line.product {
            needs.product(product);
        }
        if let Some(seller) = line.seller {
            needs.seller(seller);
        }
    }
}

/// Makes the order and promises its stock.
pub(crate) fn build(workset: &mut Workset, tenant: Tenant, new: &NewOrder) -> Result<OrderId, Problem> {
    if let Some(existing) = workset.order_by_name(tenant, &new.merchant_order_id)
        && !claim::give_way(workset, tenant, existing, new)?
    {
        return Err(Problem::new(Code::OrderExists).detail(existing.to_string()).param("merchantOrderId"));
    }
    let (order, lines) = draft(workset, tenant, new)?;
    reserve(workset, tenant, &lines)?;
    let id = order.id;
    workset.insert_family(Family::new(order, lines));
    let family = workset.family(tenant, id)?.clone();
    super::emit(workset, &family, "order.created");
    Ok(id)
}

/// Whether an order says the same as one that is to be made: what is sold, by whom, for how much.
pub(crate) fn is_same(workset: &Workset, tenant: Tenant, there: &Family, new: &NewOrder) -> Result<bool, Problem> {
    let (order, lines) = draft(workset, tenant, new)?;
    let said = |line: &OrderLine| {
        let OrderLine { kind, seller, product, quantity, unit_price, tax_free, .. } = *line;
        (kind, seller, product, quantity, unit_price, tax_free, line.name.clone())
    };
    Ok(order.currency == there.order.currency && lines.iter().map(said).eq(there.lines.iter().map(said)))
}

/// The order as it would be made now.
fn draft(workset: &Workset, tenant: Tenant, new: &NewOrder) -> Result<(Order, Vec<OrderLine>), Problem> {
    let now = workset.business_now(tenant)?;
    let id = OrderId::from_uuid(new_id());
    let mut lines = Vec::with_capacity(new.lines.len() + 1);
    for (index, line) in new.lines.iter().enumerate() {
        lines.push(order_line(workset, tenant, id, index, line, new)?);
    }
    if new.shipping_fee > 0 {
        let position = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let seller = workset.default_seller(tenant)?;
        lines.push(shipping_line(id, position, seller, new.shipping_fee));
    }
    Ok((order_of(tenant, id, new, &lines, now)?, lines))
}

fn order_of(
    tenant: Tenant,
    id: OrderId,
    new: &NewOrder,
    lines: &[OrderLine],
    now: Timestamp,
) -> Result<Order, Problem> {
    let too_large = || {
        Problem::new(Code::TooMany)
            .said(format!("an order's total is at most {AMOUNT_MAX}"), format!("주문 합계는 {AMOUNT_MAX}까지예요"))
    };
    let sum = |only_tax_free: bool| {
        let wanted = lines.iter().filter(|line| !only_tax_free || line.tax_free);
        wanted.map(|line| i128::from(line.quantity) * i128::from(line.unit_price)).sum::<i128>()
    };
    let total = i64::try_from(sum(false)).ok().filter(|total| *total <= AMOUNT_MAX).ok_or_else(too_large)?;
    let tax_free = i64::try_from(sum(true)).map_err(|_| too_large())?;
    if total == 0 {
        let problem =
            Problem::new(Code::InvalidRequest).said("an order's total is at least 1", "주문 합계는 1 이상이어야 해요");
        return Err(problem.param("lines"));
    }
    if let Some(expected) = new.total.filter(|expected| *expected != total) {
        let problem = Problem::new(Code::TotalMismatch).said(
            format!("{expected} given, the lines sum to {total}"),
            format!("받은 값 {expected}, 품목 합계 {total}"),
        );
        return Err(problem.param("totalAmount"));
    }
    Ok(Order {
        id,
        tenant,
        merchant_order_id: new.merchant_order_id.clone(),
        name: new.name.clone().unwrap_or_else(|| name_of(lines)),
        status: OrderStatus::Open,
        reservation: Reservation::Held,
        currency: new.currency,
        total,
        tax_free,
        paid: 0,
        returned: 0,
        buyer_name: new.buyer.name.clone(),
        buyer_email: new.buyer.email.clone(),
        buyer_phone: new.buyer.phone.clone(),
        cancel_reason: None,
        checkout: None,
        top_up_of: new.top_up_of,
        is_claim: new.is_claim,
        metadata: new.metadata.clone(),
        created_at: now,
        expires_at: now.after(ORDER_LIFE),
        updated_at: now,
        version: 1,
    })
}

/// `아메리카노`, or `아메리카노 외 2건`.
fn name_of(lines: &[OrderLine]) -> String {
    let products: Vec<&OrderLine> = lines.iter().filter(|line| line.kind == LineKind::Product).collect();
    match products.split_first() {
        None => String::from("배송"),
        Some((first, [])) => first.name.clone(),
        Some((first, rest)) => format!("{} 외 {}건", first.name, rest.len()),
    }
}

fn order_line(
    workset: &Workset,
    tenant: Tenant,
    order: OrderId,
    index: usize,
    line: &NewLine,
    new: &NewOrder,
) -> Result<OrderLine, Problem> {
    let field = |name: &str| format!("lines[{index}].{name}");
    let product = match line.product {
        Some(id) => Some(workset.product(tenant, id).map_err(|problem| problem.param(field("productId")))?),
        None => None,
    };
    if let Some(product) = product.filter(|product| product.currency != new.currency) {
        let english = format!("{} is sold in {}", product.sku, product.currency);
        let korean = format!("{}의 판매 통화는 {}", product.sku, product.currency);
        return Err(Problem::new(Code::CurrencyMismatch).said(english, korean).param(field("productId")));
    }
    let missing = |name: &str| {
        let english = format!("{name} is required for a line without a product");
        let korean = format!("상품을 지정하지 않은 품목에는 {name}이 필요해요");
        Problem::new(Code::InvalidRequest).said(english, korean).param(field(name))
    };
    let seller = match line.seller.or_else(|| product.and_then(|product| product.seller)) {
        Some(seller) => {
            workset.seller(tenant, seller).map_or_else(
                // A product's own seller was checked when the product was made.
                |problem| if line.seller.is_some() { Err(problem.param(field("sellerId"))) } else { Ok(seller) },
                |seller| Ok(seller.id),
            )?
        }
        None => workset.default_seller(tenant)?,
    };
    let name = line.name.clone().or_else(|| product.map(|product| product.name.clone()));
    let unit_price = line.unit_price.or_else(|| product.map(|product| product.price));
    Ok(OrderLine {
        id: OrderLineId::from_uuid(new_id()),
        order,
        position: i64::try_from(index).unwrap_or(i64::MAX),
        kind: LineKind::Product,
        seller,
        product: line.product,
        name: name.ok_or_else(|| missing("name"))?,
        quantity: line.quantity,
        unit_price: unit_price.ok_or_else(|| missing("unitPrice"))?,
        tax_free: line.tax_free.or_else(|| product.map(|product| product.tax_free)).unwrap_or(false),
        returned: Returned::default(),
    })
}

fn shipping_line(order: OrderId, position: i64, seller: SellerId, fee: i64) -> OrderLine {
    OrderLine {
        id: OrderLineId::from_uuid(new_id()),
        order,
        position,
        kind: LineKind::Shipping,
        seller,
        product: None,
        name: String::from("배송비"),
        quantity: 1,
        unit_price: fee,
        tax_free: false,
        returned: Returned::default(),
    }
}

fn reserve(workset: &mut Workset, tenant: Tenant, lines: &[OrderLine]) -> Result<(), Problem> {
    for (index, line) in lines.iter().enumerate() {
        let Some(id) = line.product else { continue };
        let product = workset.product_mut(tenant, id)?;
        let crossing = product.stock.reserve(line.quantity).map_err(|error| {
            let korean = format!("{}: {}", product.name, crate::catalog::in_korean(error));
            Problem::new(Code::OutOfStock)
                .said(format!("{}: {error}", product.name), korean)
                .param(format!("lines[{index}].quantity"))
        })?;
        if crossing == Crossing::FellLow {
            let product = product.clone();
            let data = to_json(&ProductView::new(&product));
            workset.emit(tenant, "product.lowStock", id.to_string(), product.version, data);
        }
    }
    Ok(())
}

impl App {
    /// `POST /v1/orders`
    pub async fn create_order(&self, call: Call, order: NewOrder) -> Result<Reply, Problem> {
        Ok(self.pipeline().submit(CreateOrder { call, order }).await?)
    }
}
