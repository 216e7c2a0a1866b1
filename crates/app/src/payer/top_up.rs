//! Topping up a balance: an order at a merchant of the platform's own, whose money goes to the payer instead of to
//! sellers. So whatever can happen to a payment can happen to a top-up, and is dealt with in the same way.

use steelyard_connectors::Instrument;
use steelyard_domain::{
    AccountNumber, Bank, Currency, FeePolicyId, MerchantId, Mode, PayerId, SellerId, Span, Tenant, Timestamp,
    fee::{FeePolicy, FeeTerms},
    limits::{TOP_UP_MAX, TOP_UP_MIN},
    merchant::{Merchant, MerchantStatus},
    method::{AccountSummary, Card, ConnectorName, Tender},
    payment::CaptureMode,
    seller::{Seller, SellerKind},
};
use steelyard_store::{merchant::merchant, order::order_by_merchant_order_id, payment::payment_of_order};
use uuid::Uuid;

use crate::{
    App,
    checkout::Gate,
    payment::{Charge, ChargedOrder, StartCharge, Started, own_request_id, voice},
    pipeline::Command,
    problem::{Code, Language, Problem},
    read::unavailable,
    request::{Buyer, Call, NewLine, NewOrder},
    view::{TopUpView, failure_in_words},
    workset::{Needs, Workset},
};

const OPERATION: &str = "POST /app/api/top-ups";
/// What the platform's own merchant is called, on card statements too.
const NAME: &str = "스틸야드 머니";
const LINE: &str = "잔액 충전";

/// A name as a payer reads it. What the platform's own merchant is called is written once, in Korean, whoever tops up.
pub(crate) fn name_in(language: Language, merchant: MerchantId, name: String) -> String {
    match (language, name.as_str()) {
        (Language::English, NAME) if merchant == platform() => String::from("Steelyard Money"),
        (Language::English, LINE) if merchant == platform() => String::from("Top-up"),
        (Language::English | Language::Korean, _) => name,
    }
}

/// From where a payer brings money.
#[derive(Debug, Clone)]
pub enum TopUpSource {
    Card(Card),
    Transfer { bank: Bank, account: AccountNumber },
}

/// A payer's wish to top up.
#[derive(Debug, Clone)]
pub struct TopUp {
    pub payer: PayerId,
    pub mode: Mode,
    /// Minor units.
    pub amount: i64,
    pub source: TopUpSource,
    /// The same key is the same top-up: it is paid once.
    pub key: String,
}

/// The platform's own merchant, the same on every server.
fn platform() -> MerchantId {
    MerchantId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"steelyard money"))
}

struct OpenPlatform {
    connector: ConnectorName,
}

impl Command for OpenPlatform {
    type Answer = ();

    fn name(&self) -> &'static str {
        "openPlatform"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(platform());
    }

    fn decide(&self, workset: &mut Workset) -> Result<(), Problem> {
        let (id, now) = (platform(), workset.now);
        if workset.merchant(id).is_ok() {
            return Ok(());
        }
        workset.merchants.insert(
            id,
            Merchant {
                id,
                name: NAME.to_owned(),
                status: MerchantStatus::Active,
                connector: self.connector,
                test_clock_ahead: Span::ZERO,
                created_at: now,
            },
        );
        for mode in [Mode::Test, Mode::Live] {
            let tenant = Tenant { merchant: id, mode };
            workset.insert_seller(default_seller(tenant, now));
            workset.insert_policy(free(tenant, now));
        }
        Ok(())
    }
}

/// Ids that follow from the merchant's, so that two servers that open it at once make the same rows.
fn derived(tenant: Tenant, what: &str) -> Uuid {
    Uuid::new_v5(&tenant.merchant.uuid(), format!("{what} {}", tenant.mode.as_str()).as_bytes())
}

fn default_seller(tenant: Tenant, now: Timestamp) -> Seller {
    Seller {
        id: SellerId::from_uuid(derived(tenant, "seller")),
        tenant,
        name: NAME.to_owned(),
        kind: SellerKind::Business,
        withholding: false,
        bank: None,
        account_number: None,
        account_holder: None,
        is_default: true,
        created_at: now,
    }
}

fn free(tenant: Tenant, now: Timestamp) -> FeePolicy {
    FeePolicy {
        id: FeePolicyId::from_uuid(derived(tenant, "policy")),
        tenant,
        terms: FeeTerms::FREE,
        method: None,
        effective_from: now,
        created_at: now,
    }
}

impl TopUp {
    fn tenant(&self) -> Tenant {
        Tenant { merchant: platform(), mode: self.mode }
    }

    fn order_name(&self) -> String {
        format!("top-up-{}", Uuid::new_v5(&self.payer.uuid(), self.key.as_bytes()).simple())
    }

