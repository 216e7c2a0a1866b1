//! What of a ledger transaction is sealed: a canonical text of bytes, chained by the hash of what came before.

use crate::ledger::{Entry, LedgerTransaction};

/// The bytes a seal covers: every field of the transaction and of its entries, in order, each of fixed
/// length or led by its length, so that no two transactions read alike.
#[must_use]
pub fn canonical_bytes(transaction: &LedgerTransaction, entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(96 + entries.len() * 80);
    let text = |text: &str, bytes: &mut Vec<u8>| {
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    };
    bytes.extend_from_slice(transaction.id.uuid().as_bytes());
    bytes.extend_from_slice(transaction.tenant.merchant.uuid().as_bytes());
    text(transaction.tenant.mode.as_str(), &mut bytes);
    text(transaction.kind.as_str(), &mut bytes);
    text(transaction.source_type.as_str(), &mut bytes);
    bytes.extend_from_slice(transaction.source_id.as_bytes());
    bytes.extend_from_slice(transaction.order.uuid().as_bytes());
    bytes.extend_from_slice(transaction.reverses.map_or([0; 16], |id| *id.uuid().as_bytes()).as_slice());
    text(transaction.currency.code(), &mut bytes);
    bytes.extend_from_slice(&transaction.posted_at.micros().to_be_bytes());
    for entry in entries {
        bytes.extend_from_slice(&entry.number.to_be_bytes());
        bytes.extend_from_slice(entry.account.uuid().as_bytes());
        text(entry.side.as_str(), &mut bytes);
        text(entry.layer.as_str(), &mut bytes);
        for number in [
            entry.amount,
            entry.account_version,
            entry.posted_balance_after,
            entry.pending_balance_after,
            entry.posted_at.micros(),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
    }
    bytes
}
