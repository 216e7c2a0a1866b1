//! A small shop in which everything that can happen has happened, written as the commands write it.

use std::collections::HashMap;

use steelyard_domain::{
    LedgerTransactionId, Mode, SellerId, Span, Tenant, Timestamp,
    catalog::Product,
    checkout::CheckoutSession,
    ledger::{
        Account, Entry, LedgerTransaction, Posting,
        posting::{self, Beneficiary, Scene, SellerShare},
    },
    merchant::Merchant,
    order::{
        Order, OrderLine, OrderStatus, Reservation,
        returns::{self, Captured, ReturnRequest},
    },
    payment::{
        Attempt, AttemptState, CaptureMode, Operation, Payment, PaymentStatus, Refund, RefundKind, RefundState,
        movement::{Movement, MovementStatus},
    },
    stock::StockMovementKind,
};
use steelyard_store::{
    Engine, Script,
    event::EventRecord,
    idempotency::{IdempotencyRecord, StoredAnswer},
    ledger::Seal,
    payment::PartOfRefund,
    product::StockMovement,
    rollup::{MovementBucket, MovementSum, PaymentBucket, PaymentSum, grow_movements, grow_payments},
};
use steelyard_testkit::{Database, Make, make::Item};

use crate::people::People;

/// An order with all that hangs on it.
pub struct Family {
    pub order: Order,
    pub lines: Vec<OrderLine>,
    pub payment: Option<Payment>,
    pub attempts: Vec<Attempt>,
    pub refunds: Vec<Refund>,
    pub movements: Vec<Movement>,
}

pub struct World {
    pub make: Make,
    pub tenant: Tenant,
    merchant: Merchant,
    pub families: Vec<Family>,
    pub product: Product,
    stock_movements: Vec<StockMovement>,
    accounts: Vec<Account>,
    ledger: Vec<(LedgerTransaction, Vec<Entry>)>,
    events: Vec<EventRecord>,
    keys: Vec<IdempotencyRecord>,
    answers: Vec<StoredAnswer>,
    pub people: People,
    pub sessions: Vec<CheckoutSession>,
}

/// How a refund stands in the end.
const REFUNDS: [RefundState; 4] =
    [RefundState::Succeeded, RefundState::Declined, RefundState::Sent, RefundState::Unknown];

impl World {
    /// Everything that can happen, once.
    pub fn new() -> Self {
        let mut world = Self::empty();
        let refunded = world.open(4);
        world.try_in_vain(refunded);
        world.charge(refunded, Operation::Purchase);
        world.approve(refunded);
        for state in REFUNDS {
            let line = world.families[refunded].lines[0].id;
            world.give_back(refunded, &ReturnRequest::Lines(vec![(line, 1)]), RefundKind::Refund, state);
        }
        let canceled = world.open(1);
        world.charge(canceled, Operation::Purchase);
        world.approve(canceled);
        world.give_back(canceled, &ReturnRequest::Everything, RefundKind::Cancel, RefundState::Succeeded);
        let captured = world.open(2);
        world.charge(captured, Operation::Purchase);
        world.approve(captured);

        let held = world.open(0);
        world.charge(held, Operation::Authorize);
        world.approve(held);
        let in_part = world.open(0);
        world.charge(in_part, Operation::Authorize);
        world.approve(in_part);
        world.capture_held(in_part, 4_000);
        let voided = world.open(0);
        world.charge(voided, Operation::Authorize);
        world.approve(voided);
        world.void(voided);

        let sent = world.open(1);
        world.charge(sent, Operation::Purchase);
        let unknown = world.open(1);
        world.charge(unknown, Operation::Purchase);
        world.lose(unknown);
        let late = world.open(1);
        world.charge(late, Operation::Purchase);
        world.net_cancel(late);
        world.approve_too_late(late);
        let undone = world.open(1);
        world.charge(undone, Operation::Purchase);
        world.net_cancel(undone);
        let found = world.approve_too_late(undone);
        world.undo_late(undone, found);
        let expired = world.open(1);
        world.try_in_vain(expired);
        world.expire(expired);
        world.open(1);
        world.spend_gift_cards();
        world.pay_in_every_way();
        world
    }

