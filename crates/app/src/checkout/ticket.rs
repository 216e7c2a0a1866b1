//! Tickets: a browser cannot send a key with a stream, and must not know one that can do more. A server that has a key
//! gets it a ticket, good for one stream and one minute.

use steelyard_domain::{ApiKeyId, Span, TicketId, Timestamp, id::read_suffix, id::write_suffix};
use steelyard_store::checkout::{purge_tickets, use_ticket};
use uuid::Uuid;

use crate::{
    App,
    clock::new_id,
    problem::{Code, Problem},
};

/// How long a ticket can be used.
pub const TICKET_LIFE: Span = Span::from_secs(60);

/// A ticket just made.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// `tic_…`
    pub text: String,
    pub expires_at: Timestamp,
}

impl App {
    /// A ticket in place of `key`.
    pub async fn issue_ticket(&self, key: ApiKeyId) -> Result<Ticket, Problem> {
        let id = TicketId::from_uuid(new_id());
        let expires_at = self.clock().now().after(TICKET_LIFE);
        let mut text = id.to_string();
        write_suffix(key.uuid(), &mut text);
        write_suffix(number(expires_at), &mut text);
        let tag = self.checkout_keys().await?.ticket_tag(&text);
        write_suffix(Uuid::from_bytes(tag), &mut text);
        Ok(Ticket { text, expires_at })
    }

    /// Uses a ticket up. The answer is the key it stands for.
    ///
    /// # Errors
    /// `INVALID_TICKET` alike for what was never one, is over, or was used before.
    pub async fn use_ticket(&self, text: &str) -> Result<ApiKeyId, Problem> {
        let invalid = || Problem::new(Code::InvalidTicket).param("ticket");
        let (id, key, expires_at) = self.read_ticket(text).await?.ok_or_else(invalid)?;
        let now = self.clock().now();
        if now >= expires_at {
            return Err(invalid());
        }
        let before = now.before(TICKET_LIFE).before(TICKET_LIFE);
        let fresh = self.pipeline().run(move |tx| {
            Box::pin(async move {
                tx.begin().await?;
                let used = async {
                    purge_tickets(&tx, before).await?;
                    let fresh = use_ticket(&tx, id, now).await?;
                    tx.commit().await?;
                    Ok(fresh)
                }
                .await;
                if used.is_err() {
                    tx.rollback().await;
                }
                used
            })
        });
        if fresh.await.map_err(crate::read::unavailable)? { Ok(key) } else { Err(invalid()) }
    }

    async fn read_ticket(&self, text: &str) -> Result<Option<(TicketId, ApiKeyId, Timestamp)>, Problem> {
        let Some((signed, tag)) = text.len().checked_sub(26).and_then(|at| text.split_at_checked(at)) else {
            return Ok(None);
        };
        let expected = self.checkout_keys().await?.ticket_tag(signed);
        let genuine = read_suffix(tag).is_some_and(|tag| {
            use subtle::ConstantTimeEq;
            bool::from(tag.as_bytes().ct_eq(&expected))
        });
        let parts = || {
            let id = TicketId::parse(signed.get(..30)?).ok()?;
            let key = ApiKeyId::from_uuid(read_suffix(signed.get(30..56)?)?);
            let micros = i64::try_from(read_suffix(signed.get(56..)?)?.as_u128()).ok()?;
            Some((id, key, Timestamp::from_micros(micros)))
        };
        Ok(if genuine { parts() } else { None })
    }
}

fn number(at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::try_from(at.micros()).unwrap_or(0))
}
