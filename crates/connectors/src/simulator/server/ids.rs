//! The simulator is another party: its ids are its own, and come from here.

use uuid::Uuid;

/// Grows with time.
#[expect(clippy::disallowed_methods, reason = "the simulator's own generator")]
pub(super) fn transaction() -> Uuid {
    Uuid::now_v7()
}

/// 122 random bits: whoever knows it may use it.
#[expect(clippy::disallowed_methods, reason = "a token must not be guessed from the time it was made")]
pub(super) fn secret(kind: &str) -> String {
    format!("{kind}_{}", Uuid::new_v4().simple())
}
