//! Paying in a session: from its page, or in the payer app. Whatever comes of it, the answer is what is true now.

use steelyard_connectors::{Connector, Instrument, answer::AuthenticationAnswer, request::Authentication};
use steelyard_domain::{
    AccountNumber, AttemptId, Bank, Mode, Money, PayerId,
    checkout::{CheckoutMethod, Purpose},
    method::{AccountSummary, Card, Tender},
    payment::{AttemptState, CaptureMode, PaymentStatus},
};

use steelyard_store::payment::{attempts, payment_by_account};

use super::{
    Gate, PayerAtGate, Visit,
    qr::ShowQr,
    show::{CHALLENGED, Scene},
};
use crate::{
    App,
    payment::{
        Charge, ChargedOrder, KeepAuthentication, PassChallenge, StartAuthentication, StartCharge, StartConfirmed,
        Started, own_request_id, voice,
    },
    problem::{Code, Language, Outcome, Problem, success_body},
    read::Expand,
    request::{Call, Reply},
    view::{CheckoutView, to_json},
};

/// What the two operations are called where a key would be kept for them; a page has none.
const FROM_PAGE: &str = "POST /c/{secret}/attempts";
const BY_PAYER: &str = "POST /app/api/confirm/{id}/approve";

/// How a buyer pays from a page.
#[derive(Debug, Clone)]
pub enum CheckoutTender {
    Card {
        card: Card,
        installment_months: u8,
    },
    Transfer {
        bank: Bank,
        account: AccountNumber,
    },
    VirtualAccount {
        bank: Bank,
    },
    /// Shows a code for the payer app.
    App,
}

/// Of what a payer pays.
#[derive(Debug, Clone)]
pub enum PayerSource {
    Balance,
    Card { card: Card, installment_months: u8 },
}

/// Who asks from a browser, and how they are answered.
#[derive(Debug, Clone)]
pub struct BrowserCall {
    pub language: Language,
    /// `req_…`
    pub request_id: String,
}

impl CheckoutTender {
    const fn method(&self) -> CheckoutMethod {
        match self {
            Self::Card { .. } => CheckoutMethod::Card,
            Self::Transfer { .. } => CheckoutMethod::Transfer,
            Self::VirtualAccount { .. } => CheckoutMethod::VirtualAccount,
            Self::App => CheckoutMethod::App,
        }
    }
}

/// What a refusal says that the page itself shows: the payment's own state.
pub(super) const fn shows_itself(code: Code) -> bool {
    matches!(
        code,
        Code::PaymentInProgress
            | Code::AlreadyPaid
            | Code::PaymentDeclined
            | Code::ConnectorUnavailable
            | Code::OutcomeUnknown
            | Code::AuthenticationExpired
    )
}

impl App {
    /// Pays, or shows a code. A decline is no problem: the view shows it, and the buyer tries again.
    ///
    /// # Errors
    /// What is wrong with the request, or that the session is over. Then nothing was asked for.
    pub async fn checkout_pay(
        &self,
        visit: &Visit,
        tender: CheckoutTender,
        call: BrowserCall,
    ) -> Result<CheckoutView, Problem> {
        let language = call.language;
        let shows_code = matches!(tender, CheckoutTender::App);
        let (app, own_visit) = (self.clone(), visit.clone());
        let paid = whole(async move { app.pay_from_page(&own_visit, tender, call).await }).await;
        match paid {
            Ok(()) if shows_code => self.checkout_view(visit, language).await,
            Ok(()) => self.checkout_view(visit, language).await.map_err(Problem::after_money),
            Err(problem) if shows_itself(problem.code) => {
                let view = self.checkout_view(visit, language).await.map_err(Problem::after_money)?;
                // Nothing on the page says why, where nothing could be put on record.
                if view.status == "open" && view.failure.is_none() { Err(problem) } else { Ok(view) }
            }
            Err(problem) => Err(problem),
        }
    }

    async fn pay_from_page(&self, visit: &Visit, tender: CheckoutTender, call: BrowserCall) -> Result<(), Problem> {
        let method = tender.method();
        let gate = Gate::Page { session: visit.id, method };
        let call = Call {
            tenant: visit.tenant,
            key: None,
            request_id: call.request_id,
            language: call.language,
            idempotency: None,
        };
        match tender {
            CheckoutTender::App => {
                let keys = self.checkout_keys().await?;
                let command = ShowQr { tenant: visit.tenant, order: visit.order, session: visit.id, keys };
                Ok(self.pipeline().submit(command).await?)
            }
            CheckoutTender::Card { card, installment_months } => {
                self.pay_by_card(visit, card, installment_months, gate, call).await
            }
            CheckoutTender::Transfer { bank, account } => {
                let summary = AccountSummary { bank, number: account.last4().to_owned(), holder: None, due_at: None };
                let charge = charge(visit, Tender::Transfer(summary), None);
                self.charge_at(gate, charge, Some(Instrument::Transfer { bank, account }), FROM_PAGE, call).await
            }
            CheckoutTender::VirtualAccount { bank } => {
                let summary = AccountSummary { bank, number: String::new(), holder: None, due_at: None };
                let charge = charge(visit, Tender::VirtualAccount(summary), None);
                self.charge_at(gate, charge, None, FROM_PAGE, call).await
            }
        }
    }

