//! Card holders who authenticate first, and the tokens that are charged afterwards, once.

use rusqlite::{
    Connection, OptionalExtension, Row, named_params,
    types::{FromSql, FromSqlError, FromSqlResult, ValueRef},
};
use steelyard_domain::{Money, Timestamp};

use super::{Book, BookError, columns::CurrencyColumn};
use crate::simulator::server::{
    cards::{Behavior, CardEnds},
    decline::Decline,
};

#[derive(Debug, Clone)]
pub(crate) struct NewAuthentication {
    pub(crate) reference: String,
    pub(crate) amount: Money,
    pub(crate) card: CardEnds,
    pub(crate) behavior: Behavior,
    pub(crate) token: String,
    /// Names the page on which the buyer must pass first.
    pub(crate) challenge: Option<String>,
    /// Where that page leads afterwards.
    pub(crate) return_url: Option<String>,
    pub(crate) expires_at: Timestamp,
}

/// How an authentication stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Registered {
    Passed {
        token: String,
    },
    Pending {
        token: String,
        challenge: String,
    },
    Failed,
    /// The reference belongs to an authentication of something else.
    ReferenceTaken,
}

/// A challenge, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) standing: Challenged,
    pub(crate) return_url: Option<String>,
}

/// How a challenge stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenged {
    Pending { amount: Money, last4: String },
    Passed,
    Failed,
    Expired,
    NotFound,
}

const UNKNOWN_TOKEN: Decline = Decline::of("TOKEN_NOT_FOUND", "no authentication gave this token");
const EXPIRED_TOKEN: Decline = Decline::of("TOKEN_EXPIRED", "the token was good for ten minutes");
const USED_TOKEN: Decline = Decline::of("TOKEN_USED", "a token is charged once");
const OTHER_AMOUNT: Decline = Decline::of("AMOUNT_MISMATCH", "the buyer authenticated another amount");
const NOT_PASSED: Decline = Decline::of("AUTHENTICATION_REQUIRED", "the buyer has not passed the challenge");
pub(crate) const FAILED: Decline = Decline::of("AUTHENTICATION_FAILED", "the buyer has failed the challenge");

impl Book {
    pub(crate) async fn authenticate(&self, authentication: NewAuthentication) -> Result<Registered, BookError> {
        self.write(move |connection| register(connection, &authentication)).await
    }

    /// What charging `token` does; `None` if there is no such token.
    pub(crate) async fn behavior_of(&self, token: &str) -> Result<Option<Behavior>, BookError> {
        let token = token.to_owned();
        self.read(move |connection| behavior_of(connection, &token)).await
    }

    pub(crate) async fn challenged(&self, challenge: String, now: Timestamp) -> Result<Challenge, BookError> {
        self.read(move |connection| challenged(connection, &challenge, now)).await
    }

    pub(crate) async fn decide_challenge(
        &self,
        challenge: String,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Challenge, BookError> {
        self.write(move |connection| decide(connection, &challenge, outcome, now)).await
    }
}

/// What the buyer did on the challenge's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pass,
    Fail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Passed,
    Failed,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Passed, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

struct Stored {
    token: String,
    challenge: Option<String>,
    state: State,
    amount: Money,
    card: CardEnds,
    return_url: Option<String>,
    expires_at: Timestamp,
    charged_by: Option<String>,
}

impl Stored {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let CurrencyColumn(currency) = row.get("currency")?;
        Ok(Self {
            token: row.get("token")?,
            challenge: row.get("challenge")?,
            state: row.get("state")?,
            amount: Money::new(row.get("amount")?, currency),
            card: CardEnds { bin: row.get("bin")?, last4: row.get("last4")? },
            return_url: row.get("return_url")?,
            expires_at: Timestamp::from_micros(row.get("expires_at")?),
            charged_by: row.get("charged_by")?,
        })
    }

    fn registered(self) -> Registered {
        match self.state {
            State::Passed => Registered::Passed { token: self.token },
            State::Failed => Registered::Failed,
            State::Pending => Registered::Pending {
                token: self.token,
                challenge: self.challenge.expect("only a challenge leaves an authentication pending"),
            },
        }
    }
}

const BY_REFERENCE: &str = "
    SELECT token, challenge, state, amount, currency, bin, last4, return_url, expires_at, charged_by
    FROM authentication
    WHERE reference = ?1";
const BY_TOKEN: &str = "
    SELECT token, challenge, state, amount, currency, bin, last4, return_url, expires_at, charged_by
    FROM authentication
    WHERE token = ?1";
const BY_CHALLENGE: &str = "
    SELECT token, challenge, state, amount, currency, bin, last4, return_url, expires_at, charged_by
    FROM authentication
    WHERE challenge = ?1";

