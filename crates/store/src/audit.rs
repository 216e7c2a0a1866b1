//! The questions of `steelyard verify`: each an invariant, and the SQL that finds what breaks it.
//!
//! All are asked on one snapshot, so that they speak of one and the same state. None looks at rows one by
//! one: a check reads the tables it is about once or twice, however many rows break it.

mod attempt;
mod balance;
mod books;
mod card_number;
mod checkout;
mod event;
mod gift_card;
mod idempotency;
mod movement;
mod order;
mod payment;
mod postings;
mod refund;
mod rollup;
mod stock;

use std::sync::OnceLock;

use steelyard_domain::{
    Timestamp, id,
    ledger::{AccountCode, Side},
    stock::ON_HAND_MAX,
};
use uuid::Uuid;

use crate::{Reader, RowReader, StoreError};

/// Findings of one check that are shown; one is enough to fail it.
pub const FINDINGS_MAX: usize = 20;

/// One invariant.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Stable, as in `ledger.balanced`: what it is about, and which of its rules.
    pub name: &'static str,
    /// The invariant, in one sentence.
    pub invariant: &'static str,
    question: Question,
}

/// How what breaks an invariant is found. A query answers a prefix, an id and a note, one row a finding;
/// `$1` in it is the time of the check.
#[derive(Debug, Clone, Copy)]
enum Question {
    Shared(&'static str),
    PerEngine { sqlite: &'static str, postgres: &'static str },
    CardNumbers(&'static card_number::Texts),
}

impl Check {
    const fn new(name: &'static str, invariant: &'static str, sql: &'static str) -> Self {
        Self { name, invariant, question: Question::Shared(sql) }
    }
}

/// Every check, in the order in which they are best read.
#[must_use]
pub fn checks() -> &'static [Check] {
    static CHECKS: OnceLock<Vec<Check>> = OnceLock::new();
    CHECKS.get_or_init(|| {
        let all = [
            books::CHECKS,
            postings::CHECKS,
            balance::CHECKS,
            payment::CHECKS,
            order::CHECKS,
            refund::CHECKS,
            attempt::CHECKS,
            movement::CHECKS,
            stock::CHECKS,
            gift_card::CHECKS,
            checkout::CHECKS,
            rollup::CHECKS,
            idempotency::CHECKS,
            event::CHECKS,
            card_number::CHECKS,
        ];
        all.concat()
    })
}

/// Asks one question. The answer names what breaks the invariant, [`FINDINGS_MAX`] at most: a `TypeID`, a
/// note, or both. None is good.
///
/// `reader` is in a snapshot; `now` is real time.
pub async fn run(reader: &Reader, check: &Check, now: Timestamp) -> Result<Vec<String>, StoreError> {
    give_room(reader).await?;
    let sql = match check.question {
        Question::Shared(sql) => sql,
        Question::PerEngine { postgres, .. } if reader.is_postgres() => postgres,
        Question::PerEngine { sqlite, .. } => sqlite,
        Question::CardNumbers(texts) => return card_number::find(reader, texts).await,
    };
    let sql = format!("{} ORDER BY 1, 2, 3 LIMIT {FINDINGS_MAX}", filled_in(sql));
    let parameters = if sql.contains("$1") { vec![now.micros().into()] } else { Vec::new() };
    reader.rows(&sql, parameters, finding).await
}

/// PostgreSQL sorts in memory rather than on disk, as long as the snapshot lasts.
async fn give_room(reader: &Reader) -> Result<(), StoreError> {
    if reader.is_postgres() {
        let sql = "SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)";
        reader.rows(sql, Vec::new(), |row| row.text()).await?;
    }
    Ok(())
}

/// Puts what only the domain knows into a query.
fn filled_in(sql: &str) -> String {
    let debit = AccountCode::ALL.into_iter().filter(|code| code.kind().normal_side() == Side::Debit);
    let debit: Vec<String> = debit.map(|code| format!("'{}'", code.as_str())).collect();
    sql.replace("{debit_codes}", &debit.join(", ")).replace("{on_hand_max}", &ON_HAND_MAX.to_string())
}

fn finding(row: &mut RowReader<'_>) -> Result<String, StoreError> {
    let (prefix, id, note) = (row.text()?, row.opt_uuid()?, row.opt_text()?);
    Ok(shown(&prefix, id, note.as_deref()))
}

fn shown(prefix: &str, id: Option<Uuid>, note: Option<&str>) -> String {
    let mut text = prefix.to_owned();
    if let Some(id) = id {
        text.push('_');
        id::write_suffix(id, &mut text);
    }
    if let Some(note) = note {
        text.push(' ');
        text.push_str(note);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_and_says_its_invariant_in_a_sentence() {
        let mut names: Vec<&str> = checks().iter().map(|check| check.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        for check in checks() {
            assert!(check.invariant.ends_with('.'), "{}", check.name);
            assert_eq!(check.name.matches('.').count(), 1, "{}", check.name);
        }
    }

    #[test]
    fn a_finding_shows_the_id_of_its_kind_and_the_note() {
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
        assert_eq!(shown("pay", Some(id), None), "pay_01j0000000e008000000000001");
        assert_eq!(shown("acc", Some(id), Some("time")), "acc_01j0000000e008000000000001 time");
        assert_eq!(shown("position", None, Some("3")), "position 3");
    }

    #[test]
    fn assets_and_expenses_grow_by_debits() {
        assert_eq!(
            filled_in("IN ({debit_codes})"),
            "IN ('acquirerReceivable', 'bank', 'giftCardExpense', 'connectorFee')"
        );
    }
}
