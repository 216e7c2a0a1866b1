//! Giving money back: a void before the capture, a cancel before the acquirer's cut-off, a refund after it.

use std::sync::Arc;

use steelyard_connectors::Approval;
use steelyard_domain::{
    AttemptId, MovementId, OrderId, RefundId, Tenant,
    ledger::{AccountCode, AccountKey, AccountOwner, PostingKind, posting},
    limits::REFUNDS_MAX,
    method::ConnectorName,
    order::{
        OrderEvent,
        returns::{self, Captured, ReturnError, ReturnRequest},
    },
    payment::{
        Operation, PaymentEvent, PaymentStatus, Refund, RefundKind, RefundState,
        attempt::AttemptEvent,
        movement::{Movement, MovementStatus},
        refund::RefundEvent,
    },
};

use super::{
    Connectors, advance, balance, capture,
    charge::Subject,
    intent::{Intent, NewAttempt, Pace, Started},
    settle::AnswerAs,
    step,
};
use crate::{
    checkout,
    clock::new_id,
    idempotency::{self, Claimed},
    order,
    pipeline::Command,
    problem::{Code, Problem},
    request::{Call, NewReturn, ReturnOf},
    workset::{Family, Needs, Workset, shares_of_parts},
};

/// `POST /v1/payments/{id}/cancel`, `POST /v1/orders/{id}/refunds`, and the cancel of a paid order.
pub struct StartReturn {
    pub call: Call,
    pub operation: &'static str,
    pub order: OrderId,
    pub new: NewReturn,
    pub answer_as: AnswerAs,
    pub connectors: Arc<Connectors>,
    pub pace: Arc<Pace>,
}

impl Command for StartReturn {
    type Answer = Started;

