//! Deposits into the accounts that were issued: what approves them, once.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use steelyard_domain::{Currency, Money, Timestamp};

use super::{Book, BookError, columns::CurrencyColumn, entry};
use crate::simulator::{DepositError, EntryState};

#[derive(Debug, Clone)]
pub(crate) struct Deposit {
    /// The account's.
    pub(crate) number: String,
    pub(crate) amount: i64,
    /// None: that of the account.
    pub(crate) currency: Option<Currency>,
    pub(crate) depositor: Option<String>,
    pub(crate) now: Timestamp,
}

/// A deposit that took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deposited {
    pub(crate) reference: String,
    pub(crate) acquirer_transaction_id: String,
    pub(crate) amount: Money,
    pub(crate) at: Timestamp,
}

impl Book {
    pub(crate) async fn deposit(&self, deposit: Deposit) -> Result<Result<Deposited, DepositError>, BookError> {
        self.write(move |connection| record(connection, &deposit)).await
    }
}

struct Account {
    sequence: i64,
    reference: String,
    acquirer_transaction_id: String,
    state: EntryState,
    amount: Money,
    due_at: Timestamp,
}

fn record(connection: &Connection, deposit: &Deposit) -> rusqlite::Result<Result<Deposited, DepositError>> {
    const DEPOSIT: &str = "
        UPDATE entry
        SET state = 'approved', captured_amount = amount, approval_number = :approval_number,
            deposited_at = :now, depositor = :depositor
        WHERE sequence = :sequence AND state = 'issued'";
    let account = match find(connection, &deposit.number)? {
        Some(account) => account,
        None => return Ok(Err(DepositError::AccountNotFound)),
    };
    if let Err(refusal) = decide(&account, deposit) {
        return Ok(Err(refusal));
    }
    let rows = connection.prepare_cached(DEPOSIT)?.execute(named_params! {
        ":approval_number": entry::approval_number(account.sequence),
        ":now": deposit.now.micros(),
        ":depositor": deposit.depositor,
        ":sequence": account.sequence,
    })?;
    assert_eq!(rows, 1, "an account changes only under the writer's eyes");
    Ok(Ok(Deposited {
        reference: account.reference,
        acquirer_transaction_id: account.acquirer_transaction_id,
        amount: account.amount,
        at: deposit.now,
    }))
}

fn decide(account: &Account, deposit: &Deposit) -> Result<(), DepositError> {
    match account.state {
        EntryState::Issued => {}
        EntryState::Approved => return Err(DepositError::AlreadyDeposited),
        EntryState::Declined | EntryState::Undone | EntryState::Voided => return Err(DepositError::AccountClosed),
    }
    if account.due_at <= deposit.now {
        return Err(DepositError::AccountExpired);
    }
    let currency = deposit.currency.unwrap_or(account.amount.currency);
    if Money::new(deposit.amount, currency) != account.amount {
        return Err(DepositError::WrongAmount);
    }
    Ok(())
}

fn find(connection: &Connection, number: &str) -> rusqlite::Result<Option<Account>> {
    const FIND: &str = "
        SELECT sequence, reference, acquirer_transaction_id, state, amount, currency, due_at
        FROM entry
        WHERE account_number = ?1";
    connection.prepare_cached(FIND)?.query_row([number], account).optional()
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let CurrencyColumn(currency) = row.get("currency")?;
    Ok(Account {
        sequence: row.get("sequence")?,
        reference: row.get("reference")?,
        acquirer_transaction_id: row.get("acquirer_transaction_id")?,
        state: row.get("state")?,
        amount: Money::new(row.get("amount")?, currency),
        due_at: Timestamp::from_micros(row.get("due_at")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_amount_before_the_due_date_fits_an_open_account() {
        let due_at = Timestamp::from_micros(1_000);
        let at = Timestamp::from_micros;
        for (state, amount, currency, now, decided) in [
            (EntryState::Issued, 50, None, at(999), Ok(())),
            (EntryState::Issued, 50, Some(Currency::Krw), at(999), Ok(())),
            (EntryState::Issued, 50, None, due_at, Err(DepositError::AccountExpired)),
            (EntryState::Issued, 49, None, at(999), Err(DepositError::WrongAmount)),
            (EntryState::Issued, 51, None, at(999), Err(DepositError::WrongAmount)),
            (EntryState::Issued, 50, Some(Currency::Jpy), at(999), Err(DepositError::WrongAmount)),
            (EntryState::Approved, 50, None, at(999), Err(DepositError::AlreadyDeposited)),
            (EntryState::Undone, 50, None, at(999), Err(DepositError::AccountClosed)),
        ] {
            let account = Account {
                sequence: 1,
                reference: "att_1".to_owned(),
                acquirer_transaction_id: "sim_1".to_owned(),
                state,
                amount: Money::krw(50),
                due_at,
            };
            let deposit = Deposit { number: "1".to_owned(), amount, currency, depositor: None, now };
            assert_eq!(decide(&account, &deposit), decided, "{state:?} {deposit:?}");
        }
    }
}
