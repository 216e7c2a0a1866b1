//! `/v1/api-keys`: a merchant's credentials.

use serde::Deserialize;
use steelyard_app::{
    Code,
    request::{NewApiKey, Rotation},
    view::ApiKeyView,
};
use steelyard_domain::{
    ApiKeyId, Span, Timestamp,
    merchant::{KeyKind, Scope},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Id, Read, Write},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field,
    idempotency::Keyed,
    page::PageView,
};

const RATE_MAX: i64 = 1_000_000;
const OVERLAP_SECONDS_MAX: i64 = 7 * 86_400;

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let write = |keyed| Terms::write(Scope::ApiKeysWrite, keyed).codes(&[Code::StateConflict, Code::TooMany]);
    endpoints
        .add(write(Keyed::Optional), routes!(create_api_key))
        .add(Terms::read(Scope::ApiKeysRead), routes!(list_api_keys))
        .add(write(Keyed::Optional), routes!(rotate_api_key))
        .add(write(Keyed::No), routes!(revoke_api_key))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"kind": "restricted", "scopes": ["orders:read", "payments:read"]}))]
struct ApiKeyBody {
    /// `secret`, `publishable` or `restricted`
    kind: String,
    /// What a restricted key may do; only for those.
    #[schema(nullable = false)]
    scopes: Option<Vec<String>>,
    /// RFC 3339 with an offset; never where it is left out.
    #[schema(nullable = false)]
    expires_at: Option<String>,
    /// Requests a second, where it should not be the default.
    #[schema(minimum = 1, maximum = 1_000_000, nullable = false)]
    rate_limit: Option<i64>,
}

impl ApiKeyBody {
    fn parsed(self, now: Timestamp) -> Result<NewApiKey, Fault> {
        let kind = field::choice("kind", &self.kind, &KeyKind::ALL, KeyKind::as_str)?;
        let scopes = match (kind, self.scopes) {
            (KeyKind::Restricted, Some(scopes)) => parse_scopes(&scopes)?,
            (KeyKind::Restricted, None) => return Err(Fault::new("scopes", Rule::Missing)),
            (KeyKind::Secret | KeyKind::Publishable, Some(_)) => {
                return Err(Fault::new("scopes", Rule::NotWith(kind.as_str())));
            }
            (KeyKind::Secret | KeyKind::Publishable, None) => Vec::new(),
        };
        let expires_at = self.expires_at.map(|at| field::time("expiresAt", &at)).transpose()?;
        if expires_at.is_some_and(|at| at <= now) {
            return Err(Fault::new("expiresAt", Rule::Past));
        }
        let rate_limit = self.rate_limit.map(|rate| field::within("rateLimit", rate, 1, RATE_MAX)).transpose()?;
        Ok(NewApiKey { kind, scopes, expires_at, rate_limit })
    }
}

fn parse_scopes(names: &[String]) -> Result<Vec<Scope>, Fault> {
    let max = Scope::ALL.len();
    if !(1..=max).contains(&names.len()) {
        return Err(Fault::new("scopes", Rule::Items { min: 1, max }));
    }
    let mut scopes = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let scope = field::choice("", name, &Scope::ALL, Scope::as_str);
        let scope = scope.map_err(|fault| fault.at(index).under("scopes"))?;
        if scopes.contains(&scope) {
            return Err(Fault::whole(Rule::Repeated).at(index).under("scopes"));
        }
        scopes.push(scope);
    }
    Ok(scopes)
}

/// Issue an API key
///
/// `key` is shown this once. A replay of the request does not show it again.
#[utoipa::path(post, path = "/v1/api-keys", tag = "API keys", operation_id = "createApiKey",
    request_body = ApiKeyBody,
    responses((status = 201, description = "The key, with its secret", body = Answer<ApiKeyView>)))]
async fn create_api_key(mut ask: Write) -> Answered {
    let now = ask.now();
    let key = ask.read(|body: ApiKeyBody| body.parsed(now))?;
    ask.run(|app, call| async move { app.issue_api_key(call, key).await }).await
}

/// List API keys
#[utoipa::path(get, path = "/v1/api-keys", tag = "API keys", operation_id = "listApiKeys",
    responses((status = 200, description = "All of them, without their secrets",
        body = Answer<PageView<ApiKeyView>>)))]
async fn list_api_keys(ask: Read) -> Answered {
    let keys = ask.app().api_keys(ask.tenant()).await?;
    ask.whole(keys)
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"overlap": "24h"}))]
struct RotateBody {
    /// How long the old key stays good: `now`, `1h` or `24h`. Not together with `overlapSeconds`.
    #[schema(nullable = false)]
    overlap: Option<String>,
    /// The same in seconds, up to 7 days.
    #[schema(minimum = 0, maximum = 604800, nullable = false)]
    overlap_seconds: Option<i64>,
}

/// How long an old key outlives its rotation.
#[derive(Debug, Clone, Copy)]
enum Overlap {
    Now,
    OneHour,
    OneDay,
}

impl Overlap {
    const ALL: [Self; 3] = [Self::Now, Self::OneHour, Self::OneDay];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::OneHour => "1h",
            Self::OneDay => "24h",
        }
    }

    const fn span(self) -> Span {
        match self {
            Self::Now => Span::ZERO,
            Self::OneHour => Span::from_hours(1),
            Self::OneDay => Span::from_days(1),
        }
    }
}

impl RotateBody {
    /// One of the two has to be said: no default suits both a leaked key and a running shop.
    fn parsed(self) -> Result<Span, Fault> {
        match (self.overlap, self.overlap_seconds) {
            (Some(name), None) => field::choice("overlap", &name, &Overlap::ALL, Overlap::as_str).map(Overlap::span),
            (None, Some(seconds)) => {
                field::within("overlapSeconds", seconds, 0, OVERLAP_SECONDS_MAX).map(Span::from_secs)
            }
            (Some(_), Some(_)) => Err(Fault::new("overlapSeconds", Rule::NotWith("overlap"))),
            (None, None) => Err(Fault::new("overlap", Rule::Alternatives(&["overlap", "overlapSeconds"]))),
        }
    }
}

/// Rotate an API key
///
/// A new key of the same kind and scopes; the old one stays good for the overlap.
#[utoipa::path(post, path = "/v1/api-keys/{id}/rotate", tag = "API keys", operation_id = "rotateApiKey",
    params(("id" = String, Path, description = "`key_…`")), request_body = RotateBody,
    responses((status = 201, description = "The new key, with its secret", body = Answer<ApiKeyView>)))]
async fn rotate_api_key(Id(key): Id<ApiKeyId>, mut ask: Write) -> Answered {
    let overlap = ask.read(RotateBody::parsed)?;
    ask.run(move |app, call| async move { app.rotate_api_key(call, Rotation { key, overlap }).await }).await
}

/// Revoke an API key
///
/// At once, and for good.
#[utoipa::path(delete, path = "/v1/api-keys/{id}", tag = "API keys", operation_id = "revokeApiKey",
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 200, description = "The key", body = Answer<ApiKeyView>)))]
async fn revoke_api_key(Id(key): Id<ApiKeyId>, ask: Write) -> Answered {
    ask.run(move |app, call| async move { app.revoke_api_key(call, key).await }).await
}
