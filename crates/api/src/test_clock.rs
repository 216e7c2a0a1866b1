//! `/v1/test/clock`: the test world's clock can be moved, forward only.

use serde::Deserialize;
use steelyard_app::{Code, Problem};
use steelyard_domain::{Mode, Span, merchant::Scope};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    answer::Answer,
    ask::{Answered, Write},
    endpoint::{Endpoints, Terms},
    fault::{Fault, Rule},
    field,
    idempotency::Keyed,
};

/// Ten years at once are enough for any test.
const DAYS_MAX: i64 = 3_660;

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let terms = Terms::write(Scope::TestWrite, Keyed::Optional).codes(&[Code::TestModeOnly]);
    endpoints.add(terms, routes!(advance_clock))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"days": 1}))]
struct AdvanceBody {
    /// Not together with `days`.
    #[schema(minimum = 1, maximum = 316224000, nullable = false)]
    seconds: Option<i64>,
    #[schema(minimum = 1, maximum = 3660, nullable = false)]
    days: Option<i64>,
}

impl AdvanceBody {
    fn parsed(self) -> Result<Span, Fault> {
        match (self.seconds, self.days) {
            (Some(seconds), None) => field::within("seconds", seconds, 1, DAYS_MAX * 86_400).map(Span::from_secs),
            (None, Some(days)) => field::within("days", days, 1, DAYS_MAX).map(Span::from_days),
            (Some(_), Some(_)) => Err(Fault::new("days", Rule::NotWith("seconds"))),
            (None, None) => Err(Fault::new("seconds", Rule::Alternatives(&["seconds", "days"]))),
        }
    }
}

/// What the test world's clock says.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the application answers")]
struct TestClockView {
    now: String,
}

/// Advance the test clock
///
/// Orders expire, cut-offs pass. Deadlines toward acquirers follow real time all the same.
#[utoipa::path(post, path = "/v1/test/clock/advance", tag = "Test", operation_id = "advanceTestClock",
    request_body = AdvanceBody,
    responses((status = 200, description = "The test world's time", body = Answer<TestClockView>)))]
async fn advance_clock(mut ask: Write) -> Answered {
    if ask.tenant().mode != Mode::Test {
        return Err(Problem::new(Code::TestModeOnly).into());
    }
    let by = ask.read(AdvanceBody::parsed)?;
    ask.run(move |app, call| async move { app.advance_test_clock(call, by).await }).await
}