fn find(connection: &Connection, by: &str, key: &str) -> rusqlite::Result<Option<Stored>> {
    connection.prepare_cached(by)?.query_row([key], Stored::read).optional()
}

fn register(connection: &Connection, new: &NewAuthentication) -> rusqlite::Result<Registered> {
    const REGISTER: &str = "
        INSERT INTO authentication (
            reference, token, challenge, state, amount, currency, bin, last4, behavior, return_url, expires_at
        )
        VALUES (
            :reference, :token, :challenge, :state, :amount, :currency, :bin, :last4, :behavior, :return_url,
            :expires_at
        )";
    if let Some(stored) = find(connection, BY_REFERENCE, &new.reference)? {
        let same = stored.amount == new.amount && stored.card == new.card && stored.return_url == new.return_url;
        return Ok(if same { stored.registered() } else { Registered::ReferenceTaken });
    }
    let state = if new.challenge.is_some() { State::Pending } else { State::Passed };
    connection.prepare_cached(REGISTER)?.execute(named_params! {
        ":reference": new.reference,
        ":token": new.token,
        ":challenge": new.challenge,
        ":state": state.as_str(),
        ":amount": new.amount.amount,
        ":currency": new.amount.currency.code(),
        ":bin": new.card.bin,
        ":last4": new.card.last4,
        ":behavior": new.behavior.as_str(),
        ":return_url": new.return_url,
        ":expires_at": new.expires_at.micros(),
    })?;
    Ok(match &new.challenge {
        Some(challenge) => Registered::Pending { token: new.token.clone(), challenge: challenge.clone() },
        None => Registered::Passed { token: new.token.clone() },
    })
}

fn behavior_of(connection: &Connection, token: &str) -> rusqlite::Result<Option<Behavior>> {
    const BEHAVIOR_OF: &str = "
        SELECT behavior
        FROM authentication
        WHERE token = ?1";
    connection.prepare_cached(BEHAVIOR_OF)?.query_row([token], |row| row.get(0)).optional()
}

/// The card that stands behind `token`.
pub(super) fn card_of(connection: &Connection, token: &str) -> rusqlite::Result<Option<CardEnds>> {
    Ok(find(connection, BY_TOKEN, token)?.map(|stored| stored.card))
}

/// Uses `token` up for the charge with `reference`, or says why it cannot be charged.
pub(super) fn redeem(
    connection: &Connection,
    token: &str,
    amount: Money,
    reference: &str,
    now: Timestamp,
) -> rusqlite::Result<Result<(), Decline>> {
    const REDEEM: &str = "
        UPDATE authentication
        SET charged_by = ?1
        WHERE token = ?2 AND charged_by IS NULL";
    let Some(stored) = find(connection, BY_TOKEN, token)? else { return Ok(Err(UNKNOWN_TOKEN)) };
    match stored.state {
        State::Pending => return Ok(Err(NOT_PASSED)),
        State::Failed => return Ok(Err(FAILED)),
        State::Passed => {}
    }
    if stored.charged_by.is_some() {
        return Ok(Err(USED_TOKEN));
    }
    if stored.expires_at <= now {
        return Ok(Err(EXPIRED_TOKEN));
    }
    if stored.amount != amount {
        return Ok(Err(OTHER_AMOUNT));
    }
    let rows = connection.prepare_cached(REDEEM)?.execute([reference, token])?;
    assert_eq!(rows, 1, "a token is used only under the writer's eyes");
    Ok(Ok(()))
}

fn challenged(connection: &Connection, challenge: &str, now: Timestamp) -> rusqlite::Result<Challenge> {
    let Some(stored) = find(connection, BY_CHALLENGE, challenge)? else {
        return Ok(Challenge { standing: Challenged::NotFound, return_url: None });
    };
    let standing = match stored.state {
        State::Passed => Challenged::Passed,
        State::Failed => Challenged::Failed,
        State::Pending if stored.expires_at <= now => Challenged::Expired,
        State::Pending => Challenged::Pending { amount: stored.amount, last4: stored.card.last4 },
    };
    Ok(Challenge { standing, return_url: stored.return_url })
}

/// The first decision stands; later ones are shown what it was.
fn decide(connection: &Connection, challenge: &str, outcome: Outcome, now: Timestamp) -> rusqlite::Result<Challenge> {
    const DECIDE: &str = "
        UPDATE authentication
        SET state = ?1
        WHERE challenge = ?2 AND state = 'pending' AND expires_at > ?3";
    let state = match outcome {
        Outcome::Pass => State::Passed,
        Outcome::Fail => State::Failed,
    };
    connection.prepare_cached(DECIDE)?.execute((state.as_str(), challenge, now.micros()))?;
    challenged(connection, challenge, now)
}