    fn empty() -> Self {
        let mut make = Make::default();
        let merchant = make.merchant();
        let tenant = Tenant { merchant: merchant.id, mode: Mode::Test };
        let mut product = make.product(tenant);
        product.stock.on_hand = 100;
        let stock_movements = vec![make.stock_movement(product.id, 100)];
        let people = People::new(&mut make, tenant);
        let keys = vec![make.answered_key(tenant, "done"), make.running_key(tenant, "running")];
        Self {
            make,
            tenant,
            merchant,
            families: Vec::new(),
            product,
            stock_movements,
            accounts: Vec::new(),
            ledger: Vec::new(),
            events: Vec::new(),
            answers: vec![Make::answer_of(&keys[0])],
            people,
            keys,
            sessions: Vec::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.make.now()
    }

    /// An open order over some units of the product, a book that bears no VAT, and two units of something.
    pub fn open(&mut self, units: i64) -> usize {
        self.make.clock.advance(Span::from_secs(1));
        let seller = SellerId::from_uuid(self.make.id());
        let mut items = vec![
            Item { tax_free: true, ..Item::of(seller, "도서", 1, 3_000) },
            Item::of(SellerId::from_uuid(self.make.id()), "엽서", 2, 1_500),
        ];
        if units > 0 {
            items.insert(0, Item { product: Some(self.product.id), ..Item::of(seller, "아메리카노", units, 4_500) });
            self.product.stock.reserved += units;
            self.product.version += 1;
        }
        let (order, lines) = self.make.order(self.tenant, &items);
        self.event("order.created", order.id.to_string(), 1);
        let (payment, attempts, refunds, movements) = (None, Vec::new(), Vec::new(), Vec::new());
        self.families.push(Family { order, lines, payment, attempts, refunds, movements });
        self.families.len() - 1
    }

    pub fn event(&mut self, kind: &str, object: String, version: i64) {
        let event = self.make.event(self.tenant, kind, object, version);
        self.events.push(event);
    }

    fn units(&self, family: usize) -> i64 {
        self.families[family].lines.iter().filter(|line| line.product.is_some()).map(|line| line.quantity).sum()
    }

    pub fn payment(&mut self, family: usize) -> &mut Payment {
        let Family { order, payment, .. } = &mut self.families[family];
        payment.get_or_insert_with(|| self.make.payment(order))
    }

    /// A declined purchase.
    fn try_in_vain(&mut self, family: usize) {
        let payment = self.payment(family).clone();
        let sent = self.make.sent_attempt(&payment);
        let declined = Attempt { state: AttemptState::Declined, next_check_at: None, ..sent };
        self.families[family].attempts.push(declined);
    }

    pub fn charge(&mut self, family: usize, operation: Operation) {
        let payment = self.payment(family);
        payment.status = PaymentStatus::InProgress;
        payment.version += 1;
        payment.capture_mode = if operation == Operation::Authorize { CaptureMode::Manual } else { CaptureMode::Auto };
        let payment = payment.clone();
        self.event("payment.created", payment.id.to_string(), payment.version);
        let attempt = Attempt { operation, ..self.make.sent_attempt(&payment) };
        self.families[family].attempts.push(attempt);
    }

    /// The acquirer approves the attempt under way.
    pub fn approve(&mut self, family: usize) {
        let now = self.now();
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.state = AttemptState::Approved;
        attempt.next_check_at = None;
        attempt.acquirer_transaction_id = Some(format!("sim_{}", attempt.id.uuid().simple()));
        attempt.approval_number = Some(String::from("30012345"));
        let attempt = attempt.clone();
        let payment = self.payment(family);
        payment.acquirer_transaction_id.clone_from(&attempt.acquirer_transaction_id);
        payment.approval_number.clone_from(&attempt.approval_number);
        if attempt.operation == Operation::Purchase {
            return self.capture(family, attempt.amount, &[]);
        }
        payment.status = PaymentStatus::Authorized;
        payment.version += 1;
        payment.authorized_until = Some(now.after(Span::from_days(7)));
        let payment = payment.clone();
        let shares = self.whole_shares(family);
        self.post(&posting::authorized(self.scene(family), payment.id.uuid(), &shares));
        self.event("payment.authorized", payment.id.to_string(), payment.version);
    }

    fn capture_held(&mut self, family: usize, amount: i64) {
        let payment = self.payment(family).clone();
        let attempt = Attempt { operation: Operation::Capture, amount, ..self.make.approved_attempt(&payment) };
        self.families[family].attempts.push(attempt);
        let held = self.whole_shares(family);
        self.capture(family, amount, &held);
    }

    pub fn capture(&mut self, family: usize, amount: i64, held: &[SellerShare]) {
        let now = self.now();
        let payment = self.payment(family);
        payment.status = PaymentStatus::Captured;
        payment.version += 1;
        payment.captured = amount;
        payment.captured_at = Some(now);
        payment.authorized_until = None;
        payment.fee = payment.fee_terms.fee(amount).unwrap();
        let payment = payment.clone();
        let movement = Movement { amount, ..self.make.movement(&payment) };
        let (product, units) = (self.product.id, self.units(family));
        let family_now = &mut self.families[family];
        family_now.movements.push(movement);
        family_now.order.status = OrderStatus::Paid;
        family_now.order.reservation = Reservation::Consumed;
        family_now.order.paid = amount;
        family_now.order.version += 1;
        let (order, version) = (family_now.order.id, family_now.order.version);
        if units > 0 {
            self.product.stock.reserved -= units;
            self.product.stock.on_hand -= units;
            let moved = self.make.stock_movement(product, -units);
            self.stock_movements.push(StockMovement { kind: StockMovementKind::Sale, order: Some(order), ..moved });
        }
        let shares = self.shares(family, &payment.captured_whole());
        self.post(&posting::captured(self.scene(family), payment.id.uuid(), &shares, held));
        self.event("payment.captured", payment.id.to_string(), payment.version);
        self.event("order.paid", order.to_string(), version);
    }

    fn void(&mut self, family: usize) {
        let payment = self.payment(family).clone();
        let attempt = Attempt { operation: Operation::Void, ..self.make.approved_attempt(&payment) };
        let payment = self.payment(family);
        payment.status = PaymentStatus::Canceled;
        payment.version += 1;
        payment.authorized_until = None;
        let payment = payment.clone();
        self.families[family].attempts.push(attempt);
        let shares = self.whole_shares(family);
        self.post(&posting::voided(self.scene(family), payment.id.uuid(), &shares));
        self.event("payment.canceled", payment.id.to_string(), payment.version);
    }

    /// Nothing was heard of the attempt under way; the caller's key still waits for it.
    fn lose(&mut self, family: usize) {
        let key = self.keys[1].id;
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.state = AttemptState::Unknown;
        attempt.idempotency = Some(key);
        self.payment(family).status = PaymentStatus::Unknown;
    }

    fn net_cancel(&mut self, family: usize) {
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.state = AttemptState::NetCanceled;
        attempt.next_check_at = None;
        self.payment(family).status = PaymentStatus::Ready;
    }

    fn approve_too_late(&mut self, family: usize) -> LedgerTransactionId {
        let now = self.now();
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.next_check_at = Some(now);
        let (id, amount) = (attempt.id.uuid(), attempt.amount);
        self.post(&posting::late_approval(self.scene(family), id, amount))
    }

    fn undo_late(&mut self, family: usize, found: LedgerTransactionId) {
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.next_check_at = None;
        let (id, amount) = (attempt.id.uuid(), attempt.amount);
        self.post(&posting::late_approval_undone(self.scene(family), id, amount, found));
    }

    pub fn expire(&mut self, family: usize) {
        let units = self.units(family);
        self.payment(family).status = PaymentStatus::Expired;
        let order = &mut self.families[family].order;
        order.status = OrderStatus::Expired;
        order.reservation = Reservation::Released;
        self.product.stock.reserved -= units;
    }

    pub fn give_back(&mut self, family: usize, request: &ReturnRequest, kind: RefundKind, state: RefundState) {
        let now = self.now();
        let payment = self.payment(family).clone();
        let back = returns::allocate(&payment.captured_whole(), &self.families[family].lines, request).unwrap();
        let operation = if kind == RefundKind::Cancel { Operation::Cancel } else { Operation::Refund };
        let attempt_state = match state {
            RefundState::Succeeded => AttemptState::Approved,
            RefundState::Declined => AttemptState::Declined,
            RefundState::Unknown => AttemptState::Unknown,
            RefundState::Requested | RefundState::Sent => AttemptState::Sent,
        };
        let sent = self.make.sent_attempt(&payment);
        let refund = Refund { kind, state, ..self.make.refund(&payment, sent.id, back.parts) };
        let refund = Refund { completed_at: (!state.is_open()).then_some(now), ..refund };
        let attempt = Attempt {
            operation,
            state: attempt_state,
            refund: Some(refund.id),
            amount: refund.amount,
            next_check_at: sent.next_check_at.filter(|_| state.is_open()),
            ..sent
        };
        let status = match state {
            RefundState::Succeeded => MovementStatus::Done,
            RefundState::Declined => MovementStatus::Declined,
            RefundState::Requested | RefundState::Sent | RefundState::Unknown => MovementStatus::Pending,
        };
        let movement = Movement { status, ..self.make.return_movement(&payment, &refund) };
        let shares = shares_of(&refund);
        let requested = self.post(&posting::refund_requested(self.scene(family), refund.id.uuid(), &shares));
        self.event("refund.requested", refund.id.to_string(), 1);
        let id = refund.id.uuid();
        match state {
            RefundState::Succeeded => {
                self.post(&posting::refund_succeeded(self.scene(family), id, refund.amount));
                self.count_return(family, &refund);
            }
            RefundState::Declined => {
                self.post(&posting::refund_declined(self.scene(family), id, &shares, requested));
            }
            RefundState::Requested | RefundState::Sent | RefundState::Unknown => {
                self.payment(family).in_flight += refund.amount;
            }
        }
        if state != RefundState::Declined {
            let payment = self.payment(family);
            payment.fee_returned.amount += refund.fee.amount;
            payment.fee_returned.vat += refund.fee.vat;
            returns::apply(&mut self.families[family].lines, &refund.parts);
        }
        let family = &mut self.families[family];
        family.attempts.push(attempt);
        family.movements.push(movement);
        family.refunds.push(refund);
    }

    /// A refund that succeeded, on payment, order and stock.
    fn count_return(&mut self, family: usize, refund: &Refund) {
        let payment = self.payment(family);
        match refund.kind {
            RefundKind::Cancel => payment.canceled += refund.amount,
            RefundKind::Refund => payment.refunded += refund.amount,
        }
        let whole = payment.kept() == 0;
        (payment.status, self.families[family].order.status) = match (refund.kind, whole) {
            (RefundKind::Cancel, true) => (PaymentStatus::Canceled, OrderStatus::Canceled),
            (RefundKind::Cancel, false) => (PaymentStatus::PartiallyCanceled, OrderStatus::PartiallyRefunded),
            (RefundKind::Refund, true) => (PaymentStatus::Refunded, OrderStatus::Refunded),
            (RefundKind::Refund, false) => (PaymentStatus::PartiallyRefunded, OrderStatus::PartiallyRefunded),
        };
        self.families[family].order.returned += refund.amount;
        let of_product = |line: &&OrderLine| line.product.is_some();
        let line = self.families[family].lines.iter().find(of_product).map(|line| line.id);
        let back: i64 = refund.parts.iter().filter(|part| Some(part.line) == line).map(|part| part.quantity).sum();
        let order = self.families[family].order.id;
        if back > 0 {
            self.product.stock.on_hand += back;
            let moved = self.make.stock_movement(self.product.id, back);
            self.stock_movements.push(StockMovement { kind: StockMovementKind::Return, order: Some(order), ..moved });
        }
    }

    /// What becomes of gift cards.
    fn spend_gift_cards(&mut self) {
        for (posting, card, event) in self.people.spend(self.make.now()) {
            if let Some(posting) = posting {
                self.post(&posting);
            }
            self.event(event, card.id.to_string(), card.version);
        }
    }

    pub fn scene(&self, family: usize) -> Scene {
        let Family { order, payment, .. } = &self.families[family];
        let payment = payment.as_ref().unwrap();
        Scene {
            tenant: self.tenant,
            funds: payment.funds(),
            beneficiary: order.top_up_of.map_or(Beneficiary::Sellers, Beneficiary::Payer),
            currency: payment.currency,
            order: payment.order,
        }
    }

    fn whole_shares(&mut self, family: usize) -> Vec<SellerShare> {
        let payment = self.payment(family);
        let whole = Captured { amount: payment.amount, fee: payment.fee, terms: payment.fee_terms };
        self.shares(family, &whole)
    }

    fn shares(&self, family: usize, captured: &Captured) -> Vec<SellerShare> {
        let lines = &self.families[family].lines;
        let shares = returns::shares(captured, lines).unwrap();
        let each = lines.iter().zip(shares).map(|(line, share)| (line.seller, share.amount, share.fee, share.fee_vat));
        by_seller(each)
    }

    pub fn post(&mut self, posting: &Posting) -> LedgerTransactionId {
        let posted = self.make.post(&mut self.accounts, posting);
        let id = posted.0.id;
        self.ledger.push(posted);
        id
    }

    /// Writes it all in one commit.
    pub async fn save(&self, database: &Database) {
        let parts: Vec<PartOfRefund> = self
            .families
            .iter()
            .flat_map(|family| &family.refunds)
            .flat_map(|refund| {
                let part = |part| PartOfRefund { refund: refund.id, order: refund.order, part };
                refund.parts.iter().copied().map(part)
            })
            .collect();
        let seals: Vec<Seal> =
            (1..).zip(&self.ledger).map(|(position, (sealed, _))| Make::seal(position, sealed.id)).collect();
        database.save(|script| self.fill(script, &parts, &seals)).await.unwrap();
        if database.engine() == Engine::Postgres {
            let positions = "INSERT INTO event_position SELECT ROW_NUMBER() OVER (ORDER BY seq), seq FROM event";
            database.sql(positions).await.unwrap();
        }
    }

    fn fill<'a>(&'a self, script: &mut Script<'a>, parts: &'a [PartOfRefund], seals: &'a [Seal]) {
        script.insert(vec![&self.merchant]);
        self.people.fill(script);
        script.insert(self.families.iter().map(|family| &family.order).collect());
        script.insert(self.families.iter().flat_map(|family| &family.lines).collect());
        script.insert(self.families.iter().filter_map(|family| family.payment.as_ref()).collect());
        script.insert(self.families.iter().flat_map(|family| &family.attempts).collect());
        script.insert(self.families.iter().flat_map(|family| &family.refunds).collect());
        script.insert(parts.iter().collect());
        script.insert(self.families.iter().flat_map(|family| &family.movements).collect());
        script.insert(self.sessions.iter().collect());
        script.insert(vec![&self.product]);
        script.insert(self.stock_movements.iter().collect());
        script.insert(self.accounts.iter().collect());
        script.insert(self.ledger.iter().map(|(transaction, _)| transaction).collect());
        script.insert(self.ledger.iter().flat_map(|(_, entries)| entries).collect());
        script.insert(seals.iter().collect());
        script.insert(self.events.iter().collect());
        script.insert(self.keys.iter().collect());
        script.insert(self.answers.iter().collect());
        grow_payments(script, self.families.iter().filter_map(|family| family.payment.as_ref()).map(count).collect());
        let movements = self.families.iter().flat_map(|family| &family.movements);
        grow_movements(script, movements.map(count_movement).collect());
    }
}

