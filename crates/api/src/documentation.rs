//! The documentation that the binary serves by itself: the OpenAPI document, Swagger UI, and every problem code.

mod errors;
mod remedy;
mod schemas;

use std::sync::{Arc, OnceLock};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use steelyard_app::{Code, Problem};
use utoipa::openapi::OpenApi;
use utoipa_axum::routes;
use utoipa_swagger_ui::Config;

use crate::{
    Api,
    answer::Refusal,
    ask::Answered,
    endpoint::{Endpoints, Terms},
    fault::shortened,
};

/// Swagger UI styles itself inline and draws from data addresses; nothing comes from anywhere else.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
);

pub(crate) fn endpoints(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Terms::OPEN, routes!(openapi))
        .add(Terms::OPEN, routes!(docs))
        .add(Terms::OPEN, routes!(docs_index))
        .add(Terms::OPEN.codes(&[Code::NotFound]), routes!(docs_file))
        .add(Terms::OPEN, routes!(error_codes))
        .add(Terms::OPEN, routes!(swagger_ui_html))
        .add(Terms::OPEN, routes!(swagger_ui_index))
}

pub(crate) struct Documentation {
    document: OpenApi,
    /// Made when it is first asked for: finishing it is most of the work of a start.
    openapi: OnceLock<Bytes>,
    errors: Bytes,
    swagger: Arc<Config<'static>>,
}

impl Documentation {
    pub(crate) fn new(document: OpenApi) -> Self {
        let swagger = Config::new(["/openapi.json"])
            .validator_url("none")
            .deep_linking(true)
            .display_operation_id(true)
            .display_request_duration(true)
            .default_models_expand_depth(0)
            .try_it_out_enabled(true)
            .persist_authorization(false);
        Self { document, openapi: OnceLock::new(), errors: errors::page().into(), swagger: Arc::new(swagger) }
    }

    fn openapi(&self) -> Bytes {
        let make = || {
            let document = serde_json::to_value(&self.document).expect("the document is made of texts and numbers");
            schemas::finished(document).to_string().into()
        };
        self.openapi.get_or_init(make).clone()
    }
}

fn file(content_type: HeaderValue, body: Body) -> Response {
    const NO_SNIFF: (HeaderName, HeaderValue) = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    ([(header::CONTENT_TYPE, content_type), NO_SNIFF, policy], body).into_response()
}

fn documentation(api: &Api) -> Result<&Documentation, Refusal> {
    api.documentation().ok_or_else(|| Problem::new(Code::Internal).into())
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "Operation", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
async fn openapi(State(api): State<Api>) -> Answered {
    let made = tokio::task::spawn_blocking(move || documentation(&api).map(Documentation::openapi)).await;
    let body = made.unwrap_or_else(|_| Err(Problem::new(Code::Internal).into()))?;
    Ok(file(HeaderValue::from_static("application/json"), Body::from(body)))
}

/// Every problem code
///
/// What happened and what to do, in both languages. `error.docUrl` leads here.
#[utoipa::path(get, path = "/docs/errors", tag = "Operation", operation_id = "errorCodes",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
async fn error_codes(State(api): State<Api>) -> Answered {
    let body = Body::from(documentation(&api)?.errors.clone());
    Ok(file(HeaderValue::from_static("text/html; charset=utf-8"), body))
}

fn swagger(api: &Api, name: &str) -> Answered {
    let nothing = || Refusal::from(Problem::new(Code::NotFound).detail(shortened(name)));
    let config = Arc::clone(&documentation(api)?.swagger);
    let found = utoipa_swagger_ui::serve(name, config).map_err(|error| {
        tracing::error!(%error, "Swagger UI could not be configured");
        Refusal::from(Problem::new(Code::Internal))
    })?;
    let found = found.ok_or_else(nothing)?;
    let content_type = HeaderValue::try_from(found.content_type).map_err(|_| nothing())?;
    let mut response = file(content_type, Body::from(found.bytes.into_owned()));
    if found.gzpipped {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// Swagger UI
#[utoipa::path(get, path = "/docs/", tag = "Operation", operation_id = "docsIndex",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
async fn docs_index(State(api): State<Api>) -> Answered {
    swagger(&api, "index.html")
}

/// Swagger UI's files
#[utoipa::path(get, path = "/docs/{file}", tag = "Operation", operation_id = "docsFile",
    params(("file" = String, Path, description = "Its name")),
    responses((status = 200, description = "The file")))]
async fn docs_file(State(api): State<Api>, uri: Uri) -> Answered {
    swagger(&api, uri.path().strip_prefix("/docs/").unwrap_or_default())
}

fn redirect(to: &'static str) -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, HeaderValue::from_static(to))]).into_response()
}

/// Leads to Swagger UI
#[utoipa::path(get, path = "/docs", tag = "Operation", operation_id = "docs",
    responses((status = 307, description = "To /docs/")))]
async fn docs() -> Response {
    redirect("/docs/")
}

/// Leads to Swagger UI
#[utoipa::path(get, path = "/swagger-ui.html", tag = "Operation", operation_id = "swaggerUiHtml",
    responses((status = 307, description = "To /docs")))]
async fn swagger_ui_html() -> Response {
    redirect("/docs")
}

/// Leads to Swagger UI
#[utoipa::path(get, path = "/swagger-ui/index.html", tag = "Operation", operation_id = "swaggerUiIndex",
    responses((status = 307, description = "To /docs")))]
async fn swagger_ui_index() -> Response {
    redirect("/docs")
}
