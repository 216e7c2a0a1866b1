//! The payer's side of a session: what they scanned, what they approve, and what came of it.

use steelyard_domain::{
    CheckoutSessionId, Mode, PayerId,
    ledger::{AccountKey, Layer},
};
use steelyard_store::{
    checkout::{checkout_session, checkout_sessions_by_short_code},
    ledger::account,
};

use super::{
    PayerAtGate, PayerSource, QrAddress,
    key::Keys,
    pay::shows_itself,
    qr::{Act, HoldQr, choices},
    show::{Scene, Standing},
};
use crate::{
    App,
    problem::{Code, Language, Problem},
    view::{BalanceView, CheckoutMerchantView, ConfirmView},
};

/// What a payer approves.
#[derive(Debug, Clone)]
pub struct Approval {
    pub shown_amount: i64,
    pub match_number: Option<i64>,
    pub source: PayerSource,
}

impl App {
    /// Takes up what a payer read off a screen. `label`: the payer as that screen shows them, masked.
    ///
    /// # Errors
    /// `QR_EXPIRED` for a code that is over or was never ours, `QR_TAKEN` while another payer has it, `TOO_MANY` after
    /// many codes that were none.
    pub async fn scan(
        &self,
        payer: PayerId,
        mode: Mode,
        label: &str,
        address: &QrAddress,
        language: Language,
    ) -> Result<ConfirmView, Problem> {
        let (wrong, now) = (self.wrong_codes(), self.clock().now());
        let is_typed = matches!(address, QrAddress::ShortCode(_));
        if is_typed {
            wrong.check(&payer, now)?;
        }
        let found = self.read_qr(mode, address).await?;
        if is_typed && found.is_none() {
            wrong.miss(payer, now);
        }
        let (id, generation) = found.ok_or_else(|| Problem::new(Code::QrExpired))?;
        self.hold(id, payer, Act::Scan { generation, label: label.to_owned() }).await?;
        self.confirm_view(payer, id, language).await
    }

    /// The session and the generation that an address stands for, if it is a present one of this mode.
    async fn read_qr(&self, mode: Mode, address: &QrAddress) -> Result<Option<(CheckoutSessionId, i64)>, Problem> {
        let reader = self.reader().await?;
        match address {
            QrAddress::Token(token) => {
                let Some(id) = Keys::named_by(token) else { return Ok(None) };
                let found = checkout_session(&reader, id).await.map_err(crate::read::unavailable)?;
                let keys = self.checkout_keys().await?;
                let qr = found.filter(|session| session.mode() == mode).and_then(|session| session.qr);
                let qr = qr.filter(|qr| keys.is_token(token, id, qr.generation));
                Ok(qr.map(|qr| (id, qr.generation)))
            }
            QrAddress::ShortCode(code) => {
                let found = checkout_sessions_by_short_code(&reader, mode, code).await;
                let found = found.map_err(crate::read::unavailable)?;
                // Expiry is judged in the commit, by the merchant's clock. Two that show the same digits, by a chance
                // of one in millions, are none: nobody may pay for the other's order.
                let mut open = found.into_iter().filter_map(|session| Some((session.id, session.qr?.generation)));
                let first = open.next();
                Ok(if open.next().is_some() { None } else { first })
            }
        }
    }

