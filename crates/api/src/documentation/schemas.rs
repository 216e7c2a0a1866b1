//! What derived schemas lack: names of choices, references instead of copies, bodies that may be left out.

use serde_json::{Map, Value, json};
use steelyard_domain::{
    Currency, Mode,
    fee::RefundFee,
    gift_card::{GiftCardKind, GiftCardState},
    ledger::{AccountCode, Layer, Side},
    merchant::{KeyKind, Scope},
    method::{ConnectorName, MethodType},
    order::OrderStatus,
    payment::{
        AttemptState, CaptureMode, Operation, PaymentStatus, RefundKind, RefundState,
        movement::{MovementKind, MovementStatus},
    },
    seller::SellerKind,
};

/// Schema, field, and what the field can be.
type Choice = (&'static str, &'static str, Vec<&'static str>);

fn names<T: Copy>(all: &[T], as_str: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|item| as_str(*item)).collect()
}

fn choices_of_requests() -> Vec<Choice> {
    let currencies = || names(&Currency::ALL, Currency::code);
    let methods = || names(&MethodType::ALL, MethodType::as_str);
    let captures = || names(&[CaptureMode::Auto, CaptureMode::Manual], CaptureMode::as_str);
    vec![
        ("OrderBody", "currency", currencies()),
        ("ProductBody", "currency", currencies()),
        ("PaymentBody", "currency", currencies()),
        ("AuthenticateBody", "currency", currencies()),
        ("PaymentBody", "capture", captures()),
        ("PayAgainBody", "capture", captures()),
        ("MethodBody", "type", methods()),
        ("FeePolicyBody", "method", methods()),
        ("FeePolicyBody", "refundFee", names(&[RefundFee::Proportional, RefundFee::Keep], RefundFee::as_str)),
        ("GiftCardsBody", "currency", currencies()),
        ("GiftCardsBody", "kind", names(&GiftCardKind::ALL, GiftCardKind::as_str)),
        ("SellerBody", "kind", names(&[SellerKind::Business, SellerKind::Individual], SellerKind::as_str)),
        ("ApiKeyBody", "kind", names(&KeyKind::ALL, KeyKind::as_str)),
        ("ApiKeyBody", "scopes", names(&Scope::ALL, Scope::as_str)),
        ("RotateBody", "overlap", vec!["now", "1h", "24h"]),
    ]
}

fn choices_of_views() -> Vec<Choice> {
    let currencies = || names(&Currency::ALL, Currency::code);
    let modes = || names(&[Mode::Test, Mode::Live], Mode::as_str);
    let methods = || names(&MethodType::ALL, MethodType::as_str);
    let connectors = || names(&ConnectorName::ALL, ConnectorName::as_str);
    let payment_states = || names(&PaymentStatus::ALL, PaymentStatus::as_str);
    vec![
        ("OrderView", "status", names(&OrderStatus::ALL, OrderStatus::as_str)),
        ("OrderView", "mode", modes()),
        ("OrderView", "currency", currencies()),
        ("PaymentView", "status", payment_states()),
        ("PaymentView", "mode", modes()),
        ("PaymentView", "currency", currencies()),
        ("PaymentView", "capture", names(&[CaptureMode::Auto, CaptureMode::Manual], CaptureMode::as_str)),
        ("PaymentView", "connector", connectors()),
        ("MethodView", "type", methods()),
        ("AttemptView", "operation", names(&Operation::ALL, Operation::as_str)),
        ("AttemptView", "state", names(&AttemptState::ALL, AttemptState::as_str)),
        ("AttemptView", "connector", connectors()),
        ("RefundView", "kind", names(&[RefundKind::Cancel, RefundKind::Refund], RefundKind::as_str)),
        ("RefundView", "status", names(&RefundState::ALL, RefundState::as_str)),
        ("MovementView", "kind", names(&MovementKind::ALL, MovementKind::as_str)),
        ("MovementView", "status", names(&MovementStatus::ALL, MovementStatus::as_str)),
        ("MovementView", "method", methods()),
        ("MovementView", "paymentStatus", payment_states()),
        ("ProductView", "currency", currencies()),
        ("GiftCardView", "kind", names(&GiftCardKind::ALL, GiftCardKind::as_str)),
        ("GiftCardView", "status", names(&GiftCardState::ALL, GiftCardState::as_str)),
        ("SellerView", "kind", names(&[SellerKind::Business, SellerKind::Individual], SellerKind::as_str)),
        ("ApiKeyView", "kind", names(&KeyKind::ALL, KeyKind::as_str)),
        ("ApiKeyView", "mode", modes()),
        ("ApiKeyView", "scopes", names(&Scope::ALL, Scope::as_str)),
        ("AccountView", "code", names(&AccountCode::ALL, AccountCode::as_str)),
        ("EntryView", "side", names(&[Side::Debit, Side::Credit], Side::as_str)),
        ("EntryView", "layer", names(&[Layer::Pending, Layer::Posted], Layer::as_str)),
        ("EventView", "mode", modes()),
    ]
}

