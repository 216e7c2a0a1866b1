//! Payments: amounts within each other, a status that says what the amounts say.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "payment.order",
        "A payment has the amount, currency and tenant of its order.",
        "
        SELECT 'pay', p.id, CAST(NULL AS TEXT)
        FROM payment p
        LEFT JOIN orders o ON o.id = p.order_id
        WHERE o.id IS NULL
            OR p.amount <> o.total
            OR p.currency <> o.currency
            OR p.merchant_id <> o.merchant_id
            OR p.mode <> o.mode",
    ),
    Check::new(
        "payment.limits",
        "What was canceled, refunded and is under way is at most what was captured, and that at most the amount.",
        "
        SELECT 'pay', p.id, CAST(NULL AS TEXT)
        FROM payment p
        WHERE p.amount <= 0
            OR p.captured NOT BETWEEN 0 AND p.amount
            OR p.canceled < 0 OR p.refunded < 0 OR p.in_flight < 0
            OR p.canceled + p.refunded + p.in_flight > p.captured
            OR p.fee < 0 OR p.fee_vat < 0 OR p.fee + p.fee_vat > p.amount
            OR p.fee_returned NOT BETWEEN 0 AND p.fee
            OR p.fee_vat_returned NOT BETWEEN 0 AND p.fee_vat",
    ),
    Check::new(
        "payment.status",
        "A payment's status agrees with what was captured, canceled and refunded.",
        "
        SELECT 'pay', p.id, p.status
        FROM payment p
        WHERE NOT CASE p.status
            WHEN 'captured' THEN p.captured > 0 AND p.canceled = 0 AND p.refunded = 0
            WHEN 'partiallyCanceled' THEN p.canceled BETWEEN 1 AND p.captured - 1 AND p.refunded = 0
            WHEN 'partiallyRefunded' THEN p.refunded > 0 AND p.canceled + p.refunded < p.captured
            WHEN 'refunded' THEN p.refunded > 0 AND p.canceled + p.refunded = p.captured
            WHEN 'canceled' THEN p.refunded = 0 AND p.canceled = p.captured
            ELSE p.captured = 0 AND p.canceled = 0 AND p.refunded = 0 AND p.in_flight = 0 END
            OR (p.captured > 0) <> (p.captured_at IS NOT NULL)
            OR (p.status = 'authorized') <> (p.authorized_until IS NOT NULL)",
    ),
    Check::new(
        "payment.method",
        "A payment has what its method needs: a balance its payer and nobody outside, an account its bank, a wait for a deposit its number and end.",
        "
        SELECT 'pay', p.id, p.method
        FROM payment p
        WHERE (p.method = 'wallet') <> (p.connector = 'balance')
            OR (p.method = 'wallet' AND p.payer_id IS NULL)
            OR (p.method IN ('transfer', 'virtualAccount')) <> (p.account_bank IS NOT NULL)
            OR (p.method <> 'card' AND (p.card_last4 IS NOT NULL OR p.capture_mode <> 'auto'))
            OR (p.status = 'waitingForDeposit'
                AND (p.method <> 'virtualAccount' OR COALESCE(p.account_number, '') = '' OR p.due_at IS NULL))
        UNION ALL
        SELECT 'att', a.id, a.connector
        FROM attempt a
        JOIN payment p ON p.id = a.payment_id
        WHERE a.connector = 'balance' AND (a.state <> 'approved' OR p.connector <> 'balance')",
    ),
    Check::new(
        "payment.payer",
        "Who pays with the app, and whose balance is topped up, is a payer of the same mode.",
        "
        SELECT 'pay', p.id, CAST(NULL AS TEXT)
        FROM payment p
        WHERE p.payer_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM payer y WHERE y.id = p.payer_id AND y.mode = p.mode)
        UNION ALL
        SELECT 'ord', o.id, CAST(NULL AS TEXT)
        FROM orders o
        WHERE o.top_up_payer_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM payer y WHERE y.id = o.top_up_payer_id AND y.mode = o.mode)",
    ),
    Check::new(
        "payment.returns",
        "A payment's canceled, refunded, in-flight and returned-fee amounts are the sums of its refunds.",
        "
        SELECT 'pay', p.id, CAST(NULL AS TEXT)
        FROM payment p
        LEFT JOIN (
            SELECT payment_id,
                SUM(CASE WHEN state = 'succeeded' AND kind = 'cancel' THEN amount ELSE 0 END) AS canceled,
                SUM(CASE WHEN state = 'succeeded' AND kind = 'refund' THEN amount ELSE 0 END) AS refunded,
                SUM(CASE WHEN state IN ('requested', 'sent', 'unknown') THEN amount ELSE 0 END) AS in_flight,
                SUM(CASE WHEN state <> 'declined' THEN fee ELSE 0 END) AS fee_returned,
                SUM(CASE WHEN state <> 'declined' THEN fee_vat ELSE 0 END) AS fee_vat_returned
            FROM refund
            GROUP BY payment_id
        ) r ON r.payment_id = p.id
        WHERE p.canceled <> COALESCE(r.canceled, 0)
            OR p.refunded <> COALESCE(r.refunded, 0)
            OR p.in_flight <> COALESCE(r.in_flight, 0)
            OR p.fee_returned <> COALESCE(r.fee_returned, 0)
            OR p.fee_vat_returned <> COALESCE(r.fee_vat_returned, 0)",
    ),
    Check::new(
        "payment.family",
        "Attempts, refunds and movements have the order, currency and tenant of their payment.",
        "
        SELECT 'att', a.id, CAST(NULL AS TEXT)
        FROM attempt a
        LEFT JOIN payment p ON p.id = a.payment_id
        WHERE p.order_id IS DISTINCT FROM a.order_id
            OR p.currency IS DISTINCT FROM a.currency
            OR p.merchant_id IS DISTINCT FROM a.merchant_id
            OR p.mode IS DISTINCT FROM a.mode
        UNION ALL
        SELECT 'ref', r.id, CAST(NULL AS TEXT)
        FROM refund r
        LEFT JOIN payment p ON p.id = r.payment_id
        WHERE p.order_id IS DISTINCT FROM r.order_id
            OR p.currency IS DISTINCT FROM r.currency
            OR p.merchant_id IS DISTINCT FROM r.merchant_id
            OR p.mode IS DISTINCT FROM r.mode
        UNION ALL
        SELECT 'mov', m.id, CAST(NULL AS TEXT)
        FROM movement m
        LEFT JOIN payment p ON p.id = m.payment_id
        WHERE p.order_id IS DISTINCT FROM m.order_id
            OR p.currency IS DISTINCT FROM m.currency
            OR p.method IS DISTINCT FROM m.method
            OR p.merchant_id IS DISTINCT FROM m.merchant_id
            OR p.mode IS DISTINCT FROM m.mode",
    ),
];
