//! What a charge is made with, and what charging it goes through.

use axum::http::StatusCode;
use steelyard_domain::Timestamp;

use super::{
    super::wire,
    Acquirer,
    accounts::{self, Conduct, Wanted},
    book::{ChargeOperation, ChargedBy},
    cards::{self, Presence},
    decline::Decline,
    reply::{Refused, Reply},
    script::Script,
};

const NOT_ONE: Decline = Decline::of("BAD_REQUEST", "a charge names one of card, token, transfer and virtualAccount");
const PURCHASE_ONLY: Decline = Decline::of("BAD_REQUEST", "only a card or a token is authorized");
const CARDS_ONLY: Decline = Decline::of("BAD_REQUEST", "only a card or a token has installments and renewals");

/// What is charged, and what charging it goes through.
pub(super) struct Charged {
    pub(super) by: ChargedBy,
    pub(super) script: Script,
    pub(super) decline: Option<Decline>,
}

pub(super) async fn read(
    acquirer: &Acquirer,
    operation: ChargeOperation,
    request: &wire::Charge<'_>,
    now: Timestamp,
) -> Result<Charged, Refused> {
    let slow = acquirer.settings.slow;
    let refuse = |decline| Reply::declined(StatusCode::BAD_REQUEST, Some(&request.reference), decline);
    match (&request.card, &request.token, &request.transfer, &request.virtual_account) {
        (Some(card), None, None, None) => {
            let seen = cards::look_at(card, now);
            let presence = if request.recurring { Presence::Absent } else { Presence::Unproven };
            let (script, decline) = match seen.behavior {
                Ok(behavior) => (Script::of(behavior, slow), behavior.decline(presence)),
                Err(decline) => (Script::PLAIN, Some(decline)),
            };
            Ok(Charged { by: ChargedBy::Card(seen.ends), script, decline })
        }
        (None, Some(token), None, None) => {
            let behavior = acquirer.book.behavior_of(token).await?;
            // A token that is not known is declined by the book, which says so in its own words.
            let script = behavior.map_or(Script::PLAIN, |behavior| Script::of(behavior, slow));
            let decline = behavior.and_then(|behavior| behavior.decline(Presence::Proven));
            let by = ChargedBy::Token(token.clone().into_owned());
            Ok(Charged { by, script, decline })
        }
        (None, None, Some(transfer), None) => {
            account_allowed(operation, request).map_err(refuse)?;
            let seen = accounts::look_at(transfer).map_err(refuse)?;
            let (script, decline) = match seen.conduct {
                Conduct::Decline(decline) => (Script::PLAIN, Some(decline)),
                Conduct::Behave(behavior) => (Script::of(behavior, slow), None),
            };
            let by = ChargedBy::Transfer { bank: seen.bank, last4: seen.last4 };
            Ok(Charged { by, script, decline })
        }
        (None, None, None, Some(wanted)) => {
            account_allowed(operation, request).map_err(refuse)?;
            let wanted = Wanted::read(wanted).map_err(refuse)?;
            let decline = wanted.decline(now);
            Ok(Charged { by: ChargedBy::VirtualAccount(wanted), script: Script::PLAIN, decline })
        }
        _ => Err(refuse(NOT_ONE).into()),
    }
}

fn account_allowed(operation: ChargeOperation, request: &wire::Charge<'_>) -> Result<(), Decline> {
    match operation {
        ChargeOperation::Authorize => Err(PURCHASE_ONLY),
        ChargeOperation::Purchase if request.installment_months > 0 || request.recurring => Err(CARDS_ONLY),
        ChargeOperation::Purchase => Ok(()),
    }
}
