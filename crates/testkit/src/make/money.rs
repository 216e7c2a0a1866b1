//! What is paid and given back: payments, attempts, refunds, movements.

use steelyard_domain::{
    AttemptId, FeePolicyId, MovementId, PaymentId, Rate, RefundId,
    fee::{Fee, FeeTerms, RefundFee},
    method::{CardSummary, ConnectorName, MethodType},
    order::{Order, OrderLine, returns::ReturnPart},
    payment::{
        Attempt, AttemptState, CaptureMode, Operation, Payment, PaymentStatus, Refund, RefundKind, RefundState,
        movement::{Movement, MovementKind, MovementStatus},
        resolution::Resolution,
    },
};

use super::Make;

impl Make {
    /// A payment of an order that nothing has been asked for yet, at 3 %.
    pub fn payment(&mut self, order: &Order) -> Payment {
        let fee_terms = FeeTerms {
            rate: Rate::from_per_million(30_000).expect("3 % is a rate"),
            fixed: 0,
            refund_fee: RefundFee::Proportional,
        };
        Payment {
            id: PaymentId::from_uuid(self.id()),
            tenant: order.tenant,
            order: order.id,
            status: PaymentStatus::Ready,
            connector: ConnectorName::Simulator,
            method: MethodType::Card,
            card: Some(CardSummary {
                brand: String::from("visa"),
                issuer: String::from("kookmin"),
                bin: String::from("457973"),
                last4: String::from("4242"),
                installment_months: 0,
            }),
            account: None,
            payer: None,
            capture_mode: CaptureMode::Auto,
            currency: order.currency,
            amount: order.total,
            captured: 0,
            canceled: 0,
            refunded: 0,
            in_flight: 0,
            fee_policy: FeePolicyId::from_uuid(self.id()),
            fee_terms,
            fee: fee_terms.fee(order.total).expect("the fee is below the amount"),
            fee_returned: Fee::default(),
            approval_number: None,
            acquirer_transaction_id: None,
            failure: None,
            metadata: None,
            created_at: self.now(),
            approved_at: None,
            captured_at: None,
            authorized_until: None,
            updated_at: self.now(),
            version: 1,
        }
    }

    /// The same, captured.
    pub fn captured_payment(&mut self, order: &Order) -> Payment {
        Payment {
            status: PaymentStatus::Captured,
            captured: order.total,
            approval_number: Some(String::from("30012345")),
            approved_at: Some(self.now()),
            captured_at: Some(self.now()),
            ..self.payment(order)
        }
    }

    /// A purchase under way.
    pub fn sent_attempt(&mut self, payment: &Payment) -> Attempt {
        Attempt {
            id: AttemptId::from_uuid(self.id()),
            tenant: payment.tenant,
            order: payment.order,
            payment: payment.id,
            refund: None,
            connector: payment.connector,
            operation: Operation::Purchase,
            state: AttemptState::Sent,
            currency: payment.currency,
            amount: payment.amount,
            authentication: None,
            acquirer_transaction_id: None,
            approval_number: None,
            code: None,
            message: None,
            created_at: self.now(),
            sent_at: Some(self.now()),
            answered_at: None,
            resolution: Resolution::START,
            next_check_at: Some(self.now().after(steelyard_domain::Span::from_secs(13))),
            idempotency: None,
            version: 1,
        }
    }

    /// A purchase that was approved, with an id of the acquirer's.
    pub fn approved_attempt(&mut self, payment: &Payment) -> Attempt {
        let sent = self.sent_attempt(payment);
        Attempt {
            state: AttemptState::Approved,
            acquirer_transaction_id: Some(format!("sim_{}", sent.id.uuid().simple())),
            approval_number: Some(String::from("30012345")),
            answered_at: Some(self.now()),
            next_check_at: None,
            ..sent
        }
    }

    /// A refund under way, with its parts.
    pub fn refund(&mut self, payment: &Payment, attempt: AttemptId, parts: Vec<ReturnPart>) -> Refund {
        let sum = |pick: fn(&ReturnPart) -> i64| parts.iter().map(pick).sum::<i64>();
        Refund {
            id: RefundId::from_uuid(self.id()),
            tenant: payment.tenant,
            order: payment.order,
            payment: payment.id,
            attempt,
            kind: RefundKind::Refund,
            state: RefundState::Sent,
            currency: payment.currency,
            amount: sum(|part| part.amount),
            tax_free: sum(|part| part.tax_free),
            vat: sum(|part| part.vat),
            fee: Fee { amount: sum(|part| part.fee), vat: sum(|part| part.fee_vat) },
            restock: true,
            reason: String::from("단순 변심"),
            parts,
            decline_code: None,
            idempotency: None,
            created_at: self.now(),
            completed_at: None,
            version: 1,
        }
    }

    /// A part of a return, of one unit of a line for 4 000 won.
    #[must_use]
    pub const fn return_part(line: &OrderLine) -> ReturnPart {
        ReturnPart {
            line: line.id,
            seller: line.seller,
            quantity: 1,
            amount: 4_000,
            tax_free: 0,
            vat: 364,
            fee: 120,
            fee_vat: 12,
        }
    }

    /// The movement of a captured payment.
    pub fn movement(&mut self, payment: &Payment) -> Movement {
        Movement {
            id: MovementId::from_uuid(self.id()),
            tenant: payment.tenant,
            order: payment.order,
            payment: payment.id,
            refund: None,
            kind: MovementKind::Payment,
            status: MovementStatus::Done,
            method: payment.method,
            currency: payment.currency,
            amount: payment.amount,
            occurred_at: self.now(),
        }
    }

    /// The movement of a refund under way.
    pub fn return_movement(&mut self, payment: &Payment, refund: &Refund) -> Movement {
        Movement {
            refund: Some(refund.id),
            kind: refund.kind.into(),
            status: MovementStatus::Pending,
            amount: -refund.amount,
            ..self.movement(payment)
        }
    }
}
