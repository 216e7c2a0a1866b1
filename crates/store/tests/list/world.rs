//! Orders, payments and movements of two merchants, at random, with the rollups that their commits would keep.

use steelyard_domain::{
    Currency, MovementId, PaymentId, SellerId, Span, Tenant, Timestamp,
    fee::Fee,
    method::MethodType,
    order::{Order, OrderLine, OrderStatus, Reservation},
    payment::{
        Payment, PaymentStatus,
        movement::{Movement, MovementKind, MovementStatus},
    },
};
use steelyard_store::rollup::{MovementBucket, MovementSum, PaymentBucket, PaymentSum, grow_movements, grow_payments};
use steelyard_testkit::{Database, Make, make::Item};

use crate::dice::Dice;

pub const DAYS: i64 = 5;
const BUYERS: [&str; 5] = ["김하늘", "이봄", "Kim Ha-neul", "ÉMILE Zola", "100%_할인"];
const GOODS: [&str; 5] = ["아메리카노", "Iced LATTE", "연필 세트", "노트북", "50% off"];

/// One order with all there is of it.
#[derive(Debug, Clone)]
pub struct Sale {
    pub order: Order,
    pub lines: Vec<OrderLine>,
    pub payment: Option<Payment>,
    pub movements: Vec<Movement>,
}

pub struct World {
    pub make: Make,
    pub dice: Dice,
    pub tenant: Tenant,
    pub other: Tenant,
    /// The first sells in most orders, the last in few.
    pub sellers: Vec<SellerId>,
    pub sales: Vec<Sale>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut make = Make::seeded(u16::try_from(seed).unwrap());
        let (tenant, other) = (make.tenant(), make.tenant());
        let sellers = (0..3).map(|_| SellerId::from_uuid(make.id())).collect();
        Self { make, dice: Dice::new(seed), tenant, other, sellers, sales: Vec::new() }
    }

    /// The first instant there is, a Seoul midnight.
    pub fn start(&self) -> Timestamp {
        steelyard_testkit::Clock::START.seoul_day().start()
    }

    /// An instant within the days of this world; some fall together.
    pub fn instant(&mut self) -> Timestamp {
        let micros = if self.dice.once_in(3) {
            // On the hour, midnights among them.
            self.dice.below(DAYS * 24) * Span::from_hours(1).micros()
        } else {
            self.dice.below(Span::from_days(DAYS).micros())
        };
        self.start().after(Span::from_micros(micros))
    }

    /// A sale at `at`.
    pub fn sale(&mut self, tenant: Tenant, at: Timestamp) -> Sale {
        self.make.clock.set(at);
        let items: Vec<Item> = (0..1 + self.dice.below(3))
            .map(|_| {
                let seller = if self.dice.once_in(12) { 2 } else { usize::from(self.dice.once_in(4)) };
                let (goods, price) = (self.dice.pick(&GOODS), 1_000 + self.dice.below(50_000));
                Item::of(self.sellers[seller], goods, 1 + self.dice.below(3), price)
            })
            .collect();
        let (mut order, lines) = self.make.order(tenant, &items);
        order.merchant_order_id = format!("Shop-{}", order.merchant_order_id);
        order.buyer_name = if self.dice.once_in(6) { None } else { Some(self.dice.pick(&BUYERS).to_owned()) };
        order.currency =
            if self.dice.once_in(5) { self.dice.pick(&[Currency::Usd, Currency::Jpy]) } else { Currency::Krw };
        order.status = self.dice.pick(&OrderStatus::ALL);
        order.reservation = if order.status == OrderStatus::Open { Reservation::Held } else { Reservation::Released };
        order.paid = if order.status == OrderStatus::Open { 0 } else { order.total };
        let payment = if self.dice.once_in(10) { None } else { Some(self.payment(&order)) };
        let movements = payment.as_ref().map_or_else(Vec::new, |payment| self.movements_of(payment));
        Sale { order, lines, payment, movements }
    }

    fn payment(&mut self, order: &Order) -> Payment {
        let payment = self.make.captured_payment(order);
        let (status, method) = if self.dice.once_in(2) {
            (PaymentStatus::Captured, MethodType::Card)
        } else {
            (self.dice.pick(&PaymentStatus::ALL), self.dice.pick(&MethodType::ALL))
        };
        let captured = match status {
            PaymentStatus::Captured
            | PaymentStatus::PartiallyCanceled
            | PaymentStatus::Canceled
            | PaymentStatus::PartiallyRefunded
            | PaymentStatus::Refunded => order.total,
            PaymentStatus::Ready
            | PaymentStatus::InProgress
            | PaymentStatus::Unknown
            | PaymentStatus::WaitingForDeposit
            | PaymentStatus::Authorized
            | PaymentStatus::Expired
            | PaymentStatus::Failed => 0,
        };
        let back = if captured > 0 && status != PaymentStatus::Captured { self.dice.below(captured + 1) } else { 0 };
        let canceled = if self.dice.once_in(2) { back } else { 0 };
        let fee_back = self.dice.below(payment.fee.amount + 1).min(back);
        let vat_back = self.dice.below(payment.fee.vat + 1).min(back);
        let fee_returned = Fee { amount: fee_back, vat: vat_back };
        Payment { status, method, captured, canceled, refunded: back - canceled, fee_returned, ..payment }
    }

    fn movements_of(&mut self, payment: &Payment) -> Vec<Movement> {
        let mut movements = vec![Movement {
            status: if self.dice.once_in(8) { MovementStatus::Declined } else { MovementStatus::Done },
            ..self.make.movement(payment)
        }];
        for _ in 0..self.dice.below(3) {
            let wait = Span::from_micros(self.dice.below(Span::from_hours(20).micros()));
            movements.push(Movement {
                id: MovementId::from_uuid(self.make.id()),
                refund: Some(steelyard_domain::RefundId::from_uuid(self.make.id())),
                kind: self.dice.pick(&[MovementKind::Cancel, MovementKind::Refund]),
                status: self.dice.pick(&MovementStatus::ALL),
                amount: -1 - self.dice.below(5_000),
                occurred_at: payment.created_at.after(wait),
                ..movements[0].clone()
            });
        }
        movements
    }

    /// `count` sales, an eighth of them the other merchant's, saved.
    pub async fn fill(&mut self, database: &Database, count: i64) {
        let mut sales = Vec::new();
        for number in 0..count {
            let at = self.instant();
            let tenant = if number % 8 == 7 { self.other } else { self.tenant };
            sales.push(self.sale(tenant, at));
        }
        self.add(database, sales).await;
    }

    pub async fn add(&mut self, database: &Database, sales: Vec<Sale>) {
        save(database, &sales).await;
        self.sales.extend(sales);
    }

    /// Ids of payments, to be looked for.
    pub fn payment_ids(&self) -> Vec<PaymentId> {
        self.sales.iter().filter_map(|sale| sale.payment.as_ref()).map(|payment| payment.id).collect()
    }
}

