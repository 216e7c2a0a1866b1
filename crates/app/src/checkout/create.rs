//! `POST /v1/checkout/sessions`, and closing one.

use steelyard_domain::{
    CheckoutSessionId, Mode, OrderId, Tenant,
    checkout::{CheckoutSession, CheckoutSettings, Purpose, SessionEvent, SessionStatus},
    order::OrderStatus,
    payment::PaymentStatus,
};
use steelyard_store::{checkout::checkout_session, order::order};

use super::{end, key::Keys};
use crate::{
    App,
    clock::new_id,
    idempotency::{self, Claimed},
    order as orders,
    payment::{ChargedOrder, untold},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, NewCheckout, NewCheckoutOrder, Reply},
    view::{CheckoutSessionView, OpenedCheckoutView, to_json},
    workset::{Needs, Workset},
};

const CREATE: &str = "POST /v1/checkout/sessions";
const EXPIRE: &str = "POST /v1/checkout/sessions/{id}/expire";

struct CreateCheckout {
    call: Call,
    new: NewCheckout,
    keys: Keys,
    public_url: String,
}

impl CreateCheckout {
    fn charged(&self) -> ChargedOrder {
        match &self.new.order {
            NewCheckoutOrder::Known(order) => ChargedOrder::Known(*order),
            // A browser's claim is one of an amount; a server says what it sells.
            NewCheckoutOrder::Inline(order) if self.new.purpose == Purpose::Authenticate => {
                ChargedOrder::Named(order.clone())
            }
            NewCheckoutOrder::Inline(order) => ChargedOrder::Inline(order.clone()),
        }
    }
}

impl Command for CreateCheckout {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "createCheckout"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, CREATE, needs);
        needs.checkout_settings(self.call.tenant);
        self.charged().needs(self.call.tenant, needs);
        if let NewCheckoutOrder::Inline(order) = &self.new.order {
            orders::needs_of(self.call.tenant, order, needs);
        }
    }

    fn needs_of_orders(&self, workset: &Workset, needs: &mut Needs) {
        if let Ok(family) = self.charged().find(workset, self.call.tenant) {
            orders::need_rest(family, needs);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, CREATE)? {
            Claimed::Replay(reply) => {
                return Ok(match idempotency::object_of(workset, &self.call, CREATE) {
                    Some(session) => self.told(reply, CheckoutSessionId::from_uuid(session)),
                    None => reply,
                });
            }
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let now = workset.business_now(tenant)?;
        let settings = workset.checkout_settings.get(&tenant).cloned();
        let settings = settings.unwrap_or_else(|| CheckoutSettings::untouched(tenant));
        if self.call.is_public() {
            self.check_addresses(&settings)?;
        }
        let order = self.charged().find_or_build(workset, tenant).map_err(|problem| untold(problem, &self.call))?;
        let family = workset.family(tenant, order)?;
        check_order(family.order.status, family.payment.as_ref().map(|payment| payment.status))?;
        if family.order.expires_at <= now {
            return Err(Problem::new(Code::OrderExpired));
        }
        let earlier = family.order.checkout;
        let extensions = earlier.map_or(Ok(0), |earlier| self.replace(workset, earlier))?;
        let session = CheckoutSession {
            id: CheckoutSessionId::from_uuid(new_id()),
            tenant,
            order,
            purpose: self.new.purpose,
            status: SessionStatus::Open,
            methods: self.new.methods.clone(),
            locale: self.new.locale,
            success_url: self.new.success_url.clone(),
            cancel_url: self.new.cancel_url.clone(),
            match_from: settings.match_from,
            extensions,
            qr: None,
            metadata: self.new.metadata.clone(),
            created_at: now,
            opened_at: None,
            completed_at: None,
            version: 1,
        };
        let there = &mut workset.family_mut(tenant, order)?.order;
        there.checkout = Some(session.id);
        there.updated_at = now;
        there.version += 1;
        let view = CheckoutSessionView::new(&session, &workset.family(tenant, order)?.order);
        let data = to_json(&OpenedCheckoutView { session: view, client_secret: None, url: None });
        let reply = Reply {
            status: 201,
            body: success_body(&data, self.call.language, &self.call.request_id),
            replayed: false,
        };
        idempotency::finish(workset, &self.call, CREATE, key, session.id.uuid(), &reply);
        let id = session.id;
        workset.checkouts.insert(id, session);
        Ok(self.told(reply, id))
    }
}

