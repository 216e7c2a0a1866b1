//! Tickets that have been used: each opens one stream.

use steelyard_domain::{TicketId, Timestamp};

use crate::{StoreError, Tx};

/// Uses a ticket up. `false` if it was used before.
pub async fn use_ticket(tx: &Tx<'_>, ticket: TicketId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO used_ticket (id, used_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, &[ticket.uuid().into(), now.micros().into()]).await? == 1)
}

/// Forgets tickets used before `before`, which nobody would accept any more. The answer is how many there were.
pub async fn purge_tickets(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM used_ticket WHERE used_at < $1", &[before.micros().into()]).await
}
