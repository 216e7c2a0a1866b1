//! The intent of a charge: payment and attempt on record, the key claimed, before a byte leaves.

use std::sync::Arc;

use steelyard_connectors::Capabilities;
use steelyard_domain::{
    AttemptId, FeePolicyId, Money, OrderId, PayerId, PaymentId, Tenant,
    fee::{Fee, FeeError, FeeTerms, policy_at},
    ledger::AccountKey,
    limits::{ATTEMPTS_MAX, AUTHENTICATIONS_MAX, INSTALLMENT_AMOUNT_MIN},
    merchant::MerchantStatus,
    method::{ConnectorName, Tender},
    money::Currency,
    order::OrderStatus,
    payment::{AttemptState, CaptureMode, Operation, Payment, PaymentEvent, PaymentStatus, attempt::AttemptEvent},
};

use super::{
    Connectors, advance, balance,
    charged_order::{ChargedOrder, check_currency, mismatch},
    deposit,
    intent::{Intent, NewAttempt, Pace, Started},
    step,
};
use crate::{
    checkout::Gate,
    clock::new_id,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Outcome, Problem},
    request::Call,
    workset::{Family, Needs, Workset},
};

/// How the buyer pays.
#[derive(Debug, Clone)]
pub struct Charge {
    pub order: ChargedOrder,
    /// Checked against the order's total.
    pub amount: Option<i64>,
    pub currency: Option<Currency>,
    pub capture: CaptureMode,
    pub tender: Tender,
    /// Who approved it in the payer app; whose balance it is, where it is paid from one.
    pub payer: Option<PayerId>,
    pub metadata: Option<String>,
}

impl Charge {
    /// Who is asked for the money.
    pub(super) const fn connector(&self, of_merchant: ConnectorName) -> ConnectorName {
        match self.tender {
            Tender::Balance => ConnectorName::Balance,
            Tender::Card(_) | Tender::Transfer(_) | Tender::VirtualAccount(_) => of_merchant,
        }
    }
}

/// `POST /v1/payments`, and paying again.
pub struct StartCharge {
    pub call: Call,
    pub operation: &'static str,
    pub charge: Charge,
    /// Where the buyer came in, and what has to be right there.
    pub gate: Gate,
    pub connectors: Arc<Connectors>,
    pub pace: Arc<Pace>,
}

impl Command for StartCharge {
    type Answer = Started;

