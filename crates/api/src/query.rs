//! Query strings. A list's filters are read like a body: an unknown name is refused, not ignored, because a
//! typo in a filter would otherwise answer with everything.

use axum::{extract::Query, http::Uri};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use steelyard_domain::limits::{PAGE_DEFAULT, PAGE_MAX};

use crate::{
    fault::{Fault, Rule},
    field, json,
};

/// Reads the query of `uri`. A name may carry `[]`; a value that is empty counts as absent.
pub(crate) fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Fault> {
    let mut fields = Map::new();
    if uri.query().is_some() {
        // Percent signs that stand for nothing are read as they are, so this cannot fail.
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let name = name.strip_suffix("[]").unwrap_or(&name);
            match fields.get_mut(name) {
                Some(Value::Array(values)) => values.push(value.into()),
                Some(once) => *once = Value::Array(vec![once.take(), value.into()]),
                None => {
                    fields.insert(name.to_owned(), value.into());
                }
            }
        }
    }
    // All values are texts, so a wrong type can only be a text that came twice.
    json::read(Value::Object(fields)).map_err(|fault: Fault| {
        let twice = matches!(fault.rule(), Rule::Type(_));
        if twice { fault.with_rule(Rule::Repeated) } else { fault }
    })
}

/// Several texts: separated by commas, or the name given again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Many(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Many {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Texts)
    }
}

struct Texts;

impl Texts {
    fn split(text: &str, into: &mut Vec<String>) {
        into.extend(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned));
    }
}

impl<'de> Visitor<'de> for Texts {
    type Value = Many;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Many, E> {
        let mut texts = Vec::new();
        Self::split(text, &mut texts);
        Ok(Many(texts))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Many, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element::<String>()? {
            Self::split(&text, &mut texts);
        }
        Ok(Many(texts))
    }
}

impl Many {
    /// Each of them as one of `all`.
    pub(crate) fn choices<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        as_str: impl Fn(T) -> &'static str + Copy,
    ) -> Result<Vec<T>, Fault> {
        self.0.iter().map(|text| field::choice(name, text, all, as_str)).collect()
    }
}

/// Rows of one page.
pub(crate) fn limit(value: Option<&str>) -> Result<i64, Fault> {
    let max = i64::from(PAGE_MAX);
    let Some(text) = value else { return Ok(i64::from(PAGE_DEFAULT)) };
    let rule = Rule::Range { min: 1, max };
    let limit: i64 = text.parse().map_err(|_| Fault::new("limit", rule))?;
    field::within("limit", limit, 1, max)
}

/// `true` or `false`.
pub(crate) fn flag(name: &str, value: Option<&str>) -> Result<Option<bool>, Fault> {
    let as_str = |flag| if flag { "true" } else { "false" };
    value.map(|text| field::choice(name, text, &[true, false], as_str)).transpose()
}

/// What a person types into a search box.
pub(crate) fn search(value: Option<String>) -> Result<Option<String>, Fault> {
    value.map(|text| field::named("q", text)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        q: Option<String>,
        status: Option<Many>,
        limit: Option<String>,
    }

    fn filter(query: &str) -> Result<Filter, Fault> {
        read(&format!("/v1/payments?{query}").parse().unwrap())
    }

    #[test]
    fn several_values_come_by_comma_by_repetition_or_with_brackets() {
        for query in ["status=a,b", "status=a&status=b", "status[]=a&status[]=b", "status%5B%5D=a&status=%20b,"] {
            let status = Some(Many(vec!["a".to_owned(), "b".to_owned()]));
            assert_eq!(filter(query), Ok(Filter { q: None, status, limit: None }), "{query}");
        }
    }

    #[test]
    fn an_empty_value_is_absent_and_escapes_are_read() {
        let q = Some("김 철수+".to_owned());
        assert_eq!(filter("q=%EA%B9%80+%EC%B2%A0%EC%88%98%2B&limit="), Ok(Filter { q, status: None, limit: None }));
        assert_eq!(filter(""), Ok(Filter { q: None, status: None, limit: None }));
    }

    #[test]
    fn an_unknown_name_and_a_repeated_single_are_refused_by_name() {
        assert_eq!(filter("statsu=a"), Err(Fault::new("statsu", Rule::Unknown)));
        assert_eq!(filter("q=a&q=b"), Err(Fault::new("q", Rule::Repeated)));
    }

    #[test]
    fn a_page_has_1_to_100_rows_and_20_by_default() {
        for (text, rows) in [(None, 20), (Some("1"), 1), (Some("100"), 100)] {
            assert_eq!(limit(text), Ok(rows));
        }
        for text in ["0", "101", "-1", "ten", "1.5", ""] {
            assert_eq!(limit(Some(text)), Err(Fault::new("limit", Rule::Range { min: 1, max: 100 })), "{text}");
        }
    }
}
