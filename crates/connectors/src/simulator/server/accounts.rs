//! The test accounts, and what an account may be issued for. Source: docs/CONNECTORS.md, "Test accounts".

use steelyard_domain::{AccountNumber, Bank, Timestamp};

use super::{
    super::wire::{TransferData, VirtualAccountData},
    cards::Behavior,
    decline::Decline,
};
use crate::request::HOLDER_CHARS_MAX;

/// What taking money from an account does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conduct {
    Decline(Decline),
    /// As a card of this behavior.
    Behave(Behavior),
}

const INSUFFICIENT_BALANCE: Decline = Decline::of("INSUFFICIENT_BALANCE", "the account's balance is not enough");
const ACCOUNT_CLOSED: Decline = Decline::of("ACCOUNT_CLOSED", "the account has been closed");
const DUE_DATE_PASSED: Decline = Decline::of("INVALID_DUE_DATE", "the due date has passed");

const UNKNOWN_BANK: Decline = Decline::of("INVALID_BANK", "no bank has this code");
const INVALID_NUMBER: Decline = Decline::of("INVALID_ACCOUNT_NUMBER", "an account number has 10 to 16 digits");
const INVALID_HOLDER: Decline = Decline::of("INVALID_HOLDER", "a holder is a name of 1 to 40 characters");

/// What the last four digits of an account's number do; every other account approves.
const TEST_ACCOUNTS: [(&str, Conduct); 5] = [
    ("0002", Conduct::Decline(INSUFFICIENT_BALANCE)),
    ("0069", Conduct::Decline(ACCOUNT_CLOSED)),
    ("5126", Conduct::Behave(Behavior::TimeoutBefore)),
    ("5134", Conduct::Behave(Behavior::TimeoutAfter)),
    ("5142", Conduct::Behave(Behavior::Slow)),
];

/// A payer's account after its number has been forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenAccount {
    pub(crate) bank: Bank,
    pub(crate) last4: String,
    pub(crate) conduct: Conduct,
}

pub(crate) fn look_at(data: &TransferData<'_>) -> Result<SeenAccount, Decline> {
    let bank = Bank::parse(&data.bank).ok_or(UNKNOWN_BANK)?;
    let number = AccountNumber::parse(&data.account_number).map_err(|_| INVALID_NUMBER)?;
    let known = TEST_ACCOUNTS.into_iter().find(|(ending, _)| *ending == number.last4());
    let conduct = known.map_or(Conduct::Behave(Behavior::Approve), |(_, conduct)| conduct);
    Ok(SeenAccount { bank, last4: number.last4().to_owned(), conduct })
}

/// What an account is to be issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) bank: Bank,
    pub(crate) holder: String,
    pub(crate) due_at: Timestamp,
}

impl Wanted {
    pub(crate) fn read(data: &VirtualAccountData<'_>) -> Result<Self, Decline> {
        let bank = Bank::parse(&data.bank).ok_or(UNKNOWN_BANK)?;
        let holder = data.holder.trim();
        let fits =
            !holder.is_empty() && holder.chars().count() <= HOLDER_CHARS_MAX && !holder.chars().any(char::is_control);
        if !fits {
            return Err(INVALID_HOLDER);
        }
        Ok(Self { bank, holder: holder.to_owned(), due_at: data.due_at.0 })
    }

    /// Why no account is issued, if none is.
    pub(crate) fn decline(&self, now: Timestamp) -> Option<Decline> {
        (self.due_at <= now).then_some(DUE_DATE_PASSED)
    }
}