    /// Decide, ask, settle.
    async fn charge_at(
        &self,
        gate: Gate,
        charge: Charge,
        instrument: Option<Instrument>,
        operation: &'static str,
        call: Call,
    ) -> Result<(), Problem> {
        let place = self.pipeline().place()?;
        let voice = voice(&call);
        let (connectors, pace) = (self.connectors(), self.pace());
        let command = StartCharge { call, operation, charge, gate, connectors, pace };
        match self.pipeline().submit(command).await? {
            Started::Done(_) => Ok(()),
            Started::Refused(problem) => Err(*problem),
            Started::Ask(intent) => self.ask_and_settle(intent, instrument, voice, place).await.map(|_| ()),
        }
    }

    /// A card on a page is authenticated first, where its acquirer can; then it is charged, unless the merchant's
    /// server is to say so.
    async fn pay_by_card(
        &self,
        visit: &Visit,
        card: Card,
        installment_months: u8,
        gate: Gate,
        call: Call,
    ) -> Result<(), Problem> {
        let scene = self.checkout_scene(visit.id).await?;
        let charge = charge(visit, Tender::Card(card.summary(installment_months)), None);
        let authenticates = self.connectors().capabilities(scene.merchant.connector)?.authentication;
        if !authenticates && scene.session.purpose == Purpose::Pay {
            return self.charge_at(gate, charge, Some(Instrument::Card(card)), FROM_PAGE, call).await;
        }
        let connectors = self.connectors();
        let command = StartAuthentication { call: call.clone(), charge, gate, connectors };
        let waiting = self.pipeline().submit(command).await?;
        let connector = self.connectors().get(waiting.connector)?.clone();
        let return_url = format!(
            "{}/c/{}/return?attempt={}&lang={}",
            visit.public_url,
            visit.client_secret,
            waiting.attempt,
            call.language.tag()
        );
        let request = Authentication {
            reference: waiting.attempt.to_string(),
            amount: waiting.amount,
            card,
            return_url: Some(return_url),
        };
        let answer = connector.authenticate(&request, self.pace().patience).await;
        let passed = matches!(answer, AuthenticationAnswer::Authenticated { .. });
        self.pipeline().submit(KeepAuthentication::of(call.tenant, &waiting, answer)).await?;
        if passed && scene.session.purpose == Purpose::Pay {
            return self.charge_authenticated(&scene, waiting.attempt, call).await;
        }
        Ok(())
    }

    /// Charges what the buyer has authenticated.
    async fn charge_authenticated(&self, scene: &Scene, attempt: AttemptId, call: Call) -> Result<(), Problem> {
        let place = self.pipeline().place()?;
        let voice = voice(&call);
        let command = StartConfirmed {
            call,
            order: scene.order.id,
            attempt,
            merchant_order_id: scene.order.merchant_order_id.clone(),
            amount: scene.order.total,
            currency: scene.order.currency,
            gate: Gate::Page { session: scene.session.id, method: CheckoutMethod::Card },
            connectors: self.connectors(),
            pace: self.pace(),
        };
        match self.pipeline().submit(command).await? {
            Started::Done(_) => Ok(()),
            Started::Refused(problem) => Err(*problem),
            Started::Ask(intent) => self.ask_and_settle(intent, None, voice, place).await.map(|_| ()),
        }
    }

    /// The buyer comes back from the card's bank. Whether they passed, the acquirer says when it is charged.
    pub async fn checkout_return(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        call: BrowserCall,
    ) -> Result<CheckoutView, Problem> {
        let language = call.language;
        let scene = self.checkout_scene(visit.id).await?;
        let waits = scene.attempts.iter().any(|there| {
            there.id == attempt && there.state == AttemptState::Created && there.code.as_deref() == Some(CHALLENGED)
        });
        if waits {
            let call =
                Call { tenant: visit.tenant, key: None, request_id: call.request_id, language, idempotency: None };
            let came_back = match scene.session.purpose {
                Purpose::Pay => {
                    let app = self.clone();
                    whole(async move { app.charge_authenticated(&scene, attempt, call).await }).await
                }
                Purpose::Authenticate => {
                    let command = PassChallenge { tenant: visit.tenant, order: visit.order, attempt };
                    self.pipeline().submit(command).await.map_err(Problem::from)
                }
            };
            match came_back {
                // The door was shut while the buyer was at the bank: the page says so, and nothing was charged.
                Err(problem) if !shows_itself(problem.code) && problem.code != Code::CheckoutExpired => {
                    return Err(problem);
                }
                Ok(()) | Err(_) => {}
            }
            return self.checkout_view(visit, language).await.map_err(Problem::after_money);
        }
        self.checkout_view(visit, language).await
    }