    fn name(&self) -> &'static str {
        "startReturn"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, self.operation, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.order_with_refunds(self.order);
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Ok(family) = workset.family(self.call.tenant, self.order) {
            need_accounts(family, needs);
            order::need_rest(family, needs);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Started, Problem> {
        let key = match idempotency::look_up(workset, &self.call, self.operation)? {
            Claimed::Replay(reply) => return Ok(Started::Done(reply)),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let family = workset.family(tenant, self.order)?;
        let payment = family.payment.as_ref();
        let payment = payment.ok_or_else(|| {
            Problem::new(Code::StateConflict).said("the order is not paid", "결제되지 않은 주문이에요")
        })?;
        let id = payment.id;
        let decided = match payment.status {
            PaymentStatus::Ready => self.abandon(workset, key),
            PaymentStatus::InProgress | PaymentStatus::Unknown | PaymentStatus::WaitingForDeposit => {
                Err(Problem::new(Code::PaymentInProgress))
            }
            PaymentStatus::Authorized => self.void(workset, key),
            PaymentStatus::Captured | PaymentStatus::PartiallyCanceled | PaymentStatus::PartiallyRefunded => {
                self.give_back(workset, key)
            }
            PaymentStatus::Canceled | PaymentStatus::Refunded => Err(Problem::new(Code::NothingToReturn)),
            PaymentStatus::Expired | PaymentStatus::Failed => Err(Problem::new(Code::StateConflict).said(
                format!("the payment is {}", payment.status.as_str()),
                format!("결제 상태는 {}", payment.status.as_str()),
            )),
        };
        decided.map_err(|problem| Problem { payment_id: Some(id.to_string()), ..problem })
    }
}

impl StartReturn {
    fn check_expected(&self, returnable: i64) -> Result<(), Problem> {
        match self.new.expected.filter(|expected| *expected != returnable) {
            Some(expected) => {
                let english = format!("{expected} expected, {returnable} can be returned");
                let korean = format!("예상 {expected}, 돌려줄 수 있는 금액 {returnable}");
                Err(Problem::new(Code::ExpectedAmountDiffers).said(english, korean))
            }
            None => Ok(()),
        }
    }

    /// Nothing was charged: the payment is given up, and there is nobody to ask.
    fn abandon(&self, workset: &mut Workset, key: Option<steelyard_domain::IdempotencyId>) -> Result<Started, Problem> {
        if self.answer_as != AnswerAs::Payment {
            return Err(Problem::new(Code::StateConflict).said("the order is not paid", "결제되지 않은 주문이에요"));
        }
        let tenant = self.call.tenant;
        let now = workset.business_now(tenant)?;
        let family = workset.family_mut(tenant, self.order)?;
        let payment = family.payment_mut()?;
        advance(payment, PaymentEvent::Abandon, now)?;
        let id = payment.id;
        for attempt in &mut family.attempts {
            if attempt.state == steelyard_domain::payment::AttemptState::Created {
                super::abandon(attempt)?;
            }
        }
        let family = family.clone();
        super::emit(workset, &family, "payment.canceled")?;
        checkout::expire(workset, tenant, self.order)?;
        let reply = super::settle::payment_reply(&family, 200, self.call.language, &self.call.request_id)?;
        idempotency::finish(workset, &self.call, self.operation, key, id.uuid(), &reply);
        Ok(Started::Done(reply))
    }

    /// Nothing was captured: the authorization is released, whole.
    fn void(&self, workset: &mut Workset, key: Option<steelyard_domain::IdempotencyId>) -> Result<Started, Problem> {
        let tenant = self.call.tenant;
        let now = workset.business_now(tenant)?;
        let family = workset.family_mut(tenant, self.order)?;
        let payment = family.payment()?;
        let whole = match &self.new.of {
            ReturnOf::Everything => true,
            ReturnOf::Amount(amount) => *amount == payment.amount,
            ReturnOf::Lines(_) => false,
        };
        if !whole {
            let english = "an authorization is voided as a whole; to keep a part, capture that part";
            let korean = "승인은 전체만 취소할 수 있어요. 일부만 받으려면 그만큼 매입하세요";
            return Err(Problem::new(Code::StateConflict).said(english, korean));
        }
        self.check_expected(payment.cancelable())?;
        if self.answer_as == AnswerAs::Order {
            // The order goes with it once the acquirer has released the authorization.
            family.order.cancel_reason = Some(self.new.reason.clone());
            family.order.updated_at = now;
            family.order.version += 1;
        }
        let intent = start_void(workset, tenant, self.order, key, &self.pace)?;
        idempotency::start(workset, &self.call, self.operation, key, intent.payment.uuid());
        Ok(Started::Ask(intent))
    }

    fn give_back(
        &self,
        workset: &mut Workset,
        key: Option<steelyard_domain::IdempotencyId>,
    ) -> Result<Started, Problem> {
        let tenant = self.call.tenant;
        let now = workset.business_now(tenant)?;
        let family = workset.family(tenant, self.order)?;
        let payment = family.payment()?;
        self.check_expected(payment.cancelable())?;
        if family.refunds.len() >= REFUNDS_MAX {
            return Err(Problem::new(Code::TooMany).said(
                format!("{REFUNDS_MAX} returns on one payment"),
                format!("결제 하나에 취소·환불은 {REFUNDS_MAX}번까지예요"),
            ));
        }
        let request = match &self.new.of {
            ReturnOf::Everything => ReturnRequest::Everything,
            ReturnOf::Amount(amount) => ReturnRequest::Amount(*amount),
            ReturnOf::Lines(lines) => ReturnRequest::Lines(lines.clone()),
        };
        let back = returns::allocate(&payment.captured_whole(), &family.lines, &request).map_err(return_problem)?;
        let capabilities = self.connectors.capabilities(payment.connector)?;
        let partial = back.amount < payment.captured;
        if !capabilities.cancel || (partial && !capabilities.partial_cancel) {
            let (english, korean) = if capabilities.cancel {
                ("giving a part back", "부분 취소")
            } else {
                ("giving money back", "취소")
            };
            return Err(Problem::new(Code::NotSupportedByConnector).said(english, korean));
        }
        let kind = payment.return_kind(now);
        let (refund_id, attempt_id) = (RefundId::from_uuid(new_id()), AttemptId::from_uuid(new_id()));
        let refund = Refund {
            id: refund_id,
            tenant,
            order: self.order,
            payment: payment.id,
            attempt: attempt_id,
            kind,
            state: RefundState::Requested,
            currency: payment.currency,
            amount: back.amount,
            tax_free: back.tax_free,
            vat: back.vat,
            fee: back.fee,
            restock: self.new.restock && !matches!(self.new.of, ReturnOf::Amount(_)),
            reason: self.new.reason.clone(),
            parts: back.parts,
            decline_code: None,
            idempotency: key,
            created_at: now,
            completed_at: None,
            version: 0,
        };
        let intent = request_refund(workset, tenant, refund, key, &self.pace)?;
        let object = if self.answer_as == AnswerAs::Refund { refund_id.uuid() } else { intent.payment.uuid() };
        if intent.connector == ConnectorName::Balance {
            let reply = balance::give_back(workset, &self.call, self.answer_as, &intent)?;
            idempotency::finish(workset, &self.call, self.operation, key, object, &reply);
            return Ok(Started::Done(reply));
        }
        idempotency::start(workset, &self.call, self.operation, key, object);
        Ok(Started::Ask(intent))
    }
}

fn return_problem(error: ReturnError) -> Problem {
    match error {
        ReturnError::ExceedsRefundable { requested, refundable } => {
            let korean = format!("요청 {requested}, 돌려줄 수 있는 금액 {refundable}");
            Problem::new(Code::ExceedsRefundable).said(error.to_string(), korean).param("amount")
        }
        ReturnError::ExceedsQuantity { line, requested, returnable } => {
            let korean = format!("{line}: 요청 {requested}개, 돌려줄 수 있는 수량 {returnable}개");
            Problem::new(Code::ExceedsRefundable).said(error.to_string(), korean).param("lines")
        }
        ReturnError::UnknownLine { line } => {
            let korean = format!("{line}은(는) 이 주문의 품목이 아니에요");
            Problem::new(Code::InvalidRequest).said(error.to_string(), korean).param("lines")
        }
        ReturnError::RepeatedLine { line } => {
            let korean = format!("{line}이(가) 두 번 적혀 있어요");
            Problem::new(Code::InvalidRequest).said(error.to_string(), korean).param("lines")
        }
        ReturnError::NothingLeft => Problem::new(Code::NothingToReturn),
        ReturnError::Money(_) => Problem::new(Code::TooMany).said(error.to_string(), "금액이 너무 커요"),
    }
}

/// The accounts a return posts to, from its request to its end.
pub fn need_accounts(family: &Family, needs: &mut Needs) {
    super::charge::need_accounts(family, needs);
    if let Some(payment) = &family.payment {
        let owner = AccountOwner::Merchant;
        needs.account(&AccountKey::new(payment.tenant, AccountCode::RefundClearing, owner, payment.currency));
    }
}

/// Promises the money: counted on lines and payment, posted, and on record as sent.
fn request_refund(
    workset: &mut Workset,
    tenant: Tenant,
    mut refund: Refund,
    key: Option<steelyard_domain::IdempotencyId>,
    pace: &Pace,
) -> Result<Intent, Problem> {
    let (began, now, business_now) = (workset.began, workset.now, refund.created_at);
    refund.state = refund.state.apply(RefundEvent::Send).map_err(Problem::of_state)?;
    refund.version += 1;
    let family = workset.family_mut(tenant, refund.order)?;
    returns::apply(&mut family.lines, &refund.parts);
    let payment = family.payment_mut()?;
    payment.in_flight += refund.amount;
    payment.fee_returned.amount += refund.fee.amount;
    payment.fee_returned.vat += refund.fee.vat;
    super::touch(payment, business_now);
    let attempt = NewAttempt {
        id: refund.attempt,
        tenant,
        order: refund.order,
        payment: payment.id,
        refund: Some(refund.id),
        connector: payment.connector,
        operation: match refund.kind {
            RefundKind::Cancel => Operation::Cancel,
            RefundKind::Refund => Operation::Refund,
        },
        currency: refund.currency,
        amount: refund.amount,
        idempotency: key,
    };
    let attempt = attempt.sent(now, pace);
    let intent = Intent::follow_up(&attempt, payment.acquirer_transaction_id.clone(), began);
    let movement = Movement {
        id: MovementId::from_uuid(new_id()),
        tenant,
        order: refund.order,
        payment: payment.id,
        refund: Some(refund.id),
        kind: refund.kind.into(),
        status: MovementStatus::Pending,
        method: payment.method,
        currency: refund.currency,
        amount: -refund.amount,
        occurred_at: business_now,
    };
    let shares = shares_of_parts(&refund.parts);
    let id = refund.id.uuid();
    family.attempts.push(attempt);
    family.movements.push(movement);
    family.refunds.push(refund);
    let family = family.clone();
    workset.post(&posting::refund_requested(family.scene()?, id, &shares))?;
    super::emit_refund(workset, &family, family.refunds.len() - 1, "refund.requested");
    Ok(intent)
}

/// The acquirer gave it back.
pub fn refund_approved(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, AttemptEvent::Approve)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(String::from("APPROVED"));
    attempt.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    attempt.approval_number = Some(approval.approval_number.clone());
    let index = finish(family, subject, RefundEvent::Succeed, MovementStatus::Done, business_now)?;
    let (amount, kind) = (family.refunds[index].amount, family.refunds[index].kind);
    let payment = family.payment_mut()?;
    payment.in_flight -= amount;
    match kind {
        RefundKind::Cancel => payment.canceled += amount,
        RefundKind::Refund => payment.refunded += amount,
    }
    let whole = payment.kept() == 0;
    let event = match kind {
        RefundKind::Cancel if whole => PaymentEvent::CancelWhole,
        RefundKind::Cancel => PaymentEvent::CancelPart,
        RefundKind::Refund if whole => PaymentEvent::RefundWhole,
        RefundKind::Refund => PaymentEvent::RefundPart,
    };
    advance(payment, event, business_now)?;
    let status = payment.status;
    let order_event = match status {
        PaymentStatus::Canceled => OrderEvent::CancelWhole,
        PaymentStatus::Refunded => OrderEvent::RefundWhole,
        PaymentStatus::Ready
        | PaymentStatus::InProgress
        | PaymentStatus::Unknown
        | PaymentStatus::WaitingForDeposit
        | PaymentStatus::Authorized
        | PaymentStatus::Captured
        | PaymentStatus::PartiallyCanceled
        | PaymentStatus::PartiallyRefunded
        | PaymentStatus::Expired
        | PaymentStatus::Failed => OrderEvent::ReturnPart,
    };
    family.order.status = family.order.status.apply(order_event).map_err(Problem::of_state)?;
    family.order.returned += amount;
    family.order.updated_at = business_now;
    family.order.version += 1;
    let refund = family.refunds[index].clone();
    if refund.restock {
        order::restock(workset, subject.tenant, subject.order, &refund.parts, &refund.reason)?;
    }
    let family = workset.family(subject.tenant, subject.order)?.clone();
    workset.post(&posting::refund_succeeded(family.scene()?, refund.id.uuid(), amount))?;
    super::emit_refund(workset, &family, index, "refund.succeeded");
    super::emit(workset, &family, &format!("payment.{}", status.as_str()))?;
    order::emit(
        workset,
        &family,
        if order_event == OrderEvent::CancelWhole { "order.canceled" } else { "order.refunded" },
    );
    Ok(())
}

/// The acquirer refused, or it never left: what was promised is taken back, exactly.
pub fn refund_ended(
    workset: &mut Workset,
    subject: Subject,
    event: AttemptEvent,
    code: &str,
    message: &str,
) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, event)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(code.to_owned());
    attempt.message = Some(message.to_owned());
    let index = finish(family, subject, RefundEvent::Decline, MovementStatus::Declined, business_now)?;
    family.refunds[index].decline_code = Some(code.to_owned());
    let refund = family.refunds[index].clone();
    returns::revert(&mut family.lines, &refund.parts);
    let payment = family.payment_mut()?;
    payment.in_flight -= refund.amount;
    payment.fee_returned.amount -= refund.fee.amount;
    payment.fee_returned.vat -= refund.fee.vat;
    super::touch(payment, business_now);
    let family = family.clone();
    let id = refund.id.uuid();
    let requested = workset.posted_for(id).into_iter().find(|posted| posted.kind == PostingKind::RefundRequested);
    let requested = requested.map(|posted| posted.id).expect("a requested refund was posted");
    let shares = shares_of_parts(&refund.parts);
    workset.post(&posting::refund_declined(family.scene()?, id, &shares, requested))?;
    super::emit_refund(workset, &family, index, "refund.declined");
    Ok(())
}

