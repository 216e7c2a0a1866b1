//! The endpoints that move money, undo it, or tell what became of it.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    super::wire,
    Acquirer,
    book::{Charge, ChargeOperation, FollowUp, FollowUpOperation},
    decline::Decline,
    faults::Target,
    ids, instruments, parse,
    reply::{Refused, Reply},
    script::{Script, play},
};

type Shared = State<Arc<Acquirer>>;

pub(super) async fn authorize(State(acquirer): Shared, body: Bytes) -> Result<Response, Refused> {
    charge(&acquirer, ChargeOperation::Authorize, Target::Authorize, &body).await
}

pub(super) async fn purchase(State(acquirer): Shared, body: Bytes) -> Result<Response, Refused> {
    charge(&acquirer, ChargeOperation::Purchase, Target::Purchase, &body).await
}

pub(super) async fn capture(State(acquirer): Shared, body: Bytes) -> Result<Response, Reply> {
    follow_up(&acquirer, FollowUpOperation::Capture, Target::Capture, &body).await
}

pub(super) async fn void(State(acquirer): Shared, body: Bytes) -> Result<Response, Reply> {
    follow_up(&acquirer, FollowUpOperation::Void, Target::Void, &body).await
}

pub(super) async fn cancel(State(acquirer): Shared, body: Bytes) -> Result<Response, Reply> {
    follow_up(&acquirer, FollowUpOperation::Cancel, Target::Cancel, &body).await
}

pub(super) async fn refund(State(acquirer): Shared, body: Bytes) -> Result<Response, Reply> {
    follow_up(&acquirer, FollowUpOperation::Refund, Target::Refund, &body).await
}

async fn charge(
    acquirer: &Arc<Acquirer>,
    operation: ChargeOperation,
    target: Target,
    body: &[u8],
) -> Result<Response, Refused> {
    let request: wire::Charge<'_> = parse::json(body)?;
    let reference = parse::reference(&request.reference)?;
    let amount = parse::money(&reference, request.amount, &request.currency)?;
    let now = acquirer.settings.clock.now();
    let charged = instruments::read(acquirer, operation, &request, now).await?;
    let charge = Charge {
        operation,
        reference: reference.clone(),
        amount,
        by: charged.by,
        installment_months: request.installment_months,
        recurring: request.recurring,
        decline: charged.decline,
        id: ids::transaction(),
        now,
    };
    let script = acquirer.faults.strike(target, &reference, Some(amount.amount)).unwrap_or(charged.script);
    let book = acquirer.book.clone();
    let effect = move |scripted: Option<Decline>| async move {
        let decline = scripted.or(charge.decline);
        let recorded = book.charge(Charge { decline, ..charge }).await?;
        Ok(Reply::recorded(&reference, recorded, StatusCode::PAYMENT_REQUIRED))
    };
    Ok(play(acquirer, script, effect).await)
}

async fn follow_up(
    acquirer: &Arc<Acquirer>,
    operation: FollowUpOperation,
    target: Target,
    body: &[u8],
) -> Result<Response, Reply> {
    let request: wire::FollowUp<'_> = parse::json(body)?;
    let reference = parse::reference(&request.reference)?;
    let amount = parse::money(&reference, request.amount, &request.currency)?;
    let follow_up = FollowUp {
        operation,
        reference: reference.clone(),
        amount,
        original: request.original.into_owned(),
        decline: None,
        id: ids::transaction(),
        now: acquirer.settings.clock.now(),
    };
    let script = acquirer.faults.strike(target, &reference, Some(amount.amount)).unwrap_or(Script::PLAIN);
    let book = acquirer.book.clone();
    let effect = move |decline: Option<Decline>| async move {
        let recorded = book.follow_up(FollowUp { decline, ..follow_up }).await?;
        Ok(Reply::recorded(&reference, recorded, StatusCode::UNPROCESSABLE_ENTITY))
    };
    Ok(play(acquirer, script, effect).await)
}

pub(super) async fn net_cancel(State(acquirer): Shared, body: Bytes) -> Result<Response, Reply> {
    let request: wire::NetCancel<'_> = parse::json(&body)?;
    let reference = parse::reference(&request.reference)?;
    let script = acquirer.faults.strike(Target::NetCancel, &reference, None).unwrap_or(Script::PLAIN);
    let (book, now) = (acquirer.book.clone(), acquirer.settings.clock.now());
    let effect = move |_| async move {
        book.net_cancel(reference.clone(), now).await?;
        Ok(Reply::ok(wire::Answer::Undone { reference }))
    };
    Ok(play(&acquirer, script, effect).await)
}

pub(super) async fn inquire(State(acquirer): Shared, Path(reference): Path<String>) -> Response {
    let script = acquirer.faults.strike(Target::Inquiry, &reference, None).unwrap_or(Script::PLAIN);
    let book = acquirer.book.clone();
    let effect = move |_| async move {
        let standing = book.standing(&reference).await?;
        Ok(Reply::standing(&reference, standing))
    };
    play(&acquirer, script, effect).await
}
