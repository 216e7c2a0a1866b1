//! Asks an acquirer. One folder per protocol; what differs between them is data ([`Capabilities`]).
//!
//! A connector never decides what an answer means for a payment: it tells apart what was approved, what
//! was declined, what certainly was not sent, and what nobody can know yet.

pub mod answer;
pub mod card_mock;
pub mod connector;
mod exchange;
mod listen;
pub mod request;
pub mod simulator;
pub mod stub;

pub use answer::{Answer, Approval, Inquiry, Issued, NetCancel};
pub use connector::{Capabilities, Connector};
pub use exchange::AddressError;
pub use request::{Instrument, Request};