/// No answer that can be believed: the refund shows it, the payment does not change.
pub fn refund_lost(
    workset: &mut Workset,
    subject: Subject,
    detail: &str,
    next_check_at: steelyard_domain::Timestamp,
) -> Result<(), Problem> {
    capture::lost(workset, subject, detail, next_check_at)?;
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let refund = family.refunds.iter_mut().find(|refund| refund.attempt == subject.attempt);
    if let Some(refund) = refund.filter(|refund| refund.state == RefundState::Sent) {
        refund.state = refund.state.apply(RefundEvent::LoseAnswer).map_err(Problem::of_state)?;
        refund.version += 1;
    }
    Ok(())
}

/// Ends the refund of an attempt and its movement; the answer is its index.
fn finish(
    family: &mut Family,
    subject: Subject,
    event: RefundEvent,
    movement: MovementStatus,
    now: steelyard_domain::Timestamp,
) -> Result<usize, Problem> {
    let index = family.refunds.iter().position(|refund| refund.attempt == subject.attempt);
    let index = index.ok_or_else(|| Problem::new(Code::NotFound).detail("the attempt's refund"))?;
    let refund = &mut family.refunds[index];
    refund.state = refund.state.apply(event).map_err(Problem::of_state)?;
    refund.completed_at = Some(now);
    refund.version += 1;
    let id = refund.id;
    if let Some(there) = family.movements.iter_mut().find(|there| there.refund == Some(id)) {
        there.status = movement;
    }
    Ok(index)
}

