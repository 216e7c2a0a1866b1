//! The endpoint at which a card holder is authenticated. Nothing is charged here.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use reqwest::Url;
use steelyard_domain::Span;

use super::{
    super::wire,
    Acquirer,
    book::{self, NewAuthentication, Registered},
    cards::{self, Behavior, CardEnds},
    decline::Decline,
    faults::Target,
    ids, parse,
    reply::Reply,
    script::{Script, play},
};

const RETURN_URL_CHARS_MAX: usize = 2_048;

const TOKEN_LIFETIME: Span = Span::from_minutes(10);

pub(super) async fn authenticate(
    State(acquirer): State<Arc<Acquirer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Reply> {
    let request: wire::Authentication<'_> = parse::json(&body)?;
    let reference = parse::reference(&request.reference)?;
    let amount = parse::money(&reference, request.amount, &request.currency)?;
    let return_url = return_url(&reference, request.return_url.as_deref())?;
    let now = acquirer.settings.clock.now();
    let seen = known(cards::look_at(&request.card, now));
    let script =
        acquirer.faults.strike(Target::Authentication, &reference, Some(amount.amount)).unwrap_or(Script::PLAIN);
    let origin = origin(&headers);
    let book = acquirer.book.clone();
    let effect = move |scripted: Option<Decline>| async move {
        let refuse = |decline| Reply::declined(StatusCode::PAYMENT_REQUIRED, Some(&reference), decline);
        if let Some(decline) = scripted {
            return Ok(refuse(decline));
        }
        let (card, behavior) = match seen {
            Ok(seen) => seen,
            Err(decline) => return Ok(refuse(decline)),
        };
        let challenge = (behavior == Behavior::RequireAuthentication).then(|| ids::secret("challenge"));
        let new = NewAuthentication {
            reference: reference.clone(),
            amount,
            card,
            behavior,
            token: ids::secret("token"),
            challenge,
            return_url,
            expires_at: now.after(TOKEN_LIFETIME),
        };
        Ok(match book.authenticate(new).await? {
            Registered::Passed { token } => Reply::ok(wire::Answer::Authenticated { reference, token }),
            Registered::Pending { token, challenge } => {
                let url = format!("{origin}/challenges/{challenge}");
                Reply::ok(wire::Answer::Challenge { reference, token, url })
            }
            Registered::Failed => refuse(book::FAILED),
            Registered::ReferenceTaken => Reply::reference_taken(&reference),
        })
    };
    Ok(play(&acquirer, script, effect).await)
}

/// The address as browsers write it, which has no letter that a header cannot have.
fn return_url(reference: &str, text: Option<&str>) -> Result<Option<String>, Reply> {
    let Some(text) = text else { return Ok(None) };
    let fits = text.chars().count() <= RETURN_URL_CHARS_MAX;
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match url {
        Some(url) if fits => Ok(Some(url.into())),
        Some(_) | None => {
            let decline =
                Decline::of("BAD_REQUEST", "returnUrl is an http or https address of at most 2048 characters");
            Err(Reply::declined(StatusCode::BAD_REQUEST, Some(reference), decline))
        }
    }
}

fn known(seen: cards::SeenCard) -> Result<(CardEnds, Behavior), Decline> {
    let behavior = seen.behavior?;
    let ends = seen.ends.expect("only a card number that is none has no ends, and it has no behavior");
    Ok((ends, behavior))
}

/// Where the buyer's browser finds this server: as whoever asks has found it.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}")
}
