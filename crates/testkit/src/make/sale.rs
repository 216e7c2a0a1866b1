//! What is sold: orders with lines, keys of requests, movements of stock.

use steelyard_domain::{
    Currency, IdempotencyId, OrderId, OrderLineId, ProductId, SellerId, StockMovementId, Tenant,
    order::{
        ORDER_LIFE, Order, OrderLine, OrderStatus, Reservation,
        line::{LineKind, Returned},
    },
    stock::StockMovementKind,
};
use steelyard_store::{
    idempotency::{IdempotencyRecord, IdempotencyState, StoredAnswer},
    product::StockMovement,
};

use super::Make;

/// One line to be ordered.
#[derive(Debug, Clone)]
pub struct Item {
    pub seller: SellerId,
    pub product: Option<ProductId>,
    pub name: String,
    pub quantity: i64,
    pub unit_price: i64,
    pub tax_free: bool,
}

impl Item {
    #[must_use]
    pub fn of(seller: SellerId, name: &str, quantity: i64, unit_price: i64) -> Self {
        Self { seller, product: None, name: name.to_owned(), quantity, unit_price, tax_free: false }
    }
}

impl Make {
    /// An open order, named after its first item.
    ///
    /// # Panics
    /// Without items: nobody orders nothing.
    pub fn order(&mut self, tenant: Tenant, items: &[Item]) -> (Order, Vec<OrderLine>) {
        let id = OrderId::from_uuid(self.id());
        let lines: Vec<OrderLine> = (0..).zip(items).map(|(position, item)| self.line(id, position, item)).collect();
        let first = items.first().expect("an order has items");
        let sum = |lines: &[OrderLine], only_tax_free: bool| -> i64 {
            lines.iter().filter(|line| !only_tax_free || line.tax_free).map(OrderLine::amount).sum()
        };
        let order = Order {
            id,
            tenant,
            merchant_order_id: format!("A-{}", id.uuid().as_u64_pair().1 & 0xffff_ffff_ffff),
            name: first.name.clone(),
            status: OrderStatus::Open,
            reservation: Reservation::Held,
            currency: Currency::Krw,
            total: sum(&lines, false),
            tax_free: sum(&lines, true),
            paid: 0,
            returned: 0,
            buyer_name: Some(String::from("김하늘")),
            buyer_email: None,
            buyer_phone: None,
            cancel_reason: None,
            checkout: None,
            top_up_of: None,
            is_claim: false,
            metadata: None,
            created_at: self.now(),
            expires_at: self.now().after(ORDER_LIFE),
            updated_at: self.now(),
            version: 1,
        };
        (order, lines)
    }

    fn line(&mut self, order: OrderId, position: i64, item: &Item) -> OrderLine {
        OrderLine {
            id: OrderLineId::from_uuid(self.id()),
            order,
            position,
            kind: LineKind::Product,
            seller: item.seller,
            product: item.product,
            name: item.name.clone(),
            quantity: item.quantity,
            unit_price: item.unit_price,
            tax_free: item.tax_free,
            returned: Returned::default(),
        }
    }

    /// An open order of one unit for 10 000 won from a seller of its own.
    pub fn plain_order(&mut self, tenant: Tenant) -> (Order, Vec<OrderLine>) {
        let seller = SellerId::from_uuid(self.id());
        self.order(tenant, &[Item::of(seller, "아메리카노", 1, 10_000)])
    }

    pub fn stock_movement(&mut self, product: ProductId, delta: i64) -> StockMovement {
        StockMovement {
            id: StockMovementId::from_uuid(self.id()),
            product,
            kind: StockMovementKind::Adjustment,
            delta,
            order: None,
            reason: None,
            created_at: self.now(),
        }
    }

    /// A request whose answer is not known yet.
    pub fn running_key(&mut self, tenant: Tenant, key: &str) -> IdempotencyRecord {
        let operation = "POST /v1/payments";
        IdempotencyRecord {
            id: IdempotencyId::derive(tenant, operation, key),
            tenant,
            operation: operation.to_owned(),
            key: key.to_owned(),
            request_hash: vec![3; 32],
            state: IdempotencyState::Running,
            object: None,
            status: None,
            answer: None,
            created_at: self.now(),
            completed_at: None,
        }
    }

    /// What an answered request was answered.
    #[must_use]
    pub fn answer_of(key: &IdempotencyRecord) -> StoredAnswer {
        let id = key.answer.expect("the request was answered");
        StoredAnswer { id, body: String::from("{\"code\":\"OK\"}") }
    }

    /// A request that was answered.
    pub fn answered_key(&mut self, tenant: Tenant, key: &str) -> IdempotencyRecord {
        IdempotencyRecord {
            state: IdempotencyState::Done,
            status: Some(201),
            answer: Some(self.id()),
            completed_at: Some(self.now()),
            ..self.running_key(tenant, key)
        }
    }
}
