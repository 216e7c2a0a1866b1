//! What a buyer's page shows: one object, from which the page follows.

use steelyard_domain::{
    Bank, CheckoutSessionId, Timestamp,
    checkout::{CheckoutMethod, CheckoutSession, Purpose, SessionStatus},
    merchant::Merchant,
    method::{ConnectorName, MethodType},
    order::{EXTENSIONS_MAX, Order, OrderLine, OrderStatus},
    payment::{AUTHENTICATION_LIFE, Attempt, AttemptState, Payment, PaymentStatus},
};
use steelyard_store::{
    Reader, StoreError,
    checkout::checkout_session,
    merchant::merchant,
    order::{lines, order},
    payment::{attempts, payment_of_order},
};

use super::{Visit, key::Keys};
use crate::{
    App,
    payment::AUTHENTICATION_PATIENCE,
    problem::{Code, Language, Problem},
    view::{
        CheckoutAccountView, CheckoutBankView, CheckoutCardView, CheckoutChallengeView, CheckoutFailureView,
        CheckoutLineView, CheckoutMerchantView, CheckoutOrderView, CheckoutPaymentView, CheckoutQrView,
        CheckoutTransferView, CheckoutUnknownView, CheckoutView, bank_name, failure_in_words,
    },
};

/// Instalment plans a page offers, in months; 0 is at once.
const INSTALLMENTS: [u8; 12] = [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// The rows behind a page.
pub(super) struct Scene {
    pub(super) session: CheckoutSession,
    pub(super) merchant: Merchant,
    pub(super) order: Order,
    pub(super) lines: Vec<OrderLine>,
    pub(super) payment: Option<Payment>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) keys: Keys,
    /// By the merchant's clock.
    pub(super) now: Timestamp,
    /// Real time.
    pub(super) real_now: Timestamp,
}

/// Where a session stands, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Authenticating,
    Processing,
    Unknown,
    WaitingForDeposit,
    Authenticated,
    Paid,
    Canceled,
    Expired,
}

impl Standing {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Authenticating => "authenticating",
            Self::Processing => "processing",
            Self::Unknown => "unknown",
            Self::WaitingForDeposit => "waitingForDeposit",
            Self::Authenticated => "authenticated",
            Self::Paid => "paid",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }
}

/// Under which code an attempt waits for the buyer at the card's bank; its message is where.
pub(crate) const CHALLENGED: &str = "CHALLENGE";

impl Scene {
    /// The attempt that waits for the buyer or for the merchant.
    fn waiting(&self) -> Option<&Attempt> {
        let over = |attempt: &Attempt| self.real_now >= attempt.created_at.after(AUTHENTICATION_LIFE);
        self.attempts.iter().rfind(|attempt| attempt.state == AttemptState::Created && !over(attempt))
    }

    pub(super) fn standing(&self) -> Standing {
        match self.payment.as_ref().map(|payment| payment.status) {
            Some(PaymentStatus::InProgress) => return Standing::Processing,
            Some(PaymentStatus::Unknown) => return Standing::Unknown,
            Some(PaymentStatus::WaitingForDeposit) => return Standing::WaitingForDeposit,
            Some(PaymentStatus::Authorized) => return Standing::Paid,
            None
            | Some(
                PaymentStatus::Ready
                | PaymentStatus::Captured
                | PaymentStatus::PartiallyCanceled
                | PaymentStatus::Canceled
                | PaymentStatus::PartiallyRefunded
                | PaymentStatus::Refunded
                | PaymentStatus::Expired
                | PaymentStatus::Failed,
            ) => {}
        }
        match self.order.status {
            OrderStatus::Paid | OrderStatus::PartiallyRefunded | OrderStatus::Refunded => return Standing::Paid,
            OrderStatus::Canceled if self.order.paid > 0 => return Standing::Paid,
            OrderStatus::Canceled => return Standing::Canceled,
            OrderStatus::Expired => return Standing::Expired,
            OrderStatus::Open => {}
        }
        // The merchant wants no more attempts, or gave the payment up before there was one.
        if let Some(PaymentStatus::Failed | PaymentStatus::Canceled) =
            self.payment.as_ref().map(|payment| payment.status)
        {
            return Standing::Canceled;
        }
        match self.session.status {
            SessionStatus::Completed => return Standing::Paid,
            SessionStatus::Expired => return Standing::Expired,
            SessionStatus::Open => {}
        }
        if let Some(attempt) = self.waiting() {
            let is_under_way = attempt.created_at.after(AUTHENTICATION_PATIENCE) > self.real_now;
            match (attempt.code.as_deref(), self.session.purpose) {
                (Some(CHALLENGED), _) => return Standing::Authenticating,
                (Some(_), Purpose::Authenticate) => return Standing::Authenticated,
                (Some(_) | None, Purpose::Pay | Purpose::Authenticate) if is_under_way => return Standing::Processing,
                // Who was to charge it has died: nothing was charged, and the buyer may try again.
                (Some(_) | None, Purpose::Pay | Purpose::Authenticate) => {}
            }
        }
        if self.now >= self.order.expires_at { Standing::Expired } else { Standing::Open }
    }

