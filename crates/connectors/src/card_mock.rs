//! A card company that knows only two things: whether a card is valid, and yes. It gives no transaction
//! id, cannot be asked afterwards and takes nothing back. Source: docs/CONNECTORS.md, "The card mock".

mod client;
pub mod server;
mod wire;

pub use client::CardMock;
