//! `/v1/fee-policies`

use serde::Deserialize;
use steelyard_app::{Code, request::NewFeePolicy, view::FeePolicyView};
use steelyard_domain::{Rate, fee::RefundFee, merchant::Scope, method::MethodType};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Read, Write},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field,
    idempotency::Keyed,
    page::PageView,
};

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let create = Terms::write(Scope::FeePoliciesWrite, Keyed::Optional).codes(&[Code::TooMany]);
    endpoints
        .add(create, routes!(create_fee_policy))
        .add(Terms::read(Scope::FeePoliciesRead), routes!(list_fee_policies))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"rate": "0.0235", "fixedFee": 0, "effectiveFrom": "2026-12-01T00:00:00+09:00",
    "refundFee": "proportional"}))]
struct FeePolicyBody {
    /// A share of the amount, as a decimal text between 0 and 1 with at most six decimals.
    #[schema(example = "0.0235", pattern = r"^\d+(\.\d{1,6})?$")]
    rate: String,
    /// Minor units, once per payment.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, nullable = false)]
    fixed_fee: Option<i64>,
    /// RFC 3339 with an offset; now where it is left out.
    #[schema(nullable = false)]
    effective_from: Option<String>,
    /// Only for this method; such a policy goes before one for all.
    #[schema(nullable = false)]
    method: Option<String>,
    /// `proportional` (where it is left out) or `keep`.
    #[schema(nullable = false)]
    refund_fee: Option<String>,
}

impl FeePolicyBody {
    fn parsed(self) -> Result<NewFeePolicy, Fault> {
        let rules = [RefundFee::Proportional, RefundFee::Keep];
        let rule = self.refund_fee.map(|rule| field::choice("refundFee", &rule, &rules, RefundFee::as_str));
        let method = self.method.map(|name| field::choice("method", &name, &MethodType::ALL, MethodType::as_str));
        Ok(NewFeePolicy {
            rate: Rate::parse(&self.rate).map_err(|error| Fault::new("rate", Rule::Rate(error)))?,
            fixed: field::price("fixedFee", self.fixed_fee.unwrap_or(0))?,
            effective_from: self.effective_from.map(|at| field::time("effectiveFrom", &at)).transpose()?,
            method: method.transpose()?,
            refund_fee: rule.transpose()?.unwrap_or(RefundFee::Proportional),
        })
    }
}

/// Set a fee policy
///
/// A policy is never changed: a new one takes effect on its day, and payments keep the one they were made under.
#[utoipa::path(post, path = "/v1/fee-policies", tag = "Fee policies", operation_id = "createFeePolicy",
    request_body = FeePolicyBody,
    responses((status = 201, description = "The policy", body = Answer<FeePolicyView>)))]
async fn create_fee_policy(mut ask: Write) -> Answered {
    let policy = ask.read(FeePolicyBody::parsed)?;
    ask.run(|app, call| async move { app.create_fee_policy(call, policy).await }).await
}

/// List fee policies
#[utoipa::path(get, path = "/v1/fee-policies", tag = "Fee policies", operation_id = "listFeePolicies",
    responses((status = 200, description = "All of them, newest first", body = Answer<PageView<FeePolicyView>>)))]
async fn list_fee_policies(ask: Read) -> Answered {
    let policies = ask.app().fee_policies(ask.tenant()).await?;
    ask.whole(policies)
}
