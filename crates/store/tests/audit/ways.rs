//! Ways of paying other than by card, and the doors by which buyers come to pay; and faults in them.

use steelyard_domain::{
    Bank, CheckoutSessionId, Span,
    checkout::{CheckoutMethod, CheckoutSession, Locale, Purpose, SessionStatus},
    fee::{Fee, FeeTerms},
    ledger::posting,
    method::{AccountSummary, ConnectorName, Tender},
    order::returns::ReturnRequest,
    payment::{AttemptState, Operation, PaymentStatus, RefundKind, RefundState},
};

use crate::{
    faults::{Fault, only},
    world::World,
};

impl World {
    /// By transfer, into virtual accounts, from a balance that was topped up; some of it by the page.
    pub fn pay_in_every_way(&mut self) {
        let topped_up = self.open(0);
        self.top_up(topped_up);

        let by_balance = self.open(0);
        self.pay_by(by_balance, &Tender::Balance);
        self.charge(by_balance, Operation::Purchase);
        self.approve(by_balance);
        self.give_back(by_balance, &ReturnRequest::Amount(1_000), RefundKind::Cancel, RefundState::Succeeded);

        let by_transfer = self.open(0);
        self.pay_by(by_transfer, &Tender::Transfer(account("6789")));
        self.charge(by_transfer, Operation::Purchase);
        self.approve(by_transfer);
        self.give_back(by_transfer, &ReturnRequest::Everything, RefundKind::Refund, RefundState::Succeeded);

        let deposited = self.open(0);
        self.issue(deposited);
        self.deposit(deposited);
        self.give_back(deposited, &ReturnRequest::Amount(2_000), RefundKind::Refund, RefundState::Succeeded);
        let waiting = self.open(1);
        self.issue(waiting);
        let closed = self.open(1);
        self.issue(closed);
        self.close(closed);

        self.door(by_balance, SessionStatus::Expired);
        self.door(by_balance, SessionStatus::Completed);
        self.door(waiting, SessionStatus::Open);
        self.door(closed, SessionStatus::Expired);
        let unpaid = self.open(0);
        self.door(unpaid, SessionStatus::Open);
    }

    fn pay_by(&mut self, family: usize, tender: &Tender) {
        let payer = self.people.payer.id;
        let payment = self.payment(family);
        let by_balance = *tender == Tender::Balance;
        payment.pay_by(tender, by_balance.then_some(payer));
        if by_balance {
            payment.connector = ConnectorName::Balance;
        }
    }

    fn top_up(&mut self, family: usize) {
        self.families[family].order.top_up_of = Some(self.people.payer.id);
        let payment = self.payment(family);
        (payment.fee_terms, payment.fee) = (FeeTerms::FREE, Fee::default());
        self.charge(family, Operation::Purchase);
        self.approve(family);
    }

    /// The account number was issued.
    fn issue(&mut self, family: usize) {
        let due_at = self.now().after(Span::from_days(1));
        let issued = AccountSummary {
            holder: Some(String::from("봄날상점")),
            due_at: Some(due_at),
            ..account("77012345678901")
        };
        self.pay_by(family, &Tender::VirtualAccount(issued));
        self.charge(family, Operation::Purchase);
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.state = AttemptState::Approved;
        attempt.next_check_at = Some(due_at);
        attempt.acquirer_transaction_id = Some(format!("sim_{}", attempt.id.uuid().simple()));
        let transaction = attempt.acquirer_transaction_id.clone();
        let payment = self.payment(family);
        payment.acquirer_transaction_id = transaction;
        payment.status = PaymentStatus::WaitingForDeposit;
        payment.version += 1;
        let (id, version) = (payment.id.to_string(), payment.version);
        self.event("payment.waitingForDeposit", id, version);
    }

    fn deposit(&mut self, family: usize) {
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.next_check_at = None;
        attempt.approval_number = Some(String::from("30012345"));
        let payment = self.payment(family);
        payment.approval_number = Some(String::from("30012345"));
        let (id, amount) = (payment.id.uuid(), payment.amount);
        let posting = posting::deposited(self.scene(family), id, amount);
        self.post(&posting);
        self.capture(family, amount, &[]);
    }

    /// Nobody paid into the account in time.
    fn close(&mut self, family: usize) {
        let attempt = self.families[family].attempts.last_mut().unwrap();
        attempt.state = AttemptState::NetCanceled;
        attempt.next_check_at = None;
        self.expire(family);
    }

