//! Questions to the lists, none asked twice: each is a page and the sums of its whole filter.

use std::net::SocketAddr;

use serde::Serialize;
use steelyard_domain::{Span, Timestamp};

use super::{
    super::{
        caller::Caller,
        figure::{Figures, grouped, millis},
        load::{Measured, get_request},
        stopwatch::Stopwatch,
        verdict::{Goal, Reached, Verdict},
    },
    fill::{DAYS, Filled, buyer},
};
use crate::output::Failed;

/// What whole days may take, and everything else.
const ROLLUP_MICROS_MAX: u64 = 20_000;
const INDEX_MICROS_MAX: u64 = 200_000;

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    PaymentDays,
    PaymentDaysByStatus,
    TransactionDays,
    TransactionDaysByKind,
    PaymentsOfBuyer,
    TransactionsOfBuyer,
    PaymentsOfSeller,
    PaymentsOfLargestSeller,
    TransactionsOfSeller,
    PaymentsInPartOfDays,
    TransactionsInPartOfDays,
}

impl Question {
    pub const ALL: [Self; 11] = [
        Self::PaymentDays,
        Self::PaymentDaysByStatus,
        Self::TransactionDays,
        Self::TransactionDaysByKind,
        Self::PaymentsOfBuyer,
        Self::TransactionsOfBuyer,
        Self::PaymentsOfSeller,
        Self::PaymentsOfLargestSeller,
        Self::TransactionsOfSeller,
        Self::PaymentsInPartOfDays,
        Self::TransactionsInPartOfDays,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::PaymentDays => "payments, whole days",
            Self::PaymentDaysByStatus => "payments, whole days × status × method",
            Self::TransactionDays => "transactions, whole days",
            Self::TransactionDaysByKind => "transactions, whole days × status × method × kind",
            Self::PaymentsOfBuyer => "payments, a buyer's name",
            Self::TransactionsOfBuyer => "transactions, a buyer's name",
            Self::PaymentsOfSeller => "payments, a seller",
            Self::PaymentsOfLargestSeller => "payments, the largest seller, a range of days",
            Self::TransactionsOfSeller => "transactions, a seller",
            Self::PaymentsInPartOfDays => "payments, from and to within days",
            Self::TransactionsInPartOfDays => "transactions, from and to within days",
        }
    }

    const fn goal(self) -> u64 {
        match self {
            Self::PaymentDays | Self::PaymentDaysByStatus | Self::TransactionDays | Self::TransactionDaysByKind => {
                ROLLUP_MICROS_MAX
            }
            Self::PaymentsOfBuyer
            | Self::TransactionsOfBuyer
            | Self::PaymentsOfSeller
            | Self::PaymentsOfLargestSeller
            | Self::TransactionsOfSeller
            | Self::PaymentsInPartOfDays
            | Self::TransactionsInPartOfDays => INDEX_MICROS_MAX,
        }
    }

    /// The address of the `turn`th question of this kind.
    fn path(self, turn: usize, filled: &Filled) -> Result<String, Failed> {
        const STATUSES: [&str; 5] = ["captured", "canceled", "refunded", "captured,refunded", "partiallyRefunded"];
        const KINDS: [&str; 5] = ["payment", "cancel", "refund", "cancel,refund", "payment,refund"];
        let one = |of: &[&'static str]| of.get(turn % of.len().max(1)).copied().unwrap_or_default();
        let number = u64::try_from(turn)?;
        let days = range(filled, number, Span::ZERO)?;
        // Seconds into the first and the last day, different every time.
        let parts = range(filled, number, Span::from_secs(3_600 + 61 * i64::try_from(turn)?))?;
        let index = turn % filled.shop.spread.len().max(1);
        let small = filled.shop.spread.get(index).copied().unwrap_or(filled.shop.hot).seller;
        let (largest, name) = (filled.shop.hot.seller, escaped(&buyer(number)));
        Ok(match self {
            Self::PaymentDays => format!("/v1/payments?{days}"),
            Self::PaymentDaysByStatus => format!("/v1/payments?{days}&status={}&method=card", one(&STATUSES)),
            Self::TransactionDays => format!("/v1/transactions?{days}"),
            Self::TransactionDaysByKind => {
                format!("/v1/transactions?{days}&status=done&method=card&kind={}", one(&KINDS))
            }
            Self::PaymentsOfBuyer => format!("/v1/payments?q={name}"),
            Self::TransactionsOfBuyer => format!("/v1/transactions?q={name}"),
            Self::PaymentsOfSeller => format!("/v1/payments?sellerId={small}"),
            Self::PaymentsOfLargestSeller => format!("/v1/payments?{days}&sellerId={largest}"),
            Self::TransactionsOfSeller => format!("/v1/transactions?sellerId={small}"),
            Self::PaymentsInPartOfDays => format!("/v1/payments?{parts}"),
            Self::TransactionsInPartOfDays => format!("/v1/transactions?{parts}"),
        })
    }
}

/// `from` and `to` of the `turn`th range of days: first all that begin on the first day, then on the second.
fn range(filled: &Filled, turn: u64, into: Span) -> Result<String, Failed> {
    let turn = i64::try_from(turn)?;
    let first = turn * 7 % DAYS;
    let last = first + 1 + turn * 11 % (DAYS - first);
    let at = |day: i64| -> Timestamp { filled.from.after(Span::from_days(day)).after(into) };
    Ok(format!("from={}&to={}", at(first), at(last)))
}

/// Percent-encoded, all of it.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What the questions of one kind took.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListFigures {
    engine: &'static str,
    question: &'static str,
    payments: u64,
    goal_micros: u64,
    figures: Figures,
}

impl ListFigures {
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.engine.to_owned(),
            self.question.to_owned(),
            grouped(self.payments),
            self.figures.answered.to_string(),
            millis(self.figures.p50_micros),
            millis(self.figures.p95_micros),
            millis(self.figures.max_micros),
        ]
    }

    pub fn verdict(&self) -> Verdict {
        Verdict {
            engine: self.engine,
            what: format!("p95 of {}, at {}", self.question, grouped(self.payments)),
            goal: Some(Goal::MicrosAtMost(self.goal_micros)),
            reached: Reached::Micros(self.figures.p95_micros),
        }
    }
}

/// Asks all questions of a kind, one after the other.
pub async fn ask(
    address: SocketAddr,
    filled: &Filled,
    question: Question,
    count: usize,
) -> Result<ListFigures, Failed> {
    let mut caller = Caller::connect(address).await?;
    let mut measured = Measured { nanos: Vec::new(), elapsed: std::time::Duration::ZERO };
    let watch = Stopwatch::start();
    for turn in 0..count {
        let path = question.path(turn, filled)?;
        let request = get_request(&filled.shop.key, &path);
        let one = Stopwatch::start();
        let answer = caller.ask(&request).await?;
        measured.nanos.push(u64::try_from(one.elapsed().as_nanos())?);
        if answer.status != 200 {
            let body = String::from_utf8_lossy(answer.body);
            return Err(Failed(format!("{path}: answered {}: {body}", answer.status)));
        }
    }
    measured.elapsed = watch.elapsed();
    let figures = Figures::of(&measured)?;
    let engine = filled.place.target.engine().as_str();
    let question_text = question.as_str();
    eprintln!("{engine} {} there: {question_text}: p95 {} ms", grouped(filled.rows), millis(figures.p95_micros));
    Ok(ListFigures { engine, question: question_text, payments: filled.rows, goal_micros: question.goal(), figures })
}
