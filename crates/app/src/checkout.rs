//! Checkout: how a buyer comes to pay an order. A session is the order's door; behind it is one state machine for all
//! who come in, by card, by account, or with the payer app.

mod create;
mod end;
mod extend;
mod gate;
mod key;
mod pay;
mod qr;
mod receipt;
mod settings;
mod show;
mod ticket;
mod visit;
mod watch;

pub(crate) use create::check_door;
pub(crate) use end::{complete, expire};
pub use gate::{Gate, PayerAtGate};
pub use pay::{BrowserCall, CheckoutTender, PayerSource};
pub use qr::QrAddress;
pub use receipt::Approval;
pub(crate) use show::CHALLENGED;
pub use visit::Visit;
pub use watch::CheckoutChanges;
pub(crate) use watch::Watched;

/// An order of a single line: all that a browser's claim says.
#[must_use]
pub fn inline_order(
    merchant_order_id: String,
    name: String,
    amount: i64,
    currency: steelyard_domain::Currency,
    buyer: crate::request::Buyer,
) -> crate::request::NewOrder {
    crate::payment::ChargedOrder::of_one_line(merchant_order_id, name, amount, currency, buyer)
}
