//! Attempts: at most one approval counts, and nothing is left open that nobody looks at.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "attempt.oneApproval",
        "At most one charge of an order is approved.",
        "
        SELECT 'ord', a.order_id, CAST(NULL AS TEXT)
        FROM attempt a
        WHERE a.state = 'approved' AND a.operation IN ('authorize', 'purchase')
        GROUP BY a.order_id
        HAVING COUNT(*) > 1",
    ),
    Check::new(
        "attempt.approval",
        "An approved charge is over the payment's amount, its acquirer id and approval number are the payment's.",
        "
        SELECT 'att', a.id, CAST(NULL AS TEXT)
        FROM attempt a
        JOIN payment p ON p.id = a.payment_id
        WHERE a.state = 'approved' AND a.operation IN ('authorize', 'purchase')
            AND (a.amount <> p.amount
                OR a.connector <> p.connector
                OR a.acquirer_transaction_id IS DISTINCT FROM p.acquirer_transaction_id
                OR a.approval_number IS DISTINCT FROM p.approval_number
                OR p.status IN ('ready', 'inProgress', 'unknown', 'failed'))",
    ),
    Check::new(
        "attempt.capture",
        "What a payment captured was approved: by a purchase, or by a capture of an authorization, in that amount. An account that was issued takes nothing before its deposit.",
        "
        SELECT 'pay', p.id, p.status
        FROM payment p
        LEFT JOIN (
            SELECT payment_id,
                SUM(CASE WHEN operation IN ('purchase', 'capture') THEN amount ELSE 0 END) AS captured,
                SUM(CASE WHEN operation IN ('authorize', 'purchase') THEN 1 ELSE 0 END) AS charges
            FROM attempt
            WHERE state = 'approved' AND operation IN ('authorize', 'purchase', 'capture')
            GROUP BY payment_id
        ) a ON a.payment_id = p.id
        WHERE p.captured <> CASE p.status WHEN 'waitingForDeposit' THEN 0 ELSE COALESCE(a.captured, 0) END
            OR ((p.captured > 0 OR p.status IN ('authorized', 'waitingForDeposit')) AND COALESCE(a.charges, 0) = 0)",
    ),
    Check::new(
        "attempt.nextCheck",
        "An attempt is looked at again if and only if it is open, waits for a confirm or a deposit, or is a late approval to be undone.",
        "
        SELECT 'att', a.id, a.state
        FROM attempt a
        WHERE (a.state IN ('sent', 'unknown') AND (a.next_check_at IS NULL OR a.sent_at IS NULL))
            OR (a.state = 'created' AND a.next_check_at IS NULL)
            OR (a.state NOT IN ('sent', 'unknown', 'created', 'netCanceled', 'approved', 'declined')
                AND a.next_check_at IS NOT NULL)
            OR (a.state = 'declined' AND a.next_check_at IS NOT NULL AND a.resolution_step <> 'netCancel')
            OR (a.state = 'approved' AND a.next_check_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = a.payment_id AND p.status = 'waitingForDeposit'))
        UNION ALL
        SELECT 'att', a.id, 'waits for a deposit'
        FROM payment p
        JOIN attempt a ON a.payment_id = p.id
        WHERE p.status = 'waitingForDeposit' AND a.state = 'approved' AND a.next_check_at IS NULL
        UNION ALL
        SELECT 'att', a.id, 'late approval'
        FROM ledger_transaction t
        JOIN attempt a ON a.id = t.source_id
        WHERE t.kind = 'lateApproval' AND t.source_type = 'attempt' AND a.next_check_at IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM ledger_transaction u
                WHERE u.source_id = t.source_id AND u.source_type = 'attempt' AND u.kind = 'lateApprovalUndone')",
    ),
    Check::new(
        "attempt.open",
        "A payment is in progress or unknown while exactly one charge of it is; a capture or void is under way only on an authorized one.",
        "
        SELECT 'pay', p.id, p.status
        FROM payment p
        LEFT JOIN (
            SELECT payment_id,
                SUM(CASE WHEN operation IN ('authorize', 'purchase') AND state = 'sent' THEN 1 ELSE 0 END) AS sent,
                SUM(CASE WHEN operation IN ('authorize', 'purchase') AND state = 'unknown' THEN 1 ELSE 0 END) AS unknown,
                SUM(CASE WHEN operation IN ('capture', 'void') THEN 1 ELSE 0 END) AS follow_ups
            FROM attempt
            WHERE state IN ('sent', 'unknown')
            GROUP BY payment_id
        ) a ON a.payment_id = p.id
        WHERE COALESCE(a.sent, 0) <> CASE WHEN p.status = 'inProgress' THEN 1 ELSE 0 END
            OR COALESCE(a.unknown, 0) <> CASE WHEN p.status = 'unknown' THEN 1 ELSE 0 END
            OR COALESCE(a.follow_ups, 0) > CASE WHEN p.status = 'authorized' THEN 1 ELSE 0 END",
    ),
];
