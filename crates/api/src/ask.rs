//! What handlers take: a [`Read`] or a [`Write`], both already admitted by the edge, and an [`Id`] of the path.

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, Method, Uri, header, request::Parts},
    response::Response,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use steelyard_app::{
    App, Code, Problem, canonical_hash,
    read::{Cursor, PageKey},
    request::{Call, Claim, Reply},
};
use steelyard_domain::{
    AccountId, ApiKeyId, CheckoutSessionId, LedgerTransactionId, OrderId, PayerId, PaymentId, ProductId, SellerId,
    Tenant, Timestamp, merchant::Scope,
};

use crate::{
    Api,
    answer::{self, Refusal},
    edge::{Exchange, Pass},
    event::Seat,
    fault::{Fault, shortened},
    idempotency::{self, Keyed},
    json, query,
};

/// How every handler ends.
pub(crate) type Answered = Result<Response, Refusal>;

/// A request that changes nothing.
pub(crate) struct Read {
    api: Api,
    exchange: Exchange,
    tenant: Tenant,
    uri: Uri,
    public_url: String,
}

/// The edge has run before every handler that asks for it. A query that nobody will read is refused: who sent it
/// takes it for heard.
fn admitted(parts: &mut Parts) -> Result<Exchange, Refusal> {
    let exchange: Exchange = parts.extensions.remove().ok_or_else(|| Problem::new(Code::Internal))?;
    if !exchange.terms.queried {
        let NoQuery {} = query::read(&parts.uri)?;
    }
    Ok(exchange)
}

/// Every name is unknown to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoQuery {}

/// Whose rows: the credential says so, and nothing else does.
fn tenant(exchange: &Exchange) -> Result<Tenant, Refusal> {
    exchange.key.as_ref().map(|key| key.tenant).ok_or_else(|| Problem::new(Code::MissingKey).into())
}

impl FromRequestParts<Api> for Read {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refusal> {
        let exchange = admitted(parts)?;
        let tenant = tenant(&exchange)?;
        let public_url = public_url(api, &parts.headers);
        Ok(Self { api: api.clone(), exchange, tenant, uri: parts.uri.clone(), public_url })
    }
}

impl Read {
    pub(crate) fn app(&self) -> &App {
        self.api.app()
    }

    pub(crate) const fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// Where buyers reach this server, without a slash at its end.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// A seat for a stream of events.
    pub(crate) fn seat(&self) -> Result<Seat, Refusal> {
        Ok(self.api.seats().take(self.tenant)?)
    }

    /// What keeps asking whether the key of this request, whose headers these are, is still good.
    pub(crate) fn pass(&self, headers: &HeaderMap) -> Pass {
        Pass::new(&self.api, headers, self.exchange.key.as_deref())
    }

    /// The query string, read as `T`.
    pub(crate) fn query<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        Ok(query::read(&self.uri)?)
    }

    /// Where a page of `list` begins.
    pub(crate) async fn cursor(&self, list: &str, text: Option<&str>) -> Result<Option<PageKey>, Refusal> {
        let Some(text) = text else { return Ok(None) };
        Ok(Some(self.api.cursors().await?.open(list, self.tenant, text)?))
    }

    /// As [`Self::cursor`], of a list that is ordered by time.
    pub(crate) async fn cursor_in_time(&self, list: &str, text: Option<&str>) -> Result<Option<Cursor>, Refusal> {
        let key = self.cursor(list, text).await?;
        Ok(key.map(|key| Cursor { at: Timestamp::from_micros(key.at), id: key.id }))
    }

    /// The cursor behind a page of `list`.
    pub(crate) async fn next(&self, list: &str, key: Option<&PageKey>) -> Result<Option<String>, Refusal> {
        let Some(key) = key else { return Ok(None) };
        Ok(Some(self.api.cursors().await?.seal(list, self.tenant, key)))
    }

    pub(crate) fn answer(&self, data: &impl Serialize) -> Answered {
        Ok(answer::data(&self.exchange, data))
    }
}

/// A request that changes something, its body read.
pub(crate) struct Write {
    api: Api,
    exchange: Exchange,
    tenant: Tenant,
    call: Call,
    body: Value,
    public_url: String,
}

/// Where buyers reach this server: as it was configured, else as whoever asks has found it.
fn public_url(api: &Api, headers: &HeaderMap) -> String {
    if let Some(url) = &api.options().public_url {
        return url.clone();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let told = headers.get("x-forwarded-proto").filter(|_| api.options().behind_proxy);
    let scheme = if told.is_some_and(|told| told == "https") { "https" } else { "http" };
    format!("{scheme}://{host}")
}

impl FromRequest<Api> for Write {
    type Rejection = Refusal;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let exchange = admitted(&mut parts)?;
        let tenant = tenant(&exchange)?;
        let key = match exchange.terms.keyed {
            Keyed::No => None,
            Keyed::Optional => idempotency::key(&parts.headers)?,
            Keyed::Required => {
                let key = idempotency::key(&parts.headers)?;
                Some(key.ok_or_else(|| Problem::new(Code::IdempotencyKeyRequired).param("Idempotency-Key"))?)
            }
        };
        // What a body would mean here, nobody has said.
        let deletes = parts.method == Method::DELETE;
        let body = if deletes { Value::Null } else { read_body(&parts.headers, body, api).await? };
        let path = parts.uri.path();
        let idempotency = key.map(|key| Claim { key, request_hash: canonical_hash(path, &body) });
        let request_id = exchange.request_id().to_owned();
        let call = Call { tenant, key: exchange.key.clone(), request_id, language: exchange.language, idempotency };
        let public_url = public_url(api, &parts.headers);
        Ok(Self { api: api.clone(), exchange, tenant, call, body, public_url })
    }
}

