//! Gift cards: a code worth an amount, made by a merchant, and turned into a payer's balance once.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{Currency, GiftCardId, PayerId, Tenant, Timestamp};

/// Characters of a code, without hyphens: 80 bits.
pub const CODE_CHARS: usize = 16;
/// Bytes that a code stands for.
pub const CODE_BYTES: usize = 10;
const GROUP_CHARS: usize = 4;
/// Crockford's: no I, L, O or U, so that no two are taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A gift card's code, as its holder knows it. Wiped when dropped, never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct GiftCode(Zeroizing<String>);

impl GiftCode {
    /// The code that stands for these random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; CODE_BYTES]) -> Self {
        let value = bytes.iter().fold(0_u128, |value, byte| (value << 8) | u128::from(*byte));
        let letters = (0..CODE_CHARS).rev().map(|place| {
            let index = usize::try_from((value >> (5 * place)) & 31).unwrap_or(0);
            char::from(ALPHABET[index])
        });
        Self(Zeroizing::new(letters.collect()))
    }

    /// Reads a code as people write it: in either case, with spaces and hyphens, O for 0 and I or L for 1.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = Zeroizing::new(String::with_capacity(CODE_CHARS));
        for letter in text.chars() {
            let letter = match letter.to_ascii_uppercase() {
                ' ' | '-' => continue,
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let known = u8::try_from(letter).is_ok_and(|byte| ALPHABET.contains(&byte));
            if !known || code.len() == CODE_CHARS {
                return None;
            }
            code.push(letter);
        }
        (code.len() == CODE_CHARS).then_some(Self(code))
    }

    /// The sixteen characters, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// As its holder is shown it: `XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn shown(&self) -> String {
        let groups = (0..CODE_CHARS / GROUP_CHARS).map(|group| &self.0[group * GROUP_CHARS..(group + 1) * GROUP_CHARS]);
        groups.collect::<Vec<&str>>().join("-")
    }
}

impl fmt::Debug for GiftCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GiftCode(…)")
    }
}

/// Where the money behind a card comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GiftCardKind {
    /// Somebody paid the merchant for it.
    Sold,
    /// The merchant gives it away.
    Given,
}

