//! Ids are `UUIDv7`, shown as `TypeID`s: a prefix that says what it is, an underscore, 26 characters of
//! Crockford's base 32. Made outside (time and randomness are arguments); parsed and shown here.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

/// Why a text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an id of the form {expected}_…")]
pub struct IdError {
    pub expected: &'static str,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_CHARS: usize = 26;

/// Appends the 26 characters that stand for `uuid` (the first carries three bits).
pub fn write_suffix(uuid: Uuid, out: &mut String) {
    let value = uuid.as_u128();
    for position in (0..SUFFIX_CHARS).rev() {
        let index = usize::try_from((value >> (5 * position)) & 31).unwrap_or(0);
        out.push(char::from(ALPHABET[index]));
    }
}

/// Reads 26 characters back; `None` for another length, another letter, or more than 128 bits.
#[must_use]
pub fn read_suffix(text: &str) -> Option<Uuid> {
    if text.len() != SUFFIX_CHARS || text.as_bytes().first().is_some_and(|first| *first > b'7') {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            pub fn parse(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(read_suffix)
                    .map(Self)
                    .ok_or(IdError { expected: $prefix })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::with_capacity($prefix.len() + 1 + SUFFIX_CHARS);
                text.push_str(concat!($prefix, "_"));
                write_suffix(self.0, &mut text);
                f.write_str(&text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

ids! {
    MerchantId = "mer";
    ApiKeyId = "key";
    SellerId = "sel";
    ProductId = "prd";
    OrderId = "ord";
    OrderLineId = "oli";
    PaymentId = "pay";
    AttemptId = "att";
    RefundId = "ref";
    /// One movement of money as the merchant sees it (결제, 취소, 환불).
    MovementId = "mov";
    AccountId = "acc";
    /// A balanced set of ledger entries.
    LedgerTransactionId = "txn";
    EventId = "evt";
    FeePolicyId = "fee";
    RequestId = "req";
    StockMovementId = "stm";
    /// Who pays with the payer app.
    PayerId = "pyr";
    CheckoutSessionId = "cs";
    /// A right to one stream, for a browser that cannot send a key.
    TicketId = "tic";
    /// A card that a payer keeps with us.
    VaultCardId = "crd";
    GiftCardId = "gft";
    /// A payer's signed-in device, by the first half of its token's hash.
    PayerSessionId = "pse";
    /// Derived from tenant, operation and the caller's key, so the natural key is the id.
    IdempotencyId = "idm";
}

impl IdempotencyId {
    /// The one id of `key` for this operation of this tenant.
    #[must_use]
    pub fn derive(tenant: crate::Tenant, operation: &str, key: &str) -> Self {
        let mut name = Vec::with_capacity(operation.len() + key.len() + 2);
        name.extend_from_slice(tenant.mode.as_str().as_bytes());
        name.push(0);
        name.extend_from_slice(operation.as_bytes());
        name.push(0);
        name.extend_from_slice(key.as_bytes());
        Self(Uuid::new_v5(&tenant.merchant.uuid(), &name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_reads_what_it_shows_and_refuses_another_kind() {
        let id = PaymentId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let text = id.to_string();
        assert_eq!(text, "pay_01j0000000e008000000000001");
        assert_eq!(PaymentId::parse(&text), Ok(id));
        assert_eq!(OrderId::parse(&text), Err(IdError { expected: "ord" }));
        for bad in ["pay_", "pay_01J0000000E008000000000001", "pay_81j0000000e008000000000001", "01j"] {
            assert!(PaymentId::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_uuid_survives_the_text(value: u128) {
            let id = OrderId::from_uuid(Uuid::from_u128(value));
            prop_assert_eq!(OrderId::parse(&id.to_string()), Ok(id));
        }

        #[test]
        fn ids_sort_as_their_texts_do(a: u128, b: u128) {
            let (a, b) = (OrderId::from_uuid(Uuid::from_u128(a)), OrderId::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
