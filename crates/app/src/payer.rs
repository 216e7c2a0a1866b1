//! People who pay with the app: signing up and in, the PIN, the cards they keep.

mod card;
mod pin;
mod session;
mod sign_in;
mod sign_up;
mod top_up;

pub use session::{SignedIn, Visitor};
pub(crate) use top_up::name_in;
pub use top_up::{TopUp, TopUpSource};
