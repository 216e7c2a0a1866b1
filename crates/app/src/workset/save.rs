//! Writing what a batch decided: one statement a table, in a fixed order.

use rustc_hash::FxHashMap;
use steelyard_domain::{
    order::{Order, OrderLine},
    payment::{Attempt, Payment, Refund, movement::Movement},
};
use steelyard_store::{
    Script, StoreError, Tx, commit_marker,
    idempotency::release,
    order::rename_orders,
    payment::PartOfRefund,
    rollup::{MovementBucket, MovementSum, PaymentBucket, PaymentSum, grow_movements, grow_payments},
};
use uuid::Uuid;

use super::{Family, Workset, family};

/// What of the families is written.
#[derive(Default)]
struct FamilyWrites<'a> {
    new_orders: Vec<&'a Order>,
    orders: Vec<(&'a Order, i64)>,
    new_lines: Vec<&'a OrderLine>,
    lines: Vec<(&'a OrderLine, i64)>,
    new_payments: Vec<&'a Payment>,
    payments: Vec<(&'a Payment, i64)>,
    new_attempts: Vec<&'a Attempt>,
    attempts: Vec<(&'a Attempt, i64)>,
    new_refunds: Vec<&'a Refund>,
    refunds: Vec<(&'a Refund, i64)>,
    new_movements: Vec<&'a Movement>,
    movements: Vec<(&'a Movement, i64)>,
    payment_sums: FxHashMap<PaymentBucket, PaymentSum>,
    movement_sums: FxHashMap<MovementBucket, MovementSum>,
}

impl<'a> FamilyWrites<'a> {
    fn collect(mut self, family: &'a Family) -> Self {
        match family.read.order {
            None => {
                self.new_orders.push(&family.order);
                self.new_lines.extend(&family.lines);
            }
            Some(read) => {
                if read != family.order.version {
                    self.orders.push((&family.order, read));
                }
                let lines = family.lines.iter().zip(&family.read.lines_returned);
                self.lines.extend(lines.filter(|(line, read)| line.returned != **read).map(|(line, _)| (line, 0)));
            }
        }
        if let Some(payment) = &family.payment {
            let changed = match &family.read.payment {
                None => {
                    self.new_payments.push(payment);
                    true
                }
                Some((read, bucket, sum)) if *read != payment.version => {
                    self.payments.push((payment, *read));
                    self.add_payment(*bucket, *sum, -1);
                    true
                }
                Some(_) => false,
            };
            if changed {
                let (bucket, sum) = family::count(payment);
                self.add_payment(bucket, sum, 1);
            }
        }
        for attempt in &family.attempts {
            match family.read.attempts.get(&attempt.id) {
                None => self.new_attempts.push(attempt),
                Some(read) if *read != attempt.version => self.attempts.push((attempt, *read)),
                Some(_) => {}
            }
        }
        for refund in &family.refunds {
            match family.read.refunds.get(&refund.id) {
                None => self.new_refunds.push(refund),
                Some(read) if *read != refund.version => self.refunds.push((refund, *read)),
                Some(_) => {}
            }
        }
        for movement in &family.movements {
            match family.read.movements.get(&movement.id) {
                None => self.new_movements.push(movement),
                Some(read) if *read != movement.status => {
                    self.movements.push((movement, 0));
                    self.add_movement(movement, *read, -1);
                }
                Some(_) => continue,
            }
            self.add_movement(movement, movement.status, 1);
        }
        self
    }

    fn add_payment(&mut self, bucket: PaymentBucket, sum: PaymentSum, sign: i64) {
        let into = self.payment_sums.entry(bucket).or_default();
        into.count += sign * sum.count;
        into.amount += sign * sum.amount;
        into.fee += sign * sum.fee;
        into.net += sign * sum.net;
    }

    fn add_movement(
        &mut self,
        movement: &Movement,
        status: steelyard_domain::payment::movement::MovementStatus,
        sign: i64,
    ) {
        let bucket = MovementBucket {
            tenant: movement.tenant,
            day: movement.occurred_at.seoul_day(),
            kind: movement.kind,
            status,
            method: movement.method,
            currency: movement.currency,
        };
        let done = status == steelyard_domain::payment::movement::MovementStatus::Done;
        let into = self.movement_sums.entry(bucket).or_default();
        into.count += sign;
        into.amount += if done { sign * movement.amount } else { 0 };
    }
}

impl Workset {
    /// Whether there is anything to write.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.families.has_changes()
            || self.idempotency.has_changes()
            || self.products.has_changes()
            || self.merchants.has_changes()
            || self.sellers.has_changes()
            || self.api_keys.has_changes()
            || self.checkouts.has_changes()
            || self.checkout_settings.has_changes()
            || self.people.has_changes()
            || !self.new_policies.is_empty()
            || !self.released.is_empty()
            || !self.ledger.is_empty()
            || !self.events.is_empty()
    }

    /// Writes everything, natural keys first, and the batch's marker.
    pub(crate) async fn save(&self, tx: &Tx<'_>, batch: Uuid) -> Result<(), StoreError> {
        let mut families: Vec<&Family> =
            self.families.slots().filter(|(_, slot)| slot.changed).map(|(_, slot)| &slot.value).collect();
        families.sort_by_key(|family| family.order.id);
        let families = families.into_iter().fold(FamilyWrites::default(), FamilyWrites::collect);
        let parts: Vec<PartOfRefund> = families
            .new_refunds
            .iter()
            .flat_map(|refund| {
                let part = |part| PartOfRefund { refund: refund.id, order: refund.order, part };
                refund.parts.iter().copied().map(part)
            })
            .collect();

        let mut script = Script::new(tx);
        let (merchants, sellers) = (self.merchants.writes(), self.sellers.writes());
        script.insert(merchants.inserts);
        script.update(merchants.updates);
        script.insert(sellers.inserts);
        script.update(sellers.updates);
        script.insert(self.new_policies.iter().collect());
        self.people.insert(&mut script);
        let keys = self.idempotency.writes();
        script.insert(keys.inserts);
        rename_orders(&mut script, &self.renamed);
        script.insert(families.new_orders);
        let products = self.products.writes();
        script.insert(products.inserts);
        let accounts = self.accounts.writes();
        script.insert(accounts.inserts);

        script.update(keys.updates);
        script.update(families.orders);
        script.insert(families.new_lines);
        script.update(families.lines);
        script.insert(families.new_payments);
        script.update(families.payments);
        script.insert(families.new_attempts);
        script.update(families.attempts);
        script.insert(families.new_refunds);
        script.update(families.refunds);
        script.insert(parts.iter().collect());
        script.insert(families.new_movements);
        script.update(families.movements);
        script.update(products.updates);
        script.insert(self.stock_movements.iter().collect());
        self.people.update(&mut script);
        script.update(accounts.updates);
        script.insert(self.ledger.iter().collect());
        script.insert(self.entries.iter().collect());
        script.insert(self.events.iter().collect());
        script.insert(self.new_answers.iter().collect());
        let api_keys = self.api_keys.writes();
        script.insert(api_keys.inserts);
        script.update(api_keys.updates);
        let checkouts = self.checkouts.writes();
        script.insert(checkouts.inserts);
        script.update(checkouts.updates);
        let settings = self.checkout_settings.writes();
        script.insert(settings.inserts);
        script.update(settings.updates);
        let unchanged = PaymentSum::default();
        let sums = families.payment_sums.into_iter().filter(|(_, sum)| *sum != unchanged);
        grow_payments(&mut script, sums.collect());
        grow_movements(&mut script, families.movement_sums.into_iter().collect());
        commit_marker::mark(&mut script, batch, self.now);
        script.run(tx).await?;
        release(tx, &self.released).await
    }
}
