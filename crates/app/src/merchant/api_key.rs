//! Keys: issued, rotated with overlap, revoked. The secret is shown once and never kept.

use steelyard_domain::{
    ApiKeyId, Span, Timestamp,
    limits::API_KEYS_MAX,
    merchant::{ApiKey, KeyKind, Scope},
};
use steelyard_store::merchant::api_keys;

use crate::{
    App,
    credential::{self, API_VERSION, Issued},
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, NewApiKey, Reply, Rotation},
    view::{ApiKeyView, to_json},
    workset::{Needs, Workset},
};

const ISSUE: &str = "POST /v1/api-keys";
const ROTATE: &str = "POST /v1/api-keys/{id}/rotate";

struct IssueApiKey {
    call: Call,
    new: NewApiKey,
    issued: Issued,
    keys_there: usize,
}

impl Command for IssueApiKey {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "issueApiKey"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, ISSUE, needs);
        needs.merchant(self.call.tenant.merchant);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, ISSUE)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        if self.keys_there >= API_KEYS_MAX {
            return Err(Problem::new(Code::TooMany).said(
                format!("{API_KEYS_MAX} keys that are not revoked"),
                format!("폐기되지 않은 키는 {API_KEYS_MAX}개까지예요"),
            ));
        }
        let row = row(&self.call, &self.issued, self.new.kind, self.new.scopes.clone(), workset.now);
        let row = ApiKey { expires_at: self.new.expires_at, rate_limit: self.new.rate_limit, ..row };
        may_give(&self.call, &row)?;
        Ok(insert(workset, &self.call, ISSUE, key, row, &self.issued))
    }
}

fn may_give(call: &Call, new: &ApiKey) -> Result<(), Problem> {
    match call.key.as_ref().and_then(|own| own.lacks_to_give(new)) {
        Some(lacking) => Err(Problem::new(Code::KeyNotAllowed).detail(lacking)),
        None => Ok(()),
    }
}

fn row(call: &Call, issued: &Issued, kind: KeyKind, scopes: Vec<Scope>, now: Timestamp) -> ApiKey {
    ApiKey {
        id: issued.id,
        tenant: call.tenant,
        kind,
        scopes,
        hash: issued.hash.clone(),
        hint: issued.hint.clone(),
        api_version: API_VERSION.to_owned(),
        rate_limit: None,
        created_at: now,
        expires_at: None,
        revoked_at: None,
        rotated_to: None,
    }
}

/// Inserts a key. Its secret is in this answer; the stored one, for a replay, is without it.
fn insert(
    workset: &mut Workset,
    call: &Call,
    operation: &str,
    claim: Option<steelyard_domain::IdempotencyId>,
    row: ApiKey,
    issued: &Issued,
) -> Reply {
    let answer = |secret| {
        let body = success_body(&to_json(&ApiKeyView::new(&row, secret)), call.language, &call.request_id);
        Reply { status: 201, body, replayed: false }
    };
    idempotency::finish(workset, call, operation, claim, row.id.uuid(), &answer(None));
    let reply = answer(Some(issued.key.clone()));
    workset.api_keys.insert(row.id, row);
    reply
}

struct RotateApiKey {
    call: Call,
    rotation: Rotation,
    issued: Issued,
}

impl Command for RotateApiKey {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "rotateApiKey"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, ROTATE, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.api_key(self.rotation.key);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, ROTATE)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let now = workset.now;
        let old = own_key(workset, &self.call, self.rotation.key)?;
        if !old.is_live(now) || old.rotated_to.is_some() {
            return Err(Problem::new(Code::StateConflict)
                .said("the key is revoked, expired or rotated already", "이미 폐기·만료·교체된 키예요"));
        }
        let end = now.after(self.rotation.overlap);
        old.expires_at = Some(old.expires_at.map_or(end, |expires_at| expires_at.min(end)));
        if self.rotation.overlap == Span::ZERO {
            old.revoked_at = Some(now);
        }
        old.rotated_to = Some(self.issued.id);
        let (kind, scopes, rate_limit) = (old.kind, old.scopes.clone(), old.rate_limit);
        let row = ApiKey { rate_limit, ..row(&self.call, &self.issued, kind, scopes, now) };
        may_give(&self.call, &row)?;
        let data = to_json(&ApiKeyView::new(&row, None));
        workset.emit(self.call.tenant, "apiKey.rotated", self.rotation.key.to_string(), 1, data);
        Ok(insert(workset, &self.call, ROTATE, key, row, &self.issued))
    }
}

fn own_key<'w>(workset: &'w mut Workset, call: &Call, id: ApiKeyId) -> Result<&'w mut ApiKey, Problem> {
    let key = workset.api_keys.edit(&id).filter(|key| key.tenant == call.tenant);
    key.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
}

struct RevokeApiKey {
    call: Call,
    key: ApiKeyId,
}

impl Command for RevokeApiKey {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "revokeApiKey"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.call.tenant.merchant);
        needs.api_key(self.key);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let now = workset.now;
        let key = own_key(workset, &self.call, self.key)?;
        key.revoked_at = key.revoked_at.or(Some(now));
        let body = success_body(&to_json(&ApiKeyView::new(key, None)), self.call.language, &self.call.request_id);
        Ok(Reply { status: 200, body, replayed: false })
    }
}

impl App {
    pub async fn issue_api_key(&self, call: Call, new: NewApiKey) -> Result<Reply, Problem> {
        let there = api_keys(&self.reader().await?, call.tenant).await.map_err(crate::read::unavailable)?;
        let now = self.clock().now();
        // A key that was rotated is on its way out: its successor counts.
        let keys_there = there.iter().filter(|key| key.is_live(now) && key.rotated_to.is_none()).count();
        let issued = credential::issue(new.kind, call.tenant.mode);
        Ok(self.pipeline().submit(IssueApiKey { call, new, issued, keys_there }).await?)
    }

    pub async fn rotate_api_key(&self, call: Call, rotation: Rotation) -> Result<Reply, Problem> {
        let there = api_keys(&self.reader().await?, call.tenant).await.map_err(crate::read::unavailable)?;
        let old = there.iter().find(|key| key.id == rotation.key);
        let kind = old.ok_or_else(|| Problem::new(Code::NotFound).detail(rotation.key.to_string()))?.kind;
        let issued = credential::issue(kind, call.tenant.mode);
        let reply = self.pipeline().submit(RotateApiKey { call, rotation, issued }).await?;
        self.forget_credential(rotation.key);
        Ok(reply)
    }

    pub async fn revoke_api_key(&self, call: Call, key: ApiKeyId) -> Result<Reply, Problem> {
        let reply = self.pipeline().submit(RevokeApiKey { call, key }).await?;
        self.forget_credential(key);
        Ok(reply)
    }
}