    fn name(&self) -> &'static str {
        "startCharge"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, self.operation, needs);
        self.charge.order.needs(self.call.tenant, needs);
        self.gate.needs(needs);
        if let Some((payer, added)) = self.topped_up() {
            needs.payer_with_top_ups(payer);
            needs.account(&AccountKey::payer(self.call.tenant.mode, payer, added.currency));
        }
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        self.charge.order.needs_of_claim(workset, self.call.tenant, needs);
        if let (Tender::Balance, ChargedOrder::Known(order)) = (&self.charge.tender, &self.charge.order) {
            balance::need(workset, self.call.tenant, *order, self.charge.payer, needs);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Started, Problem> {
        let key = match idempotency::look_up(workset, &self.call, self.operation)? {
            Claimed::Replay(reply) => return Ok(Started::Done(reply)),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        if let Some(refused) = self.gate.pass(workset, tenant)? {
            return Ok(Started::Refused(Box::new(refused)));
        }
        let charge = deposit::dated(&self.charge, workset.business_now(tenant)?)?;
        let (order, payment) = payable(workset, tenant, &charge, &self.connectors)?;
        if let Some((payer, added)) = self.topped_up() {
            balance::check_room(workset, tenant.mode, payer, added).map_err(|problem| problem.param("amount"))?;
        }
        let now = workset.now;
        let family = workset.family_mut(tenant, order)?;
        for attempt in family.attempts.iter_mut().filter(|attempt| attempt.state == AttemptState::Created) {
            super::abandon(attempt)?;
        }
        let payment_now = family.payment()?;
        let attempt = NewAttempt {
            id: AttemptId::from_uuid(new_id()),
            tenant,
            order,
            payment,
            refund: None,
            connector: payment_now.connector,
            operation: operation_of(payment_now.capture_mode),
            currency: payment_now.currency,
            amount: payment_now.amount,
            idempotency: key,
        };
        let attempt = attempt.sent(now, &self.pace);
        let intent = leave(workset, tenant, order, attempt, self.charge.tender.installment_months())?;
        if self.charge.tender == Tender::Balance {
            let reply = balance::pay(workset, &self.call, &intent)?;
            idempotency::finish(workset, &self.call, self.operation, key, payment.uuid(), &reply);
            return Ok(Started::Done(reply));
        }
        idempotency::start(workset, &self.call, self.operation, key, payment.uuid());
        Ok(Started::Ask(intent))
    }
}

impl StartCharge {
    /// Whose balance is topped up, and by how much.
    fn topped_up(&self) -> Option<(PayerId, Money)> {
        let ChargedOrder::Named(order) = &self.charge.order else { return None };
        Some((order.top_up_of?, Money::new(order.total?, order.currency)))
    }
}

pub(super) const fn operation_of(mode: CaptureMode) -> Operation {
    match mode {
        CaptureMode::Auto => Operation::Purchase,
        CaptureMode::Manual => Operation::Authorize,
    }
}

/// Puts a sent attempt on record and its payment in progress.
fn leave(
    workset: &mut Workset,
    tenant: Tenant,
    order: OrderId,
    attempt: steelyard_domain::payment::Attempt,
    installment_months: u8,
) -> Result<Intent, Problem> {
    let began = workset.began;
    let now = workset.business_now(tenant)?;
    let merchant = workset.merchant(tenant.merchant)?;
    let account = deposit::to_be_issued(workset.family(tenant, order)?.payment()?, &merchant.name);
    let family = workset.family_mut(tenant, order)?;
    let payment = family.payment_mut()?;
    let is_new = payment.version == 0;
    advance(payment, PaymentEvent::Send, now)?;
    payment.failure = None;
    let intent = Intent {
        tenant,
        order,
        payment: payment.id,
        attempt: attempt.id,
        connector: attempt.connector,
        operation: attempt.operation,
        began,
        amount: Money::new(attempt.amount, attempt.currency),
        original: None,
        authentication: attempt.authentication.clone(),
        account,
        installment_months,
        idempotency: attempt.idempotency,
    };
    match family.attempts.iter_mut().find(|there| there.id == attempt.id) {
        Some(there) => *there = attempt,
        None => family.attempts.push(attempt),
    }
    if is_new {
        let family = family.clone();
        super::emit(workset, &family, "payment.created")?;
    }
    Ok(intent)
}

/// The order and its payment, ready to be charged: found, or made now.
pub(super) fn payable(
    workset: &mut Workset,
    tenant: Tenant,
    charge: &Charge,
    connectors: &Connectors,
) -> Result<(OrderId, PaymentId), Problem> {
    let merchant = workset.merchant(tenant.merchant)?;
    if merchant.status != MerchantStatus::Active {
        return Err(Problem::new(Code::MerchantSuspended));
    }
    let connector = charge.connector(merchant.connector);
    let now = workset.business_now(tenant)?;
    let order = charge.order.find_or_build(workset, tenant)?;
    let family = workset.family(tenant, order)?;
    let payment_id = family.payment.as_ref().map(|payment| payment.id.to_string());
    check_order(&family.order, charge)
        .and_then(|()| family.payment.as_ref().map_or(Ok(()), check_payment))
        .and_then(|()| check_time(&family.order, now))
        .and_then(|()| check_attempts(family, &[Operation::Authorize, Operation::Purchase]))
        .and_then(|()| check_connector(charge, &connectors.capabilities(connector)?))
        .map_err(|problem| Problem { payment_id, ..problem })?;

    let (policy, terms, fee) = terms(workset, tenant, order, charge)?;
    if let Some(payment) = &mut workset.family_mut(tenant, order)?.payment {
        if payment.method != charge.tender.method() {
            // Another way of paying has terms of its own.
            (payment.fee_policy, payment.fee_terms, payment.fee) = (policy, terms, fee);
        }
        payment.pay_by(&charge.tender, charge.payer);
        payment.capture_mode = charge.capture;
        payment.connector = connector;
        payment.metadata = charge.metadata.clone().or_else(|| payment.metadata.take());
        return Ok((order, payment.id));
    }
    let id = new_payment(workset, tenant, order, charge, connector, (policy, terms, fee))?;
    Ok((order, id))
}

/// Whether the one who is asked can do what is asked.
fn check_connector(charge: &Charge, capabilities: &Capabilities) -> Result<(), Problem> {
    let (able, english, korean, param) = match &charge.tender {
        Tender::Transfer(_) if !capabilities.transfer => (false, "account transfers", "계좌이체", "method"),
        Tender::VirtualAccount(_) if !capabilities.virtual_account => (false, "virtual accounts", "가상계좌", "method"),
        Tender::Transfer(_) | Tender::VirtualAccount(_) => (
            charge.capture == CaptureMode::Auto,
            "manual capture of a bank account",
            "계좌 결제의 수동 매입",
            "capture",
        ),
        Tender::Card(_) | Tender::Balance => (
            charge.capture == CaptureMode::Auto || capabilities.manual_capture,
            "manual capture",
            "수동 매입",
            "capture",
        ),
    };
    if able { Ok(()) } else { Err(Problem::new(Code::NotSupportedByConnector).said(english, korean).param(param)) }
}

/// The fee that holds now for paying this order in this way. Topping up a balance sells nothing and costs nothing.
fn terms(
    workset: &Workset,
    tenant: Tenant,
    order: OrderId,
    charge: &Charge,
) -> Result<(FeePolicyId, FeeTerms, Fee), Problem> {
    let now = workset.business_now(tenant)?;
    let policies = workset.policies(tenant);
    let policy = policy_at(&policies, charge.tender.method(), now).map_err(|_| Problem::new(Code::NoFeePolicy))?;
    let order = &workset.family(tenant, order)?.order;
    let terms = if order.top_up_of.is_some() { FeeTerms::FREE } else { policy.terms };
    Ok((policy.id, terms, terms.fee(order.total).map_err(fee_problem)?))
}

/// A payment of the order's total, with the fee policy in effect copied onto it.
fn new_payment(
    workset: &mut Workset,
    tenant: Tenant,
    order: OrderId,
    charge: &Charge,
    connector: ConnectorName,
    (fee_policy, fee_terms, fee): (FeePolicyId, FeeTerms, Fee),
) -> Result<PaymentId, Problem> {
    let now = workset.business_now(tenant)?;
    let family = workset.family_mut(tenant, order)?;
    let amount = family.order.total;
    let id = PaymentId::from_uuid(new_id());
    family.payment = Some(Payment {
        id,
        tenant,
        order,
        status: PaymentStatus::Ready,
        connector,
        method: charge.tender.method(),
        card: charge.tender.card().cloned(),
        account: charge.tender.account().cloned(),
        payer: charge.payer,
        capture_mode: charge.capture,
        currency: family.order.currency,
        amount,
        captured: 0,
        canceled: 0,
        refunded: 0,
        in_flight: 0,
        fee_policy,
        fee_terms,
        fee,
        fee_returned: Fee::default(),
        approval_number: None,
        acquirer_transaction_id: None,
        failure: None,
        metadata: charge.metadata.clone(),
        created_at: now,
        approved_at: None,
        captured_at: None,
        authorized_until: None,
        updated_at: now,
        version: 0,
    });
    Ok(id)
}

pub(super) fn fee_problem(error: FeeError) -> Problem {
    match error {
        FeeError::NoPolicy => Problem::new(Code::NoFeePolicy),
        FeeError::NetNegative { fee, vat, amount } => {
            let korean = format!("수수료 {fee}, 부가세 {vat}, 금액 {amount}");
            Problem::new(Code::NetNegative).said(error.to_string(), korean)
        }
        FeeError::Money(error) => Problem::new(Code::TooMany).said(error.to_string(), "금액이 너무 커요"),
    }
}

fn check_order(order: &steelyard_domain::order::Order, charge: &Charge) -> Result<(), Problem> {
    match order.status {
        OrderStatus::Open => {}
        OrderStatus::Paid | OrderStatus::PartiallyRefunded | OrderStatus::Refunded => {
            return Err(Problem::new(Code::AlreadyPaid));
        }
        OrderStatus::Canceled => return Err(Problem::new(Code::OrderNotOpen).detail(order.status.as_str())),
        OrderStatus::Expired => return Err(Problem::new(Code::OrderExpired)),
    }
    if let Some(amount) = charge.amount.filter(|amount| *amount != order.total) {
        return Err(mismatch(amount, order.total));
    }
    charge.currency.map_or(Ok(()), |currency| check_currency(currency, order.currency))?;
    if charge.tender.installment_months() > 0 && !order.takes_installments() {
        let english = format!("instalments start at {INSTALLMENT_AMOUNT_MIN} KRW");
        let korean = format!("할부는 {INSTALLMENT_AMOUNT_MIN}원부터 할 수 있어요");
        return Err(Problem::new(Code::InvalidRequest).said(english, korean).param("installmentMonths"));
    }
    Ok(())
}

/// Asked last: an order waits past its time for a payment whose outcome is not known, and whoever were told
/// to make a new order then might pay twice.
fn check_time(order: &steelyard_domain::order::Order, now: steelyard_domain::Timestamp) -> Result<(), Problem> {
    if order.expires_at <= now { Err(Problem::new(Code::OrderExpired)) } else { Ok(()) }
}

/// Counted by what is attempted: whoever may start charges cannot keep one from being captured or released. What was
/// never sent does not count: a browser that authenticates over and over keeps nobody from paying.
pub(super) fn check_attempts(family: &Family, operations: &[Operation]) -> Result<(), Problem> {
    let sent = family.attempts.iter().filter(|attempt| attempt.sent_at.is_some());
    at_most(ATTEMPTS_MAX, sent.filter(|attempt| operations.contains(&attempt.operation)).count())
}

/// Whether another buyer's authentication may be begun. All that was begun is read with the order.
pub(super) fn check_authentications(family: &Family) -> Result<(), Problem> {
    at_most(AUTHENTICATIONS_MAX, family.attempts.len())
}

fn at_most(most: usize, there: usize) -> Result<(), Problem> {
    if there < most {
        return Ok(());
    }
    let (english, korean) = (format!("{most} attempts on one payment"), format!("결제 하나에 시도는 {most}번까지예요"));
    Err(Problem::new(Code::TooMany).said(english, korean))
}

fn check_payment(payment: &Payment) -> Result<(), Problem> {
    match payment.status {
        PaymentStatus::Ready => Ok(()),
        PaymentStatus::InProgress | PaymentStatus::Unknown | PaymentStatus::WaitingForDeposit => {
            Err(Problem::new(Code::PaymentInProgress))
        }
        PaymentStatus::Authorized
        | PaymentStatus::Captured
        | PaymentStatus::PartiallyCanceled
        | PaymentStatus::PartiallyRefunded
        | PaymentStatus::Refunded => Err(Problem::new(Code::AlreadyPaid)),
        PaymentStatus::Canceled | PaymentStatus::Failed => Err(Problem {
            outcome: Some(Outcome::None),
            ..Problem::new(Code::StateConflict).said(
                format!("the payment is {}", payment.status.as_str()),
                format!("결제 상태는 {}", payment.status.as_str()),
            )
        }),
        PaymentStatus::Expired => Err(Problem::new(Code::OrderExpired)),
    }
}

/// `POST /v1/payments/confirm`: charges what the buyer has authenticated.
pub struct StartConfirmed {
    pub call: Call,
    pub order: OrderId,
    pub attempt: AttemptId,
    pub merchant_order_id: String,
    pub amount: i64,
    pub currency: Currency,
    /// Who confirms: the merchant's server, or the page by which the buyer came in.
    pub gate: Gate,
    pub connectors: Arc<Connectors>,
    pub pace: Arc<Pace>,
}

pub(crate) const CONFIRM: &str = "POST /v1/payments/confirm";

impl Command for StartConfirmed {
    type Answer = Started;

    fn name(&self) -> &'static str {
        "startConfirmed"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, CONFIRM, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.order(self.order);
        self.gate.needs(needs);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Started, Problem> {
        let key = match idempotency::look_up(workset, &self.call, CONFIRM)? {
            Claimed::Replay(reply) => return Ok(Started::Done(reply)),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let (now, business_now) = (workset.now, workset.business_now(tenant)?);
        if workset.merchant(tenant.merchant)?.status != MerchantStatus::Active {
            return Err(Problem::new(Code::MerchantSuspended));
        }
        if let Some(refused) = self.gate.pass(workset, tenant)? {
            return Ok(Started::Refused(Box::new(refused)));
        }
        let family = workset.family(tenant, self.order)?;
        let payment = family.payment()?;
        let id = payment.id;
        let with_id = |problem: Problem| Problem { payment_id: Some(id.to_string()), ..problem };
        if family.order.merchant_order_id != self.merchant_order_id {
            let english = "the payment key belongs to another merchantOrderId";
            let korean = "이 paymentKey는 다른 merchantOrderId의 것이에요";
            return Err(with_id(Problem::new(Code::StateConflict).said(english, korean).param("merchantOrderId")));
        }
        if payment.amount != self.amount {
            return Err(with_id(mismatch(self.amount, payment.amount)));
        }
        check_payment(payment).map_err(with_id)?;
        let charge = Charge {
            order: ChargedOrder::Known(self.order),
            amount: Some(self.amount),
            currency: Some(self.currency),
            capture: payment.capture_mode,
            tender: payment
                .card
                .clone()
                .map(Tender::Card)
                .ok_or_else(|| Problem::new(Code::StateConflict).said("no card", "카드 정보가 없어요"))?,
            payer: payment.payer,
            metadata: None,
        };
        check_order(&family.order, &charge).and_then(|()| check_time(&family.order, business_now)).map_err(with_id)?;
        let mut attempt = family.attempt(self.attempt)?.clone();
        let over = now >= attempt.created_at.after(steelyard_domain::payment::AUTHENTICATION_LIFE);
        if attempt.state != AttemptState::Created || attempt.authentication.is_none() || over {
            return Err(with_id(Problem::new(Code::AuthenticationExpired)));
        }
        self.connectors.get(attempt.connector).map_err(with_id)?;
        step(&mut attempt, AttemptEvent::Send)?;
        attempt.sent_at = Some(now);
        attempt.next_check_at = Some(self.pace.deadline(now));
        attempt.idempotency = key;
        let intent = leave(workset, tenant, self.order, attempt, charge.tender.installment_months())?;
        // The token is good for one charge and leaves the database with it.
        workset.family_mut(tenant, self.order)?.attempt_mut(self.attempt)?.authentication = None;
        idempotency::start(workset, &self.call, CONFIRM, key, id.uuid());
        Ok(Started::Ask(intent))
    }
}