    pub(super) fn payment_view(&self, language: Language) -> Option<CheckoutPaymentView> {
        let payment = self.payment.as_ref()?;
        let unknown =
            self.attempts.iter().rfind(|attempt| attempt.state == AttemptState::Unknown && attempt.operation.charges());
        let account = payment.account.as_ref();
        let bank_name = |bank: Bank| bank_name(bank, language);
        Some(CheckoutPaymentView {
            id: payment.id.to_string(),
            status: payment.status.as_str().to_owned(),
            method: payment.method.as_str().to_owned(),
            card: payment.card.as_ref().map(CheckoutCardView::new),
            transfer: account.filter(|_| payment.method == MethodType::Transfer).map(|account| CheckoutTransferView {
                bank: account.bank.code().to_owned(),
                bank_name: bank_name(account.bank),
                last4: account.number.clone(),
            }),
            account: account
                .filter(|account| payment.method == MethodType::VirtualAccount && !account.number.is_empty())
                .map(|account| CheckoutAccountView {
                    bank: account.bank.code().to_owned(),
                    bank_name: bank_name(account.bank),
                    number: account.number.clone(),
                    holder: account.holder.clone().unwrap_or_default(),
                    due_at: account.due_at.map(|at| at.to_string()).unwrap_or_default(),
                }),
            approval_number: payment.approval_number.clone(),
            approved_at: payment.approved_at.map(|at| at.to_string()),
            unknown: unknown.map(|attempt| CheckoutUnknownView {
                since: attempt.sent_at.unwrap_or(attempt.created_at).to_string(),
                next_check_at: attempt.next_check_at.map(|at| at.to_string()).unwrap_or_default(),
                checks: u32::try_from(attempt.resolution.checks).unwrap_or(u32::MAX),
            }),
        })
    }

    pub(super) fn failure_view(&self, standing: Standing, language: Language) -> Option<CheckoutFailureView> {
        let failure = self.payment.as_ref()?.failure.as_ref()?;
        let can_try_again = match standing {
            Standing::Open => true,
            Standing::Canceled | Standing::Expired => false,
            Standing::Authenticating
            | Standing::Processing
            | Standing::Unknown
            | Standing::WaitingForDeposit
            | Standing::Authenticated
            | Standing::Paid => return None,
        };
        Some(failure_in_words(failure, can_try_again, language))
    }

    pub(super) fn order_view(&self) -> CheckoutOrderView {
        CheckoutOrderView {
            id: self.order.id.to_string(),
            merchant_order_id: self.order.merchant_order_id.clone(),
            name: self.order.name.clone(),
            amount: self.order.total,
            currency: self.order.currency.code().to_owned(),
            vat: steelyard_domain::tax::vat_included(self.order.total, self.order.tax_free).unwrap_or_default(),
            tax_free: self.order.tax_free,
            lines: self.line_views(),
        }
    }

    pub(super) fn line_views(&self) -> Vec<CheckoutLineView> {
        self.lines.iter().map(CheckoutLineView::new).collect()
    }

