//! One effect per key: the key is claimed in the commit of the effect, or of its intent.

use serde_json::Value;
use sha2::{Digest, Sha256};
use steelyard_domain::{IdempotencyId, PaymentId};
use steelyard_store::idempotency::{IdempotencyRecord, IdempotencyState};
use uuid::Uuid;

use crate::{
    problem::{Code, Problem},
    request::{Call, Reply},
    workset::{Needs, Workset},
};

/// Operations whose keys lead to payments.
const ABOUT_PAYMENTS: &str = "POST /v1/payments";

/// SHA-256 of path and body in canonical form: keys sorted, no spaces.
///
/// A card number counts by its bin and last four, the account of a transfer by its last four, and what proves their
/// holder does not count at all: a hash of them, at rest, could be searched for them.
#[must_use]
pub fn canonical_hash(path: &str, body: &Value) -> Vec<u8> {
    let mut text = String::with_capacity(256);
    text.push_str(path);
    text.push('\n');
    write_canonical("", body, &mut text);
    Sha256::digest(text.as_bytes()).to_vec()
}

fn write_canonical(of: &str, value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            out.push('{');
            for name in names {
                if is_secret(name) {
                    continue;
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                match (of, name.as_str(), fields[name].as_str()) {
                    (_, "number", Some(number)) => out.push_str(&ends(number)),
                    ("method", "accountNumber", Some(number)) => out.push_str(&last_four(number)),
                    (_, _, _) => write_canonical(name, &fields[name], out),
                }
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical("", item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push_str(&value.to_string()),
    }
}

fn is_secret(name: &str) -> bool {
    ["cvc", "birthDate", "passwordPrefix"].contains(&name)
}

/// The first six and the last four digits.
fn ends(number: &str) -> String {
    let first: String = number.chars().filter(char::is_ascii_digit).take(6).collect();
    format!("{first}-{}", last_four(number))
}

fn last_four(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits.iter().skip(digits.len().saturating_sub(4)).collect()
}

/// The record a call's key leads to.
pub(crate) fn id_of(call: &Call, operation: &str) -> Option<IdempotencyId> {
    call.idempotency.as_ref().map(|claim| IdempotencyId::derive(call.tenant, operation, &claim.key))
}

pub(crate) fn need(call: &Call, operation: &str, needs: &mut Needs) {
    if let Some(id) = id_of(call, operation) {
        needs.idempotency(id);
    }
}

/// What a key says before anything is decided.
pub(crate) enum Claimed {
    /// No key, or a new one: go on.
    New(Option<IdempotencyId>),
    /// Answered before: this is the answer.
    Replay(Reply),
}

/// What the request of an answered key was about.
pub(crate) fn object_of(workset: &Workset, call: &Call, operation: &str) -> Option<Uuid> {
    workset.idempotency.get(&id_of(call, operation)?)?.object
}

/// Puts secrets into an answer whose fields of these names are null: an answer is kept without what opens something.
pub(crate) fn with_secrets(reply: Reply, secrets: &[(&str, &str)]) -> Reply {
    let fill = |body: String, (name, secret): &(&str, &str)| {
        body.replacen(&format!("\"{name}\":null"), &format!("\"{name}\":{}", Value::from(*secret)), 1)
    };
    Reply { body: secrets.iter().fold(reply.body, fill), ..reply }
}

/// Looks a call's key up.
///
/// # Errors
/// The key stands for another request, or its first request is still running.
pub(crate) fn look_up(workset: &Workset, call: &Call, operation: &str) -> Result<Claimed, Problem> {
    let (Some(claim), Some(id)) = (&call.idempotency, id_of(call, operation)) else {
        return Ok(Claimed::New(None));
    };
    let Some(record) = workset.idempotency.get(&id) else { return Ok(Claimed::New(Some(id))) };
    if record.request_hash != claim.request_hash {
        return Err(Problem::new(Code::IdempotencyMismatch));
    }
    match record.state {
        IdempotencyState::Running => {
            let payment = record.object.filter(|_| operation.starts_with(ABOUT_PAYMENTS));
            let payment_id = payment.map(|payment| PaymentId::from_uuid(payment).to_string());
            Err(Problem { payment_id, ..Problem::new(Code::RequestInProgress) })
        }
        IdempotencyState::Done => {
            let status = record.status.and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
            let body = record.answer.and_then(|answer| workset.kept_answer(answer));
            let body = body.ok_or_else(|| {
                Problem::new(Code::Internal).said("the answer to this key is gone", "이 키의 응답이 남아 있지 않아요")
            })?;
            Ok(Claimed::Replay(Reply { status, body: body.to_owned(), replayed: true }))
        }
    }
}

/// Claims the key for a request that is under way, about `object`.
pub(crate) fn start(workset: &mut Workset, call: &Call, operation: &str, id: Option<IdempotencyId>, object: Uuid) {
    if let (Some(claim), Some(id)) = (&call.idempotency, id) {
        let record = IdempotencyRecord {
            id,
            tenant: call.tenant,
            operation: operation.to_owned(),
            key: claim.key.clone(),
            request_hash: claim.request_hash.clone(),
            state: IdempotencyState::Running,
            object: Some(object),
            status: None,
            answer: None,
            created_at: workset.now,
            completed_at: None,
        };
        workset.idempotency.insert(id, record);
    }
}

/// Stores the answer of a running key. A key that is not there or answered already stays as it is.
pub(crate) fn complete(workset: &mut Workset, id: Option<IdempotencyId>, reply: &Reply) {
    let now = workset.now;
    let Some(id) = id else { return };
    let running = workset.idempotency.get(&id).is_some_and(|record| record.state == IdempotencyState::Running);
    if !running {
        return;
    }
    let answer = workset.keep_answer(reply.body.clone());
    if let Some(record) = workset.idempotency.edit(&id) {
        record.state = IdempotencyState::Done;
        record.status = Some(i64::from(reply.status));
        record.answer = Some(answer);
        record.completed_at = Some(now);
    }
}

/// Claims a key and stores its answer in one go: for what is done in a single commit.
pub(crate) fn finish(
    workset: &mut Workset,
    call: &Call,
    operation: &str,
    id: Option<IdempotencyId>,
    object: Uuid,
    reply: &Reply,
) {
    start(workset, call, operation, id, object);
    complete(workset, id, reply);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{canonical_hash, with_secrets};
    use crate::request::Reply;

    #[test]
    fn the_order_of_fields_does_not_count_and_their_values_do() {
        let a = canonical_hash("/v1/orders", &json!({"a": 1, "b": [1, {"c": null}]}));
        assert_eq!(a, canonical_hash("/v1/orders", &json!({"b": [1, {"c": null}], "a": 1})));
        for other in [json!({"a": 2, "b": [1, {"c": null}]}), json!({"a": 1}), json!({"a": 1, "b": [{"c": null}, 1]})] {
            assert_ne!(a, canonical_hash("/v1/orders", &other));
        }
        assert_ne!(a, canonical_hash("/v1/payments", &json!({"a": 1, "b": [1, {"c": null}]})));
    }

    #[test]
    fn the_account_of_a_transfer_enters_the_hash_by_its_end() {
        let hash = |of: &str, number: &str| {
            let account = json!({"type": "transfer", "bank": "shinhan", "accountNumber": number});
            canonical_hash("/", &json!({of: account, "amount": 36_000}))
        };
        assert_eq!(hash("method", "110-123-456789"), hash("method", "220-999-456789"));
        assert_ne!(hash("method", "110123456789"), hash("method", "110123456780"));
        // Where money is to be paid out, it is kept whole, and another account is another request.
        assert_ne!(hash("bankAccount", "110123456789"), hash("bankAccount", "220999456789"));
    }

    #[test]
    fn a_secret_is_put_into_an_answer_where_it_was_left_out() {
        let body = String::from(r#"{"data":{"name":"\"url\":null","clientSecret":null,"url":null}}"#);
        let reply =
            with_secrets(Reply { status: 201, body, replayed: true }, &[("clientSecret", "cs_1"), ("url", "u")]);
        assert_eq!(reply.body, r#"{"data":{"name":"\"url\":null","clientSecret":"cs_1","url":"u"}}"#);
    }

    #[test]
    fn what_proves_a_card_holder_does_not_enter_the_hash() {
        let card = |number: &str, cvc: &str| json!({"card": {"number": number, "cvc": cvc, "birthDate": "900101"}});
        let hash = canonical_hash("/", &card("4242 4242 4242 4242", "123"));
        assert_eq!(hash, canonical_hash("/", &card("4242424242424242", "999")));
        assert_ne!(hash, canonical_hash("/", &card("4242424242424243", "123")));
    }
}
