//! What is wrong with a request, and where. A fault names the broken rule and the field, never the value that
//! broke it: that may be a card number.

mod sentence;

use std::fmt;

use serde::de;
use steelyard_app::{Code, Language, Problem};
use steelyard_domain::{
    method::{CardError, MethodType},
    money::RateError,
};

/// What a value should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    List,
    Text,
    Integer,
    Boolean,
}

/// The rule that was broken, with its own values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    Unknown,
    Missing,
    Type(Kind),
    Range {
        min: i64,
        max: i64,
    },
    NotZero,
    Characters {
        max: usize,
    },
    Items {
        min: usize,
        max: usize,
    },
    ControlCharacter,
    OneOf(Vec<&'static str>),
    /// An id with this prefix.
    Id(&'static str),
    Time,
    /// `from` lies after `to`.
    TimeOrder,
    /// A time that has to lie in the future.
    Past,
    Rate(RateError),
    Email,
    Phone,
    /// An address of a page.
    Url,
    /// Scheme, host and perhaps a port.
    Origin,
    AccountNumber,
    /// Exactly one of these has to be given.
    Alternatives(&'static [&'static str]),
    /// Makes no sense beside another field.
    NotWith(&'static str),
    /// Only sellers that are individuals are withheld from.
    WithholdingOfBusiness,
    GiftCode,
    Repeated,
    /// An `Idempotency-Key` header that cannot be read.
    KeyForm,
    /// The length of the body is told in two ways, or in one that cannot be relied on.
    Framing,
    NotJson {
        line: usize,
        column: usize,
    },
    /// A name occurs twice in one object: no two readers would agree on its value.
    NamedTwice {
        line: usize,
        column: usize,
    },
    Card(CardError),
    ExpiryYear,
    MethodUnavailable(MethodType),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// As in `lines[0].quantity`; empty for the whole.
    path: String,
    rule: Rule,
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, rule: Rule) -> Self {
        Self { path: path.into(), rule }
    }

    pub(crate) const fn whole(rule: Rule) -> Self {
        Self { path: String::new(), rule }
    }

    pub(crate) fn with_rule(self, rule: Rule) -> Self {
        Self { path: self.path, rule }
    }

    pub(crate) const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The same fault, seen from the object that has the field `name`.
    pub(crate) fn under(self, name: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("{name}{joint}{}", self.path), rule: self.rule }
    }

    /// The same fault, seen from the list it is in.
    pub(crate) fn at(self, index: usize) -> Self {
        self.under(&format!("[{index}]"))
    }

    const fn code(&self) -> Code {
        match self.rule {
            Rule::Unknown => Code::UnknownField,
            Rule::NotJson { .. } | Rule::NamedTwice { .. } => Code::InvalidJson,
            Rule::Card(_) | Rule::ExpiryYear => Code::InvalidCard,
            Rule::MethodUnavailable(_) => Code::MethodNotAvailable,
            Rule::Missing
            | Rule::Type(_)
            | Rule::Range { .. }
            | Rule::NotZero
            | Rule::Characters { .. }
            | Rule::Items { .. }
            | Rule::ControlCharacter
            | Rule::OneOf(_)
            | Rule::Id(_)
            | Rule::Time
            | Rule::TimeOrder
            | Rule::Past
            | Rule::Rate(_)
            | Rule::Email
            | Rule::Phone
            | Rule::Url
            | Rule::Origin
            | Rule::AccountNumber
            | Rule::Alternatives(_)
            | Rule::NotWith(_)
            | Rule::WithholdingOfBusiness
            | Rule::GiftCode
            | Rule::Repeated
            | Rule::KeyForm
            | Rule::Framing => Code::InvalidRequest,
        }
    }

    pub(crate) fn problem(&self, language: Language) -> Problem {
        let problem = Problem::new(self.code()).detail(sentence::detail(&self.path, &self.rule, language));
        if self.path.is_empty() { problem } else { problem.param(self.path.as_str()) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence::detail(&self.path, &self.rule, Language::English))
    }
}

impl std::error::Error for Fault {}

/// Serde's texts repeat the value, so only what it expected is taken from them.
impl de::Error for Fault {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::whole(Rule::Type(Kind::Object))
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::whole(Rule::Type(kind(&expected.to_string())))
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::whole(Rule::Type(kind(&expected.to_string())))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new(shortened(field), Rule::Unknown)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(field, Rule::Missing)
    }
}

/// What serde's derived code says it expects.
fn kind(expected: &str) -> Kind {
    match expected {
        "i64" => Kind::Integer,
        "a boolean" => Kind::Boolean,
        "a string" => Kind::Text,
        "a sequence" => Kind::List,
        _ => Kind::Object,
    }
}

/// Enough of what the caller sent to recognize it, for an answer that repeats it.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 64;
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests;