pub async fn save(database: &Database, sales: &[Sale]) {
    let payments: Vec<&Payment> = sales.iter().filter_map(|sale| sale.payment.as_ref()).collect();
    let movements: Vec<&Movement> = sales.iter().flat_map(|sale| &sale.movements).collect();
    let payment_sums = payments.iter().map(|payment| count_payment(payment)).collect();
    let movement_sums = movements.iter().map(|movement| count_movement(movement)).collect();
    database
        .save(|script| {
            script.insert(sales.iter().map(|sale| &sale.order).collect());
            script.insert(sales.iter().flat_map(|sale| &sale.lines).collect());
            script.insert(payments);
            script.insert(movements);
            grow_payments(script, payment_sums);
            grow_movements(script, movement_sums);
        })
        .await
        .unwrap();
}

/// What a commit counts a payment for.
pub fn count_payment(payment: &Payment) -> (PaymentBucket, PaymentSum) {
    let bucket = PaymentBucket {
        tenant: payment.tenant,
        day: payment.created_at.seoul_day(),
        status: payment.status,
        method: payment.method,
        currency: payment.currency,
    };
    let is_captured = payment.captured > 0;
    let fee = payment.fee.amount - payment.fee_returned.amount + payment.fee.vat - payment.fee_returned.vat;
    let sum = PaymentSum {
        count: 1,
        amount: payment.kept(),
        fee: if is_captured { fee } else { 0 },
        net: if is_captured { payment.net() } else { 0 },
    };
    (bucket, sum)
}

/// What a commit counts a movement for.
pub fn count_movement(movement: &Movement) -> (MovementBucket, MovementSum) {
    let bucket = MovementBucket {
        tenant: movement.tenant,
        day: movement.occurred_at.seoul_day(),
        kind: movement.kind,
        status: movement.status,
        method: movement.method,
        currency: movement.currency,
    };
    let is_done = movement.status == MovementStatus::Done;
    (bucket, MovementSum { count: 1, amount: if is_done { movement.amount } else { 0 } })
}
