//! What lists and sums have to show, by plain filters over everything.

use std::cmp::Reverse;

use steelyard_domain::{
    Currency, OrderId, PaymentId, SellerId, Timestamp,
    order::Order,
    payment::{
        Payment,
        movement::{Movement, MovementKind},
    },
};
use steelyard_store::list::{MovementFilter, MovementSum, MovementSummary, OrderFilter, PaymentFilter, PaymentSummary};

use crate::world::{Sale, World, count_movement, count_payment};

impl Sale {
    fn is_meant(&self, q: Option<&str>) -> bool {
        let Some(q) = q.filter(|q| !q.is_empty()) else { return true };
        if let Ok(id) = OrderId::parse(q) {
            return self.order.id == id;
        }
        if let Ok(id) = PaymentId::parse(q) {
            return self.payment.as_ref().is_some_and(|payment| payment.id == id);
        }
        let q = q.to_lowercase();
        let order = [&self.order.name, &self.order.merchant_order_id];
        let texts = order.into_iter().chain(&self.order.buyer_name).chain(self.lines.iter().map(|line| &line.name));
        texts.into_iter().any(|text| text.to_lowercase().contains(&q))
    }

    fn is_sold_by(&self, seller: Option<SellerId>) -> bool {
        seller.is_none_or(|seller| self.lines.iter().any(|line| line.seller == seller))
    }
}

fn is_within(at: Timestamp, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to)
}

fn allows<T: PartialEq>(allowed: &[T], value: &T) -> bool {
    allowed.is_empty() || allowed.contains(value)
}

impl World {
    /// Newest first.
    pub fn payments(&self, filter: &PaymentFilter) -> Vec<Payment> {
        let sales = self.sales.iter().filter(|sale| {
            sale.order.tenant == filter.tenant && sale.is_meant(filter.q.as_deref()) && sale.is_sold_by(filter.seller)
        });
        let mut payments: Vec<Payment> = sales
            .filter_map(|sale| sale.payment.clone())
            .filter(|payment| {
                allows(&filter.statuses, &payment.status)
                    && allows(&filter.methods, &payment.method)
                    && filter.currency.is_none_or(|currency| currency == payment.currency)
                    && is_within(payment.created_at, filter.from, filter.to)
            })
            .collect();
        payments.sort_by_key(|payment| Reverse((payment.created_at, payment.id.uuid())));
        payments
    }

    /// Newest first.
    pub fn movements(&self, filter: &MovementFilter) -> Vec<Movement> {
        let sales = self.sales.iter().filter(|sale| {
            sale.order.tenant == filter.tenant && sale.is_meant(filter.q.as_deref()) && sale.is_sold_by(filter.seller)
        });
        let mut movements: Vec<Movement> = sales
            .flat_map(|sale| sale.movements.clone())
            .filter(|movement| {
                allows(&filter.kinds, &movement.kind)
                    && allows(&filter.statuses, &movement.status)
                    && allows(&filter.methods, &movement.method)
                    && filter.currency.is_none_or(|currency| currency == movement.currency)
                    && is_within(movement.occurred_at, filter.from, filter.to)
            })
            .collect();
        movements.sort_by_key(|movement| Reverse((movement.occurred_at, movement.id.uuid())));
        movements
    }

    /// Newest first.
    pub fn orders(&self, filter: &OrderFilter) -> Vec<Order> {
        let sales = self.sales.iter().filter(|sale| {
            sale.order.tenant == filter.tenant
                && sale.is_meant(filter.q.as_deref())
                && allows(&filter.statuses, &sale.order.status)
                && is_within(sale.order.created_at, filter.from, filter.to)
        });
        let mut orders: Vec<Order> = sales.map(|sale| sale.order.clone()).collect();
        orders.sort_by_key(|order| Reverse((order.created_at, order.id.uuid())));
        orders
    }

    pub fn payment_summary(&self, filter: &PaymentFilter) -> PaymentSummary {
        let currency = filter.currency.unwrap_or(Currency::Krw);
        let empty = PaymentSummary { currency, count: 0, total_amount: 0, total_fee: 0, total_net_amount: 0 };
        self.payments(filter).iter().map(count_payment).fold(empty, |mut all, (bucket, sum)| {
            all.count += 1;
            if bucket.currency == currency {
                all.total_amount += sum.amount;
                all.total_fee += sum.fee;
                all.total_net_amount += sum.net;
            }
            all
        })
    }

    pub fn movement_summary(&self, filter: &MovementFilter) -> MovementSummary {
        let currency = filter.currency.unwrap_or(Currency::Krw);
        let movements = self.movements(filter);
        let of = |kinds: &[MovementKind]| {
            let own = movements.iter().filter(|movement| kinds.contains(&movement.kind)).map(count_movement);
            own.fold(MovementSum::default(), |all, (bucket, sum)| MovementSum {
                count: all.count + 1,
                amount: all.amount + if bucket.currency == currency { sum.amount } else { 0 },
            })
        };
        MovementSummary {
            currency,
            payment: of(&[MovementKind::Payment]),
            cancel: of(&[MovementKind::Cancel]),
            refund: of(&[MovementKind::Refund]),
            all: of(&MovementKind::ALL),
        }
    }
}