/// The document as it is served.
pub(super) fn finished(mut document: Value) -> Value {
    for (schema, field, names) in choices_of_requests().into_iter().chain(choices_of_views()) {
        if let Some(field) = field_of(&mut document, schema, field) {
            field.insert("enum".to_owned(), json!(names));
        }
    }
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(there) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for schema in there.values_mut() {
            refer_within(schema, &schemas);
        }
    }
    for item in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            may_be_left_out(operation);
        }
    }
    document
}

/// The schema of a field, or of its items where it is a list.
fn field_of<'a>(document: &'a mut Value, schema: &str, field: &str) -> Option<&'a mut Map<String, Value>> {
    let field = document.pointer_mut(&format!("/components/schemas/{schema}/properties/{field}"))?;
    let is_list = field["type"] == "array";
    if is_list { field.get_mut("items")?.as_object_mut() } else { field.as_object_mut() }
}

/// Generic schemas come with copies of what they are made of: puts references in their place.
fn refer_within(schema: &mut Value, schemas: &Map<String, Value>) {
    let children: Vec<&mut Value> = match schema {
        Value::Object(fields) => fields.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for child in children {
        let named = schemas.iter().find(|(_, schema)| child.is_object() && same(child, schema));
        if let Some((name, _)) = named {
            *child = json!({"$ref": format!("#/components/schemas/{name}")});
        } else {
            refer_within(child, schemas);
        }
    }
}

/// Whether they are of the same fields. Names of choices are written into one of them only.
fn same(copy: &Value, schema: &Value) -> bool {
    let mut schema = schema.clone();
    without_choices(&mut schema);
    *copy == schema
}

fn without_choices(schema: &mut Value) {
    for field in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        for place in ["", "/items"] {
            if let Some(object) = field.pointer_mut(place).and_then(Value::as_object_mut) {
                object.remove("enum");
            }
        }
    }
}

/// A body of which nothing is required is derived as one that may be null.
fn may_be_left_out(operation: &mut Value) {
    let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) else { return };
    let Some(schema) = body.get_mut("content").and_then(|content| content.pointer_mut("/application~1json/schema"))
    else {
        return;
    };
    if let Some(first) = schema.pointer("/oneOf/0").cloned() {
        *schema = first;
        body.insert("required".to_owned(), Value::Bool(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_become_references_and_choices_have_names() {
        let view = json!({"type": "object", "properties": {"status": {"type": "string"}}});
        let document = json!({
            "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema":
                {"oneOf": [{"$ref": "#/components/schemas/OrderView"}, {"type": "null"}]}}}}}}},
            "components": {"schemas": {
                "OrderView": view,
                "Answer": {"properties": {"data": view}},
                "List": {"properties": {"items": {"type": "array", "items": view}}},
            }},
        });
        let finished = finished(document);
        let reference = json!({"$ref": "#/components/schemas/OrderView"});
        let schemas = &finished["components"]["schemas"];
        assert_eq!(schemas["OrderView"]["properties"]["status"]["enum"][0], "open");
        assert_eq!(schemas["Answer"]["properties"]["data"], reference);
        assert_eq!(schemas["List"]["properties"]["items"]["items"], reference);
        let body = &finished["paths"]["/a"]["post"]["requestBody"];
        assert_eq!((&body["required"], &body["content"]["application/json"]["schema"]), (&json!(false), &reference));
    }
}
