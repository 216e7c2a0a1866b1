//! `GET` and `PUT /v1/checkout/settings`

use steelyard_domain::{Tenant, checkout::CheckoutSettings};
use steelyard_store::checkout::checkout_settings;

use crate::{
    App,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Problem, success_body},
    request::{Call, NewCheckoutSettings, Reply},
    view::{CheckoutSettingsView, to_json},
    workset::{Needs, Workset},
};

const OPERATION: &str = "PUT /v1/checkout/settings";

struct ChangeCheckoutSettings {
    call: Call,
    new: NewCheckoutSettings,
    return_secret: String,
}

impl Command for ChangeCheckoutSettings {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "changeCheckoutSettings"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.checkout_settings(self.call.tenant);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(self.told(reply)),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let changed = |before: i64| CheckoutSettings {
            tenant,
            origins: self.new.origins.clone(),
            match_from: self.new.match_from,
            updated_at: workset.now,
            version: before + 1,
        };
        let settings = changed(workset.checkout_settings.get(&tenant).map_or(0, |settings| settings.version));
        match workset.checkout_settings.edit(&tenant) {
            Some(there) => *there = settings.clone(),
            None => workset.checkout_settings.insert(tenant, settings.clone()),
        }
        let data = to_json(&CheckoutSettingsView::new(&settings, None));
        let body = success_body(&data, self.call.language, &self.call.request_id);
        let reply = Reply { status: 200, body, replayed: false };
        idempotency::finish(workset, &self.call, OPERATION, key, tenant.merchant.uuid(), &reply);
        Ok(self.told(reply))
    }
}

impl ChangeCheckoutSettings {
    fn told(&self, reply: Reply) -> Reply {
        idempotency::with_secrets(reply, &[("returnSecret", &self.return_secret)])
    }
}

impl App {
    pub async fn checkout_settings(&self, tenant: Tenant) -> Result<CheckoutSettingsView, Problem> {
        let return_secret = self.checkout_keys().await?.return_secret(tenant);
        Ok(CheckoutSettingsView::new(&self.settings_of(tenant).await?, Some(return_secret)))
    }

    pub(super) async fn settings_of(&self, tenant: Tenant) -> Result<CheckoutSettings, Problem> {
        let found = checkout_settings(&self.reader().await?, tenant).await.map_err(crate::read::unavailable)?;
        Ok(found.unwrap_or_else(|| CheckoutSettings::untouched(tenant)))
    }

    pub async fn change_checkout_settings(&self, call: Call, new: NewCheckoutSettings) -> Result<Reply, Problem> {
        let return_secret = self.checkout_keys().await?.return_secret(call.tenant);
        Ok(self.pipeline().submit(ChangeCheckoutSettings { call, new, return_secret }).await?)
    }
}