/// Puts a void on record as sent.
fn start_void(
    workset: &mut Workset,
    tenant: Tenant,
    order: OrderId,
    key: Option<steelyard_domain::IdempotencyId>,
    pace: &Pace,
) -> Result<Intent, Problem> {
    let began = workset.began;
    let (now, business_now) = (workset.now, workset.business_now(tenant)?);
    let family = workset.family_mut(tenant, order)?;
    if family.open_attempt(&[Operation::Capture, Operation::Void]).is_some() {
        return Err(Problem::new(Code::PaymentInProgress));
    }
    let payment = family.payment_mut()?;
    super::touch(payment, business_now);
    let attempt = NewAttempt {
        id: AttemptId::from_uuid(new_id()),
        tenant,
        order,
        payment: payment.id,
        refund: None,
        connector: payment.connector,
        operation: Operation::Void,
        currency: payment.currency,
        amount: payment.amount,
        idempotency: key,
    };
    let attempt = attempt.sent(now, pace);
    let intent = Intent::follow_up(&attempt, payment.acquirer_transaction_id.clone(), began);
    family.attempts.push(attempt);
    Ok(intent)
}

/// The acquirer released the authorization.
pub fn void_approved(workset: &mut Workset, subject: Subject, approval: &Approval) -> Result<(), Problem> {
    let (now, business_now) = (workset.now, workset.business_now(subject.tenant)?);
    let family = workset.family_mut(subject.tenant, subject.order)?;
    let attempt = family.attempt_mut(subject.attempt)?;
    step(attempt, AttemptEvent::Approve)?;
    attempt.answered_at = Some(now);
    attempt.code = Some(String::from("APPROVED"));
    attempt.acquirer_transaction_id = Some(approval.acquirer_transaction_id.clone());
    let payment = family.payment_mut()?;
    let over = payment.authorized_until.is_some_and(|until| until <= business_now);
    advance(payment, if over { PaymentEvent::Expire } else { PaymentEvent::Void }, business_now)?;
    payment.authorized_until = None;
    let whole = Captured { amount: payment.amount, fee: payment.fee, terms: payment.fee_terms };
    let id = payment.id.uuid();
    let cancel_order = family.order.cancel_reason.clone();
    let family = family.clone();
    workset.post(&posting::voided(family.scene()?, id, &family.seller_shares(&whole)?))?;
    super::emit(workset, &family, if over { "payment.expired" } else { "payment.canceled" })?;
    match cancel_order {
        Some(reason) => order::give_up(workset, subject.tenant, subject.order, &reason),
        None => checkout::expire(workset, subject.tenant, subject.order),
    }
}

