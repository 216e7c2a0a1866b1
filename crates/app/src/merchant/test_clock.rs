//! `POST /v1/test/clock/advance`: the test world's time moves; the real one does not.

use steelyard_domain::{Mode, Span};

use crate::{
    App,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, Reply},
    workset::{Needs, Workset},
};

/// The furthest a test clock may be ahead: ten years.
const AHEAD_MAX: Span = Span::from_days(3_650);

const OPERATION: &str = "POST /v1/test/clock/advance";

struct AdvanceTestClock {
    call: Call,
    by: Span,
}

impl Command for AdvanceTestClock {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "advanceTestClock"
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
        let id = self.call.tenant.merchant;
        let merchant = workset.merchants.edit(&id);
        let merchant = merchant.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))?;
        let ahead = merchant.test_clock_ahead.micros().saturating_add(self.by.micros());
        if ahead > AHEAD_MAX.micros() {
            return Err(Problem::new(Code::TooMany)
                .said("a test clock is at most ten years ahead", "테스트 시계는 10년 앞까지만 갈 수 있어요"));
        }
        merchant.test_clock_ahead = Span::from_micros(ahead);
        let now = workset.business_now(self.call.tenant)?;
        let data = format!(r#"{{"now":"{now}"}}"#);
        let body = success_body(&data, self.call.language, &self.call.request_id);
        let reply = Reply { status: 200, body, replayed: false };
        idempotency::finish(workset, &self.call, OPERATION, key, id.uuid(), &reply);
        Ok(reply)
    }
}

impl App {
    /// Moves the clock and carries out what has come due by it.
    pub async fn advance_test_clock(&self, call: Call, by: Span) -> Result<Reply, Problem> {
        if call.tenant.mode != Mode::Test {
            return Err(Problem::new(Code::TestModeOnly));
        }
        let reply = self.pipeline().submit(AdvanceTestClock { call, by }).await?;
        self.expire_due().await;
        Ok(reply)
    }
}
