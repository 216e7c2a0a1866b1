//! What an API caller is told when something is refused: a stable code, an HTTP status, whether money moved,
//! and a sentence in Korean or English that says what happened and what to do.

mod catalogue;
mod language;

pub use catalogue::{Code, Outcome, ProblemType};
pub use language::Language;
use serde::Serialize;

/// A refusal, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    /// Put in place of `{detail}` in the sentence: names and numbers of the broken rule.
    pub detail: String,
    /// The same in Korean, where it is words.
    pub detail_in_korean: Option<String>,
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
        Self {
            code,
            detail: String::new(),
            detail_in_korean: None,
            param: None,
            decline_code: None,
            payment_id: None,
            outcome: None,
        }
    }

    /// Of a look after something may have been charged. Where the look itself failed, what happened is on record, and
    /// this does not know what: it must not say that nothing did.
    #[must_use]
    pub fn after_money(self) -> Self {
        if self.status() < 500 {
            return self;
        }
        tracing::warn!(?self, "what was done could not be shown");
        Self::new(Code::OutcomeUnknown)
    }

    /// A name or a number, the same in every language.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self.detail_in_korean = None;
        self
    }

    /// Words, in both languages.
    #[must_use]
    pub fn said(mut self, english: impl Into<String>, korean: impl Into<String>) -> Self {
        self.detail = english.into();
        self.detail_in_korean = Some(korean.into());
        self
    }

    #[must_use]
    pub fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// What a machine of states does not allow.
    #[must_use]
    pub fn of_state(error: impl std::fmt::Display) -> Self {
        Self::new(Code::StateConflict).said(error.to_string(), "이 상태에서는 그렇게 바뀔 수 없어요")
    }

    /// For who wrote the request.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let facts = self.code.facts();
        let (sentence, detail) = match language {
            Language::English => (facts.english, &self.detail),
            Language::Korean => (facts.korean, self.detail_in_korean.as_ref().unwrap_or(&self.detail)),
        };
        sentence.replace("{detail}", detail).trim().to_owned()
    }

    /// Whether money moved.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome.unwrap_or(self.code.facts().outcome)
    }

    /// The whole body of the answer.
    #[must_use]
    pub fn body(&self, language: Language, request_id: &str) -> String {
        self.in_words(&Telling { message: &self.sentence(language), money: None, next: None }, request_id)
    }

    /// The same facts, told to somebody who wrote no request.
    #[must_use]
    pub fn in_words(&self, telling: &Telling<'_>, request_id: &str) -> String {
        let facts = self.code.facts();
        let body = Body {
            code: facts.name,
            message: telling.message,
            data: None,
            error: Error {
                kind: facts.kind.as_str(),
                param: self.param.as_deref(),
                decline_code: self.decline_code.as_deref(),
                payment_id: self.payment_id.as_deref(),
                retryable: facts.retryable,
                outcome: self.outcome().as_str(),
                money: telling.money,
                next: telling.next,
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

/// What a body says of a refusal in words.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    pub message: &'a str,
    /// Whether money moved.
    pub money: Option<&'a str>,
    /// What to do.
    pub next: Option<&'a str>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
    doc_url: String,
}

#[cfg(test)]
mod tests;