    async fn hold(&self, id: CheckoutSessionId, payer: PayerId, act: Act) -> Result<(), Problem> {
        let found = checkout_session(&self.reader().await?, id).await.map_err(crate::read::unavailable)?;
        let session = found.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))?;
        let (tenant, order) = (session.tenant, session.order);
        Ok(self.pipeline().submit(HoldQr { tenant, order, session: id, payer, act }).await?)
    }

    /// The payer says that they are still there.
    pub async fn stay(
        &self,
        payer: PayerId,
        id: CheckoutSessionId,
        language: Language,
    ) -> Result<ConfirmView, Problem> {
        match self.hold(id, payer, Act::Stay).await {
            Ok(()) => {}
            // What became of it is said by what they are shown.
            Err(problem) if matches!(problem.code, Code::QrExpired | Code::AlreadyPaid | Code::CheckoutExpired) => {}
            Err(problem) => return Err(problem),
        }
        self.confirm_view(payer, id, language).await
    }

    /// The payer goes, and lets others scan.
    pub async fn leave(&self, payer: PayerId, id: CheckoutSessionId) -> Result<(), Problem> {
        self.hold(id, payer, Act::Leave).await
    }

    /// What a payer who has scanned is asked to approve, or what came of it.
    ///
    /// # Errors
    /// `NOT_FOUND` for who has nothing to do with it: neither holds the code nor paid.
    pub async fn confirm_view(
        &self,
        payer: PayerId,
        id: CheckoutSessionId,
        language: Language,
    ) -> Result<ConfirmView, Problem> {
        let scene = self.checkout_scene(id).await?;
        let binding = scene.session.qr.as_ref().and_then(|qr| qr.binding.as_ref());
        let has_scanned = binding.is_some_and(|binding| binding.payer == payer);
        let paid = scene.payment.as_ref().is_some_and(|payment| payment.payer == Some(payer));
        if !has_scanned && !paid {
            return Err(Problem::new(Code::QrExpired));
        }
        let holds = scene.session.qr.as_ref().and_then(|qr| qr.bound(scene.now));
        let holds = holds.is_some_and(|binding| binding.payer == payer);
        let standing = scene.standing();
        let failure = scene.failure_view(standing, language).filter(|_| paid);
        let status = match standing {
            Standing::Open if holds && failure.is_some() => "declined",
            Standing::Open if holds => "review",
            Standing::Open | Standing::Canceled | Standing::Expired => "expired",
            Standing::Processing | Standing::Authenticating if paid => "processing",
            Standing::Unknown if paid => "unknown",
            Standing::Paid if paid => "paid",
            Standing::Processing
            | Standing::Authenticating
            | Standing::Unknown
            | Standing::Paid
            | Standing::WaitingForDeposit
            | Standing::Authenticated => "taken",
        };
        self.confirm_view_of(&scene, payer, status, failure, language).await
    }

    async fn confirm_view_of(
        &self,
        scene: &Scene,
        payer: PayerId,
        status: &'static str,
        failure: Option<crate::view::CheckoutFailureView>,
        language: Language,
    ) -> Result<ConfirmView, Problem> {
        let key = AccountKey::payer(scene.session.mode(), payer, scene.order.currency);
        let found = account(&self.reader().await?, key.id()).await.map_err(crate::read::unavailable)?;
        let own = scene.payment.as_ref().is_some_and(|payment| payment.payer == Some(payer));
        let qr = scene.session.qr.as_ref();
        Ok(ConfirmView {
            id: scene.session.id.to_string(),
            mode: scene.session.mode().as_str(),
            status,
            merchant: CheckoutMerchantView { name: scene.merchant.name.clone() },
            amount: scene.order.total,
            currency: scene.order.currency.code(),
            order_name: scene.order.name.clone(),
            lines: scene.line_views(),
            numbers: qr.and_then(|qr| choices(&scene.keys, scene.session.id, qr)),
            expires_at: scene.order.expires_at.to_string(),
            now: scene.now.to_string(),
            version: scene.version(),
            balance: BalanceView {
                amount: found.map_or(0, |account| account.balance(Layer::Posted)),
                currency: scene.order.currency.code(),
            },
            installments: scene.installments(),
            payment: scene.payment_view(language).filter(|_| own),
            failure,
        })
    }

    /// A payer approves. What came of it is in the view: a decline is no problem.
    ///
    /// # Errors
    /// What kept it from being asked for: the code is over or another's, the amount or the number differs, the balance
    /// is not enough. No money moved then.
    pub async fn approve_scanned(
        &self,
        payer: PayerId,
        id: CheckoutSessionId,
        approval: Approval,
        language: Language,
    ) -> Result<ConfirmView, Problem> {
        let is_card = matches!(approval.source, PayerSource::Card { .. });
        if is_card {
            self.declines().check(&payer, self.clock().now())?;
        }
        let scene = self.checkout_scene(id).await?;
        let at_gate = PayerAtGate {
            session: id,
            payer,
            shown_amount: approval.shown_amount,
            match_number: approval.match_number,
        };
        match self.approve(&scene, at_gate, approval.source, language).await {
            Ok(()) => {}
            Err(problem) if shows_itself(problem.code) => {}
            Err(problem) => return Err(problem),
        }
        let view = self.confirm_view(payer, id, language).await.map_err(Problem::after_money)?;
        // An acquirer that cannot be reached declines nothing.
        let was_declined = view.failure.as_ref().is_some_and(|failure| failure.decline_code.is_some());
        if is_card && view.status == "declined" && was_declined {
            self.declines().miss(payer, self.clock().now());
        }
        Ok(view)
    }
}