    fn door(&mut self, family: usize, status: SessionStatus) {
        self.make.clock.advance(Span::from_secs(1));
        let id = CheckoutSessionId::from_uuid(self.make.id());
        let now = self.now();
        let order = &mut self.families[family].order;
        order.checkout = Some(id);
        self.sessions.push(CheckoutSession {
            id,
            tenant: self.tenant,
            order: order.id,
            purpose: Purpose::Pay,
            status,
            methods: CheckoutMethod::ALL.to_vec(),
            locale: Locale::Auto,
            success_url: Some(String::from("https://shop.example/done")),
            cancel_url: None,
            match_from: None,
            extensions: 0,
            qr: None,
            metadata: None,
            created_at: now,
            opened_at: None,
            completed_at: (status == SessionStatus::Completed).then_some(now),
            version: 1,
        });
    }
}

fn account(number: &str) -> AccountSummary {
    AccountSummary { bank: Bank::Kookmin, number: number.to_owned(), holder: None, due_at: None }
}

pub const FAULTS: &[Fault] = &[
    // Taken from the acquirer, and said to be from a balance; and the other way about.
    Fault {
        plant: "UPDATE account SET code = 'acquirerReceivable', owner = 'simulator2' WHERE code = 'payerBalance'",
        noticed_by: &["postings.amounts"],
    },
    only(&["postings.amounts"], "UPDATE account SET code = 'sellerReserve' WHERE code = 'bank'"),
    only(&["postings.amounts"], "UPDATE orders SET top_up_payer_id = NULL WHERE top_up_payer_id IS NOT NULL"),
    Fault {
        plant: "UPDATE payment SET method = 'card', account_bank = NULL WHERE method = 'virtualAccount' AND captured > 0",
        noticed_by: &["postings.payments", "postings.amounts"],
    },
    Fault {
        plant: "UPDATE account SET debits_posted = debits_posted + 1 WHERE code = 'virtualAccountClearing'",
        noticed_by: &["balance.virtualAccounts", "ledger.counters"],
    },
    only(
        &["attempt.capture"],
        "UPDATE attempt SET operation = 'capture' WHERE state = 'approved' AND next_check_at IS NOT NULL",
    ),
    only(&["attempt.nextCheck"], "UPDATE attempt SET next_check_at = NULL WHERE state = 'approved'"),
    only(
        &["attempt.nextCheck"],
        "UPDATE attempt SET next_check_at = 1 WHERE state = 'approved' AND operation = 'purchase'
            AND connector = 'balance'",
    ),
    only(&["payment.method"], "UPDATE payment SET account_number = '' WHERE status = 'waitingForDeposit'"),
    only(&["payment.method"], "UPDATE payment SET account_bank = NULL WHERE method = 'transfer'"),
    only(&["payment.payer"], "UPDATE payment SET payer_id = order_id WHERE method = 'wallet'"),
    only(&["payment.payer"], "UPDATE orders SET top_up_payer_id = id WHERE top_up_payer_id IS NOT NULL"),
    only(&["checkout.order"], "UPDATE checkout_session SET mode = 'live' WHERE status = 'open'"),
    only(
        &["checkout.order"],
        "UPDATE checkout_session SET created_at = created_at + 60000000 WHERE status = 'expired'
            AND order_id IN (SELECT id FROM orders WHERE paid > 0)",
    ),
    Fault {
        plant: "UPDATE orders SET checkout_session_id = id WHERE checkout_session_id IS NOT NULL AND status = 'open'",
        noticed_by: &["checkout.order", "checkout.completed"],
    },
    only(
        &["checkout.completed"],
        "UPDATE checkout_session SET status = 'open', completed_at = NULL WHERE status = 'completed'",
    ),
    only(
        &["checkout.completed"],
        "UPDATE checkout_session SET status = 'completed', completed_at = created_at WHERE status = 'open'",
    ),
    only(
        &["checkout.open"],
        "UPDATE checkout_session SET status = 'open'
        WHERE order_id IN (SELECT id FROM orders WHERE status = 'expired')",
    ),
    only(&["cardNumber.checkouts"], r#"UPDATE checkout_session SET metadata = '{"note":"4242424242424242"}'"#),
];
