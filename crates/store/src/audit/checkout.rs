//! Checkout sessions: each the door of one order, open no longer than its order is, and over as its order is.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "checkout.order",
        "A session is of its order's tenant, and an order knows the latest of its sessions.",
        "
        SELECT 'cs', s.id, CAST(NULL AS TEXT)
        FROM checkout_session s
        LEFT JOIN orders o ON o.id = s.order_id
        LEFT JOIN checkout_session l ON l.id = o.checkout_session_id
        WHERE o.merchant_id IS DISTINCT FROM s.merchant_id
            OR o.mode IS DISTINCT FROM s.mode
            OR l.id IS NULL
            OR l.created_at < s.created_at
        UNION
        SELECT 'ord', o.id, CAST(NULL AS TEXT)
        FROM orders o
        LEFT JOIN checkout_session s ON s.id = o.checkout_session_id
        WHERE o.checkout_session_id IS NOT NULL AND s.order_id IS DISTINCT FROM o.id",
    ),
    Check::new(
        "checkout.completed",
        "The latest session of an order is completed if and only if the order was paid; those before it are expired.",
        "
        SELECT 'cs', s.id, s.status
        FROM checkout_session s
        JOIN orders o ON o.id = s.order_id
        WHERE CASE WHEN o.checkout_session_id = s.id
            THEN (s.status = 'completed') <> (o.paid > 0)
            ELSE s.status <> 'expired' END",
    ),
    Check::new(
        "checkout.open",
        "A session whose order was canceled or has expired is not open.",
        "
        SELECT 'cs', s.id, o.status
        FROM checkout_session s
        JOIN orders o ON o.id = s.order_id
        WHERE s.status = 'open' AND o.status IN ('canceled', 'expired') AND o.paid = 0",
    ),
];
