//! `/v1/events/tickets`: a right to one stream, for a browser that cannot send a key and must not know one.

use serde::Serialize;
use steelyard_app::{Code, Problem};
use utoipa::ToSchema;

use crate::{
    answer::Answer,
    ask::{Answered, Write},
    payment::NothingBody,
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TicketView {
    /// `tic_…`: for `GET /v1/events/stream?ticket=`, once, within a minute. It ends with the key it was made with.
    ticket: String,
    expires_at: String,
}

/// Make a ticket
#[utoipa::path(post, path = "/v1/events/tickets", tag = "Events", operation_id = "createTicket",
    request_body = NothingBody,
    responses((status = 201, description = "The ticket", body = Answer<TicketView>)))]
pub(super) async fn create_ticket(mut ask: Write) -> Answered {
    ask.read(|_: NothingBody| Ok(()))?;
    let key = ask.key_id().ok_or_else(|| Problem::new(Code::MissingKey))?;
    let ticket = ask.app().issue_ticket(key).await?;
    ask.created(&TicketView { ticket: ticket.text, expires_at: ticket.expires_at.to_string() })
}
