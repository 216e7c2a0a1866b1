//! What the terms of an endpoint add to its operation: security, headers, and every status it can answer.

use std::collections::{BTreeMap, BTreeSet};

use steelyard_app::Code;
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Required, ResponseBuilder,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, Type},
    security::SecurityRequirement,
};

use super::{Terms, Who};
use crate::{document::SECURITY_SCHEMES, edge::VERSION, idempotency::Keyed};

pub(super) fn write_terms(operation: &mut Operation, terms: &Terms, path: &str) {
    let codes = codes(operation, terms, path);
    if let Who::Holder(scope) = terms.who {
        let requirement = |scheme: &&str| SecurityRequirement::new(*scheme, [scope.as_str()]);
        operation.security = Some(SECURITY_SCHEMES.iter().map(requirement).collect());
        add_headers(operation, terms.keyed);
    } else {
        operation.security = Some(Vec::new());
    }
    let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for code in codes {
        let facts = code.facts();
        by_status.entry(facts.status).or_default().push(facts.name);
    }
    for (status, names) in by_status {
        let schema = Ref::from_schema_name("RefusedAnswer");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let links = names.iter().map(|name| format!("[`{name}`](/docs/errors#{name})"));
        let description = links.collect::<Vec<_>>().join(", ");
        let response = ResponseBuilder::new().description(description).content("application/json", content).build();
        operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(response));
    }
}

/// Every code the operation can answer, in the catalogue's order.
fn codes(operation: &Operation, terms: &Terms, path: &str) -> Vec<Code> {
    let mut codes: BTreeSet<&'static str> = BTreeSet::new();
    let mut add = |more: &[Code]| codes.extend(more.iter().map(|code| code.facts().name));
    add(terms.codes);
    add(&[Code::InvalidRequest, Code::HeadersTooLarge, Code::Internal]);
    match terms.who {
        Who::Anyone => {}
        Who::Holder(_) => add(&[
            Code::UnsupportedVersion,
            Code::UnknownField,
            Code::MissingKey,
            Code::InvalidKey,
            Code::KeyNotAllowed,
            Code::RateLimited,
            Code::DatabaseUnavailable,
        ]),
    }
    if operation.request_body.is_some() {
        add(&[
            Code::InvalidJson,
            Code::UnknownField,
            Code::RequestTimeout,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::Overloaded,
        ]);
    }
    match terms.keyed {
        Keyed::No => {}
        Keyed::Optional => add(&[Code::RequestInProgress, Code::IdempotencyMismatch, Code::Overloaded]),
        Keyed::Required => add(&[
            Code::IdempotencyKeyRequired,
            Code::RequestInProgress,
            Code::IdempotencyMismatch,
            Code::Overloaded,
            Code::OutcomeUnknown,
        ]),
    }
    if path.contains("{id}") {
        add(&[Code::NotFound]);
    }
    if queries(operation).any(|parameter| parameter.name == "cursor") {
        add(&[Code::InvalidCursor]);
    }
    Code::ALL.iter().copied().filter(|code| codes.contains(code.facts().name)).collect()
}

/// Whether the operation says that it reads something of a query.
pub(super) fn has_query(operation: &Operation) -> bool {
    queries(operation).next().is_some()
}

fn queries(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let in_query = |parameter: &&Parameter| parameter.parameter_in == ParameterIn::Query;
    parameters.iter().filter_map(written_here).filter(in_query)
}

const fn written_here(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}

fn add_headers(operation: &mut Operation, keyed: Keyed) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let header = |name: &str, required: Required, description: &str, schema: ObjectBuilder| {
        RefOr::T(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(required)
                .description(Some(description))
                .schema(Some(schema.build()))
                .build(),
        )
    };
    let parameters = operation.parameters.get_or_insert_default();
    let idempotency = |required| {
        let description = "Any text of yours, new for each thing you want done once. The same key and request again \
                           answer what was answered first.";
        header("Idempotency-Key", required, description, text().min_length(Some(1)).max_length(Some(255)))
    };
    match keyed {
        Keyed::No => {}
        Keyed::Optional => parameters.push(idempotency(Required::False)),
        Keyed::Required => parameters.push(idempotency(Required::True)),
    }
    let version = text().enum_values(Some([VERSION]));
    let description = "The version of this API; without it, the one your key was made for.";
    parameters.push(header("Steelyard-Version", Required::False, description, version));
    let languages = text().examples(["ko", "en"]);
    parameters.push(header("Accept-Language", Required::False, "Of messages: Korean or English.", languages));
}