    fn order(&self) -> NewOrder {
        let line = NewLine {
            product: None,
            seller: None,
            name: Some(LINE.to_owned()),
            quantity: 1,
            unit_price: Some(self.amount),
            tax_free: Some(true),
        };
        NewOrder {
            merchant_order_id: self.order_name(),
            name: Some(LINE.to_owned()),
            currency: Currency::Krw,
            lines: vec![line],
            shipping_fee: 0,
            buyer: Buyer::default(),
            total: Some(self.amount),
            metadata: None,
            top_up_of: Some(self.payer),
            is_claim: false,
        }
    }
}

impl App {
    /// Brings money into a payer's balance. What came of it is in the view: a decline is no problem. Whether it is the
    /// payer who asks is the caller's to know.
    ///
    /// # Errors
    /// The amount is out of bounds, the same key was used for another one, the balance has no room for it, or many of the
    /// payer's cards were declined. No money moved then.
    pub async fn top_up(&self, top_up: TopUp, language: Language) -> Result<TopUpView, Problem> {
        if !(TOP_UP_MIN..=TOP_UP_MAX).contains(&top_up.amount) {
            return Err(Problem::new(Code::InvalidRequest)
                .said(
                    format!("a top-up lies between {TOP_UP_MIN} and {TOP_UP_MAX} won"),
                    format!("충전은 {TOP_UP_MIN}원부터 {TOP_UP_MAX}원까지예요"),
                )
                .param("amount"));
        }
        let is_card = matches!(top_up.source, TopUpSource::Card(_));
        if is_card {
            self.declines().check(&top_up.payer, self.clock().now())?;
        }
        self.open_platform().await?;
        let charged = self.charge_top_up(&top_up, language).await;
        let status = match charged {
            Ok(status) => status,
            Err(problem) if problem.code == Code::AlreadyPaid => "done",
            Err(problem) if matches!(problem.code, Code::PaymentInProgress | Code::OutcomeUnknown) => "unknown",
            Err(problem) if matches!(problem.code, Code::PaymentDeclined | Code::ConnectorUnavailable) => "declined",
            Err(problem) => return Err(problem),
        };
        let view = self.top_up_view(&top_up, status, language).await.map_err(Problem::after_money)?;
        // An acquirer that cannot be reached declines nothing.
        if is_card && view.failure.as_ref().is_some_and(|failure| failure.decline_code.is_some()) {
            self.declines().miss(top_up.payer, self.clock().now());
        }
        Ok(view)
    }

    async fn open_platform(&self) -> Result<(), Problem> {
        let there = || async { merchant(&self.reader().await?, platform()).await.map_err(unavailable) };
        if there().await?.is_some() {
            return Ok(());
        }
        let opened = self.pipeline().submit(OpenPlatform { connector: self.connectors().of_platform() }).await;
        // Another server may have been faster.
        if opened.is_err() && there().await?.is_some() { Ok(()) } else { Ok(opened?) }
    }

    async fn charge_top_up(&self, top_up: &TopUp, language: Language) -> Result<&'static str, Problem> {
        let call =
            Call { tenant: top_up.tenant(), key: None, request_id: own_request_id(), language, idempotency: None };
        let (tender, instrument) = match &top_up.source {
            TopUpSource::Card(card) => (Tender::Card(card.summary(0)), Instrument::Card(card.clone())),
            TopUpSource::Transfer { bank, account } => {
                let number = account.last4().to_owned();
                let summary = AccountSummary { bank: *bank, number, holder: None, due_at: None };
                (Tender::Transfer(summary), Instrument::Transfer { bank: *bank, account: account.clone() })
            }
        };
        let charge = Charge {
            order: ChargedOrder::Named(Box::new(top_up.order())),
            amount: Some(top_up.amount),
            currency: Some(Currency::Krw),
            capture: CaptureMode::Auto,
            tender,
            payer: None,
            metadata: None,
        };
        let place = self.pipeline().place()?;
        let voice = voice(&call);
        let (connectors, pace) = (self.connectors(), self.pace());
        let command = StartCharge { call, operation: OPERATION, charge, gate: Gate::Server, connectors, pace };
        let reply = match self.pipeline().submit(command).await? {
            Started::Done(reply) => reply,
            Started::Refused(problem) => return Err(*problem),
            Started::Ask(intent) => self.ask_and_settle(intent, Some(instrument), voice, place).await?,
        };
        Ok(match reply.status {
            201 => "done",
            202 => "unknown",
            _ => "declined",
        })
    }

    async fn top_up_view(
        &self,
        top_up: &TopUp,
        status: &'static str,
        language: Language,
    ) -> Result<TopUpView, Problem> {
        let reader = self.reader().await?;
        let order = order_by_merchant_order_id(&reader, top_up.tenant(), &top_up.order_name()).await;
        let payment = match order.map_err(unavailable)? {
            Some(order) => payment_of_order(&reader, order.id).await.map_err(unavailable)?,
            None => None,
        };
        drop(reader);
        let failure = payment.and_then(|payment| payment.failure).filter(|_| status == "declined");
        Ok(TopUpView {
            status,
            amount: top_up.amount,
            currency: Currency::Krw.code(),
            failure: failure.map(|failure| failure_in_words(&failure, true, language)),
            payer: self.payer_view(top_up.payer).await?,
        })
    }
}
