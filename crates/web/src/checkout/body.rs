//! Bodies: JSON from a script, a form from a browser without one.

use std::time::Duration;

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

/// How long a body may take: a page's is small, and whoever sends none keeps a connection from others.
const PATIENCE: Duration = Duration::from_secs(10);

/// # Errors
/// The body is too large or too slow, of another kind, or has a field that does not exist.
pub(crate) async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    within(PATIENCE, read_whole(request)).await
}

async fn within<T>(patience: Duration, read: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::time::timeout(patience, read).await.unwrap_or_else(|_| Err(Problem::new(Code::RequestTimeout)))
}

async fn read_whole<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
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
        StatusCode::UNPROCESSABLE_ENTITY => of_another_type(&text),
        _ => Problem::new(Code::InvalidJson).detail(text),
    }
}

/// What serde says of a value repeats it, and it may be a card's number: only where it stands is told.
fn of_another_type(text: &str) -> Problem {
    let told = text.split_once("target type: ").or_else(|| text.split_once("form body: ")).map(|(_, told)| told);
    let path = told.and_then(|told| told.split_once(": ")).map(|(path, _)| path);
    let is_name = |path: &&str| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._[]".contains(&byte));
    let problem = Problem::new(Code::InvalidRequest);
    match path.filter(is_name) {
        Some(path) => {
            problem.said(format!("{path} is of another type"), format!("{path} 값의 형식이 달라요")).param(path)
        }
        None => problem.said("a value is of another type", "값의 형식이 달라요"),
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        number: String,
        #[expect(dead_code, reason = "only whether it can be read matters")]
        months: Option<u8>,
    }

    fn request(kind: &str, body: impl Into<Body>) -> Request {
        Request::post("/").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
    }

    #[tokio::test]
    async fn what_is_refused_says_where_and_never_what() {
        const JSON: &str = "application/json";
        const FORM: &str = "application/x-www-form-urlencoded";
        for (kind, body, code, param) in [
            (JSON, r#"{"number":4242424242424242}"#, Code::InvalidRequest, Some("number")),
            (JSON, r#"{"number":["4242424242424242"]}"#, Code::InvalidRequest, Some("number")),
            (JSON, r#"{"number":"1","months":"4242424242424242"}"#, Code::InvalidRequest, Some("months")),
            (JSON, r#"{"number":"1","months":4242424242424242}"#, Code::InvalidRequest, Some("months")),
            (JSON, r#""4242424242424242""#, Code::InvalidRequest, None),
            (JSON, r#"{"number":"1","cvc":"4242424242424242"}"#, Code::UnknownField, Some("cvc")),
            (JSON, r#"{"months":1}"#, Code::InvalidRequest, Some("number")),
            (JSON, r#"{"number":4242424242424242"#, Code::InvalidRequest, Some("number")),
            (JSON, r#"{"number":"4242424242424242"#, Code::InvalidJson, None),
            (JSON, "4242424242424242 4242", Code::InvalidRequest, None),
            (FORM, "number=1&months=4242424242424242", Code::InvalidRequest, Some("months")),
            (FORM, "number=1&number=4242424242424242", Code::InvalidRequest, None),
            ("text/plain", "4242424242424242", Code::UnsupportedMediaType, None),
        ] {
            let problem = read::<Wanted>(request(kind, body)).await.unwrap_err();
            assert_eq!((problem.code, problem.param.as_deref()), (code, param), "{body}: {problem:?}");
            assert!(!format!("{problem:?}").contains("4242"), "{body}: {problem:?}");
        }
        assert!(read::<Wanted>(request(JSON, r#"{"number":"1"}"#)).await.is_ok());
    }

    #[tokio::test]
    async fn a_body_that_never_comes_is_not_waited_for() {
        let never = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let reading = read_whole::<Wanted>(request("application/json", never));
        let problem = within(Duration::ZERO, reading).await.unwrap_err();
        assert_eq!((problem.code, problem.status()), (Code::RequestTimeout, 408));
    }
}
