//! Health and metrics, under our names and those that tools try first.

use axum::{
    Extension,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use steelyard_app::{Code, Problem};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    Api,
    answer::{self, Answer},
    ask::Answered,
    edge::Exchange,
    endpoint::{Endpoints, Terms},
};

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    let ready = Terms::OPEN.codes(&[Code::DatabaseUnavailable]);
    endpoints
        .add(Terms::OPEN, routes!(live))
        .add(ready, routes!(ready_to_serve))
        .add(Terms::OPEN, routes!(actuator_health))
        .add(Terms::OPEN, routes!(metrics))
        .add(Terms::OPEN, routes!(actuator_prometheus))
}

#[derive(Serialize, ToSchema)]
struct HealthView {
    /// `UP` or `DOWN`
    status: &'static str,
}

const UP: HealthView = HealthView { status: "UP" };
const DOWN: HealthView = HealthView { status: "DOWN" };

/// Is the process alive
#[utoipa::path(get, path = "/health/live", tag = "Operation", operation_id = "live",
    responses((status = 200, description = "It answers", body = Answer<HealthView>)))]
async fn live(Extension(exchange): Extension<Exchange>) -> Response {
    answer::data(&exchange, &UP)
}

/// Can it serve
///
/// The database answers and takes writes.
#[utoipa::path(get, path = "/health/ready", tag = "Operation", operation_id = "ready",
    responses((status = 200, description = "It can", body = Answer<HealthView>)))]
async fn ready_to_serve(State(api): State<Api>, Extension(exchange): Extension<Exchange>) -> Answered {
    match api.app().ready().await {
        Ok(()) => Ok(answer::data(&exchange, &UP)),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            Err(Problem::new(Code::DatabaseUnavailable).into())
        }
    }
}

/// Health, in the form of Spring Boot's actuator
#[utoipa::path(get, path = "/actuator/health", tag = "Operation", operation_id = "actuatorHealth",
    responses(
        (status = 200, description = "It can serve", body = HealthView),
        (status = 503, description = "It cannot", body = HealthView),
    ))]
async fn actuator_health(State(api): State<Api>) -> Response {
    let (status, view) = match api.app().ready().await {
        Ok(()) => (StatusCode::OK, UP),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, DOWN)
        }
    };
    answer::json(status, steelyard_app::view::to_json(&view))
}

fn prometheus(api: &Api) -> Response {
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, text)], api.options().metrics.render()).into_response()
}

/// Metrics, for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "Operation", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")))]
async fn metrics(State(api): State<Api>) -> Response {
    prometheus(&api)
}

/// Metrics, where Spring Boot's actuator has them
#[utoipa::path(get, path = "/actuator/prometheus", tag = "Operation", operation_id = "actuatorPrometheus",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")))]
async fn actuator_prometheus(State(api): State<Api>) -> Response {
    prometheus(&api)
}