impl CreateCheckout {
    /// Shuts the order's last door. The answer is how often that was extended: an order is kept so much longer and no more,
    /// through however many doors, because it keeps stock.
    fn replace(&self, workset: &mut Workset, earlier: CheckoutSessionId) -> Result<i64, Problem> {
        let tenant = self.call.tenant;
        let extensions = workset.checkout(tenant, earlier)?.extensions;
        check_door(workset, &self.call, earlier)?;
        close(workset, tenant, earlier)?;
        Ok(extensions)
    }

    /// With what opens the session, which the kept answer is without.
    fn told(&self, reply: Reply, id: CheckoutSessionId) -> Reply {
        let client_secret = self.keys.client_secret(id);
        let url = page_url(&self.public_url, &client_secret);
        idempotency::with_secrets(reply, &[("clientSecret", &client_secret), ("url", &url)])
    }

    /// A page on our host that leads anywhere, with a merchant's name and a signature, is what a phisher wants: with a
    /// key that anybody can read, real payments lead to pages of the merchant's alone.
    fn check_addresses(&self, settings: &CheckoutSettings) -> Result<(), Problem> {
        if self.call.tenant.mode == Mode::Test {
            return Ok(());
        }
        for (name, url) in [("successUrl", &self.new.success_url), ("failUrl", &self.new.cancel_url)] {
            let foreign = |url: &&String| !settings.origins.iter().any(|origin| origin == origin_of(url));
            if let Some(url) = url.as_ref().filter(foreign) {
                return Err(Problem::new(Code::OriginNotAllowed).detail(origin_of(url)).param(name));
            }
        }
        Ok(())
    }
}

/// Anybody can read a publishable key off a page, and guess an order's name and total: they must not shut the page on
/// which its buyer pays, nor take the buyer's place there.
///
/// # Errors
/// `KEY_NOT_ALLOWED`
pub(crate) fn check_door(workset: &Workset, call: &Call, session: CheckoutSessionId) -> Result<(), Problem> {
    if call.is_public() && workset.checkout(call.tenant, session)?.purpose == Purpose::Pay {
        return Err(Problem::new(Code::KeyNotAllowed).detail("checkout:write"));
    }
    Ok(())
}

fn page_url(public_url: &str, client_secret: &str) -> String {
    format!("{public_url}/c/{client_secret}")
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    &url[..end]
}

/// Whether an order still waits to be paid.
fn check_order(order: OrderStatus, payment: Option<PaymentStatus>) -> Result<(), Problem> {
    match order {
        OrderStatus::Open => {}
        OrderStatus::Paid | OrderStatus::PartiallyRefunded | OrderStatus::Refunded => {
            return Err(Problem::new(Code::AlreadyPaid));
        }
        OrderStatus::Canceled => return Err(Problem::new(Code::OrderNotOpen).detail(order.as_str())),
        OrderStatus::Expired => return Err(Problem::new(Code::OrderExpired)),
    }
    match payment {
        Some(PaymentStatus::InProgress | PaymentStatus::Unknown) => Err(Problem::new(Code::PaymentInProgress)),
        Some(PaymentStatus::Authorized) => Err(Problem::new(Code::AlreadyPaid)),
        Some(PaymentStatus::Failed | PaymentStatus::Canceled | PaymentStatus::Expired) => {
            Err(Problem::new(Code::StateConflict)
                .said("no more attempts are wanted", "더 이상 결제할 수 없는 주문이에요"))
        }
        None
        | Some(
            PaymentStatus::Ready
            | PaymentStatus::WaitingForDeposit
            | PaymentStatus::Captured
            | PaymentStatus::PartiallyCanceled
            | PaymentStatus::PartiallyRefunded
            | PaymentStatus::Refunded,
        ) => Ok(()),
    }
}