    /// Test mode: somebody pays into the virtual account of this session.
    pub async fn checkout_test_deposit(&self, visit: &Visit, language: Language) -> Result<CheckoutView, Problem> {
        if visit.mode != Mode::Test {
            return Err(Problem::new(Code::TestModeOnly));
        }
        let scene = self.checkout_scene(visit.id).await?;
        self.deposit(&scene).await?;
        self.checkout_view(visit, language).await
    }

    async fn deposit(&self, scene: &Scene) -> Result<(), Problem> {
        let waiting = scene.payment.as_ref().filter(|payment| payment.status == PaymentStatus::WaitingForDeposit);
        let account = waiting.and_then(|payment| payment.account.as_ref());
        let issued = scene.attempts.iter().rfind(|attempt| attempt.state == AttemptState::Approved);
        let (Some(payment), Some(account), Some(attempt)) = (waiting, account, issued) else {
            let problem = Problem::new(Code::StateConflict);
            return Err(problem.said("nothing waits for a deposit", "입금을 기다리는 결제가 없어요"));
        };
        self.deposit_at(attempt.connector, &account.number, Money::new(payment.amount, payment.currency)).await?;
        self.look_for_deposit(attempt).await
    }

    /// `POST /v1/test/virtual-accounts/{number}/deposit`
    pub async fn test_deposit(&self, call: Call, number: &str, amount: Option<i64>) -> Result<Reply, Problem> {
        let reader = self.reader().await?;
        let found = payment_by_account(&reader, call.tenant, number).await.map_err(crate::read::unavailable)?;
        let payment = found.ok_or_else(|| Problem::new(Code::NotFound).detail("virtual account"))?;
        let attempts = attempts(&reader, &[payment.order]).await.map_err(crate::read::unavailable)?;
        drop(reader);
        let amount = Money::new(amount.unwrap_or(payment.amount), payment.currency);
        self.deposit_at(payment.connector, number, amount).await?;
        if let Some(attempt) = attempts.iter().rfind(|attempt| attempt.state == AttemptState::Approved) {
            self.look_for_deposit(attempt).await?;
        }
        let view = self.payment(call.tenant, payment.id, Expand::default()).await?;
        let body = success_body(&to_json(&view), call.language, &call.request_id);
        Ok(Reply { status: 200, body, replayed: false })
    }

    /// Has the simulated acquirer believe that somebody paid into an account.
    pub(crate) async fn deposit_at(
        &self,
        connector: steelyard_domain::method::ConnectorName,
        number: &str,
        amount: Money,
    ) -> Result<(), Problem> {
        let connectors = self.connectors();
        let Connector::Simulator(simulator) = connectors.get(connector)? else {
            return Err(Problem::new(Code::NotSupportedByConnector).said("test deposits", "테스트 입금"));
        };
        simulator.deposit(number, amount, self.pace().patience).await.map_err(|error| {
            let problem = Problem { outcome: Some(Outcome::None), ..Problem::new(Code::StateConflict) };
            problem.said(error.to_string(), "이 계좌에는 입금할 수 없어요")
        })
    }

    /// A payer approves what they scanned. `label`: how they are shown to the merchant's screen.
    pub(super) async fn approve(
        &self,
        scene: &Scene,
        payer: PayerAtGate,
        source: PayerSource,
        language: Language,
    ) -> Result<(), Problem> {
        let call =
            Call { tenant: scene.session.tenant, key: None, request_id: own_request_id(), language, idempotency: None };
        let (tender, instrument) = match source {
            PayerSource::Balance => (Tender::Balance, None),
            PayerSource::Card { card, installment_months } => {
                (Tender::Card(card.summary(installment_months)), Some(Instrument::Card(card)))
            }
        };
        let by: PayerId = payer.payer;
        let charge = Charge {
            order: ChargedOrder::Known(scene.order.id),
            amount: Some(payer.shown_amount),
            currency: None,
            capture: CaptureMode::Auto,
            tender,
            payer: Some(by),
            metadata: None,
        };
        self.charge_at(Gate::Payer(payer), charge, instrument, BY_PAYER, call).await
    }
}

/// In a task of its own: a buyer who closes the page, or a phone that loses its connection, cannot stop a charge between
/// its intent and its outcome.
async fn whole(work: impl Future<Output = Result<(), Problem>> + Send + 'static) -> Result<(), Problem> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a buyer's request ended without an answer");
        Err(Problem::new(Code::Internal))
    })
}

fn charge(visit: &Visit, tender: Tender, payer: Option<PayerId>) -> Charge {
    Charge {
        order: ChargedOrder::Known(visit.order),
        amount: None,
        currency: None,
        capture: CaptureMode::Auto,
        tender,
        payer,
        metadata: None,
    }
}