/// No body at all is an empty object, for requests that need none.
async fn read_body(headers: &HeaderMap, body: Body, api: &Api) -> Result<Value, Refusal> {
    if body.is_end_stream() {
        return Ok(Value::Object(Map::new()));
    }
    let max = api.options().body_bytes_max;
    let too_large = || Refusal::from(Problem::new(Code::BodyTooLarge).detail(max.to_string())).closing();
    if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    if !is_json(headers) {
        return Err(Refusal::from(Problem::new(Code::UnsupportedMediaType)).closing());
    }
    let bytes = tokio::time::timeout(api.options().body_timeout, to_bytes(body, max))
        .await
        .map_err(|_| Refusal::from(Problem::new(Code::RequestTimeout)).closing())?
        // Too much of it, or it broke off: then nobody reads the answer.
        .map_err(|_| too_large())?;
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    Ok(json::parse(&bytes)?)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

impl Write {
    pub(crate) const fn tenant(&self) -> Tenant {
        self.tenant
    }

    pub(crate) fn app(&self) -> &App {
        self.api.app()
    }

    /// Where buyers reach this server, without a slash at its end.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Whether the key may do that, too.
    pub(crate) fn allows(&self, scope: Scope) -> bool {
        self.exchange.key.as_ref().is_some_and(|key| key.allows(scope))
    }

    pub(crate) fn key_id(&self) -> Option<ApiKeyId> {
        self.exchange.key.as_ref().map(|key| key.id)
    }

    /// What was made for this request alone, and is kept nowhere.
    pub(crate) fn created(&self, data: &impl Serialize) -> Answered {
        Ok(answer::created(&self.exchange, data))
    }

    /// Real time.
    pub(crate) fn now(&self) -> Timestamp {
        self.api.app().clock().now()
    }

    /// The body, read as `T` and made into what the application is asked for. The raw one is gone then.
    pub(crate) fn read<T: DeserializeOwned, U>(
        &mut self,
        parse: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Result<U, Refusal> {
        Ok(json::read(self.body.take()).and_then(parse)?)
    }

    /// Asks the application, in a task of its own: a caller who hangs up cannot stop it half-way.
    pub(crate) async fn run<F, R>(self, ask: F) -> Answered
    where
        F: FnOnce(App, Call) -> R,
        R: Future<Output = Result<Reply, Problem>> + Send + 'static,
    {
        let request_id = self.call.request_id.clone();
        match tokio::spawn(ask(self.api.app().clone(), self.call)).await {
            Ok(Ok(reply)) => Ok(answer::reply(reply)),
            Ok(Err(problem)) => Err(problem.into()),
            Err(error) => {
                tracing::error!(request_id, %error, "a request's task ended without an answer");
                Err(Problem::new(Code::Internal).into())
            }
        }
    }
}

/// The `{id}` of a path. A text that is no such id names nothing that exists.
pub(crate) struct Id<T>(pub(crate) T);

/// Ids that stand in paths.
pub(crate) trait PathId: Sized {
    fn read(text: &str) -> Option<Self>;
}

macro_rules! path_ids {
    ($($name:ident),*) => {$(
        impl PathId for $name {
            fn read(text: &str) -> Option<Self> {
                Self::parse(text).ok()
            }
        }
    )*};
}

path_ids!(
    AccountId,
    ApiKeyId,
    CheckoutSessionId,
    LedgerTransactionId,
    OrderId,
    PayerId,
    PaymentId,
    ProductId,
    SellerId
);

impl<T: PathId> FromRequestParts<Api> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refusal> {
        let nothing = |text: &str| Problem::new(Code::NotFound).detail(shortened(text));
        let params = RawPathParams::from_request_parts(parts, api).await.map_err(|_| nothing(""))?;
        let text = params.iter().find(|(name, _)| *name == "id").map_or("", |(_, text)| text);
        T::read(text).map(Self).ok_or_else(|| nothing(text).into())
    }
}

/// The `{number}` of a path: digits of an account that was issued.
pub(crate) struct Number(pub(crate) String);

impl FromRequestParts<Api> for Number {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refusal> {
        let nothing = |text: &str| Problem::new(Code::NotFound).detail(shortened(text));
        let params = RawPathParams::from_request_parts(parts, api).await.map_err(|_| nothing(""))?;
        let text = params.iter().find(|(name, _)| *name == "number").map_or("", |(_, text)| text);
        let fits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(nothing(text).into()) }
    }
}
