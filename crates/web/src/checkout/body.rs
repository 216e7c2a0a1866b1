//! Bodies: JSON from a script, a form from a browser without one.

use axum::{
    Form, Json,
    extract::{
        FromRequest as _, Request,
        rejection::{FormRejection, JsonRejection},
    },
    http::{HeaderMap, StatusCode, header},
};
use serde::de::DeserializeOwned;
use steelyard_app::{Code, Problem};

use crate::edge::BODY_BYTES_MAX;

/// In which form something was sent, which is the form it is answered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Json,
    Form,
}

impl Sent {
    /// A form says what it is. Without a body it is the script that says what it wants.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = text(header::CONTENT_TYPE);
        let is_form = kind.starts_with("application/x-www-form-urlencoded") || kind.starts_with("multipart/form-data");
        if is_form && text(header::ACCEPT) != "application/json" { Self::Form } else { Self::Json }
    }
}

/// # Errors
/// The body is too large, of another kind, or has a field that does not exist.
pub(crate) async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let form = Form::<T>::from_request(request, &()).await;
        form.map(|Form(body)| body).map_err(|rejection| of_form(&rejection))
    } else {
        let json = Json::<T>::from_request(request, &()).await;
        json.map(|Json(body)| body).map_err(|rejection| of_json(&rejection))
    }
}

fn of_form(rejection: &FormRejection) -> Problem {
    described(rejection.status(), rejection.body_text())
}

pub(crate) fn of_json(rejection: &JsonRejection) -> Problem {
    described(rejection.status(), rejection.body_text())
}

fn described(status: StatusCode, text: String) -> Problem {
    if let Some(field) = between(&text, "unknown field `") {
        return Problem::new(Code::UnknownField).detail(field.clone()).param(field);
    }
    if let Some(field) = between(&text, "missing field `") {
        return missing(&field);
    }
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge).detail(BODY_BYTES_MAX.to_string()),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(Code::UnsupportedMediaType),
        _ => Problem::new(Code::InvalidJson).detail(text),
    }
}

/// What serde put between backticks.
fn between(text: &str, before: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}

pub(crate) fn missing(field: &str) -> Problem {
    Problem::new(Code::InvalidRequest).said(format!("{field} is missing"), format!("{field} 값이 없어요")).param(field)
}
