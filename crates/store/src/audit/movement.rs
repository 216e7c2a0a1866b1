//! Movements: what the merchant sees of the money, once for each payment taken and each refund.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "movement.payments",
        "A payment that took money has exactly one movement, done, over what was captured, at that time.",
        "
        SELECT 'pay', p.id, CAST(NULL AS TEXT)
        FROM payment p
        LEFT JOIN movement m ON m.payment_id = p.id AND m.kind = 'payment'
        WHERE p.captured > 0
            AND (m.id IS NULL
                OR m.amount <> p.captured
                OR m.status <> 'done'
                OR m.occurred_at IS DISTINCT FROM p.captured_at)
        UNION
        SELECT 'pay', m.payment_id, CAST(NULL AS TEXT)
        FROM movement m
        LEFT JOIN payment p ON p.id = m.payment_id
        WHERE m.kind = 'payment' AND COALESCE(p.captured, 0) = 0
        UNION
        SELECT 'pay', m.payment_id, 'has several'
        FROM movement m
        WHERE m.kind = 'payment'
        GROUP BY m.payment_id
        HAVING COUNT(*) > 1",
    ),
    Check::new(
        "movement.refunds",
        "A refund has exactly one movement, of its kind, over its amount taken away, with its outcome.",
        "
        SELECT 'ref', r.id, CAST(NULL AS TEXT)
        FROM refund r
        LEFT JOIN (
            SELECT refund_id, COUNT(*) AS movements, SUM(amount) AS amount, MIN(kind) AS kind, MIN(status) AS status,
                MIN(occurred_at) AS occurred_at
            FROM movement
            WHERE kind <> 'payment'
            GROUP BY refund_id
        ) m ON m.refund_id = r.id
        WHERE COALESCE(m.movements, 0) <> 1
            OR m.amount <> -r.amount
            OR m.kind <> r.kind
            OR m.occurred_at <> r.created_at
            OR m.status <> CASE r.state WHEN 'succeeded' THEN 'done' WHEN 'declined' THEN 'declined' ELSE 'pending' END
        UNION ALL
        SELECT 'mov', m.id, 'without its refund'
        FROM movement m
        WHERE m.kind <> 'payment' AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.id = m.refund_id)",
    ),
];
