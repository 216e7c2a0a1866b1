//! What an API caller is told when something is refused: a stable code, an HTTP status, whether money moved,
//! and a sentence in Korean or English that says what happened and what to do.

mod catalogue;

pub use catalogue::{Code, Outcome, ProblemType};
use serde::Serialize;

/// Languages a person is answered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    Korean,
}

/// A refusal, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    /// Put in place of `{detail}` in the sentence: names and numbers of the broken rule.
    pub detail: String,
    /// The field of the request it is about.
    pub param: Option<String>,
    pub decline_code: Option<String>,
    pub payment_id: Option<String>,
    /// Overrides the code's usual outcome where more is known.
    pub outcome: Option<Outcome>,
}

impl Problem {
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, detail: String::new(), param: None, decline_code: None, payment_id: None, outcome: None }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    #[must_use]
    pub fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// The whole body of the answer.
    #[must_use]
    pub fn body(&self, language: Language, request_id: &str) -> String {
        let facts = self.code.facts();
        let sentence = match language {
            Language::English => facts.english,
            Language::Korean => facts.korean,
        };
        let message = sentence.replace("{detail}", &self.detail);
        let body = Body {
            code: facts.name,
            message: message.trim(),
            data: None,
            error: Error {
                kind: facts.kind.as_str(),
                param: self.param.as_deref(),
                decline_code: self.decline_code.as_deref(),
                payment_id: self.payment_id.as_deref(),
                retryable: facts.retryable,
                outcome: self.outcome.unwrap_or(facts.outcome).as_str(),
                doc_url: format!("/docs/errors#{}", facts.name),
            },
            request_id,
        };
        // Strings and booleans only: serialization cannot fail.
        serde_json::to_string(&body).unwrap_or_default()
    }

    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code.facts().status
    }
}

/// `{"code":"OK","message":"…","data":…,"requestId":"…"}` around an object that is JSON already.
#[must_use]
pub fn success_body(data: &str, language: Language, request_id: &str) -> String {
    let message = match language {
        Language::English => "OK",
        Language::Korean => "정상 처리되었어요",
    };
    let mut body = String::with_capacity(data.len() + request_id.len() + 80);
    body.push_str(r#"{"code":"OK","message":""#);
    body.push_str(message);
    body.push_str(r#"","data":"#);
    body.push_str(data);
    body.push_str(r#","requestId":""#);
    body.push_str(request_id);
    body.push_str(r#""}"#);
    body
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    data: Option<()>,
    error: Error<'a>,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Error<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    retryable: bool,
    outcome: &'a str,
    doc_url: String,
}

#[cfg(test)]
mod tests;
