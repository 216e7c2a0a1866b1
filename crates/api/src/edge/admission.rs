//! Whether a request is let in: its form, its credential, its version, its rate, its scope, in this order.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use steelyard_app::{Code, Problem};
use steelyard_domain::{ApiKeyId, merchant::ApiKey};

use super::Exchange;
use crate::{
    Api,
    answer::Refusal,
    endpoint::Who,
    fault::{Fault, Rule, shortened},
    listener::IllFramed,
};

pub(crate) const STEELYARD_VERSION: HeaderName = HeaderName::from_static("steelyard-version");
/// The version of the API there is. Keys are pinned to the one they were made for.
pub(crate) const VERSION: &str = "2026-11-01";

/// Headers one request may have.
const HEADERS_MAX: usize = 64;

impl Api {
    /// # Errors
    /// What stands against the request. Nothing was done then.
    pub(super) async fn admit(
        &self,
        exchange: &mut Exchange,
        headers: &HeaderMap,
        ticket: Option<&str>,
        ill_framed: Option<IllFramed>,
    ) -> Result<(), Refusal> {
        if ill_framed.is_some() {
            return Err(Refusal::from(Fault::whole(Rule::Framing)).closing());
        }
        if headers.len() > HEADERS_MAX || bytes(headers) > self.options().header_bytes_max {
            return Err(Refusal::from(Problem::new(Code::HeadersTooLarge)).closing());
        }
        let Who::Holder(scope) = exchange.terms.who else { return Ok(()) };
        let key = match ticket.filter(|_| exchange.terms.tickets && !headers.contains_key(header::AUTHORIZATION)) {
            Some(ticket) => self.app().key_by_id(self.app().use_ticket(ticket).await?).await?,
            None => self.credential(headers).await?,
        };
        check_version(headers, &key)?;
        self.rates().take(&key)?;
        if !key.allows(scope) {
            return Err(Problem::new(Code::KeyNotAllowed).detail(scope.as_str()).into());
        }
        exchange.key = Some(key);
        Ok(())
    }

    /// The key behind the `Authorization` header.
    async fn credential(&self, headers: &HeaderMap) -> Result<Arc<ApiKey>, Problem> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next().ok_or_else(|| Problem::new(Code::MissingKey))?;
        if values.next().is_some() {
            return Err(Problem::new(Code::InvalidKey));
        }
        let invalid = || Problem::new(Code::InvalidKey);
        let (scheme, rest) = split_scheme(value).ok_or_else(invalid)?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.app().credential(rest).await;
        }
        if scheme.eq_ignore_ascii_case("basic") {
            let decoded =
                STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(invalid)?;
            // The key is the user name; tools that ask for a password may send any.
            let (key, _) = decoded.split_once(':').unwrap_or((&decoded, ""));
            return self.app().credential(key).await;
        }
        Err(invalid())
    }
}

/// A credential that was admitted once and is asked about again by who answers for longer than a moment.
pub(crate) struct Pass {
    api: Api,
    /// What was said in `Authorization`, and nothing else.
    headers: HeaderMap,
    /// The key behind a ticket, where nothing was said there.
    of_ticket: Option<ApiKeyId>,
}

impl Pass {
    /// Of a request that was admitted, with `key`.
    pub(crate) fn new(api: &Api, headers: &HeaderMap, key: Option<&ApiKey>) -> Self {
        let said = headers.get_all(header::AUTHORIZATION).iter();
        let headers: HeaderMap = said.map(|value| (header::AUTHORIZATION, value.clone())).collect();
        let of_ticket = key.filter(|_| headers.is_empty()).map(|key| key.id);
        Self { api: api.clone(), headers, of_ticket }
    }

    /// Whether the key was revoked or has expired. It costs a hash: the database is asked at most every two seconds,
    /// for all that this server is asked with the key. If nobody can say, it is still good: then nothing can be read
    /// with it either.
    pub(crate) async fn is_void(&self) -> bool {
        let asked = match self.of_ticket {
            Some(key) => self.api.app().key_by_id(key).await,
            None => self.api.credential(&self.headers).await,
        };
        asked.is_err_and(|problem| problem.code == Code::InvalidKey)
    }
}

fn split_scheme(value: &HeaderValue) -> Option<(&str, &str)> {
    let (scheme, rest) = value.to_str().ok()?.trim().split_once(' ')?;
    Some((scheme, rest.trim()))
}

fn bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

fn check_version(headers: &HeaderMap, key: &ApiKey) -> Result<(), Problem> {
    let unsupported = |asked: &str| Problem::new(Code::UnsupportedVersion).detail(shortened(asked));
    match headers.get(STEELYARD_VERSION) {
        Some(asked) if asked.as_bytes() == VERSION.as_bytes() => Ok(()),
        Some(asked) => Err(unsupported(&String::from_utf8_lossy(asked.as_bytes())).param("Steelyard-Version")),
        None if key.api_version == VERSION => Ok(()),
        None => Err(unsupported(&key.api_version)),
    }
}