/// An order has one open door: a new one shuts the last.
fn close(workset: &mut Workset, tenant: Tenant, id: CheckoutSessionId) -> Result<bool, Problem> {
    let Ok(status) = workset.checkout(tenant, id)?.status.apply(SessionEvent::Expire) else { return Ok(false) };
    let session = workset.checkout_mut(tenant, id)?;
    session.status = status;
    session.qr = None;
    let session = session.clone();
    let family = workset.family(tenant, session.order)?.clone();
    end::emit(workset, &session, &family, "checkout.expired");
    Ok(true)
}

struct ExpireCheckout {
    call: Call,
    order: OrderId,
    session: CheckoutSessionId,
}

impl Command for ExpireCheckout {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "expireCheckout"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, EXPIRE, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.order(self.order);
        needs.checkout(self.session);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, EXPIRE)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        if !close(workset, tenant, self.session)? {
            return Err(end::closed(workset.checkout(tenant, self.session)?));
        }
        let family = workset.family(tenant, self.order)?;
        let data = to_json(&CheckoutSessionView::new(workset.checkout(tenant, self.session)?, &family.order));
        let body = success_body(&data, self.call.language, &self.call.request_id);
        let reply = Reply { status: 200, body, replayed: false };
        idempotency::finish(workset, &self.call, EXPIRE, key, self.session.uuid(), &reply);
        Ok(reply)
    }
}

impl App {
    /// `POST /v1/checkout/sessions`. `public_url`: where buyers reach this server, without a slash at its end.
    pub async fn create_checkout(
        &self,
        call: Call,
        mut new: NewCheckout,
        public_url: String,
    ) -> Result<Reply, Problem> {
        if new.purpose == Purpose::Pay && new.methods.is_empty() {
            return Err(Problem::new(Code::InvalidRequest)
                .said("name at least one method", "결제수단을 하나 이상 골라 주세요")
                .param("methods"));
        }
        if let NewCheckoutOrder::Inline(order) = &mut new.order {
            order.is_claim = call.is_public();
        }
        let keys = self.checkout_keys().await?;
        Ok(self.pipeline().submit(CreateCheckout { call, new, keys, public_url }).await?)
    }

    /// `POST /v1/checkout/sessions/{id}/expire`
    pub async fn expire_checkout(&self, call: Call, session: CheckoutSessionId) -> Result<Reply, Problem> {
        let order = self.own_checkout(call.tenant, session).await?.order;
        Ok(self.pipeline().submit(ExpireCheckout { call, order, session }).await?)
    }

    /// `GET /v1/checkout/sessions/{id}`
    pub async fn checkout(
        &self,
        tenant: Tenant,
        id: CheckoutSessionId,
        public_url: &str,
    ) -> Result<OpenedCheckoutView, Problem> {
        let session = self.own_checkout(tenant, id).await?;
        let found = order(&self.reader().await?, tenant, session.order).await.map_err(crate::read::unavailable)?;
        let order = found.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))?;
        let client_secret = self.checkout_keys().await?.client_secret(id);
        let url = page_url(public_url, &client_secret);
        let session = CheckoutSessionView::new(&session, &order);
        Ok(OpenedCheckoutView { session, client_secret: Some(client_secret), url: Some(url) })
    }

    async fn own_checkout(&self, tenant: Tenant, id: CheckoutSessionId) -> Result<CheckoutSession, Problem> {
        let found = checkout_session(&self.reader().await?, id).await.map_err(crate::read::unavailable)?;
        let own = found.filter(|session| session.tenant == tenant);
        own.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }
}
