//! Refunds: the sum of their parts, each part of a line of their order.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "refund.parts",
        "A refund's amount, tax-free part, VAT, fee and fee VAT are the sums of its parts.",
        "
        SELECT 'ref', r.id, CAST(NULL AS TEXT)
        FROM refund r
        LEFT JOIN (
            SELECT refund_id,
                SUM(amount) AS amount, SUM(tax_free) AS tax_free, SUM(vat) AS vat,
                SUM(fee) AS fee, SUM(fee_vat) AS fee_vat
            FROM refund_part
            GROUP BY refund_id
        ) s ON s.refund_id = r.id
        WHERE r.amount <> COALESCE(s.amount, 0)
            OR r.tax_free <> COALESCE(s.tax_free, 0)
            OR r.vat <> COALESCE(s.vat, 0)
            OR r.fee <> COALESCE(s.fee, 0)
            OR r.fee_vat <> COALESCE(s.fee_vat, 0)",
    ),
    Check::new(
        "refund.lines",
        "Every part of a refund is of a line of the refund's order, and of that line's seller.",
        "
        SELECT 'ref', p.refund_id, CAST(NULL AS TEXT)
        FROM refund_part p
        LEFT JOIN refund r ON r.id = p.refund_id
        LEFT JOIN order_line l ON l.order_id = p.order_id AND l.id = p.order_line_id
        WHERE r.order_id IS DISTINCT FROM p.order_id
            OR l.seller_id IS DISTINCT FROM p.seller_id
            OR p.tax_free <> CASE WHEN l.tax_free THEN p.amount ELSE 0 END",
    ),
    Check::new(
        "refund.attempt",
        "A refund stands where the attempt that carries it out stands, in the same amount.",
        "
        SELECT 'ref', r.id, r.state || ', attempt ' || COALESCE(a.state, 'none')
        FROM refund r
        LEFT JOIN attempt a ON a.id = r.attempt_id
        WHERE a.refund_id IS DISTINCT FROM r.id
            OR a.amount <> r.amount
            OR a.operation <> r.kind
            OR NOT CASE r.state
                WHEN 'requested' THEN a.state IN ('created', 'sent')
                WHEN 'sent' THEN a.state = 'sent'
                WHEN 'unknown' THEN a.state = 'unknown'
                WHEN 'succeeded' THEN a.state = 'approved'
                ELSE a.state IN ('declined', 'notSent') END
            OR (r.state IN ('succeeded', 'declined')) <> (r.completed_at IS NOT NULL)
        UNION ALL
        SELECT 'att', a.id, 'without its refund'
        FROM attempt a
        WHERE (a.refund_id IS NOT NULL OR a.operation IN ('cancel', 'refund'))
            AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.id = a.refund_id AND r.attempt_id = a.id)",
    ),
];