fn by_seller(each: impl Iterator<Item = (SellerId, i64, i64, i64)>) -> Vec<SellerShare> {
    let mut places = HashMap::new();
    let mut shares: Vec<SellerShare> = Vec::new();
    for (seller, gross, fee, fee_vat) in each {
        let place = *places.entry(seller).or_insert_with(|| {
            shares.push(SellerShare { seller, gross: 0, fee: 0, fee_vat: 0 });
            shares.len() - 1
        });
        shares[place].gross += gross;
        shares[place].fee += fee;
        shares[place].fee_vat += fee_vat;
    }
    shares
}

fn shares_of(refund: &Refund) -> Vec<SellerShare> {
    by_seller(refund.parts.iter().map(|part| (part.seller, part.amount, part.fee, part.fee_vat)))
}

fn count(payment: &Payment) -> (PaymentBucket, PaymentSum) {
    let bucket = PaymentBucket {
        tenant: payment.tenant,
        day: payment.created_at.seoul_day(),
        status: payment.status,
        method: payment.method,
        currency: payment.currency,
    };
    let taken = payment.captured > 0;
    let fee = payment.fee.amount - payment.fee_returned.amount + payment.fee.vat - payment.fee_returned.vat;
    let (fee, net) = if taken { (fee, payment.net()) } else { (0, 0) };
    (bucket, PaymentSum { count: 1, amount: payment.kept(), fee, net })
}

fn count_movement(movement: &Movement) -> (MovementBucket, MovementSum) {
    let bucket = MovementBucket {
        tenant: movement.tenant,
        day: movement.occurred_at.seoul_day(),
        kind: movement.kind,
        status: movement.status,
        method: movement.method,
        currency: movement.currency,
    };
    let amount = if movement.status == MovementStatus::Done { movement.amount } else { 0 };
    (bucket, MovementSum { count: 1, amount })
}
