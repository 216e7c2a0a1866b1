//! The pure core: it decides and does nothing else. No I/O, no clock, no randomness.
//!
//! Time, ids and randomness are arguments. Every rule of the product that concerns money, states or
//! stock is here, once; the other crates carry its decisions out.

pub mod allocation;
pub mod bank;
pub mod catalog;
pub mod checkout;
pub mod fee;
pub mod gift_card;
pub mod id;
pub mod ledger;
pub mod limits;
pub mod merchant;
pub mod method;
pub mod money;
pub mod order;
pub mod payer;
pub mod payment;
pub mod seller;
pub mod stock;
pub mod tax;
pub mod time;
pub mod vault;

pub use bank::{AccountNumber, AccountNumberError, Bank};
pub use id::{
    AccountId, ApiKeyId, AttemptId, CheckoutSessionId, EventId, FeePolicyId, GiftCardId, IdempotencyId,
    LedgerTransactionId, MerchantId, MovementId, OrderId, OrderLineId, PayerId, PayerSessionId, PaymentId, ProductId,
    RefundId, RequestId, SellerId, StockMovementId, TicketId, VaultCardId,
};
pub use merchant::{Mode, Tenant};
pub use money::{Currency, Money, Rate};
pub use time::{Span, Timestamp};
