//! Balances that have a meaning: what is on its way back, what is held, what nobody can explain yet.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "balance.refundClearing",
        "What is owed back by the refund clearing of a tenant and currency is the sum of its refunds under way.",
        "
        SELECT 'mer', b.merchant_id, b.mode || ' ' || b.currency
        FROM (
            SELECT merchant_id, mode, currency, credits_posted - debits_posted AS amount
            FROM account
            WHERE code = 'refundClearing'
            UNION ALL
            SELECT merchant_id, mode, currency, -amount
            FROM refund
            WHERE state IN ('requested', 'sent', 'unknown')
        ) b
        GROUP BY b.merchant_id, b.mode, b.currency
        HAVING SUM(b.amount) <> 0",
    ),
    Check::new(
        "balance.authorized",
        "What is pending at an acquirer, by tenant and currency, is the sum of the authorized payments there.",
        "
        SELECT 'mer', b.merchant_id, b.mode || ' ' || b.connector || ' ' || b.currency
        FROM (
            SELECT merchant_id, mode, owner AS connector, currency, debits_pending - credits_pending AS amount
            FROM account
            WHERE code = 'acquirerReceivable'
            UNION ALL
            SELECT merchant_id, mode, connector, currency, -amount
            FROM payment
            WHERE status = 'authorized'
        ) b
        GROUP BY b.merchant_id, b.mode, b.connector, b.currency
        HAVING SUM(b.amount) <> 0",
    ),
    // Deposit and capture are one commit: nothing ever stays between them.
    Check::new(
        "balance.virtualAccounts",
        "What was deposited into virtual accounts was captured: their clearing is at zero.",
        "
        SELECT 'acc', id, CAST(NULL AS TEXT)
        FROM account
        WHERE code = 'virtualAccountClearing'
            AND (debits_posted <> credits_posted OR debits_pending <> credits_pending)",
    ),
    Check::new(
        "balance.suspense",
        "The suspense account of a mode and currency holds the late approvals that are not undone, and nothing else.",
        "
        WITH late AS MATERIALIZED (
            SELECT t.id, t.mode, t.currency
            FROM ledger_transaction t
            WHERE t.kind = 'lateApproval'
                AND NOT EXISTS (
                    SELECT 1 FROM ledger_transaction u
                    WHERE u.source_id = t.source_id AND u.source_type = 'attempt' AND u.kind = 'lateApprovalUndone')
        )
        SELECT 'suspense', CAST(NULL AS UUID), b.mode || ' ' || b.currency
        FROM (
            SELECT mode, currency, credits_posted - debits_posted AS amount
            FROM account
            WHERE code = 'suspense'
            UNION ALL
            SELECT t.mode, t.currency, -e.amount
            FROM late t
            JOIN entry e ON e.transaction_id = t.id AND e.side = 'credit' AND e.layer = 'posted'
        ) b
        GROUP BY b.mode, b.currency
        HAVING SUM(b.amount) <> 0",
    ),
];
