//! Orders: the sum of their lines, paid and returned as their payment says.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "order.total",
        "An order's total is the sum of its lines, its tax-free part that of the tax-free ones.",
        "
        SELECT 'ord', o.id, CAST(NULL AS TEXT)
        FROM (
            SELECT order_id,
                SUM(quantity * unit_price) AS total,
                SUM(CASE WHEN tax_free THEN quantity * unit_price ELSE 0 END) AS tax_free
            FROM order_line
            GROUP BY order_id
        ) l
        JOIN orders o ON o.id = l.order_id
        WHERE o.total <> l.total OR o.tax_free <> l.tax_free
        UNION ALL
        SELECT 'ord', o.id, 'has no lines'
        FROM orders o
        WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id)
        UNION ALL
        SELECT 'ord', l.order_id, 'has lines and is missing'
        FROM order_line l
        WHERE l.position = 0 AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = l.order_id)",
    ),
    Check::new(
        "order.paid",
        "An order is paid what its payment captured, and has back what its payment canceled and refunded.",
        "
        SELECT 'ord', o.id, CAST(NULL AS TEXT)
        FROM orders o
        LEFT JOIN payment p ON p.order_id = o.id
        WHERE o.paid <> COALESCE(p.captured, 0)
            OR o.returned <> COALESCE(p.canceled + p.refunded, 0)",
    ),
    Check::new(
        "order.status",
        "An order's status is the one its payment's status leads to.",
        "
        SELECT 'ord', o.id, o.status || ', payment ' || COALESCE(p.status, 'none')
        FROM orders o
        LEFT JOIN payment p ON p.order_id = o.id
        WHERE NOT CASE COALESCE(p.status, 'none')
            WHEN 'captured' THEN o.status = 'paid'
            WHEN 'partiallyCanceled' THEN o.status = 'partiallyRefunded'
            WHEN 'partiallyRefunded' THEN o.status = 'partiallyRefunded'
            WHEN 'refunded' THEN o.status = 'refunded'
            WHEN 'none' THEN o.status IN ('open', 'canceled', 'expired')
            WHEN 'canceled' THEN
                CASE WHEN p.captured > 0 THEN o.status = 'canceled'
                    ELSE o.status IN ('open', 'canceled', 'expired') END
            WHEN 'failed' THEN o.status IN ('open', 'canceled', 'expired')
            WHEN 'expired' THEN o.status IN ('open', 'canceled', 'expired')
            ELSE o.status = 'open' END",
    ),
    Check::new(
        "order.reservation",
        "An order's stock is held while it is open, consumed once it was paid, and released otherwise.",
        "
        SELECT 'ord', o.id, o.status || ', stock ' || o.reservation
        FROM orders o
        WHERE o.reservation <>
            CASE WHEN o.paid > 0 THEN 'consumed' WHEN o.status = 'open' THEN 'held' ELSE 'released' END",
    ),
    Check::new(
        "order.returned",
        "What went back of a line is the sum of its parts in refunds that were not declined.",
        "
        SELECT 'oli', l.id, CAST(NULL AS TEXT)
        FROM order_line l
        LEFT JOIN (
            SELECT p.order_line_id,
                SUM(p.quantity) AS quantity, SUM(p.amount) AS amount, SUM(p.vat) AS vat,
                SUM(p.fee) AS fee, SUM(p.fee_vat) AS fee_vat
            FROM refund_part p
            JOIN refund r ON r.id = p.refund_id
            WHERE r.state <> 'declined'
            GROUP BY p.order_line_id
        ) s ON s.order_line_id = l.id
        WHERE l.returned_quantity <> COALESCE(s.quantity, 0)
            OR l.returned_amount <> COALESCE(s.amount, 0)
            OR l.returned_vat <> COALESCE(s.vat, 0)
            OR l.returned_fee <> COALESCE(s.fee, 0)
            OR l.returned_fee_vat <> COALESCE(s.fee_vat, 0)",
    ),
];
