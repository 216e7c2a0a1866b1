//! What can come back, or fail to.

use steelyard_domain::{Bank, Money, Timestamp};

/// The acquirer did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The acquirer's own id of this transaction.
    pub acquirer_transaction_id: String,
    pub approval_number: String,
    /// What the acquirer says it moved: compared with what was asked before anyone believes it.
    pub amount: Money,
}

/// An account number was issued, and no deposit has come: no money has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The acquirer's own id; the approval at the deposit bears the same.
    pub acquirer_transaction_id: String,
    pub bank: Bank,
    /// Where the buyer sends the money. Digits only.
    pub number: String,
    pub holder: String,
    pub due_at: Timestamp,
    /// What the acquirer says must be deposited: compared with what was asked before anyone believes it.
    pub amount: Money,
}

/// The end of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Approved(Approval),
    /// Of a purchase by virtual account: the buyer may deposit now.
    Issued(Issued),
    /// The acquirer refused; nothing moved.
    Declined {
        /// SCREAMING_SNAKE, as in `INSUFFICIENT_LIMIT`.
        code: String,
        message: String,
    },
    /// Proven not to have reached the acquirer: nothing moved.
    NotSent {
        detail: String,
    },
    /// Sent, and no answer that can be believed: money may have moved.
    Unknown {
        detail: String,
    },
}

/// What the acquirer knows of one of our references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inquiry {
    Approved(Approval),
    /// An account was issued and waits for its deposit, or its due date has passed without one.
    Issued(Issued),
    Declined {
        code: String,
        message: String,
    },
    /// Nothing is left of it: it has been undone (net-cancelled), forbidden before it came, or voided.
    Undone,
    NotFound,
    /// The acquirer cannot be asked, or did not answer: ask again later.
    Unanswered {
        detail: String,
    },
}

/// The end of a net cancel (망취소): undo by our reference, whatever happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetCancel {
    /// It is undone, or never was, and will not be: a late request with that reference is refused.
    Confirmed,
    Unanswered {
        detail: String,
    },
}

/// The end of an authentication. Nothing moved in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticationAnswer {
    /// Charge this token later, once.
    Authenticated {
        token: String,
    },
    /// The buyer must visit `url` first (3-D Secure); the token is good once they have passed.
    Challenge {
        token: String,
        url: String,
    },
    Declined {
        code: String,
        message: String,
    },
    /// No usable answer; trying again is safe, because nothing is charged by authenticating.
    Failed {
        detail: String,
    },
}
