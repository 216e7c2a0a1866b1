//! Answers in process at once, for benchmarks: what remains is the cost of Steelyard itself.

use steelyard_domain::Span;

use crate::{
    Answer, Approval, Capabilities, Inquiry, Instrument, Issued, NetCancel, Request, answer::AuthenticationAnswer,
    request::Authentication,
};

/// What the number of every account it issues begins with: no bank's numbers do.
const ACCOUNT_PREFIX: &str = "999000";

/// Approves everything and keeps nothing; an account that it issues gets no deposit, ever.
///
/// What it approves exists nowhere but in the answer it returns. A reference is asked for only if that
/// answer was not recorded, and then nothing of it is left anywhere: so `NotFound` is the truth for every
/// reference, nothing can arrive late, and a net cancel has nothing to do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stub;

impl Stub {
    pub const CAPABILITIES: Capabilities = Capabilities {
        manual_capture: true,
        cancel: true,
        partial_cancel: true,
        inquiry: true,
        net_cancel: true,
        authentication: true,
        transfer: true,
        virtual_account: true,
        delay_max: Span::ZERO,
    };

    #[must_use]
    pub fn send(&self, request: &Request) -> Answer {
        let reference = request.reference();
        let acquirer_transaction_id = format!("stub_{reference}");
        if let Request::Purchase { instrument: Instrument::VirtualAccount { bank, holder, due_at }, amount, .. } =
            request
        {
            return Answer::Issued(Issued {
                acquirer_transaction_id,
                bank: *bank,
                number: format!("{ACCOUNT_PREFIX}{}", digits(reference)),
                holder: holder.clone(),
                due_at: *due_at,
                amount: *amount,
            });
        }
        Answer::Approved(Approval {
            acquirer_transaction_id,
            approval_number: digits(reference),
            amount: request.amount(),
        })
    }

    #[must_use]
    pub const fn inquire(&self, _reference: &str) -> Inquiry {
        Inquiry::NotFound
    }

    #[must_use]
    pub const fn net_cancel(&self, _reference: &str) -> NetCancel {
        NetCancel::Confirmed
    }

    #[must_use]
    pub fn authenticate(&self, request: &Authentication) -> AuthenticationAnswer {
        AuthenticationAnswer::Authenticated { token: format!("stub_token_{}", request.reference) }
    }
}

/// Eight digits that depend on the reference alone.
fn digits(reference: &str) -> String {
    let digits = reference.bytes().fold(0_u64, |digits, byte| (digits * 31 + u64::from(byte)) % 100_000_000);
    format!("{digits:08}")
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{Bank, Money, Timestamp};

    use super::*;

    #[test]
    fn every_reference_is_approved_with_an_id_of_its_own() {
        let approve = |reference: &str| {
            Stub.send(&Request::Refund {
                reference: reference.to_owned(),
                original: "stub_att_0".to_owned(),
                amount: Money::krw(1_000),
            })
        };
        let approval = |id: &str, number: &str| {
            Answer::Approved(Approval {
                acquirer_transaction_id: id.to_owned(),
                approval_number: number.to_owned(),
                amount: Money::krw(1_000),
            })
        };
        assert_eq!(approve("att_1"), approval("stub_att_1", "93151763"));
        assert_eq!(approve("att_2"), approval("stub_att_2", "93151764"));
    }

    #[test]
    fn an_issued_account_depends_on_the_reference_alone() {
        let issue = |reference: &str, bank: Bank| {
            Stub.send(&Request::Purchase {
                reference: reference.to_owned(),
                amount: Money::krw(1_000),
                instrument: Instrument::VirtualAccount {
                    bank,
                    holder: "가게".to_owned(),
                    due_at: Timestamp::from_micros(7),
                },
                installment_months: 0,
            })
        };
        let issued = |reference: &str, bank: Bank, number: &str| {
            Answer::Issued(Issued {
                acquirer_transaction_id: format!("stub_{reference}"),
                bank,
                number: number.to_owned(),
                holder: "가게".to_owned(),
                due_at: Timestamp::from_micros(7),
                amount: Money::krw(1_000),
            })
        };
        assert_eq!(issue("att_1", Bank::Hana), issued("att_1", Bank::Hana, "99900093151763"));
        assert_eq!(issue("att_1", Bank::Toss), issued("att_1", Bank::Toss, "99900093151763"));
        assert_eq!(issue("att_2", Bank::Hana), issued("att_2", Bank::Hana, "99900093151764"));
    }

    #[test]
    fn what_was_not_recorded_never_was() {
        assert_eq!(Stub.inquire("att_1"), Inquiry::NotFound);
        assert_eq!(Stub.net_cancel("att_1"), NetCancel::Confirmed);
    }
}
