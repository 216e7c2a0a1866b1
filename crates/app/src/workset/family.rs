//! An order with its lines, payment, attempts, refunds and pending movements: one lock, one aggregate.

use rustc_hash::FxHashMap;
use steelyard_domain::{
    AttemptId, MovementId, RefundId, SellerId,
    ledger::posting::{Beneficiary, Scene, SellerShare},
    order::{
        Order, OrderLine,
        returns::{self, Captured, LineShare},
    },
    payment::{
        Attempt, Operation, Payment, Refund,
        movement::{Movement, MovementStatus},
    },
};
use steelyard_store::rollup::{PaymentBucket, PaymentSum};

use crate::problem::{Code, Problem};

#[derive(Debug, Clone)]
pub struct Family {
    pub order: Order,
    pub lines: Vec<OrderLine>,
    pub payment: Option<Payment>,
    /// Oldest first.
    pub attempts: Vec<Attempt>,
    pub refunds: Vec<Refund>,
    /// New ones, and those read that were still pending.
    pub movements: Vec<Movement>,
    pub(super) read: AsRead,
}

/// What the parts were when they were read; what is missing here is new.
#[derive(Debug, Clone, Default)]
pub(super) struct AsRead {
    pub order: Option<i64>,
    pub payment: Option<(i64, PaymentBucket, PaymentSum)>,
    pub attempts: FxHashMap<AttemptId, i64>,
    pub refunds: FxHashMap<RefundId, i64>,
    pub movements: FxHashMap<MovementId, MovementStatus>,
    pub lines_returned: Vec<steelyard_domain::order::line::Returned>,
}

/// The bucket a payment is counted in, and what it counts for.
pub(super) fn count(payment: &Payment) -> (PaymentBucket, PaymentSum) {
    let bucket = PaymentBucket {
        tenant: payment.tenant,
        day: payment.created_at.seoul_day(),
        status: payment.status,
        method: payment.method,
        currency: payment.currency,
    };
    let captured = payment.captured > 0;
    let fee_left = payment.fee.amount - payment.fee_returned.amount + payment.fee.vat - payment.fee_returned.vat;
    let sum = PaymentSum {
        count: 1,
        amount: payment.kept(),
        fee: if captured { fee_left } else { 0 },
        net: if captured { payment.net() } else { 0 },
    };
    (bucket, sum)
}

impl Family {
    /// A new order.
    #[must_use]
    pub fn new(order: Order, lines: Vec<OrderLine>) -> Self {
        Self {
            order,
            lines,
            payment: None,
            attempts: Vec::new(),
            refunds: Vec::new(),
            movements: Vec::new(),
            read: AsRead::default(),
        }
    }

    pub fn payment(&self) -> Result<&Payment, Problem> {
        self.payment
            .as_ref()
            .ok_or_else(|| Problem::new(Code::NotFound).said("the order has no payment", "주문에 결제가 없어요"))
    }

    pub fn payment_mut(&mut self) -> Result<&mut Payment, Problem> {
        self.payment
            .as_mut()
            .ok_or_else(|| Problem::new(Code::NotFound).said("the order has no payment", "주문에 결제가 없어요"))
    }

    pub fn attempt(&self, id: AttemptId) -> Result<&Attempt, Problem> {
        let attempt = self.attempts.iter().find(|attempt| attempt.id == id);
        attempt.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    pub fn attempt_mut(&mut self, id: AttemptId) -> Result<&mut Attempt, Problem> {
        let attempt = self.attempts.iter_mut().find(|attempt| attempt.id == id);
        attempt.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    pub fn refund_mut(&mut self, id: RefundId) -> Result<&mut Refund, Problem> {
        let refund = self.refunds.iter_mut().find(|refund| refund.id == id);
        refund.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// An attempt the acquirer may still be working on, of one of `operations`.
    #[must_use]
    pub fn open_attempt(&self, operations: &[Operation]) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.state.is_open() && operations.contains(&attempt.operation))
    }

    /// The sellers of the lines, each once, in the order of the lines.
    #[must_use]
    pub fn sellers(&self) -> Vec<SellerId> {
        let mut sellers = Vec::new();
        for line in &self.lines {
            if !sellers.contains(&line.seller) {
                sellers.push(line.seller);
            }
        }
        sellers
    }

    /// Where the postings of this order's payment take place.
    pub fn scene(&self) -> Result<Scene, Problem> {
        let payment = self.payment()?;
        Ok(Scene {
            tenant: payment.tenant,
            funds: payment.funds(),
            beneficiary: self.beneficiary(),
            currency: payment.currency,
            order: self.order.id,
        })
    }

    /// Who gets what is captured.
    #[must_use]
    pub fn beneficiary(&self) -> Beneficiary {
        self.order.top_up_of.map_or(Beneficiary::Sellers, Beneficiary::Payer)
    }

    /// What each seller gets of `captured`.
    pub fn seller_shares(&self, captured: &Captured) -> Result<Vec<SellerShare>, Problem> {
        let shares = returns::shares(captured, &self.lines);
        let shares = shares.map_err(|error| Problem::new(Code::TooMany).said(error.to_string(), "금액이 너무 커요"))?;
        Ok(self.by_seller(&shares))
    }

    fn by_seller(&self, shares: &[LineShare]) -> Vec<SellerShare> {
        let of = |seller: SellerId| {
            let own = self.lines.iter().zip(shares).filter(move |(line, _)| line.seller == seller);
            own.fold(SellerShare { seller, gross: 0, fee: 0, fee_vat: 0 }, |sum, (_, share)| SellerShare {
                seller,
                gross: sum.gross + share.amount,
                fee: sum.fee + share.fee,
                fee_vat: sum.fee_vat + share.fee_vat,
            })
        };
        self.sellers().into_iter().map(of).collect()
    }
}

/// What each seller gives back with a refund's parts.
#[must_use]
pub fn shares_of_parts(parts: &[returns::ReturnPart]) -> Vec<SellerShare> {
    let mut shares: Vec<SellerShare> = Vec::new();
    for part in parts {
        let found = shares.iter().position(|share| share.seller == part.seller);
        let index = found.unwrap_or_else(|| {
            shares.push(SellerShare { seller: part.seller, gross: 0, fee: 0, fee_vat: 0 });
            shares.len() - 1
        });
        shares[index].gross += part.amount;
        shares[index].fee += part.fee;
        shares[index].fee_vat += part.fee_vat;
    }
    shares
}
