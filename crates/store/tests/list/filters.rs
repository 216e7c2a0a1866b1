//! Every filter alone, and many together.

use steelyard_domain::{
    Currency, Span, Timestamp,
    method::MethodType,
    order::OrderStatus,
    payment::{
        PaymentStatus,
        movement::{MovementKind, MovementStatus},
    },
};
use steelyard_store::{
    Reader,
    list::{self, MovementFilter, OrderFilter, PaymentFilter, search::index_pending},
};
use steelyard_testkit::{Database, both_engines};

use crate::{ask, world::World};

both_engines!(each_filter_shows_what_it_says, filters_together_show_what_they_say);

/// More than there is.
const ALL: i64 = 10_000;

impl World {
    pub fn any_payment(&self) -> PaymentFilter {
        PaymentFilter {
            tenant: self.tenant,
            q: None,
            statuses: Vec::new(),
            methods: Vec::new(),
            seller: None,
            currency: None,
            from: None,
            to: None,
        }
    }

    pub fn any_movement(&self) -> MovementFilter {
        MovementFilter {
            tenant: self.tenant,
            q: None,
            kinds: Vec::new(),
            statuses: Vec::new(),
            methods: Vec::new(),
            seller: None,
            currency: None,
            from: None,
            to: None,
        }
    }

    pub fn any_order(&self) -> OrderFilter {
        OrderFilter { tenant: self.tenant, q: None, statuses: Vec::new(), from: None, to: None }
    }

    /// What people look for, and what nobody has.
    pub fn texts(&mut self) -> Vec<String> {
        let sale = self.dice.pick(&self.sales);
        let payment = self.dice.pick(&self.payment_ids());
        let own = &sale.order.merchant_order_id;
        let mut texts = vec![own.to_uppercase(), own[own.len() - 4..].to_owned(), sale.order.id.to_string()];
        texts.push(payment.to_string());
        // Of nobody: well formed, and never given out.
        texts.push(steelyard_domain::PaymentId::from_uuid(self.make.id()).to_string());
        texts.push(steelyard_domain::OrderId::from_uuid(self.make.id()).to_string());
        let words = ["", "하늘", "늘", "iced la", "éMILE", "0%", "_", "%", "shop-", "없는 말", "노\u{1f}", "'"];
        texts.extend(words.map(str::to_owned));
        texts
    }

    fn span(&mut self) -> (Option<Timestamp>, Option<Timestamp>) {
        let (from, to) = (self.instant(), self.instant());
        (if self.dice.once_in(3) { None } else { Some(from) }, if self.dice.once_in(3) { None } else { Some(to) })
    }

    pub fn payment_filter(&mut self) -> PaymentFilter {
        let (from, to) = self.span();
        let texts = self.texts();
        let mut filter = PaymentFilter { from, to, ..self.any_payment() };
        if self.dice.once_in(2) {
            filter.statuses = self.dice.some(&PaymentStatus::ALL);
        }
        if self.dice.once_in(3) {
            filter.methods = self.dice.some(&MethodType::ALL);
        }
        if self.dice.once_in(4) {
            filter.currency = Some(self.dice.pick(&Currency::ALL));
        }
        if self.dice.once_in(3) {
            filter.seller = Some(self.dice.pick(&self.sellers));
        }
        if self.dice.once_in(3) {
            filter.q = Some(self.dice.pick(&texts));
        }
        filter
    }

    pub fn movement_filter(&mut self) -> MovementFilter {
        let other = self.payment_filter();
        let mut filter = MovementFilter {
            q: other.q,
            methods: other.methods,
            seller: other.seller,
            currency: other.currency,
            from: other.from,
            to: other.to,
            ..self.any_movement()
        };
        if self.dice.once_in(2) {
            filter.kinds = self.dice.some(&MovementKind::ALL);
        }
        if self.dice.once_in(3) {
            filter.statuses = self.dice.some(&MovementStatus::ALL);
        }
        filter
    }

    pub fn order_filter(&mut self) -> OrderFilter {
        let other = self.payment_filter();
        let mut filter = OrderFilter { q: other.q, from: other.from, to: other.to, ..self.any_order() };
        if self.dice.once_in(2) {
            filter.statuses = self.dice.some(&OrderStatus::ALL);
        }
        filter
    }