impl GiftCardKind {
    pub const ALL: [Self; 2] = [Self::Sold, Self::Given];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Given => "given",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GiftCardState {
    Issued,
    Redeemed,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiftCardEvent {
    Redeem,
    Expire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GiftCardError {
    #[error("the gift card was redeemed already")]
    Used,
    #[error("the gift card's time is over")]
    Expired,
}

impl GiftCardState {
    pub const ALL: [Self; 3] = [Self::Issued, Self::Redeemed, Self::Expired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// What follows. Both ends are ends: nothing leads out of them.
    pub const fn after(self, event: GiftCardEvent) -> Result<Self, GiftCardError> {
        match self {
            Self::Issued => match event {
                GiftCardEvent::Redeem => Ok(Self::Redeemed),
                GiftCardEvent::Expire => Ok(Self::Expired),
            },
            Self::Redeemed => Err(GiftCardError::Used),
            Self::Expired => Err(GiftCardError::Expired),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftCard {
    pub id: GiftCardId,
    /// Who issued it, and owes it until it is redeemed.
    pub tenant: Tenant,
    /// HMAC-SHA-256 of the code.
    pub code_hash: Vec<u8>,
    pub kind: GiftCardKind,
    pub state: GiftCardState,
    /// Minor units, more than zero.
    pub amount: i64,
    pub currency: Currency,
    pub issued_at: Timestamp,
    /// By the issuer's clock; `None` is never.
    pub expires_at: Option<Timestamp>,
    pub redeemed_by: Option<PayerId>,
    pub redeemed_at: Option<Timestamp>,
    pub version: i64,
}

impl GiftCard {
    /// Whether its time is over at `now`, whatever its state.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// Becomes `payer`'s. A card whose time is over is expired even while nobody has said so yet.
    ///
    /// # Errors
    /// It was redeemed before, or its time is over. Nothing is changed then.
    pub fn redeem(&mut self, payer: PayerId, now: Timestamp) -> Result<(), GiftCardError> {
        let state = self.state.after(GiftCardEvent::Redeem)?;
        if self.is_over(now) {
            return Err(GiftCardError::Expired);
        }
        self.state = state;
        self.redeemed_by = Some(payer);
        self.redeemed_at = Some(now);
        self.version += 1;
        Ok(())
    }

    /// Ends unredeemed. The answer is whether it did: its time may not have come.
    ///
    /// # Errors
    /// It ended before. Nothing is changed then.
    pub fn expire(&mut self, now: Timestamp) -> Result<bool, GiftCardError> {
        let state = self.state.after(GiftCardEvent::Expire)?;
        let over = self.is_over(now);
        if over {
            self.state = state;
            self.version += 1;
        }
        Ok(over)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        MerchantId, Mode, Span,
        ledger::{AccountCode, Side, gift_card},
    };

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = GiftCode::parse("0123-4567-89AB-CDEF").unwrap();
        assert_eq!((code.expose(), code.shown().as_str()), ("0123456789ABCDEF", "0123-4567-89AB-CDEF"));
        for same in ["0123456789abcdef", " o1 23-4567 89ab cdef ", "OI23-4567-89AB-CDEF", "0l23-4567-89ab-cdef"] {
            assert_eq!(GiftCode::parse(same).as_ref(), Some(&code), "{same}");
        }
        for bad in
            ["", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEFG", "U123-4567-89AB-CDEF", "0123_4567_89AB_CDEF", "한"]
        {
            assert_eq!(GiftCode::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{code:?}"), "GiftCode(…)");
    }

    #[test]
    fn a_code_stands_for_its_bytes() {
        assert_eq!(GiftCode::from_bytes([0; 10]).expose(), "0000000000000000");
        assert_eq!(GiftCode::from_bytes([255; 10]).expose(), "ZZZZZZZZZZZZZZZZ");
        let code = GiftCode::from_bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(GiftCode::parse(&code.shown()), Some(code));
    }

    fn card(expires_at: Option<Timestamp>) -> GiftCard {
        GiftCard {
            id: GiftCardId::from_uuid(Uuid::from_u128(1)),
            tenant: Tenant { merchant: MerchantId::from_uuid(Uuid::from_u128(2)), mode: Mode::Test },
            code_hash: vec![1; 32],
            kind: GiftCardKind::Given,
            state: GiftCardState::Issued,
            amount: 10_000,
            currency: Currency::Krw,
            issued_at: Timestamp::from_micros(0),
            expires_at,
            redeemed_by: None,
            redeemed_at: None,
            version: 1,
        }
    }

    #[test]
    fn a_card_ends_once() {
        use GiftCardError::{Expired as Over, Used};
        use GiftCardEvent::{Expire, Redeem};
        use GiftCardState::{Expired, Issued, Redeemed};
        for (from, event, to) in [
            (Issued, Redeem, Ok(Redeemed)),
            (Issued, Expire, Ok(Expired)),
            (Redeemed, Redeem, Err(Used)),
            (Redeemed, Expire, Err(Used)),
            (Expired, Redeem, Err(Over)),
            (Expired, Expire, Err(Over)),
        ] {
            assert_eq!(from.after(event), to, "{from:?} {event:?}");
        }
    }

    #[test]
    fn a_card_is_good_until_its_time_and_not_at_it() {
        let payer = PayerId::from_uuid(Uuid::from_u128(3));
        let end = Timestamp::from_micros(1_000);
        let just_before = end.before(Span::from_micros(1));
        let mut late = card(Some(end));
        assert_eq!(late.redeem(payer, end), Err(GiftCardError::Expired));
        assert_eq!(late, card(Some(end)));
        assert_eq!(late.expire(just_before), Ok(false));
        assert_eq!(late.expire(end), Ok(true));
        assert_eq!((late.state, late.version), (GiftCardState::Expired, 2));

        let mut good = card(Some(end));
        assert_eq!(good.redeem(payer, just_before), Ok(()));
        assert_eq!((good.redeemed_by, good.redeemed_at, good.version), (Some(payer), Some(just_before), 2));
        assert_eq!(good.redeem(payer, just_before), Err(GiftCardError::Used));
        assert_eq!(card(None).redeem(payer, Timestamp::from_micros(i64::MAX)), Ok(()));
    }

    #[test]
    fn what_is_issued_is_owed_until_it_is_redeemed_or_a_given_one_expires() {
        let payer = PayerId::from_uuid(Uuid::from_u128(3));
        for (kind, from, back) in
            [(GiftCardKind::Given, AccountCode::GiftCardExpense, true), (GiftCardKind::Sold, AccountCode::Bank, false)]
        {
            let card = GiftCard { kind, ..card(None) };
            let accounts = |posting: &crate::ledger::Posting| {
                posting.assert_balanced();
                let of = |side| posting.lines.iter().find(|line| line.side == side).unwrap().account.code;
                (of(Side::Debit), of(Side::Credit))
            };
            assert_eq!(accounts(&gift_card::issued(&card)), (from, AccountCode::GiftCardOutstanding));
            let redeemed = accounts(&gift_card::redeemed(&card, payer));
            assert_eq!(redeemed, (AccountCode::GiftCardOutstanding, AccountCode::PayerBalance));
            let expired = gift_card::expired(&card).map(|posting| accounts(&posting));
            assert_eq!(expired, back.then_some((AccountCode::GiftCardOutstanding, from)));
        }
    }
}
