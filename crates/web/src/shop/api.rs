//! The shop's line to the API. Whatever is asked is noted for those who watch; secrets never are.

use std::{sync::Arc, time::Duration};

use axum::http::{Method, header};
use reqwest::{Client, Response, redirect};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use steelyard_app::{Clock, Language};

use super::{
    happening::{Kind, Log},
    shorten::{self, shortened},
};
use crate::ShopOptions;

const CONNECT: Duration = Duration::from_secs(2);
/// Longer than the API itself waits for an acquirer.
const ANSWER: Duration = Duration::from_secs(25);
const ANSWER_BYTES_MAX: usize = 1_048_576;
/// A call is made so often, always with the same key, before the shop says that nobody answers.
const TRIES: u32 = 3;
const WAIT: Duration = Duration::from_millis(150);
/// A stream says something every fifteen seconds; one that does not is gone.
const SILENCE: Duration = Duration::from_secs(40);
/// What a call that nobody answered is noted as.
const NO_ANSWER: u16 = 504;

/// Why a call came to nothing.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// The API said no, and why.
    Refused { status: u16, body: Value },
    /// No answer, or none that can be read. What was asked may have been done.
    Silent,
}

impl Trouble {
    /// The API's code, where it gave one.
    pub(super) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { body, .. } => body["code"].as_str(),
            Self::Silent => None,
        }
    }

    fn is_passing(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 429 | 502 | 503 | 504),
            Self::Silent => true,
        }
    }
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    method: Method,
    path: String,
    /// Under the secret key; without it as any browser would.
    signed: bool,
    body: Option<Value>,
    key: Option<String>,
    language: Language,
    noted: Noted,
}

/// Whether a call that succeeds stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    Always,
    /// A look that nobody asked for, every few seconds: it would bury what people do.
    IfRefused,
}

impl Call {
    pub(super) fn get(path: impl Into<String>, language: Language) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            signed: true,
            body: None,
            key: None,
            language,
            noted: Noted::Always,
        }
    }

    /// `key`: the Idempotency-Key, so that asking again is asking once.
    pub(super) fn post(path: impl Into<String>, body: Value, key: String, language: Language) -> Self {
        let (body, key) = (Some(body), Some(key));
        Self { method: Method::POST, path: path.into(), signed: true, body, key, language, noted: Noted::Always }
    }

    pub(super) const fn noted(mut self, noted: Noted) -> Self {
        self.noted = noted;
        self
    }

    pub(super) const fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }
}

pub(super) struct Api {
    http: Client,
    /// For streams: they have no end that could be waited for.
    patient: Client,
    base: String,
    key: String,
    clock: Clock,
    log: Arc<Log>,
}

impl Api {
    /// # Errors
    /// The client cannot be made.
    pub(super) fn new(options: &ShopOptions, clock: Clock, log: Arc<Log>) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: client(Some(ANSWER))?,
            patient: client(None)?,
            base: options.api.trim_end_matches('/').to_owned(),
            key: options.secret_key.clone(),
            clock,
            log,
        })
    }

    /// The `data` of the answer. What does no harm when it comes twice is tried again while nobody answers.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Trouble> {
        let mut wait = WAIT;
        let mut left = TRIES;
        loop {
            left -= 1;
            let answer = self.once(call).await;
            match answer {
                Err(trouble) if left > 0 && trouble.is_passing() => {
                    tokio::time::sleep(wait).await;
                    wait *= 3;
                }
                Err(trouble) => return Err(trouble),
                Ok(mut body) => {
                    return serde_json::from_value(body["data"].take()).map_err(|error| {
                        tracing::error!(path = call.path, %error, "the API answered what the shop cannot read");
                        Trouble::Silent
                    });
                }
            }
        }
    }

    async fn once(&self, call: &Call) -> Result<Value, Trouble> {
        let mut request = self.http.request(call.method.clone(), format!("{}{}", self.base, call.path));
        request = request.header(header::ACCEPT_LANGUAGE, call.language.tag());
        if call.signed {
            request = request.bearer_auth(&self.key);
        }
        if let Some(key) = &call.key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let begun = self.clock.ticks();
        let answer = async { read(request.send().await.ok()?).await }.await;
        let millis = (self.clock.ticks().micros() - begun.micros()) / 1_000;
        let (status, body) = match &answer {
            Some((status, body)) => (*status, body),
            None => (NO_ANSWER, &Value::Null),
        };
        if call.noted == Noted::Always || !(200..300).contains(&status) {
            self.note(call, status, millis, body);
        }
        match answer {
            Some((200..300, body)) => Ok(body),
            Some((status, body)) => Err(Trouble::Refused { status, body }),
            None => Err(Trouble::Silent),
        }
    }

    fn note(&self, call: &Call, status: u16, millis: i64, body: &Value) {
        let response = if (200..300).contains(&status) {
            shortened(&body["data"])
        } else if body.is_null() {
            json!({ "answer": null })
        } else {
            shortened(&json!({ "code": body["code"], "message": body["message"] }))
        };
        let mut entry = json!({
            "at": self.clock.now().to_string(),
            "method": call.method.as_str(),
            "path": shorten::text(&call.path),
            "status": status,
            "ms": millis,
            "request": call.body.as_ref().map(shortened),
            "response": response,
        });
        if let Some(key) = &call.key {
            entry["idempotencyKey"] = shorten::text(key).into();
        }
        self.log.tell(Kind::Call, &entry);
    }

    /// Opens the stream of events behind the position `after`, or from now on.
    pub(super) async fn events(&self, after: Option<i64>) -> Result<Response, Trouble> {
        const PATH: &str = "/v1/events/stream";
        let mut request = self.patient.get(format!("{}{PATH}", self.base)).bearer_auth(&self.key);
        if let Some(after) = after {
            request = request.header("Last-Event-ID", after);
        }
        let begun = self.clock.ticks();
        let response = request.send().await.map_err(|_| Trouble::Silent)?;
        let millis = (self.clock.ticks().micros() - begun.micros()) / 1_000;
        let status = response.status().as_u16();
        let call = Call::get(PATH, Language::Korean);
        if status == 200 {
            self.note(&call, status, millis, &json!({ "data": { "stream": "text/event-stream", "after": after } }));
            return Ok(response);
        }
        let body = read(response).await.map_or(Value::Null, |(_, body)| body);
        self.note(&call, status, millis, &body);
        Err(Trouble::Refused { status, body })
    }
}

fn client(answer: Option<Duration>) -> Result<Client, reqwest::Error> {
    #[expect(clippy::disallowed_methods, reason = "the shop is a merchant's server: this is its one client")]
    let builder = Client::builder().connect_timeout(CONNECT).redirect(redirect::Policy::none());
    match answer {
        Some(answer) => builder.timeout(answer).build(),
        None => builder.read_timeout(SILENCE).build(),
    }
}

/// Status and body, if it is JSON of a size.
async fn read(mut response: Response) -> Option<(u16, Value)> {
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some((status, serde_json::from_slice(&bytes).ok()?))
}
