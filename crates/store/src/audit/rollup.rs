//! Rollups: the sums that lists show are the sums of what they sum up. Days are Asia/Seoul.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "rollup.payments",
        "The payment sums by day, status, method and currency are the sums of the payments.",
        "
        SELECT 'mer', b.merchant_id, b.mode || ' day ' || CAST(b.day AS TEXT) || ' ' || b.status || ' ' || b.method
            || ' ' || b.currency
        FROM (
            SELECT merchant_id, mode, day, status, method, currency, count, amount, fee, net
            FROM payment_rollup
            UNION ALL
            SELECT merchant_id, mode, day, status, method, currency, -count, -amount, -fee, fee - amount
            FROM (
                SELECT merchant_id, mode, (created_at + 32400000000) / 86400000000 AS day, status, method, currency,
                    COUNT(*) AS count,
                    SUM(captured - canceled - refunded) AS amount,
                    SUM(CASE WHEN captured > 0 THEN fee - fee_returned + fee_vat - fee_vat_returned ELSE 0 END) AS fee
                FROM payment
                GROUP BY 1, 2, 3, 4, 5, 6
            ) p
        ) b
        GROUP BY b.merchant_id, b.mode, b.day, b.status, b.method, b.currency
        HAVING SUM(b.count) <> 0 OR SUM(b.amount) <> 0 OR SUM(b.fee) <> 0 OR SUM(b.net) <> 0",
    ),
    Check::new(
        "rollup.movements",
        "The movement sums by day, kind, status, method and currency are the sums of the movements.",
        "
        SELECT 'mer', b.merchant_id, b.mode || ' day ' || CAST(b.day AS TEXT) || ' ' || b.kind || ' ' || b.status
            || ' ' || b.method || ' ' || b.currency
        FROM (
            SELECT merchant_id, mode, day, kind, status, method, currency, count, amount
            FROM movement_rollup
            UNION ALL
            SELECT merchant_id, mode, day, kind, status, method, currency, -count, -amount
            FROM (
                SELECT merchant_id, mode, (occurred_at + 32400000000) / 86400000000 AS day, kind, status, method,
                    currency, COUNT(*) AS count, SUM(CASE WHEN status = 'done' THEN amount ELSE 0 END) AS amount
                FROM movement
                GROUP BY 1, 2, 3, 4, 5, 6, 7
            ) m
        ) b
        GROUP BY b.merchant_id, b.mode, b.day, b.kind, b.status, b.method, b.currency
        HAVING SUM(b.count) <> 0 OR SUM(b.amount) <> 0",
    ),
];