/// Releases an authorization that nobody captured in time.
pub struct StartVoidOfExpired {
    pub tenant: Tenant,
    pub order: OrderId,
    pub pace: Arc<Pace>,
}

impl Command for StartVoidOfExpired {
    type Answer = Option<Intent>;

    fn name(&self) -> &'static str {
        "startVoidOfExpired"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.tenant.merchant);
        needs.order(self.order);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Option<Intent>, Problem> {
        let now = workset.business_now(self.tenant)?;
        let family = workset.family(self.tenant, self.order)?;
        let payment = family.payment()?;
        let over = payment.authorized_until.is_some_and(|until| until <= now);
        let open = family.open_attempt(&[Operation::Capture, Operation::Void]).is_some();
        if payment.status != PaymentStatus::Authorized || !over || open {
            return Ok(None);
        }
        let mut voids = family.attempts.iter().filter(|attempt| attempt.operation == Operation::Void);
        if let Some(first) = voids.next() {
            // Refused, or not sent: tried again on the ladder, not at every pass.
            let last = voids.next_back().unwrap_or(first);
            if workset.now < self.pace.ladder.next(first.created_at, last.created_at) {
                return Ok(None);
            }
        }
        start_void(workset, self.tenant, self.order, None, &self.pace).map(Some)
    }
}
