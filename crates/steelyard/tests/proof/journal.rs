//! What was answered, kept outside of the server: all of it must still be so after any death.

use std::sync::Mutex;

use serde_json::Value;

use crate::world::{Ask, Seen, World};

/// A request and the whole answer that came for it.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub ask: Ask,
    pub seen: Seen,
}

#[derive(Default)]
pub struct Journal {
    acknowledged: Mutex<Vec<Acknowledged>>,
}

impl Journal {
    pub fn note(&self, ask: &Ask, seen: &Seen) {
        self.acknowledged.lock().unwrap().push(Acknowledged { ask: ask.clone(), seen: seen.clone() });
    }

    pub fn len(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// The keys that were answered.
    pub fn keys(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().iter().map(|noted| noted.ask.key.clone()).collect()
    }

    /// Everything noted from `from` on is still so, on `server`.
    pub async fn holds(&self, world: &World<'_>, server: &str, from: usize) {
        let noted: Vec<Acknowledged> = self.acknowledged.lock().unwrap()[from..].to_vec();
        for Acknowledged { ask, seen } in noted {
            if seen.stands() {
                let again = world.ask(server, &ask).await.unwrap();
                assert_eq!((again.status, &again.body), (seen.status, &seen.body), "{ask:?}");
                assert!(again.replayed, "{ask:?}");
            }
            if let Some(payment) = seen.payment() {
                let now = world.payment(server, payment).await;
                is_later(seen.data(), &now, &ask);
            }
        }
    }
}

/// What is on record now follows what was told then.
fn is_later(told: &Value, now: &Value, ask: &Ask) {
    for field in ["capturedAmount", "canceledAmount", "refundedAmount", "version"] {
        let (Some(told), Some(now)) = (told[field].as_i64(), now[field].as_i64()) else { continue };
        assert!(now >= told, "{field} was told as {told} and is {now}: {ask:?}");
    }
    if told["status"] == "captured" {
        let kept = ["captured", "partiallyCanceled", "canceled", "partiallyRefunded", "refunded"];
        assert!(kept.contains(&now["status"].as_str().unwrap()), "{ask:?}: {now}");
    }
}
