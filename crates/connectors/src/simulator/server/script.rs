//! What a request goes through beside its effect: a test card's habits or a fault's. One place for both.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::watch;

use super::{Acquirer, book::BookError, cards::Behavior, decline::Decline, reply, reply::Reply};
use crate::listen::cut;

/// What happens before the effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Before {
    Proceed,
    Decline(Decline),
    /// The effect takes place this much later, even if the caller has gone by then.
    Wait(Duration),
    Drop,
    Hang,
    Refuse(StatusCode),
}

/// What happens to the answer, after the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Answer,
    Drop,
    Hang,
    Twice,
    Garbage,
    WrongAmount,
    Refuse(StatusCode),
}

#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) before: Before,
    pub(super) after: After,
    /// Ends when the fault is cleared: whoever waits because of it waits no longer.
    pub(super) cleared: Option<watch::Receiver<()>>,
}

impl Script {
    pub(super) const PLAIN: Self = Self { before: Before::Proceed, after: After::Answer, cleared: None };

    /// What charging a card with this behavior goes through.
    pub(super) const fn of(behavior: Behavior, slow: Duration) -> Self {
        let (before, after) = match behavior {
            Behavior::Approve
            | Behavior::DeclineGeneric
            | Behavior::DeclineInsufficientLimit
            | Behavior::DeclineStolenOrLost
            | Behavior::DeclineExpired
            | Behavior::DeclineRenewal
            | Behavior::RequireAuthentication => (Before::Proceed, After::Answer),
            Behavior::Garbage => (Before::Proceed, After::Garbage),
            Behavior::TimeoutBefore => (Before::Hang, After::Answer),
            Behavior::TimeoutAfter => (Before::Proceed, After::Hang),
            Behavior::Slow => (Before::Wait(slow), After::Answer),
        };
        Self { before, after, cleared: None }
    }
}

/// Bytes that are no answer of any protocol.
const GARBAGE: &[u8] = b"\x15\x03\x00garbage{\"status\":\"appro";

/// Plays `script` around `effect`, which is told whether it must decline.
pub(super) async fn play<F, E>(acquirer: &Arc<Acquirer>, script: Script, effect: F) -> Response
where
    F: FnOnce(Option<Decline>) -> E + Send + 'static,
    E: Future<Output = Result<Reply, BookError>> + Send,
{
    let Script { before, after, cleared } = script;
    let (delay, decline) = match before {
        Before::Proceed => (None, None),
        Before::Decline(decline) => (None, Some(decline)),
        Before::Wait(delay) => (Some(delay), None),
        Before::Drop => return cut(),
        Before::Hang => {
            acquirer.wait(acquirer.settings.hold, cleared).await;
            return cut();
        }
        Before::Refuse(status) => return status.into_response(),
    };
    let waiting = (Arc::clone(acquirer), cleared.clone());
    // In a task of its own: what has arrived takes effect, whether or not the caller still listens.
    let effect = tokio::spawn(async move {
        if let Some(delay) = delay {
            let (acquirer, cleared) = waiting;
            if acquirer.wait(delay, cleared).await == Waited::UntilClosing {
                return None;
            }
        }
        Some(effect(decline).await)
    });
    let reply = match effect.await {
        Ok(Some(Ok(reply))) => reply,
        Ok(Some(Err(error))) => return reply::book_failed(&error),
        Ok(None) | Err(_) => return cut(),
    };
    match after {
        After::Answer => reply.into_response(),
        After::Drop => cut(),
        After::Hang => {
            acquirer.wait(acquirer.settings.hold, cleared).await;
            cut()
        }
        After::Twice => twice(&reply),
        After::Garbage => GARBAGE.into_response(),
        After::WrongAmount => reply.with_wrong_amount().into_response(),
        After::Refuse(status) => status.into_response(),
    }
}

fn twice(reply: &Reply) -> Response {
    let Ok(once) = serde_json::to_vec(&reply.answer) else { return cut() };
    let body = Body::from([once.as_slice(), once.as_slice()].concat());
    (reply.status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    Through,
    UntilCleared,
    UntilClosing,
}

impl Acquirer {
    pub(super) async fn wait(&self, duration: Duration, cleared: Option<watch::Receiver<()>>) -> Waited {
        let mut closing = self.closing.clone();
        // These channels carry nothing: `changed` answers only when the other side is gone.
        let cleared = async {
            match cleared {
                Some(mut cleared) => drop(cleared.changed().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(duration) => Waited::Through,
            () = cleared => Waited::UntilCleared,
            _ = closing.changed() => Waited::UntilClosing,
        }
    }
}