    pub(super) fn installments(&self) -> Vec<u8> {
        let offered = if self.order.takes_installments() { INSTALLMENTS.len() } else { 1 };
        INSTALLMENTS.iter().take(offered).copied().collect()
    }

    /// Grows with every change of what is shown: each of its parts does.
    pub(super) fn version(&self) -> i64 {
        self.session.version
            + self.order.version
            + self.payment.as_ref().map_or(0, |payment| payment.version)
            + self.attempts.iter().map(|attempt| attempt.version).sum::<i64>()
    }

    fn qr_view(&self, visit: &Visit) -> Option<CheckoutQrView> {
        let qr = self.session.qr.as_ref()?;
        let binding = qr.bound(self.now);
        if binding.is_none() && self.now >= qr.expires_at {
            return None;
        }
        let token = self.keys.qr_token(self.session.id, qr.generation);
        let confirming = self.payment.as_ref().is_some_and(|payment| payment.status == PaymentStatus::InProgress);
        let state = match binding {
            Some(_) if confirming => "confirming",
            Some(_) => "scanned",
            None => "waiting",
        };
        Some(CheckoutQrView {
            svg: String::new(),
            url: format!("{}/q/{token}", visit.public_url),
            short_code: qr.short_code.clone(),
            number: qr.match_number.and_then(|number| u8::try_from(number).ok()),
            expires_at: qr.expires_at.to_string(),
            state: state.to_owned(),
            payer: binding.map(|binding| binding.label.clone()),
        })
    }

    /// By which name the shop's page knows the order.
    fn order_name(&self) -> String {
        match self.session.purpose {
            Purpose::Pay => self.order.id.to_string(),
            Purpose::Authenticate => self.order.merchant_order_id.clone(),
        }
    }

    /// The shop's address for who does not pay, and why they come.
    fn turned_back(&self, code: &str) -> Option<String> {
        let order = self.order_name();
        self.session.cancel_url.as_ref().map(|url| with_query(url, &[("code", code), ("order_id", &order)]))
    }

    /// Where a buyer goes who would rather not.
    fn cancel_url(&self) -> Option<String> {
        self.turned_back("USER_CANCELED")
    }

    /// Where the buyer goes from here, signed if there is something to bring back.
    fn result_url(&self, standing: Standing) -> Option<String> {
        let order = self.order_name();
        let signed = |name: &str, object: String| {
            let signature = self.keys.return_signature(self.session.tenant, &object, &order);
            let pairs = [(name, object.as_str()), ("order_id", &order), ("signature", &signature)];
            self.session.success_url.as_ref().map(|url| with_query(url, &pairs))
        };
        match standing {
            Standing::Paid | Standing::WaitingForDeposit => signed("payment_id", self.payment.as_ref()?.id.to_string()),
            Standing::Authenticated => signed("payment_key", self.waiting()?.id.to_string()),
            Standing::Canceled => self.turned_back("ORDER_CANCELED"),
            Standing::Expired => self.turned_back("SESSION_EXPIRED"),
            Standing::Open | Standing::Authenticating | Standing::Processing | Standing::Unknown => None,
        }
    }
}