    pub async fn check_payments(&self, reader: &Reader, filter: &PaymentFilter) {
        assert_eq!(ask::payments(reader, filter, None, ALL).await.unwrap(), self.payments(filter), "{filter:?}");
        let summary = ask::payment_summary(reader, filter).await.unwrap();
        assert_eq!(summary, self.payment_summary(filter), "{filter:?}");
    }

    pub async fn check_movements(&self, reader: &Reader, filter: &MovementFilter) {
        assert_eq!(ask::movements(reader, filter, None, ALL).await.unwrap(), self.movements(filter), "{filter:?}");
        let summary = ask::movement_summary(reader, filter).await.unwrap();
        assert_eq!(summary, self.movement_summary(filter), "{filter:?}");
    }

    pub async fn check_orders(&self, reader: &Reader, filter: &OrderFilter) {
        assert_eq!(list::orders(reader, filter, None, ALL).await.unwrap(), self.orders(filter), "{filter:?}");
    }
}

async fn each_filter_shows_what_it_says(database: &Database) {
    let mut world = World::new(1);
    world.fill(database, 300).await;
    let reader = database.reader().await;
    let (any, any_movement, any_order) = (world.any_payment(), world.any_movement(), world.any_order());
    let mut payments = vec![any.clone(), PaymentFilter { tenant: world.other, ..any.clone() }];
    let mut movements = vec![any_movement.clone()];
    let mut orders = vec![any_order.clone()];
    for status in PaymentStatus::ALL {
        payments.push(PaymentFilter { statuses: vec![status], ..any.clone() });
    }
    for method in MethodType::ALL {
        payments.push(PaymentFilter { methods: vec![method], ..any.clone() });
        movements.push(MovementFilter { methods: vec![method], ..any_movement.clone() });
    }
    for currency in Currency::ALL {
        payments.push(PaymentFilter { currency: Some(currency), ..any.clone() });
        movements.push(MovementFilter { currency: Some(currency), ..any_movement.clone() });
    }
    for seller in &world.sellers {
        payments.push(PaymentFilter { seller: Some(*seller), ..any.clone() });
        movements.push(MovementFilter { seller: Some(*seller), ..any_movement.clone() });
    }
    for q in world.texts() {
        payments.push(PaymentFilter { q: Some(q.clone()), ..any.clone() });
        movements.push(MovementFilter { q: Some(q.clone()), ..any_movement.clone() });
        orders.push(OrderFilter { q: Some(q), ..any_order.clone() });
    }
    for kind in MovementKind::ALL {
        movements.push(MovementFilter { kinds: vec![kind], ..any_movement.clone() });
    }
    for status in MovementStatus::ALL {
        movements.push(MovementFilter { statuses: vec![status], ..any_movement.clone() });
    }
    for status in OrderStatus::ALL {
        orders.push(OrderFilter { statuses: vec![status], ..any_order.clone() });
    }
    for hours in [0, 5, 24, 30] {
        let instant = Some(world.start().after(Span::from_hours(hours)));
        for (from, to) in [(instant, None), (None, instant)] {
            payments.push(PaymentFilter { from, to, ..any.clone() });
            movements.push(MovementFilter { from, to, ..any_movement.clone() });
            orders.push(OrderFilter { from, to, ..any_order.clone() });
        }
    }
    for filter in &payments {
        world.check_payments(&reader, filter).await;
    }
    for filter in &movements {
        world.check_movements(&reader, filter).await;
    }
    for filter in &orders {
        world.check_orders(&reader, filter).await;
    }
}

async fn filters_together_show_what_they_say(database: &Database) {
    let mut world = World::new(2);
    world.fill(database, 200).await;
    // Some orders are in chunks, some still wait.
    assert_eq!(database.write(async |tx| index_pending(tx, 150).await).await.unwrap(), 150);
    let reader = database.reader().await;
    let mut shown = 0;
    for _ in 0..250 {
        let payments = world.payment_filter();
        world.check_payments(&reader, &payments).await;
        shown += world.payments(&payments).len();
        let movements = world.movement_filter();
        world.check_movements(&reader, &movements).await;
        let orders = world.order_filter();
        world.check_orders(&reader, &orders).await;
    }
    assert!(shown > 1_000, "the filters leave {shown} payments in all: too few to show anything");
}
