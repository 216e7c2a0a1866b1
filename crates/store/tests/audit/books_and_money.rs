//! Faults in the books, and in payments and what hangs on them.

use crate::faults::{Fault, only};

pub const FAULTS: &[Fault] = &[
    only(
        &["ledger.balanced"],
        "UPDATE entry SET number = 9 WHERE number = 1
            AND transaction_id = (SELECT id FROM ledger_transaction WHERE kind = 'captured' ORDER BY seq LIMIT 1)",
    ),
    Fault {
        plant: "UPDATE entry SET amount = amount + 1 WHERE number = 0
            AND transaction_id = (SELECT id FROM ledger_transaction WHERE kind = 'captured' ORDER BY seq LIMIT 1)",
        noticed_by: &["ledger.balanced", "ledger.counters", "ledger.chain", "postings.amounts"],
    },
    only(
        &["ledger.entries"],
        "INSERT INTO ledger_transaction
            (id, merchant_id, mode, kind, source_type, source_id, order_id, currency, posted_at)
        SELECT id, merchant_id, mode, 'lateApproval', 'attempt', id, order_id, currency, created_at
        FROM attempt WHERE state = 'unknown' AND operation = 'purchase'",
    ),
    Fault {
        plant: "DELETE FROM ledger_transaction WHERE kind = 'refundSucceeded'",
        noticed_by: &["ledger.entries", "ledger.seals", "postings.refunds"],
    },
    only(&["ledger.accounts"], "UPDATE account SET currency = 'USD' WHERE code = 'feeVatPayable'"),
    only(&["ledger.accounts"], "UPDATE account SET mode = 'live' WHERE code = 'feeVatPayable'"),
    only(
        &["ledger.counters"],
        "UPDATE account SET debits_posted = debits_posted + 1, credits_posted = credits_posted + 1
        WHERE code = 'feeIncome'",
    ),
    only(&["ledger.versions"], "UPDATE account SET version = version + 1 WHERE code = 'feeIncome'"),
    only(
        &["ledger.chain"],
        "UPDATE entry SET posted_balance_after = posted_balance_after + 1 WHERE account_version = 2
            AND account_id = (SELECT id FROM account WHERE code = 'feeIncome')",
    ),
    only(
        &["ledger.chain"],
        "UPDATE entry SET pending_balance_after = pending_balance_after - 1 WHERE account_version = 2
            AND account_id = (SELECT id FROM account WHERE code = 'acquirerReceivable')",
    ),
    only(
        &["ledger.chain"],
        "UPDATE entry SET posted_at = 0 WHERE account_version = 2
            AND account_id = (SELECT id FROM account WHERE code = 'acquirerReceivable')",
    ),
    only(&["ledger.chain"], "UPDATE account SET last_posted_at = 0 WHERE code = 'feeIncome'"),
    only(
        &["ledger.seals"],
        "UPDATE ledger_seal SET position = 100 WHERE position = (SELECT MAX(position) FROM ledger_seal)",
    ),
    only(&["ledger.seals"], "UPDATE ledger_seal SET transaction_id = (SELECT id FROM product) WHERE position = 1"),
    only(
        &["postings.sources"],
        "UPDATE ledger_transaction SET order_id = (SELECT id FROM orders WHERE status = 'expired' ORDER BY id LIMIT 1)
        WHERE kind = 'voided'",
    ),
    Fault {
        plant: "UPDATE ledger_transaction SET source_type = 'refund' WHERE kind = 'authorized'
            AND source_id = (SELECT id FROM payment WHERE status = 'authorized')",
        noticed_by: &["postings.sources", "postings.payments"],
    },
    Fault {
        plant: "UPDATE ledger_transaction SET kind = 'voided' WHERE kind = 'authorized'
            AND source_id = (SELECT id FROM payment WHERE status = 'authorized')",
        noticed_by: &["postings.payments", "postings.amounts"],
    },
    Fault {
        plant: "UPDATE ledger_transaction SET kind = 'refundSucceeded' WHERE kind = 'refundDeclined'",
        noticed_by: &["postings.refunds", "postings.amounts", "postings.reversals"],
    },
    only(&["postings.amounts"], "UPDATE account SET code = 'withholdingPayable' WHERE code = 'feeIncome'"),
    only(&["postings.reversals"], "UPDATE ledger_transaction SET reverses = NULL WHERE kind = 'refundDeclined'"),
    only(
        &["postings.reversals"],
        "UPDATE ledger_transaction SET reverses =
            (SELECT t.id FROM ledger_transaction t JOIN refund r ON r.id = t.source_id
            WHERE t.kind = 'refundRequested' AND r.kind = 'cancel' ORDER BY t.id LIMIT 1)
        WHERE kind = 'refundDeclined'",
    ),
    Fault {
        plant: "UPDATE entry SET layer = 'pending' WHERE transaction_id =
            (SELECT id FROM ledger_transaction WHERE kind = 'lateApprovalUndone')",
        noticed_by: &["postings.reversals", "ledger.counters", "ledger.chain"],
    },
    Fault {
        plant: "UPDATE entry SET layer = 'posted' WHERE transaction_id =
            (SELECT id FROM ledger_transaction WHERE kind = 'voided')",
        noticed_by: &["postings.holds", "postings.amounts", "ledger.counters", "ledger.chain"],
    },
    Fault {
        plant: "UPDATE account SET credits_posted = credits_posted + 1 WHERE code = 'refundClearing'",
        noticed_by: &["balance.refundClearing", "ledger.counters"],
    },
    Fault {
        plant: "UPDATE account SET debits_pending = debits_pending + 1 WHERE code = 'acquirerReceivable'",
        noticed_by: &["balance.authorized", "ledger.counters"],
    },
    Fault {
        plant: "UPDATE account SET credits_posted = credits_posted + 1 WHERE code = 'suspense'",
        noticed_by: &["balance.suspense", "ledger.counters"],
    },
    only(&["payment.order"], "UPDATE orders SET currency = 'USD' WHERE status = 'expired'"),
    only(&["payment.limits"], "UPDATE payment SET fee = amount + 1 WHERE status = 'expired'"),
    only(&["payment.status"], "UPDATE payment SET authorized_until = NULL WHERE status = 'authorized'"),
    Fault {
        plant: "UPDATE payment SET status = 'captured' WHERE status = 'partiallyRefunded'",
        noticed_by: &["payment.status", "order.status", "rollup.payments"],
    },
    only(&["payment.returns"], "UPDATE payment SET in_flight = in_flight + 1 WHERE in_flight > 0"),
    only(
        &["payment.family"],
        "UPDATE attempt SET currency = 'USD' WHERE state = 'declined' AND operation = 'purchase'",
    ),
    Fault {
        plant: "UPDATE refund SET mode = 'live' WHERE state = 'declined'",
        noticed_by: &["payment.family", "postings.sources"],
    },
    Fault {
        plant: "UPDATE movement SET method = 'transfer' WHERE kind = 'cancel'",
        noticed_by: &["payment.family", "rollup.movements"],
    },
    only(&["refund.parts"], "UPDATE refund SET vat = vat + 1 WHERE state = 'succeeded'"),
    only(&["refund.lines"], "UPDATE refund_part SET seller_id = order_id"),
    only(&["refund.attempt"], "UPDATE refund SET completed_at = NULL WHERE state = 'succeeded'"),
    only(&["refund.attempt"], "UPDATE attempt SET state = 'unknown' WHERE operation = 'refund' AND state = 'sent'"),
    only(&["refund.attempt"], "UPDATE attempt SET refund_id = NULL WHERE operation = 'refund' AND state = 'sent'"),
    Fault {
        plant: "UPDATE attempt SET state = 'approved' WHERE state = 'declined' AND operation = 'purchase'
            AND order_id IN (SELECT id FROM orders WHERE status = 'partiallyRefunded')",
        noticed_by: &["attempt.oneApproval", "attempt.approval", "attempt.capture"],
    },
    only(
        &["attempt.approval"],
        "UPDATE attempt SET approval_number = 'other' WHERE state = 'approved' AND operation = 'authorize'",
    ),
    only(
        &["attempt.capture"],
        "UPDATE attempt SET amount = amount - 1 WHERE state = 'approved' AND operation = 'capture'",
    ),
    only(&["attempt.nextCheck"], "UPDATE attempt SET next_check_at = 1 WHERE state = 'declined'"),
    only(&["attempt.nextCheck"], "UPDATE attempt SET next_check_at = NULL WHERE state = 'sent'"),
    only(&["attempt.nextCheck"], "UPDATE attempt SET next_check_at = NULL WHERE state = 'netCanceled'"),
    only(&["attempt.open"], "UPDATE attempt SET state = 'sent' WHERE state = 'unknown' AND operation = 'purchase'"),
    only(
        &["attempt.open"],
        "UPDATE attempt SET state = 'declined', next_check_at = NULL
        WHERE state = 'sent' AND operation = 'purchase'",
    ),
    only(&["attempt.open"], "UPDATE attempt SET state = 'unknown', next_check_at = 1 WHERE operation = 'void'"),
];