/// Adds to a URL's query, before its fragment.
fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let (base, fragment) = url.split_once('#').map_or((url, None), |(base, fragment)| (base, Some(fragment)));
    let mut out = base.to_owned();
    for (name, value) in pairs {
        out.push(if out.contains('?') { '&' } else { '?' });
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

type Rows = (CheckoutSession, Merchant, Order, Vec<OrderLine>, Option<Payment>, Vec<Attempt>);

async fn rows_behind(reader: &Reader, id: CheckoutSessionId) -> Result<Option<Rows>, StoreError> {
    let Some(session) = checkout_session(reader, id).await? else { return Ok(None) };
    let (tenant, id) = (session.tenant, session.order);
    let (merchant, order) = (merchant(reader, tenant.merchant).await?, order(reader, tenant, id).await?);
    let (lines, payment) = (lines(reader, &[id]).await?, payment_of_order(reader, id).await?);
    let mut attempts = attempts(reader, &[id]).await?;
    attempts.sort_by_key(|attempt| attempt.id);
    let both = merchant.zip(order);
    Ok(both.map(|(merchant, order)| (session, merchant, order, lines, payment, attempts)))
}

impl App {
    pub(super) async fn checkout_scene(&self, id: CheckoutSessionId) -> Result<Scene, Problem> {
        let unavailable = crate::read::unavailable;
        let keys = self.checkout_keys().await?;
        let reader = self.reader().await?;
        // At one moment: a payment from before a charge and its attempts from after it would show a page to pay again.
        reader.begin_snapshot().await.map_err(unavailable)?;
        let rows = rows_behind(&reader, id).await;
        reader.end_snapshot().await.map_err(unavailable)?;
        let (session, merchant, order, lines, payment, attempts) =
            rows.map_err(unavailable)?.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))?;
        let tenant = session.tenant;
        let real_now = self.clock().now();
        let now = merchant.clock(tenant.mode, real_now);
        Ok(Scene { session, merchant, order, lines, payment, attempts, keys, now, real_now })
    }

    /// Everything the page of a visit shows. The picture of the code is drawn by who shows it.
    pub async fn checkout_view(&self, visit: &Visit, language: Language) -> Result<CheckoutView, Problem> {
        let scene = self.checkout_scene(visit.id).await?;
        let standing = scene.standing();
        let session = &scene.session;
        let banks = Bank::ALL
            .into_iter()
            .map(|bank| CheckoutBankView { code: bank.code().to_owned(), name: bank_name(bank, language) });
        let challenge = scene.waiting().filter(|_| standing == Standing::Authenticating);
        Ok(CheckoutView {
            id: session.id.to_string(),
            mode: session.tenant.mode.as_str().to_owned(),
            purpose: session.purpose.as_str().to_owned(),
            locale: session.locale.as_str().to_owned(),
            status: standing.as_str().to_owned(),
            merchant: CheckoutMerchantView { name: scene.merchant.name.clone() },
            order: scene.order_view(),
            now: scene.now.to_string(),
            created_at: session.created_at.to_string(),
            expires_at: scene.order.expires_at.to_string(),
            extensions_left: u8::try_from(EXTENSIONS_MAX - session.extensions).unwrap_or(0),
            methods: session.methods.iter().map(|method| method.as_str().to_owned()).collect(),
            installments: scene.installments(),
            banks: banks.collect(),
            unavailable: self.unavailable_methods(&scene),
            number_match: session.match_from.is_some_and(|from| scene.order.total >= from),
            cancel_url: scene.cancel_url(),
            result_url: scene.result_url(standing),
            payment: scene.payment_view(language),
            payment_key: scene
                .waiting()
                .filter(|_| standing == Standing::Authenticated)
                .map(|attempt| attempt.id.to_string()),
            failure: scene.failure_view(standing, language),
            qr: scene.qr_view(visit),
            challenge: challenge.and_then(|attempt| attempt.message.clone()).map(|url| CheckoutChallengeView { url }),
            version: scene.version(),
        })
    }

    /// What cannot be used now, because who would be asked does not answer.
    fn unavailable_methods(&self, scene: &Scene) -> Vec<String> {
        let connector = scene.merchant.connector;
        let answers = self.connectors().answers(connector, scene.session.tenant.mode, scene.real_now);
        let outside = |method: &&CheckoutMethod| match method {
            CheckoutMethod::App => false,
            CheckoutMethod::Card | CheckoutMethod::Transfer | CheckoutMethod::VirtualAccount => {
                connector != ConnectorName::Balance
            }
        };
        let methods = scene.session.methods.iter().filter(outside).filter(|_| !answers);
        methods.map(|method| method.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_brought_back_goes_into_the_query() {
        for (url, expected) in [
            ("https://shop.example/done", "https://shop.example/done?code=A%20b&order_id=x"),
            ("https://shop.example/done?a=1", "https://shop.example/done?a=1&code=A%20b&order_id=x"),
            ("https://shop.example/#done", "https://shop.example/?code=A%20b&order_id=x#done"),
        ] {
            assert_eq!(with_query(url, &[("code", "A b"), ("order_id", "x")]), expected);
        }
    }
}
