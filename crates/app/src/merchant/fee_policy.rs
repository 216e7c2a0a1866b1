//! `POST /v1/fee-policies`: a policy is never changed, a new one takes effect on its day.

use steelyard_domain::{
    FeePolicyId,
    fee::{FeePolicy, FeeTerms},
    limits::FEE_POLICIES_MAX,
};

use crate::{
    App,
    clock::new_id,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, NewFeePolicy, Reply},
    view::{FeePolicyView, to_json},
    workset::{Needs, Workset},
};

const OPERATION: &str = "POST /v1/fee-policies";

struct CreateFeePolicy {
    call: Call,
    new: NewFeePolicy,
}

impl Command for CreateFeePolicy {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "createFeePolicy"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        if workset.policies(self.call.tenant).len() >= FEE_POLICIES_MAX {
            return Err(Problem::new(Code::TooMany).said(
                format!("{FEE_POLICIES_MAX} fee policies"),
                format!("수수료 정책은 {FEE_POLICIES_MAX}개까지예요"),
            ));
        }
        let now = workset.business_now(self.call.tenant)?;
        let policy = FeePolicy {
            id: FeePolicyId::from_uuid(new_id()),
            tenant: self.call.tenant,
            terms: FeeTerms { rate: self.new.rate, fixed: self.new.fixed, refund_fee: self.new.refund_fee },
            method: self.new.method,
            effective_from: self.new.effective_from.unwrap_or(now),
            created_at: now,
        };
        let body = success_body(&to_json(&FeePolicyView::new(&policy)), self.call.language, &self.call.request_id);
        let reply = Reply { status: 201, body, replayed: false };
        idempotency::finish(workset, &self.call, OPERATION, key, policy.id.uuid(), &reply);
        workset.insert_policy(policy);
        Ok(reply)
    }
}

impl App {
    pub async fn create_fee_policy(&self, call: Call, new: NewFeePolicy) -> Result<Reply, Problem> {
        Ok(self.pipeline().submit(CreateFeePolicy { call, new }).await?)
    }
}
